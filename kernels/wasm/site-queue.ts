/**
 * Tasks of a site that wait, four paths at once, without lists. Tasks that may wait equally long are a group; lines
 * keep, slot by slot, running sums over a path of each group: how many began to wait, their least energies, those of
 * all that arrived, and their energies at each age of dispatch. Who waits now is the difference of two of these sums:
 * those that arrived after the slot in which all were dispatched last, and have not been due since. So what is due is
 * one difference a group, and dispatching all is O(1).
 *
 * What an arrival adds to the sums of site-tasks.ts, number by number: the energy and the least energy of one that
 * cannot wait; bytes in which the groups count, four to a number; group by group, its least energy and its energies by
 * age.
 */
import { ADDED, BASES, FRACTION_BITS, GROUPS, GROUP_LIST, GROUP_SIZE, LINE, LINES, LINE_MASK } from './site-memory';
import { PLANE, PLANES, POLICY_LEVEL, QUEUE_LIMIT, THRESHOLD, VECTORS, WALK } from './site-memory';
import { addArrivals } from './site-tasks';

/** Vectors of the queue's. The slot up to which everything is gone begins with −1. */
export const QUEUED: usize = WALK + 16 * 16;
export const WAITED: usize = WALK + 17 * 16;
export const OVERFLOWED: usize = WALK + 18 * 16;
export const ABOVE_BOUND: usize = WALK + 19 * 16;
export const ENERGY_CARRY: usize = WALK + 20 * 16;
export const BELOW: usize = WALK + 21 * 16;
const AGE_SUM: usize = WALK + 22 * 16;
const GONE: usize = WALK + 23 * 16;
export const LEAST_CARRY: usize = WALK + 24 * 16;
const SCRATCH: usize = WALK + 26 * 16;

/** The second of the numbers that a slot adds. */
const LEAST: usize = 16;
/** Of a group in a slot's line. */
const LEAST_WAITING: usize = 16;
const LEAST_OF_ALL: usize = 32;
const ENERGIES: usize = 48;

/** Begins four paths, whose sums begin with `carry`. */
export function beginQueue(carry: v128): void {
  memory.fill(QUEUED, 0, LEAST_CARRY - QUEUED);
  v128.store(ENERGY_CARRY, carry);
  v128.store(LEAST_CARRY, carry);
  v128.store(GONE, i32x4.splat(-1));
  const line = (<usize>load<u32>(LINE)) << 4;
  memory.fill(lineOf(-1), 0, line);
  memory.fill(<usize>load<u32>(BASES), 0, line);
}

/** The line of a slot; that before the first is all zeros. */
function lineOf(slot: i32): usize {
  return <usize>load<u32>(LINES) + ((<usize>((slot & load<i32>(LINE_MASK)) * load<i32>(LINE))) << 4);
}

function groupEnd(): usize {
  return GROUP_LIST + <usize>load<u32>(GROUPS) * GROUP_SIZE;
}

/** Tasks of a group that arrive in a slot: a byte of a number. */
function arrivalsOf(group: usize, added: usize): v128 {
  const four = v128.load(added + <usize>load<u32>(group, 20));
  return v128.and(i32x4.shr_u(four, load<i32>(group, 24)), i32x4.splat(0xff));
}

/**
 * Takes the tasks of slot t, `at` to `last` in the sums (bytes), with batteries at `level`. @returns what is
 * consumed, whole quanta
 */
