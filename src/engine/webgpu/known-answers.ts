/**
 * Known answers: what a device must get right before it is believed. Each form of each kernel walks and reduces a few
 * hundred paths of several jobs, in batches and slices, when it is compiled first, and comes to the integers of the
 * plain twin or is refused by name.
 */
import { WrongAnswerError } from '../../errors.js';
import type { RunControl } from '../backend.js';
import { feedOf } from '../feed.js';
import type { Job } from '../job.js';
import { knownLike } from '../known-jobs.js';
import type { Known } from '../known-jobs.js';
import { emptyPartials } from '../partials.js';
import type { Partials } from '../partials.js';
import { jobRows } from '../rows.js';
import { twinPartials } from '../twin.js';
import { bindGroup, deviceName } from './device.js';
import type { Device } from './device.js';
import { WORKGROUP_SIZE } from './kernels.js';
import { Paces } from './pace.js';
import { reductionForm } from './reduction.js';
import { readRows } from './single-paths.js';
import { slotWork } from './slot-work.js';
import { readWords, slotsOf } from './walk.js';
import { walkForm } from './walk-pipelines.js';
import { deviceWalk, kernelOf } from './walks/kernel-of.js';
import { runFeed } from './wave.js';
import type { JobPipelines } from './wave.js';

/**
 * Most paths of a known job of a job's own tables, and its most work: slots of lumped walks (slot-work.ts). The host
 * walks it, too.
 */
const MOST_PATHS = 100;
const MOST_WORK = 2 ** 19;
/** Most slots of it, or a few more than its ring of future slots has: by then some that waited are dispatched. */
const MOST_SLOTS = 64;
/**
 * Slots of a submission: checkpoints lie within them, some end before one, and there are more than a kernel's blocks
 * have (lumped.wgsl).
 */
const SLICE = 20;
/** Words that are sent to a device and come back. */
const ECHO = Uint32Array.from({ length: 1024 }, (_, i) => Math.imul(i + 1, 2654435761));

export class KnownAnswers {
  private readonly checks = new Map<string, Promise<void>>();

  constructor(private readonly device: Device) {}

  /** Tries the pipelines of a job, unless such jobs were tried before. @throws WrongAnswerError */
  ofJob(name: string, job: Job, pipelines: JobPipelines): Promise<void> {
    const kernel = kernelOf(job);
    const walk = deviceWalk(job);
    const kind = `${name}, ${walkForm(walk)}${kernel.branches(job)}`;
    if (kernel.known !== undefined) {
      return this.once(kind, (what) => this.tryJobs(what, kernel.known?.(job, this.paths) ?? [], pipelines));
    }
    const work = slotWork(walk);
    const ring = walk.tasks?.ringSlots ?? 0;
    const reach = Math.min(Math.max(MOST_SLOTS, ring + SLICE), slotsOf(walk));
    const slots = Math.max(1, Math.min(reach, Math.floor(MOST_WORK / work)));
    const paths = Math.max(1, Math.min(MOST_PATHS, Math.floor(MOST_WORK / (work * slots))));
    // Longer walks than those that were tried meet more, as a ring's end.
    const length = `, ${2 ** Math.ceil(Math.log2(slots))} slots`;
    return this.once(`${kind}${length}`, (what) => this.tryJobs(what, knownLike(job, paths, slots), pipelines));
  }

  private once(what: string, act: (what: string) => Promise<void>): Promise<void> {
    let check = this.checks.get(what);
    if (check === undefined) {
      check = act(what);
      this.checks.set(what, check);
    }
    return check;
  }

  /** Paths of the first job: more than one workgroup of the reduction takes. */
  private get paths(): number {
    return reductionForm(this.device.info).together * WORKGROUP_SIZE + 44;
  }

  private async tryJobs(what: string, known: readonly Known[], pipelines: JobPipelines): Promise<void> {
    // Two batches, the second one of a few paths.
    const pathsPerBatch = known[0].job.paths + 40;
    const wrong = await this.wrongPartials(known, pipelines, { pathsPerBatch, slotsPerSlice: SLICE });
    if (wrong === undefined) return;
    // Which stage it is: the walk, if its rows are wrong, or the merging of batches.
    const jobs = known.map(({ job }) => job);
    const control = { pathsPerBatch, slotsPerSlice: SLICE };
    const { rows } = await readRows(this.device, pipelines, jobs, control, new Paces(true));
    for (const [i, got] of rows.entries()) {
      const wrongRow = firstWrong(got, known[i].rows);
      if (wrongRow !== undefined) throw await this.refusal(what, 'walk', wrongRow);
    }
    const merges = await isMerging(this.device, pipelines.merge);
    throw await this.refusal(what, merges ? 'reduction' : 'merge', wrong);
  }

