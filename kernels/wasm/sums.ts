/** The sums of a row of deficits, as src/engine/reduce.ts takes them: exact, so in any order. */
import { ROW, SUMS } from './memory';

/**
 * Writes to SUMS, of the first `groups` groups of four in ROW: zeros, low and high halves, and the products low·low,
 * low·high, high·high.
 */
export function sums(groups: i32): void {
  const low16 = i32x4.splat(0xffff);
  const zero = i32x4.splat(0);
  let zeros = zero;
  let low = zero;
  let high = zero;
  let lowLow = i64x2.splat(0);
  let lowHigh = i64x2.splat(0);
  let highHigh = i64x2.splat(0);
  for (let group = 0; group < groups; group++) {
    const d = v128.load(ROW + ((<usize>group) << 4));
    const lo = v128.and(d, low16);
    const hi = i32x4.shr_u(d, 16);
    zeros = i32x4.sub(zeros, i32x4.eq(d, zero));
    low = i32x4.add(low, lo);
    high = i32x4.add(high, hi);
    lowLow = i64x2.add(lowLow, i64x2.add(i64x2.extmul_low_i32x4_u(lo, lo), i64x2.extmul_high_i32x4_u(lo, lo)));
    lowHigh = i64x2.add(lowHigh, i64x2.add(i64x2.extmul_low_i32x4_u(lo, hi), i64x2.extmul_high_i32x4_u(lo, hi)));
    highHigh = i64x2.add(highHigh, i64x2.add(i64x2.extmul_low_i32x4_u(hi, hi), i64x2.extmul_high_i32x4_u(hi, hi)));
  }
  f64.store(SUMS, ofFour(zeros));
  f64.store(SUMS, ofFour(low), 8);
  f64.store(SUMS, ofFour(high), 16);
  f64.store(SUMS, ofTwo(lowLow), 24);
  f64.store(SUMS, ofTwo(lowHigh), 32);
  f64.store(SUMS, ofTwo(highHigh), 40);
}

function ofFour(lanes: v128): f64 {
  const two = i32x4.add(lanes, v128.shuffle<i32>(lanes, lanes, 2, 3, 0, 1));
  return <f64>(i32x4.extract_lane(two, 0) + i32x4.extract_lane(two, 1));
}

function ofTwo(lanes: v128): f64 {
  return <f64>(i64x2.extract_lane(lanes, 0) + i64x2.extract_lane(lanes, 1));
}
