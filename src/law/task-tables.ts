/**
 * The tables of a task-resolved walk, and how its slots read the stream. Every backend uses these very integers; kernels/batch.wgsl says the
 * same in WGSL.
 *
 * A slot takes, in this order: `countDraws` words for the number of tasks N, one word for each of the N tasks, and the harvest's one
 * word (two where the harvest has residual cells; see tables.ts). So a slot takes countDraws + N + 1 (or 2) words: scenarios of one rate
 * and one seed stay in step, whatever their tasks, their routing errors and their accounting.
 *
 * A word of a count is column (8 bits) and threshold (24 bits); N is the sum of the draws. A word of a task is column (`entryBits` bits)
 * and threshold (the rest); the column names an entry: its energy and its service profile.
 */
import type { WalkTables } from './tables.js';

/** Columns of the count: N of one draw is at most 255. */
export const COUNT_BITS = 8;
export const COUNT_THRESHOLD_BITS = 32 - COUNT_BITS;
/** Most columns of the entries. */
export const MAXIMUM_ENTRY_BITS = 12;

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
  /** Energy of each entry, quanta. */
  readonly energies: Int32Array;
  /** Where an entry's profile begins in `profiles`, and its slots. */
  readonly profileStart: Uint32Array;
  readonly profileLength: Uint32Array;
  /** Quanta burned in each service slot; an entry's sum to its energy exactly. */
  readonly profiles: Int32Array;
  /** The longest profile, slots. */
  readonly longestService: number;
}
