/**
 * Four lumped walks that see the same words, as points of a sweep do that share a seed: one stream serves all four, and
 * one load of four words brings the same column of all four tables. The words, tables and 32-bit arithmetic of
 * src/engine/cpu/lumped.ts, for cells of 2^8 quanta.
 */
import { firsts, fourths, residualStep, seconds, thirds } from './cells';
import { COMMON_COLUMNS, COMMON_RESIDUAL_CELLS, COMMON_RESIDUAL_COLUMNS, GROUP, LEVELS } from './memory';
import { BLOCK, RESIDUAL_CELLS_SIZE, RESIDUAL_COLUMNS_SIZE, RESIDUAL_STATES, RESIDUAL_WORDS } from './memory';
import { ROWS, STATES, STREAM } from './memory';
import { drawWords } from './stream';

/**
 * Walks `groups` groups `slots` slots on and writes their deficits to ROWS. Streams are those of `begin`; levels and
 * minima are the host's to begin.
 */
export function walkTogether(groups: i32, slots: i32, base0: i32, base1: i32, base2: i32, base3: i32): void {
  const steps0 = i32x4.splat(base0);
  const steps1 = i32x4.splat(base1);
  const steps2 = i32x4.splat(base2);
  const steps3 = i32x4.splat(base3);
  const byteOffset = i32x4.splat(0xfff0);
  const cellBits = i32x4.splat(0xfff00);
  const low20 = i32x4.splat(0xfffff);
  const low8 = i32x4.splat(0xff);
  const top = i32x4.splat(0x80000000);
  for (let group = 0; group < groups; group++) {
    const at = STATES + <usize>group * GROUP;
    const levels = LEVELS + ((<usize>group) << 7);
    let s0 = v128.load(at);
    let s1 = v128.load(at, 16);
    let s2 = v128.load(at, 32);
    let s3 = v128.load(at, 48);
    let level0 = v128.load(levels);
    let level1 = v128.load(levels, 16);
    let level2 = v128.load(levels, 32);
    let level3 = v128.load(levels, 48);
    let least0 = v128.load(levels, 64);
    let least1 = v128.load(levels, 80);
    let least2 = v128.load(levels, 96);
    let least3 = v128.load(levels, 112);
    for (let t = 0; t < slots; t++) {
      const sum = i32x4.add(s0, s3);
      const word = i32x4.add(v128.or(i32x4.shl(sum, 7), i32x4.shr_u(sum, 25)), s0);
      const carried = i32x4.shl(s1, 9);
      s2 = v128.xor(s2, s0);
      s3 = v128.xor(s3, s1);
      s1 = v128.xor(s1, s2);
      s0 = v128.xor(s0, s3);
      s2 = v128.xor(s2, carried);
      s3 = v128.or(i32x4.shl(s3, 11), i32x4.shr_u(s3, 21));

      // A column of all four tables for each lane, turned into four lanes of a column for each table.
      const offsets = v128.and(i32x4.shr_u(word, 16), byteOffset);
      const low = i64x2.extract_lane(offsets, 0);
      const high = i64x2.extract_lane(offsets, 1);
      const a = v128.load(COMMON_COLUMNS + <usize>(<u32>low));
      const b = v128.load(COMMON_COLUMNS + <usize>(low >>> 32));
      const c = v128.load(COMMON_COLUMNS + <usize>(<u32>high));
      const d = v128.load(COMMON_COLUMNS + <usize>(high >>> 32));
      const entry0 = firsts(a, b, c, d);
      const entry1 = seconds(a, b, c, d);
      const entry2 = thirds(a, b, c, d);
      const entry3 = fourths(a, b, c, d);

      // The word's threshold on top, and below it more than any XOR: less than an entry only where the threshold itself
      // is.
      const threshold = v128.xor(v128.or(i32x4.shl(word, 12), low20), top);
      // Column and jitter, as one number of 20 bits; an alias differs from it in the bits of the column.
      const own = v128.or(i32x4.shl(i32x4.shr_u(word, 20), 8), v128.and(word, low8));
      const point0 = v128.xor(own, v128.and(v128.andnot(entry0, i32x4.gt_s(entry0, threshold)), cellBits));
      level0 = i32x4.add(level0, i32x4.add(point0, steps0));
      least0 = i32x4.min_s(least0, level0);
      const point1 = v128.xor(own, v128.and(v128.andnot(entry1, i32x4.gt_s(entry1, threshold)), cellBits));
      level1 = i32x4.add(level1, i32x4.add(point1, steps1));
      least1 = i32x4.min_s(least1, level1);
      const point2 = v128.xor(own, v128.and(v128.andnot(entry2, i32x4.gt_s(entry2, threshold)), cellBits));
      level2 = i32x4.add(level2, i32x4.add(point2, steps2));
      least2 = i32x4.min_s(least2, level2);
      const point3 = v128.xor(own, v128.and(v128.andnot(entry3, i32x4.gt_s(entry3, threshold)), cellBits));
      level3 = i32x4.add(level3, i32x4.add(point3, steps3));
      least3 = i32x4.min_s(least3, level3);
    }
    v128.store(at, s0);
    v128.store(at, s1, 16);
    v128.store(at, s2, 32);
    v128.store(at, s3, 48);
    v128.store(levels, level0);
    v128.store(levels, level1, 16);
    v128.store(levels, level2, 32);
    v128.store(levels, level3, 48);
    v128.store(levels, least0, 64);
    v128.store(levels, least1, 80);
    v128.store(levels, least2, 96);
    v128.store(levels, least3, 112);
    const row = ROWS + ((<usize>group) << 4);
    v128.store(row, i32x4.neg(least0));
    v128.store(row, i32x4.neg(least1), 2048);
    v128.store(row, i32x4.neg(least2), 4096);
    v128.store(row, i32x4.neg(least3), 6144);
  }
}

