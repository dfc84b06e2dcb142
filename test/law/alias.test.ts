/** Alias columns and cumulative rounding are exact in integers. */
import seedrandom from 'seedrandom';
import { describe, expect, test } from 'vitest';
import { aliasColumns, columnWeights, roundCumulatively } from '../../src/law/alias.js';

const COLUMNS = 4096;

/** Random integer weights that sum to `total`: most small, some zero, a few that hold nearly all. */
function randomWeights(seed: string, total: number): Float64Array {
  const random = seedrandom(seed);
  const raw = Float64Array.from({ length: COLUMNS }, () => (random() < 0.1 ? 0 : random() ** 12));
  const sum = raw.reduce((a, b) => a + b, 0);
  const weights = raw.map((w) => Math.floor((w / sum) * total));
  weights[Math.floor(random() * COLUMNS)] += total - weights.reduce((a, b) => a + b, 0);
  return weights;
}

describe.each([12, 20])('columns with thresholds of %i bits', (bits) => {
  const total = COLUMNS * 2 ** bits;

  test.each(['a', 'b', 'c', 'd', 'e'])('give back random weights exactly (%s)', (seed) => {
    const weights = randomWeights(seed, total);
    const columns = aliasColumns(weights, bits);
    expect(columnWeights(columns, bits)).toEqual(weights);
    expect(columnWeights(columns, bits).reduce((a, b) => a + b, 0)).toBe(total);
  });

  test('hold the extremes: all in one column, all equal, one unit apart', () => {
    const one = new Float64Array(COLUMNS);
    one[77] = total;
    const equal = new Float64Array(COLUMNS).fill(2 ** bits);
    const apart = equal.map((w, i) => (i === 0 ? w + 1 : i === 4095 ? w - 1 : w));
    for (const weights of [one, equal, apart])
      expect(columnWeights(aliasColumns(weights, bits), bits)).toEqual(weights);
  });

  test('refuse weights that do not fill them', () => {
    const equal = new Float64Array(COLUMNS).fill(2 ** bits);
    expect(() => aliasColumns(equal.with(5, 2 ** bits - 1), bits)).toThrow(RangeError);
    expect(() => aliasColumns(equal.with(5, 2 ** bits + 1), bits)).toThrow(RangeError);
    expect(() => aliasColumns(new Float64Array(12), bits)).toThrow(RangeError);
  });
});

test('columns are read as a kernel reads them: every threshold value of every column, counted', () => {
  const bits = 12;
  const weights = randomWeights('kernel', COLUMNS * 2 ** bits);
  const columns = aliasColumns(weights, bits);
  const seen = new Float64Array(COLUMNS);
  columns.forEach((word, column) => {
    for (let threshold = 0; threshold < 2 ** bits; threshold++) seen[threshold < word >>> 12 ? column : word & 0xfff]++;
  });
  expect(seen).toEqual(weights);
});

test('cumulative rounding keeps every running sum to half a unit and the total exactly', () => {
  for (const seed of ['p', 'q', 'r']) {
    const random = seedrandom(seed);
    const raw = Float64Array.from({ length: COLUMNS }, () => random() ** 9 * 1e-3);
    const sum = raw.reduce((a, b) => a + b, 0);
    const weights = raw.map((w) => w / sum);
    const total = 2 ** 24;
    const out = roundCumulatively(weights, total);
    let running = 0;
    // Twice the products' 53 bits: sums of the doubles as exact integers of 2^−80.
    let exact = 0n;
    let worst = 0;
    out.forEach((units, i) => {
      running += units;
      exact += BigInt(Math.round(weights[i] * 2 ** 52 * 2 ** 10)) << 18n;
      worst = Math.max(worst, Math.abs(running - Number((exact * BigInt(total)) >> 40n) / 2 ** 40));
      expect(Number.isInteger(units) && units >= 0).toBe(true);
    });
    expect(running).toBe(total);
    expect(worst).toBeLessThan(0.5 + 1e-6);
  }
});
