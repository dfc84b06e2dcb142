/**
 * The tables of a task-resolved walk, and how its slots read the streams. Every backend uses these very integers;
 * kernels/batch.wgsl says the same in WGSL.
 *
 * A slot takes `countDraws` words of the stream of arrivals for the number of tasks N, N words of the stream of kinds,
 * one for each task, and one word of the stream of harvests (and one of residual cells where the harvest has them; see
 * tables.ts). So scenarios of one seed see the same words for each purpose, whatever else they differ in
 * (engine/purposes.ts).
 *
 * A word of a count is column (8 bits) and threshold (24 bits); N is the sum of the draws. A word of a task is column
 * (`entryBits` bits) and threshold (the rest); the column names an entry: its energy and its service profile. No
 * quantum enters these columns.
 *
 * Energies are whole numbers of 2^−fractionBits quanta. A slot's sum is rounded down to whole quanta, and what is left
 * over is added to the next slot's: so what a path consumes up to any slot is the sum of its energies, rounded down. It
 * begins with a fraction drawn for the path, with which the rounded sum has the mean of the true one.
 */
import type { WalkTables } from './tables.js';

/** Columns of the count: N of one draw is at most 255. */
export const COUNT_BITS = 8;
export const COUNT_THRESHOLD_BITS = 32 - COUNT_BITS;
/** Most columns of the entries. */
export const MAXIMUM_ENTRY_BITS = 12;

/** The fraction of a quantum, of 2^−fractionBits, with which a path's sums begin: the upper bits of a word. */
export function startingFraction(word: number, fractionBits: number): number {
  return fractionBits === 0 ? 0 : word >>> (32 - fractionBits);
}

/** The walk's own columns draw the harvest alone. */
export interface TaskTables extends WalkTables {
  /** 2^8 packed columns of one count: alias in the low 8 bits, threshold above. */
  readonly countColumns: Uint32Array;
  /** Counts that add up to the tasks of one slot: 1 up to a rate of 128. */
  readonly countDraws: number;
  /** log2 of the number of entry columns, 1 to 12. */
  readonly entryBits: number;
  /** Packed columns: alias in the low entryBits, threshold above. */
  readonly entryColumns: Uint32Array;
  /** Bits of a quantum's fraction in energies and profiles: 0 to 8, so many that no slot's sum leaves 32 bits. */
  readonly fractionBits: number;
  /** Energy of each entry, 2^−fractionBits quanta. */
  readonly energies: Int32Array;
  /** Where an entry's profile begins in `profiles`, and its slots. */
  readonly profileStart: Uint32Array;
  readonly profileLength: Uint32Array;
  /** Energy burned in each service slot, 2^−fractionBits quanta; an entry's sum to its energy exactly. */
  readonly profiles: Int32Array;
  /** The longest profile, slots. */
  readonly longestService: number;
}

/** The most tasks that one draw by columns of a count can name, and their mean number. */
export function countReach(columns: Uint32Array): { most: number; mean: number } {
  const units = 2 ** COUNT_THRESHOLD_BITS;
  let most = 0;
  let mean = 0;
  columns.forEach((packed, column) => {
    const own = packed >>> COUNT_BITS;
    const alias = packed & (2 ** COUNT_BITS - 1);
    most = Math.max(most, alias, own > 0 ? column : 0);
    mean += (own * column + (units - own) * alias) / (units * columns.length);
  });
  return { most, mean };
}
