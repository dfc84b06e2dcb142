/**
 * The deficit of a walk in blocks after many slots at once, by Spitzer's identity: for each s of the horizon's circle
 * the sums Σ s^k/k P(S_k = n) over n > 0, and the exponential of their transform, on the block grid's frequencies below
 * half a turn a block.
 *
 * What a law has beyond those frequencies is its youngest steps', which block-walk.ts takes exactly: sums of up to
 * three steps come from it, and so do the last slots before the horizon, which make anew whatever is fine in the law.
 * Four steps and more are smooth within a block.
 */
import { contourNodes } from './block-contour.js';
import { EXACT_STEPS, PARTS, frequencies } from './block-frequencies.js';
import type { Frequencies } from './block-frequencies.js';
import type { BlockGrid, BlockLaw } from './block-walk.js';
import { oneMinusS } from './contour.js';

/** Below this |sM| four steps and more add up to less than 1e-17. */
const NONE = 8e-5;
/** Below this |sM| eight more steps do. */
const FEW = 0.02;
/** Below this |ψ| the exponential is summed from its series: the term left out is 1e-15 of what stands. */
const SMALL = 1e-3;

/** Blocks below 0 that hold what spills there. */
const SPILL = 256;
const prepared = new WeakMap<BlockGrid, Frequencies>();

/**
 * The law of D_T on the grid, smooth within blocks but for the first step from 0. `gamma` as in horizonNodes; `tilt` a
 * block, at which M is less than 1: 0, or up to the saddle of a walk with a surplus.
 */
export function blockLawAt(grid: BlockGrid, slots: number, gamma: number, tilt: number): BlockLaw {
  const before = prepared.get(grid);
  const known = before?.tilt === tilt ? before : frequencies(grid, tilt);
  prepared.set(grid, known);
  const { increment, size } = grid;
  const { transform, read, write } = known;
  const half = size / 2;
  const nodes = contourNodes(slots, gamma, transform);
  const used = Math.min(PARTS, read.length);
  const empties = () => Array.from({ length: used }, () => new Float64Array(2 * size));
  const [sums, linear] = [empties(), empties()];
  const smooth = new Float64Array(2 * size);
  const work = new Float64Array(2 * size);
  const level = Float64Array.from({ length: half }, (_, m) => Math.exp(-tilt * m));
  let empty = 0;
  for (const { damping, angle, weightRe, weightIm } of nodes) {
    const [gapRe, gapIm] = oneMinusS(damping, angle);
    spitzerSums(known, gapRe, gapIm, sums);
    let positiveRe = 0;
    let positiveIm = 0;
    sums.forEach((sum, j) => {
      grid.inverse(work, sum);
      // Blocks below 0 stand in the upper half.
      work.fill(0, size);
      for (let m = 0; j === 0 && m < half; m++) {
        positiveRe += level[m] * work[2 * m];
        positiveIm += level[m] * work[2 * m + 1];
      }
      grid.forward(sum, work);
    });
    // weight·exp(−Σ s^k/k P(S_k > 0))/(1 − s): the generating function of P(D = 0), and what stands before the
    // exponential.
    const grow = Math.exp(-positiveRe) / (gapRe * gapRe + gapIm * gapIm);
    const [c, s] = [Math.cos(positiveIm), Math.sin(positiveIm)];
    const eRe = grow * (gapRe * c - gapIm * s);
    const eIm = -grow * (gapRe * s + gapIm * c);
    const wRe = weightRe * eRe - weightIm * eIm;
    const wIm = weightRe * eIm + weightIm * eRe;
    empty += wRe;
    sums.forEach((sum, j) => {
      addTimes(linear[j], sum, wRe, wIm);
    });
    addExponential(sums, write, wRe, wIm, smooth);
  }
  const parts = read.map((turn, j) => {
    const sum = linear.at(j)?.slice() ?? new Float64Array(2 * size);
    for (let k = 0; k < size; k++) {
      sum[2 * k] += smooth[2 * k] * turn[2 * k] - smooth[2 * k + 1] * turn[2 * k + 1];
      sum[2 * k + 1] += smooth[2 * k] * turn[2 * k + 1] + smooth[2 * k + 1] * turn[2 * k];
    }
    grid.inverse(work, sum);
    return Float64Array.from({ length: size }, (_, m) => {
      return work[2 * m] * (m < half ? level[m] : m < size - SPILL ? 0 : Math.exp(tilt * (size - m)));
    });
  });
  // Without the frequencies beyond half a turn the bend at 0 spills over it: back with it, its mean kept.
  const lever = increment.polynomials.at(1)?.reduce((sum, q, r) => sum + (q * r) / increment.points ** 2, 0) ?? 0;
  let spilt = 0;
  let moment = 0;
  for (let m = size - SPILL; m < size; m++) {
    spilt += parts[0][m];
    moment += (m - size) * parts[0][m] + (used > 1 ? lever * parts[1][m] : 0);
  }
  parts[0][0] += spilt - moment;
  parts[0][1] += moment;
  return { increment, empty, parts: parts.map((part) => part.slice(0, half)) };
}

