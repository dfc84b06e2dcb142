/**
 * What a site draws in its slots, on the processor: harvests, and the tasks that arrive. Twin of the drawing half of
 * kernels/site.wgsl: the same words in the same order (law/site-tables.ts). What is done with them is the business of
 * site.ts.
 */
import {
  HARVEST_MODE,
  NORMAL_SHIFT,
  QUANTILE_COUNT,
  QUANTILE_ORIGIN,
  QUANTILE_SHIFT,
  SITE_FIELD,
} from '../../law/site-tables.js';
import type { SiteTables } from '../../law/site-tables.js';
import { COUNT_BITS, startingFraction } from '../../law/task-tables.js';
import { COLUMN_COUNT, ESCAPE_CELL, JITTER_BITS } from '../../law/tables.js';
import { PURPOSE, START_WORD } from '../purposes.js';
import type { StreamKey } from '../stream-key.js';
import { pathState } from '../stream.js';
import { HALF, multiplyCarry, multiplyHigh, multiplyHighSigned } from './fractions.js';

/** Slots drawn at once: their arrays stay in the nearest cache. */
export const SITE_WINDOW = 256;

const MOST_PLACE = 2 * QUANTILE_ORIGIN - 1;

/** Draws the slots of one path after another. Not safe to share. */
export class SiteDrawer {
  /** Harvest of each drawn slot, quanta. */
  readonly harvest = new Int32Array(SITE_WINDOW);
  /** Whether it lies between lattice points, however few quanta it has: 1 or 0. */
  readonly between = new Uint8Array(SITE_WINDOW);
  /** End of each drawn slot's tasks in `tasks`. */
  readonly taskEnd = new Int32Array(SITE_WINDOW);
  /** The fraction of a quantum with which the path's sums of consumption begin. */
  fraction = 0;
  /** Entries of the tasks, slot by slot. */
  tasks = new Uint16Array(4 * SITE_WINDOW);
  /** The states of the streams that a path draws from. */
  private readonly arrivalWords = new Int32Array(4);
  private readonly kindWords = new Int32Array(4);
  private readonly harvestWords = new Int32Array(4);
  private readonly residualWords = new Int32Array(4);
  private readonly weatherWords = new Int32Array(4);
  private readonly blockWords = new Int32Array(4);
  /** Words drawn for a window, in the order of its slots. */
  private readonly drawnArrivals: Int32Array;
  private readonly drawnHarvests = new Int32Array(SITE_WINDOW);
  private readonly drawnResiduals = new Int32Array(SITE_WINDOW);
  private readonly carry = new Uint32Array(1);
  private slot = 0;
  private weather = 0;
  private normal = 0;
  /** What is added to the place in the factors: where the path's trace began, or its block. */
  private shift = 0;
  private readonly words: Int32Array;
  private readonly mode: number;
  private readonly residual: boolean;

  constructor(tables: SiteTables) {
    // A signed view: words above 2^31 would otherwise become doubles on their way.
    this.words = new Int32Array(tables.words.buffer, tables.words.byteOffset, tables.words.length);
    this.mode = HARVEST_MODE[tables.mode];
    this.residual = tables.residual;
    this.between.fill(1);
    this.drawnArrivals = new Int32Array(SITE_WINDOW * this.words[SITE_FIELD.countDraws]);
  }

  /** Begins a path. */
  begin(key: StreamKey, path: number): void {
    const w = this.words;
    const streams = [
      [this.arrivalWords, PURPOSE.arrivals],
      [this.kindWords, PURPOSE.kinds],
      [this.harvestWords, PURPOSE.harvest],
      [this.residualWords, PURPOSE.residual],
      [this.weatherWords, PURPOSE.weather],
      [this.blockWords, PURPOSE.blocks],
    ] as const;
    for (const [state, purpose] of streams) state.set(pathState(key, path, purpose));
    const starts = pathState(key, path, PURPOSE.starts);
    this.carry[0] = HALF;
    this.slot = 0;
    this.fraction = startingFraction(starts[START_WORD.fraction], w[SITE_FIELD.fractionBits]);
    this.weather = w[SITE_FIELD.weatherDrawn] === 0 ? 0 : this.stateAfter(starts[START_WORD.weather], 0);
    this.shift = w[SITE_FIELD.startDrawn] === 0 ? 0 : this.placeOf(starts[START_WORD.place]);
    this.normal = this.mode === HARVEST_MODE.copula ? this.firstNormal(starts[START_WORD.normal]) : 0;
  }

  /** The normal variable before slot 0. */
  private firstNormal(word: number): number {
    return this.point(word, this.residual ? next(this.residualWords) : 0, 0) << NORMAL_SHIFT;
  }

