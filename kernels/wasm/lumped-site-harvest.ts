/**
 * What four paths of a site harvest: the words and arithmetic of src/engine/cpu/site-draws.ts, of which this draws the
 * harvests, the weather and the blocks of a trace.
 */
import { gather } from './cells';
import { COLUMNS_SIZE, SITE, SITE_BETWEEN, SITE_FIELD_AT, SITE_FIELDS, SITE_HARVESTED } from './memory';
import { RESIDUAL_CELLS_SIZE, RESIDUAL_COLUMNS_SIZE, SITE_RESIDUAL_WORDS, SITE_SCHEDULE, SITE_WORD } from './memory';
import { drawWords } from './stream';

/** HARVEST_MODE of src/law/site-tables.ts. */
const TABLE: i32 = 0;
const TRACE: i32 = 2;
const COPULA: i32 = 3;
/** Quantiles, and the units between them (src/law/site-tables.ts). */
const QUANTILES: i32 = 4097;
const QUANTILE_SHIFT: i32 = 17;
const QUANTILE_ORIGIN: i32 = 1 << 28;

/** A number that the host put down for the site. */
export function field(number: i32): i32 {
  return load<i32>(SITE_FIELD_AT + ((<usize>number) << 2));
}

/** The next word of the stream at `state` of each path. */
function nextWord(state: usize): v128 {
  drawWords(state, SITE_WORD, 1);
  return v128.load(SITE_WORD);
}

/** The states to which words lead, by row of the thresholds of each path: 0, or 1 + its state. */
function weatherAfter(words: v128, rows: v128): v128 {
  const states = field(SITE_FIELDS.states);
  const thresholds = <usize>field(SITE_FIELDS.weatherAt);
  const word = i32x4.shr_u(words, 1);
  const at = i32x4.shl(i32x4.mul(rows, i32x4.splat(states)), 2);
  let state = i32x4.splat(0);
  // They never fall: the state is how many are reached.
  for (let i = 0; i + 1 < states; i++) {
    state = i32x4.sub(state, i32x4.ge_u(word, gather(at, thresholds + ((<usize>i) << 2))));
  }
  return state;
}

/** Values of the trace where blocks may begin, `before` values before, modulo their number. */
function placesOf(words: v128, before: i32): v128 {
  const values = i32x4.splat(field(SITE_FIELDS.factorValues));
  const places = multiplyHigh(words, i32x4.splat(field(SITE_FIELDS.alignPlaces)));
  const value = i32x4.mul(places, i32x4.splat(field(SITE_FIELDS.alignValues)));
  const moved = i32x4.sub(value, i32x4.splat(before));
  return i32x4.add(moved, v128.and(values, i32x4.shr_s(moved, 31)));
}

/** Begins what a group at `at` harvests. */
export function beginHarvest(at: usize): void {
  const zero = i32x4.splat(0);
  const weather = field(SITE_FIELDS.weatherDrawn) === 0 ? zero : weatherAfter(v128.load(at + SITE.starts, 32), zero);
  v128.store(at + SITE.weather, weather);
  const shift = field(SITE_FIELDS.startDrawn) === 0 ? zero : placesOf(v128.load(at + SITE.starts, 16), 0);
  v128.store(at + SITE.shift, shift);
  v128.store(at + SITE.normal, zero);
  if (field(SITE_FIELDS.mode) !== COPULA) return;
  const second = field(SITE_FIELDS.residual) === 0 ? zero : nextWord(at + SITE.residual);
  v128.store(at + SITE.normal, i32x4.shl(pointOf(v128.load(at + SITE.starts, 48), second, zero), 8));
}

/** Of a run of slots in the schedule: its slots; value of the factors; whether the weather turns; where a block begins. */
const RUN: usize = 16;

/**
 * Writes down the runs of `count` slots from t on in which factor, weather and block stay, for all paths.
 * @returns the schedule's end
 */
