/** The rows to which a job is reduced, each like one horizon of Partials: its horizons, or for a proof all of the proof's rows. */
import type { Job } from './job.js';
import type { HorizonLayout } from './partials.js';
import { proofRows } from './proof-job.js';

export function jobRows(job: Job): readonly HorizonLayout[] {
  return job.kernel === 'proof' ? proofRows(job) : job.horizons;
}
