/**
 * Multiplication by fractions of 2^32 in 32-bit integers, twin of kernels/fraction.wgsl: what is cut off is carried to
 * the next time, so that no rounding adds up.
 */

/** A carry of one half: the first product is rounded to the nearest whole number. */
export const HALF = 0x80000000;

/** ⌊a · b / 2^32⌋ of two unsigned words. */
export function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const cross = aHigh * bLow;
  const middle = aLow * bHigh + (cross & 0xffff) + ((aLow * bLow) >>> 16);
  return aHigh * bHigh + (cross >>> 16) + Math.floor(middle / 0x10000);
}

/** The same of a signed word, towards zero. */
export function multiplyHighSigned(a: number, b: number): number {
  return a < 0 ? -multiplyHigh(-a, b) : multiplyHigh(a, b);
}

/** ⌊(a · fraction + carry) / 2^32⌋; the rest is the new carry. */
export function multiplyCarry(a: number, fraction: number, carries: Uint32Array, which: number): number {
  const low = Math.imul(a, fraction) >>> 0;
  const sum = low + carries[which];
  carries[which] = sum;
  return multiplyHigh(a, fraction) + (sum >= 0x100000000 ? 1 : 0);
}
