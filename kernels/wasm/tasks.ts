/**
 * The task-resolved walk with lumped accounting, four paths at once: the same words, tables and 32-bit arithmetic as
 * src/engine/cpu/task-slots.ts and tasks.ts.
 *
 * Arrivals and harvests take a word a slot each, so four paths stay in step, and a block of slots is drawn of each. The
 * number of tasks of a slot is random: a loop over them is a branch that no processor predicts. Therefore kinds are
 * drawn ahead, as many as fit a window, with the running sum of their energies, without a branch; a slot's consumption
 * is the difference of two running sums, which is exact modulo 2^32.
 *
 * When the window is used up the lanes stand at different tasks. Each goes on from the last of the states kept every
 * eighth task, and steps over the words that it has used.
 */
import { firsts, fourths, gather, residualStep, seconds, thirds } from './cells';
import { ARRIVALS_STATE, ARRIVED, BLOCK, COLUMNS, COUNT_COLUMNS, DEFICITS, ENTRIES, HARVESTED } from './memory';
import { HARVEST_STATE, KINDS_STATE, LENGTHS, PLANE, PLANES, RESIDUAL_CELLS, RESIDUAL_COLUMNS } from './memory';
import { RESIDUAL_STATES, RESIDUAL_WORDS, SNAPSHOTS, STREAM, WALKER, WINDOW } from './memory';
import { drawWords } from './stream';

/** Begins four walks: their streams are those of `beginStreams`. */
export function beginTasks(initial: i32, fractionBits: i32): void {
  // The stream of starts was put where the walks wait: of its first words come the fractions with which sums begin.
  const start = v128.load(WALKER);
  const carry = fractionBits === 0 ? i32x4.splat(0) : i32x4.shr_u(start, 32 - fractionBits);
  v128.store(WALKER, i32x4.splat(initial));
  v128.store(WALKER, i32x4.splat(0), 16);
  v128.store(WALKER, carry, 32);
  // No task is drawn ahead.
  v128.store(WALKER, i32x4.splat(0), 48);
}

/**
 * Walks past `checkpoints` checkpoints, whose distances are at LENGTHS, and writes deficits to DEFICITS. At most `most`
 * tasks arrive in a slot, and `mean`/16 on average; `residual` says whether the harvest has residual cells.
 */
export function walkTasks(
  checkpoints: i32,
  entryBits: i32,
  fractionBits: i32,
  most: i32,
  mean: i32,
  base: i32,
  left: i32,
  right: i32,
  residual: bool,
): void {
  const fractions = i32x4.splat((1 << fractionBits) - 1);
  let level = v128.load(WALKER);
  let least = v128.load(WALKER, 16);
  let carry = v128.load(WALKER, 32);
  // Where each lane stands in its plane, bytes.
  let at = v128.load(WALKER, 48);
  let slots: i32 = 0;
  for (let c = 0; c < checkpoints; c++) slots += load<i32>(LENGTHS + ((<usize>c) << 2));
  let checkpoint = 0;
  let ahead = load<i32>(LENGTHS);
  // Nothing is drawn yet: whoever resumes does so from here.
  memory.copy(SNAPSHOTS, KINDS_STATE, STREAM);
  let limit = i32x4.splat(-1);
  let before = i32x4.splat(0);
  while (slots > 0) {
    const block = min(BLOCK, slots);
    drawArrivals(block, 1);
    drawHarvests(block, base, left, right, residual);
    let t: i32 = 0;
    while (t < block) {
      if (v128.any_true(i32x4.gt_s(at, limit))) {
        at = resume(at);
        // A little more than these slots will take, in whole groups of eight.
        const wanted = slots < WINDOW ? (((slots - t) * mean) >> 4) + most + 32 : WINDOW;
        const words = min(wanted, WINDOW) & ~7;
        draw(words, entryBits);
        limit = i32x4.splat((words - most) << 2);
        before = sums(at);
      }
      while (t < block && !v128.any_true(i32x4.gt_s(at, limit))) {
        at = i32x4.add(at, v128.load(ARRIVED + ((<usize>t) << 4)));
        const after = sums(at);
        const sum = i32x4.add(carry, i32x4.sub(after, before));
        before = after;
        carry = v128.and(sum, fractions);
        const gain = v128.load(HARVESTED + ((<usize>t) << 4));
        level = i32x4.add(level, i32x4.sub(gain, i32x4.shr_u(sum, fractionBits)));
        least = i32x4.min_s(least, level);
        t++;
        ahead--;
        // Every checkpoint is at least one slot after the one before.
        if (ahead === 0) {
          v128.store(DEFICITS + ((<usize>checkpoint) << 4), i32x4.neg(least));
          checkpoint++;
          ahead = load<i32>(LENGTHS + ((<usize>checkpoint) << 2));
        }
      }
    }
    slots -= block;
  }
  v128.store(WALKER, level);
  v128.store(WALKER, least, 16);
  v128.store(WALKER, carry, 32);
  v128.store(WALKER, resume(at), 48);
}

