/**
 * What a job's paths come to by the plain twins (cpu/), on the calling thread: what other backends are held against.
 * For a few paths.
 */
import { walkPaths, workerWalk } from './cpu/walks.js';
import type { Job } from './job.js';
import type { Partials } from './partials.js';
import { Reducer } from './reduce.js';
import { jobRows } from './rows.js';

/** Rows of the job's paths: entry [row · paths + i] is path firstPath + i. */
export function twinRows(job: Job): Int32Array {
  const { firstPath, paths } = job;
  const out = new Int32Array(paths * jobRows(job).length);
  walkPaths(workerWalk(job), undefined, firstPath, paths, out, paths);
  return out;
}

/** The partials of the job's rows. */
export function twinPartials(job: Job, rows: Int32Array): Partials {
  const reducer = new Reducer(jobRows(job));
  reducer.add(rows, job.paths, job.paths);
  return reducer.finish();
}
