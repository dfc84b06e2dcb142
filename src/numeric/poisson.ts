/** Poisson probabilities, stable for every rate that a table of counts is made for. */
import gammaln from '@stdlib/math-base-special-gammaln';

/** P(N = n) for n = 0 … length − 1 at a rate > 0. Relative error about 1e-14 near the mode. */
export function poissonWeights(rate: number, length: number): Float64Array {
  const mode = Math.min(length - 1, Math.floor(rate));
  const weights = new Float64Array(length);
  // From the mode outwards, so that rounding does not add up where the mass is.
  weights[mode] = Math.exp(mode * Math.log(rate) - rate - gammaln(mode + 1));
  for (let n = mode + 1; n < length; n++) weights[n] = (weights[n - 1] * rate) / n;
  for (let n = mode; n > 0; n--) weights[n - 1] = (weights[n] * n) / rate;
  const total = weights.reduce((a, b) => a + b, 0);
  return weights.map((w) => w / total);
}
