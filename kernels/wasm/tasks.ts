/**
 * The task-resolved walk with lumped accounting, four paths at once: the same words, tables and 32-bit arithmetic as src/engine/cpu/batch.ts and tasks.ts.
 *
 * The number of tasks of a slot is random, so the four lanes do not stay in step, and a loop over a slot's tasks is a branch that no processor
 * predicts. Therefore two passes over a window of words. The first draws words and looks each up as if it were a task's, whatever it is,
 * and keeps the running sum of these energies: it has no branch. In the second each lane hops through its own words from slot to slot; a
 * slot's consumption is the difference of two running sums, which is exact modulo 2^32.
 *
 * When the window is used up the lanes stand at different words. Each goes on from the last of the states kept every eighth word, and
 * steps over the words that it has used.
 */
import { firsts, fourths, gather, residualStep, seconds, thirds } from './cells';
import { COLUMNS, COUNT_COLUMNS, DEFICITS, ENTRIES, LENGTHS, PLANE, PLANES, SNAPSHOTS, STATES, WINDOW } from './memory';
import { RESIDUAL_CELLS, RESIDUAL_COLUMNS } from './memory';

/** Bytes of a word and its running sum. */
const PAIR: i32 = 8;

/**
 * Walks the group of the first four paths past `checkpoints` checkpoints, whose distances are at LENGTHS, and writes deficits to DEFICITS. A slot
 * takes at most `most` words and `mean`/16 of them on average; `residual` says whether the harvest has residual cells.
 */
export function walkTasks(
  checkpoints: i32,
  entryBits: i32,
  most: i32,
  mean: i32,
  base: i32,
  left: i32,
  right: i32,
  residual: bool,
): void {
  const steps = i32x4.splat(base);
  const low24 = i32x4.splat(0xffffff);
  const low20 = i32x4.splat(0xfffff);
  const low8 = i32x4.splat(0xff);
  const escape = i32x4.splat(0xfff);
  const after = i32x4.splat(residual ? 2 * PAIR : PAIR);
  let level = v128.load(STATES, 64);
  let least = v128.load(STATES, 80);
  // Where each lane stands in its plane, bytes.
  let at = v128.load(STATES, 96);
  let slots: i32 = 0;
  for (let c = 0; c < checkpoints; c++) slots += load<i32>(LENGTHS + ((<usize>c) << 2));
  let checkpoint = 0;
  let ahead = load<i32>(LENGTHS);
  while (slots > 0) {
    // A little more than these slots will take, in whole groups of eight.
    const wanted = slots < WINDOW ? ((slots * mean) >> 4) + most + 32 : WINDOW;
    const words = (wanted < WINDOW ? wanted : WINDOW) & ~7;
    draw(words, entryBits);
    const limit = i32x4.splat((words - most - 1) * PAIR);
    while (slots > 0 && !v128.any_true(i32x4.gt_s(at, limit))) {
      const l0 = i64x2.extract_lane(at, 0);
      const l2 = i64x2.extract_lane(at, 1);
      let a = v128.load(PLANES + <usize>(<u32>l0));
      let b = v128.load(PLANES + PLANE + <usize>(l0 >>> 32));
      let c = v128.load(PLANES + 2 * PLANE + <usize>(<u32>l2));
      let d = v128.load(PLANES + 3 * PLANE + <usize>(l2 >>> 32));
      const count = firsts(a, b, c, d);
      const before = fourths(a, b, c, d);
      const column = i32x4.shr_u(count, 24);
      const packed = gather(i32x4.shl(column, 2), COUNT_COLUMNS);
      const own = i32x4.gt_s(i32x4.shr_u(packed, 8), v128.and(count, low24));
      const tasks = v128.bitselect(column, v128.and(packed, low8), own);
      at = i32x4.add(at, i32x4.shl(i32x4.add(tasks, i32x4.splat(1)), 3));

      const h0 = i64x2.extract_lane(at, 0);
      const h2 = i64x2.extract_lane(at, 1);
      a = v128.load(PLANES + <usize>(<u32>h0));
      b = v128.load(PLANES + PLANE + <usize>(h0 >>> 32));
      c = v128.load(PLANES + 2 * PLANE + <usize>(<u32>h2));
      d = v128.load(PLANES + 3 * PLANE + <usize>(h2 >>> 32));
      const consumption = i32x4.sub(seconds(a, b, c, d), before);
      const word = firsts(a, b, c, d);
      const entry = gather(i32x4.shl(i32x4.shr_u(word, 20), 2), COLUMNS);
      const kept = i32x4.gt_s(v128.and(entry, low20), v128.and(word, low20));
      const chosen = v128.xor(word, v128.andnot(entry, kept));
      const cell = i32x4.shr_u(chosen, 20);
      const jitter = v128.and(chosen, low8);
      const point = v128.or(i32x4.shl(cell, 8), jitter);
      let gain = i32x4.add(i32x4.shr_u(i32x4.shl(point, left), right), steps);
      if (residual) {
        const escaped = i32x4.eq(cell, escape);
        if (v128.any_true(escaped)) {
          gain = v128.bitselect(
            residualStep(thirds(a, b, c, d), jitter, RESIDUAL_COLUMNS, RESIDUAL_CELLS),
            gain,
            escaped,
          );
        }
      }
      at = i32x4.add(at, after);
      level = i32x4.add(level, i32x4.sub(gain, consumption));
      least = i32x4.min_s(least, level);
      slots--;
      ahead--;
      // Every checkpoint is at least one slot after the one before.
      if (ahead === 0) {
        v128.store(DEFICITS + ((<usize>checkpoint) << 4), i32x4.neg(least));
        checkpoint++;
        ahead = load<i32>(LENGTHS + ((<usize>checkpoint) << 2));
      }
    }
    at = resume(at);
  }
  v128.store(STATES, level, 64);
  v128.store(STATES, least, 80);
  v128.store(STATES, at, 96);
}

/** Draws `words` words of each path from the state at STATES on, with running sums; keeps the states on the way. */
function draw(words: i32, entryBits: i32): void {
  let s0 = v128.load(STATES);
  let s1 = v128.load(STATES, 16);
  let s2 = v128.load(STATES, 32);
  let s3 = v128.load(STATES, 48);
  let total = i32x4.splat(0);
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

    const pairs = i8x16.shuffle(word, total, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
    const others = i8x16.shuffle(word, total, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
    v128.store_lane<i64>(plane, pairs, 0);
    v128.store_lane<i64>(plane, pairs, 1, PLANE);
    v128.store_lane<i64>(plane, others, 0, 2 * PLANE);
    v128.store_lane<i64>(plane, others, 1, 3 * PLANE);
    plane += PAIR;

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
}

/** Puts each lane's state at STATES back to the last one kept before the word at which it stands. @returns what of it is used, bytes */
function resume(at: v128): v128 {
  resumeLane(0, i32x4.extract_lane(at, 0));
  resumeLane(4, i32x4.extract_lane(at, 1));
  resumeLane(8, i32x4.extract_lane(at, 2));
  resumeLane(12, i32x4.extract_lane(at, 3));
  return v128.and(at, i32x4.splat(7 * PAIR));
}

/** @param lane bytes from the start of a vector */
function resumeLane(lane: usize, at: i32): void {
  const snapshot = SNAPSHOTS + ((<usize>(at >>> 6)) << 6) + lane;
  const state = STATES + lane;
  store<i32>(state, load<i32>(snapshot));
  store<i32>(state, load<i32>(snapshot, 16), 16);
  store<i32>(state, load<i32>(snapshot, 32), 32);
  store<i32>(state, load<i32>(snapshot, 48), 48);
}
