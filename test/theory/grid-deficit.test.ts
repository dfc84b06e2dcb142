/** Deficits of walks on a few points, against Lindley's recursion point by point. */
import { describe, expect, test } from 'vitest';
import { BlockGrid, pointIncrement } from '../../src/theory/exact/block-walk.js';
import { pointDeficits } from '../../src/theory/exact/grid-deficit.js';

/** P(D_T = m) from P(Y = k), k = lowest + i. */
function lindley(lowest: number, weight: readonly number[], slots: number): number[] {
  let law = [1];
  for (let t = 0; t < slots; t++) {
    const next = new Array<number>(law.length + weight.length).fill(0);
    law.forEach((p, m) => {
      weight.forEach((w, i) => {
        next[Math.max(0, m + lowest + i)] += p * w;
      });
    });
    law = next;
  }
  return law;
}

const SIZE = 2 ** 12;

/** `tilt`: about the saddle of a walk with a surplus, −log of the ratio that makes it even. */
const WALKS: readonly (readonly [name: string, lowest: number, weight: readonly number[], tilt: number])[] = [
  ['even', -2, [0.1, 0.2, 0.4, 0.2, 0.1], 0],
  ['with a shortfall', -2, [0.1, 0.15, 0.4, 0.2, 0.15], 0],
  ['with a surplus', -2, [0.15, 0.25, 0.4, 0.15, 0.05], 0.22],
  ['of atoms on every third point', -3, [0.3, 0, 0, 0.4, 0, 0, 0.3], 0],
  ['that remembers a lattice: steps of 2 and 3', -3, [0.3, 0.2, 0, 0, 0, 0.2, 0.3], 0],
];

describe.each(WALKS)('a walk %s', (_, lowest, weight, tilt) => {
  const grid = new BlockGrid(pointIncrement(lowest, Float64Array.from(weight), 1), SIZE);

  test.each([
    [1, 1e-13],
    [17, 1e-13],
    [40, 1e-13],
    // By Spitzer's identity.
    [41, 1e-10],
    [64, 1e-10],
    [250, 1e-10],
  ])('after %d slots', (slots, most) => {
    const expected = lindley(lowest, weight, slots);
    const got = pointDeficits(grid, slots, tilt);
    const worst = got.reduce((a, p, m) => Math.max(a, Math.abs(p - (expected[m] ?? 0))), 0);
    expect(worst).toBeLessThan(most);
    expect(got.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
  });
});
