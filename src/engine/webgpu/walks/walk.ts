/**
 * What a device must know of a kernel that walks jobs: one description for each kernel, and nothing else switches on
 * their names.
 */
import type { Job } from '../../job.js';
import type { Known } from '../../known-jobs.js';
import { RESIDUAL_WORDS } from '../../kernels/state.js';
import type { KernelSource } from '../kernels.js';
import type { DeviceWalk } from '../walk-buffers.js';

/** Choices that change speed alone. */
export interface WebGpuOptions {
  /** Where the alias columns lie while a slice runs. */
  readonly columns: 'workgroup' | 'storage';
  /**
   * Whether the lanes of a tasks kernel with lumped accounting go from slot to slot together, or by rounds
   * (kernels/tasks-rounds.wgsl).
   */
  readonly tasks: 'by slot' | 'by round';
}

/** A source with the constants that it is compiled with, and the name of the way in which it walks. */
export interface WalkSource {
  readonly kernel: KernelSource;
  readonly constants?: Readonly<Record<string, number>>;
  readonly way: string;
}

export interface WalkKernel<J extends Job> {
  /** Words of the path state that are reduced, in the order of the job's rows; the values wait there negated. */
  readonly reduced: readonly number[];
  /** What its buffers hold. */
  walk(job: J): DeviceWalk;
  source(job: J, options: WebGpuOptions): WalkSource;
  /** Names the pipelines that a job needs: jobs with one name share them. */
  pipelines(job: J, options: WebGpuOptions): string;
  /** What jobs of one batch have in common besides their kernel, the form of their tables and their checkpoints. */
  kind(job: J): string;
  /** What the kernel branches on besides: jobs that differ in it are tried each. */
  branches(job: J): string;
  /**
   * Jobs with known answers, by which such a job's pipelines are tried; left out, jobs of its own tables.
   * @param paths of the first one
   */
  readonly known?: (job: J, paths: number) => Known[];
}

/** What the walks of all kernels have. @param words of the kernel's state without residual cells */
export function walkOf(
  { key, initialQuanta, horizons }: Job,
  words: number,
  hasResidual: boolean,
): Omit<DeviceWalk, 'tables' | 'tasks' | 'site' | 'hasRings'> {
  return {
    ...{ key, initialQuanta, barrier: 0 },
    checkpoints: horizons.map((h) => h.slots),
    stateWords: words + (hasResidual ? RESIDUAL_WORDS : 0),
  };
}
