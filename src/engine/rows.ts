/** The rows to which a job is reduced, each like one horizon of Partials: its horizons, or for a proof or a site all rows of that. */
import type { Job } from './job.js';
import type { HorizonLayout } from './partials.js';
import { proofRows } from './proof-job.js';
import { siteRows } from './site-job.js';

export function jobRows(job: Job): readonly HorizonLayout[] {
  switch (job.kernel) {
    case 'proof':
      return proofRows(job);
    case 'site':
      return siteRows(job);
    default:
      return job.horizons;
  }
}
