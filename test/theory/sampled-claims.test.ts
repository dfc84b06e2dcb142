/**
 * The law of a sampled walk with residual cells after two slots, against the sum over all pairs of its points: what is
 * claimed of its error holds, away from sums of energies, which sampling may move by a lattice step.
 */
import { resolveScenario } from '../../src/fleet/resolve.js';
import { expect, test } from 'vitest';
import { prepareRun } from '../../src/study/plan.js';
import { sampledReferences } from '../../src/study/references.js';
import { walkTheory } from '../../src/theory/walk-theory.js';
import { parseScenario } from '../../src/scenario/parse.js';
import { exactLaw } from '../../src/theory/exact/law.js';
import type { LatticeIncrement } from '../../src/theory/increment.js';
import { latticeIncrement } from '../../src/theory/lattice-increment.js';

/** P(D_2 > d), d in joules: D_2 = (Y₁⁺ + Y₂)⁺, from every point of the law of Y. */
function twoSteps(law: LatticeIncrement): (d: number) => number {
  const points: [at: number, weight: number][] = [];
  law.weight.forEach((weight, r) => {
    for (let i = 0; weight > 0 && i < law.count[r]; i++) {
      points.push([law.first[r] + i * law.stride[r], weight / law.count[r]]);
    }
  });
  points.sort(([a], [b]) => a - b);
  const above = new Float64Array(points.length + 1);
  for (let i = points.length - 1; i >= 0; i--) above[i] = above[i + 1] + points[i][1];
  return (d) => {
    const n = Math.floor(d / law.latticeSpan);
    let sum = 0;
    let from = points.length;
    for (const [at, weight] of points) {
      while (from > 0 && points[from - 1][0] > n - Math.max(0, at)) from--;
      // As `at` rises the points beyond n − at are more and more; those at or below 0 share the first of them.
      sum += weight * above[from];
    }
    return sum;
  };
}

const walk = (ratePerSlot: number, energies: readonly number[], shape: number, share = 1): object => {
  const mean = (ratePerSlot * energies.reduce((a, b) => a + b, 0)) / energies.length;
  return {
    ...{ schemaVersion: 1, slotSeconds: 1, arrivals: { ratePerSlot } },
    tasks: energies.map((energyJoules) => ({ energyJoules })),
    harvest: { shape, scaleJoules: (share * mean) / shape },
  };
};

/** A sum of at most so many tasks may have been moved, by at most so many lattice steps. */
const MOST_TASKS = 9;
const MOVED = 256;

/** Ten kinds whose sums coincide: no multiset is likely, and all that make 25 J are, together. */
const TEN = [1, 2, 3, 4, 5, 6, 8, 10, 13, 18];

test.each([
  ['one kind, shape 0.2', walk(0.2, [1000], 0.2)],
  ['one kind, often, shape 0.1', walk(2, [10], 0.1, 0.8)],
  ['two kinds, exponential harvests', walk(2, [7.3, 30], 1, 0.9)],
  ['three kinds, shape 0.6', walk(0.7, [1, 10, 100], 0.6)],
  ['ten kinds, shape 0.02', walk(3, TEN, 0.02)],
])('after two slots: %s', (_, document) => {
  const { law } = prepareRun(resolveScenario(parseScenario(document)), { trials: 1, horizons: [2], seed: '1' });
  if (!('mixture' in law)) throw new Error('a lumped walk was expected');
  const lattice = latticeIncrement(law.mixture);
  const [{ law: seen, error }] = sampledReferences(law, walkTheory(law.source, [2]));
  const q = lattice.latticeSpan;
  const energies = law.source.demand.energiesJoules;
  const sums = new Set([0]);
  for (let tasks = 0; tasks < MOST_TASKS; tasks++) {
    for (const sum of [...sums]) for (const energy of energies) sums.add(Number((sum + energy).toPrecision(12)));
    if (sums.size > 2000) break;
  }
  const heavy = Float64Array.from(sums).sort();
  const isClear = (d: number): boolean => heavy.every((sum) => Math.abs(sum - d) > MOVED * q);
  const exact = twoSteps(lattice);
  const spread = Math.sqrt(lattice.variance);
  const places = Array.from({ length: 60 }, (_, k) => (0.02 + 0.05 * k) * spread);
  const beside = [...energies].flatMap((energy) => [0.5, 0.98, 0.9999, 1.0001, 1.3].map((part) => part * energy));
  let worst = 0;
  for (const place of [...places, ...beside].filter(isClear)) {
    const d = (Math.floor(place / q) + 0.5) * q;
    worst = Math.max(worst, Math.abs((seen?.survival(d) ?? NaN) - exact(d)));
  }
  expect(worst).toBeGreaterThan(0);
  expect(worst).toBeLessThan(error?.cdf ?? NaN);
  expect(error?.cdf).toBeLessThan(5e-4);
});

test('sums that many multisets share are as likely in the sampled law as in the true one', () => {
  const { law, walk: source } = prepareRun(resolveScenario(parseScenario(walk(3, TEN, 0.02))), {
    trials: 1,
    horizons: [1],
    seed: '1',
  });
  if (!('mixture' in law)) throw new Error('a lumped walk was expected');
  const { increment } = walkTheory(source, [1]);
  const [{ law: sampled }] = sampledReferences(law, walkTheory(source, [1]));
  const truth = exactLaw(increment, 1);
  for (const d of [24.5, 24.9, 24.99, 29.997, 30.942, 46.9]) {
    expect(Math.abs((sampled?.cdf(d) ?? NaN) - truth.cdf(d)), String(d)).toBeLessThan(law.samplingError.kolmogorov);
  }
  expect(law.samplingError.kolmogorov).toBeLessThan(1e-3);
});
