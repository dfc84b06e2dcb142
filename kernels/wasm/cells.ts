/** Table lookups for four lanes. */
/** Four 32-bit words at `base` + the lanes of `offsets`, bytes. */
export function gather(offsets: v128, base: usize): v128 {
  // Two lanes leave the vector at once.
  const low = i64x2.extract_lane(offsets, 0);
  const high = i64x2.extract_lane(offsets, 1);
  let words = v128.load_zero<i32>(base + <usize>(<u32>low));
  words = v128.load_lane<i32>(base + <usize>(low >>> 32), words, 1);
  words = v128.load_lane<i32>(base + <usize>(<u32>high), words, 2);
  return v128.load_lane<i32>(base + <usize>(high >>> 32), words, 3);
}

/**
 * Steps of the residual cells that `second` names in the tables at `columns` and `cells`, whatever the first word said.
 */
export function residualStep(second: v128, jitter: v128, columns: usize, cells: usize): v128 {
  const place = i32x4.shr_u(second, 20);
  const entry = gather(i32x4.shl(place, 2), columns);
  const own = i32x4.gt_s(i32x4.shr_u(entry, 12), v128.and(second, i32x4.splat(0xfffff)));
  const cell = v128.bitselect(place, v128.and(entry, i32x4.splat(0xfff)), own);
  const offsets = i32x4.shl(cell, 3);
  let low = v128.load_zero<i64>(cells + <usize>i32x4.extract_lane(offsets, 0));
  low = v128.load_lane<i64>(cells + <usize>i32x4.extract_lane(offsets, 1), low, 1);
  let high = v128.load_zero<i64>(cells + <usize>i32x4.extract_lane(offsets, 2));
  high = v128.load_lane<i64>(cells + <usize>i32x4.extract_lane(offsets, 3), high, 1);
  const first = v128.shuffle<i32>(low, high, 0, 2, 4, 6);
  const width = v128.shuffle<i32>(low, high, 1, 3, 5, 7);
  // Widths reach 2^31: the products of jitter and width take 64 bits until 2^8 is divided off.
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

/*
 * Columns of a matrix whose rows are four vectors. In two steps of interleaving, each one instruction; what two of
 * these share the compiler does once.
 */

function interleaveLow(a: v128, b: v128): v128 {
  return v128.shuffle<i32>(a, b, 0, 4, 1, 5);
}

function interleaveHigh(a: v128, b: v128): v128 {
  return v128.shuffle<i32>(a, b, 2, 6, 3, 7);
}

export function firsts(a: v128, b: v128, c: v128, d: v128): v128 {
  return v128.shuffle<i64>(interleaveLow(a, b), interleaveLow(c, d), 0, 2);
}

export function seconds(a: v128, b: v128, c: v128, d: v128): v128 {
  return v128.shuffle<i64>(interleaveLow(a, b), interleaveLow(c, d), 1, 3);
}

export function thirds(a: v128, b: v128, c: v128, d: v128): v128 {
  return v128.shuffle<i64>(interleaveHigh(a, b), interleaveHigh(c, d), 0, 2);
}

export function fourths(a: v128, b: v128, c: v128, d: v128): v128 {
  return v128.shuffle<i64>(interleaveHigh(a, b), interleaveHigh(c, d), 1, 3);
}
