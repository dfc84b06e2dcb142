/**
 * A site, four paths at once: the words, tables and 32-bit arithmetic, and so the decisions, of src/engine/cpu/site.ts.
 * Tasks are walked four paths at once as well where energy counts in the slot of its dispatch, and those that wait are
 * due, or all are dispatched.
 */
import { beginAlone, missedAlone, owedAlone, serveAlone } from './site-alone';
import { multiplyCarry } from './site-fractions';
import { beginHarvests, drawBlock } from './site-harvest';
import { drawKinds } from './site-kinds';
import { ALONE, ARRIVED, BETWEEN, BLOCK, CAPACITY, CHARGE, CHARGE_LIMIT, CHARGE_LOSS } from './site-memory';
import { CHARGE_LOSS_WHOLE, CHECKPOINTS, COUNT_DRAWS, DISCHARGE_LIMIT, FRACTION_BITS } from './site-memory';
import { HARVESTED, INITIAL, LEAK, LENGTHS, MOST, PLANE, PLANES, QUEUE, ROWS, STARTS, VECTORS } from './site-memory';
import { WALK, WINDOW } from './site-memory';
import { ABOVE_BOUND, BELOW, ENERGY_CARRY, OVERFLOWED, QUEUED, WAITED, beginQueue, missed, owed } from './site-queue';
import { serveSlot } from './site-queue';
import { beginTasks, drawCounts, resume } from './site-tasks';

/** Vectors of the battery's. */
const LEVEL: usize = WALK;
const ABOVE: usize = WALK + 16;
const AUXILIARY: usize = WALK + 2 * 16;
const PEAK: usize = WALK + 3 * 16;
const WASTE: usize = WALK + 4 * 16;
const DEFICIT_SLOTS: usize = WALK + 5 * 16;
const PASSAGE: usize = WALK + 6 * 16;
const CONSUMPTION: usize = WALK + 7 * 16;
const LEAK_CARRY: usize = WALK + 8 * 16;
const CHARGE_CARRY: usize = WALK + 9 * 16;
const WASTE_CARRY: usize = WALK + 10 * 16;
const OUTSIDE: usize = WALK + 11 * 16;
const LEFT: usize = WALK + 12 * 16;
/** Tasks arrived; where each lane stands in its sums, and where these end, bytes. */
const TASKS: usize = WALK + 13 * 16;
const AT: usize = WALK + 14 * 16;
const DRAWN: usize = WALK + 15 * 16;

/** Walks four paths, whose streams are those of `beginStreams`, past all checkpoints. */
export function walkSite(): void {
  begin();
  const checkpoints = load<i32>(CHECKPOINTS);
  const lengths: usize = <usize>load<u32>(LENGTHS);
  let slots: i32 = 0;
  for (let c = 0; c < checkpoints; c++) slots += load<i32>(lengths + ((<usize>c) << 2));
  let checkpoint: usize = 0;
  let ahead = load<i32>(lengths);
  const most = BLOCK / load<i32>(COUNT_DRAWS);
  for (let from: i32 = 0; from < slots; from += most) {
    const block = min(most, slots - from);
    drawCounts(from, block);
    drawBlock(from, block);
    let t: i32 = 0;
    while (t < block) {
      const end = min(block, t + ahead);
      walkSlots(from, t, end, slots);
      ahead -= end - t;
      t = end;
      if (ahead === 0) {
        storeRows(checkpoint, from + t - 1);
        checkpoint++;
        ahead = load<i32>(lengths + (checkpoint << 2));
      }
    }
  }
}

function begin(): void {
  const bits = load<i32>(FRACTION_BITS);
  const start = v128.load(STARTS);
  const carry = bits === 0 ? i32x4.splat(0) : i32x4.shr_u(start, 32 - bits);
  memory.fill(WALK, 0, 16 * 16);
  v128.store(LEVEL, i32x4.splat(load<i32>(INITIAL)));
  const half = i32x4.splat(0x80000000);
  v128.store(LEAK_CARRY, half);
  v128.store(CHARGE_CARRY, half);
  v128.store(WASTE_CARRY, half);
  v128.store(DRAWN, i32x4.splat(-1));
  beginHarvests();
  beginQueue(carry);
  if (load<i32>(ALONE) !== 0) beginAlone(carry);
  else beginTasks();
}

/**
 * Draws tasks ahead where a lane has too few. `at`: where the lanes stand; `left`: slots to the path's end. @returns
 * where they stand then
 */
