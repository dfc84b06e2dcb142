/** Sums over the contour and over the circle against the same sums term by term. */
import { expect, test } from 'vitest';
import { cauchyKernel } from '../../src/theory/exact/cauchy-kernel.js';
import { compoundContour, oneMinusS } from '../../src/theory/exact/contour.js';
import { circleBlock, circleNodes, circleSum, circleSums } from '../../src/theory/exact/horizon-circle.js';
import { horizonNodes, largestAngle } from '../../src/theory/exact/horizon-inversion.js';
import { levelRoots, saddle } from '../../src/theory/exact/roots.js';
import type { ComplexArray } from '../../src/theory/increment.js';
import { law } from './laws.js';

/** Tasks over four decades: contour and points far from and near to 0, and from each other. */
const walk = law(2, [1, 10, 100, 1e4], [0.9, 0.09, 0.009, 0.001], 2, 15);
const slots = 300;
const nodes = horizonNodes(slots);
const { right } = levelRoots(walk, nodes.damping, saddle(walk));
const contour = compoundContour(walk, {
  crossing: 0.35 * right,
  damping: nodes.damping,
  angle: largestAngle(nodes),
  stretch: 1.2,
  finest: 0.6,
});
const circle = circleNodes(nodes);
const sums = circleSums(contour, circle);
const abscissa = 0.7 * right;

/** log(1 − sM₀) − log(1 − sM), angles apart. */
function log(gapRe: number, gapIm: number, m: readonly number[], silent: readonly number[]): [number, number] {
  const [sRe, sIm] = [1 - gapRe, -gapIm];
  const a = [gapRe - sRe * m[0] + sIm * m[1], gapIm - sRe * m[1] - sIm * m[0]];
  const b = [1 - sRe * silent[0] + sIm * silent[1], -sRe * silent[1] - sIm * silent[0]];
  return [Math.log(Math.hypot(b[0], b[1]) / Math.hypot(a[0], a[1])), Math.atan2(b[1], b[0]) - Math.atan2(a[1], a[0])];
}

test('χ at every s is the sum over both halves of the contour', () => {
  const n = contour.node.re.length;
  const y = Float64Array.from({ length: 40 }, (_, i) => 1e-6 * 1.6 ** i);
  const x = new Float64Array(y.length).fill(abscissa);
  const { exponents } = sums.at(x, y);
  const kernel = { re: new Float64Array(2 * n), im: new Float64Array(2 * n) };
  for (let i = 0; i < y.length; i++) {
    cauchyKernel(contour, x[i], y[i], kernel.re, kernel.im);
    for (const j of [0, 1, 2, 17, 90, circle.length - 1]) {
      const { gapRe, gapIm } = circle[j];
      let [re, im, size] = [0, 0, 0];
      for (let k = 0; k < n; k++) {
        const m = [contour.transformMinusOne.re[k], contour.transformMinusOne.im[k]];
        const silent = [contour.silent.re[k], contour.silent.im[k]];
        const upper = log(gapRe, gapIm, m, silent);
        const lower = log(gapRe, -gapIm, m, silent);
        re +=
          kernel.re[k] * upper[0] - kernel.im[k] * upper[1] + kernel.re[n + k] * lower[0] + kernel.im[n + k] * lower[1];
        im +=
          kernel.re[k] * upper[1] + kernel.im[k] * upper[0] + kernel.im[n + k] * lower[0] - kernel.re[n + k] * lower[1];
        size += Math.hypot(kernel.re[k], kernel.im[k]) * Math.hypot(...upper);
      }
      expect(Math.hypot(exponents[i].re[j] - re, exponents[i].im[j] - im), `point ${i}, s ${j}`).toBeLessThan(
        1e-13 * (1 + size),
      );
    }
  }
  const whole = 0.5 * circle.length * n;
  // Far from most of the contour, a point costs a part of it.
  expect(sums.termsAt(abscissa, 1e-6)).toBeLessThan(0.5 * whole);
});

test('sums over the circle, whether 1 − sM changes much over it or little', () => {
  for (const [from, to] of [
    [0, abscissa],
    [3e-3, 4e-3],
    [0.2, 0.21],
  ]) {
    const u = Float64Array.from({ length: 9 }, (_, i) => from + ((i + 0.3) * (to - from)) / 9);
    const m = walk.transformMinusOne({ re: new Float64Array(9).fill(abscissa), im: u });
    const block = circleBlock(walk, contour, circle, sums, abscissa, from, to);
    const out: ComplexArray = { re: new Float64Array(9), im: new Float64Array(9) };
    const terms = circleSum(block, circle, u, { from, to, first: 0, last: 9 }, m, out);
    expect(terms).toBeGreaterThan(0);
    // The functions at each u by themselves: a block of no width.
    for (let i = 0; i < 9; i++) {
      const own = circleBlock(walk, contour, circle, sums, abscissa, u[i], u[i]);
      let [re, im, size] = [0, 0, 0];
      circle.forEach((_, j) => {
        const [gapRe, gapIm] = gapOf(j);
        const [sRe, sIm] = [1 - gapRe, -gapIm];
        const d = [gapRe - sRe * m.re[i] + sIm * m.im[i], gapIm - sRe * m.im[i] - sIm * m.re[i]];
        const norm = d[0] ** 2 + d[1] ** 2;
        const f = [own.re[j * 16], own.im[j * 16]];
        re += (f[0] * d[0] + f[1] * d[1]) / norm;
        im += (f[1] * d[0] - f[0] * d[1]) / norm;
        size += Math.hypot(f[0], f[1]) / Math.sqrt(norm);
      });
      expect(Math.hypot(out.re[i] - re, out.im[i] - im), `u = ${u[i]}`).toBeLessThan(1e-12 * (size + 1));
    }
  }
});

/** 1 − s of the j-th node, in the order 0, +1, −1, +2, …. */
function gapOf(j: number): [number, number] {
  const sign = j % 2 === 1 ? 1 : -1;
  return oneMinusS(nodes.damping, sign * nodes.angle[Math.ceil(j / 2)]);
}
