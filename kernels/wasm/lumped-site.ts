/**
 * A site whose slots are drawn at once, four paths a group: the words, tables and 32-bit arithmetic of
 * src/engine/cpu/lumped-site.ts and site.ts. A block of slots is walked in three loops, so that each has few variables:
 * what is consumed, what is harvested (lumped-site-harvest.ts), what the battery makes of both.
 */
import { gather } from './cells';
import { BLOCK, COLUMNS_SIZE, SITE, SITE_CONSUMED, SITE_FIELDS, SITE_GROUP, SITE_HARVESTED } from './memory';
import { SITE_BETWEEN, SITE_PATHS, SITE_ROW, SITE_ROWS } from './memory';
import { beginHarvest, field, harvest, scheduleHarvest } from './lumped-site-harvest';
import { beginStreams } from './stream';

/** Purposes of streams (src/engine/purposes.ts). */
const RESIDUAL: i32 = 1;
const ARRIVALS: i32 = 2;
const HARVEST: i32 = 4;
const WEATHER: i32 = 5;
const BLOCKS: i32 = 6;
const STARTS: i32 = 7;
/** Flags (src/engine/site-job.ts). */
const LEVEL_OUTSIDE: i32 = 4;
const RANGE_LEFT: i32 = 8;
const HALF: i32 = 0x80000000;
/** No limit of power (src/law/site-words.ts). */
const UNLIMITED: i32 = 0x7fffffff;

/** Begins paths `first` … of `groups` groups. */
export function beginLumpedSite(first: u64, groups: i32, initial: i32, k0: i32, k1: i32, k2: i32, k3: i32): void {
  const s = SITE_GROUP;
  beginStreams(SITE_PATHS + SITE.arrivals, s, first, groups, ARRIVALS, k0, k1, k2, k3);
  beginStreams(SITE_PATHS + SITE.harvest, s, first, groups, HARVEST, k0, k1, k2, k3);
  beginStreams(SITE_PATHS + SITE.residual, s, first, groups, RESIDUAL, k0, k1, k2, k3);
  beginStreams(SITE_PATHS + SITE.weatherChanges, s, first, groups, WEATHER, k0, k1, k2, k3);
  beginStreams(SITE_PATHS + SITE.blocks, s, first, groups, BLOCKS, k0, k1, k2, k3);
  beginStreams(SITE_PATHS + SITE.starts, s, first, groups, STARTS, k0, k1, k2, k3);
  const bits = field(SITE_FIELDS.fractionBits);
  const zero = i32x4.splat(0);
  const half = i32x4.splat(HALF);
  for (let group = 0; group < groups; group++) {
    const at = SITE_PATHS + <usize>group * SITE_GROUP;
    const starts = v128.load(at + SITE.starts);
    v128.store(at + SITE.demandCarry, bits === 0 ? zero : i32x4.shr_u(starts, 32 - bits));
    v128.store(at + SITE.level, i32x4.splat(initial));
    for (let total: usize = SITE.above; total <= <usize>SITE.signs; total += 16) v128.store(at + total, zero);
    v128.store(at + SITE.lowest, i32x4.splat(0x7fffffff));
    v128.store(at + SITE.highest, i32x4.splat(0x80000000));
    v128.store(at + SITE.leakCarry, half);
    v128.store(at + SITE.chargeCarry, half);
    v128.store(at + SITE.wasteCarry, half);
    v128.store(at + SITE.harvestCarry, half);
    beginHarvest(at);
  }
}

/** Walks `groups` groups on from slot `from` to slot `to` and writes their rows to SITE_ROWS. */
export function walkLumpedSite(groups: i32, from: u32, to: u32): void {
  for (let t = from; t < to;) {
    const count = min(<u32>BLOCK, to - t);
    const scheduled = scheduleHarvest(t, count);
    for (let group = 0; group < groups; group++) {
      const at = SITE_PATHS + <usize>group * SITE_GROUP;
      consume(at, t, count);
      harvest(at, count, scheduled);
      settle(at, t, count);
    }
    t += count;
  }
  for (let group = 0; group < groups; group++) {
    store(SITE_PATHS + <usize>group * SITE_GROUP, SITE_ROWS + ((<usize>group) << 4));
  }
}

