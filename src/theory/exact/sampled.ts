/**
 * The deficit law of the sampled walk, for verdicts on the engine: mean, SD and P(D = 0) exactly, by Spitzer's identity on the sampled law itself; between
 * them the true law's shape, moved and stretched to those three numbers. What is left is of the order of the sampling error's effect beyond
 * three moments; the error estimate says no less than the whole shift.
 */
import { InputError } from '../../errors.js';
import type { LatticeIncrement } from '../increment.js';
import { solveQuantile } from '../quantile.js';
import type { ExactLaw } from './law.js';
import { exactMoments } from './moments.js';

/** D_T of the sampled walk, from the true walk's exact law at the same T. Throws InputError where either has no positive deficits. */
export function sampledDeficitLaw(truth: ExactLaw, law: LatticeIncrement): ExactLaw {
  const [moments] = exactMoments(law, [truth.slots]);
  const { mean, standardDeviation, probabilityZero } = moments;
  const positive = 1 - probabilityZero;
  const truePositive = 1 - truth.probabilityZero;
  if (!(positive > 0 && truePositive > 0))
    throw new InputError('sampled law: got a walk that is never in deficit, expected some deficits');
  // Mean and variance given D > 0.
  const given = (of: { mean: number; standardDeviation: number }, share: number): [number, number] => {
    const m = of.mean / share;
    return [m, (of.standardDeviation ** 2 + of.mean ** 2) / share - m * m];
  };
  const [m, v] = given(moments, positive);
  const [trueM, trueV] = given(truth, truePositive);
  const stretch = Math.sqrt(v / trueV);
  const shift = m - stretch * trueM;
  const back = (d: number): number => (d - shift) / stretch;
  const survival = (d: number): number => {
    if (d < 0) return 1;
    const x = back(d);
    return x <= 0 || d === 0 ? positive : Math.min(positive, (positive / truePositive) * truth.survival(x));
  };
  const functions = {
    survival,
    cdf: (d: number): number => (d < 0 ? 0 : 1 - survival(d)),
    density: (d: number): number => (positive / truePositive / stretch) * truth.density(back(d)),
  };
  let moved = 0;
  for (const p of [0.1, 0.25, 0.5, 0.75, 0.9, 0.99]) {
    const d = truth.quantile(p);
    moved = Math.max(moved, Math.abs(survival(d) - truth.survival(d)));
  }
  return {
    rung: 'exact',
    slots: truth.slots,
    mean,
    standardDeviation,
    probabilityZero,
    ...functions,
    quantile: (p) => (p <= probabilityZero ? 0 : solveQuantile(functions, p, mean)),
    meanExcess: (charge) =>
      charge <= Math.max(0, shift)
        ? mean - Math.max(0, charge) * positive + Math.max(0, -charge)
        : (positive / truePositive) * stretch * truth.meanExcess(back(charge)),
    error: { ...moments.error, cdf: truth.error.cdf + moved, quantile: truth.error.quantile + moved },
  };
}