export function serveSlot(t: i32, level: v128, at: v128, last: v128): v128 {
  addArrivals(at, last);
  const added: usize = <usize>load<u32>(ADDED);
  const end = groupEnd();
  const lines: usize = <usize>load<u32>(LINES);
  const mask = load<i32>(LINE_MASK);
  const size = load<i32>(LINE) << 4;
  const now = lines + <usize>((t & mask) * size);
  const before = lines + <usize>(((t - 1) & mask) * size);
  const gone = v128.load(GONE);
  let queued = v128.load(QUEUED);
  let waited = v128.load(WAITED);
  let ages = i32x4.add(v128.load(AGE_SUM), queued);
  let energy = v128.load(added);
  let least = v128.load(added, LEAST);
  let arrived = i32x4.splat(0);
  for (let group = GROUP_LIST; group < end; group += GROUP_SIZE) {
    const place: usize = <usize>load<u32>(group, 12);
    const energies = (<usize>load<u32>(group, 4)) << 4;
    // Bounds are of all that arrive, whether they find room or not.
    const leasts = v128.load(added + <usize>load<u32>(group, 8));
    v128.store(now + place, i32x4.add(v128.load(before + place, LEAST_OF_ALL), leasts), LEAST_OF_ALL);
    arrived = i32x4.add(arrived, lineUp(group, energies, added, before + place, now + place));
    const mostWait = load<i32>(group);
    const due = t - mostWait;
    if (due < 0) continue;
    const upTo = lines + <usize>((due & mask) * size) + place;
    const after = lines + <usize>(((due - 1) & mask) * size) + place;
    const waits = i32x4.lt_s(gone, i32x4.splat(due));
    const tasks = v128.and(waits, i32x4.sub(v128.load(upTo), v128.load(after)));
    const waitedNow = i32x4.mul(tasks, i32x4.splat(mostWait));
    const spent = i32x4.sub(v128.load(upTo + energies, ENERGIES - 16), v128.load(after + energies, ENERGIES - 16));
    energy = i32x4.add(energy, v128.and(waits, spent));
    least = i32x4.add(least, i32x4.sub(v128.load(upTo, LEAST_OF_ALL), v128.load(after, LEAST_OF_ALL)));
    queued = i32x4.sub(queued, tasks);
    waited = i32x4.add(waited, waitedNow);
    ages = i32x4.sub(ages, waitedNow);
  }
  const full = i32x4.gt_s(i32x4.add(queued, arrived), i32x4.splat(load<i32>(QUEUE_LIMIT)));
  if (v128.any_true(full)) {
    const atOnce = v128.load(added);
    turnAway(i32x4.bitmask(full), queued, at, last);
    energy = i32x4.add(energy, i32x4.sub(v128.load(added), atOnce));
    arrived = i32x4.splat(0);
    for (let group = GROUP_LIST; group < end; group += GROUP_SIZE) {
      const place: usize = <usize>load<u32>(group, 12);
      const energies = (<usize>load<u32>(group, 4)) << 4;
      arrived = i32x4.add(arrived, lineUp(group, energies, added, before + place, now + place));
    }
  }
  queued = i32x4.add(queued, arrived);
  if (load<i32>(THRESHOLD) !== 0) {
    const wanted = i32x4.ge_s(level, i32x4.splat(load<i32>(POLICY_LEVEL)));
    const all = v128.and(wanted, i32x4.gt_s(queued, i32x4.splat(0)));
    if (v128.any_true(all)) {
      energy = i32x4.add(energy, v128.and(all, dispatchAll(t, all, gone, end)));
      waited = i32x4.add(waited, v128.and(ages, all));
      ages = v128.andnot(ages, all);
      queued = v128.andnot(queued, all);
      v128.store(GONE, v128.bitselect(i32x4.splat(t), gone, all));
    }
  }
  v128.store(QUEUED, queued);
  v128.store(WAITED, waited);
  v128.store(AGE_SUM, ages);
  return account(energy, least);
}

/** Whole quanta of what is dispatched and of the least that must have been; what is left over is carried on. */
function account(energy: v128, least: v128): v128 {
  const bits = load<i32>(FRACTION_BITS);
  const fractions = i32x4.splat((1 << bits) - 1);
  const due = i32x4.add(v128.load(LEAST_CARRY), least);
  v128.store(LEAST_CARRY, v128.and(due, fractions));
  const sum = i32x4.add(v128.load(ENERGY_CARRY), energy);
  v128.store(ENERGY_CARRY, v128.and(sum, fractions));
  const whole = i32x4.shr_u(sum, bits);
  const above = i32x4.add(v128.load(ABOVE_BOUND), i32x4.sub(whole, i32x4.shr_u(due, bits)));
  v128.store(ABOVE_BOUND, above);
  v128.store(BELOW, v128.or(v128.load(BELOW), above));
  return whole;
}

/** Adds what of a group begins to wait to its line, from that of the slot before. @returns how many */
function lineUp(group: usize, energies: usize, added: usize, before: usize, now: usize): v128 {
  const count = arrivalsOf(group, added);
  const arrivals = added + <usize>load<u32>(group, 8);
  v128.store(now, i32x4.add(v128.load(before), count));
  v128.store(now, i32x4.add(v128.load(before, LEAST_WAITING), v128.load(arrivals)), LEAST_WAITING);
  for (let j: usize = 0; j < energies; j += 16) {
    v128.store(now + j, i32x4.add(v128.load(before + j, ENERGIES), v128.load(arrivals + j, 16)), ENERGIES);
  }
  return count;
}