  /** Draws the next `slots` ≤ SITE_WINDOW slots into entries 0 … slots − 1 of the arrays. */
  draw(slots: number): void {
    this.drawTasks(slots);
    this.drawHarvests(slots);
    this.slot += slots;
  }

  private drawTasks(slots: number): void {
    const { words: w, taskEnd, arrivalWords, kindWords } = this;
    const { arrivalSlots, arrivalValues, arrivalsAt, countsAt } = this.arrivals();
    const countDraws = w[SITE_FIELD.countDraws];
    const entryBits = w[SITE_FIELD.entryBits];
    const entryColumnsAt = w[SITE_FIELD.entryColumnsAt];
    const entryShift = 32 - entryBits;
    const entryRest = 2 ** entryShift - 1;
    const entryMask = 2 ** entryBits - 1;
    const countMask = 2 ** COUNT_BITS - 1;
    drawWords(arrivalWords, this.drawnArrivals, slots * countDraws);
    const drawnArrivals = this.drawnArrivals;
    let s0 = kindWords[0];
    let s1 = kindWords[1];
    let s2 = kindWords[2];
    let s3 = kindWords[3];
    let drawn = 0;
    for (let k = 0; k < slots; k++) {
      const value = Math.floor((this.slot + k) / arrivalSlots) % arrivalValues;
      const counts = countsAt + (w[arrivalsAt + value] << COUNT_BITS);
      let tasks = 0;
      for (let d = 0; d < countDraws; d++) {
        const word = drawnArrivals[k * countDraws + d];
        const column = word >>> 24;
        const packed = w[counts + column];
        tasks += (word & 0xffffff) < packed >>> COUNT_BITS ? column : packed & countMask;
      }
      if (drawn + tasks > this.tasks.length) this.grow(drawn + tasks);
      const into = this.tasks;
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
        const packed = w[entryColumnsAt + column];
        into[drawn++] = (word & entryRest) < packed >>> entryBits ? column : packed & entryMask;
      }
      taskEnd[k] = drawn;
    }
    kindWords[0] = s0;
    kindWords[1] = s1;
    kindWords[2] = s2;
    kindWords[3] = s3;
  }

  private drawHarvests(slots: number): void {
    const { words: w, harvest, mode, drawnHarvests, drawnResiduals } = this;
    const weatherSlots = w[SITE_FIELD.weatherDrawn] === 0 ? 0 : w[SITE_FIELD.weatherSlots];
    const blockSlots = w[SITE_FIELD.blockSlots];
    if (mode !== HARVEST_MODE.trace) drawWords(this.harvestWords, drawnHarvests, slots);
    if (this.residual) drawWords(this.residualWords, drawnResiduals, slots);
    if (mode === HARVEST_MODE.table) {
      for (let k = 0; k < slots; k++) harvest[k] = this.point(drawnHarvests[k], drawnResiduals[k], 0);
      return;
    }
    for (let k = 0; k < slots; k++) {
      const t = this.slot + k;
      if (weatherSlots > 0 && t > 0 && t % weatherSlots === 0) {
        this.weather = this.stateAfter(next(this.weatherWords), 1 + this.weather);
      }
      if (blockSlots > 0 && t > 0 && t % blockSlots === 0) {
        const values = w[SITE_FIELD.factorValues];
        const now = Math.floor(t / w[SITE_FIELD.factorSlots]) % values;
        this.shift = (this.placeOf(next(this.blockWords)) + values - now) % values;
      }
      harvest[k] = this.shaped(t, k, drawnHarvests[k], drawnResiduals[k]);
    }
  }

  private arrivals(): { arrivalSlots: number; arrivalValues: number; arrivalsAt: number; countsAt: number } {
    const w = this.words;
    return {
      arrivalSlots: w[SITE_FIELD.arrivalSlots],
      arrivalValues: w[SITE_FIELD.arrivalValues],
      arrivalsAt: w[SITE_FIELD.arrivalsAt],
      countsAt: w[SITE_FIELD.countsAt],
    };
  }

  /**
   * The harvest of slot t, the k-th of those drawn, where it is not what a table gives; its words of the streams of
   * harvests and of residual cells.
   */
  private shaped(t: number, k: number, word: number, second: number): number {
    const { words: w, mode, weather } = this;
    const values = w[SITE_FIELD.factorValues];
    const place = ((Math.floor(t / w[SITE_FIELD.factorSlots]) % values) + this.shift) % values;
    const factor = w[w[SITE_FIELD.factorsAt] + place * w[SITE_FIELD.states] + weather];
    if (mode === HARVEST_MODE.trace) {
      this.between[k] = factor >>> 31;
      return factor & 0x7fffffff;
    }
    this.between[k] = factor === 0 ? 0 : 1;
    const own =
      mode === HARVEST_MODE.factors ? Math.max(0, this.point(word, second, weather)) : this.quantile(word, second);
    return multiplyCarry(own, factor, this.carry, 0);
  }

  /** The next variable of the autoregression, as a quantile of the Gamma law. */
  private quantile(word: number, second: number): number {
    const w = this.words;
    const fresh = this.point(word, second, 0) << NORMAL_SHIFT;
    this.normal =
      multiplyHighSigned(this.normal, w[SITE_FIELD.correlation]) + multiplyHighSigned(fresh, w[SITE_FIELD.innovation]);
    const point = Math.min(MOST_PLACE, Math.max(0, this.normal + QUANTILE_ORIGIN));
    const at = w[SITE_FIELD.quantilesAt] + this.weather * QUANTILE_COUNT + (point >>> QUANTILE_SHIFT);
    const rest = (point & (2 ** QUANTILE_SHIFT - 1)) << (32 - QUANTILE_SHIFT);
    return w[at] + multiplyHigh(w[at + 1] - w[at], rest);
  }

  /** The lattice point that a word names in the columns of a state, with a word of the residual cells' stream. */
  private point(word: number, second: number, state: number): number {
    const w = this.words;
    const at = w[SITE_FIELD.columnsAt] + COLUMN_COUNT * state;
    const base = w[w[SITE_FIELD.cellsAt] + 2 * state];
    const shift = w[w[SITE_FIELD.cellsAt] + 2 * state + 1];
    const column = word >>> 20;
    const packed = w[at + column];
    const cell = ((word >>> 8) & 0xfff) < packed >>> 12 ? column : packed & 0xfff;
    const jitter = word & 0xff;
    if (cell !== ESCAPE_CELL || !this.residual) {
      const inside = (jitter << Math.max(0, shift - JITTER_BITS)) >>> Math.max(0, JITTER_BITS - shift);
      return (base + (cell << shift) + inside) | 0;
    }
    const residual = w[SITE_FIELD.residualAt] + 3 * COLUMN_COUNT * state;
    const place = second >>> 20;
    const entry = w[residual + place];
    const chosen = residual + ((second & 0xfffff) < entry >>> 12 ? place : entry & 0xfff);
    const wide = w[chosen + 2 * COLUMN_COUNT];
    const inside = wide >= JITTER_BITS ? jitter << (wide - JITTER_BITS) : jitter >>> (JITTER_BITS - wide);
    return (w[chosen + COLUMN_COUNT] + inside) | 0;
  }

  /** The state to which a word leads by row `row` of the thresholds. */
  private stateAfter(drawn: number, row: number): number {
    const w = this.words;
    const states = w[SITE_FIELD.states];
    const at = w[SITE_FIELD.weatherAt] + row * states;
    const word = drawn >>> 1;
    let state = 0;
    while (state < states - 1 && word >= w[at + state] >>> 0) state++;
    return state;
  }

  /** A value of the trace where blocks may begin. */
  private placeOf(word: number): number {
    const w = this.words;
    return multiplyHigh(word, w[SITE_FIELD.alignPlaces]) * w[SITE_FIELD.alignValues];
  }

  private grow(least: number): void {
    const wider = new Uint16Array(2 * least);
    wider.set(this.tasks);
    this.tasks = wider;
  }
}

/** The next word of a stream, whose state is advanced. */
export function next(state: Int32Array): number {
  const s0 = state[0];
  const s1 = state[1];
  const sum = (s0 + state[3]) | 0;
  const s2 = state[2] ^ s0;
  const s3 = state[3] ^ s1;
  state[0] = s0 ^ s3;
  state[1] = s1 ^ s2;
  state[2] = s2 ^ (s1 << 9);
  state[3] = (s3 << 11) | (s3 >>> 21);
  return (((sum << 7) | (sum >>> 25)) + s0) >>> 0;
}

/** Draws the next `count` words of a stream. */
function drawWords(state: Int32Array, out: Int32Array, count: number): void {
  let s0 = state[0];
  let s1 = state[1];
  let s2 = state[2];
  let s3 = state[3];
  for (let i = 0; i < count; i++) {
    const sum = (s0 + s3) | 0;
    out[i] = (((sum << 7) | (sum >>> 25)) + s0) | 0;
    const carried = s1 << 9;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= carried;
    s3 = (s3 << 11) | (s3 >>> 21);
  }
  state[0] = s0;
  state[1] = s1;
  state[2] = s2;
  state[3] = s3;
}