/** The running sums at which the lanes stand. */
function sums(at: v128): v128 {
  const low = i64x2.extract_lane(at, 0);
  const high = i64x2.extract_lane(at, 1);
  let found = v128.load_zero<i32>(PLANES + <usize>(<u32>low));
  found = v128.load_lane<i32>(PLANES + PLANE + <usize>(low >>> 32), found, 1);
  found = v128.load_lane<i32>(PLANES + 2 * PLANE + <usize>(<u32>high), found, 2);
  return v128.load_lane<i32>(PLANES + 3 * PLANE + <usize>(high >>> 32), found, 3);
}

/** How many tasks arrive in each slot of a block, the sum of `draws` words, as bytes of a plane. */
export function drawArrivals(slots: i32, draws: i32): void {
  const low24 = i32x4.splat(0xffffff);
  const low8 = i32x4.splat(0xff);
  drawWords(ARRIVALS_STATE, ARRIVED, slots * draws);
  const end = ARRIVED + ((<usize>slots) << 4);
  let from: usize = ARRIVED;
  for (let place: usize = ARRIVED; place < end; place += 16) {
    let tasks = i32x4.splat(0);
    for (let d = 0; d < draws; d++) {
      const word = v128.load(from);
      from += 16;
      const column = i32x4.shr_u(word, 24);
      const packed = gather(i32x4.shl(column, 2), COUNT_COLUMNS);
      const own = i32x4.gt_s(i32x4.shr_u(packed, 8), v128.and(word, low24));
      tasks = i32x4.add(tasks, v128.bitselect(column, v128.and(packed, low8), own));
    }
    v128.store(place, i32x4.shl(tasks, 2));
  }
}

/** The harvest of each slot of a block. */
export function drawHarvests(slots: i32, base: i32, left: i32, right: i32, residual: bool): void {
  const steps = i32x4.splat(base);
  const low20 = i32x4.splat(0xfffff);
  const low8 = i32x4.splat(0xff);
  const byteOffset = i32x4.splat(0x3ffc);
  const escape = i32x4.splat(0xfff);
  drawWords(HARVEST_STATE, HARVESTED, slots);
  if (residual) drawWords(RESIDUAL_STATES, RESIDUAL_WORDS, slots);
  for (let t = 0; t < slots; t++) {
    const place = HARVESTED + ((<usize>t) << 4);
    const word = v128.load(place);
    const entry = gather(v128.and(i32x4.shr_u(word, 18), byteOffset), COLUMNS);
    const own = i32x4.gt_s(v128.and(entry, low20), v128.and(word, low20));
    const chosen = v128.xor(word, v128.andnot(entry, own));
    const cell = i32x4.shr_u(chosen, 20);
    const jitter = v128.and(chosen, low8);
    const point = v128.or(i32x4.shl(cell, 8), jitter);
    let gain = i32x4.add(i32x4.shr_u(i32x4.shl(point, left), right), steps);
    if (residual) {
      const escaped = i32x4.eq(cell, escape);
      if (v128.any_true(escaped)) {
        const second = v128.load(RESIDUAL_WORDS + ((<usize>t) << 4));
        gain = v128.bitselect(residualStep(second, jitter, RESIDUAL_COLUMNS, RESIDUAL_CELLS), gain, escaped);
      }
    }
    v128.store(place, gain);
  }
}

/**
 * Draws the kinds of `words` tasks of each path from the state at KINDS_STATE on, with running sums; keeps the states
 * on the way.
 */
