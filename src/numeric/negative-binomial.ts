/**
 * Negative binomial probabilities by their mean and dispersion I = variance over mean ≥ 1 (docs/model.md, demand that
 * is not Poisson): r = mean/(I − 1), P(N = n) = Γ(n+r)/(n! Γ(r)) I^(−r) (1 − 1/I)^n. Written without r, so that they
 * become Poisson's as I → 1.
 */
import { poissonWeights } from './poisson.js';

/** P(N = n) for n = 0 … length − 1; what lies beyond is lost, so that they may sum to less than 1. */
export function negativeBinomialWeights(mean: number, dispersion: number, length: number): Float64Array {
  if (dispersion === 1) return poissonWeights(mean, length);
  const excess = dispersion - 1;
  /** P(N = n) / P(N = n − 1). */
  const ratio = (n: number): number => (mean + (n - 1) * excess) / (dispersion * n);
  const mode = Math.min(length - 1, Math.max(0, Math.floor(mean - excess)));
  const weights = new Float64Array(length);
  let log = logNone(mean, dispersion);
  for (let n = 1; n <= mode; n++) log += Math.log(ratio(n));
  // From the mode outwards, so that rounding does not add up where the mass is.
  weights[mode] = Math.exp(log);
  for (let n = mode + 1; n < length; n++) weights[n] = weights[n - 1] * ratio(n);
  for (let n = mode; n > 0; n--) weights[n - 1] = weights[n] / ratio(n);
  return weights;
}

/** log P(N = 0) = −r ln I; −mean for Poisson. */
export function logNone(mean: number, dispersion: number): number {
  return dispersion === 1 ? -mean : (-mean * Math.log1p(dispersion - 1)) / (dispersion - 1);
}
