/**
 * The transform's coefficient at T by Cauchy's integral over s: Wiener–Hopf factors for each s of the horizon's circle.
 * The cost grows with the number of circle nodes, not with T: for long horizons of walks that have forgotten every
 * lattice (horizon-series.ts has the others).
 */
import type { ComplexArray, CompoundIncrement } from '../increment.js';
import { BLOCK_NODES, blockNodes, isSmooth, lagrange } from './block-interpolation.js';
import type { Block, Span } from './block-interpolation.js';
import { beside, nearLimit } from './cauchy-kernel.js';
import { CircleSums } from './circle-sums.js';
import type { MirrorPair } from './circle-sums.js';
import { oneMinusS, silentAt } from './contour.js';
import type { Contour } from './contour.js';
import type { HorizonNodes } from './horizon-inversion.js';

const NODES = BLOCK_NODES;

/** One s of the circle: s itself, 1 − s, and weight/(1 − s). */
export interface CircleNode {
  readonly sRe: number;
  readonly sIm: number;
  readonly gapRe: number;
  readonly gapIm: number;
  readonly weightRe: number;
  readonly weightIm: number;
}

/** All nodes of the circle, those below the real axis too, each with half the weight that real functions give it. */
export function circleNodes(nodes: HorizonNodes): CircleNode[] {
  const out: CircleNode[] = [];
  nodes.angle.forEach((angle, j) => {
    const alone = angle === 0 || Math.abs(angle - Math.PI) < 1e-9;
    for (const sign of alone ? [1] : [1, -1]) {
      const [gapRe, gapIm] = oneMinusS(nodes.damping, sign * angle);
      const norm = gapRe * gapRe + gapIm * gapIm;
      const share = alone ? 1 : 0.5;
      const wRe = share * nodes.weightRe[j];
      const wIm = sign * share * nodes.weightIm[j];
      out.push({
        sRe: 1 - gapRe,
        sIm: -gapIm,
        gapRe,
        gapIm,
        // weight/(1 − s).
        weightRe: (wRe * gapRe + wIm * gapIm) / norm,
        weightIm: (wIm * gapRe - wRe * gapIm) / norm,
      });
    }
  });
  return out;
}

type Pair = readonly [re: number, im: number];

/** L = −log(1 − sM) + log(1 − sM₀), from M − 1 and M₀. */
export function logTerm(
  sRe: number,
  sIm: number,
  gapRe: number,
  gapIm: number,
  mRe: number,
  mIm: number,
  zRe: number,
  zIm: number,
): Pair {
  const aRe = gapRe - sRe * mRe + sIm * mIm;
  const aIm = gapIm - sRe * mIm - sIm * mRe;
  const bRe = 1 - sRe * zRe + sIm * zIm;
  const bIm = -sRe * zIm - sIm * zRe;
  return [
    0.5 * Math.log((bRe * bRe + bIm * bIm) / (aRe * aRe + aIm * aIm)),
    Math.atan2(bIm, bRe) - Math.atan2(aIm, aRe),
  ];
}

/** Log terms on the contour for each s and its mirror image. */
export function circleSums(contour: Contour, circle: readonly CircleNode[]): CircleSums {
  const { transformMinusOne: m, silent } = contour;
  const log = ({ sRe, sIm, gapRe, gapIm }: CircleNode, i: number): Pair =>
    logTerm(sRe, sIm, gapRe, gapIm, m.re[i], m.im[i], silent.re[i], silent.im[i]);
  const n = m.re.length;
  const pairs: MirrorPair[] = [];
  for (let first = 0; first < circle.length; first++) {
    const second = mirrorOf(circle, first);
    if (second < first) continue;
    const even = { re: new Float64Array(n), im: new Float64Array(n) };
    const odd = { re: new Float64Array(n), im: new Float64Array(n) };
    for (let i = 0; i < n; i++) {
      const a = log(circle[first], i);
      const b = second === first ? a : log(circle[second], i);
      [even.re[i], even.im[i]] = [0.5 * (a[0] + b[0]), 0.5 * (a[1] + b[1])];
      [odd.re[i], odd.im[i]] = [0.5 * (a[0] - b[0]), 0.5 * (a[1] - b[1])];
    }
    pairs.push({ first, second, even, odd });
  }
  return new CircleSums(contour, pairs, circle.length);
}

