import { describe, expect, it } from 'vitest';
import {
  binomialAtLeast,
  binomialAtMost,
  binomialTwoSided,
  clopperPearson,
  quantileRanks,
} from '../../src/stats/binomial.js';
import { kolmogorovPValue, kolmogorovSurvival } from '../../src/stats/distance.js';
import { chiSquareSurvival, noncentralChiSquareSurvival, skewedTwoSided } from '../../src/stats/tails.js';
import { normalCritical, normalSurvival } from '../../src/numeric/normal.js';

/** |seen/expected − 1|. */
const relative = (seen: number, expected: number): number => Math.abs(seen / expected - 1);

describe('normal and χ² tails (computed independently with mpmath: erfc(z/√2)/2 and its inverse, Q(d/2, x/2))', () => {
  it.each([
    [0.5, 0.3085375387259869],
    [3, 0.0013498980316300946],
    [10, 7.619853024160525e-24],
    [37, 5.725571222524577e-300],
  ])('P(Z > %f)', (z, expected) => {
    expect(relative(normalSurvival(z), expected)).toBeLessThan(1e-13);
  });

  it.each([
    [0.9, 0.12566134685507402],
    [0.05, 1.9599639845400543],
    [0.001, 3.290526731491895],
    [1e-6, 4.89163847569859],
    [1e-12, 7.130506848171325],
    [1e-300, 37.06578788077213],
  ])('critical value at %f', (alpha, expected) => {
    expect(relative(normalCritical(alpha), expected)).toBeLessThan(1e-14);
  });

  it.each([
    [3.84, 1, 0.050043521248705106],
    [150, 127, 0.07994198701749203],
    [400, 127, 5.249241357789947e-30],
    [1500, 255, 4.2447452697621096e-175],
  ])('P(χ² > %f) with %i degrees of freedom', (x, df, expected) => {
    expect(relative(chiSquareSurvival(x, df), expected)).toBeLessThan(1e-11);
  });
});

describe('noncentral χ² tails (scipy.stats.ncx2.sf)', () => {
  it.each([
    [5.5, 2, 0.1, 0.07279856567555056, 1e-10],
    [5.5, 2, 40, 0.9999798350921617, 1e-10],
    [9500, 127, 9e3, 0.02591966521013458, 1e-9],
    [30500, 127, 3e4, 0.14114710709882472, 1e-4],
    [29000, 127, 3e4, 0.9994773504069642, 1e-4],
  ])('beyond %f with %i degrees, noncentrality %f', (x, df, lambda, expected, within) => {
    expect(Math.abs(noncentralChiSquareSurvival(x, df, lambda) / expected - 1)).toBeLessThan(within);
  });

  it('is the central one at 0', () => {
    expect(noncentralChiSquareSurvival(140, 127, 0)).toBe(chiSquareSurvival(140, 127));
  });
});

describe('skewed sums', () => {
  it('are normal without skewness', () => {
    for (const z of [-20, -3, -0.1, 0.4, 2.5, 12]) {
      expect(relative(skewedTwoSided(z, 0), Math.min(1, 2 * normalSurvival(Math.abs(z))))).toBeLessThan(1e-13);
    }
    expect(skewedTwoSided(0, 0.3)).toBe(1);
  });

  it('are exact for sums of exponentials on the long side, and the normal tail on the short one', () => {
    // The sum of 40 exponentials is Gamma(40), of skewness 2/√40: P(G > 40 + 4√40), mpmath gammainc(40, x, inf,
    // regularized).
    expect(relative(skewedTwoSided(4, 2 / Math.sqrt(40)), 2 * 0.0003071253542219948)).toBeLessThan(1e-12);
    expect(relative(skewedTwoSided(-4, 2 / Math.sqrt(40)), 2 * normalSurvival(4))).toBeLessThan(1e-12);
    expect(skewedTwoSided(-4, -2 / Math.sqrt(40))).toBe(skewedTwoSided(4, 2 / Math.sqrt(40)));
    // Twice that p-value apart from the normal one: the skewness is not decoration.
    expect(skewedTwoSided(4, 2 / Math.sqrt(40))).toBeGreaterThan(9 * 2 * normalSurvival(4));
  });

  it('do not jump where the gamma law gives way to the normal one', () => {
    expect(relative(skewedTwoSided(5, 1.001e-4), skewedTwoSided(5, 0.999e-4))).toBeLessThan(0.005);
  });
});

