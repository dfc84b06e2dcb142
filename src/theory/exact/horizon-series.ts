/**
 * The transform's coefficient at T straight from the power series in s, for short horizons and for walks that remember a lattice: no circle, no
 * window, no aliases. Spitzer's exponent has the coefficients χ_k(z) = (1/k)(1/2πi)∫ (M^k − M₀^k) z/(w(w − z)) dw less their value at z, and |M|^k dies
 * away from the few peaks of |M| as k grows, so that all T of them cost little more than √T times the first. The exponential of the
 * series is T²/2 products for each point: cheap up to T of a thousand or so, where horizon-circle.ts takes over.
 */
import type { ComplexArray, CompoundIncrement } from '../increment.js';
import { BLOCK, BLOCK_NODES, isSmooth, lagrange } from './block-interpolation.js';
import type { Block, Span } from './block-interpolation.js';
import { FAR_TERMS, beside, cauchyKernel, farPowers, isFar, nearLimit, silentAt } from './cauchy-kernel.js';
import type { FarKernel } from './cauchy-kernel.js';
import type { Contour } from './contour.js';

const NODES = BLOCK_NODES;

/** Powers below this count for nothing. */
const TINY = 1e-19;

/** M^k − M₀^k on the contour for k = 1..T, each as far as the nodes, in order of size, still count. */
export interface PowerTable {
  readonly slots: number;
  /** Contour nodes, largest max(|M|, |M₀|) first. */
  readonly order: Int32Array;
  /** Powers k − 1 begin at start[k − 1] and end before start[k]. */
  readonly start: Int32Array;
  readonly re: Float64Array;
  readonly im: Float64Array;
}

export function powerTable(contour: Contour, slots: number): PowerTable {
  const { transformMinusOne: m, silent } = contour;
  const n = m.re.length;
  const size = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    size[i] = Math.max(Math.hypot(1 + m.re[i], m.im[i]), Math.hypot(silent.re[i], silent.im[i]));
  }
  const order = Int32Array.from({ length: n }, (_, i) => i).sort((a, b) => size[b] - size[a]);
  const start = new Int32Array(slots + 1);
  let used = n;
  for (let k = 1; k <= slots; k++) {
    while (used > 0 && size[order[used - 1]] ** k < TINY) used--;
    start[k] = start[k - 1] + used;
  }
  const re = new Float64Array(start[slots]);
  const im = new Float64Array(start[slots]);
  for (let rank = 0; rank < n; rank++) {
    const i = order[rank];
    const aRe = 1 + m.re[i];
    const aIm = m.im[i];
    const bRe = silent.re[i];
    const bIm = silent.im[i];
    let [pRe, pIm, qRe, qIm] = [1, 0, 1, 0];
    for (let k = 1; k <= slots && start[k] - start[k - 1] > rank; k++) {
      [pRe, pIm] = [pRe * aRe - pIm * aIm, pRe * aIm + pIm * aRe];
      [qRe, qIm] = [qRe * bRe - qIm * bIm, qRe * bIm + qIm * bRe];
      re[start[k - 1] + rank] = pRe - qRe;
      im[start[k - 1] + rank] = pIm - qIm;
    }
  }
  return { slots, order, start, re, im };
}