/** weight/(1 − s) · e^χ (1 − sM₀) at a block's nodes, for each s. */
export function circleBlock(
  law: CompoundIncrement,
  contour: Contour,
  circle: readonly CircleNode[],
  sums: CircleSums,
  abscissa: number,
  from: number,
  to: number,
): Block {
  const re = new Float64Array(circle.length * NODES);
  const im = new Float64Array(circle.length * NODES);
  const x = new Float64Array(NODES).fill(abscissa);
  const y = blockNodes(from, to);
  const m = law.transformMinusOne({ re: x, im: y });
  const { near, exponents } = sums.at(x, y);
  for (let b = 0; b < NODES; b++) {
    const silent = silentAt(law, abscissa, y[b]);
    const chi = exponents[b];
    if (y[b] <= nearLimit(law, contour)) subtractOwn(circle, near[b], [m.re[b], m.im[b]], silent, chi);
    for (let j = 0; j < circle.length; j++) {
      const s = circle[j];
      const size = Math.exp(chi.re[j]);
      const eRe = size * Math.cos(chi.im[j]);
      const eIm = size * Math.sin(chi.im[j]);
      const nRe = 1 - s.sRe * silent[0] + s.sIm * silent[1];
      const nIm = -s.sRe * silent[1] - s.sIm * silent[0];
      const wRe = s.weightRe * nRe - s.weightIm * nIm;
      const wIm = s.weightRe * nIm + s.weightIm * nRe;
      re[j * NODES + b] = wRe * eRe - wIm * eIm;
      im[j * NODES + b] = wRe * eIm + wIm * eRe;
    }
  }
  return { re, im, smooth: isSmooth(re, circle.length) && isSmooth(im, circle.length) };
}

/** Takes L(z) off for each s, where z is beside the contour: ψ − L(z) = Σ kernel·L(w) − L(z)(Σ kernel + tail + 1). */
function subtractOwn(circle: readonly CircleNode[], near: Pair, m: Pair, silent: Pair, chi: ComplexArray): void {
  const kRe = near[0] + 1;
  const kIm = near[1];
  for (let j = 0; j < circle.length; j++) {
    const s = circle[j];
    const [lRe, lIm] = logTerm(s.sRe, s.sIm, s.gapRe, s.gapIm, m[0], m[1], silent[0], silent[1]);
    chi.re[j] -= lRe * kRe - lIm * kIm;
    chi.im[j] -= lRe * kIm + lIm * kRe;
  }
}

/** Coefficients T, T − 1, … T − count + 1 in s of e^χ/(1 − s) at each z. */
export function circleDescent(
  law: CompoundIncrement,
  contour: Contour,
  circle: readonly CircleNode[],
  sums: CircleSums,
  z: ComplexArray,
  count: number,
): ComplexArray[] {
  const size = z.re.length;
  const out = Array.from({ length: count }, () => ({ re: new Float64Array(size), im: new Float64Array(size) }));
  const m = law.transformMinusOne(z);
  const { near, exponents } = sums.at(z.re, z.im);
  for (let i = 0; i < size; i++) {
    const chi = exponents[i];
    if (beside(law, contour, z, m, i)) {
      subtractOwn(circle, near[i], [m.re[i], m.im[i]], silentAt(law, z.re[i], z.im[i]), chi);
    }
    for (let j = 0; j < circle.length; j++) {
      const { sRe, sIm, weightRe, weightIm } = circle[j];
      const grow = Math.exp(chi.re[j]);
      const eRe = grow * Math.cos(chi.im[j]);
      const eIm = grow * Math.sin(chi.im[j]);
      let re = weightRe * eRe - weightIm * eIm;
      let im = weightRe * eIm + weightIm * eRe;
      for (let k = 0; k < count; k++) {
        out[k].re[i] += re;
        out[k].im[i] += im;
        [re, im] = [re * sRe - im * sIm, re * sIm + im * sRe];
      }
    }
  }
  return out;
}

/** Circle nodes come as 0, +1, −1, +2, −2, …, and perhaps one more alone at the end. */
function mirrorOf(circle: readonly CircleNode[], j: number): number {
  if (j === 0) return 0;
  const other = j % 2 === 1 ? j + 1 : j - 1;
  return other < circle.length ? other : j;
}

/** The circle's middle, its distance from 1, and the circle's extent round it. */
interface Middle {
  readonly s: number;
  readonly gap: number;
  readonly extent: number;
}

function middleOf(circle: readonly CircleNode[]): Middle {
  const { sRe, sIm, gapRe } = circle[circle.length - 1];
  // Of an arc up to a half circle, from ends that are each other's mirror image.
  return sRe > 0 ? { s: sRe, gap: gapRe, extent: Math.abs(sIm) } : { s: 0, gap: 1, extent: Math.hypot(sRe, sIm) };
}

/** −log of what the rest of a geometric series may be. */
const REST = 37;

/**
 * Σ_s of the block's function over 1 − sM(z), node by node. Where 1 − sM changes little over the circle it is a series
 * in the distance of s from the circle's middle s₀, Σ_k (s − s₀)^k M^k/(1 − s₀M)^(k + 1), of whose few coefficients
 * each is as smooth along the line as the block's functions are. Returns the number of terms summed.
 */
