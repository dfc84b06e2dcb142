import { HARVEST_MODE, SITE_FIELD, siteRingWords } from '../../../law/site-tables.js';
import type { SiteTables } from '../../../law/site-tables.js';
import { SITE_ROWS } from '../../site-job.js';
import type { TaskSiteJob } from '../../site-job.js';
import { STATE } from '../../kernels/state.js';
import { KERNELS } from '../kernels.js';
import { walkOf } from './walk.js';
import type { WalkKernel } from './walk.js';

/** Fields of a site's tables that lead the kernel another way where they are not 0. */
const SITE_BRANCHES = ['leak', 'charge', 'weatherDrawn', 'startDrawn', 'blockSlots', 'fractionBits'] as const;

/** kernels/site.wgsl. */
export const site: WalkKernel<TaskSiteJob> = {
  reduced: SITE_ROWS.map((_, row) => STATE.site.at.rows + row),
  walk(job) {
    const { tables } = job;
    return { ...walkOf(job, STATE.site.words, tables.residual), site: tables };
  },
  source({ tables: { mode, queue, serviceRing } }) {
    const distributed = serviceRing > 0 ? 1 : 0;
    const constants = { harvest_mode: HARVEST_MODE[mode], has_queue: queue ? 1 : 0, distributed };
    return { kernel: KERNELS.site, constants, way: '' };
  },
  pipelines: ({ tables }) => formOf(tables),
  kind: ({ tables }) => [formOf(tables), siteRingWords(tables)].join(' '),
  branches: ({ tables }) => `, policy ${tables.words[SITE_FIELD.policy]}${siteBranches(tables)}`,
};

/** The branches that a site's tables lead to, whatever its tasks. */
export function siteBranches({ words }: SiteTables): string {
  return SITE_BRANCHES.filter((field) => words[SITE_FIELD[field]] > 0)
    .map((field) => `, ${field}`)
    .join('');
}

/** What a form of the kernel is compiled for. */
function formOf({ mode, residual, queue, serviceRing }: SiteTables): string {
  const parts = ['site', mode, residual ? 'residual' : '', queue ? 'queue' : '', serviceRing > 0 ? 'distributed' : ''];
  return parts.join(' ');
}
