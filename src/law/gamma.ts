/**
 * The Gamma law of a harvest: its distribution function, its masses on a grid, and a fast table of it next to the
 * origin.
 */
import gammaln from '@stdlib/math-base-special-gammaln';
import type { HarvestLaw } from '../fleet/walk-law.js';
import { cubicWeights, interpolate } from '../numeric/cubic.js';
import { power } from '../numeric/power.js';
import { gammaLower, gammaUpper, logGap } from '../numeric/incomplete-gamma.js';
import { settled } from '../numeric/roots.js';
import { Scratch } from '../numeric/scratch.js';

/** P(H ≤ x), x in joules. Absolute error about 1e-15. */
export function gammaCdf(harvest: HarvestLaw, x: number): number {
  return gammaLower(harvest.shape, x / harvest.scaleJoules);
}

/** P(H > x), with relative accuracy in the tail. */
export function gammaSurvival(harvest: HarvestLaw, x: number): number {
  return gammaUpper(harvest.shape, x / harvest.scaleJoules);
}

/** x beyond which the survival function is below `mass`, joules; to 1e-12 of itself. */
export function gammaReach(harvest: HarvestLaw, mass: number): number {
  const { shape, scaleJoules } = harvest;
  const exponent = -Math.log(mass);
  const logGamma = gammaln(shape);
  // A Gamma variable's tail bound is the start. The logarithm of the survival function is concave for shapes above 1
  // and convex below, so that from the first step on Newton's method nears the root from one side.
  const start = shape + Math.sqrt(2 * shape * exponent) + exponent;
  const next = (x: number): number => {
    const survival = gammaUpper(shape, x);
    const density = Math.exp((shape - 1) * Math.log(x) - x - logGamma);
    return Math.max(x / 2, x + (Math.log(survival) + exponent) * (survival / density));
  };
  return settled(start, next, (x) => 1e-12 * x) * scaleJoules;
}

/** Grid points from 0 within which the density may be singular or kinked, and nothing is interpolated. */
export const ORIGIN_STEPS = 32;

/**
 * The integral of a smooth function over a step, from its values at the step's middle and at the middles of the four
 * steps on either side: δ/D = 1 + δ²/24 − 17δ⁴/5760 + 367δ⁶/967680 − 27859δ⁸/464486400, with the central differences δ
 * written out.
 */
const STEP_RULE = stepRule([1, 1 / 24, -17 / 5760, 367 / 967_680, -27_859 / 464_486_400]);

function stepRule(differences: readonly number[]): readonly number[] {
  const rule = differences.map(() => 0);
  differences.forEach((factor, k) => {
    // δ^2k has (−1)^(k−j) times the binomial coefficient of 2k over k − j at ±j.
    for (let j = 0, binomial = 1; j <= k; j++) {
      if (j === 0) for (let i = 1; i <= k; i++) binomial *= (k + i) / i;
      rule[j] += factor * ((k - j) % 2 === 0 ? 1 : -1) * binomial;
      binomial *= (k - j) / (k + j + 1);
    }
  });
  return rule;
}

/** Shapes up to which the density's exponent is taken as it stands: it is then right to 1e-13. */
const PLAIN_SHAPE = 32;
/** Logarithms of whole numbers: the same for every harvest, and half the cost of a density. */
let logarithms = new Float64Array(0);

function logarithmsTo(length: number): Float64Array {
  if (logarithms.length < length) logarithms = Float64Array.from({ length }, (_, n) => Math.log(n));
  return logarithms;
}

const densityRoom = new Scratch();

/** The density, up to a factor, at multiples of `unit` (in scales) from `from` on; until the next call. */
function densities(shape: number, unit: number, from: number, count: number): Float64Array {
  const values = densityRoom.of(count);
  // Relative to the mode, or to the first point where the mode lies before it, so that nothing overflows.
  const reference = Math.max(shape, from * unit);
  if (shape > PLAIN_SHAPE) {
    const peak = shape * logGap(shape, reference);
    for (let i = 0; i < count; i++) {
      const x = (from + i) * unit;
      values[i] = Math.exp(peak - shape * logGap(shape, x)) / x;
    }
    return values;
  }
  const logs = logarithmsTo(from + count);
  const power = shape - 1;
  const peak = reference - power * Math.log(reference / unit);
  for (let i = 0, n = from; i < count; i++, n++) values[i] = Math.exp(peak + power * logs[n] - n * unit);
  return values;
}

/**
 * Masses on the multiples of `step`: entry n is P((n − ½)step < H ≤ (n + ½)step), with what lies beyond the last entry
 * left out.
 *
 * The first 33 by the distribution function. Beyond them the density is smooth in n, and a rule on its values leaves
 * the masses' running sums right to 1e-13 where `step` is a sixteenth of the harvest's standard deviation, to 1e-10
 * where it is a sixth, at a fraction of the cost. Its constant is the one that makes the masses' sum right. @param
 * masses where they go, all of them.
 */
export function gammaMasses(
  harvest: HarvestLaw,
  step: number,
  length: number,
  origin = new GammaOrigin(harvest, step, ORIGIN_STEPS + 1),
  masses: Float64Array = new Float64Array(length),
): Float64Array {
  let below = 0;
  for (let n = 0; n < length && n <= ORIGIN_STEPS; n++) {
    const edge = origin.atEntry(n + 0.5);
    masses[n] = edge - below;
    below = edge;
  }
  const start = ORIGIN_STEPS + 1;
  if (length <= start) return masses;
  const { shape } = harvest;
  const unit = step / harvest.scaleJoules;
  const [a, b, c, d, e] = STEP_RULE;
  const f = densities(shape, unit, start - 4, length - start + 8);
  let sum = 0;
  for (let n = start, i = 4; n < length; n++, i++) {
    const near = a * f[i] + b * (f[i - 1] + f[i + 1]) + c * (f[i - 2] + f[i + 2]);
    const mass = near + d * (f[i - 3] + f[i + 3]) + e * (f[i - 4] + f[i + 4]);
    masses[n] = mass;
    sum += mass;
  }
  const whole = gammaUpper(shape, (start - 0.5) * unit) - gammaUpper(shape, (length - 0.5) * unit);
  const factor = whole / sum;
  for (let n = start; n < length; n++) masses[n] *= factor;
  return masses;
}

