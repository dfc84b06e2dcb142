/**
 * What a job's paths come to by the plain twins (cpu/), on the calling thread: what other backends are held against.
 * For a few paths.
 */
import { walkLumped } from './cpu/lumped.js';
import { walkPassage } from './cpu/passage.js';
import { walkProof } from './cpu/proof.js';
import { walkSite } from './cpu/site.js';
import { walkTasks } from './cpu/tasks.js';
import type { Job } from './job.js';
import type { Partials } from './partials.js';
import { emptyPassages } from './passage-job.js';
import type { PassageJob, Passages } from './passage-job.js';
import { Reducer } from './reduce.js';
import { jobRows } from './rows.js';

/** Rows of the job's paths: entry [row · paths + i] is path firstPath + i. */
export function twinRows(job: Job): Int32Array {
  const { firstPath, paths, horizons } = job;
  const slots = horizons.map((h) => h.slots);
  const out = new Int32Array(paths * jobRows(job).length);
  switch (job.kernel) {
    case 'lumped':
      walkLumped({ ...job, slots }, firstPath, paths, out, paths);
      break;
    case 'tasks':
      walkTasks({ ...job, slots }, firstPath, paths, out, paths);
      break;
    case 'proof':
      walkProof({ ...job, slots }, firstPath, paths, out, paths);
      break;
    case 'site':
      walkSite({ ...job, slots }, firstPath, paths, out, paths);
  }
  return out;
}

/** The partials of the job's rows. */
export function twinPartials(job: Job, rows: Int32Array): Partials {
  const reducer = new Reducer(jobRows(job));
  reducer.add(rows, job.paths, job.paths);
  return reducer.finish();
}

export function twinPassages(job: PassageJob): Passages {
  const out = emptyPassages(job.paths);
  walkPassage(job, job.firstPath, job.paths, out.slots, out.points);
  return out;
}
