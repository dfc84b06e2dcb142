/**
 * Quantiles of a deficit law from its CDF, survival function and density: one safeguarded Newton search for all three rungs.
 */
import { InputError } from '../errors.js';

/** What the search needs to know of a law on [0, ∞). */
export interface Searchable {
  cdf(d: number): number;
  survival(d: number): number;
  density(d: number): number;
}

/**
 * Smallest d ≥ 0 with P(D ≤ d) ≥ p, to about 1e-15 relative where the law's own functions allow. `scale` is any length of the law's
 * order (joules). Throws InputError unless 0 ≤ p < 1.
 */
export function solveQuantile(law: Searchable, p: number, scale: number): number {
  if (!(p >= 0 && p < 1)) throw new InputError(`quantile: got p = ${p}, expected 0 ≤ p < 1`, 'p');
  // Work on whichever of F − p and (1 − p) − S keeps its digits; both rise through 0 at the answer.
  const gap = p <= 0.5 ? (d: number): number => law.cdf(d) - p : (d: number): number => 1 - p - law.survival(d);
  if (p === 0 || gap(0) >= 0) return 0;
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
  let d = 0.5 * (low + high);
  for (let i = 0; i < 200; i++) {
    const g = gap(d);
    if (g < 0) low = d;
    else high = d;
    if (high - low <= 4e-16 * high) break;
    const step = g / law.density(d);
    const newton = d - step;
    const next = newton > low && newton < high ? newton : 0.5 * (low + high);
    if (Math.abs(next - d) <= 2e-16 * d) return next;
    d = next;
  }
  return high;
}