/** What is consumed in `count` slots from t on, whole quanta. */
function consume(at: usize, t: u32, count: u32): void {
  const slots = <u32>field(SITE_FIELDS.arrivalSlots);
  const values = <u32>field(SITE_FIELDS.arrivalValues);
  const tables = <usize>field(SITE_FIELDS.arrivalsAt);
  const bits = field(SITE_FIELDS.fractionBits);
  const rest = i32x4.splat((1 << bits) - 1);
  const low20 = i32x4.splat(0xfffff);
  const byteOffset = i32x4.splat(0x3ffc);
  let s0 = v128.load(at + SITE.arrivals);
  let s1 = v128.load(at + SITE.arrivals, 16);
  let s2 = v128.load(at + SITE.arrivals, 32);
  let s3 = v128.load(at + SITE.arrivals, 48);
  let carry = v128.load(at + SITE.demandCarry);
  let into = SITE_CONSUMED;
  for (let done: u32 = 0; done < count;) {
    const slot = t + done;
    const run = min(count - done, slots - (slot % slots));
    const columns = <usize>load<u32>(tables + <usize>(4 * ((slot / slots) % values)));
    const energies = columns + COLUMNS_SIZE;
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
      const entry = gather(v128.and(i32x4.shr_u(word, 18), byteOffset), columns);
      const own = i32x4.gt_s(v128.and(entry, low20), v128.and(word, low20));
      const chosen = v128.xor(word, v128.andnot(entry, own));
      const energy = gather(v128.and(i32x4.shr_u(chosen, 18), byteOffset), energies);
      const whole = i32x4.add(carry, energy);
      carry = v128.and(whole, rest);
      v128.store(into, i32x4.shr_u(whole, bits));
      into += 16;
    }
    done += run;
  }
  v128.store(at + SITE.arrivals, s0);
  v128.store(at + SITE.arrivals, s1, 16);
  v128.store(at + SITE.arrivals, s2, 32);
  v128.store(at + SITE.arrivals, s3, 48);
  v128.store(at + SITE.demandCarry, carry);
}

/** What the battery makes of `count` slots from t on. */
function settle(at: usize, t: u32, count: u32): void {
  const capacity = i32x4.splat(field(SITE_FIELDS.capacity));
  const chargeLimit = i32x4.splat(field(SITE_FIELDS.chargeLimit));
  const dischargeLimit = i32x4.splat(field(SITE_FIELDS.dischargeLimit));
  const leaks = field(SITE_FIELDS.leak) !== 0;
  const leak = i32x4.splat(field(SITE_FIELDS.leak));
  const loses = field(SITE_FIELDS.charge) !== 0;
  const charge = i32x4.splat(field(SITE_FIELDS.charge));
  const lossWhole = i32x4.splat(field(SITE_FIELDS.chargeLossWhole));
  const loss = i32x4.splat(field(SITE_FIELDS.chargeLoss));
  const isLimited = field(SITE_FIELDS.chargeLimit) !== UNLIMITED || field(SITE_FIELDS.dischargeLimit) !== UNLIMITED;
  const zero = i32x4.splat(0);
  const low = i64x2.splat(0xffffffff);
  let level = v128.load(at + SITE.level);
  let above = v128.load(at + SITE.above);
  let consumption = v128.load(at + SITE.consumption);
  let signs = v128.load(at + SITE.signs);
  let lowest = v128.load(at + SITE.lowest);
  let highest = v128.load(at + SITE.highest);
  const leakCarry = v128.load(at + SITE.leakCarry);
  let leakLow = i64x2.extend_low_i32x4_u(leakCarry);
  let leakHigh = i64x2.extend_high_i32x4_u(leakCarry);
  const chargeCarry = v128.load(at + SITE.chargeCarry);
  let chargeLow = i64x2.extend_low_i32x4_u(chargeCarry);
  let chargeHigh = i64x2.extend_high_i32x4_u(chargeCarry);
  for (let k: u32 = 0; k < count; k++) {
    const place = (<usize>k) << 4;
    if (leaks) {
      leakLow = i64x2.add(i64x2.extmul_low_i32x4_u(level, leak), leakLow);
      leakHigh = i64x2.add(i64x2.extmul_high_i32x4_u(level, leak), leakHigh);
      const left = i32x4.sub(level, v128.shuffle<i32>(leakLow, leakHigh, 1, 3, 5, 7));
      leakLow = v128.and(leakLow, low);
      leakHigh = v128.and(leakHigh, low);
      // What leaks is never all of it.
      above = v128.or(above, v128.andnot(i32x4.eq(left, zero), i32x4.eq(level, zero)));
      level = left;
    }
    const burned = v128.load(SITE_CONSUMED + place);
    const between = v128.load(SITE_BETWEEN + place);
    consumption = i32x4.add(consumption, burned);
    signs = v128.or(signs, consumption);
    const net = i32x4.sub(v128.load(SITE_HARVESTED + place), burned);
    const surplus = i32x4.max_s(net, zero);
    const shortage = i32x4.sub(surplus, net);
    const offered = i32x4.min_s(surplus, chargeLimit);
    let taken = offered;
    if (loses) {
      chargeLow = i64x2.add(i64x2.extmul_low_i32x4_u(offered, charge), chargeLow);
      chargeHigh = i64x2.add(i64x2.extmul_high_i32x4_u(offered, charge), chargeHigh);
      taken = v128.shuffle<i32>(chargeLow, chargeHigh, 1, 3, 5, 7);
      chargeLow = v128.and(chargeLow, low);
      chargeHigh = v128.and(chargeHigh, low);
    }
    const over = i32x4.max_s(i32x4.sub(taken, i32x4.sub(capacity, level)), zero);
    const wanted = i32x4.min_s(shortage, dischargeLimit);
    const delivered = i32x4.min_s(wanted, level);
    level = i32x4.sub(i32x4.add(level, i32x4.sub(taken, over)), delivered);
    lowest = i32x4.min_s(lowest, level);
    highest = i32x4.max_s(highest, level);
    // It holds more than its quanta where a harvest moved it; what fills or empties it leaves nothing between.
    const full = i32x4.eq(level, capacity);
    const empty = i32x4.eq(level, zero);
    const lacking = i32x4.sub(shortage, delivered);
    if (isLimited || v128.any_true(v128.or(lacking, empty))) {
      const moved = v128.and(between, i32x4.eq(i32x4.sub(offered, wanted), net));
      const holdsMore = v128.or(moved, v128.and(i32x4.gt_s(net, zero), empty));
      const cleared = v128.or(v128.and(full, i32x4.eq(shortage, zero)), i32x4.gt_s(wanted, delivered));
      above = v128.andnot(v128.or(above, holdsMore), cleared);
    } else above = v128.andnot(v128.or(above, between), full);
    if (v128.any_true(lacking)) signs = v128.or(signs, lack(at, lacking, t + k + 1));
    const unused = i32x4.sub(surplus, offered);
    if (v128.any_true(v128.or(over, unused))) {
      let lost = over;
      if (loses) {
        const carry = v128.load(at + SITE.wasteCarry);
        const first = i64x2.add(i64x2.extmul_low_i32x4_u(over, loss), i64x2.extend_low_i32x4_u(carry));
        const second = i64x2.add(i64x2.extmul_high_i32x4_u(over, loss), i64x2.extend_high_i32x4_u(carry));
        lost = i32x4.add(lost, i32x4.mul(over, lossWhole));
        lost = i32x4.add(lost, v128.shuffle<i32>(first, second, 1, 3, 5, 7));
        v128.store(at + SITE.wasteCarry, v128.shuffle<i32>(first, second, 0, 2, 4, 6));
      }
      const waste = i32x4.add(v128.load(at + SITE.waste), i32x4.add(unused, lost));
      signs = v128.or(signs, waste);
      v128.store(at + SITE.waste, waste);
    }
  }
  v128.store(at + SITE.level, level);
  v128.store(at + SITE.above, above);
  v128.store(at + SITE.consumption, consumption);
  v128.store(at + SITE.signs, signs);
  v128.store(at + SITE.lowest, lowest);
  v128.store(at + SITE.highest, highest);
  v128.store(at + SITE.leakCarry, v128.shuffle<i32>(leakLow, leakHigh, 0, 2, 4, 6));
  v128.store(at + SITE.chargeCarry, v128.shuffle<i32>(chargeLow, chargeHigh, 0, 2, 4, 6));
}

