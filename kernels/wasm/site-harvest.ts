/**
 * What a site harvests, four paths at once, and the weather: the words, tables and 32-bit arithmetic of
 * src/engine/cpu/site-draws.ts.
 */
import { gather } from './cells';
import { ALIGN_PLACES, ALIGN_VALUES, BETWEEN, BLOCKS_STATE, BLOCK_SLOTS, CELLS_AT, COLUMNS_AT } from './site-memory';
import { CORRELATION, FACTORS_AT, FACTOR_SLOTS, FACTOR_VALUES, HARVESTED, HARVEST_STATE } from './site-memory';
import { HARVEST_WALK, INNOVATION, MODE, QUANTILES_AT, RESIDUAL, RESIDUAL_AT, RESIDUAL_STATE } from './site-memory';
import { RESIDUAL_WORDS, STARTS, START_DRAWN, STATES, TABLES, WEATHER_AT, WEATHER_DRAWN } from './site-memory';
import { WEATHER_SLOTS, WEATHER_STATE } from './site-memory';
import { multiplyCarry, multiplyHigh, multiplyHighSigned } from './site-fractions';
import { drawWords } from './stream';

/** HARVEST_MODE of src/law/site-tables.ts. */
const TABLE: i32 = 0;
const FACTORS: i32 = 1;
const TRACE: i32 = 2;
const COPULA: i32 = 3;
/** QUANTILE_ORIGIN, QUANTILE_SHIFT, QUANTILE_COUNT and NORMAL_SHIFT of the same. */
const ORIGIN: i32 = 1 << 28;
const SHIFT: i32 = 17;
const COUNT: i32 = 4097;
const NORMAL_SHIFT: i32 = 8;
/** The cell of residual cells, of src/law/tables.ts. */
const ESCAPE: i32 = 0xfff;

const WEATHER: usize = HARVEST_WALK;
const PLACE: usize = HARVEST_WALK + 16;
const NORMAL: usize = HARVEST_WALK + 2 * 16;
const CARRY: usize = HARVEST_WALK + 3 * 16;
const FACTOR: usize = HARVEST_WALK + 4 * 16;
const WORD: usize = HARVEST_WALK + 5 * 16;
const ESCAPED: usize = HARVEST_WALK + 6 * 16;

/** Begins four paths: the words of their starts are at STARTS. */
export function beginHarvests(): void {
  v128.store(CARRY, i32x4.splat(0x80000000));
  v128.store(WEATHER, i32x4.splat(0));
  v128.store(PLACE, i32x4.splat(0));
  v128.store(NORMAL, i32x4.splat(0));
  if (load<i32>(WEATHER_DRAWN) !== 0) turnWeather(STARTS + 2 * 16, true);
  if (load<i32>(START_DRAWN) !== 0) v128.store(PLACE, placesOf(v128.load(STARTS, 16)));
  if (load<i32>(MODE) === COPULA) {
    const word = v128.load(STARTS, 3 * 16);
    const residual = load<i32>(RESIDUAL) !== 0;
    if (residual) drawWords(RESIDUAL_STATE, WORD, 1);
    v128.store(NORMAL, i32x4.shl(points(word, WORD, i32x4.splat(0), residual), NORMAL_SHIFT));
  }
}

