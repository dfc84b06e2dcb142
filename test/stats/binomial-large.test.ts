/**
 * Binomial tails of very many trials: probabilities beside the middle too, where an incomplete beta function may fail.
 */
import { expect, test } from 'vitest';
import { binomialAtLeast, binomialAtMost, binomialTwoSided, clopperPearson } from '../../src/stats/binomial.js';

const TRIALS = [1e8, 1e9, 4e9, 1e10, 1e12, 1e15];

test.each(TRIALS)('half of %d tosses: half, and half of what lies on the middle', (n) => {
  const middle = Math.sqrt(2 / (Math.PI * n));
  expect(Math.abs(binomialAtLeast(n / 2, n, 0.5) - 0.5 * (1 + middle))).toBeLessThan(1e-9);
  expect(Math.abs(binomialAtMost(n / 2, n, 0.5) - 0.5 * (1 + middle))).toBeLessThan(1e-9);
});

test.each(TRIALS)('tails of %d trials are probabilities, fall, and make 1 together', (n) => {
  for (const p of [0.003, 0.17082805241472088, 0.5, 0.9]) {
    const deviation = Math.sqrt(n * p * (1 - p));
    let before = 1;
    for (let z = -6; z <= 6; z += 0.0625) {
      const k = Math.round(n * p + z * deviation);
      const upper = binomialAtLeast(k, n, p);
      expect(upper).toBeGreaterThan(0);
      expect(upper).toBeLessThan(before);
      expect(Math.abs(upper + binomialAtMost(k - 1, n, p) - 1)).toBeLessThan(1e-5);
      expect(binomialTwoSided(k, n, p)).toBeLessThanOrEqual(1);
      before = upper;
    }
  }
});

test('two standard deviations of 10¹² trials, and the interval', () => {
  // The normal law's 0.022750131948179 with the skewness of p = 0.1, 8/3·10⁻⁶: + φ(2)(2² − 1)/6 of it.
  const deviation = Math.sqrt(1e12 * 0.09);
  const seen = binomialAtLeast(1e11 + 2 * deviation, 1e12, 0.1);
  const half = 0.05399096651318806 * (0.5 / deviation);
  expect(Math.abs(seen - (0.022750131948179 + half + (0.05399096651318806 * 3 * (0.8 / deviation)) / 6))).toBeLessThan(
    1e-11,
  );
  const { lower, upper } = clopperPearson(5e11, 1e12, 0.95);
  expect(upper - 0.5).toBeCloseTo(1.959963984540054e-6 / 2, 11);
  expect(0.5 - lower).toBeCloseTo(1.959963984540054e-6 / 2, 11);
});