/**
 * Transforms of the parts of Σ s^k/k P(S_k = n), s = 1 − gap, on both sides of 0: what is left of −log(1 − sM) beyond
 * the exact steps, and those.
 */
function spitzerSums(known: Frequencies, gapRe: number, gapIm: number, out: readonly Float64Array[]): void {
  const { transform, read, steps } = known;
  const sRe = 1 - gapRe;
  const sIm = -gapIm;
  const size = transform.length / 2;
  for (const sum of out) sum.fill(0);
  for (let k = 0, at = 0; k < size; k++, at += 2) {
    const xRe = sRe * transform[at] - sIm * transform[at + 1];
    const xIm = sRe * transform[at + 1] + sIm * transform[at];
    const norm = xRe * xRe + xIm * xIm;
    if (norm < NONE * NONE) continue;
    let re: number;
    let im: number;
    if (norm < FEW * FEW) {
      // x⁴ (1/4 + x/5 + … + x⁸/12) by Horner's scheme.
      re = 1 / 12;
      im = 0;
      for (let n = 11; n > EXACT_STEPS; n--) {
        const next = re * xRe - im * xIm + 1 / n;
        im = re * xIm + im * xRe;
        re = next;
      }
      for (let n = 0; n <= EXACT_STEPS; n++) {
        const next = re * xRe - im * xIm;
        im = re * xIm + im * xRe;
        re = next;
      }
    } else {
      // −log(1 − x) less x + x²/2 + x³/3.
      const aRe = 1 - xRe;
      re = 1 / EXACT_STEPS;
      im = 0;
      for (let n = EXACT_STEPS - 1; n >= 0; n--) {
        const next = re * xRe - im * xIm + (n > 0 ? 1 / n : 0);
        im = re * xIm + im * xRe;
        re = next;
      }
      re = -0.5 * Math.log(aRe * aRe + xIm * xIm) - re;
      im = Math.atan2(xIm, aRe) - im;
    }
    for (let j = 0; j < out.length; j++) {
      const turn = read[j];
      out[j][at] = re * turn[at] - im * turn[at + 1];
      out[j][at + 1] = re * turn[at + 1] + im * turn[at];
    }
  }
  let [pRe, pIm] = [sRe, sIm];
  for (const own of steps) {
    out.forEach((sum, j) => {
      addTimes(sum, own[j], pRe, pIm);
    });
    [pRe, pIm] = [pRe * sRe - pIm * sIm, pRe * sIm + pIm * sRe];
  }
}

function addTimes(to: Float64Array, values: Float64Array, wRe: number, wIm: number): void {
  for (let at = 0; at < to.length; at += 2) {
    to[at] += values[at] * wRe - values[at + 1] * wIm;
    to[at + 1] += values[at] * wIm + values[at + 1] * wRe;
  }
}

/** Adds w·(e^ψ − 1 − ψ), ψ the transform whose parts are given. */
function addExponential(
  sums: readonly Float64Array[],
  write: readonly Float64Array[],
  wRe: number,
  wIm: number,
  to: Float64Array,
): void {
  for (let at = 0; at < to.length; at += 2) {
    let re = 0;
    let im = 0;
    for (let j = 0; j < sums.length; j++) {
      re += sums[j][at] * write[j][at] - sums[j][at + 1] * write[j][at + 1];
      im += sums[j][at + 1] * write[j][at] + sums[j][at] * write[j][at + 1];
    }
    let eRe: number;
    let eIm: number;
    if (re * re + im * im > SMALL * SMALL) {
      const size = Math.exp(re);
      eRe = size * Math.cos(im) - 1 - re;
      eIm = size * Math.sin(im) - im;
    } else {
      // ψ²/2 (1 + ψ/3 (1 + ψ/4 (1 + ψ/5))).
      const aRe = 1 + re / 5;
      const aIm = im / 5;
      const bRe = 1 + (aRe * re - aIm * im) / 4;
      const bIm = (aRe * im + aIm * re) / 4;
      const cRe = 1 + (bRe * re - bIm * im) / 3;
      const cIm = (bRe * im + bIm * re) / 3;
      const qRe = 0.5 * (re * re - im * im);
      const qIm = re * im;
      eRe = qRe * cRe - qIm * cIm;
      eIm = qRe * cIm + qIm * cRe;
    }
    to[at] += eRe * wRe - eIm * wIm;
    to[at + 1] += eRe * wIm + eIm * wRe;
  }
}