  /** What is wrong with the partials of known jobs, in words. */
  private async wrongPartials(
    known: readonly Known[],
    pipelines: JobPipelines,
    control: RunControl,
  ): Promise<string | undefined> {
    const jobs = known.map(({ job }) => job);
    const found = jobs.map((job) => emptyPartials(jobRows(job)));
    const feed = feedOf(jobs, (i, partials) => (found[i] = partials));
    try {
      await runFeed(this.device, () => Promise.resolve(pipelines), feed, control, new Paces(true));
    } catch (error) {
      if (error instanceof WrongAnswerError) return error.found;
      throw error;
    }
    const expected = known.map(({ job, rows }) => twinPartials(job, rows));
    return firstWrongPartials(found, expected);
  }

  /** The error; where words do not even come back as they were sent, it is their transfer that fails. */
  private async refusal(what: string, stage: string, wrong: string): Promise<WrongAnswerError> {
    const echoed = await this.isEchoed();
    const failing = echoed ? stage : 'transfer';
    return new WrongAnswerError(deviceName(this.device.info), failing, `the known answer of ${what}: ${wrong}`);
  }

  private async isEchoed(): Promise<boolean> {
    const { gpu } = this.device;
    const { COPY_SRC, COPY_DST } = GPUBufferUsage;
    const buffer = gpu.createBuffer({ label: 'echo', size: 4 * ECHO.length, usage: COPY_SRC | COPY_DST });
    try {
      gpu.queue.writeBuffer(buffer, 0, ECHO);
      return firstWrong(await readWords(this.device, buffer, ECHO.length), ECHO) === undefined;
    } finally {
      buffer.destroy();
    }
  }
}

/** Whether partials of a batch are added to those of a wave, and cleared. */
async function isMerging(device: Device, merge: GPUComputePipeline): Promise<boolean> {
  const { gpu } = device;
  const { STORAGE, COPY_SRC, COPY_DST } = GPUBufferUsage;
  const words = [3, 5].map((factor) => ECHO.map((word) => Math.imul(factor, word)));
  const buffers = words.map((own) => {
    const buffer = gpu.createBuffer({ label: 'merge', size: 4 * own.length, usage: STORAGE | COPY_SRC | COPY_DST });
    gpu.queue.writeBuffer(buffer, 0, own);
    return buffer;
  });
  try {
    const encoder = gpu.createCommandEncoder({ label: 'merge' });
    const pass = encoder.beginComputePass();
    pass.setPipeline(merge);
    pass.setBindGroup(0, bindGroup(gpu, merge, ...buffers));
    pass.dispatchWorkgroups(2);
    pass.end();
    gpu.queue.submit([encoder.finish()]);
    const total = await readWords(device, buffers[0], ECHO.length);
    const batch = await readWords(device, buffers[1], ECHO.length);
    return (
      firstWrong(
        total,
        ECHO.map((word) => Math.imul(8, word)),
      ) === undefined && batch.every((word) => word === 0)
    );
  } finally {
    for (const buffer of buffers) buffer.destroy();
  }
}

/** The first of the numbers that differ, in words. */
function firstWrong(got: ArrayLike<number>, expected: ArrayLike<number>): string | undefined {
  for (let i = 0; i < expected.length; i++) {
    if (got[i] !== expected[i]) return `got ${got[i]}, expected ${expected[i]}, at ${i}`;
  }
  return undefined;
}

function firstWrongPartials(got: readonly Partials[], expected: readonly Partials[]): string | undefined {
  for (const [i, own] of expected.entries()) {
    for (const [row, { slots, count, zeros, sum, sumOfSquares, histogram }] of own.horizons.entries()) {
      const found = got[i].horizons[row];
      const numbers: [string, number | bigint, number | bigint][] = [
        ['paths', found.count, count],
        ['zeros', found.zeros, zeros],
        ['ΣD', found.sum, sum],
        ['ΣD²', found.sumOfSquares, sumOfSquares],
      ];
      const at = histogram.findIndex((paths, bin) => paths !== found.histogram[bin]);
      if (at >= 0) numbers.push([`bin ${at}`, found.histogram[at], histogram[at]]);
      for (const [name, a, b] of numbers) {
        if (a !== b) return `got ${name} ${a}, expected ${b}, at row ${row} (${slots} slots) of job ${i}`;
      }
    }
  }
  return undefined;
}