/** Counts what lacks in slot `number` (from 1). @returns the auxiliary energy so far */
function lack(at: usize, lacking: v128, number: u32): v128 {
  const zero = i32x4.splat(0);
  const auxiliary = i32x4.add(v128.load(at + SITE.auxiliary), lacking);
  v128.store(at + SITE.auxiliary, auxiliary);
  v128.store(at + SITE.peak, i32x4.max_s(v128.load(at + SITE.peak), lacking));
  const lacks = i32x4.gt_s(lacking, zero);
  v128.store(at + SITE.deficitSlots, i32x4.sub(v128.load(at + SITE.deficitSlots), lacks));
  const passage = v128.load(at + SITE.passage);
  const first = v128.and(lacks, i32x4.eq(passage, zero));
  v128.store(at + SITE.passage, v128.bitselect(i32x4.splat(number), passage, first));
  return auxiliary;
}

/** Writes the rows of a group: those of LUMPED_SITE_ROWS (src/engine/site-job.ts). */
function store(at: usize, to: usize): void {
  const zero = i32x4.splat(0);
  const level = v128.load(at + SITE.level);
  const shown = v128.or(level, v128.and(i32x4.eq(level, zero), i32x4.neg(v128.load(at + SITE.above))));
  const outside = v128.or(
    i32x4.lt_s(v128.load(at + SITE.lowest), zero),
    i32x4.gt_s(v128.load(at + SITE.highest), i32x4.splat(field(SITE_FIELDS.capacity))),
  );
  const left = i32x4.lt_s(v128.load(at + SITE.signs), zero);
  v128.store(to, v128.load(at + SITE.auxiliary));
  v128.store(to + SITE_ROW, v128.load(at + SITE.peak));
  v128.store(to + 2 * SITE_ROW, v128.load(at + SITE.waste));
  v128.store(to + 3 * SITE_ROW, v128.load(at + SITE.deficitSlots));
  v128.store(to + 4 * SITE_ROW, v128.load(at + SITE.passage));
  v128.store(to + 5 * SITE_ROW, shown);
  v128.store(to + 6 * SITE_ROW, v128.load(at + SITE.consumption));
  v128.store(
    to + 7 * SITE_ROW,
    v128.or(v128.and(outside, i32x4.splat(LEVEL_OUTSIDE)), v128.and(left, i32x4.splat(RANGE_LEFT))),
  );
}
