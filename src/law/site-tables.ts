/**
 * The tables of a site's walk: one array of words, a header first, that every backend reads as it stands. The header's
 * fields are named here once; the names and places that kernels/site.wgsl uses are generated from this list, so that
 * the two cannot drift apart.
 *
 * How a path reads its streams (engine/purposes.ts). What it begins with, the first weather, the place in the trace,
 * the normal variable before slot 0 and a fraction of a quantum, are words of `starts`. In every slot the weather takes
 * a word where it may change, a bootstrap's block where one begins, the number of tasks `countDraws` words, each task
 * one, the harvest one (none where it is a trace without noise) and its residual cells, where it has any, one: each of
 * its own stream. What is done with tasks and harvests draws nothing: policies and batteries see the same draws.
 *
 * Where nobody waits, the tables may be those of whole slots (consumption-table.ts; kernels/lumped-site.wgsl): what a
 * slot consumes takes one word of the stream of arrivals, and of the header's fields of arrivals and tasks there are
 * `arrivalsAt` (the number of its table for each value), `fractionBits`, `entryColumnsAt` and `optionEnergyAt` (4096
 * columns, and 4096 energies by column, for each table).
 */

/** Fields of the header, in order; places (`…At`) are words from the header's first. Fractions are of 2^32. */
export const SITE_FIELDS = [
  // Weather: slots between changes; states; thresholds of the first state, then of each state's successor, `states`
  // words each; 1 where the first is drawn.
  'weatherSlots',
  'states',
  'weatherAt',
  'weatherDrawn',
  // Arrivals: slots of a value; values; the count table of each value; tables of 256 columns.
  'arrivalSlots',
  'arrivalValues',
  'arrivalsAt',
  'countsAt',
  'countDraws',
  // Tasks: columns of the entries; bits of a quantum's fraction in energies (task-tables.ts); of each entry the most
  // slots it may wait, the place in the list of its options by slots waited, and its least energy; the list; of each
  // option its energy, and the place (within the header's words) and length of its profile.
  'entryBits',
  'fractionBits',
  'entryColumnsAt',
  'mostWaitAt',
  'optionsAt',
  'leastAt',
  'waitOptionsAt',
  'optionEnergyAt',
  'optionProfileAt',
  'optionLengthAt',
  // Slots of the ring of what tasks in service will burn, and of the ring of when those that wait are due (powers of
  // two, 0 for none).
  'serviceRing',
  'queueRing',
  // Harvest: by state, 4096 columns, then base and shift; residual cells (3 · 4096 words) by state.
  'columnsAt',
  'cellsAt',
  'residualAt',
  // Factors (mode factors) or quanta (mode trace) of each value and state: slots of a value; values. The highest bit of
  // quanta says that what is harvested lies between lattice points.
  'factorSlots',
  'factorValues',
  'factorsAt',
  // Bootstrap: slots of a block, 0 for none; values between places where a block may begin, and how many places there
  // are; 1 where the first is drawn.
  'blockSlots',
  'alignValues',
  'alignPlaces',
  'startDrawn',
  // Copula: ρ, √(1 − ρ²), and 4097 quantiles by state.
  'correlation',
  'innovation',
  'quantilesAt',
  // Battery, whose level is what it can still deliver, η_d B: capacity; η = η_c η_d (0: all of it); whole part and
  // fraction of 1/η − 1; most offered; most delivered; leak.
  'capacity',
  'charge',
  'chargeLossWhole',
  'chargeLoss',
  'chargeLimit',
  'dischargeLimit',
  'leak',
  // Policy: its number; most waiting; level; target; price of a waiting task.
  'policy',
  'queueLimit',
  'policyLevel',
  'policyTarget',
  'policyPrice',
] as const;
export type SiteField = (typeof SITE_FIELDS)[number];

/** Place of each field in the header. */
export const SITE_FIELD = Object.fromEntries(SITE_FIELDS.map((name, i) => [name, i])) as Record<SiteField, number>;

/** Where a harvest comes from. */
export const HARVEST_MODE = {
  /** Alias columns in quanta. */
  table: 0,
  /** Alias columns in units of their own, times a factor. */
  factors: 1,
  /** Quanta of each value. */
  trace: 2,
  /** Quantiles of a normal autoregression, times a factor. */
  copula: 3,
} as const;
export type HarvestMode = keyof typeof HARVEST_MODE;

export const POLICY_NUMBER = { myopic: 0, latest: 1, threshold: 2, backpressure: 3 } as const;

/** Quantiles by state: at (i · 2^17 − 2^28) units of the autoregression for i = 0 … 4096. */
export const QUANTILE_COUNT = 4097;
export const QUANTILE_SHIFT = 17;
export const QUANTILE_ORIGIN = 2 ** 28;
/** Units of the autoregression in one lattice point of the normal table. */
export const NORMAL_SHIFT = 8;

/** What a site's walk needs; everything but `words` decides which form of the kernel is compiled. */
export interface SiteTables {
  readonly words: Uint32Array<ArrayBuffer>;
  readonly mode: HarvestMode;
  /** Harvests have residual cells. */
  readonly residual: boolean;
  /** Some task may wait. */
  readonly queue: boolean;
  /** Slots that services and waits reach ahead, a power of two; 0 where nothing does. */
  readonly serviceRing: number;
  readonly queueRing: number;
  /** Most tasks that wait at once; 0 where none may. */
  readonly queueLimit: number;
}

/** Slots of the ring of those that wait, at least: bits of a word. */
export const LEAST_QUEUE_RING = 32;

/**
 * Words that a path keeps beside its state. What tasks in service will burn, by slot; then, where tasks may wait, by
 * the slot in which they are due: least energies; bytes with the first of those that are due then; bits that say
 * whether there is one; and last a word for each task that may wait, from number 1 on.
 */
export function siteRingWords({ serviceRing, queueRing, queueLimit }: SiteTables): number {
  return serviceRing + queueRing + queueRing / 4 + queueRing / 32 + (queueRing > 0 ? queueLimit + 1 : 0);
}
