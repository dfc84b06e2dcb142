/** The Gamma distribution function of a harvest, fast enough to be called millions of times while a law is built. */
import type { HarvestLaw } from '../fleet/walk-law.js';
import { gammaLower, gammaUpper } from './incomplete-gamma.js';

/** P(H ≤ x), x in joules. Absolute error about 1e-15. */
export function gammaCdf(harvest: HarvestLaw, x: number): number {
  return gammaLower(harvest.shape, x / harvest.scaleJoules);
}

/** P(H > x), with relative accuracy in the tail. */
export function gammaSurvival(harvest: HarvestLaw, x: number): number {
  return gammaUpper(harvest.shape, x / harvest.scaleJoules);
}

/** Smallest grid multiple of `step` beyond which the survival function is below `mass`; by bisection, joules. */
export function gammaReach(harvest: HarvestLaw, mass: number): number {
  let high = harvest.scaleJoules * (harvest.shape + 1);
  while (gammaSurvival(harvest, high) > mass) high *= 1.5;
  let low = 0;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (gammaSurvival(harvest, middle) > mass) low = middle;
    else high = middle;
  }
  return high;
}

/** Grid points from 0 below which the table is not trusted: the density may be singular there. */
const DIRECT_STEPS = 32;

/**
 * A table of the distribution function on the multiples of `step`, read by cubic interpolation beyond 32 steps from the origin
 * (relative error about (1/32)^4 there) and evaluated directly below.
 */
export class GammaTable {
  private readonly values: Float64Array;

  constructor(
    private readonly harvest: HarvestLaw,
    private readonly step: number,
  ) {
    const length = Math.ceil(gammaReach(harvest, 1e-17) / step) + 4;
    this.values = new Float64Array(length);
    for (let n = 0; n < length; n++) this.values[n] = gammaCdf(harvest, n * step);
  }

  /** P(H ≤ x). */
  cdf(x: number): number {
    if (x <= 0) return 0;
    const position = x / this.step;
    if (position >= this.values.length - 3) return 1;
    if (position < DIRECT_STEPS) return gammaCdf(this.harvest, x);
    return interpolate(this.values, position);
  }
}

/** Four-point Lagrange interpolation of a table at a fractional index with at least one entry on the left and two on the right. */
export function interpolate(values: Float64Array, position: number): number {
  const i = Math.floor(position);
  const t = position - i;
  const [a, b, c, d] = cubicWeights(t);
  return a * values[i - 1] + b * values[i] + c * values[i + 1] + d * values[i + 2];
}

/** Lagrange weights on the points −1, 0, 1, 2 for an argument t in [0, 1): they keep the moments up to the third. */
export function cubicWeights(t: number): [number, number, number, number] {
  return [
    (-t * (t - 1) * (t - 2)) / 6,
    ((t + 1) * (t - 1) * (t - 2)) / 2,
    (-(t + 1) * t * (t - 2)) / 2,
    ((t + 1) * t * (t - 1)) / 6,
  ];
}
