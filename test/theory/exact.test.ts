import { describe, expect, test } from 'vitest';
import { InputError } from '../../src/errors.js';
import { exactLaw } from '../../src/theory/exact/law.js';
import { exactMoments } from '../../src/theory/exact/moments.js';
import type { CompoundIncrement } from '../../src/theory/increment.js';
import { latticeIncrement } from '../../src/theory/lattice-increment.js';
import { manyTasks, nearLattice, poisson3, rareHeavy, shortage, singular, surplus } from './laws.js';

const relative = (value: number, expected: number): number => Math.abs(value - expected) / Math.abs(expected);

/**
 * Computed independently with scipy: E S_k⁺, E(S_k⁺)² and P(S_k ≤ 0) by conditioning on the lattice law of the
 * consumption (regularised incomplete gamma functions), then Spitzer's sums and recursion term by term.
 */
const MOMENTS: [name: string, law: CompoundIncrement, slots: number, mean: number, sd: number, zero: number][] = [
  ['singular', singular, 1, 0.165231430609853, 0.39162962646272, 0.822907029586794],
  ['singular', singular, 16, 1.33585777615692, 1.37139881119885, 0.241944557808666],
  ['singular', singular, 1024, 13.124468769998, 10.3128202472068, 0.0300166383068741],
  ['near lattice', nearLattice, 128, 3.78822737543685, 3.25543600490257, 0.0868979425752933],
  ['surplus', surplus, 16, 9.64975007523834, 9.21718358359518, 0.16245090695859],
  ['surplus', surplus, 128, 22.6680812043627, 21.9983842926073, 0.0942469765161219],
  ['shortage', shortage, 128, 37.9267085039316, 22.8773278804122, 0.0130729565042032],
  ['shortage', shortage, 1024, 220.663073593896, 78.7006634363172, 0.000109074634796416],
  ['rare heavy', rareHeavy, 16, 5.48657614795169, 16.2928686675978, 0.390470685689732],
  ['rare heavy', rareHeavy, 128, 29.2887198394667, 39.059593063548, 0.214769378768696],
  ['many tasks', manyTasks, 1024, 1186.14731500163, 961.260854478539, 0.0151508539458399],
];

describe('exactMoments', () => {
  test.each(MOMENTS)('%s law, case %#', (_, law, slots, mean, sd, zero) => {
    const [got] = exactMoments(law, [slots]);
    expect(relative(got.mean, mean)).toBeLessThan(1e-10);
    expect(relative(got.standardDeviation, sd)).toBeLessThan(1e-10);
    // The reference's own recursion loses about 1e-10 here.
    expect(relative(got.probabilityZero, zero)).toBeLessThan(1e-9);
  });

  test('keeps T = 1e7 and estimates its own error below 1e-9', () => {
    for (const law of [singular, surplus, shortage]) {
      const [got] = exactMoments(law, [1e7]);
      expect(got.error.mean / got.mean).toBeLessThan(1e-9);
      expect(got.error.standardDeviation / got.standardDeviation).toBeLessThan(1e-9);
    }
    // μ < 0: the stationary part of D_T − |μ|T is E D of the mirrored walk, whatever T.
    const [far, farther] = exactMoments(shortage, [1e6, 1e7]);
    expect(far.mean - 2e5).toBeCloseTo(farther.mean - 2e6, 6);
  });

  test('a coarse lattice walk agrees with brute-force convolution', () => {
    // X = +1, 0, −1, −2 with weights that make Y critical, and a drifting variant.
    for (const weights of [
      [0.5, 0.2, 0.1, 0.2],
      [0.375, 0.25, 0.25, 0.125],
    ]) {
      const law = latticeIncrement({
        quantumJoules: 2,
        first: Float64Array.of(1, 0, -1, -2),
        stride: Float64Array.of(1, 1, 1, 1),
        count: Float64Array.of(1, 1, 1, 1),
        weight: Float64Array.from(weights),
      });
      let w = [1];
      for (let t = 1; t <= 40; t++) {
        const next = new Array<number>(w.length + 2).fill(0);
        w.forEach((p, n) => {
          for (let i = 0; i < 4; i++) next[Math.max(0, n + i - 1)] += p * weights[i];
        });
        w = next;
        if (t !== 3 && t !== 40) continue;
        const mean = 2 * w.reduce((sum, p, n) => sum + p * n, 0);
        const square = 4 * w.reduce((sum, p, n) => sum + p * n * n, 0);
        const [got] = exactMoments(law, [t]);
        expect(relative(got.mean, mean)).toBeLessThan(1e-9);
        expect(relative(got.standardDeviation, Math.sqrt(square - mean * mean))).toBeLessThan(1e-9);
        expect(relative(got.probabilityZero, w[0])).toBeLessThan(1e-9);
      }
    }
  });

  test('refuses a horizon that is no whole number', () => {
    expect(() => exactMoments(poisson3, [0])).toThrow(InputError);
    expect(() => exactMoments(poisson3, [1.5])).toThrow(InputError);
  });
});

