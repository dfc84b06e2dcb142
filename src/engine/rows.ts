/**
 * The rows to which a job is reduced, each like one horizon of Partials: its horizons or, where several quantities
 * are counted at each, all rows of these.
 */
import type { Job } from './job.js';
import type { HorizonLayout } from './partials.js';
import { passageRows } from './passage-job.js';
import { proofRows } from './proof-job.js';
import { siteRows } from './site-job.js';

const ROWS: { readonly [K in Job['kernel']]: (job: Extract<Job, { kernel: K }>) => readonly HorizonLayout[] } = {
  lumped: ({ horizons }) => horizons,
  tasks: ({ horizons }) => horizons,
  passage: passageRows,
  proof: proofRows,
  site: siteRows,
  lumpedSite: siteRows,
};

export function jobRows(job: Job): readonly HorizonLayout[] {
  // TypeScript does not see that a job and the entry of its name go together.
  return (ROWS[job.kernel] as (job: Job) => readonly HorizonLayout[])(job);
}
