/** What every backend is: a job in, exact integer partials out, with progress and an end that can be asked for. */
import type { AdapterDescription } from '../host/contract.js';
import type { Job } from './job.js';
import type { Partials } from './partials.js';
import type { PassageJob, Passages } from './passage-job.js';

export const BACKEND_NAMES = ['webgpu', 'gpujs', 'cpu'] as const;
/** One of the backends that there are. */
export type BackendName = (typeof BACKEND_NAMES)[number];

/** How far a run is. */
export interface RunProgress {
  /** Path-slots walked so far and in all. */
  readonly done: number;
  readonly total: number;
  /** Whole paths whose results are kept if the run stops now. */
  readonly paths: number;
  readonly elapsedSeconds: number;
}

/** Stages whose time a device can tell apart. */
export type DeviceStage = 'walk' | 'reduction';

/** How a run is followed, and how it is stopped. */
export interface RunControl {
  /** Stops the run early: what is finished (a first part of the paths, each to its last horizon) is kept. */
  readonly signal?: AbortSignal;
  /** Told of the paths that are finished, from time to time. */
  readonly onProgress?: (progress: RunProgress) => void;
  /**
   * Paths in one batch and slots in one slice: set by tests; left out, the backend finds good ones. Results do not
   * depend on them.
   */
  readonly pathsPerBatch?: number;
  readonly slotsPerSlice?: number;
  /** Told the device's own time, in seconds, of each piece of work; only where a device has a clock. For benches. */
  readonly onDeviceTime?: (stage: DeviceStage, seconds: number) => void;
}

/** Many jobs, taken one by one as a backend has room for them. */
export interface JobFeed {
  /** Path-slots of all jobs together, as far as is known: for progress. */
  readonly pathSlots: number;
  /** The next job, with at least one path; nothing where there are no more. */
  next(): Job | undefined;
  /**
   * A job is finished; they may finish in any order.
   * @param taken the job's number in the order in which `next` gave them, from 0.
   * @param partials after a stop, or before `runAll` throws, they may count fewer paths than were asked for: a first
   *   part of them.
   */
  done(taken: number, partials: Partials): void;
}

/** What walks jobs: a GPU by WebGPU or gpu.js, or the processor. All count the same integers. */
export interface Backend {
  readonly name: BackendName;
  /** What it runs on, for reports: an adapter, or the threads of the processor. */
  readonly adapter: AdapterDescription | ProcessorDescription;
  /**
   * Resolves when it is started, and what the job needs is compiled; runs wait for that in any case, but what is timed
   * should not.
   */
  ready(job?: Job): Promise<void>;
  /**
   * Runs a job: a horizon of the result for each of its rows (rows.ts). The counts say how many paths were finished.
   */
  run(job: Job, control?: RunControl): Promise<Partials>;
  /**
   * Runs all jobs of a feed together: thousands of small ones take about as long as one of as many path-slots. After a
   * stop some are not done.
   */
  runAll(feed: JobFeed, control?: RunControl): Promise<void>;
  /**
   * Deficits in quanta of the job's paths at each horizon: entry [h · paths + i] is path firstPath + i at horizon h
   * (for a proof: at row h). For tests and small studies: memory grows with paths × horizons.
   */
  deficits(job: Job, control?: RunControl): Promise<Int32Array>;
  /**
   * First passages of the job's paths; after a stop those of a first part of them. Memory grows with paths: 8 bytes
   * each.
   */
  passages(job: PassageJob, control?: RunControl): Promise<Passages>;
  /**
   * What is worth knowing of how it worked, in words: which of two forms of a kernel a long run found to be faster,
   * devices that were lost. Left out by a backend of which there is nothing to tell.
   */
  remarks?(): Promise<readonly string[]>;
  /** Gives back devices and workers. The backend cannot be used afterwards; twice is harmless. */
  release(): Promise<void>;
}

/** The processor as a backend's device. */
export interface ProcessorDescription {
  readonly vendor: 'cpu';
  readonly threads: number;
}
