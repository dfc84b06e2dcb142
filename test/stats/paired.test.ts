import seedrandom from 'seedrandom';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/errors.js';
import { binomialAtLeast } from '../../src/stats/binomial.js';
import { holm } from '../../src/stats/family.js';
import { addPairs, emptyPairedSums, pairedDifference } from '../../src/stats/paired.js';

const rows = (...values: number[]): Int32Array => Int32Array.from(values);

describe('paired differences', () => {
  it('give textbook values', () => {
    // Differences 1, −1, 3, 0, 2: mean 1, variance 10/4; A: mean 4.8; B: mean 3.8.
    const sums = addPairs(emptyPairedSums(1), rows(3, 4, 7, 5, 5), rows(2, 5, 4, 5, 3));
    const d = pairedDifference(sums, 0.95);
    expect(d).toMatchObject({ pairs: 5, meanDifference: 1, sign: { less: 1, equal: 1, greater: 3, share: 0.25 } });
    expect(d.meanA).toBeCloseTo(4.8, 14);
    expect(d.meanB).toBeCloseTo(3.8, 14);
    expect(d.standardError).toBeCloseTo(Math.sqrt(2.5 / 5), 14);
    expect(d.interval.upper - 1).toBeCloseTo(1.959963984540054 * Math.sqrt(0.5), 12);
    expect(d.interval.lower - 1).toBeCloseTo(-1.959963984540054 * Math.sqrt(0.5), 12);
    // P(|Z| > √2), and of the 4 that differ at most one (or at least three) of a sign: 2·5/16.
    expect(d.pValue).toBeCloseTo(0.15729920705028513, 12);
    expect(d.sign.pValue).toBeCloseTo(0.625, 12);
    // Sums of squares about the means: A 8.8, B 6.8, products 2.8.
    expect(d.correlation).toBeCloseTo(2.8 / Math.sqrt(8.8 * 6.8), 12);
    expect(d.varianceReduction).toBeCloseTo((8.8 + 6.8) / 10, 12);
  });

  it('are the same in any chunks, to the bit', () => {
    const random = seedrandom.alea('chunks');
    const a = Int32Array.from({ length: 1000 }, () => random.int32());
    const b = Int32Array.from({ length: 1000 }, () => random.int32());
    const empty = emptyPairedSums(0.3, 0.7);
    const whole = addPairs(empty, a, b);
    for (const cuts of [[1], [64], [65, 129], [0, 500, 500, 999]]) {
      const ends = [0, ...cuts, 1000];
      const inTurn = ends
        .slice(1)
        .reduce((sums, end, i) => addPairs(sums, a.subarray(ends[i], end), b.subarray(ends[i], end)), empty);
      expect(inTurn).toEqual(whole);
    }
  });

  it('sum exactly, at the ends of 32 bits and at random', () => {
    const random = seedrandom.alea('exactly');
    const extremes = [-(2 ** 31), 2 ** 31 - 1, -1, 0, 1, 65535, 65536, -65536, -65537];
    const pick = (): number => (random.double() < 0.5 ? extremes[Math.floor(9 * random.double())] : random.int32());
    const least = rows(...new Array<number>(200).fill(-(2 ** 31)));
    const mixed = [0, 1].map(() => Int32Array.from({ length: 2000 }, pick));
    for (const [a, b] of [mixed, [least, least], [least, least.map(() => 2 ** 31 - 1)]]) {
      const indices = Array.from(a, (_, i) => i);
      const sum = (values: (i: number) => bigint): bigint => indices.reduce((total, i) => total + values(i), 0n);
      const [big, bigB] = [(i: number) => BigInt(a[i]), (i: number) => BigInt(b[i])];
      expect(addPairs(emptyPairedSums(1), a, b)).toEqual({
        quantumA: 1,
        quantumB: 1,
        pairs: a.length,
        sumA: sum(big),
        sumB: sum(bigB),
        squaresA: sum((i) => big(i) ** 2n),
        squaresB: sum((i) => bigB(i) ** 2n),
        products: sum((i) => big(i) * bigB(i)),
        less: a.filter((v, i) => v < b[i]).length,
        greater: a.filter((v, i) => v > b[i]).length,
      });
    }
  });

  it('lose nothing where large values nearly cancel, with other quanta too', () => {
    // A in steps of 0.5 J and B in steps of 0.25 J, 10⁸ J each: B − A is 0.25 J on every other path.
    const a = Int32Array.from({ length: 1000 }, (_, i) => 2e8 + i);
    const b = Int32Array.from({ length: 1000 }, (_, i) => 4e8 + 2 * i + (i % 2));
    const d = pairedDifference(addPairs(emptyPairedSums(0.5, 0.25), a, b));
    expect(d.meanDifference).toBe(-0.125);
    expect(d.standardError).toBeCloseTo(0.125 / Math.sqrt(999), 15);
    expect(d.sign).toMatchObject({ less: 500, equal: 500, greater: 0 });
    // Quanta that are no dyadic fractions: 3 steps of 0.1 and 1 of 0.3 differ by a rounding of 0.3, and no more.
    const near = pairedDifference(addPairs(emptyPairedSums(0.1, 0.3), rows(3e8, 6e8, 9e8), rows(1e8, 2e8, 3e8)));
    expect(Math.abs(near.meanDifference)).toBeLessThan(1e-8);
    expect(near.varianceReduction).toBeGreaterThan(1e30);
  });

  it('of equal sides are zero, and of sides that never vary have no correlation', () => {
    const same = pairedDifference(addPairs(emptyPairedSums(2), rows(1, 5, 3), rows(1, 5, 3)));
    expect(same).toMatchObject({ meanDifference: 0, standardError: 0, pValue: 1, varianceReduction: Infinity });
    expect(same.correlation).toBeCloseTo(1, 14);
    expect(same.sign).toMatchObject({ equal: 3, pValue: 1, interval: { lower: 0, upper: 1 } });
    const shifted = pairedDifference(addPairs(emptyPairedSums(2), rows(4, 4, 4), rows(1, 1, 1)));
    expect(shifted).toMatchObject({ meanDifference: 6, standardError: 0, pValue: 0, correlation: NaN });
  });

  it('refuse what cannot be compared', () => {
    expect(() => emptyPairedSums(0)).toThrow(InputError);
    expect(() => emptyPairedSums(1, NaN)).toThrow(/quantumB: got NaN/);
    expect(() => addPairs(emptyPairedSums(1), rows(1), rows(1, 2))).toThrow(/got 1 paths of A and 2 of B/);
    expect(() => pairedDifference(addPairs(emptyPairedSums(1), rows(1), rows(2)))).toThrow(/at least 2/);
  });
});

