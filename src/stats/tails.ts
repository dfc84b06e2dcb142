/**
 * Tails of the distributions that stand behind p-values: χ², and the skewed law of a mean of few large terms. Each tail
 * is computed as a tail, never as 1 − cdf, so that p-values are right far out.
 */
import { gammaLower, gammaUpper } from '../numeric/incomplete-gamma.js';
import { normalSurvival } from '../numeric/normal.js';

/** P(χ²_df > x), by the regularised upper incomplete gamma function. */
export function chiSquareSurvival(x: number, degreesOfFreedom: number): number {
  return gammaUpper(degreesOfFreedom / 2, x / 2);
}

/**
 * Above this noncentrality three moments stand for the series, of 16√(λ/2) terms: off by less than 1e-5 of the tail.
 */
const MANY_TERMS = 1e4;

/** P(χ² > x) where the normal variables have means whose squares sum to λ ≥ 0: a Poisson mixture of central tails. */
export function noncentralChiSquareSurvival(x: number, degreesOfFreedom: number, lambda: number): number {
  if (lambda > MANY_TERMS) {
    // Pearson (1959): the shifted χ² law of the same three moments.
    const variance = 2 * (degreesOfFreedom + 2 * lambda);
    const skewness = (8 * (degreesOfFreedom + 3 * lambda)) / variance ** 1.5;
    return pearsonSurvival((x - degreesOfFreedom - lambda) / Math.sqrt(variance), skewness);
  }
  const centre = Math.floor(lambda / 2);
  const tail = (j: number): number => chiSquareSurvival(x, degreesOfFreedom + 2 * j);
  let weight = poissonWeight(centre, lambda / 2);
  let sum = weight * tail(centre);
  for (let j = centre + 1, w = weight; ; j++) {
    w *= lambda / 2 / j;
    if (!(w > 1e-17)) break;
    sum += w * tail(j);
  }
  for (let j = centre; j > 0; j--) {
    weight *= j / (lambda / 2);
    if (!(weight > 1e-17)) break;
    sum += weight * tail(j - 1);
  }
  return Math.min(1, sum);
}

function poissonWeight(count: number, mean: number): number {
  let log = -mean;
  for (let i = 1; i <= count; i++) log += Math.log(mean / i);
  return Math.exp(log);
}

/**
 * Two-sided p-value of a standardised sum z of many independent terms, where the sum itself has skewness `skewness`.
 *
 * A sum of n terms of skewness γ has skewness γ/√n; with rare large terms that is far from 0 and the normal tail on the
 * long side is too thin. Each tail is therefore the larger of the normal one and that of Pearson's type III law (a
 * shifted gamma law with the same mean, variance and skewness, exact to the order of 1/√n as an Edgeworth correction
 * is, yet positive everywhere); on the short side, where the gamma law ends, the normal one stays. Conservative; equal
 * to the normal as skewness → 0.
 */
export function skewedTwoSided(z: number, skewness: number): number {
  if (Number.isNaN(z)) return NaN;
  if (Math.abs(z) > 1e100) return 0; // a law without spread missed; keeps infinities out of the gamma function
  const toLongSide = skewness < 0 ? -z : z;
  const upper = Math.max(normalSurvival(toLongSide), pearsonSurvival(toLongSide, Math.abs(skewness)));
  const lower = Math.max(normalSurvival(-toLongSide), pearsonCdf(toLongSide, Math.abs(skewness)));
  return Math.min(1, 2 * Math.min(upper, lower));
}

/** Below this skewness the gamma shape 4/γ² passes 4·10⁸ and the law is normal to more digits than matter. */
const NEGLIGIBLE_SKEWNESS = 1e-4;

/** P(G > z) of the standardised gamma law of skewness γ ≥ 0. */
function pearsonSurvival(z: number, gamma: number): number {
  if (!(gamma > NEGLIGIBLE_SKEWNESS)) return normalSurvival(z);
  const shape = 4 / (gamma * gamma);
  return gammaUpper(shape, shape + z * Math.sqrt(shape));
}

/** P(G ≤ z) of the same law; 0 below its end at −2/γ. */
function pearsonCdf(z: number, gamma: number): number {
  if (!(gamma > NEGLIGIBLE_SKEWNESS)) return normalSurvival(-z);
  const shape = 4 / (gamma * gamma);
  return gammaLower(shape, shape + z * Math.sqrt(shape));
}
