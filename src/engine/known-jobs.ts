/**
 * Jobs small enough to be walked on the host in milliseconds, by which a device is tried before anything that it says
 * is believed: walks of made-up tables that lead through every branch, and walks of a job's own tables.
 */
import { COLUMN_COUNT, ESCAPE_CELL, JITTER_BITS } from '../law/tables.js';
import type { ResidualTables, WalkTables } from '../law/tables.js';
import type { Job } from './job.js';
import type { JobCommon } from './job-request.js';
import { BIN_COUNT, LOGARITHMIC } from './partials.js';
import type { HorizonLayout } from './partials.js';
import { twinRows } from './twin.js';

/** What is alike in walks of made-up tables: the width of cells decides how they are shifted. */
export type KnownCells = 'byte cells' | 'any cells' | 'residual cells';

/** Shifts of cells of each kind: wider than the jitter, and narrower. */
const SHIFTS: Record<KnownCells, readonly [number, number]> = {
  'byte cells': [JITTER_BITS, JITTER_BITS],
  'any cells': [13, 5],
  'residual cells': [11, 6],
};
const KEYS = [
  Uint32Array.of(0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344),
  Uint32Array.of(0xa4093822, 0x299f31d0, 0x082efa98, 0xec4e6c89),
  Uint32Array.of(0x452821e6, 0x38d01377, 0xbe5466cf, 0x34e90c6c),
];
/** Numbers of first paths: within one word, across two, in the highest. */
const FIRST_PATHS = [2 ** 32 - 5, 3, 2 ** 40 - 4096];
/** Paths of the jobs beside the first one. */
const SMALL = [1, 60];
/** Slots of the checkpoints of made-up tables. */
const HORIZONS = [2, 9, 45];
/** The first checkpoint of a job's own tables; there is one more. */
const FIRST_SLOTS = 2;

/** Charges at the start: the last one makes deficits that fill 31 bits. */
const INITIAL = [12345, 0, -(2 ** 30)];

/** Words without a pattern: Knuth's multiplicative hash. */
const hashed = (i: number): number => Math.imul(i + 1, 2654435761) >>> 0;

/**
 * Cells and aliases all over the table; one column in eight leads to residual cells. @param salt tables of another
 * differ
 */
function knownTables(cells: KnownCells, coreShift: number, salt: number): WalkTables {
  const scattered = (c: number): number => hashed(c + 977 * salt);
  const columns = Uint32Array.from({ length: COLUMN_COUNT }, (_, c) => {
    const alias = cells === 'residual cells' && c % 8 === 3 ? ESCAPE_CELL : (c * 40503) & 0xfff;
    return (((scattered(c) >>> 20) << 12) | alias) >>> 0;
  });
  const residual: ResidualTables | undefined =
    cells === 'residual cells'
      ? {
          columns: Uint32Array.from({ length: COLUMN_COUNT }, (_, c) => scattered(7 * c)),
          first: Int32Array.from({ length: COLUMN_COUNT }, (_, c) => (scattered(c) % 2 ** 22) - 2 ** 21),
          shift: Uint32Array.from({ length: COLUMN_COUNT }, (_, c) => c % 20),
        }
      : undefined;
  // As many steps up as down, so that minima are met late as well as early.
  return { columns, base: -(2 ** (coreShift + 11)), coreShift, residual };
}

/** A job with its rows by the twin (twin.ts). */
export interface Known {
  readonly job: Job;
  readonly rows: Int32Array;
}

/** Lumped walks of made-up tables: several jobs, the first one of `paths` paths. */
export function knownLumped(cells: KnownCells, paths: number): Known[] {
  return [paths, ...SMALL].map((count, i) => {
    const tables = knownTables(cells, SHIFTS[cells][i % 2], i);
    const common = { key: KEYS[i], firstPath: FIRST_PATHS[i], paths: count, initialQuanta: INITIAL[i] };
    return known({ kernel: 'lumped', tables, ...common, horizons: layouts(HORIZONS) });
  });
}

/**
 * Walks of a job's own tables, keys and paths made up: the first one of at most `paths` paths.
 * @param slots most slots of them, which no horizon of the job is to pass
 */
export function knownLike(job: Job, paths: number, slots: number): Known[] {
  const last = Math.min(slots, job.horizons[job.horizons.length - 1].slots);
  const own = last > FIRST_SLOTS ? [FIRST_SLOTS, last] : [last];
  return [paths, ...SMALL].map((count, i) => {
    const common: Partial<JobCommon> = { key: KEYS[i], firstPath: FIRST_PATHS[i], paths: Math.min(paths, count) };
    return known({ ...job, ...common, horizons: layouts(own) });
  });
}

/** First passages of made-up tables, some of which pass and some not: several jobs, the first one of `paths` paths. */
export function knownPassages(cells: KnownCells, paths: number): Known[] {
  return [paths, ...SMALL].map((count, i) => {
    const shift = SHIFTS[cells][i % 2];
    const tables = knownTables(cells, shift, i);
    const common = { key: KEYS[i], firstPath: FIRST_PATHS[i], paths: count, initialQuanta: 0 };
    return known({ kernel: 'passage', tables, ...common, barrier: 3 * 2 ** (shift + 11), horizons: layouts([24]) });
  });
}

function layouts(slots: readonly number[]): HorizonLayout[] {
  return slots.map((count) => ({ slots: count, bins: { offset: 0, shift: LOGARITHMIC } }));
}

/**
 * With bins by which deficits are told apart, and some fall beyond either end; logarithmic ones at the first
 * checkpoint. A site's rows keep bins of their own.
 */
function known(job: Job): Known {
  const rows = twinRows(job);
  const horizons = job.horizons.map((layout, h) => {
    if (h === 0) return layout;
    const own = rows.subarray(h * job.paths, (h + 1) * job.paths);
    const most = own.reduce((a, b) => Math.max(a, b), 0);
    const offset = most >> 4;
    const shift = Math.max(0, Math.floor(Math.log2(Math.max(1, (most - offset) / BIN_COUNT))));
    return { slots: layout.slots, bins: { offset, shift } };
  });
  return { job: { ...job, horizons }, rows };
}
