/**
 * The slots of a task-resolved walk drawn on the processor, twin of kernels/batch.wgsl: the same streams, words (law/task-tables.ts),
 * tables and 32-bit arithmetic. What is done with harvests and consumptions is the business of tasks.ts and proof.ts.
 */
import { ESCAPE_CELL, JITTER_BITS } from '../../law/tables.js';
import { COUNT_BITS, startingFraction } from '../../law/task-tables.js';
import type { TaskTables } from '../../law/task-tables.js';
import { PURPOSE, START_WORD } from '../purposes.js';
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
  /** The states of the streams of harvests, residual cells, arrivals and kinds, four words each. */
  private readonly streams = new Int32Array(16);
  /** What the sums of lumped and of distributed consumption leave over, in fractions of a quantum. */
  private lumpedCarry = 0;
  private burnedCarry = 0;
  /** Energies that tasks in service will burn, by slot, in fractions of a quantum; the first are those of the drawn slots. */
  private readonly future: Int32Array;
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
    this.burned = new Int32Array(distributed ? WINDOW : 0);
    this.future = new Int32Array(distributed ? WINDOW + this.tail : 0);
  }

  /** Begins a path: no task is in service. */
  begin(key: StreamKey, path: number): void {
    const { streams, future, tables } = this;
    [PURPOSE.harvest, PURPOSE.residual, PURPOSE.arrivals, PURPOSE.kinds].forEach((purpose, i) => {
      streams.set(pathState(key, path, purpose), 4 * i);
    });
    const start = pathState(key, path, PURPOSE.starts)[START_WORD.fraction];
    this.lumpedCarry = startingFraction(start, tables.fractionBits);
    this.burnedCarry = this.lumpedCarry;
    future.fill(0);
    this.drawn = 0;
  }

  /** Draws the next `slots` ≤ WINDOW slots into entries 0 … slots − 1 of the arrays. */
  draw(slots: number): void {
    if (this.distributed && this.drawn > 0) {
      // What was beyond the last slots comes first now.
      this.future.copyWithin(0, this.drawn, this.drawn + this.tail);
      this.future.fill(0, this.tail, this.drawn + this.tail);
    }
    this.drawn = slots;
    this.drawTasks(slots);
    this.drawHarvests(slots);
  }

  private drawTasks(slots: number): void {
    const { lumped, future, tables, countColumns, entryColumns, streams, distributed } = this;
    const { countDraws, entryBits, energies, profileStart, profileLength, profiles, fractionBits } = tables;
    const entryShift = 32 - entryBits;
    const entryRest = 2 ** entryShift - 1;
    const entryMask = 2 ** entryBits - 1;
    const countMask = 2 ** COUNT_BITS - 1;
    const fractionMask = 2 ** fractionBits - 1;
    let a0 = streams[8];
    let a1 = streams[9];
    let a2 = streams[10];
    let a3 = streams[11];
    let s0 = streams[12];
    let s1 = streams[13];
    let s2 = streams[14];
    let s3 = streams[15];
    let carry = this.lumpedCarry;
    for (let t = 0; t < slots; t++) {
      let tasks = 0;
      for (let d = 0; d < countDraws; d++) {
        const sum = (a0 + a3) | 0;
        const word = (((sum << 7) | (sum >>> 25)) + a0) | 0;
        const carried = a1 << 9;
        a2 ^= a0;
        a3 ^= a1;
        a1 ^= a2;
        a0 ^= a3;
        a2 ^= carried;
        a3 = (a3 << 11) | (a3 >>> 21);
        const column = word >>> 24;
        const packed = countColumns[column];
        tasks += (word & 0xffffff) < packed >>> COUNT_BITS ? column : packed & countMask;
      }
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
        carry = (carry + energies[entry]) | 0;
        if (distributed) {
          const from = profileStart[entry];
          const length = profileLength[entry];
          for (let j = 0; j < length; j++) future[t + j] += profiles[from + j];
        }
      }
      lumped[t] = carry >>> fractionBits;
      carry &= fractionMask;
    }
    this.lumpedCarry = carry;
    streams.set([a0, a1, a2, a3, s0, s1, s2, s3], 8);
    if (distributed) this.wholeBurned(slots);
  }

  /** Whole quanta of what tasks in service burn. */
  private wholeBurned(slots: number): void {
    const { burned, future, tables } = this;
    const { fractionBits } = tables;
    let carry = this.burnedCarry;
    for (let t = 0; t < slots; t++) {
      carry = (carry + future[t]) | 0;
      burned[t] = carry >>> fractionBits;
      carry &= 2 ** fractionBits - 1;
    }
    this.burnedCarry = carry;
  }

  private drawHarvests(slots: number): void {
    const { harvest, columns, streams, tables } = this;
    const { residual, base, coreShift } = tables;
    const left = Math.max(0, coreShift - JITTER_BITS);
    const right = Math.max(0, JITTER_BITS - coreShift);
    let s0 = streams[0];
    let s1 = streams[1];
    let s2 = streams[2];
    let s3 = streams[3];
    let r0 = streams[4];
    let r1 = streams[5];
    let r2 = streams[6];
    let r3 = streams[7];
    for (let t = 0; t < slots; t++) {
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
        sum = (r0 + r3) | 0;
        const second = (((sum << 7) | (sum >>> 25)) + r0) | 0;
        carried = r1 << 9;
        r2 ^= r0;
        r3 ^= r1;
        r1 ^= r2;
        r0 ^= r3;
        r2 ^= carried;
        r3 = (r3 << 11) | (r3 >>> 21);
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
    streams.set([s0, s1, s2, s3, r0, r1, r2, r3], 0);
  }
}

function signed(words: Uint32Array): Int32Array {
  return new Int32Array(words.buffer, words.byteOffset, words.length);
}
