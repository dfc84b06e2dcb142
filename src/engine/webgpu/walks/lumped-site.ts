import { HARVEST_MODE } from '../../../law/site-tables.js';
import type { SiteTables } from '../../../law/site-tables.js';
import { LUMPED_SITE_ROWS } from '../../site-job.js';
import type { LumpedSiteJob } from '../../site-job.js';
import { STATE } from '../../kernels/state.js';
import { KERNELS } from '../kernels.js';
import { siteBranches } from './site.js';
import { walkOf } from './walk.js';
import type { WalkKernel } from './walk.js';

/** kernels/lumped-site.wgsl. */
export const lumpedSite: WalkKernel<LumpedSiteJob> = {
  reduced: LUMPED_SITE_ROWS.map((_, row) => STATE.lumpedSite.at.rows + row),
  walk(job) {
    const { tables } = job;
    return { ...walkOf(job, STATE.lumpedSite.words, tables.residual), site: tables, hasRings: false };
  },
  source: ({ tables: { mode } }) => ({
    kernel: KERNELS.lumpedSite,
    constants: { harvest_mode: HARVEST_MODE[mode] },
    way: '',
  }),
  pipelines: ({ tables }) => formOf(tables),
  kind: ({ tables }) => formOf(tables),
  branches: ({ tables }) => siteBranches(tables),
};

/** What a form of the kernel is compiled for. */
function formOf({ mode, residual }: SiteTables): string {
  return ['lumped site', mode, residual ? 'residual' : ''].join(' ');
}
