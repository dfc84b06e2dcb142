/**
 * First rung: the deficit law of Brownian motion with the walk's drift and volatility (paper Lemma 3 and Theorem 2;
 * docs/model.md section 3). It is the diffusion limit, not the law of the discrete walk; exact/ has that.
 *
 * Everything is computed in x = d/s and m = μ√T/σ with s = σ√T, in forms that neither overflow nor cancel for m from
 * −1e6 to 1e6.
 */
import gammainc from '@stdlib/math-base-special-gammainc';
import { InputError } from '../errors.js';
import type { DeficitLaw } from './deficit-law.js';
import { gaussLegendre, integrate } from '../numeric/quadrature.js';
import { halfErfRatio, normalCdf, normalDensity, normalExcess, reflectedTail } from '../numeric/normal.js';
import { solveQuantile } from './quantile.js';

/** What the Brownian law is made of. */
export interface BrownianConstants {
  /** μ: mean of H − C, joules a slot. */
  readonly drift: number;
  /** σ: joules per √slot. */
  readonly volatility: number;
}

/** Survival function P(D > xs) of the scaled law. */
export function scaledSurvival(x: number, m: number): number {
  return normalCdf(-(x + m)) + reflectedTail(x, m);
}

/** Density of D/s at x ≥ 0. */
export function scaledDensity(x: number, m: number): number {
  return 2 * normalDensity(x + m) + 2 * m * reflectedTail(x, m);
}

/** CDF P(D ≤ xs), eq. 74: a difference only where survival exceeds one half, then by quadrature near 0. */
export function scaledCdf(x: number, m: number): number {
  if (x <= 0) return 0;
  if (x * (1 + Math.abs(m)) < 0.5) return integrate(RULE, (t) => scaledDensity(t, m), 0, x);
  const survival = scaledSurvival(x, m);
  return survival < 0.5 ? 1 - survival : Math.max(0, normalCdf(x + m) - reflectedTail(x, m));
}

/** g(m) = E[D]/s, eq. 91. */
export function scaledMean(m: number): number {
  return normalExcess(m) + halfErfRatio(m);
}

/** E[D²]/s². */
function scaledSecondMoment(m: number): number {
  const a = Math.abs(m);
  const half = 0.5 * a * a;
  // P(3/2, a²/2)/(2a²), by the first terms of its series where a² would underflow.
  const gammaPart =
    a < 1e-3 ? (a * (1 - 0.3 * a * a)) / (3 * Math.sqrt(2 * Math.PI)) : gammainc(half, 1.5) / (2 * a * a);
  const surplus = (2 + a * a) * normalCdf(-a) - a * normalDensity(a) + gammaPart;
  return m >= 0 ? surplus : 2 + a * a - surplus;
}

/** Var[D]/s²; by the mirror identity for m < 0, where the second moment less the squared mean would cancel. */
function scaledVariance(m: number): number {
  const a = Math.abs(m);
  const g = scaledMean(a);
  const second = scaledSecondMoment(a);
  return m >= 0 ? second - g * g : 2 - second - 2 * a * g - g * g;
}

/** E(D/s − x)⁺ for x ≥ 0. */
function scaledMeanExcess(x: number, m: number): number {
  const tail = normalExcess(x + m);
  // ∫_x^∞ exp(−2my)Φ(m − y)dy = (e − Φ(−(x + m)))/2m, which is 0/0 at m = 0: there the same as an integral over m.
  if (Math.abs(m) * (1 + x) < 1) {
    return tail + integrate(RULE, (t) => normalDensity(x + t * m) - x * reflectedTail(x, t * m), 0, 1);
  }
  return tail + (reflectedTail(x, m) - normalCdf(-(x + m))) / (2 * m);
}

const RULE = gaussLegendre(12);

/** The Brownian law of D_T (eqs. 74, 91). Throws InputError unless drift is finite, volatility and slots positive. */
export function brownianLaw(
  constants: BrownianConstants,
  slots: number,
): DeficitLaw & { readonly secondMoment: number } {
  const { drift, volatility } = constants;
  checkScale(drift, volatility, slots);
  const s = volatility * Math.sqrt(slots);
  const m = (drift * Math.sqrt(slots)) / volatility;
  const law = {
    cdf: (d: number): number => (d < 0 ? 0 : scaledCdf(d / s, m)),
    survival: (d: number): number => (d < 0 ? 1 : scaledSurvival(d / s, m)),
    density: (d: number): number => (d < 0 ? 0 : Math.max(0, scaledDensity(d / s, m) / s)),
  };
  const mean = s * scaledMean(m);
  return {
    rung: 'brownian',
    slots,
    mean,
    secondMoment: s * s * scaledSecondMoment(m),
    standardDeviation: s * Math.sqrt(scaledVariance(m)),
    probabilityZero: 0,
    ...law,
    quantile: (p) => solveQuantile(law, p, mean),
    meanExcess: (charge) => s * scaledMeanExcess(charge / s, m),
  };
}

export function checkScale(drift: number, volatility: number, slots: number): void {
  if (!Number.isFinite(drift)) throw new InputError(`drift: got ${drift}, expected a finite number of joules`, 'drift');
  if (!(volatility > 0 && volatility < Infinity)) {
    throw new InputError(`volatility: got ${volatility}, expected a positive number of joules`, 'volatility');
  }
  if (!(slots > 0 && slots < Infinity))
    throw new InputError(`slots: got ${slots}, expected a positive number`, 'slots');
}

/** Critical mean (μ = 0): σ√(2T/π) (eq. 37). */
export function criticalMean(volatility: number, slots: number): number {
  return volatility * Math.sqrt((2 * slots) / Math.PI);
}

/** Large-T mean where μ < 0: |μ|T + σ²/(2|μ|) (eq. 37). */
export function shortageMean(constants: BrownianConstants, slots: number): number {
  const size = Math.abs(constants.drift);
  return size * slots + constants.volatility ** 2 / (2 * size);
}

/** Large-T mean where μ > 0: σ²/(2μ), whatever T (eq. 37). */
export function surplusMean(constants: BrownianConstants): number {
  return constants.volatility ** 2 / (2 * constants.drift);
}

/** Deviation of Fig. 2: (E[D_T] − max(−μ, 0)T)/(σ√(2T/π)) as a function of m = μ√T/σ; even, 1 at 0, tail √(π/8)/|m|. */
export function deviation(m: number): number {
  return scaledMean(Math.abs(m)) * Math.sqrt(Math.PI / 2);
}
