import { describe, expect, test } from 'vitest';
import { InputError } from '../../src/errors.js';
import { brownianLaw, criticalMean, deviation, shortageMean, surplusMean } from '../../src/theory/brownian.js';

/** Computed independently with mpmath (40 digits): Φ(−(x+m)) + exp(−2mx)Φ(m−x), and one minus it. */
const SURVIVAL: [x: number, m: number, survival: number, cdf: number][] = [
  [1, 0, 0.3173105078629141, 0.6826894921370859],
  [0.5, 2, 0.13250357705642252, 0.8674964229435774],
  [3, -1.5, 0.09433883175701305, 0.9056611682429869],
  [8, 0.5, 2.0183783881672634e-17, 1.0],
  [12, -3, 1.8109005212094078e-19, 1.0],
  [0.001, -2, 0.9999829846046598, 1.7015395340174147e-5],
  [9, 5, 3.3744992358996914e-44, 1.0],
];
/**
 * Computed independently with mpmath: mean and SD of D/s from eq. 91 and the second moment of docs/model.md section 3.
 */
const MOMENTS: [m: number, mean: number, deviation: number][] = [
  [0, 0.7978845608028654, 0.602810274989087],
  [1e-9, 0.7978845603028654, 0.602810274768486],
  [0.7, 0.5115027307776487, 0.45033814051267],
  [-0.7, 1.2115027307776487, 0.746874587146262],
  [5, 0.09999999613134096, 0.0999999897931647],
  [-5, 5.099999996131341, 0.984885801641703],
  [-100, 100.005, 0.999962499296849],
  [1e6, 5.0e-7, 5.0e-7],
  [-1e6, 1000000.0000005, 0.999999999999625],
];

const relative = (value: number, expected: number): number => Math.abs(value - expected) / Math.abs(expected);

describe('brownianLaw', () => {
  test.each(SURVIVAL)('survival and CDF at x = %d, m = %d keep relative accuracy', (x, m, survival, cdf) => {
    const law = brownianLaw({ drift: m, volatility: 1 }, 1);
    expect(relative(law.survival(x), survival)).toBeLessThan(1e-12);
    expect(relative(law.cdf(x), cdf)).toBeLessThan(1e-11);
  });

  test.each(MOMENTS)('mean and SD at m = %d', (m, mean, sd) => {
    const law = brownianLaw({ drift: m, volatility: 1 }, 1);
    expect(relative(law.mean, mean)).toBeLessThan(1e-13);
    expect(relative(law.standardDeviation, sd)).toBeLessThan(1e-9);
  });

  test('quantile inverts the CDF, mean excess is the integral of survival, for drifts of each sign', () => {
    for (const drift of [-2, -0.1, 0, 1e-9, 0.1, 2]) {
      const law = brownianLaw({ drift, volatility: 3 }, 50);
      for (const p of [1e-6, 0.1, 0.5, 0.99, 1 - 1e-9]) expect(law.cdf(law.quantile(p))).toBeCloseTo(p, 12);
      expect(relative(law.meanExcess(0), law.mean)).toBeLessThan(1e-12);
      const h = 1e-4 * law.mean;
      const slope = (law.meanExcess(law.mean + h) - law.meanExcess(law.mean - h)) / (2 * h);
      expect(relative(-slope, law.survival(law.mean))).toBeLessThan(1e-6);
      const density = (law.cdf(law.mean + h) - law.cdf(law.mean - h)) / (2 * h);
      expect(relative(density, law.density(law.mean))).toBeLessThan(1e-6);
    }
  });

  test('limits (37), mirror identity and the deviation of Fig. 2', () => {
    expect(relative(brownianLaw({ drift: 0, volatility: 2 }, 9).mean, criticalMean(2, 9))).toBeLessThan(1e-14);
    expect(
      relative(brownianLaw({ drift: -1, volatility: 2 }, 1e6).mean, shortageMean({ drift: -1, volatility: 2 }, 1e6)),
    ).toBeLessThan(1e-13);
    expect(
      relative(brownianLaw({ drift: 1, volatility: 2 }, 1e6).mean, surplusMean({ drift: 1, volatility: 2 })),
    ).toBeLessThan(1e-13);
    const up = brownianLaw({ drift: 0.3, volatility: 2 }, 40).mean;
    expect(relative(brownianLaw({ drift: -0.3, volatility: 2 }, 40).mean, up + 12)).toBeLessThan(1e-14);
    // docs/model.md section 8.
    expect(deviation(0)).toBeCloseTo(1, 14);
    expect(deviation(1.1037)).toBeCloseTo(0.5, 4);
    expect(deviation(-6.2666)).toBeCloseTo(0.1, 5);
  });

  test('refuses what is no Brownian motion', () => {
    expect(() => brownianLaw({ drift: 0, volatility: 0 }, 1)).toThrow(InputError);
    expect(() => brownianLaw({ drift: NaN, volatility: 1 }, 1)).toThrow(InputError);
    expect(() => brownianLaw({ drift: 0, volatility: 1 }, 0)).toThrow(InputError);
    expect(() => brownianLaw({ drift: 0, volatility: 1 }, 1).quantile(1)).toThrow(InputError);
  });
});
