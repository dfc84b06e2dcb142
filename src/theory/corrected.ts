/**
 * Second rung: the Brownian law corrected to second order for the discrete walk's overshoot and skewness
 * (docs/model.md section 5). Its error away from d = 0 is of order 1/T where the Brownian law's is 1/√T.
 *
 * It does not hold within a few σ of d = 0, nor with rare heavy tasks (skewness ~10) at T up to ~100, where it can be
 * worse than none: for the eye and for tables, never for verdicts.
 */
import { scaledCdf, scaledDensity, scaledMean, scaledSurvival, checkScale } from './brownian.js';
import type { DeficitLaw } from './deficit-law.js';
import { gaussLegendre, integrate } from '../numeric/quadrature.js';
import type { IncrementLaw } from './increment.js';
import { normalCdf, normalDensity, reflectedTail } from '../numeric/normal.js';
import { bisect } from '../numeric/roots.js';
import { overshootConstant } from './overshoot.js';
import { solveQuantile } from './quantile.js';

/** What the corrected law is made of. */
export interface WalkConstants {
  /** μ, joules a slot. */
  readonly drift: number;
  /** σ, joules. */
  readonly volatility: number;
  /** κ3 = E(Y − EY)³ with Y = C − H, joules³. */
  readonly thirdCumulant: number;
  /** κ4 of Y, joules⁴. */
  readonly fourthCumulant: number;
  /** K, joules. */
  readonly overshoot: number;
  /** ρ± = K ± κ3/(6σ²), joules. */
  readonly shiftUp: number;
  readonly shiftDown: number;
}

/** μ, σ, κ3, κ4, K and ρ± of a walk. */
export function walkConstants(law: IncrementLaw): WalkConstants {
  const overshoot = overshootConstant(law);
  const skew = law.thirdCumulant / (6 * law.variance);
  return {
    drift: -law.mean,
    volatility: Math.sqrt(law.variance),
    thirdCumulant: law.thirdCumulant,
    fourthCumulant: law.fourthCumulant,
    overshoot,
    shiftUp: overshoot + skew,
    shiftDown: overshoot - skew,
  };
}

/** |μ|√T/σ below which a walk counts as critical: its mean takes the next term, known at m = 0 only. */
const CRITICAL = 1e-6;

/** Corrected E[D_T]: σ√T g(m) − [ρ₊Φ(−m) + ρ₋Φ(m)], and at m = 0 also + σ(6 + κ_ex − γ²)/(12√(2πT)). */
function correctedMean(constants: WalkConstants, slots: number): number {
  const { drift, volatility, thirdCumulant, fourthCumulant, shiftUp, shiftDown } = constants;
  const m = (drift * Math.sqrt(slots)) / volatility;
  const mean = volatility * Math.sqrt(slots) * scaledMean(m) - shiftUp * normalCdf(-m) - shiftDown * normalCdf(m);
  if (Math.abs(m) > CRITICAL) return Math.max(0, mean);
  const skewness = thirdCumulant / volatility ** 3;
  const excess = fourthCumulant / volatility ** 4;
  return Math.max(0, mean + (volatility * (6 + excess - skewness ** 2)) / (12 * Math.sqrt(2 * Math.PI * slots)));
}

/** The correction to the CDF at x = d/s and its derivative in x, before the division by s. */
function correction(constants: WalkConstants, x: number, m: number): { value: number; slope: number } {
  const { shiftUp, thirdCumulant, volatility } = constants;
  const skew = thirdCumulant / (6 * volatility ** 2);
  const phi = normalDensity(x + m);
  const e = reflectedTail(x, m);
  const h = 2 * (x + 3 * m) * phi + 8 * m * m * e;
  const hSlope = phi * (2 - 2 * (x + 3 * m) * (x + m) - 8 * m * m) - 16 * m ** 3 * e;
  const fSlope = -2 * (x + 2 * m) * phi - 4 * m * m * e;
  return { value: shiftUp * scaledDensity(x, m) - skew * x * h, slope: shiftUp * fSlope - skew * (h + x * hSlope) };
}