/** Draws slots `from` … of a block of `slots` into HARVESTED and BETWEEN. */
export function drawBlock(from: i32, slots: i32): void {
  const mode = load<i32>(MODE);
  const residual = load<i32>(RESIDUAL) !== 0;
  if (mode !== TRACE) drawWords(HARVEST_STATE, HARVESTED, slots);
  if (residual) drawWords(RESIDUAL_STATE, RESIDUAL_WORDS, slots);
  const ones = i32x4.splat(-1);
  const zero = i32x4.splat(0);
  if (mode === TABLE) {
    for (let k = 0; k < slots; k++) {
      const at = (<usize>k) << 4;
      v128.store(HARVESTED + at, points(v128.load(HARVESTED + at), RESIDUAL_WORDS + at, zero, residual));
      v128.store(BETWEEN + at, ones);
    }
    return;
  }
  const weatherSlots = load<i32>(WEATHER_DRAWN) === 0 ? 0 : load<i32>(WEATHER_SLOTS);
  const blockSlots = load<i32>(BLOCK_SLOTS);
  const factorSlots = load<i32>(FACTOR_SLOTS);
  let stale = true;
  for (let k = 0; k < slots; k++) {
    const t = from + k;
    if (weatherSlots > 0 && t > 0 && t % weatherSlots === 0) {
      drawWords(WEATHER_STATE, WORD, 1);
      turnWeather(WORD, false);
      stale = true;
    }
    if (blockSlots > 0 && t > 0 && t % blockSlots === 0) {
      drawWords(BLOCKS_STATE, WORD, 1);
      turnBlock(t);
      stale = true;
    }
    if (stale || t % factorSlots === 0) {
      findFactors(t);
      stale = false;
    }
    const at = (<usize>k) << 4;
    const factor = v128.load(FACTOR);
    if (mode === TRACE) {
      v128.store(HARVESTED + at, v128.and(factor, i32x4.splat(0x7fffffff)));
      v128.store(BETWEEN + at, i32x4.shr_s(factor, 31));
      continue;
    }
    const word = v128.load(HARVESTED + at);
    const own =
      mode === FACTORS
        ? i32x4.max_s(zero, points(word, RESIDUAL_WORDS + at, v128.load(WEATHER), residual))
        : quantiles(word, RESIDUAL_WORDS + at, residual);
    v128.store(HARVESTED + at, multiplyCarry(own, factor, CARRY));
    v128.store(BETWEEN + at, i32x4.ne(factor, zero));
  }
}

/** A word of the site's. */
function tableAt(place: i32): u32 {
  return load<u32>(<usize>load<u32>(TABLES) + ((<usize>place) << 2));
}

/** The states to which the words at `word` lead: from the start, or from the states at hand. */
function turnWeather(word: usize, start: bool): void {
  const states = load<i32>(STATES);
  const at = load<i32>(WEATHER_AT);
  for (let lane: usize = 0; lane < 16; lane += 4) {
    const row = start ? 0 : 1 + load<i32>(WEATHER + lane);
    const drawn = load<u32>(word + lane) >> 1;
    let state = 0;
    while (state < states - 1 && drawn >= tableAt(at + row * states + state)) state++;
    store<i32>(WEATHER + lane, state);
  }
}

/** Values of the trace where blocks may begin. */
function placesOf(words: v128): v128 {
  const place = multiplyHigh(words, i32x4.splat(load<i32>(ALIGN_PLACES)));
  return i32x4.mul(place, i32x4.splat(load<i32>(ALIGN_VALUES)));
}

/** Blocks that begin in slot t, by the words at WORD. */
function turnBlock(t: i32): void {
  const values = load<i32>(FACTOR_VALUES);
  const now = (t / load<i32>(FACTOR_SLOTS)) % values;
  v128.store(PLACE, placesOf(v128.load(WORD)));
  for (let lane: usize = 0; lane < 16; lane += 4) {
    store<i32>(PLACE + lane, (load<i32>(PLACE + lane) + values - now) % values);
  }
}

/** The factors, or quanta, of slot t. */
function findFactors(t: i32): void {
  const values = load<i32>(FACTOR_VALUES);
  const states = load<i32>(STATES);
  const at = load<i32>(FACTORS_AT);
  const now = (t / load<i32>(FACTOR_SLOTS)) % values;
  for (let lane: usize = 0; lane < 16; lane += 4) {
    const place = (now + load<i32>(PLACE + lane)) % values;
    store<u32>(FACTOR + lane, tableAt(at + place * states + load<i32>(WEATHER + lane)));
  }
}

