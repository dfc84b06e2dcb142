/** The transform of points anywhere against the sum itself. */
import seedrandom from 'seedrandom';
import { expect, test } from 'vitest';
import { uniformTransform } from '../../src/theory/exact/uniform-transform.js';

test.each([
  { points: 1, size: 64, from: 0 },
  { points: 40, size: 64, from: -32 },
  { points: 300, size: 1024, from: 5000.25 },
])('$points points, $size frequencies from $from', ({ points, size, from }) => {
  const random = seedrandom(`${points}`);
  const x = Float64Array.from({ length: points }, () => 200 * (random() - 0.5));
  // One on the grid, and one beside it by a rounding error.
  x[0] = 0;
  if (points > 1) x[1] = -1e-16;
  const c = x.map(() => random() - 0.5);
  const imaginary = x.map(() => random() - 0.5);
  const step = 0.004;
  const whole = c.reduce((sum, own, j) => sum + Math.hypot(own, imaginary[j]), 0);
  const { re, im } = uniformTransform(x, c, step, from, size, imaginary);
  let worst = 0;
  for (let n = 0; n < size; n++) {
    let real = 0;
    let unreal = 0;
    for (let j = 0; j < points; j++) {
      const turn = (from + n) * step * x[j];
      real += c[j] * Math.cos(turn) - imaginary[j] * Math.sin(turn);
      unreal += c[j] * Math.sin(turn) + imaginary[j] * Math.cos(turn);
    }
    worst = Math.max(worst, Math.abs(re[n] - real), Math.abs(im[n] - unreal));
  }
  expect(worst).toBeLessThan(1e-12 * whole);
});