/** The energy of all that wait in slot t. In the lanes of `all` nobody does from now on. */
function dispatchAll(t: i32, all: v128, gone: v128, end: usize): v128 {
  const bases: usize = <usize>load<u32>(BASES);
  const now = lineOf(t);
  let energy = i32x4.splat(0);
  for (let group = GROUP_LIST; group < end; group += GROUP_SIZE) {
    const place = <usize>load<u32>(group, 12) + ENERGIES;
    const energies = (<usize>load<u32>(group, 4)) << 4;
    let ages: usize = <usize>load<u32>(group, 16);
    for (let j: usize = place; j < place + energies; j += 16) {
      // Those of these ages arrived up to slot `young`, and after slot `old`.
      const young = t - load<i32>(ages);
      const old = t - load<i32>(ages, 4);
      ages += 4;
      const base = v128.load(bases + j);
      const upTo = v128.bitselect(v128.load(lineOf(young) + j), base, i32x4.lt_s(gone, i32x4.splat(young)));
      const after = v128.bitselect(v128.load(lineOf(old) + j), base, i32x4.lt_s(gone, i32x4.splat(old)));
      energy = i32x4.add(energy, i32x4.sub(upTo, after));
      v128.store(bases + j, v128.bitselect(v128.load(now + j), base, all));
    }
  }
  return energy;
}

/** Task by task, in the lanes of `full`: those that find the queue full are dispatched as they arrive. */
function turnAway(full: i32, queued: v128, at: v128, after: v128): void {
  const size = (<usize>load<u32>(VECTORS)) << 4;
  const limit = load<i32>(QUEUE_LIMIT);
  const added: usize = <usize>load<u32>(ADDED);
  const end = groupEnd();
  v128.store(SCRATCH, queued);
  v128.store(SCRATCH, at, 16);
  v128.store(SCRATCH, after, 32);
  for (let lane: usize = 0; lane < 4; lane++) {
    if (((full >> (<i32>lane)) & 1) === 0) continue;
    const own = lane << 2;
    const plane = <usize>load<u32>(PLANES) + lane * <usize>load<u32>(PLANE);
    const last = plane + <usize>load<u32>(SCRATCH + own, 32);
    let waiting = load<i32>(SCRATCH + own);
    for (let task = plane + <usize>load<u32>(SCRATCH + own, 16); task < last; task += size) {
      for (let group = GROUP_LIST; group < end; group += GROUP_SIZE) {
        // The sums are numbers, those added vectors.
        const counts: usize = <usize>load<u32>(group, 20);
        const count = task + (counts >> 2);
        const shift = load<i32>(group, 24);
        if ((((load<u32>(count + size) - load<u32>(count)) >> shift) & 0xff) === 0) continue;
        if (waiting < limit) {
          waiting++;
          continue;
        }
        store<i32>(OVERFLOWED + own, load<i32>(OVERFLOWED + own) + 1);
        store<i32>(added + counts + own, load<i32>(added + counts + own) - (1 << shift));
        const number: usize = <usize>load<u32>(group, 8);
        const sums = task + (number >> 2);
        const numbers: usize = 1 + <usize>load<u32>(group, 4);
        for (let n: usize = 0; n < numbers; n++) {
          const value = load<i32>(sums + size + (n << 2)) - load<i32>(sums + (n << 2));
          const to = added + number + (n << 4) + own;
          store<i32>(to, load<i32>(to) - value);
          if (n === 1) store<i32>(added + own, load<i32>(added + own) + value);
        }
      }
    }
  }
}

/** What is owed of those that wait after slot t, fractions of a quantum. */
export function owed(t: i32): v128 {
  return sumOfWaiting(t, LEAST_WAITING);
}

/** Whether as many wait after slot t as the lines say: all ones where not. */
export function missed(t: i32): v128 {
  return i32x4.ne(v128.load(QUEUED), sumOfWaiting(t, 0));
}

/** Of those that wait after slot t, a sum of the lines: of those that arrived since all were dispatched, or were due. */
function sumOfWaiting(t: i32, which: usize): v128 {
  const end = groupEnd();
  v128.store(SCRATCH, i32x4.splat(0));
  for (let group = GROUP_LIST; group < end; group += GROUP_SIZE) {
    const place = <usize>load<u32>(group, 12) + which;
    for (let lane: usize = 0; lane < 16; lane += 4) {
      const before = max(load<i32>(GONE + lane), t - load<i32>(group));
      const waiting = load<i32>(lineOf(t) + place + lane) - load<i32>(lineOf(before) + place + lane);
      store<i32>(SCRATCH + lane, load<i32>(SCRATCH + lane) + waiting);
    }
  }
  return v128.load(SCRATCH);
}
