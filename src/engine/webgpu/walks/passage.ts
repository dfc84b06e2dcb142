import { knownPassages } from '../../known-jobs.js';
import { STATE } from '../../kernels/state.js';
import { PASSAGE_ROWS } from '../../passage-job.js';
import type { PassageJob } from '../../passage-job.js';
import { KERNELS } from '../kernels.js';
import { formOf } from '../walk-pipelines.js';
import { walkOf } from './walk.js';
import type { WalkKernel } from './walk.js';

/** kernels/passage.wgsl. */
export const passage: WalkKernel<PassageJob> = {
  reduced: PASSAGE_ROWS.map((_, row) => STATE.passage.at.rows + row),
  walk(job) {
    const { tables, barrier } = job;
    return { ...walkOf(job, STATE.passage.words, tables.residual !== undefined), barrier: -barrier, tables };
  },
  source(_, { columns }) {
    const kernel = columns === 'storage' ? KERNELS.passageFromStorage : KERNELS.passage;
    return { kernel, way: `columns in ${columns} memory` };
  },
  pipelines: () => 'passage',
  kind: () => '',
  branches: () => '',
  known: ({ tables }, paths) => knownPassages(formOf(tables), paths),
};
