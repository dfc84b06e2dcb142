/** Multiplication by fractions of 2^32 for four lanes, as src/engine/cpu/fractions.ts. */

/** ⌊(a · fraction + carry) / 2^32⌋ of unsigned words; the rest is the new carry, at `carry`. */
export function multiplyCarry(a: v128, fraction: v128, carry: usize): v128 {
  const carries = v128.load(carry);
  const low = i64x2.add(i64x2.extmul_low_i32x4_u(a, fraction), i64x2.extend_low_i32x4_u(carries));
  const high = i64x2.add(i64x2.extmul_high_i32x4_u(a, fraction), i64x2.extend_high_i32x4_u(carries));
  v128.store(carry, v128.shuffle<i32>(low, high, 0, 2, 4, 6));
  return v128.shuffle<i32>(low, high, 1, 3, 5, 7);
}

/** ⌊a · b / 2^32⌋ of unsigned words. */
export function multiplyHigh(a: v128, b: v128): v128 {
  const low = i64x2.extmul_low_i32x4_u(a, b);
  return v128.shuffle<i32>(low, i64x2.extmul_high_i32x4_u(a, b), 1, 3, 5, 7);
}

/** The same of signed words, towards zero. */
export function multiplyHighSigned(a: v128, b: v128): v128 {
  const sign = i32x4.shr_s(a, 31);
  return i32x4.sub(v128.xor(multiplyHigh(i32x4.abs(a), b), sign), sign);
}
