/**
 * Gamma harvests correlated through a Gaussian copula: H = q(Z), q = F⁻¹(Φ(·)), Z standard normal and autoregressive.
 * With the coefficients c_n = E[q(Z) He_n(Z)]/√n!, the covariance of two such harvests whose Z have correlation r is
 * Σ_{n ≥ 1} c_n c'_n r^n (Mehler).
 */
import type { HarvestLaw } from '../../fleet/walk-law.js';
import { gammaLower, gammaUpper } from '../../numeric/incomplete-gamma.js';
import gammaln from '@stdlib/math-base-special-gammaln';
import { settled } from '../../numeric/roots.js';
import { normalCdf, normalDensity } from '../../numeric/normal.js';

/** The trapezoidal rule on a line, which for such integrands is exact to rounding. */
const STEP = 1 / 32;
const REACH = 9.5;
const NODES = 2 * REACH * (1 / STEP) + 1;

/** F⁻¹(Φ(z)) of Gamma(shape, scale 1), from a guess; Newton's method on the logarithm of the smaller tail, in log x. */
function gammaOfNormal(shape: number, z: number, guess: number): number {
  const tail = z < 0 ? gammaLower : gammaUpper;
  const target = Math.log(normalCdf(-Math.abs(z)));
  const front = gammaln(shape);
  const next = (log: number): number => {
    const x = Math.exp(log);
    const value = tail(shape, x);
    const slope = Math.exp(shape * log - x - front) / value;
    const step = (target - Math.log(value)) / (z < 0 ? slope : -slope);
    return log + Math.max(-2, Math.min(2, step));
  };
  return Math.exp(settled(Math.log(guess), next, (log) => 1e-14 * Math.max(1, Math.abs(log))));
}

/** c_n of a harvest in joules, n = 0 … count − 1; c_0 is its mean. */
export function hermiteCoefficients(harvest: HarvestLaw, count: number): Float64Array {
  const { shape, scaleJoules } = harvest;
  const out = new Float64Array(count);
  // From the middle outwards, each quantile from its neighbour's.
  const middle = (NODES - 1) / 2;
  const quantiles = new Float64Array(NODES);
  quantiles[middle] = gammaOfNormal(shape, 0, shape > 0.5 ? shape : shape * 0.5 ** (1 / shape));
  for (let i = 1; i <= middle; i++) {
    quantiles[middle + i] = gammaOfNormal(shape, i * STEP, quantiles[middle + i - 1]);
    quantiles[middle - i] = gammaOfNormal(shape, -i * STEP, quantiles[middle - i + 1]);
  }
  for (let i = 0; i < NODES; i++) {
    const z = (i - middle) * STEP;
    const weight = STEP * normalDensity(z) * quantiles[i] * scaleJoules;
    // He_n/√n!: h_{n+1} = (z h_n − √n h_{n−1})/√(n + 1).
    let before = 0;
    let value = 1;
    for (let n = 0; n < count; n++) {
      out[n] += weight * value;
      [before, value] = [value, (z * value - Math.sqrt(n) * before) / Math.sqrt(n + 1)];
    }
  }
  return out;
}
