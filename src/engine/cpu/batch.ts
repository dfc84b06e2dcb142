/**
 * The slots of a task-resolved walk drawn on the processor, twin of kernels/batch.wgsl: the same words in the same order (law/task-tables.ts), the
 * same tables and 32-bit arithmetic. What is done with harvests and consumptions is the business of tasks.ts and proof.ts.
 */
import { ESCAPE_CELL, JITTER_BITS } from '../../law/tables.js';
import { COUNT_BITS } from '../../law/task-tables.js';
import type { TaskTables } from '../../law/task-tables.js';
import type { StreamKey } from '../stream-key.js';
import { pathState } from '../stream.js';

/** Slots drawn at once: their arrays stay in the nearest cache. */
export const WINDOW = 1024;

/** Draws the slots of one path after another. Not safe to share. */
export class SlotDrawer {
  /** Harvest of each drawn slot, quanta. */
  readonly harvest = new Int32Array(WINDOW);
  /** Consumption of each drawn slot, lumped: the whole energy of every task that arrived in it. */
  readonly lumped = new Int32Array(WINDOW);
  /** Consumption of each drawn slot, distributed: what the tasks in service burn in it. Filled only where asked for. */
  readonly burned: Int32Array;
  private readonly state = new Int32Array(4);
  private readonly columns: Int32Array;
  private readonly countColumns: Int32Array;
  private readonly entryColumns: Int32Array;
  private readonly tables: TaskTables;
  /** Slots after the window that tasks of the window reach into. */
  private readonly tail: number;
  private drawn = 0;

  constructor(
    tables: TaskTables,
    private readonly distributed: boolean,
  ) {
    this.tables = tables;
    // Signed views: words above 2^31 would otherwise become doubles on their way.
    this.columns = signed(tables.columns);
    this.countColumns = signed(tables.countColumns);
    this.entryColumns = signed(tables.entryColumns);
    this.tail = tables.longestService - 1;
    this.burned = new Int32Array(WINDOW + this.tail);
  }

  /** Begins a path: no task is in service. */
  begin(key: StreamKey, path: number): void {
    this.state.set(pathState(key, path));
    this.burned.fill(0);
    this.drawn = 0;
  }

  /** Draws the next `slots` ≤ WINDOW slots into entries 0 … slots − 1 of the arrays. */
  draw(slots: number): void {
    const { harvest, lumped, burned, tables, columns, countColumns, entryColumns, state, distributed } = this;
    if (distributed && this.drawn > 0) {
      // What was beyond the last slots comes first now.
      burned.copyWithin(0, this.drawn, this.drawn + this.tail);
      burned.fill(0, this.tail, this.drawn + this.tail);
    }
    this.drawn = slots;
    const { countDraws, entryBits, energies, profileStart, profileLength, profiles } = tables;
    const { residual, base, coreShift } = tables;
    const left = Math.max(0, coreShift - JITTER_BITS);
    const right = Math.max(0, JITTER_BITS - coreShift);
    const entryShift = 32 - entryBits;
    const entryRest = 2 ** entryShift - 1;
    const entryMask = 2 ** entryBits - 1;
    const countMask = 2 ** COUNT_BITS - 1;
    let s0 = state[0];
    let s1 = state[1];
    let s2 = state[2];
    let s3 = state[3];
    for (let t = 0; t < slots; t++) {
      let tasks = 0;
      for (let d = 0; d < countDraws; d++) {
        const sum = (s0 + s3) | 0;
        const word = (((sum << 7) | (sum >>> 25)) + s0) | 0;
        const carried = s1 << 9;
        s2 ^= s0;
        s3 ^= s1;
        s1 ^= s2;
        s0 ^= s3;
        s2 ^= carried;
        s3 = (s3 << 11) | (s3 >>> 21);
        const column = word >>> 24;
        const packed = countColumns[column];
        tasks += (word & 0xffffff) < packed >>> COUNT_BITS ? column : packed & countMask;
      }
      let consumption = 0;
      for (; tasks > 0; tasks--) {
        const sum = (s0 + s3) | 0;
        const word = (((sum << 7) | (sum >>> 25)) + s0) | 0;
        const carried = s1 << 9;
        s2 ^= s0;
        s3 ^= s1;
        s1 ^= s2;
        s0 ^= s3;
        s2 ^= carried;
        s3 = (s3 << 11) | (s3 >>> 21);
        const column = word >>> entryShift;
        const packed = entryColumns[column];
        const entry = (word & entryRest) < packed >>> entryBits ? column : packed & entryMask;
        consumption = (consumption + energies[entry]) | 0;
        if (distributed) {
          const from = profileStart[entry];
          const length = profileLength[entry];
          for (let j = 0; j < length; j++) burned[t + j] += profiles[from + j];
        }
      }
      lumped[t] = consumption;

      let sum = (s0 + s3) | 0;
      const word = (((sum << 7) | (sum >>> 25)) + s0) | 0;
      let carried = s1 << 9;
      s2 ^= s0;
      s3 ^= s1;
      s1 ^= s2;
      s0 ^= s3;
      s2 ^= carried;
      s3 = (s3 << 11) | (s3 >>> 21);
      const column = word >>> 20;
      const packed = columns[column];
      const cell = ((word >>> 8) & 0xfff) < packed >>> 12 ? column : packed & 0xfff;
      const jitter = word & 0xff;
      let gain = (base + (cell << coreShift) + ((jitter << left) >>> right)) | 0;
      if (residual !== undefined) {
        sum = (s0 + s3) | 0;
        const second = (((sum << 7) | (sum >>> 25)) + s0) | 0;
        carried = s1 << 9;
        s2 ^= s0;
        s3 ^= s1;
        s1 ^= s2;
        s0 ^= s3;
        s2 ^= carried;
        s3 = (s3 << 11) | (s3 >>> 21);
        if (cell === ESCAPE_CELL) {
          const place = second >>> 20;
          const entry = residual.columns[place];
          const chosen = (second & 0xfffff) < entry >>> 12 ? place : entry & 0xfff;
          const wide = residual.shift[chosen];
          const point = wide >= JITTER_BITS ? jitter << (wide - JITTER_BITS) : jitter >>> (JITTER_BITS - wide);
          gain = (residual.first[chosen] + point) | 0;
        }
      }
      harvest[t] = gain;
    }
    state[0] = s0;
    state[1] = s1;
    state[2] = s2;
    state[3] = s3;
  }
}

function signed(words: Uint32Array): Int32Array {
  return new Int32Array(words.buffer, words.byteOffset, words.length);
}