export function scheduleHarvest(t: u32, count: u32): usize {
  const factors = <u32>field(SITE_FIELDS.factorSlots);
  const values = <u32>field(SITE_FIELDS.factorValues);
  const weather = field(SITE_FIELDS.weatherDrawn) === 0 ? 0 : <u32>field(SITE_FIELDS.weatherSlots);
  const block = <u32>field(SITE_FIELDS.blockSlots);
  let at = SITE_SCHEDULE;
  for (let done: u32 = 0; done < count;) {
    const slot = t + done;
    const value = (slot / factors) % values;
    let run = min(count - done, factors - (slot % factors));
    let turns: u32 = 0;
    if (weather !== 0) {
      const over = slot % weather;
      run = min(run, weather - over);
      if (slot > 0 && over === 0) turns = 1;
    }
    let begins: u32 = 0;
    if (block !== 0) {
      const over = slot % block;
      run = min(run, block - over);
      if (slot > 0 && over === 0) begins = 1;
    }
    store<u32>(at, run);
    store<u32>(at, value, 4);
    store<u32>(at, turns, 8);
    store<u32>(at, begins, 12);
    at += RUN;
    done += run;
  }
  return at;
}

/** What changes before a run. */
function turn(at: usize, run: usize): void {
  if (load<u32>(run, 8) !== 0) {
    const rows = i32x4.add(v128.load(at + SITE.weather), i32x4.splat(1));
    v128.store(at + SITE.weather, weatherAfter(nextWord(at + SITE.weatherChanges), rows));
  }
  if (load<u32>(run, 12) !== 0) {
    v128.store(at + SITE.shift, placesOf(nextWord(at + SITE.blocks), load<i32>(run, 4)));
  }
}

/** Factors, or quanta, of a run. */
function factorsOf(at: usize, run: usize): v128 {
  const values = i32x4.splat(field(SITE_FIELDS.factorValues));
  const place = i32x4.add(v128.load(at + SITE.shift), i32x4.splat(load<i32>(run, 4)));
  const within = i32x4.sub(place, v128.and(values, i32x4.ge_s(place, values)));
  const states = i32x4.splat(field(SITE_FIELDS.states));
  return listed(field(SITE_FIELDS.factorsAt), i32x4.add(i32x4.mul(within, states), v128.load(at + SITE.weather)));
}

/**
 * What is harvested in a block of `count` slots, whose runs end at `scheduled`, and whether it lies between lattice
 * points (all bits).
 */
export function harvest(at: usize, count: u32, scheduled: usize): void {
  const mode = field(SITE_FIELDS.mode);
  if (field(SITE_FIELDS.residual) !== 0) drawWords(at + SITE.residual, SITE_RESIDUAL_WORDS, <i32>count);
  if (mode === TABLE) {
    draw(at, 0, count, i32x4.splat(0), mode);
    return;
  }
  let done: u32 = 0;
  for (let run = SITE_SCHEDULE; run < scheduled; run += RUN) {
    turn(at, run);
    const slots = load<u32>(run);
    const factors = factorsOf(at, run);
    if (mode === TRACE) {
      const quanta = v128.and(factors, i32x4.splat(0x7fffffff));
      fill(done, slots, quanta, i32x4.shr_s(factors, 31));
    } else if (mode !== COPULA && !v128.any_true(factors)) {
      const zero = i32x4.splat(0);
      pass(at + SITE.harvest, slots);
      fill(done, slots, zero, zero);
    } else draw(at, done, slots, factors, mode);
    done += slots;
  }
}

/** The same harvest in several slots. */
function fill(done: u32, run: u32, quanta: v128, between: v128): void {
  for (let place = (<usize>done) << 4; place < (<usize>(done + run)) << 4; place += 16) {
    v128.store(SITE_HARVESTED + place, quanta);
    v128.store(SITE_BETWEEN + place, between);
  }
}

/** Draws words that nothing is made of. */
function pass(state: usize, count: u32): void {
  let s0 = v128.load(state);
  let s1 = v128.load(state, 16);
  let s2 = v128.load(state, 32);
  let s3 = v128.load(state, 48);
  for (let k: u32 = 0; k < count; k++) {
    const carried = i32x4.shl(s1, 9);
    s2 = v128.xor(s2, s0);
    s3 = v128.xor(s3, s1);
    s1 = v128.xor(s1, s2);
    s0 = v128.xor(s0, s3);
    s2 = v128.xor(s2, carried);
    s3 = v128.or(i32x4.shl(s3, 11), i32x4.shr_u(s3, 21));
  }
  v128.store(state, s0);
  v128.store(state, s1, 16);
  v128.store(state, s2, 32);
  v128.store(state, s3, 48);
}

/** Four words of an array, by the number in each lane. */
function listed(array: i32, numbers: v128): v128 {
  return gather(i32x4.shl(numbers, 2), <usize>array);
}

