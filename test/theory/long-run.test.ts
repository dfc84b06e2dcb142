import { describe, expect, test } from 'vitest';
import { InputError } from '../../src/errors.js';
import { hermiteCoefficients } from '../../src/theory/chain/hermite.js';
import { longRun } from '../../src/theory/chain/long-run.js';
import type { PeriodicProcess } from '../../src/theory/chain/long-run.js';
import { slotDrift, slotVariance } from '../../src/theory/chain/model.js';
import { normalCdf, normalDensity } from '../../src/numeric/normal.js';
import { days, demand, limited, weather } from './chain-models.js';

const relative = (value: number, expected: number): number => Math.abs(value - expected) / Math.abs(expected);

/** Var of the sum over `slots` slots, by the first two moments of the sum in each state, slot by slot. */
function varianceOfSum(process: PeriodicProcess, slots: number): { mean: number; variance: number } {
  const { states, transitions, slotsPerStep, laws, lawOf, initial } = process;
  const p = Float64Array.from(initial);
  const first = new Float64Array(states);
  const second = new Float64Array(states);
  const stepped = (x: Float64Array): Float64Array =>
    x.map((_, j) => x.reduce((sum, value, i) => sum + value * transitions[i][j], 0));
  for (let t = 0; t < slots; t++) {
    if (t > 0 && t % slotsPerStep === 0) for (const x of [p, first, second]) x.set(stepped(x));
    for (let i = 0; i < states; i++) {
      const law = laws[lawOf(t, i)];
      const mean = slotDrift(law);
      second[i] += 2 * mean * first[i] + (slotVariance(law) + mean * mean) * p[i];
      first[i] += mean * p[i];
    }
  }
  const sum = (x: Float64Array): number => x.reduce((a, b) => a + b, 0);
  return { mean: sum(first), variance: sum(second) - sum(first) ** 2 };
}

describe('longRun', () => {
  test('independent slots: drift and variance of the law', () => {
    const got = longRun({ ...limited, period: 1 });
    expect(got.drift).toBeCloseTo(slotDrift(limited.laws[0]), 12);
    expect(got.variance).toBeCloseTo(slotVariance(limited.laws[0]), 12);
    expect(got.seasonal).toBeLessThan(1e-12);
  });

  test('a period alone adds no variance', () => {
    const got = longRun({ ...days, period: 6 });
    const variance = [2, 0, 0, 2, 1, 1].reduce((sum, i) => sum + slotVariance(days.laws[i]) / 6, 0);
    expect(relative(got.variance, variance)).toBeLessThan(1e-12);
    expect(got.seasonal).toBeGreaterThan(1);
  });

  test('weather and a period: brute-force sums over many slots', () => {
    const process: PeriodicProcess = {
      laws: [
        { demand: demand(2, [1, 3], [0.7, 0.3]), harvest: { shape: 4, scaleJoules: 1.4 } },
        { demand: demand(2, [1, 3], [0.7, 0.3]), harvest: { shape: 0.8, scaleJoules: 1.5 } },
        { demand: demand(1, [1, 3], [0.7, 0.3]), harvest: { shape: 1, scaleJoules: 2 } },
        { demand: demand(3, [1, 3], [0.7, 0.3]), harvest: 0 },
      ],
      lawOf: (slot, state) => (slot % 6 > 3 ? 3 : state),
      states: 3,
      initial: [0.2, 0.5, 0.3],
      transitions: [
        [0.8, 0.15, 0.05],
        [0.3, 0.6, 0.1],
        [0.1, 0.2, 0.7],
      ],
      slotsPerStep: 2,
      period: 6,
    };
    const got = longRun(process);
    const [some, more] = [varianceOfSum(process, 600), varianceOfSum(process, 1200)];
    expect(relative(got.drift, (more.mean - some.mean) / 600)).toBeLessThan(1e-10);
    expect(relative(got.variance, (more.variance - some.variance) / 600)).toBeLessThan(1e-8);
    // Without the weather's memory it would be another number.
    expect(relative(longRun({ ...process, period: 12 }).variance, got.variance)).toBeLessThan(1e-12);
    const steps = longRun({ ...process, slotsPerStep: 1 });
    expect(relative(steps.variance, got.variance)).toBeGreaterThan(0.05);
  });

  /**
   * Cov(q(Z), q(Z')) of exponential variables, q(z) = −log Φ(−z), by a sum over a grid of two normals of correlation r.
   */
  function exponentialCovariance(r: number): number {
    const step = 0.05;
    let sum = 0;
    for (let u = -8; u <= 8; u += step) {
      for (let v = -8; v <= 8; v += step) {
        const z = r * u + Math.sqrt(1 - r * r) * v;
        sum += step * step * normalDensity(u) * normalDensity(v) * Math.log(normalCdf(-u)) * Math.log(normalCdf(-z));
      }
    }
    return sum - 1;
  }

  test('a Gaussian copula: brute-force sums of exponential autocovariances, with a period', () => {
    const rho = 0.6;
    const covariances = Array.from({ length: 41 }, (_, k) => (k === 0 ? 1 : exponentialCovariance(rho ** k)));
    const tasks = demand(2, [1, 3], [0.7, 0.3]);
    const factors = [2, 3, 0.5];
    const process: PeriodicProcess = {
      laws: factors.map((scaleJoules) => ({ demand: tasks, harvest: { shape: 1, scaleJoules } })),
      lawOf: (slot) => slot % 3,
      states: 1,
      initial: [1],
      transitions: [[1]],
      slotsPerStep: 1,
      period: 3,
      correlation: rho,
    };
    let expected = 2 * (0.7 + 0.3 * 9);
    for (let t = 0; t < 3; t++) {
      for (let k = -40; k <= 40; k++) {
        expected += (factors[t] * factors[(t + k + 42) % 3] * covariances[Math.abs(k)]) / 3;
      }
    }
    expect(relative(longRun(process).variance, expected)).toBeLessThan(1e-6);
    expect(relative(longRun({ ...process, correlation: 0 }).variance, expected)).toBeGreaterThan(0.3);
  });

  test.each([0.2, 0.5, 1, 5, 200])(
    'Hermite coefficients hold the mean and variance of a Gamma of shape %d',
    (shape) => {
      const c = hermiteCoefficients({ shape, scaleJoules: 3 }, 160);
      expect(relative(c[0], 3 * shape)).toBeLessThan(1e-11);
      const variance = c.slice(1).reduce((sum, value) => sum + value * value, 0);
      expect(relative(variance, 9 * shape)).toBeLessThan(1e-9);
    },
  );

  test('refuses a period that cuts a step, a correlation of 1, a constant harvest that is to correlate', () => {
    expect(() => longRun({ ...weather, period: 3 })).toThrow(InputError);
    expect(() => longRun({ ...weather, period: 2, correlation: 1 })).toThrow(/correlation/);
    const constant = { ...limited, laws: [{ ...limited.laws[0], harvest: 3 }], period: 1, correlation: 0.5 };
    expect(() => longRun(constant)).toThrow(/harvest/);
  });
});
