/** The device's description of a job's kernel. */
import type { Job } from '../../job.js';
import type { DeviceWalk } from '../walk-buffers.js';
import { lumped } from './lumped.js';
import { lumpedSite } from './lumped-site.js';
import { passage } from './passage.js';
import { proof } from './proof.js';
import { site } from './site.js';
import { tasks } from './tasks.js';
import type { WalkKernel } from './walk.js';

const WALKS: { readonly [K in Job['kernel']]: WalkKernel<Extract<Job, { kernel: K }>> } = {
  lumped,
  tasks,
  passage,
  proof,
  site,
  lumpedSite,
};

export function kernelOf<J extends Job>({ kernel }: J): WalkKernel<J> {
  // TypeScript does not see that a job and the entry of its name go together.
  return WALKS[kernel] as unknown as WalkKernel<J>;
}

/** What a job's buffers hold. */
export function deviceWalk(job: Job): DeviceWalk {
  return kernelOf(job).walk(job);
}