/**
 * The same with residual cells, of any width: a second word in every slot, of a stream of its own, read where the cell
 * is the last one (`left` and `right` as in lumped.ts, alike for all four).
 */
export function walkResidualTogether(
  groups: i32,
  slots: i32,
  left: i32,
  right: i32,
  base0: i32,
  base1: i32,
  base2: i32,
  base3: i32,
): void {
  const steps0 = i32x4.splat(base0);
  const steps1 = i32x4.splat(base1);
  const steps2 = i32x4.splat(base2);
  const steps3 = i32x4.splat(base3);
  const byteOffset = i32x4.splat(0xfff0);
  const cellBits = i32x4.splat(0xfff00);
  const low20 = i32x4.splat(0xfffff);
  const low8 = i32x4.splat(0xff);
  const top = i32x4.splat(0x80000000);
  for (let group = 0; group < groups; group++) {
    const at = STATES + <usize>group * GROUP;
    const levels = LEVELS + ((<usize>group) << 7);
    let s0 = v128.load(at);
    let s1 = v128.load(at, 16);
    let s2 = v128.load(at, 32);
    let s3 = v128.load(at, 48);
    let level0 = v128.load(levels);
    let level1 = v128.load(levels, 16);
    let level2 = v128.load(levels, 32);
    let level3 = v128.load(levels, 48);
    let least0 = v128.load(levels, 64);
    let least1 = v128.load(levels, 80);
    let least2 = v128.load(levels, 96);
    let least3 = v128.load(levels, 112);
    for (let done = 0; done < slots; done += BLOCK) {
      const count = min(BLOCK, slots - done);
      drawWords(RESIDUAL_STATES + <usize>group * STREAM, RESIDUAL_WORDS, count);
      for (let t = 0; t < count; t++) {
        const sum = i32x4.add(s0, s3);
        const word = i32x4.add(v128.or(i32x4.shl(sum, 7), i32x4.shr_u(sum, 25)), s0);
        const carried = i32x4.shl(s1, 9);
        s2 = v128.xor(s2, s0);
        s3 = v128.xor(s3, s1);
        s1 = v128.xor(s1, s2);
        s0 = v128.xor(s0, s3);
        s2 = v128.xor(s2, carried);
        s3 = v128.or(i32x4.shl(s3, 11), i32x4.shr_u(s3, 21));

        // A column of all four tables for each lane, turned into four lanes of a column for each table.
        const offsets = v128.and(i32x4.shr_u(word, 16), byteOffset);
        const low = i64x2.extract_lane(offsets, 0);
        const high = i64x2.extract_lane(offsets, 1);
        const a = v128.load(COMMON_COLUMNS + <usize>(<u32>low));
        const b = v128.load(COMMON_COLUMNS + <usize>(low >>> 32));
        const c = v128.load(COMMON_COLUMNS + <usize>(<u32>high));
        const d = v128.load(COMMON_COLUMNS + <usize>(high >>> 32));
        const entry0 = firsts(a, b, c, d);
        const entry1 = seconds(a, b, c, d);
        const entry2 = thirds(a, b, c, d);
        const entry3 = fourths(a, b, c, d);

        const second = RESIDUAL_WORDS + ((<usize>t) << 4);
        const threshold = v128.xor(v128.or(i32x4.shl(word, 12), low20), top);
        const jitter = v128.and(word, low8);
        const own = v128.or(i32x4.shl(i32x4.shr_u(word, 20), 8), jitter);

        const point0 = v128.xor(own, v128.and(v128.andnot(entry0, i32x4.gt_s(entry0, threshold)), cellBits));
        let step0 = i32x4.add(i32x4.shr_u(i32x4.shl(point0, left), right), steps0);
        const escaped0 = i32x4.eq(v128.and(point0, cellBits), cellBits);
        if (v128.any_true(escaped0)) step0 = v128.bitselect(residualOf(0, second, jitter), step0, escaped0);
        level0 = i32x4.add(level0, step0);
        least0 = i32x4.min_s(least0, level0);

        const point1 = v128.xor(own, v128.and(v128.andnot(entry1, i32x4.gt_s(entry1, threshold)), cellBits));
        let step1 = i32x4.add(i32x4.shr_u(i32x4.shl(point1, left), right), steps1);
        const escaped1 = i32x4.eq(v128.and(point1, cellBits), cellBits);
        if (v128.any_true(escaped1)) step1 = v128.bitselect(residualOf(1, second, jitter), step1, escaped1);
        level1 = i32x4.add(level1, step1);
        least1 = i32x4.min_s(least1, level1);

        const point2 = v128.xor(own, v128.and(v128.andnot(entry2, i32x4.gt_s(entry2, threshold)), cellBits));
        let step2 = i32x4.add(i32x4.shr_u(i32x4.shl(point2, left), right), steps2);
        const escaped2 = i32x4.eq(v128.and(point2, cellBits), cellBits);
        if (v128.any_true(escaped2)) step2 = v128.bitselect(residualOf(2, second, jitter), step2, escaped2);
        level2 = i32x4.add(level2, step2);
        least2 = i32x4.min_s(least2, level2);

        const point3 = v128.xor(own, v128.and(v128.andnot(entry3, i32x4.gt_s(entry3, threshold)), cellBits));
        let step3 = i32x4.add(i32x4.shr_u(i32x4.shl(point3, left), right), steps3);
        const escaped3 = i32x4.eq(v128.and(point3, cellBits), cellBits);
        if (v128.any_true(escaped3)) step3 = v128.bitselect(residualOf(3, second, jitter), step3, escaped3);
        level3 = i32x4.add(level3, step3);
        least3 = i32x4.min_s(least3, level3);
      }
    }
    v128.store(at, s0);
    v128.store(at, s1, 16);
    v128.store(at, s2, 32);
    v128.store(at, s3, 48);
    v128.store(levels, level0);
    v128.store(levels, level1, 16);
    v128.store(levels, level2, 32);
    v128.store(levels, level3, 48);
    v128.store(levels, least0, 64);
    v128.store(levels, least1, 80);
    v128.store(levels, least2, 96);
    v128.store(levels, least3, 112);
    const row = ROWS + ((<usize>group) << 4);
    v128.store(row, i32x4.neg(least0));
    v128.store(row, i32x4.neg(least1), 2048);
    v128.store(row, i32x4.neg(least2), 4096);
    v128.store(row, i32x4.neg(least3), 6144);
  }
}

/** @param second where the residual cells' words are */
function residualOf(table: usize, second: usize, jitter: v128): v128 {
  const columns = COMMON_RESIDUAL_COLUMNS + table * RESIDUAL_COLUMNS_SIZE;
  return residualStep(v128.load(second), jitter, columns, COMMON_RESIDUAL_CELLS + table * RESIDUAL_CELLS_SIZE);
}
