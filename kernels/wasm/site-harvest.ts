/**
 * What four paths of a site harvest: the words and arithmetic of src/engine/cpu/site-draws.ts, of which this draws the
 * harvests, the weather and the blocks of a trace.
 */
import { gather } from './cells';
import { COLUMNS_SIZE, SITE, SITE_BETWEEN, SITE_FIELD_AT, SITE_FIELDS, SITE_HARVESTED, SITE_LANES } from './memory';
import { RESIDUAL_CELLS_SIZE, RESIDUAL_COLUMNS_SIZE, SITE_RESIDUAL_WORDS } from './memory';
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

function lane(vector: v128, number: i32): u32 {
  v128.store(SITE_LANES, vector);
  return load<u32>(SITE_LANES + ((<usize>number) << 2));
}

/** The next word of the stream at `state` of each path. */
function nextWord(state: usize): v128 {
  drawWords(state, SITE_LANES + 16, 1);
  return v128.load(SITE_LANES + 16);
}

/** The states to which words lead, by row of the thresholds of each path: 0, or 1 + its state. */
function weatherAfter(words: v128, rows: v128): v128 {
  const states = <u32>field(SITE_FIELDS.states);
  const thresholds = <usize>field(SITE_FIELDS.weatherAt);
  for (let i = 0; i < 4; i++) {
    const word = lane(words, i) >> 1;
    const at = thresholds + ((<usize>(lane(rows, i) * states)) << 2);
    let state: u32 = 0;
    while (state + 1 < states && word >= load<u32>(at + ((<usize>state) << 2))) state++;
    store<u32>(SITE_LANES + 32 + ((<usize>i) << 2), state);
  }
  return v128.load(SITE_LANES + 32);
}

/** Values of the trace where blocks may begin, `before` values before (modulo their number). */
function placesOf(words: v128, before: u32): v128 {
  const values = <u32>field(SITE_FIELDS.factorValues);
  for (let i = 0; i < 4; i++) {
    const place = <u32>((<u64>lane(words, i) * <u64>(<u32>field(SITE_FIELDS.alignPlaces))) >> 32);
    const value = place * <u32>field(SITE_FIELDS.alignValues);
    store<u32>(SITE_LANES + 32 + ((<usize>i) << 2), before === 0 ? value : (value + values - before) % values);
  }
  return v128.load(SITE_LANES + 32);
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

/** Before slot t > 0: what changes in it. */
function turn(at: usize, t: u32): void {
  if (field(SITE_FIELDS.weatherDrawn) !== 0 && t % <u32>field(SITE_FIELDS.weatherSlots) === 0) {
    const rows = i32x4.add(v128.load(at + SITE.weather), i32x4.splat(1));
    v128.store(at + SITE.weather, weatherAfter(nextWord(at + SITE.weatherChanges), rows));
  }
  const block = <u32>field(SITE_FIELDS.blockSlots);
  if (block !== 0 && t % block === 0) {
    const values = <u32>field(SITE_FIELDS.factorValues);
    const now = (t / <u32>field(SITE_FIELDS.factorSlots)) % values;
    // A place at 0 less nothing is itself: the remainder changes nothing.
    v128.store(at + SITE.shift, placesOf(nextWord(at + SITE.blocks), now));
  }
}

/** Slots from t on, at most `most`, in which weather, block and factor stay. */
function runFrom(t: u32, most: u32): u32 {
  const factors = <u32>field(SITE_FIELDS.factorSlots);
  let run = min(most, factors - (t % factors));
  if (field(SITE_FIELDS.weatherDrawn) !== 0) {
    const slots = <u32>field(SITE_FIELDS.weatherSlots);
    run = min(run, slots - (t % slots));
  }
  const block = <u32>field(SITE_FIELDS.blockSlots);
  return block === 0 ? run : min(run, block - (t % block));
}

/** Factors, or quanta, of slot t. */
function factorsAt(at: usize, t: u32): v128 {
  const values = <u32>field(SITE_FIELDS.factorValues);
  const states = <u32>field(SITE_FIELDS.states);
  const value = (t / <u32>field(SITE_FIELDS.factorSlots)) % values;
  const shift = v128.load(at + SITE.shift);
  const weather = v128.load(at + SITE.weather);
  for (let i = 0; i < 4; i++) {
    const place = (value + lane(shift, i)) % values;
    const from = <usize>field(SITE_FIELDS.factorsAt) + ((<usize>(place * states + lane(weather, i))) << 2);
    store<u32>(SITE_LANES + 32 + ((<usize>i) << 2), load<u32>(from));
  }
  return v128.load(SITE_LANES + 32);
}

/** What is harvested in `count` slots from t on, and whether it lies between lattice points (all bits). */
export function harvest(at: usize, t: u32, count: u32): void {
  const mode = field(SITE_FIELDS.mode);
  if (field(SITE_FIELDS.residual) !== 0) drawWords(at + SITE.residual, SITE_RESIDUAL_WORDS, <i32>count);
  if (mode === TABLE) {
    draw(at, 0, count, i32x4.splat(0), mode);
    return;
  }
  for (let done: u32 = 0; done < count;) {
    const slot = t + done;
    if (slot > 0) turn(at, slot);
    const run = runFrom(slot, count - done);
    const factors = factorsAt(at, slot);
    if (mode === TRACE) {
      const quanta = v128.and(factors, i32x4.splat(0x7fffffff));
      fill(done, run, quanta, i32x4.shr_s(factors, 31));
    } else if (mode !== COPULA && !v128.any_true(factors)) {
      const zero = i32x4.splat(0);
      pass(at + SITE.harvest, run);
      fill(done, run, zero, zero);
    } else draw(at, done, run, factors, mode);
    done += run;
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
  const number = i32x4.add(
    i32x4.mul(weather, i32x4.splat(QUANTILES)),
    i32x4.shr_u(place, QUANTILE_SHIFT),
  );
  const below = listed(field(SITE_FIELDS.quantilesAt), number);
  const above = listed(field(SITE_FIELDS.quantilesAt), i32x4.add(number, i32x4.splat(1)));
  const rest = i32x4.shl(v128.and(place, i32x4.splat((1 << QUANTILE_SHIFT) - 1)), 32 - QUANTILE_SHIFT);
  return i32x4.add(below, multiplyHigh(i32x4.sub(above, below), rest));
}
