/**
 * How many times one quantity goes into another, counted as people count: 0.3 s hold three slots of 0.1 s, though as
 * doubles 0.3 / 0.1 is below 3, and a time that was computed as three slots may be an ulp above them.
 */

/** Ratios this near to a whole number, relatively, are it: steps such as 0.1 s are no doubles. */
const WHOLE = 1e-9;

/** The whole number that `ratio` is, if it is one ≥ 1. */
export function wholeRatio(ratio: number): number | undefined {
  const whole = Math.round(ratio);
  return whole >= 1 && Math.abs(ratio - whole) <= WHOLE * whole ? whole : undefined;
}

/** ⌈amount/step⌉: steps that hold an amount ≥ 0. */
export function stepsAbove(amount: number, step: number): number {
  return wholeRatio(amount / step) ?? Math.ceil(amount / step);
}

/** ⌊amount/step⌋: whole steps within an amount. */
export function stepsWithin(amount: number, step: number): number {
  return wholeRatio(amount / step) ?? Math.floor(amount / step);
}

/** Whether an amount > 0 fits into what there is, where equals may have been rounded apart. */
export function fitsInto(amount: number, room: number): boolean {
  return amount <= room + WHOLE * Math.abs(room);
}

/** The greatest common divisor of whole numbers. */
export function commonDivisor(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y > 0) [x, y] = [y, x % y];
  return x;
}

/** The least common multiple of whole numbers. */
export function commonMultiple(a: number, b: number): number {
  return (a / commonDivisor(a, b)) * b;
}
