import { describe, expect, test } from 'vitest';
import { correctedLaw, walkConstants } from '../../src/theory/corrected.js';
import { exactMoments } from '../../src/theory/exact/moments.js';
import { adjustmentCoefficient, tiltFor } from '../../src/theory/rare.js';
import { law, poisson3, rareHeavy, shortage, singular, surplus } from './laws.js';

describe('walkConstants', () => {
  test('K is 0.5826σ for steps that are almost Gaussian', () => {
    const gauss = law(4000, [1], [1], 4000, 1);
    const constants = walkConstants(gauss);
    // −ζ(1/2)/√(2π) = 0.58259660…; the excess kurtosis of these steps is 2e-3 and moves K by less.
    expect(constants.overshoot / constants.volatility).toBeCloseTo(0.5825966, 4);
  });
});

describe('correctedLaw', () => {
  test.each([
    ['Poisson(3)', poisson3, 16, 2e-4],
    ['Poisson(3)', poisson3, 1024, 1e-7],
    ['singular', singular, 128, 1e-5],
    ['rare heavy', rareHeavy, 8192, 1e-6],
  ])('critical mean of the %s law against the exact one', (_, walk, slots, tolerance) => {
    const [exact] = exactMoments(walk, [slots]);
    const mean = correctedLaw(walkConstants(walk), slots).mean;
    expect(Math.abs(mean / exact.mean - 1)).toBeLessThan(tolerance);
  });

  test('is a distribution: monotone, within [0, 1], even where the expansion is not', () => {
    for (const walk of [singular, rareHeavy, surplus, shortage]) {
      for (const slots of [2, 16, 1024]) {
        const corrected = correctedLaw(walkConstants(walk), slots);
        const reach = Math.abs(walk.mean) * slots + 8 * Math.sqrt(walk.variance * slots);
        let last = 0;
        for (let d = 0; d < reach; d += reach / 400) {
          const value = corrected.cdf(d);
          expect(value).toBeGreaterThanOrEqual(last - 1e-15);
          expect(value).toBeLessThanOrEqual(1);
          last = value;
        }
      }
    }
  });
});

describe('rare deficits', () => {
  test('r and the tilt with drift d/T', () => {
    const r = adjustmentCoefficient(surplus);
    expect(surplus.cumulant(r)).toBeCloseTo(0, 13);
    expect(r).toBeGreaterThan(0);
    expect(tiltFor(surplus, 1, 1e6)).toBe(r);
    const tilt = tiltFor(surplus, 500, 100);
    expect(surplus.cumulantSlope(tilt)).toBeCloseTo(5, 10);
    expect(() => adjustmentCoefficient(shortage)).toThrow(/positive/);
  });
});
