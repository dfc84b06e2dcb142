/** The Gamma law of a harvest: its distribution function, its masses on a grid, and a fast table of it next to the origin. */
import gammaln from '@stdlib/math-base-special-gammaln';
import type { HarvestLaw } from '../fleet/walk-law.js';
import { gammaLower, gammaUpper, logGap } from './incomplete-gamma.js';

/** P(H ≤ x), x in joules. Absolute error about 1e-15. */
export function gammaCdf(harvest: HarvestLaw, x: number): number {
  return gammaLower(harvest.shape, x / harvest.scaleJoules);
}

/** P(H > x), with relative accuracy in the tail. */
export function gammaSurvival(harvest: HarvestLaw, x: number): number {
  return gammaUpper(harvest.shape, x / harvest.scaleJoules);
}

/** Smallest x beyond which the survival function is below `mass`; by bisection, joules. */
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

/** Grid points from 0 within which the density may be singular or kinked, and nothing is interpolated. */
export const ORIGIN_STEPS = 32;

/** Outer nodes and weights of the three-point Gauss rule on [−½, ½]. */
const GAUSS_ARM = Math.sqrt(0.15);
const GAUSS_OUTER = 5 / 18;
const GAUSS_MIDDLE = 8 / 18;

/**
 * Masses on the multiples of `step`: entry n is P((n − ½)step < H ≤ (n + ½)step), with what lies beyond the last entry left out.
 *
 * The first 33 by the distribution function. Beyond them the density is smooth in n, and a three-point Gauss rule leaves their running
 * sums right to 1e-13 where `step` is a sixteenth of the harvest's standard deviation, to 1e-10 where it is a sixth, at a fraction of
 * the cost. Its constant is the one that makes the masses' sum right.
 */
export function gammaMasses(harvest: HarvestLaw, step: number, length: number): Float64Array {
  const masses = new Float64Array(length);
  let below = 0;
  for (let n = 0; n < length && n <= ORIGIN_STEPS; n++) {
    const edge = gammaCdf(harvest, (n + 0.5) * step);
    masses[n] = edge - below;
    below = edge;
  }
  const start = ORIGIN_STEPS + 1;
  if (length <= start) return masses;
  const { shape } = harvest;
  const unit = step / harvest.scaleJoules;
  // Relative to the mode, or to the first point where the mode lies before it, so that nothing overflows.
  const reference = Math.max(shape, start * unit);
  const peak = shape * logGap(shape, reference);
  const density = (x: number): number => Math.exp(peak - shape * logGap(shape, x)) / x;
  const arm = GAUSS_ARM * unit;
  let sum = 0;
  for (let n = start; n < length; n++) {
    const x = n * unit;
    masses[n] = GAUSS_MIDDLE * density(x) + GAUSS_OUTER * (density(x - arm) + density(x + arm));
    sum += masses[n];
  }
  const whole = gammaUpper(shape, (start - 0.5) * unit) - gammaUpper(shape, (length - 0.5) * unit);
  for (let n = start; n < length; n++) masses[n] *= whole / sum;
  return masses;
}

/** Entries a step of the table next to the origin. */
const ORIGIN_FINENESS = 8;

/**
 * The distribution function from 0 to a few tens of grid steps: (x/end)^shape times an entire function, of which a table is kept. Exact as
 * x → 0 whatever the shape; error below 1e-8 for steps up to a sixteenth of the standard deviation (beyond shape 8 the function itself is
 * smaller than that here).
 */
export class GammaOrigin {
  private readonly factors: Float64Array;
  private readonly shape: number;

  constructor(
    harvest: HarvestLaw,
    private readonly step: number,
    private readonly steps: number,
  ) {
    const { shape, scaleJoules } = harvest;
    this.shape = shape;
    // P(k, x) = x^k exp(−x)/Γ(k + 1) Σ_n x^n/((k+1)…(k+n)), x in units of the scale.
    const unit = step / scaleJoules;
    const front = shape * Math.log(unit * steps) - gammaln(shape + 1);
    this.factors = Float64Array.from({ length: steps * ORIGIN_FINENESS + 4 }, (_, i) => {
      const x = ((i - 1) / ORIGIN_FINENESS) * unit;
      let term = 1;
      let sum = 1;
      for (let n = 1; Math.abs(term) > 1e-17 * sum; n++) {
        term *= x / (shape + n);
        sum += term;
      }
      return Math.exp(front - x) * sum;
    });
  }

  /** P(H ≤ x) for x up to the table's end. */
  cdf(x: number): number {
    if (x <= 0) return 0;
    const steps = x / this.step;
    return (steps / this.steps) ** this.shape * interpolate(this.factors, steps * ORIGIN_FINENESS + 1);
  }
}

/** Steps of a harvest's table in its standard deviation. */
const TABLE_FINENESS = 64;

/** P(H ≤ x) from a table, for the millions of points at which a law is cut into cells; error below 2e-8, the most next to a singular origin. */
export function gammaTable(harvest: HarvestLaw): (x: number) => number {
  const step = (Math.sqrt(harvest.shape) * harvest.scaleJoules) / TABLE_FINENESS;
  const origin = new GammaOrigin(harvest, step, ORIGIN_STEPS + 1);
  const cumulative = gammaMasses(harvest, step, Math.ceil(gammaReach(harvest, 1e-17) / step) + 4);
  for (let n = 1; n < cumulative.length; n++) cumulative[n] += cumulative[n - 1];
  return (x) => {
    if (x < ORIGIN_STEPS * step) return origin.cdf(x);
    // Entry n is the distribution function at (n + ½)·step.
    const position = x / step - 0.5;
    return position >= cumulative.length - 3 ? 1 : Math.min(1, interpolate(cumulative, position));
  };
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