function drawAhead(at: v128, left: i32): v128 {
  const most = load<i32>(MOST);
  // Those used of the first eight, and what may come.
  const enough = left < 64 ? (left * most + 15) & ~7 : load<i32>(WINDOW);
  const words = min(enough, load<i32>(WINDOW));
  const from = resume(at);
  drawKinds(words);
  v128.store(DRAWN, i32x4.splat(words * (load<i32>(VECTORS) << 4)));
  return from;
}

/** The energy of a slot's tasks where none waits, whole quanta. */
function serveAtOnce(at: v128, after: v128): v128 {
  const plane: usize = <usize>load<u32>(PLANE);
  const sums: usize = <usize>load<u32>(PLANES);
  const energy = i32x4.sub(sumsAt(sums, plane, after), sumsAt(sums, plane, at));
  const bits = load<i32>(FRACTION_BITS);
  const sum = i32x4.add(v128.load(ENERGY_CARRY), energy);
  v128.store(ENERGY_CARRY, v128.and(sum, i32x4.splat((1 << bits) - 1)));
  return i32x4.shr_u(sum, bits);
}

/** The first number of the sums at which the lanes stand. */
function sumsAt(sums: usize, plane: usize, at: v128): v128 {
  let found = v128.load_zero<i32>(sums + <usize>(<u32>i32x4.extract_lane(at, 0)));
  found = v128.load_lane<i32>(sums + plane + <usize>(<u32>i32x4.extract_lane(at, 1)), found, 1);
  found = v128.load_lane<i32>(sums + 2 * plane + <usize>(<u32>i32x4.extract_lane(at, 2)), found, 2);
  return v128.load_lane<i32>(sums + 3 * plane + <usize>(<u32>i32x4.extract_lane(at, 3)), found, 3);
}

/** Walks slots `from` to `end` of the block that begins with slot `first`, of `slots` in all. */
function walkSlots(first: i32, from: i32, end: i32, slots: i32): void {
  const zero = i32x4.splat(0);
  const leak = load<i32>(LEAK);
  const charge = load<i32>(CHARGE);
  const capacity = i32x4.splat(load<i32>(CAPACITY));
  const chargeLimit = i32x4.splat(load<i32>(CHARGE_LIMIT));
  const dischargeLimit = i32x4.splat(load<i32>(DISCHARGE_LIMIT));
  let level = v128.load(LEVEL);
  let above = v128.load(ABOVE);
  let auxiliary = v128.load(AUXILIARY);
  let waste = v128.load(WASTE);
  let consumption = v128.load(CONSUMPTION);
  for (let k = from; k < end; k++) {
    const vector = (<usize>k) << 4;
    const t = first + k;
    if (leak !== 0) {
      const kept = i32x4.sub(level, multiplyCarry(level, i32x4.splat(leak), LEAK_CARRY));
      // What leaks is never all of it.
      above = v128.or(above, v128.and(i32x4.eq(kept, zero), i32x4.ne(level, zero)));
      level = kept;
    }
    const tasks = v128.load(ARRIVED + vector);
    const burned = serve(t, slots, level, tasks);
    consumption = i32x4.add(consumption, burned);

    const between = v128.load(BETWEEN + vector);
    const net = i32x4.sub(v128.load(HARVESTED + vector), burned);
    const surplus = i32x4.ge_s(net, zero);
    const gain = i32x4.max_s(net, zero);
    const offered = i32x4.min_s(gain, chargeLimit);
    const taken = charge === 0 ? offered : multiplyCarry(offered, i32x4.splat(charge), CHARGE_CARRY);
    const over = v128.and(surplus, i32x4.max_s(zero, i32x4.sub(taken, i32x4.sub(capacity, level))));
    const charged = i32x4.sub(i32x4.add(level, taken), over);
    const empty = i32x4.eq(charged, zero);
    const some = v128.or(between, v128.and(empty, i32x4.gt_s(net, zero)));
    const more = v128.bitselect(empty, some, i32x4.gt_s(net, chargeLimit));
    const aboveCharged = v128.andnot(v128.or(above, more), i32x4.eq(charged, capacity));
    const lost = charge === 0 ? over : i32x4.add(over, lossOf(over));
    waste = i32x4.add(waste, i32x4.add(i32x4.sub(gain, offered), lost));

    const shortage = i32x4.sub(gain, net);
    const wanted = i32x4.min_s(shortage, dischargeLimit);
    // What the limit lets through is no matter of what was harvested.
    const kept = v128.or(above, v128.and(between, i32x4.eq(wanted, shortage)));
    const aboveLeft = v128.andnot(kept, i32x4.gt_s(wanted, level));
    const delivered = i32x4.min_s(wanted, level);
    above = v128.bitselect(aboveCharged, aboveLeft, surplus);
    level = i32x4.sub(charged, delivered);
    const lacking = i32x4.sub(shortage, delivered);
    const lacks = i32x4.gt_s(lacking, zero);
    if (v128.any_true(lacks)) {
      auxiliary = i32x4.add(auxiliary, lacking);
      noteLack(lacking, lacks, t);
    }
    const outside = v128.or(i32x4.lt_s(level, zero), i32x4.gt_s(level, capacity));
    v128.store(OUTSIDE, v128.or(v128.load(OUTSIDE), outside));
    v128.store(LEFT, v128.or(v128.load(LEFT), v128.or(v128.or(auxiliary, waste), consumption)));
  }
  v128.store(LEVEL, level);
  v128.store(ABOVE, above);
  v128.store(AUXILIARY, auxiliary);
  v128.store(WASTE, waste);
  v128.store(CONSUMPTION, consumption);
}

