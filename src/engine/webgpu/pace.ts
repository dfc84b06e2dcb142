/**
 * How fast a device does one kind of work, and how much of it a submission has therefore: about 50 ms. Work is counted
 * in slots of the lumped walk (slot-work.ts). A pace starts careful and learns from what is finished (submissions.ts);
 * results do not depend on it.
 */

/**
 * A submission's time. Systems that watch their GPUs take a device away after 2 s; a page that shares it is slow after
 * 0.2 s.
 */
export const TARGET_SECONDS = 0.05;
/** A first guess that no device takes long for, slots of lumped walks. */
const FIRST_WORK = 2 ** 20;
/**
 * What a GPU is believed to do of work that it has not done yet, slots of lumped walks a second: a tenth of the slowest
 * that has WebGPU. A batch that would take longer for one slot has fewer paths.
 */
const LEAST_RATE = 1e9;
/**
 * Growth at a time: of a pace that is being found, and of one that was found before, which a late notice must not undo.
 */
const GROWTH = { finding: 16, found: 2 };

export class Pace {
  /** Of a submission. */
  work = FIRST_WORK;
  /** Whether any of it was finished. */
  isTimed = false;
  /** Whether the device was seen busy with such work for as long as it was timed. */
  isFound = false;
  /** How often it was timed in submissions of their full length, and what it did a second the last time. */
  measured = 0;
  measuredRate = 0;

  /** Seconds that some work takes, as far as is known. */
  seconds(work: number): number {
    return (work / this.work) * TARGET_SECONDS;
  }

  /** Work a second, as far as is known. */
  get rate(): number {
    return this.work / TARGET_SECONDS;
  }

  /** Most work of one slot of a batch. */
  get mostOfSlot(): number {
    return this.isFound ? this.work : Math.max(this.work, LEAST_RATE * TARGET_SECONDS);
  }

  /** The device did so much a second. */
  learn(rate: number): void {
    const most = this.work * this.growth;
    this.work = Math.max(1, Math.min(rate * TARGET_SECONDS, most));
    if (rate * TARGET_SECONDS < most) {
      this.measured++;
      this.measuredRate = rate;
    }
    this.isFound = true;
  }

  /** The device did at least so much a second: it may have been idle meanwhile. */
  learnAtLeast(rate: number): void {
    this.work = Math.max(this.work, Math.min(rate * TARGET_SECONDS, this.work * this.growth));
  }

  private get growth(): number {
    return this.isFound ? GROWTH.found : GROWTH.finding;
  }
}

/** The paces of a device: one for each pipeline, kept from run to run. */
export class Paces {
  private readonly paces = new Map<GPUComputePipeline, Pace>();

  /** @param isTimed whether nothing is waited for to be timed: for work that is little on any device. */
  constructor(private readonly isTimed = false) {}

  of(pipeline: GPUComputePipeline): Pace {
    let pace = this.paces.get(pipeline);
    if (pace === undefined) {
      pace = new Pace();
      pace.isTimed = this.isTimed;
      this.paces.set(pipeline, pace);
    }
    return pace;
  }
}
