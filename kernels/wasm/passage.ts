/**
 * First passage, four paths at once: the same words, tables and 32-bit arithmetic as src/engine/cpu/passage.ts. A path
 * that has passed stays where it is; a group ends with its last path.
 */
import { gather, residualStep } from './cells';
import { COLUMNS, GROUP, RESIDUAL_CELLS, RESIDUAL_COLUMNS, RESIDUAL_STATES, ROWS, STATES, STREAM } from './memory';

/**
 * Walks `groups` groups at most `slots` slots on and writes to ROWS the slots of the passages, then the points of the
 * deficits. States are those of `begin`: slots walked so far wait in the place of the minimum.
 */
export function walkPassage(
  groups: i32,
  slots: i32,
  base: i32,
  left: i32,
  right: i32,
  residual: bool,
  barrier: i32,
): void {
  const steps = i32x4.splat(base);
  const barriers = i32x4.splat(barrier);
  const low20 = i32x4.splat(0xfffff);
  const low8 = i32x4.splat(0xff);
  const byteOffset = i32x4.splat(0x3ffc);
  const escape = i32x4.splat(0xfff);
  for (let group = 0; group < groups; group++) {
    const at = STATES + <usize>group * GROUP;
    let s0 = v128.load(at);
    let s1 = v128.load(at, 16);
    let s2 = v128.load(at, 32);
    let s3 = v128.load(at, 48);
    let level = v128.load(at, 64);
    let walked = v128.load(at, 80);
    const other = RESIDUAL_STATES + <usize>group * STREAM;
    let r0 = v128.load(other);
    let r1 = v128.load(other, 16);
    let r2 = v128.load(other, 32);
    let r3 = v128.load(other, 48);
    let walking = i32x4.gt_s(level, barriers);
    for (let t = 0; t < slots && v128.any_true(walking); t++) {
      const sum = i32x4.add(s0, s3);
      const word = i32x4.add(v128.or(i32x4.shl(sum, 7), i32x4.shr_u(sum, 25)), s0);
      const carried = i32x4.shl(s1, 9);
      s2 = v128.xor(s2, s0);
      s3 = v128.xor(s3, s1);
      s1 = v128.xor(s1, s2);
      s0 = v128.xor(s0, s3);
      s2 = v128.xor(s2, carried);
      s3 = v128.or(i32x4.shl(s3, 11), i32x4.shr_u(s3, 21));

      const entry = gather(v128.and(i32x4.shr_u(word, 18), byteOffset), COLUMNS);
      const own = i32x4.gt_s(v128.and(entry, low20), v128.and(word, low20));
      const chosen = v128.xor(word, v128.andnot(entry, own));
      const cell = i32x4.shr_u(chosen, 20);
      const jitter = v128.and(chosen, low8);
      const point = v128.or(i32x4.shl(cell, 8), jitter);
      let step = i32x4.add(i32x4.shr_u(i32x4.shl(point, left), right), steps);
      if (residual) {
        const otherSum = i32x4.add(r0, r3);
        const second = i32x4.add(v128.or(i32x4.shl(otherSum, 7), i32x4.shr_u(otherSum, 25)), r0);
        const otherCarried = i32x4.shl(r1, 9);
        r2 = v128.xor(r2, r0);
        r3 = v128.xor(r3, r1);
        r1 = v128.xor(r1, r2);
        r0 = v128.xor(r0, r3);
        r2 = v128.xor(r2, otherCarried);
        r3 = v128.or(i32x4.shl(r3, 11), i32x4.shr_u(r3, 21));
        const escaped = i32x4.eq(cell, escape);
        if (v128.any_true(escaped)) {
          step = v128.bitselect(residualStep(second, jitter, RESIDUAL_COLUMNS, RESIDUAL_CELLS), step, escaped);
        }
      }
      level = i32x4.add(level, v128.and(step, walking));
      // A mask is −1 where it is set.
      walked = i32x4.sub(walked, walking);
      walking = i32x4.gt_s(level, barriers);
    }
    v128.store(at, s0);
    v128.store(at, s1, 16);
    v128.store(at, s2, 32);
    v128.store(at, s3, 48);
    v128.store(at, level, 64);
    v128.store(at, walked, 80);
    if (residual) {
      v128.store(other, r0);
      v128.store(other, r1, 16);
      v128.store(other, r2, 32);
      v128.store(other, r3, 48);
    }
    const row = ROWS + ((<usize>group) << 4);
    v128.store(row, v128.andnot(walked, walking));
    v128.store(row, v128.andnot(i32x4.neg(level), walking), 2048);
  }
}