export function circleSum(
  block: Block,
  circle: readonly CircleNode[],
  u: Float64Array,
  { from, to, first, last }: Span,
  m: ComplexArray,
  out: { re: Float64Array; im: Float64Array },
): number {
  const middle = middleOf(circle);
  const basis = new Float64Array(NODES);
  // M/(1 − s₀M) by node, and the terms that it takes; as many as the circle has nodes are no gain.
  const [ratioRe, ratioIm] = [new Float64Array(last - first), new Float64Array(last - first)];
  const terms = new Int32Array(last - first);
  let most = 0;
  for (let i = first; i < last; i++) {
    const dRe = middle.gap - middle.s * m.re[i];
    const dIm = -middle.s * m.im[i];
    const norm = dRe * dRe + dIm * dIm;
    const mRe = middle.extent * (1 + m.re[i]);
    const mIm = middle.extent * m.im[i];
    const re = (ratioRe[i - first] = (mRe * dRe + mIm * dIm) / norm);
    const im = (ratioIm[i - first] = (mIm * dRe - mRe * dIm) / norm);
    const log = 0.5 * Math.log(re * re + im * im);
    const count = log < 0 ? Math.ceil(-REST / log) : Infinity;
    terms[i - first] = count < circle.length ? count : -1;
    most = Math.max(most, terms[i - first]);
  }
  const series = powers(block, circle, middle, most);
  let summed = (most * circle.length) / 2;
  for (let i = first; i < last; i++) {
    lagrange((2 * (u[i] - from)) / (to - from) - 1, basis);
    const count = terms[i - first];
    summed += count < 0 ? circle.length : count;
    if (count < 0) {
      wholeSum(block, circle, basis, m.re[i], m.im[i], out, i);
      continue;
    }
    const re = ratioRe[i - first];
    const im = ratioIm[i - first];
    horner(series, count, basis, re, im, out, i);
    const dRe = middle.gap - middle.s * m.re[i];
    const dIm = -middle.s * m.im[i];
    const norm = dRe * dRe + dIm * dIm;
    [out.re[i], out.im[i]] = [(out.re[i] * dRe + out.im[i] * dIm) / norm, (out.im[i] * dRe - out.re[i] * dIm) / norm];
  }
  return summed;
}

/** Σ_s ((s − s₀)/extent)^k (block's function) at the block's nodes for 0 ≤ k ≤ terms. */
function powers(
  block: Block,
  circle: readonly CircleNode[],
  { gap, extent }: Middle,
  terms: number,
): { re: Float64Array; im: Float64Array } {
  const out = { re: new Float64Array((terms + 1) * NODES), im: new Float64Array((terms + 1) * NODES) };
  for (let j = 0; j < circle.length; j++) {
    const stepRe = (gap - circle[j].gapRe) / extent;
    const stepIm = -circle[j].gapIm / extent;
    for (let b = 0; b < NODES; b++) {
      let re = block.re[j * NODES + b];
      let im = block.im[j * NODES + b];
      for (let k = 0, at = b; k <= terms; k++, at += NODES) {
        out.re[at] += re;
        out.im[at] += im;
        [re, im] = [re * stepRe - im * stepIm, re * stepIm + im * stepRe];
      }
    }
  }
  return out;
}

/** Σ_k (re + i im)^k (the k-th coefficient at the point of the basis), 0 ≤ k ≤ terms, into the i-th place. */
function horner(
  series: ComplexArray,
  terms: number,
  basis: Float64Array,
  re: number,
  im: number,
  out: ComplexArray,
  i: number,
): void {
  let sumRe = 0;
  let sumIm = 0;
  for (let k = terms; k >= 0; k--) {
    let aRe = 0;
    let aIm = 0;
    for (let b = 0, at = k * NODES; b < NODES; b++, at++) {
      aRe += basis[b] * series.re[at];
      aIm += basis[b] * series.im[at];
    }
    const next = sumRe * re - sumIm * im + aRe;
    sumIm = sumRe * im + sumIm * re + aIm;
    sumRe = next;
  }
  out.re[i] = sumRe;
  out.im[i] = sumIm;
}

/** Σ_s of the block's function at the point of the basis over 1 − sM, s by s, into the i-th place. */
function wholeSum(
  block: Block,
  circle: readonly CircleNode[],
  basis: Float64Array,
  mRe: number,
  mIm: number,
  out: ComplexArray,
  i: number,
): void {
  let re = 0;
  let im = 0;
  for (let j = 0; j < circle.length; j++) {
    const s = circle[j];
    let nRe = 0;
    let nIm = 0;
    for (let b = 0, at = j * NODES; b < NODES; b++, at++) {
      nRe += basis[b] * block.re[at];
      nIm += basis[b] * block.im[at];
    }
    const dRe = s.gapRe - s.sRe * mRe + s.sIm * mIm;
    const dIm = s.gapIm - s.sRe * mIm - s.sIm * mRe;
    const norm = dRe * dRe + dIm * dIm;
    re += (nRe * dRe + nIm * dIm) / norm;
    im += (nIm * dRe - nRe * dIm) / norm;
  }
  out.re[i] = re;
  out.im[i] = im;
}
