/**
 * Quantiles of a deficit law from its CDF, survival function and density: one safeguarded Newton search for all three
 * rungs.
 */
import { InputError } from '../errors.js';
import { guidedRoot } from '../numeric/roots.js';

/** What the search needs to know of a law on [0, ∞). */
export interface Searchable {
  cdf(d: number): number;
  survival(d: number): number;
  density(d: number): number;
}

/** How a search begins and ends. */
export interface Search {
  /** A first guess, joules: the search then takes Newton's steps at once instead of a bracket. */
  readonly start: number;
  /** The search ends with a relative step below this; the error is about its square where the density is smooth. */
  readonly settle: number;
}

/**
 * Smallest d ≥ 0 with P(D ≤ d) ≥ p, to about 1e-15 relative where the law's own functions allow. `scale` is any length
 * of the law's order (joules). `search` saves evaluations on laws that are dear. Throws InputError unless 0 ≤ p < 1.
 */
export function solveQuantile(law: Searchable, p: number, scale: number, search?: Search): number {
  if (!(p >= 0 && p < 1)) throw new InputError(`quantile: got p = ${p}, expected 0 ≤ p < 1`, 'p');
  // Work on whichever of F − p and (1 − p) − S keeps its digits; both rise through 0 at the answer.
  const gap = p <= 0.5 ? (d: number): number => law.cdf(d) - p : (d: number): number => 1 - p - law.survival(d);
  if (p === 0 || gap(0) >= 0) return 0;
  // Newton's step of log S in the tail, S = 1 − p − gap; that of F below the median.
  const newton = (d: number, g: number): number => {
    const slope = law.density(d);
    const rest = 1 - p - g;
    return p > 0.5 && rest > 0 ? d + (rest / slope) * Math.log1p(-g / (1 - p)) : d - g / slope;
  };
  if (search && search.start > 0) {
    return guidedRoot({ low: 0, high: Infinity, x: search.start }, gap, newton, search.settle);
  }
  let low = 0;
  let high = scale;
  for (let i = 0; gap(high) < 0; i++) {
    if (i > 1100) return Infinity;
    low = high;
    high *= 2;
  }
  // Bracket tightly from below too, so that tiny quantiles keep relative accuracy.
  while (low === 0 && high > 1e-290 && gap(high / 2) >= 0) high /= 2;
  if (low === 0) low = high > 1e-290 ? high / 2 : 0;
  return guidedRoot({ low, high, x: 0.5 * (low + high) }, gap, newton, 2e-16);
}

/**
 * How far a quantile d at p may be off, relative, where P(D ≤ d) is off by `gap`: between where it may cross p. At an
 * atom that is one point, though the density beside it be 0.
 */
export function quantileSpread(quantile: (p: number) => number, p: number, d: number, gap: number): number {
  return (quantile(Math.min(1 - 2 ** -53, p + gap)) - quantile(Math.max(0, p - gap))) / d;
}