/** A stretch [from, to] of x on which the CDF is held at `level` because the expansion falls there. */
interface Held {
  readonly from: number;
  readonly to: number;
  readonly level: number;
}

const RULE = gaussLegendre(16);
const SCAN = 2000;
const HALVED = { halvings: 60 };

/** The corrected law of D_T: CDF clipped to [0, 1], held where it would fall. InputError for no walk's constants. */
export function correctedLaw(constants: WalkConstants, slots: number): DeficitLaw {
  const { drift, volatility } = constants;
  checkScale(drift, volatility, slots);
  const s = volatility * Math.sqrt(slots);
  const m = (drift * Math.sqrt(slots)) / volatility;
  const rawCdf = (x: number): number => scaledCdf(x, m) + correction(constants, x, m).value / s;
  const rawSlope = (x: number): number => scaledDensity(x, m) + correction(constants, x, m).slope / s;
  const end = Math.max(0, -m) + (m > 1 ? 45 / m : 45) / (1 + Math.max(0, -m) / 4) + 12;
  const { held, last } = monotone(rawCdf, rawSlope, end);

  const at = (x: number): { held: number | undefined } => ({ held: held.find((h) => x > h.from && x < h.to)?.level });
  const clip = (value: number): number => Math.min(1, Math.max(0, value));
  const law = {
    cdf(d: number): number {
      if (d < 0) return 0;
      const x = d / s;
      return x >= last ? 1 : clip(at(x).held ?? rawCdf(x));
    },
    survival(d: number): number {
      if (d < 0) return 1;
      const x = d / s;
      if (x >= last) return 0;
      const level = at(x).held;
      return clip(level === undefined ? scaledSurvival(x, m) - correction(constants, x, m).value / s : 1 - level);
    },
    density(d: number): number {
      if (d < 0) return 0;
      const x = d / s;
      return x >= last || at(x).held !== undefined || rawCdf(x) <= 0 ? 0 : Math.max(0, rawSlope(x) / s);
    },
  };
  /** ∫_from^∞ (d − from)^power S(d) dd. */
  const tailIntegral = (from: number, power: 0 | 1): number => {
    const panels = 96;
    const start = from / s;
    const width = Math.max(0, Math.min(last, end) - start) / panels;
    let sum = 0;
    for (let p = 0; p < panels; p++) {
      sum += integrate(RULE, (t) => t ** power * law.survival((start + t) * s), p * width, (p + 1) * width);
    }
    return sum * s ** (power + 1);
  };
  const integrated = tailIntegral(0, 0);
  const mean = correctedMean(constants, slots);
  return {
    rung: 'corrected',
    slots,
    mean,
    standardDeviation: Math.sqrt(Math.max(0, 2 * tailIntegral(0, 1) - integrated * integrated)),
    probabilityZero: law.cdf(0),
    ...law,
    quantile: (p) => solveQuantile(law, p, Math.max(mean, 1e-3 * s)),
    meanExcess: (charge) => tailIntegral(Math.max(0, charge), 0),
  };
}

/** Where the expansion falls, and where it first reaches 1 (Infinity where it never does). */
function monotone(
  cdf: (x: number) => number,
  slope: (x: number) => number,
  end: number,
): { held: Held[]; last: number } {
  const held: Held[] = [];
  const step = end / SCAN;
  // Squared spacing: the expansion bends most near 0.
  const grid = (i: number): number => (step * i * i) / SCAN;
  for (let i = 0; i < SCAN; i++) {
    const x = grid(i);
    if (cdf(x) >= 1) return { held, last: i === 0 ? 0 : bisect(grid(i - 1), x, (t) => cdf(t) >= 1, HALVED) };
    if (slope(x) >= 0) continue;
    const from = i === 0 ? 0 : bisect(grid(i - 1), x, (t) => slope(t) < 0, HALVED);
    const level = cdf(from);
    let j = i;
    while (j < SCAN && cdf(grid(j)) <= level) j++;
    const to = j === SCAN ? Infinity : bisect(grid(j - 1), grid(j), (t) => cdf(t) > level, HALVED);
    held.push({ from, to, level });
    i = j;
    if (to === Infinity) break;
  }
  return { held, last: Infinity };
}