/** Coefficients c_0..c_T in s of e^χ (1 − sM₀)/(1 − s) at a block's nodes. */
export function seriesBlock(
  law: CompoundIncrement,
  contour: Contour,
  table: PowerTable,
  abscissa: number,
  from: number,
  to: number,
): Block {
  const { slots } = table;
  const re = new Float64Array((slots + 1) * NODES);
  const im = new Float64Array((slots + 1) * NODES);
  const y = BLOCK.nodes.map((t) => from + 0.5 * (to - from) * (1 + t));
  const m = law.transformMinusOne({ re: new Float64Array(NODES).fill(abscissa), im: y });
  const { near, exponents } = allPowers(contour, table, new Float64Array(NODES).fill(abscissa), y);
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

/** Kernel sums and k χ_k before the subtraction at each of several points. */
function allPowers(
  contour: Contour,
  table: PowerTable,
  x: Float64Array,
  y: Float64Array,
): { near: [number, number][]; exponents: ComplexArray[] } {
  const n = contour.node.re.length;
  const near: [number, number][] = [];
  const exponents: ComplexArray[] = [];
  for (let from = 0; from < x.length; from += NODES) {
    const kernels: ComplexArray[] = [];
    for (let i = from; i < Math.min(x.length, from + NODES); i++) {
      const kernel = { re: new Float64Array(2 * n), im: new Float64Array(2 * n) };
      near.push(cauchyKernel(contour, x[i], y[i], kernel.re, kernel.im));
      kernels.push(kernel);
    }
    const out = kernels.map(() => ({ re: new Float64Array(table.slots + 1), im: new Float64Array(table.slots + 1) }));
    spitzerPowers(table, kernels, out);
    exponents.push(...out);
  }
  return { near, exponents };
}

/** A far kernel's terms summed over the contour's powers, both halves: real, by term and k. */
export interface FarSeries {
  readonly kernel: FarKernel;
  readonly sums: readonly Float64Array[];
}

export function farSeries(kernel: FarKernel, { slots, order, start, re, im }: PowerTable): FarSeries {
  const sums = kernel.terms.map((term) => {
    const own = new Float64Array(slots + 1);
    const termRe = Float64Array.from(order, (i) => 2 * term.re[i]);
    const termIm = Float64Array.from(order, (i) => 2 * term.im[i]);
    for (let k = 1; k <= slots; k++) {
      let sum = 0;
      for (let rank = 0, at = start[k - 1]; at < start[k]; rank++, at++) {
        sum += termRe[rank] * re[at] - termIm[rank] * im[at];
      }
      own[k] = sum;
    }
    return own;
  });
  return { kernel, sums };
}

/** k χ_k at a point far from the contour. */
function farExponent({ kernel, sums }: FarSeries, slots: number, x: number, y: number): ComplexArray {
  const out = { re: new Float64Array(slots + 1), im: new Float64Array(slots + 1) };
  const power = farPowers(kernel, x, y);
  for (let m = 0; m < FAR_TERMS; m++) {
    for (let k = 1; k <= slots; k++) {
      out.re[k] += power.re[m] * sums[m][k];
      out.im[k] += power.im[m] * sums[m][k];
    }
  }
  return out;
}

/** Coefficients T, T − 1, … T − count + 1 in s of e^χ/(1 − s) at each z. */
export function seriesDescent(
  law: CompoundIncrement,
  contour: Contour,
  table: PowerTable,
  far: FarSeries,
  z: ComplexArray,
  count: number,
): ComplexArray[] {
  const { slots } = table;
  const size = z.re.length;
  const out = Array.from({ length: count }, () => ({ re: new Float64Array(size), im: new Float64Array(size) }));
  const m = law.transformMinusOne(z);
  const own = Array.from({ length: size }, (_, i) => beside(law, contour, z, m, i));
  const close = Int32Array.from(own.keys()).filter((i) => own[i] || !isFar(far.kernel, z.re[i], z.im[i]));
  const x = Float64Array.from(close, (i) => z.re[i]);
  const y = Float64Array.from(close, (i) => z.im[i]);
  const { near, exponents } = allPowers(contour, table, x, y);
  const series = { re: new Float64Array(slots + 1), im: new Float64Array(slots + 1) };
  for (let i = 0, c = 0; i < size; i++) {
    const direct = c < close.length && close[c] === i;
    const exponent = direct ? exponents[c] : farExponent(far, slots, z.re[i], z.im[i]);
    if (own[i]) {
      const silent = silentAt(law, z.re[i], z.im[i]);
      subtractPowers(exponent, slots, [1 + m.re[i], m.im[i]], silent, [near[c][0] + 1, near[c][1]]);
    }
    if (direct) c++;
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

/** Coefficient at T of the block's series over 1 − sM(z): Σ_j M(z)^j c_{T−j}(z), at the line's nodes first ≤ i < last. */
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

/** Nodes of the contour that are taken at a time: with the kernels of a block's points they fit the first cache. */
const TILE = 64;

/**
 * k χ_k for k = 1..T before the subtraction, at several points at once: Σ over the nodes of kernel · power, the lower
 * half of the contour by symmetry. The table is far larger than a cache: it is read once for all points.
 */
function spitzerPowers(table: PowerTable, kernels: readonly ComplexArray[], out: readonly ComplexArray[]): void {
  const { slots, order, start } = table;
  const n = order.length;
  const points = kernels.length;
  for (const { re, im } of out) {
    re.fill(0);
    im.fill(0);
  }
  const tile = new Float64Array(4 * TILE * points);
  for (let first = 0; first < n; first += TILE) {
    const last = Math.min(n, first + TILE);
    // K a + K' ā = (x + x')p + (y' − y)q + i[(y + y')p + (x − x')q] for a = p + iq.
    for (let z = 0, at = 0; z < points; z++) {
      const { re, im } = kernels[z];
      for (let rank = first; rank < first + TILE; rank++, at += 4) {
        const i = rank < last ? order[rank] : -1;
        tile[at] = i < 0 ? 0 : re[i] + re[n + i];
        tile[at + 1] = i < 0 ? 0 : im[n + i] - im[i];
        tile[at + 2] = i < 0 ? 0 : im[i] + im[n + i];
        tile[at + 3] = i < 0 ? 0 : re[i] - re[n + i];
      }
    }
    for (let k = 1; k <= slots; k++) {
      const base = start[k - 1];
      const end = Math.min(last, start[k] - base);
      if (end <= first) break;
      for (let z = 0; z < points; z++) addTile(table, base, first, end, tile, 4 * TILE * z, out[z], k);
    }
  }
}

/** A tile's share of k χ_k at one point: a plain loop by itself. */
function addTile(
  table: PowerTable,
  base: number,
  first: number,
  end: number,
  tile: Float64Array,
  from: number,
  out: ComplexArray,
  k: number,
): void {
  const { re: powersRe, im: powersIm } = table;
  let re = 0;
  let im = 0;
  for (let rank = first, at = from; rank < end; rank++, at += 4) {
    const p = powersRe[base + rank];
    const q = powersIm[base + rank];
    re += tile[at] * p + tile[at + 1] * q;
    im += tile[at + 2] * p + tile[at + 3] * q;
  }
  out.re[k] += re;
  out.im[k] += im;
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