/** Takes the tasks of slot t, of `slots` in all. @returns what is consumed, whole quanta */
function serve(t: i32, slots: i32, level: v128, tasks: v128): v128 {
  v128.store(TASKS, i32x4.add(v128.load(TASKS), tasks));
  if (load<i32>(ALONE) !== 0) return serveAlone(t, level, tasks);
  const bytes = i32x4.mul(tasks, i32x4.splat(load<i32>(VECTORS) << 4));
  let at = v128.load(AT);
  let after = i32x4.add(at, bytes);
  if (v128.any_true(i32x4.gt_s(after, v128.load(DRAWN)))) {
    at = drawAhead(at, slots - t);
    after = i32x4.add(at, bytes);
  }
  v128.store(AT, after);
  return load<i32>(QUEUE) !== 0 ? serveSlot(t, level, at, after) : serveAtOnce(at, after);
}

/** What charging would have lost of what does not fit. */
function lossOf(over: v128): v128 {
  const whole = i32x4.mul(over, i32x4.splat(load<i32>(CHARGE_LOSS_WHOLE)));
  return i32x4.add(whole, multiplyCarry(over, i32x4.splat(load<i32>(CHARGE_LOSS)), WASTE_CARRY));
}

/** What the batteries could not deliver in slot t: `lacks` where it is anything. */
function noteLack(lacking: v128, lacks: v128, t: i32): void {
  v128.store(PEAK, i32x4.max_s(v128.load(PEAK), lacking));
  v128.store(DEFICIT_SLOTS, i32x4.sub(v128.load(DEFICIT_SLOTS), lacks));
  const passage = v128.load(PASSAGE);
  const now = v128.and(lacks, i32x4.eq(passage, i32x4.splat(0)));
  v128.store(PASSAGE, v128.bitselect(i32x4.splat(t + 1), passage, now));
}

/** Writes the rows after slot t; flags are SITE_VIOLATION of src/engine/site-job.ts. */
function storeRows(checkpoint: usize, t: i32): void {
  const at = <usize>load<u32>(ROWS) + checkpoint * (14 * 16);
  const level = v128.load(LEVEL);
  const one = v128.and(v128.load(ABOVE), i32x4.splat(1));
  v128.store(at, v128.load(AUXILIARY));
  v128.store(at, v128.load(PEAK), 16);
  v128.store(at, v128.load(WASTE), 32);
  v128.store(at, v128.load(DEFICIT_SLOTS), 48);
  v128.store(at, v128.load(PASSAGE), 64);
  v128.store(at, v128.bitselect(one, level, i32x4.eq(level, i32x4.splat(0))), 80);
  v128.store(at, v128.load(CONSUMPTION), 96);
  v128.store(at, i32x4.sub(v128.load(TASKS), v128.load(QUEUED)), 112);
  v128.store(at, v128.load(WAITED), 128);
  v128.store(at, v128.load(OVERFLOWED), 144);
  v128.store(at, v128.load(ABOVE_BOUND), 160);
  v128.store(at, v128.load(QUEUED), 176);
  const bits = load<i32>(FRACTION_BITS);
  const alone = load<i32>(ALONE) !== 0;
  const due = alone ? owedAlone() : i32x4.add(owed(t), v128.load(ENERGY_CARRY));
  v128.store(at, i32x4.shr_u(due, bits), 192);
  let flags = v128.and(alone ? missedAlone() : missed(t), i32x4.splat(1));
  flags = v128.or(flags, v128.and(i32x4.shr_s(v128.load(BELOW), 31), i32x4.splat(2)));
  flags = v128.or(flags, v128.and(v128.load(OUTSIDE), i32x4.splat(4)));
  v128.store(at, v128.or(flags, v128.and(i32x4.shr_s(v128.load(LEFT), 31), i32x4.splat(8))), 208);
}
