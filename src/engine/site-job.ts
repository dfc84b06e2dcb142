/**
 * The job of a site (fleet/site.ts): a controlled battery beside tasks that may wait. What it counts at each horizon
 * are rows of the same kind as deficits: counted, summed and binned.
 */
import { InputError } from '../errors.js';
import type { SiteLaw } from '../law/site-law.js';
import type { SiteTables } from '../law/site-tables.js';
import { planRequest } from './job-request.js';
import type { JobCommon, JobRequest } from './job-request.js';
import { BIN_COUNT, LOGARITHMIC } from './partials.js';
import type { BinLayout, HorizonLayout, HorizonPartials, Partials } from './partials.js';

/** What is counted at each horizon, in the order of the rows; quanta unless said otherwise. */
export const SITE_ROWS = [
  /** Σ A_t: what the battery could not deliver. D_T where it has no limits. */
  'auxiliary',
  /** Largest A_t. */
  'peak',
  /** Harvest that was not stored and not used. */
  'waste',
  /** Slots with A_t > 0. */
  'deficitSlots',
  /** Number, from 1, of the first slot with A_t > 0; 0 where there is none yet. */
  'passage',
  /**
   * What the battery can still deliver, η_d B_T, counted as 1 at least where that is not nothing
   * (SiteLaw.levelJoules).
   */
  'level',
  /** Σ C_t. */
  'consumption',
  /** Tasks dispatched. */
  'dispatched',
  /** Slots that they waited, summed. */
  'waited',
  /** Tasks dispatched as they arrived because the queue was full. */
  'overflowed',
  /** Energy of the tasks dispatched above the least that must have been by now. */
  'aboveBound',
  /**
   * Tasks that have arrived and wait still. Work that is merely postponed beyond T is no saving: this and the next row
   * say how much it is.
   */
  'undone',
  /**
   * The least energy that these need, and what tasks in service have not burned yet: owed beyond T, whatever is done.
   */
  'undoneEnergy',
  /** Flags of `SITE_VIOLATION`; none may ever be seen. */
  'violations',
] as const;
/** What is counted of a site at every horizon. */
export type SiteRow = (typeof SITE_ROWS)[number];

/** What is counted of one whose slots are drawn at once: all but what its tasks do, who are not there. */
export const LUMPED_SITE_ROWS = [
  'auxiliary',
  'peak',
  'waste',
  'deficitSlots',
  'passage',
  'level',
  'consumption',
  'violations',
] as const satisfies readonly SiteRow[];
/** What is counted of every site. */
export type LumpedSiteRow = (typeof LUMPED_SITE_ROWS)[number];

/** The rows of a site's partials by name: those of tasks where these were drawn. */
export type SiteRows = Readonly<
  Record<LumpedSiteRow, readonly HorizonPartials[]> &
    Partial<Record<Exclude<SiteRow, LumpedSiteRow>, readonly HorizonPartials[]>>
>;

/** What can be found wrong with a path, as bits. */
export const SITE_VIOLATION = {
  /** A task waited beyond its last feasible slot. */
  deadlineMissed: 1,
  /** Energy dispatched so far is below that of the latest feasible minimum-energy dispatch. */
  belowBound: 2,
  /** The battery is below zero or above its capacity. */
  levelOutside: 4,
  /** A total left 32 bits: the plan was too short. */
  rangeLeft: 8,
} as const;

interface SiteJobCommon extends JobCommon {
  readonly tables: SiteTables;
  /** Infinity where the battery has no limit, or none that a path could meet: bins then follow the level. */
  readonly reachedCapacityQuanta: number;
}

/** A job that walks a site task by task. */
export interface TaskSiteJob extends SiteJobCommon {
  readonly kernel: 'site';
}

/** A job that walks a site whose slots are drawn at once. */
export interface LumpedSiteJob extends SiteJobCommon {
  readonly kernel: 'lumpedSite';
}

/** A job that walks a site. */
export type SiteJob = TaskSiteJob | LumpedSiteJob;

/** Plans a site's job. @throws {PlanError} where the slots are more than the law was sampled for */
export function planSiteJob(law: SiteLaw, request: JobRequest): SiteJob {
  const { initialQuanta, reachedCapacityQuanta, tables, plannedSlots } = law;
  const kernel = law.form === 'lumped' ? 'lumpedSite' : 'site';
  const { key, firstPath, paths, slots } = planRequest({ plannedSlots, maximumSlots: plannedSlots }, request);
  const bins = { offset: 0, shift: LOGARITHMIC };
  const horizons = slots.map((count) => ({ slots: count, bins }));
  return { kernel, tables, initialQuanta, reachedCapacityQuanta, key, firstPath, paths, horizons };
}

/** Rows of a site: for each quantity, its horizons. */
export function siteRows({ kernel, horizons, reachedCapacityQuanta }: SiteJob): readonly HorizonLayout[] {
  const rows = kernel === 'site' ? SITE_ROWS : LUMPED_SITE_ROWS;
  return rows.flatMap((row) =>
    horizons.map(({ slots }) => ({ slots, bins: binsOf(row, slots, reachedCapacityQuanta) })),
  );
}

function binsOf(row: SiteRow, slots: number, capacityQuanta: number): BinLayout {
  const upTo = (most: number): BinLayout => ({
    offset: 0,
    shift: Math.max(0, Math.ceil(Math.log2((most + 1) / BIN_COUNT))),
  });
  switch (row) {
    case 'deficitSlots':
    case 'passage':
      return upTo(slots);
    case 'violations':
      return { offset: 0, shift: 0 };
    case 'level':
      return capacityQuanta === Infinity ? { offset: 0, shift: LOGARITHMIC } : upTo(capacityQuanta);
    default:
      return { offset: 0, shift: LOGARITHMIC };
  }
}

/** The rows of a site's partials by name. */
export function splitSite({ horizons }: Partials): SiteRows {
  // Horizons ascend within a row.
  const next = horizons.findIndex(({ slots }, i) => i > 0 && slots <= horizons[i - 1].slots);
  const count = next < 0 ? horizons.length : next;
  const rows = [SITE_ROWS, LUMPED_SITE_ROWS].find(({ length }) => length * count === horizons.length);
  if (rows === undefined) {
    throw new InputError(
      `partials: got ${horizons.length} rows of ${count} horizons, expected ${SITE_ROWS.length} or ` +
        `${LUMPED_SITE_ROWS.length} rows of each`,
      'partials',
    );
  }
  return Object.fromEntries(
    rows.map((row, i) => [row, horizons.slice(i * count, (i + 1) * count)]),
  ) as unknown as SiteRows;
}
