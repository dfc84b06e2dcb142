/**
 * Exact laws of walks whose counts are negative binomial, against values computed apart in Python (numpy and scipy:
 * Panjer's recursion for the sums of k slots, Gamma distribution functions, Spitzer's identity term by term; the law of
 * one slot from scipy's nbinom, that of two by quadrature over the second harvest).
 */
import { describe, expect, it } from 'vitest';
import type { WalkLaw } from '../../src/fleet/walk-law.js';
import { incrementCumulant } from '../../src/fleet/walk-law.js';
import { incrementLaw } from '../../src/law/increment-cdf.js';
import { negativeBinomialWeights } from '../../src/numeric/negative-binomial.js';
import { compoundIncrement } from '../../src/theory/compound-increment.js';
import { exactLaw } from '../../src/theory/exact/law.js';
import { exactMoments } from '../../src/theory/exact/moments.js';
import { tiltedWalk } from '../../src/theory/rare.js';

function walk(
  ratePerSlot: number,
  dispersion: number | undefined,
  energies: readonly number[],
  probabilities: readonly number[],
  shape: number,
  scaleJoules: number,
): WalkLaw {
  const energiesJoules = Float64Array.from(energies);
  const demand = { ratePerSlot, dispersion, energiesJoules, probabilities: Float64Array.from(probabilities) };
  return { demand, harvest: { shape, scaleJoules } };
}

const CASES = [
  [walk(2, 4, [1000], [1], 1.5, 2000 / 1.5), 1, 1138.4974947356543, 2379.410927738066, 0.6082725212563009],
  [walk(2, 4, [1000], [1], 1.5, 2000 / 1.5), 8, 5365.011055424539, 6265.568387338206, 0.2527325992773446],
  [walk(2, 1.5, [1000, 3000], [0.75, 0.25], 2, 1500), 16, 9341.904329992842, 8855.772302190395, 0.1528384032859066],
  [walk(0.5, 20, [1000, 2000], [0.5, 0.5], 0.8, 1000), 16, 8014.228653000528, 16972.493074994894, 0.5444377568952348],
  [walk(1, 100, [500], [1], 3, 200), 4, 1792.1067198582655, 9746.961236367677, 0.8798499537307762],
] as const;

describe('moments against Spitzer’s identity summed term by term', () => {
  it.each(CASES)('case %#, T = %i', (law, slots, mean, deviation, zero) => {
    const [moments] = exactMoments(compoundIncrement(law), [slots]);
    expect(Math.abs(moments.mean / mean - 1)).toBeLessThan(1e-8);
    expect(Math.abs(moments.standardDeviation / deviation - 1)).toBeLessThan(1e-8);
    expect(Math.abs(moments.probabilityZero - zero)).toBeLessThan(1e-8);
  });
});

const AT_ONE = [
  [500, 0.6702682011146377],
  [1000, 0.7313195782055648],
  [2500, 0.8386213156839034],
  [7000, 0.963466571868576],
] as const;

it('the law of one slot is scipy’s, from the transform and from the table that is sampled', () => {
  const source = walk(2, 4, [1000], [1], 1.5, 2000 / 1.5);
  const exact = exactLaw(compoundIncrement(source), 1);
  const table = incrementLaw(source);
  for (const [d, p] of AT_ONE) {
    expect(Math.abs(exact.cdf(d) - p)).toBeLessThan(1e-11);
    // P(C − H ≤ d) = P(X ≥ −d).
    expect(Math.abs(1 - table.cdf(-d) - p)).toBeLessThan(1e-6);
  }
});

it('the law of two slots agrees with a quadrature', () => {
  const exact = exactLaw(compoundIncrement(walk(2, 4, [1000], [1], 2.5, 800)), 2);
  expect(Math.abs(exact.cdf(500) - 0.552528583800157)).toBeLessThan(1e-9);
  expect(Math.abs(exact.cdf(2500) - 0.7374704888710568)).toBeLessThan(1e-9);
  expect(Math.abs(exact.cdf(7000) - 0.9213251538775451)).toBeLessThan(1e-9);
});

it('a Poisson walk in its place fails', () => {
  const [moments] = exactMoments(compoundIncrement(walk(2, undefined, [1000], [1], 1.5, 2000 / 1.5)), [8]);
  expect(Math.abs(moments.mean / 5365.011055424539 - 1)).toBeGreaterThan(0.2);
});

it('dispersion 1 is Poisson to the bit, and near 1 nearly', () => {
  const of = (dispersion: number | undefined) =>
    exactMoments(compoundIncrement(walk(2, dispersion, [1000, 3000], [0.75, 0.25], 2, 1500)), [16])[0];
  expect(of(1)).toEqual(of(undefined));
  expect(Math.abs(of(1 + 1e-9).mean / of(undefined).mean - 1)).toBeLessThan(1e-8);
});

it('cumulants are those of the transform', () => {
  // By hand for one energy: κ of the count times its powers; λ = 2, I = 4: 2, 8, 2·4·7 = 56.
  const law = walk(2, 4, [10], [1], 1, 1e-9);
  expect([1, 2, 3].map((n) => Math.round(Math.abs(incrementCumulant(law, n)) / 10 ** n))).toEqual([2, 8, 56]);
});

it('counts sum to 1, with the mean and the variance asked for', () => {
  for (const [mean, dispersion] of [
    [2, 4],
    [0.3, 1.5],
    [12, 30],
  ] as const) {
    const weights = negativeBinomialWeights(mean, dispersion, 4000);
    const of = (f: (n: number) => number): number => weights.reduce((sum, w, n) => sum + w * f(n), 0);
    expect(of(() => 1)).toBeCloseTo(1, 12);
    expect(of((n) => n)).toBeCloseTo(mean, 10);
    expect(of((n) => (n - mean) ** 2)).toBeCloseTo(mean * dispersion, 8);
  }
});

it('a tilted walk has the tilted transform', () => {
  const source = walk(2, 4, [1000, 3000], [0.75, 0.25], 2, 1500);
  const tilt = 2e-5;
  const [plain, tilted] = [compoundIncrement(source), compoundIncrement(tiltedWalk(source, tilt))];
  for (const x of [-1e-5, 1e-5, 3e-5]) {
    expect(tilted.cumulant(x)).toBeCloseTo(plain.cumulant(x + tilt) - plain.cumulant(tilt), 12);
  }
});