/** Pairs of correlation ρ: sums of twelve uniforms (normal enough), A shifted by `shift` standard deviations. */
function correlated(seed: string, pairs: number, rho: number, shift: number): [Int32Array, Int32Array] {
  const random = seedrandom.alea(seed);
  const normal = (): number => {
    let sum = -6;
    for (let i = 0; i < 12; i++) sum += random.double();
    return sum;
  };
  const a = new Int32Array(pairs);
  const b = new Int32Array(pairs);
  for (let i = 0; i < pairs; i++) {
    const common = normal();
    b[i] = Math.round(1e6 * common);
    a[i] = Math.round(1e6 * (rho * common + Math.sqrt(1 - rho * rho) * normal() + shift));
  }
  return [a, b];
}

describe('common random numbers', () => {
  it('show in the correlation and the variance reduction', () => {
    // n = 20000: the standard error of a correlation of 0.96 is (1 − 0.96²)/√n = 5.5e-4, tested at 5 of them (α =
    // 6e-7).
    const d = pairedDifference(addPairs(emptyPairedSums(1e-6), ...correlated('crn', 20000, 0.96, 0)));
    expect(Math.abs(d.correlation - 0.96)).toBeLessThan(5 * 5.5e-4);
    // 1/(1 − ρ) = 25, its relative error that of 1 − ρ.
    expect(Math.abs(d.varianceReduction / 25 - 1)).toBeLessThan((5 * 5.5e-4) / 0.04);
  });

  it('intervals of a family cover all their differences at once; planted, intervals of one alone do not', () => {
    // 400 families of 5 comparisons of 200 pairs at α = 0.1. Misses of a right interval: Binomial(400, ≤ 0.1), 10⁻⁴
    // above the bound below.
    const alpha = 0.1;
    let [misses, single, found] = [0, 0, 0];
    const families = 400;
    for (let family = 0; family < families; family++) {
      const sums = [0, 0, 0, 0, 0.5].map((shift, i) =>
        addPairs(emptyPairedSums(1e-6), ...correlated(`${family} ${i}`, 200, 0.8, shift)),
      );
      // Bonferroni's intervals, Holm's decisions.
      const differences = sums.map((of) => pairedDifference(of, 1 - alpha / sums.length));
      const decisions = holm(
        differences.map((d) => d.pValue),
        alpha,
      );
      const outside = (d: { interval: { lower: number; upper: number } }, i: number): boolean =>
        d.interval.lower > (i === 4 ? 0.5 : 0) || d.interval.upper < (i === 4 ? 0.5 : 0);
      if (differences.some(outside)) misses++;
      if (sums.map((s) => pairedDifference(s, 1 - alpha)).some(outside)) single++;
      if (decisions.slice(0, 4).every((d) => d.pass) && !decisions[4].pass) found++;
    }
    const tooMany = (k: number): boolean => binomialAtLeast(k, families, alpha) < 1e-4;
    expect(tooMany(misses), `${misses} of ${families} families missed`).toBe(false);
    expect(tooMany(single), `${single} of ${families} missed at a level for one`).toBe(true);
    expect(found).toBeGreaterThan(0.85 * families);
  });
});
