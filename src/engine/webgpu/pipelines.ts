/** What jobs run with on a device: compiled when a job first needs it, and tried before it counts. */
import type { Job } from '../job.js';
import type { Device } from './device.js';
import { KERNELS, WORKGROUP_SIZE } from './kernels.js';
import { KnownAnswers } from './known-answers.js';
import { Reductions } from './reduction.js';
import { WalkPipelines, walkForm } from './walk-pipelines.js';
import { deviceWalk, kernelOf } from './walks/kernel-of.js';
import type { WebGpuOptions } from './walks/walk.js';
import type { JobPipelines } from './wave.js';

/** The other ways to walk, of which a long run finds out whether they are faster (form-choice.ts). */
export interface WayTrial {
  readonly other: WebGpuOptions;
  /** Seconds from which a run is long, and slots of the lumped walk a second that a GPU does at least; for tests. */
  readonly limits?: readonly [number, number];
}

export class PipelinesOfJobs {
  readonly answers: KnownAnswers;
  private readonly otherAnswers: KnownAnswers;
  private readonly reductions: Reductions;
  private merge: Promise<GPUComputePipeline> | undefined;
  private readonly compiled = new Map<string, Promise<JobPipelines>>();

  constructor(
    private readonly device: Device,
    private readonly options: WebGpuOptions,
    private readonly trial: WayTrial | undefined,
  ) {
    this.answers = new KnownAnswers(device);
    this.otherAnswers = new KnownAnswers(device);
    this.reductions = new Reductions(device);
  }

  /** What a job runs with, tried. @throws KernelError, WrongAnswerError */
  async of(job: Job): Promise<JobPipelines> {
    const name = kernelOf(job).pipelines(job, this.options);
    let compiled = this.compiled.get(name);
    if (compiled === undefined) {
      compiled = this.compile(job);
      this.compiled.set(name, compiled);
    }
    const own = await compiled;
    await this.answers.ofJob(name, job, own);
    return { ...own, tryOther: (walk, like) => this.otherAnswers.ofJob(name, like, { ...own, walk }) };
  }

  /** Which of two forms were found to be faster, in words. */
  async found(): Promise<string[]> {
    const compiled = await Promise.all(this.compiled.values());
    return (await Promise.all(compiled.map(({ walk }) => walk.found()))).flat();
  }

  private async compile(job: Job): Promise<JobPipelines> {
    const walk = this.walksOf(job, this.options, this.trial);
    this.merge ??= this.device.compile(KERNELS.merge, { workgroup_size: WORKGROUP_SIZE });
    const [merge, quantities] = await Promise.all([
      this.merge,
      Promise.all(kernelOf(job).reduced.map(async (word) => ({ word, reduce: await this.reductions.of(word) }))),
      // All at once: they compile side by side.
      walk.get(walkForm(deviceWalk(job))),
    ]);
    return { walk, quantities, merge };
  }

  /** The walks of a job in one way or, where there are two and the faster is to be found, in both. */
  private walksOf(job: Job, options: WebGpuOptions, trial?: WayTrial): WalkPipelines {
    const { device } = this;
    const { kernel, constants, way } = kernelOf(job).source(job, options);
    const other = trial === undefined ? way : kernelOf(job).source(job, trial.other).way;
    if (trial === undefined || other === way) return new WalkPipelines(device, kernel, constants);
    const pipelines = this.walksOf(job, trial.other);
    return new WalkPipelines(device, kernel, constants, { usual: way, name: other, pipelines, limits: trial.limits });
  }
}
