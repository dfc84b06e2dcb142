/**
 * A job: all that a backend needs to simulate, and nothing that it could vary. Equal jobs give equal Partials on every
 * backend.
 */
import type { SampledLaw } from '../law/sampled-law.js';
import type { WalkTables } from '../law/tables.js';
import type { TaskLaw } from '../law/task-law.js';
import type { TaskTables } from '../law/task-tables.js';
import { fromZero, planPaths } from './job-request.js';
import type { JobCommon, JobRequest } from './job-request.js';
import type { PassageJob } from './passage-job.js';
import type { ProofJob } from './proof-job.js';
import type { LumpedSiteJob, TaskSiteJob } from './site-job.js';

/** The lumped walk: one draw of the net increment a slot. */
export interface LumpedJob extends JobCommon {
  readonly kernel: 'lumped';
  readonly tables: WalkTables;
}

/** The task-resolved walk: every task drawn for itself, its energy consumed at arrival or over its service. */
export interface TasksJob extends JobCommon {
  readonly kernel: 'tasks';
  readonly tables: TaskTables;
  readonly accounting: 'lumped' | 'distributed';
}

/** The forms in which a walk is drawn, and a site. */
export const KERNEL_NAMES = ['lumped', 'tasks'] as const;
/** One of the kernels that there are. */
export type KernelName = (typeof KERNEL_NAMES)[number];

/** What a backend walks: tables, the key of a seed, a number of paths and the horizons. */
export type Job = LumpedJob | TasksJob | ProofJob | TaskSiteJob | LumpedSiteJob | PassageJob;

/** Builds the lumped job for a sampled law. Throws PlanError where 32-bit integers could not hold it. */
export function planJob(law: SampledLaw, request: JobRequest): LumpedJob {
  return { kernel: 'lumped', tables: law.tables, ...planPaths(law, request) };
}

/** Builds the job of a task-resolved walk. Throws PlanError as `planJob` does. */
export function planTasksJob(law: TaskLaw, accounting: TasksJob['accounting'], request: JobRequest): TasksJob {
  const common = planPaths(law, request);
  const horizons = accounting === 'lumped' ? common.horizons : common.horizons.map(fromZero);
  return { kernel: 'tasks', tables: law.tables, accounting, ...common, horizons };
}