describe('exactLaw', () => {
  test('one slot of a singular law: the closed form, next to the singularity too', () => {
    // P(Y > d) = Σ Poisson(n) P(½, (n − d)/θ), computed independently with scipy.
    const law = exactLaw(singular, 1);
    expect(law.survival(0.5)).toBeCloseTo(0.1625258783169567, 12);
    expect(law.survival(0.9423828125)).toBeCloseTo(0.08406857186010636, 12);
    expect(law.survival(1.9)).toBeCloseTo(0.009650641883584516, 12);
  });

  /**
   * T = 16, computed independently: Lindley steps by FFT (numpy) on lattices of 1/128 and 1/256 (rare: 1/64, 1/128)
   * with a mean-preserving Gamma, Richardson of order 2: E(D − b)⁺, then P(D > b), where the order was seen.
   */
  test.each([
    [
      'surplus',
      surplus,
      [0.5, 5, 20],
      [9.2358890005, 6.0313203502, 0.9982196369],
      [0.8174052116, undefined, undefined],
    ],
    [
      'rare heavy',
      rareHeavy,
      [0.5, 4.5, 62],
      [5.2092954833, 4.3333524798, 0.1835585188],
      [0.495429326, 0.1004558369, undefined],
    ],
    [
      'shortage',
      shortage,
      [0.25, 8, 20],
      [8.4645157562, 3.0917129505, 0.2869222351],
      [0.9003436018, 0.4770780684, 0.0703249097],
    ],
  ] as const)('%s law at T = 16', (_, walk, at, excess, survival) => {
    const law = exactLaw(walk, 16);
    at.forEach((b, i) => {
      expect(relative(law.meanExcess(b), excess[i])).toBeLessThan(4e-8);
      const s = survival[i];
      if (s !== undefined) expect(relative(law.survival(b), s)).toBeLessThan(2e-8);
    });
  });

  test('the tail keeps relative accuracy: 1.657e-8 at T = 128', () => {
    const law = exactLaw(poisson3, 128);
    // FFT Lindley steps on lattices of 1/32 and 1/64, Richardson (numpy): (4·S(1/64) − S(1/32))/3.
    expect(relative(law.survival(140), (4 * 1.6574592e-8 - 1.65811616e-8) / 3)).toBeLessThan(1e-5);
    expect(relative(law.survival(160), (4 * 1.25713485e-10 - 1.25778697e-10) / 3)).toBeLessThan(1e-5);
  });

  test('a long horizon of a surplus decays at the adjustment coefficient', () => {
    const law = exactLaw(surplus, 1e6);
    const r = Math.log(law.survival(500) / law.survival(600)) / 100;
    // r solves λE[e^{re} − 1] = shape log(1 + scale r).
    const gap = 2 * (0.7 * Math.expm1(r) + 0.3 * Math.expm1(3 * r)) - 0.8 * Math.log1p(4.4 * r);
    expect(Math.abs(gap)).toBeLessThan(1e-10);
  });

  test('its parts agree: quantiles, moments by integration, far shortage', () => {
    for (const [walk, slots] of [
      [poisson3, 1024],
      [shortage, 1e5],
    ] as const) {
      const law = exactLaw(walk, slots);
      for (const p of [0.1, 0.5, 0.99]) expect(law.cdf(law.quantile(p))).toBeCloseTo(p, 10);
      expect(relative(law.meanExcess(1e-3), law.mean - 1e-3 * (1 - law.probabilityZero))).toBeLessThan(1e-7);
      expect(law.error.cdf).toBeLessThan(1e-9);
    }
  });
});