/** Entries a step of the table next to the origin. */
const ORIGIN_FINENESS = 8;
/** Steps from 0 beyond which the distribution function itself is interpolated: cubic, right there to 2e-9. */
export const ORIGIN_POWERS = 6;
/** From one step to there, a finer table of it is as good. */
const FINER = 64;

/**
 * The distribution function from 0 to a few tens of grid steps: (x/end)^shape times an entire function, of which a
 * table is kept. Exact as x → 0 whatever the shape; error below 1e-8 for steps up to a sixteenth of the standard
 * deviation (beyond shape 8 the function itself is smaller than that here).
 */
export class GammaOrigin {
  /** Entry i is for (i − 1)/ORIGIN_FINENESS steps: the entire function, and the distribution function. */
  private readonly factors: Float64Array;
  private readonly values: Float64Array;
  /** Entry i is the distribution function at i/FINER steps, from just below 1 to just above ORIGIN_POWERS. */
  private finer: Float64Array | undefined;
  private readonly shape: number;

  constructor(
    harvest: HarvestLaw,
    private readonly step: number,
    /** Steps that the table reaches. */
    readonly steps: number,
  ) {
    const { shape, scaleJoules } = harvest;
    this.shape = shape;
    // P(k, x) = x^k exp(−x)/Γ(k + 1) Σ_n x^n/((k+1)…(k+n)), x in units of the scale.
    const unit = step / scaleJoules;
    const front = shape * Math.log(unit * steps) - gammaln(shape + 1);
    const length = steps * ORIGIN_FINENESS + 4;
    this.factors = new Float64Array(length);
    this.values = new Float64Array(length);
    for (let i = 0; i < length; i++) {
      const x = ((i - 1) / ORIGIN_FINENESS) * unit;
      let term = 1;
      let sum = 1;
      for (let n = 1; Math.abs(term) > 1e-17 * sum; n++) {
        term *= x / (shape + n);
        sum += term;
      }
      const factor = Math.exp(front - x) * sum;
      this.factors[i] = factor;
      if (i > 1) this.values[i] = power((i - 1) / (ORIGIN_FINENESS * steps), shape) * factor;
    }
  }

  /** P(H ≤ x) for x up to the table's end. */
  cdf(x: number): number {
    return this.atSteps(x / this.step);
  }

  /** P(H ≤ steps·step). */
  atSteps(steps: number): number {
    if (steps <= 0) return 0;
    if (steps >= ORIGIN_POWERS) return interpolate(this.values, steps * ORIGIN_FINENESS + 1);
    return steps >= 1 ? interpolate(this.finerTable(), steps * FINER) : this.byPower(steps);
  }

  /** The same where `steps` is a multiple of 1/FINER. */
  atEntry(steps: number): number {
    return steps >= 1 && steps < ORIGIN_POWERS ? this.byPower(steps) : this.atSteps(steps);
  }

  /** Made when it is first asked for: a harvest whose density rises smoothly from 0 never asks. */
  private finerTable(): Float64Array {
    if (this.finer !== undefined) return this.finer;
    const finer = new Float64Array(ORIGIN_POWERS * FINER + 3);
    for (let i = FINER - 1; i < finer.length; i++) finer[i] = this.byPower(i / FINER);
    return (this.finer = finer);
  }

  /**
   * Entries `from` to `to` − 1 of `into`: P(H ≤ steps·step) at points a step apart, the first at `first` ≥
   * ORIGIN_POWERS steps. One set of weights does for all.
   */
  atEverySteps(first: number, from: number, to: number, into: Float64Array): void {
    const position = first * ORIGIN_FINENESS + 1;
    const i = Math.floor(position);
    const [a, b, c, d] = cubicWeights(position - i);
    const { values } = this;
    for (let n = from, k = i; n < to; n++, k += ORIGIN_FINENESS) {
      into[n] = a * values[k - 1] + b * values[k] + c * values[k + 1] + d * values[k + 2];
    }
  }

  private byPower(steps: number): number {
    return power(steps / this.steps, this.shape) * interpolate(this.factors, steps * ORIGIN_FINENESS + 1);
  }
}

/** Steps of a harvest's table in its standard deviation. */
const TABLE_FINENESS = 64;

/** P(H ≤ x) from a table, for millions of points; error below 2e-8, the most next to a singular origin. */
export function gammaTable(harvest: HarvestLaw): (x: number) => number {
  const step = (Math.sqrt(harvest.shape) * harvest.scaleJoules) / TABLE_FINENESS;
  const origin = new GammaOrigin(harvest, step, ORIGIN_STEPS + 1);
  const cumulative = gammaMasses(harvest, step, Math.ceil(gammaReach(harvest, 1e-17) / step) + 4, origin);
  for (let n = 1; n < cumulative.length; n++) cumulative[n] += cumulative[n - 1];
  return (x) => {
    if (x < ORIGIN_STEPS * step) return origin.cdf(x);
    // Entry n is the distribution function at (n + ½)·step.
    const position = x / step - 0.5;
    return position >= cumulative.length - 3 ? 1 : Math.min(1, interpolate(cumulative, position));
  };
}