/** The lattice point that each word names in the columns of its path's state. */
function pointOf(word: v128, second: v128, state: v128): v128 {
  const low20 = i32x4.splat(0xfffff);
  const columns = i32x4.mul(state, i32x4.splat(<i32>COLUMNS_SIZE));
  const offsets = i32x4.add(v128.and(i32x4.shr_u(word, 18), i32x4.splat(0x3ffc)), columns);
  const entry = gather(offsets, <usize>field(SITE_FIELDS.columnsAt));
  const own = i32x4.gt_s(v128.and(entry, low20), v128.and(word, low20));
  const chosen = v128.xor(word, v128.andnot(entry, own));
  return cellPoint(chosen, second, state);
}

/** @param chosen words with the cell in the place of the column */
function cellPoint(chosen: v128, second: v128, state: v128): v128 {
  const base = listed(field(SITE_FIELDS.basesAt), state);
  const widths = listed(field(SITE_FIELDS.widthsAt), state);
  const cell = i32x4.shr_u(chosen, 20);
  const jitter = v128.and(chosen, i32x4.splat(0xff));
  const inside = i32x4.mul(v128.or(i32x4.shl(cell, 8), jitter), widths);
  const point = i32x4.add(base, i32x4.shr_u(inside, field(SITE_FIELDS.pointRight)));
  const escaped = i32x4.eq(cell, i32x4.splat(0xfff));
  if (field(SITE_FIELDS.residual) === 0 || !v128.any_true(escaped)) return point;
  return v128.bitselect(residualPoint(second, jitter, state), point, escaped);
}

/** As `residualStep` of cells.ts, in the tables of each path's state. */
function residualPoint(second: v128, jitter: v128, state: v128): v128 {
  const size = <i32>(RESIDUAL_COLUMNS_SIZE + RESIDUAL_CELLS_SIZE);
  const tables = i32x4.add(i32x4.mul(state, i32x4.splat(size)), i32x4.splat(field(SITE_FIELDS.residualAt)));
  const place = i32x4.shr_u(second, 20);
  const entry = gather(i32x4.add(tables, i32x4.shl(place, 2)), 0);
  const own = i32x4.gt_s(i32x4.shr_u(entry, 12), v128.and(second, i32x4.splat(0xfffff)));
  const cell = v128.bitselect(place, v128.and(entry, i32x4.splat(0xfff)), own);
  const cells = i32x4.add(tables, i32x4.add(i32x4.shl(cell, 3), i32x4.splat(<i32>RESIDUAL_COLUMNS_SIZE)));
  const first = gather(cells, 0);
  const width = gather(i32x4.add(cells, i32x4.splat(4)), 0);
  const points = v128.shuffle<i32>(
    i64x2.shr_u(i64x2.extmul_low_i32x4_u(jitter, width), 8),
    i64x2.shr_u(i64x2.extmul_high_i32x4_u(jitter, width), 8),
    0,
    2,
    4,
    6,
  );
  return i32x4.add(first, points);
}

/** ⌊a · b / 2^32⌋ of unsigned words. */
function multiplyHigh(a: v128, b: v128): v128 {
  return v128.shuffle<i32>(i64x2.extmul_low_i32x4_u(a, b), i64x2.extmul_high_i32x4_u(a, b), 1, 3, 5, 7);
}

/** The same of a signed word, towards zero. */
function multiplyHighSigned(a: v128, b: v128): v128 {
  const sign = i32x4.shr_s(a, 31);
  return i32x4.sub(v128.xor(multiplyHigh(i32x4.abs(a), b), sign), sign);
}

