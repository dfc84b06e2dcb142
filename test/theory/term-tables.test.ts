/** Tables of functions that are singular at 0: right everywhere, and few values of the functions needed. */
import { expect, test } from 'vitest';
import { TermTables } from '../../src/theory/exact/term-tables.js';

test('functions with a power of |x| at 0, read at either side and far out', () => {
  const [count, unit] = [60, 0.01];
  let filled = 0;
  /** As the terms of a harvest's shape 0.02 behave: x^{j·shape} on one side, smooth on the other, turning by 1/unit. */
  const fill = (x: number, out: Float64Array): void => {
    filled++;
    for (let j = 1; j <= count; j++) {
      const size = Math.exp((-0.02 * Math.abs(x)) / unit);
      const power = x > 0 ? (x / (132 * unit)) ** (0.02 * j) : 0.5;
      out[j - 1] = power * size * Math.cos((0.9 * x) / unit + 0.1 * j);
    }
  };
  const tables = new TermTables(count, 132 * unit, unit, 2 * unit, 2e-8 * unit, fill);
  const forEven = filled;
  const out = new Float64Array(count);
  const points = Array.from({ length: 400 }, (_, i) => {
    const far = i % 2 === 0 ? 132 * unit * ((i + 0.5) / 400) : 2 * unit * 10 ** (-7.9 * ((i + 0.5) / 400));
    return i % 4 < 2 ? far : -far;
  });
  let worst = 0;
  for (const x of points) {
    fill(x, out);
    for (let j = 1; j <= count; j++) worst = Math.max(worst, Math.abs(tables.at(j, x) - out[j - 1]));
  }
  expect(worst).toBeLessThan(1e-12);
  // A point of the even table by itself, and both sides to the last, would be 5,136.
  expect(forEven).toBeLessThan(700);
});

test('a point near 0 makes the panel that it lies in, and no other', () => {
  let filled = 0;
  const fill = (x: number, out: Float64Array): void => {
    filled++;
    out[0] = Math.abs(x) ** 0.3;
  };
  const tables = new TermTables(1, 132, 1, 2, 2e-8, fill);
  const before = filled;
  expect(tables.at(1, 1e-4)).toBeCloseTo(1e-4 ** 0.3, 13);
  expect(tables.at(1, 1.1e-4)).toBeCloseTo(1.1e-4 ** 0.3, 13);
  expect(filled - before).toBe(32);
});
