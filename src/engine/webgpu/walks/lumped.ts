import { knownLumped } from '../../known-jobs.js';
import { STATE } from '../../kernels/state.js';
import type { LumpedJob } from '../../job.js';
import { KERNELS } from '../kernels.js';
import { formOf } from '../walk-pipelines.js';
import { walkOf } from './walk.js';
import type { WalkKernel } from './walk.js';

/** kernels/lumped.wgsl. */
export const lumped: WalkKernel<LumpedJob> = {
  reduced: [STATE.lumped.at.least],
  walk(job) {
    const { tables } = job;
    return { ...walkOf(job, STATE.lumped.words, tables.residual !== undefined), tables };
  },
  source(_, { columns }) {
    const kernel = columns === 'storage' ? KERNELS.lumpedFromStorage : KERNELS.lumped;
    return { kernel, way: `columns in ${columns} memory` };
  },
  pipelines: () => 'lumped',
  kind: () => '',
  branches: () => '',
  // Made-up tables, which lead through every branch.
  known: ({ tables }, paths) => knownLumped(formOf(tables), paths),
};
