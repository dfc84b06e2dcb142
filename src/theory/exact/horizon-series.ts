/**
 * The transform's coefficient at T straight from the power series in s, for short horizons and for walks that remember
 * a lattice: no circle, no window, no aliases. Spitzer's exponent has the coefficients χ_k(z) = (1/k)(1/2πi)∫ (M^k −
 * M₀^k) z/(w(w − z)) dw less their value at z, and |M|^k dies away from the few peaks of |M| as k grows, so that all T
 * of them cost little more than √T times the first. The exponential of the series is T²/2 products for each point:
 * cheap up to T of a thousand or so, where horizon-circle.ts takes over.
 */
import type { ComplexArray, CompoundIncrement } from '../increment.js';
import { BLOCK_NODES, blockNodes, isSmooth, lagrange } from './block-interpolation.js';
import type { Block, Span } from './block-interpolation.js';
import { beside, nearLimit } from './cauchy-kernel.js';
import { silentAt } from './contour.js';
import type { Contour } from './contour.js';
import type { PowerSums } from './power-sums.js';

const NODES = BLOCK_NODES;

/** Coefficients c_0..c_T in s of e^χ (1 − sM₀)/(1 − s) at a block's nodes. */
export function seriesBlock(
  law: CompoundIncrement,
  contour: Contour,
  sums: PowerSums,
  abscissa: number,
  from: number,
  to: number,
): Block {
  const { slots } = sums;
  const re = new Float64Array((slots + 1) * NODES);
  const im = new Float64Array((slots + 1) * NODES);
  const y = blockNodes(from, to);
  const m = law.transformMinusOne({ re: new Float64Array(NODES).fill(abscissa), im: y });
  const { near, exponents } = sums.at(new Float64Array(NODES).fill(abscissa), y);
  const series = { re: new Float64Array(slots + 1), im: new Float64Array(slots + 1) };
  for (let b = 0; b < NODES; b++) {
    const exponent = exponents[b];
    const [silentRe, silentIm] = silentAt(law, abscissa, y[b]);
    if (y[b] <= nearLimit(law, contour)) {
      subtractPowers(exponent, slots, [1 + m.re[b], m.im[b]], [silentRe, silentIm], [near[b][0] + 1, near[b][1]]);
    }
    exponential(exponent, slots, series);
    let sumRe = 0;
    let sumIm = 0;
    for (let k = 0; k <= slots; k++) {
      sumRe += series.re[k];
      sumIm += series.im[k];
      if (k > 0) {
        sumRe -= series.re[k - 1] * silentRe - series.im[k - 1] * silentIm;
        sumIm -= series.re[k - 1] * silentIm + series.im[k - 1] * silentRe;
      }
      re[k * NODES + b] = sumRe;
      im[k * NODES + b] = sumIm;
    }
  }
  return { re, im, smooth: isSmooth(re, slots + 1) && isSmooth(im, slots + 1) };
}

/** Coefficients T, T − 1, … T − count + 1 in s of e^χ/(1 − s) at each z. */
export function seriesDescent(
  law: CompoundIncrement,
  contour: Contour,
  sums: PowerSums,
  z: ComplexArray,
  count: number,
): ComplexArray[] {
  const { slots } = sums;
  const size = z.re.length;
  const out = Array.from({ length: count }, () => ({ re: new Float64Array(size), im: new Float64Array(size) }));
  const m = law.transformMinusOne(z);
  const { near, exponents } = sums.at(z.re, z.im);
  const series = { re: new Float64Array(slots + 1), im: new Float64Array(slots + 1) };
  for (let i = 0; i < size; i++) {
    const exponent = exponents[i];
    if (beside(law, contour, z, m, i)) {
      const silent = silentAt(law, z.re[i], z.im[i]);
      subtractPowers(exponent, slots, [1 + m.re[i], m.im[i]], silent, [near[i][0] + 1, near[i][1]]);
    }
    exponential(exponent, slots, series);
    let re = 0;
    let im = 0;
    for (let k = 0; k <= slots; k++) {
      re += series.re[k];
      im += series.im[k];
      if (slots - k >= count) continue;
      out[slots - k].re[i] = re;
      out[slots - k].im[i] = im;
    }
  }
  return out;
}

/** Coefficient at T of the block's series over 1 − sM(z): Σ_j M^j c_{T−j}, at the line's nodes first ≤ i < last. */
export function seriesSum(
  block: Block,
  slots: number,
  u: Float64Array,
  { from, to, first, last }: Span,
  m: ComplexArray,
  out: { re: Float64Array; im: Float64Array },
): void {
  const basis = new Float64Array(NODES);
  for (let i = first; i < last; i++) {
    lagrange((2 * (u[i] - from)) / (to - from) - 1, basis);
    const mRe = 1 + m.re[i];
    const mIm = m.im[i];
    const size = Math.sqrt(mRe * mRe + mIm * mIm);
    const terms = size < 1 ? Math.min(slots, Math.ceil(-44 / Math.log(size))) : slots;
    let re = 0;
    let im = 0;
    for (let k = slots - terms; k <= slots; k++) {
      let aRe = 0;
      let aIm = 0;
      for (let b = 0, at = k * NODES; b < NODES; b++, at++) {
        aRe += basis[b] * block.re[at];
        aIm += basis[b] * block.im[at];
      }
      const next = re * mRe - im * mIm + aRe;
      im = re * mIm + im * mRe + aIm;
      re = next;
    }
    out.re[i] = re;
    out.im[i] = im;
  }
}

type Pair = readonly [re: number, im: number];

/** Takes (M(z)^k − M₀(z)^k)·total off the k-th coefficient. */
function subtractPowers(exponent: ComplexArray, slots: number, m: Pair, silent: Pair, total: Pair): void {
  let [pRe, pIm, qRe, qIm] = [1, 0, 1, 0];
  for (let k = 1; k <= slots; k++) {
    [pRe, pIm] = [pRe * m[0] - pIm * m[1], pRe * m[1] + pIm * m[0]];
    [qRe, qIm] = [qRe * silent[0] - qIm * silent[1], qRe * silent[1] + qIm * silent[0]];
    const re = pRe - qRe;
    const im = pIm - qIm;
    exponent.re[k] -= re * total[0] - im * total[1];
    exponent.im[k] -= re * total[1] + im * total[0];
  }
}

/** The series of exp(Σ χ_k s^k), from n E_n = Σ_k (k χ_k) E_{n−k}. */
function exponential(exponent: ComplexArray, slots: number, out: ComplexArray): void {
  out.re[0] = 1;
  out.im[0] = 0;
  for (let n = 1; n <= slots; n++) {
    let re = 0;
    let im = 0;
    for (let k = 1; k <= n; k++) {
      const aRe = exponent.re[k];
      const aIm = exponent.im[k];
      const bRe = out.re[n - k];
      const bIm = out.im[n - k];
      re += aRe * bRe - aIm * bIm;
      im += aRe * bIm + aIm * bRe;
    }
    out.re[n] = re / n;
    out.im[n] = im / n;
  }
}
