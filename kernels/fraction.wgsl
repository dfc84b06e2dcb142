// Multiplication by fractions of 2^32 in 32-bit integers; WGSL has no wider product. What is cut off is carried to the
// next time, so that no rounding adds up. Twin: src/engine/cpu/fractions.ts. Declares no bindings.

// A carry of one half: the first product is rounded to the nearest whole number.
const HALF: u32 = 0x80000000u;

fn multiply_high(a: u32, b: u32) -> u32 {
  let a_low = a & 0xffffu;
  let a_high = a >> 16u;
  let b_low = b & 0xffffu;
  let b_high = b >> 16u;
  let cross = a_high * b_low;
  // Below 2^32: (2^16 − 1)² + 2·(2^16 − 1).
  let middle = a_low * b_high + (cross & 0xffffu) + ((a_low * b_low) >> 16u);
  return a_high * b_high + (cross >> 16u) + (middle >> 16u);
}

fn multiply_high_signed(a: i32, b: u32) -> i32 {
  let high = bitcast<i32>(multiply_high(u32(abs(a)), b));
  return select(high, -high, a < 0);
}

fn multiply_carry(a: i32, fraction: u32, carry: ptr<function, u32>) -> i32 {
  let low = bitcast<u32>(a) * fraction;
  *carry += low;
  return bitcast<i32>(multiply_high(bitcast<u32>(a), fraction) + select(0u, 1u, *carry < low));
}