function draw(words: i32, entryBits: i32): void {
  let s0 = v128.load(KINDS_STATE);
  let s1 = v128.load(KINDS_STATE, 16);
  let s2 = v128.load(KINDS_STATE, 32);
  let s3 = v128.load(KINDS_STATE, 48);
  let total = i32x4.splat(0);
  let first = total;
  let second = total;
  let third = total;
  const offsetMask = i32x4.splat(((1 << entryBits) - 1) << 4);
  const restMask = i32x4.splat(<i32>(0xffffffff >>> entryBits));
  // Columns are 2^4 bytes apart.
  const shift = 28 - entryBits;
  let plane: usize = PLANES;
  let snapshot: usize = SNAPSHOTS;
  for (let i = 0; i < words; i++) {
    if ((i & 7) === 0) {
      v128.store(snapshot, s0);
      v128.store(snapshot, s1, 16);
      v128.store(snapshot, s2, 32);
      v128.store(snapshot, s3, 48);
      snapshot += 64;
    }
    const sum = i32x4.add(s0, s3);
    const word = i32x4.add(v128.or(i32x4.shl(sum, 7), i32x4.shr_u(sum, 25)), s0);
    const carried = i32x4.shl(s1, 9);
    s2 = v128.xor(s2, s0);
    s3 = v128.xor(s3, s1);
    s1 = v128.xor(s1, s2);
    s0 = v128.xor(s0, s3);
    s2 = v128.xor(s2, carried);
    s3 = v128.or(i32x4.shl(s3, 11), i32x4.shr_u(s3, 21));

    // Four sums of four lanes at a time.
    const step = i & 3;
    if (step === 0) first = total;
    else if (step === 1) second = total;
    else if (step === 2) third = total;
    else {
      v128.store(plane, firsts(first, second, third, total));
      v128.store(plane, seconds(first, second, third, total), PLANE);
      v128.store(plane, thirds(first, second, third, total), 2 * PLANE);
      v128.store(plane, fourths(first, second, third, total), 3 * PLANE);
      plane += 16;
    }

    const offsets = v128.and(i32x4.shr_u(word, shift), offsetMask);
    const low = i64x2.extract_lane(offsets, 0);
    const high = i64x2.extract_lane(offsets, 1);
    const a = v128.load(ENTRIES + <usize>(<u32>low));
    const b = v128.load(ENTRIES + <usize>(low >>> 32));
    const c = v128.load(ENTRIES + <usize>(<u32>high));
    const d = v128.load(ENTRIES + <usize>(high >>> 32));
    const own = i32x4.gt_s(firsts(a, b, c, d), v128.and(word, restMask));
    total = i32x4.add(total, v128.bitselect(seconds(a, b, c, d), thirds(a, b, c, d), own));
  }
  // A lane may stand at the window's end.
  v128.store(snapshot, s0);
  v128.store(snapshot, s1, 16);
  v128.store(snapshot, s2, 32);
  v128.store(snapshot, s3, 48);
  v128.store_lane<i32>(plane, total, 0);
  v128.store_lane<i32>(plane, total, 1, PLANE);
  v128.store_lane<i32>(plane, total, 2, 2 * PLANE);
  v128.store_lane<i32>(plane, total, 3, 3 * PLANE);
}

/**
 * Puts each lane's state at KINDS_STATE back to the last one kept before the task at which it stands.
 * @returns what of it is used, bytes
 */
function resume(at: v128): v128 {
  resumeLane(0, i32x4.extract_lane(at, 0));
  resumeLane(4, i32x4.extract_lane(at, 1));
  resumeLane(8, i32x4.extract_lane(at, 2));
  resumeLane(12, i32x4.extract_lane(at, 3));
  return v128.and(at, i32x4.splat(7 * 4));
}

/** @param lane bytes from the start of a vector */
function resumeLane(lane: usize, at: i32): void {
  const snapshot = SNAPSHOTS + ((<usize>(at >>> 5)) << 6) + lane;
  const state = KINDS_STATE + lane;
  store<i32>(state, load<i32>(snapshot));
  store<i32>(state, load<i32>(snapshot, 16), 16);
  store<i32>(state, load<i32>(snapshot, 32), 32);
  store<i32>(state, load<i32>(snapshot, 48), 48);
}
