/** Compound Poisson by transform, by Panjer's recursion and by plain convolution: three ways, one law. */
import { describe, expect, test } from 'vitest';
import { compoundPoissonGrid, likelyAtoms, panjer, spreadOnGrid } from '../../src/law/compound.js';
import { GridTransform } from '../../src/numeric/fft.js';
import { walkOf } from '../engine/jobs.js';
import { consumptionLaw } from './consumption.js';

const DEMANDS = [
  walkOf(0.05, [1000], [1], 1).demand,
  walkOf(2, [1000, 3000], [7, 3], 1).demand,
  walkOf(12, [400, 600, 1000], [1, 1, 2], 1).demand,
  walkOf(60, [100, 700, 2500], [6, 3, 1], 1).demand,
];
const UNIT = 100;

describe.each(DEMANDS)('λ = $ratePerSlot', (demand) => {
  const plain = consumptionLaw(demand, UNIT);

  test('Panjer equals the plain convolution', () => {
    const sizes = demand.energiesJoules.map((e) => e / UNIT);
    const recursion = panjer(demand.ratePerSlot, sizes, demand.probabilities, plain.length);
    recursion.forEach((p, n) => {
      expect(Math.abs(p - plain[n]), `n = ${n}`).toBeLessThan(1e-15 + 1e-11 * plain[n]);
    });
  });

  test('the transform equals both to 1e-14', () => {
    const transform = new GridTransform(2 ** Math.ceil(Math.log2(plain.length + 8)));
    const grid = compoundPoissonGrid(demand, UNIT, transform);
    grid.forEach((p, n) => {
      expect(Math.abs(p - (plain[n] ?? 0)), `n = ${n}`).toBeLessThan(1e-14);
    });
  });

  test('likely atoms are the multisets with their probabilities, and all of them', () => {
    const threshold = 5e-4;
    const atoms = likelyAtoms(demand, UNIT, threshold);
    for (const atom of atoms) {
      expect(atom.probability).toBeGreaterThanOrEqual(threshold);
      expect(atom.measure.weights.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
    }
    // Multisets of one energy together never exceed the lattice law, and fill it where only one multiset is likely.
    const sums = new Map<number, number>();
    for (const atom of atoms)
      sums.set(Math.round(atom.energy / UNIT), (sums.get(Math.round(atom.energy / UNIT)) ?? 0) + atom.probability);
    for (const [n, p] of sums) expect(p).toBeLessThanOrEqual(plain[n] * (1 + 1e-12));
    const empty = Math.exp(-demand.ratePerSlot);
    if (empty >= threshold) expect(sums.get(0)).toBeCloseTo(empty, 15);
    else expect(sums.has(0)).toBe(false);
  });
});

test('Panjer for a rate beyond 600 halves and convolves', () => {
  // Compound Poisson with sizes 1 alone is Poisson: log p_n = n log λ − λ − log n!. Reference:
  // scipy.stats.poisson.pmf(·, 700).
  const law = panjer(700, [1], [1], 800);
  const reference: readonly [number, number][] = POISSON_700;
  for (const [n, p] of reference) expect(Math.abs(law[n] / p - 1), `n = ${n}`).toBeLessThan(1e-10);
});

test('an energy off the grid keeps its moments up to the third', () => {
  for (const energy of [250, 333.3, 99.99, 1]) {
    const { first, weights } = spreadOnGrid(energy, UNIT);
    for (const power of [0, 1, 2, 3]) {
      const moment = weights.reduce((sum, w, i) => sum + w * ((first + i) * UNIT) ** power, 0);
      expect(Math.abs(moment / energy ** power - 1)).toBeLessThan(1e-9);
    }
  }
});

/** scipy.stats.poisson.pmf(n, 700). */
const POISSON_700: [number, number][] = [
  [600, 8.92071593043146e-6],
  [650, 0.00251025479296713],
  [700, 0.015076805912729],
  [750, 0.00254470674685537],
  [799, 1.7506623364069e-5],
];

describe('Panjer against values computed independently', () => {
  // mpmath, 30 digits: P(C = n) = Σ over multisets Π Poisson(λp_j; n_j), energies 1 and 3 with probabilities 0.7 and
  // 0.3, λ = 2.
  const values: [number, number][] = [
    [0, 0.135335283236613],
    [1, 0.189469396531258],
    [2, 0.13262857757188],
    [3, 0.143094506142178],
    [7, 0.0473851508352263],
    [20, 1.27972707115028e-5],
    [60, 5.93775914266657e-23],
  ];
  const law = panjer(2, [1, 3], [0.7, 0.3], 61);
  test.each(values)('P(C = %i) = %d', (n, p) => {
    expect(Math.abs(law[n] / p - 1)).toBeLessThan(1e-12);
  });
});

test.each([4, 8, 64, 128])(
  'a grid of %i points comes back from its spectrum, which is that of the plain sum',
  (size) => {
    const grid = Float64Array.from({ length: size }, (_, n) => Math.sin(n * n + 0.3) + n / 7);
    const transform = new GridTransform(size);
    const spectrum = transform.forward(grid);
    expect(spectrum).toHaveLength(size + 2);
    for (let k = 0; k <= size / 2; k++) {
      const sum = (of: (x: number) => number): number =>
        grid.reduce((total, x, n) => total + x * of((2 * Math.PI * k * n) / size), 0);
      expect(spectrum[2 * k]).toBeCloseTo(sum(Math.cos), 9);
      expect(spectrum[2 * k + 1]).toBeCloseTo(-sum(Math.sin), 9);
    }
    transform.inverse(spectrum).forEach((x, n) => {
      expect(x).toBeCloseTo(grid[n], 12);
    });
  },
);
