/**
 * The deficit of a walk on a grid of points, which is a walk of blocks of one point each (block-walk.ts): Lindley's
 * steps for short horizons, Spitzer's identity on the grid's frequencies for long ones (docs/model.md section 4).
 * Exact for the walk on the grid. Two walks of nearly one law, put on one grid, differ there as they do without it,
 * but for a small part of their difference: sampled.ts needs no more.
 */
import type { LatticeIncrement } from '../increment.js';
import { contourNodes } from './block-contour.js';
import type { BlockGrid } from './block-walk.js';
import { oneMinusS } from './contour.js';
import { levelRoots, saddle } from './roots.js';

/** Up to this horizon every slot is a step. */
export const SHORT = 40;
/** γ of a horizon's contour (horizon-inversion.ts). */
export const GAMMA = 8;

/**
 * P(D_T = m points) for 0 ≤ m < size/2.
 *
 * @param grid of an increment of points (`pointIncrement`)
 * @param tilt per point, at which the walk of a surplus is even on either side of 0; 0 without one.
 */
export function pointDeficits(grid: BlockGrid, slots: number, tilt: number): Float64Array {
  if (slots > SHORT) return bySpitzer(grid, slots, tilt);
  let law = grid.start();
  for (let t = 0; t < slots; t++) law = grid.step(law);
  const { empty, parts } = law;
  return Float64Array.from(parts[0], (_, m) => (m === 0 ? empty : parts[0][m - 1]));
}

function bySpitzer(grid: BlockGrid, slots: number, tilt: number): Float64Array {
  const { size } = grid;
  const half = size / 2;
  const m = pointTransform(grid, tilt);
  const sum = new Float64Array(2 * size);
  const [work, other] = [new Float64Array(2 * size), new Float64Array(2 * size)];
  const level = Float64Array.from({ length: half }, (_, n) => Math.exp(-tilt * n));
  for (const node of contourNodes(slots, GAMMA, m)) {
    const [gapRe, gapIm] = oneMinusS(node.damping, node.angle);
    logTerms(m, gapRe, gapIm, other);
    grid.inverse(work, other);
    // Σ s^k/k P(S_k = n) for n > 0 alone.
    work.fill(0, size);
    work[0] = work[1] = 0;
    let positiveRe = 0;
    let positiveIm = 0;
    for (let n = 1; n < half; n++) {
      positiveRe += level[n] * work[2 * n];
      positiveIm += level[n] * work[2 * n + 1];
    }
    grid.forward(other, work);
    const norm = gapRe * gapRe + gapIm * gapIm;
    const weightRe = (node.weightRe * gapRe + node.weightIm * gapIm) / norm;
    const weightIm = (node.weightIm * gapRe - node.weightRe * gapIm) / norm;
    for (let k = 0; k < 2 * size; k += 2) {
      const grow = Math.exp(other[k] - positiveRe);
      const c = grow * Math.cos(other[k + 1] - positiveIm);
      const s = grow * Math.sin(other[k + 1] - positiveIm);
      sum[k] += weightRe * c - weightIm * s;
      sum[k + 1] += weightRe * s + weightIm * c;
    }
  }
  grid.inverse(work, sum);
  return Float64Array.from({ length: half }, (_, n) => level[n] * work[2 * n]);
}

/** Σ_k P(Y = k)·e^{(κ − iφ)k}: a block's, and the one point that Y has beside its block. */
function pointTransform(grid: BlockGrid, tilt: number): Float64Array {
  const out = grid.tilted(tilt);
  const up = Math.exp(tilt);
  for (let at = 0; at < out.length; at += 2) {
    const [c, s] = [up * grid.turn[at], up * grid.turn[at + 1]];
    [out[at], out[at + 1]] = [out[at] * c - out[at + 1] * s, out[at] * s + out[at + 1] * c];
  }
  return out;
}

/** −log(1 − sM) at every frequency; 1 − s = gap. */
function logTerms(m: Float64Array, gapRe: number, gapIm: number, out: Float64Array): void {
  const sRe = 1 - gapRe;
  const sIm = -gapIm;
  for (let at = 0; at < m.length; at += 2) {
    const re = 1 - sRe * m[at] + sIm * m[at + 1];
    const im = -sRe * m[at + 1] - sIm * m[at];
    out[at] = -0.5 * Math.log(re * re + im * im);
    out[at + 1] = -Math.atan2(im, re);
  }
}

/** −log of what may lie beyond either end of a grid, where it would be taken for the other side. */
const BEYOND = 35;

/**
 * Joules that a grid needs on either side of 0: what S_k may be, tilted, for all k that the contour of T sees.
 *
 * @param tilt 1/J
 */
export function gridSide(law: LatticeIncrement, tilt: number, slots: number): number {
  const { left, right } = levelRoots(law, GAMMA / slots, saddle(law));
  return BEYOND / Math.min(right - tilt, tilt - left);
}
