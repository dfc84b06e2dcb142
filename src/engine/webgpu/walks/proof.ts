import { PROOF_ROWS } from '../../proof-job.js';
import type { ProofJob } from '../../proof-job.js';
import { STATE } from '../../kernels/state.js';
import { KERNELS } from '../kernels.js';
import { ringOf, taskBranches } from './tasks.js';
import { walkOf } from './walk.js';
import type { WalkKernel } from './walk.js';

/** kernels/proof.wgsl. */
export const proof: WalkKernel<ProofJob> = {
  reduced: PROOF_ROWS.map((_, row) => STATE.proof.at.rows + row),
  walk(job) {
    const { tables, centreQuanta, plantedQuanta } = job;
    return {
      ...walkOf(job, STATE.proof.words, tables.residual !== undefined),
      tables,
      tasks: { tables, ringSlots: ringOf(tables), centreQuanta, plantedQuanta },
    };
  },
  source(_, { columns }) {
    const kernel = columns === 'storage' ? KERNELS.proofFromStorage : KERNELS.proof;
    return { kernel, constants: { distributed: 1 }, way: `columns in ${columns} memory` };
  },
  pipelines: () => 'proof',
  kind: () => '',
  branches: ({ tables }) => taskBranches(tables),
};