/** The next variables of the autoregression, as quantiles of the Gamma laws. */
function quantiles(word: v128, second: usize, residual: bool): v128 {
  const tables: usize = <usize>load<u32>(TABLES);
  const fresh = i32x4.shl(points(word, second, i32x4.splat(0), residual), NORMAL_SHIFT);
  const normal = i32x4.add(
    multiplyHighSigned(v128.load(NORMAL), i32x4.splat(load<i32>(CORRELATION))),
    multiplyHighSigned(fresh, i32x4.splat(load<i32>(INNOVATION))),
  );
  v128.store(NORMAL, normal);
  const above = i32x4.max_s(i32x4.splat(0), i32x4.add(normal, i32x4.splat(ORIGIN)));
  const point = i32x4.min_s(i32x4.splat(2 * ORIGIN - 1), above);
  const first = i32x4.mul(v128.load(WEATHER), i32x4.splat(COUNT));
  const offsets = i32x4.shl(i32x4.add(first, i32x4.shr_u(point, SHIFT)), 2);
  const at = tables + ((<usize>load<u32>(QUANTILES_AT)) << 2);
  const low = gather(offsets, at);
  const rest = i32x4.shl(v128.and(point, i32x4.splat((1 << SHIFT) - 1)), 32 - SHIFT);
  return i32x4.add(low, multiplyHigh(i32x4.sub(gather(offsets, at + 4), low), rest));
}

/**
 * The lattice points that words name in the columns of `states`; the words of residual cells are at `second`.
 */
function points(word: v128, second: usize, states: v128, residual: bool): v128 {
  const tables: usize = <usize>load<u32>(TABLES);
  const column = i32x4.shr_u(word, 20);
  const offsets = i32x4.shl(i32x4.add(i32x4.shl(states, 12), column), 2);
  const packed = gather(offsets, tables + ((<usize>load<u32>(COLUMNS_AT)) << 2));
  const low12 = i32x4.splat(0xfff);
  const own = i32x4.gt_s(i32x4.shr_u(packed, 12), v128.and(i32x4.shr_u(word, 8), low12));
  const cell = v128.bitselect(column, v128.and(packed, low12), own);
  const jitter = v128.and(word, i32x4.splat(0xff));
  const cells = tables + ((<usize>load<u32>(CELLS_AT)) << 2);
  const state = i32x4.shl(states, 3);
  const base = gather(state, cells);
  // A cell is 2^shift points wide, its jitter has 8 bits.
  const width = powers(gather(state, cells + 4));
  const inside = i32x4.shr_u(i32x4.mul(jitter, width), 8);
  const found = i32x4.add(base, i32x4.add(i32x4.mul(cell, width), inside));
  if (!residual) return found;
  const escaped = i32x4.eq(cell, i32x4.splat(ESCAPE));
  if (!v128.any_true(escaped)) return found;
  v128.store(ESCAPED, found);
  v128.store(ESCAPED, jitter, 16);
  v128.store(ESCAPED, states, 32);
  const bits = i32x4.bitmask(escaped);
  for (let lane: i32 = 0; lane < 4; lane++) {
    if (((bits >> lane) & 1) === 0) continue;
    const at = (<usize>lane) << 2;
    const place = ESCAPED + at;
    store<i32>(place, residualPoint(load<u32>(second + at), load<i32>(place, 16), load<i32>(place, 32)));
  }
  return v128.load(ESCAPED);
}

/** 2 to the power of each lane. */
function powers(exponents: v128): v128 {
  let found = i32x4.splat(1 << i32x4.extract_lane(exponents, 0));
  found = i32x4.replace_lane(found, 1, 1 << i32x4.extract_lane(exponents, 1));
  found = i32x4.replace_lane(found, 2, 1 << i32x4.extract_lane(exponents, 2));
  return i32x4.replace_lane(found, 3, 1 << i32x4.extract_lane(exponents, 3));
}

function residualPoint(second: u32, jitter: i32, state: i32): i32 {
  const residual = load<i32>(RESIDUAL_AT) + 3 * 4096 * state;
  const place = <i32>(second >> 20);
  const entry = tableAt(residual + place);
  const chosen = residual + ((second & 0xfffff) < entry >> 12 ? place : <i32>(entry & 0xfff));
  const wide = <i32>tableAt(chosen + 2 * 4096);
  const inside = wide >= 8 ? jitter << (wide - 8) : jitter >> (8 - wide);
  return <i32>tableAt(chosen + 4096) + inside;
}