/** Draws `run` slots, from the block's slot `done` on, in which weather and factor stay. */
function draw(at: usize, done: u32, run: u32, factors: v128, mode: i32): void {
  const zero = i32x4.splat(0);
  const low = i64x2.splat(0xffffffff);
  const weather = v128.load(at + SITE.weather);
  const state = mode === COPULA ? zero : weather;
  const columns = i32x4.mul(state, i32x4.splat(<i32>COLUMNS_SIZE));
  const base = listed(field(SITE_FIELDS.basesAt), state);
  const widths = listed(field(SITE_FIELDS.widthsAt), state);
  const table = <usize>field(SITE_FIELDS.columnsAt);
  const right = field(SITE_FIELDS.pointRight);
  const isResidual = field(SITE_FIELDS.residual) !== 0;
  const low20 = i32x4.splat(0xfffff);
  const low8 = i32x4.splat(0xff);
  const byteOffset = i32x4.splat(0x3ffc);
  const escape = i32x4.splat(0xfff);
  const between = mode === TABLE ? i32x4.splat(-1) : i32x4.ne(factors, zero);
  let s0 = v128.load(at + SITE.harvest);
  let s1 = v128.load(at + SITE.harvest, 16);
  let s2 = v128.load(at + SITE.harvest, 32);
  let s3 = v128.load(at + SITE.harvest, 48);
  const carry = v128.load(at + SITE.harvestCarry);
  let carryLow = i64x2.extend_low_i32x4_u(carry);
  let carryHigh = i64x2.extend_high_i32x4_u(carry);
  for (let k: u32 = 0; k < run; k++) {
    const sum = i32x4.add(s0, s3);
    const word = i32x4.add(v128.or(i32x4.shl(sum, 7), i32x4.shr_u(sum, 25)), s0);
    const carried = i32x4.shl(s1, 9);
    s2 = v128.xor(s2, s0);
    s3 = v128.xor(s3, s1);
    s1 = v128.xor(s1, s2);
    s0 = v128.xor(s0, s3);
    s2 = v128.xor(s2, carried);
    s3 = v128.or(i32x4.shl(s3, 11), i32x4.shr_u(s3, 21));
    const place = (<usize>(done + k)) << 4;
    const entry = gather(i32x4.add(v128.and(i32x4.shr_u(word, 18), byteOffset), columns), table);
    const isOwn = i32x4.gt_s(v128.and(entry, low20), v128.and(word, low20));
    const chosen = v128.xor(word, v128.andnot(entry, isOwn));
    const cell = i32x4.shr_u(chosen, 20);
    const inside = i32x4.mul(v128.or(i32x4.shl(cell, 8), v128.and(chosen, low8)), widths);
    let own = i32x4.add(base, i32x4.shr_u(inside, right));
    if (isResidual && v128.any_true(i32x4.eq(cell, escape))) {
      own = cellPoint(chosen, v128.load(SITE_RESIDUAL_WORDS + place), state);
    }
    if (mode !== TABLE) {
      own = mode === COPULA ? quantileOf(at, own, weather) : i32x4.max_s(own, zero);
      carryLow = i64x2.add(i64x2.extmul_low_i32x4_u(own, factors), carryLow);
      carryHigh = i64x2.add(i64x2.extmul_high_i32x4_u(own, factors), carryHigh);
      own = v128.shuffle<i32>(carryLow, carryHigh, 1, 3, 5, 7);
      carryLow = v128.and(carryLow, low);
      carryHigh = v128.and(carryHigh, low);
    }
    v128.store(SITE_HARVESTED + place, own);
    v128.store(SITE_BETWEEN + place, between);
  }
  v128.store(at + SITE.harvest, s0);
  v128.store(at + SITE.harvest, s1, 16);
  v128.store(at + SITE.harvest, s2, 32);
  v128.store(at + SITE.harvest, s3, 48);
  v128.store(at + SITE.harvestCarry, v128.shuffle<i32>(carryLow, carryHigh, 0, 2, 4, 6));
}

/** The next variable of the autoregression, as a quantile of the law of each path's state. */
function quantileOf(at: usize, point: v128, weather: v128): v128 {
  const zero = i32x4.splat(0);
  const normal = i32x4.add(
    multiplyHighSigned(v128.load(at + SITE.normal), i32x4.splat(field(SITE_FIELDS.correlation))),
    multiplyHighSigned(i32x4.shl(point, 8), i32x4.splat(field(SITE_FIELDS.innovation))),
  );
  v128.store(at + SITE.normal, normal);
  const moved = i32x4.add(normal, i32x4.splat(QUANTILE_ORIGIN));
  const place = i32x4.min_s(i32x4.max_s(moved, zero), i32x4.splat(2 * QUANTILE_ORIGIN - 1));
  const number = i32x4.add(i32x4.mul(weather, i32x4.splat(QUANTILES)), i32x4.shr_u(place, QUANTILE_SHIFT));
  const below = listed(field(SITE_FIELDS.quantilesAt), number);
  const above = listed(field(SITE_FIELDS.quantilesAt), i32x4.add(number, i32x4.splat(1)));
  const rest = i32x4.shl(v128.and(place, i32x4.splat((1 << QUANTILE_SHIFT) - 1)), 32 - QUANTILE_SHIFT);
  return i32x4.add(below, multiplyHigh(i32x4.sub(above, below), rest));
}
