/** Ratios of totals over pairs of paths: exact sums give what a plain calculation in doubles gives. */
import { expect, test } from 'vitest';
import { addRatioPairs, emptyRatioSums, ratioDifference } from '../../src/stats/ratio-difference.js';
import type { Ratio } from '../../src/stats/ratio-difference.js';

const PATHS = 500;

/** Totals that depend on a seed and on the path, so that two seeds are correlated. */
function totals(seed: number, price: number): Ratio<Int32Array> {
  const noise = (i: number, k: number): number => {
    const x = Math.sin(i * 12.9898 + k * 78.233) * 43758.5453;
    return x - Math.floor(x);
  };
  const denominator = Int32Array.from(
    { length: PATHS },
    (_, i) => 50 + Math.floor(40 * noise(i, 1) + 5 * noise(i, seed)),
  );
  const numerator = denominator.map((d, i) => Math.round(d * price + 300 * noise(i, 10 + seed)));
  return { numerator, denominator };
}

test('ratio, difference and standard error are those of linearised paths', () => {
  const [a, b] = [totals(2, 31), totals(3, 33)];
  const [quantumA, quantumB] = [0.25, 0.5];
  let sums = emptyRatioSums({ numerator: quantumA, denominator: 1 }, { numerator: quantumB, denominator: 1 });
  const part = ({ numerator, denominator }: Ratio<Int32Array>, from: number, to: number): Ratio<Int32Array> => ({
    numerator: numerator.subarray(from, to),
    denominator: denominator.subarray(from, to),
  });
  for (const [from, to] of [
    [0, 130],
    [130, PATHS],
  ])
    sums = addRatioPairs(sums, part(a, from, to), part(b, from, to));
  const found = ratioDifference(sums, 0.95);

  const mean = (x: ArrayLike<number>): number => Array.from(x).reduce((s, v) => s + v, 0) / x.length;
  const linear = ({ numerator, denominator }: Ratio<Int32Array>, quantum: number) => {
    const ratio = (quantum * mean(numerator)) / mean(denominator);
    const paths = Array.from(numerator, (n, i) => (quantum * n - ratio * denominator[i]) / mean(denominator));
    return { ratio, paths };
  };
  const [sideA, sideB] = [linear(a, quantumA), linear(b, quantumB)];
  const differences = sideA.paths.map((x, i) => x - sideB.paths[i]);
  const variance = differences.reduce((s, x) => s + x * x, 0) / (PATHS - 1);
  expect(found.ratioA).toBeCloseTo(sideA.ratio, 10);
  expect(found.difference).toBeCloseTo(sideA.ratio - sideB.ratio, 10);
  expect(found.standardError / Math.sqrt(variance / PATHS)).toBeCloseTo(1, 9);
  expect(found.interval.upper - found.difference).toBeCloseTo(1.959963984540054 * found.standardError, 9);
  expect(found.differing).toBeGreaterThan(0);
  const product = (x: readonly number[], y: readonly number[]): number => x.reduce((s, v, i) => s + v * y[i], 0);
  const [xx, yy] = [sideA, sideB].map(({ paths }) => product(paths, paths));
  expect(found.correlation).toBeCloseTo(product(sideA.paths, sideB.paths) / Math.sqrt(xx * yy), 9);
  expect(found.varianceReduction).toBeCloseTo((xx + yy) / product(differences, differences), 9);
});

test('equal paths differ by exactly nothing, and a ratio over nothing is no number', () => {
  const a = totals(2, 31);
  const quanta = { numerator: 0.1, denominator: 1 };
  const same = ratioDifference(addRatioPairs(emptyRatioSums(quanta, quanta), a, a));
  expect([same.difference, same.standardError, same.pValue, same.differing]).toEqual([0, 0, 1, 0]);
  expect(same.correlation).toBeCloseTo(1, 12);
  expect(same.varianceReduction).toBe(Infinity);
  const none = { numerator: a.numerator, denominator: new Int32Array(PATHS) };
  expect(ratioDifference(addRatioPairs(emptyRatioSums(quanta, quanta), none, a)).difference).toBeNaN();
});

test('a ratio that is the same on every path has no error, whatever its totals do', () => {
  const { denominator } = totals(2, 31);
  const six = { numerator: denominator.map((d) => 6 * d), denominator };
  const none = { numerator: new Int32Array(PATHS), denominator: totals(3, 33).denominator };
  const quanta = { numerator: 1, denominator: 1 };
  const found = ratioDifference(addRatioPairs(emptyRatioSums(quanta, quanta), six, none));
  expect([found.ratioA, found.ratioB, found.difference, found.standardError]).toEqual([6, 0, 6, 0]);
  expect(found.interval).toEqual({ lower: 6, upper: 6 });
  expect(found.varianceReduction).toBeNaN();
});