describe('binomial tails (computed independently with mpmath: sums of probabilities outwards from k, 60 digits)', () => {
  it.each([
    [3, 1000, 1e-3, 0.0802093428402011],
    [10497, 1e6, 0.01, 3.68047159840129e-7],
    [12985, 1e6, 0.01, 3.54480338159691e-181],
    [999990, 1e6, 0.9999, 1.13308378129658e-30],
    [130226548, 1e10, 0.013, 3.09059273925315e-89],
  ])('P(X ≥ %i), n = %i, p = %f', (k, n, p, expected) => {
    expect(relative(binomialAtLeast(k, n, p), expected)).toBeLessThan(1e-6);
  });

  it.each([
    [9503, 1e6, 0.01, 2.45107272168471e-7],
    [0, 1e6, 3e-6, 0.0497868443261123],
  ])('P(X ≤ %i), n = %i, p = %f', (k, n, p, expected) => {
    expect(relative(binomialAtMost(k, n, p), expected)).toBeLessThan(1e-9);
  });

  it('has the certain cases', () => {
    expect(binomialTwoSided(0, 100, 0)).toBe(1);
    expect(binomialTwoSided(1, 100, 0)).toBe(0);
    expect(binomialTwoSided(100, 100, 1)).toBe(1);
    expect(binomialTwoSided(99, 100, 1)).toBe(0);
    expect(binomialTwoSided(50, 100, 0.5)).toBe(1);
  });

  it.each([
    [0, 10, 0.95, 0, 0.3084971078187607],
    [3, 1000, 0.95, 0.0006190999316495715, 0.008742023238478303],
    [500, 1000, 0.99, 0.45885255330704494, 0.5411474466929551],
    [1000, 1000, 0.95, 0.9963179161031344, 1],
    [123456, 1e7, 0.95, 0.012277251721786982, 0.01241423083597978],
  ])('Clopper–Pearson for %i of %i at %f (scipy.stats.beta.ppf)', (k, n, confidence, lower, upper) => {
    const interval = clopperPearson(k, n, confidence);
    expect(interval.lower).toBeCloseTo(lower, 8);
    expect(interval.upper).toBeCloseTo(upper, 8);
  });
});

describe('ranks about a quantile', () => {
  it('are the closest with exact coverage, for every n to 60 and p (summed binomial probabilities)', () => {
    for (let n = 1; n <= 60; n++) {
      for (const p of [0.01, 0.1, 0.5, 0.9, 0.99]) {
        const mass: number[] = [(1 - p) ** n];
        for (let k = 1; k <= n; k++) mass.push(((mass[k - 1] * (n - k + 1)) / k) * (p / (1 - p)));
        const atMost = (k: number): number => mass.slice(0, k + 1).reduce((a, b) => a + b, 0);
        const { lower, upper } = quantileRanks(n, p, 0.025, 0.025);
        expect(atMost(lower - 1)).toBeLessThanOrEqual(0.025);
        expect(atMost(lower)).toBeGreaterThan(0.025);
        if (upper <= n) expect(1 - atMost(upper - 1)).toBeLessThanOrEqual(0.025 + 1e-12);
        expect(1 - atMost(upper - 2)).toBeGreaterThan(0.025 - 1e-12);
      }
    }
  });

  it('says when no value bounds the quantile, and leaves a side open that is not asked for', () => {
    expect(quantileRanks(100, 0.99, 0.025, 0.025).upper).toBe(101);
    expect(quantileRanks(100, 0.001, 0.025, 0.025).lower).toBe(0);
    expect(quantileRanks(1000, 0.5, 0, 0.05).lower).toBe(0);
    expect(quantileRanks(1000, 0.5, 0.05, 0).upper).toBe(1001);
  });

  it('are found at 10¹⁰ trials, 1.96 binomial standard deviations out', () => {
    const { lower, upper } = quantileRanks(1e10, 0.9, 0.025, 0.025);
    const deviation = Math.sqrt(1e10 * 0.09);
    expect((9e9 - lower) / deviation).toBeCloseTo(1.95996, 3);
    expect((upper - 9e9) / deviation).toBeCloseTo(1.95996, 3);
  });
});

describe('Kolmogorov’s distribution', () => {
  it.each([
    [0.3, 0.9999906941986654],
    [0.7, 0.7112351950296892],
    [0.99, 0.2808738392255489],
    [1.01, 0.25943416909359746],
    [1.36, 0.04948587675537788],
    [2, 0.0006709252557796953],
    [6, 1.0760372320042276e-31],
    [15, 7.387766136974512e-196],
  ])('limit at %f (mpmath nsum of 2 Σ (−1)^(k−1) exp(−2k²x²))', (x, expected) => {
    expect(relative(kolmogorovSurvival(x), expected)).toBeLessThan(1e-12);
  });

  it.each([
    [10, 0.3, 0.27053557479999946],
    [100, 0.12, 0.10330374901819939],
    [100, 0.05, 0.9532159710635725],
    [1000, 0.04, 0.07933956059000224],
    [1000, 0.06, 0.001428597887952891],
    [100000, 0.004, 0.08130148920222469],
    [100000, 0.01, 4.093278023549254e-9],
  ])('at n = %i, d = %f (scipy.stats.kstwo.sf, the exact law)', (n, d, expected) => {
    // The error that the doc comment states: absolute 0.025/n, and below the exact value by 0.3 % at most.
    expect(Math.abs(kolmogorovPValue(d, n) - expected)).toBeLessThan(0.025 / n);
    expect(kolmogorovPValue(d, n)).toBeGreaterThan(0.997 * expected);
  });
});
