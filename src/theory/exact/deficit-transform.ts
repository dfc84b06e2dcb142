/**
 * E exp(zD_T) on a vertical line for the true law: Spitzer's identity with Wiener–Hopf factors, for each s of the horizon's circle a Cauchy
 * integral over the bent contour, then the coefficient at T. The cost grows with the number of nodes, not with T.
 *
 * With L(w) = −log(1 − sM(w)) + log(1 − sM₀(w)):  Σ_T s^T E exp(zD_T) = e^ψ/(1 − s),  ψ(z) = (1/2πi)∫ [L(w) − L(z)] z/(w(w − z)) dw,
 * whichever side of the contour z is on. ψ − L, the transform of the descending factor, does not oscillate: it is found at a few nodes
 * and interpolated, while M(z) itself is taken at every node.
 */
import { gaussLegendre } from '../gauss-legendre.js';
import type { ComplexArray, CompoundIncrement } from '../increment.js';
import { compoundContour, oneMinusS } from './contour.js';
import type { Contour } from './contour.js';
import type { HorizonNodes } from './horizon-inversion.js';
import { largestAngle } from './horizon-inversion.js';
import type { LineNodes, Spectrum } from './spectrum.js';
import { lineFrequencies } from './spectrum.js';

const BLOCK_NODES = 16;
const BLOCK = gaussLegendre(BLOCK_NODES);
/** How small the last Legendre coefficients of a block must be. */
const SMOOTH = 3e-11;

/** One s of the circle with log terms on the contour: s itself, 1 − s, and L at every contour node. */
interface CircleNode {
  readonly sRe: number;
  readonly sIm: number;
  readonly gapRe: number;
  readonly gapIm: number;
  readonly weightRe: number;
  readonly weightIm: number;
  readonly logRe: Float64Array;
  readonly logIm: Float64Array;
}

/** Transform of D_T, less `atom`, at every node of the line; the line must lie right of `crossing` and left of the right root of sM = 1. */
export function deficitSpectrum(
  law: CompoundIncrement,
  nodes: HorizonNodes,
  crossing: number,
  stretch: number,
  line: LineNodes,
  atom: number,
): Omit<Spectrum, 'phase' | 'rough'> {
  const contour = compoundContour(law, {
    crossing,
    damping: nodes.damping,
    angle: largestAngle(nodes),
    stretch,
    finest: 0.6,
  });
  const circle = circleNodes(contour, nodes);
  const u = lineFrequencies(line);
  const z = { re: new Float64Array(u.length).fill(line.abscissa), im: u };
  const m = law.transformMinusOne(z);
  const out = { line, re: new Float64Array(u.length), im: new Float64Array(u.length) };
  const top = u[u.length - 1];

  const solve = (from: number, to: number, depth: number): void => {
    const block = interpolant(law, contour, circle, line.abscissa, from, to);
    if (!block.smooth && depth < 12) {
      solve(from, 0.5 * (from + to), depth + 1);
      solve(0.5 * (from + to), to, depth + 1);
      return;
    }
    const first = lowerBound(u, from);
    const last = lowerBound(u, to);
    let largest = 0;
    for (let i = first; i < last; i++) largest = Math.max(largest, Math.hypot(1 + m.re[i], m.im[i]));
    const terms = Math.ceil(-33 / Math.log(Math.min(largest * Math.exp(-nodes.damping), 0.9999)));
    if (terms < 0.4 * circle.length) powerSum(block, circle, terms, u, from, to, first, last, m, out);
    else circleSum(block, circle, u, from, to, first, last, m, out);
    for (let i = first; i < last; i++) out.re[i] -= atom;
  };
  let from = 0;
  let to = line.abscissa;
  while (from < top) {
    solve(from, to, 0);
    from = to;
    to *= 1.8;
  }
  return out;
}

interface Block {
  /** weight/(1 − s) · e^χ (1 − sM₀) at the block's nodes, for each s. */
  readonly re: Float64Array;
  readonly im: Float64Array;
  readonly smooth: boolean;
}

/** Σ_s of the block's function over 1 − sM(z), node by node. */
function circleSum(
  block: Block,
  circle: readonly CircleNode[],
  u: Float64Array,
  from: number,
  to: number,
  first: number,
  last: number,
  m: ComplexArray,
  out: { re: Float64Array; im: Float64Array },
): void {
  for (let i = first; i < last; i++) {
    const basis = lagrange((2 * (u[i] - from)) / (to - from) - 1);
    let re = 0;
    let im = 0;
    for (let j = 0; j < circle.length; j++) {
      const s = circle[j];
      let nRe = 0;
      let nIm = 0;
      for (let b = 0; b < BLOCK_NODES; b++) {
        nRe += basis[b] * block.re[j * BLOCK_NODES + b];
        nIm += basis[b] * block.im[j * BLOCK_NODES + b];
      }
      const dRe = s.gapRe - s.sRe * m.re[i] + s.sIm * m.im[i];
      const dIm = s.gapIm - s.sRe * m.im[i] - s.sIm * m.re[i];
      const norm = dRe * dRe + dIm * dIm;
      re += (nRe * dRe + nIm * dIm) / norm;
      im += (nIm * dRe - nRe * dIm) / norm;
    }
    out.re[i] = re;
    out.im[i] = im;
  }
}

/** The same where |M| is small: Σ_k M^k c_k(z), with c_k(z) = Σ_s s^k (block's function) smooth and few. */
function powerSum(
  block: Block,
  circle: readonly CircleNode[],
  terms: number,
  u: Float64Array,
  from: number,
  to: number,
  first: number,
  last: number,
  m: ComplexArray,
  out: { re: Float64Array; im: Float64Array },
): void {
  const cRe = new Float64Array((terms + 1) * BLOCK_NODES);
  const cIm = new Float64Array((terms + 1) * BLOCK_NODES);
  for (let j = 0; j < circle.length; j++) {
    const { sRe, sIm } = circle[j];
    for (let b = 0; b < BLOCK_NODES; b++) {
      let re = block.re[j * BLOCK_NODES + b];
      let im = block.im[j * BLOCK_NODES + b];
      for (let k = 0; k <= terms; k++) {
        cRe[k * BLOCK_NODES + b] += re;
        cIm[k * BLOCK_NODES + b] += im;
        const next = re * sRe - im * sIm;
        im = re * sIm + im * sRe;
        re = next;
      }
    }
  }
  for (let i = first; i < last; i++) {
    const basis = lagrange((2 * (u[i] - from)) / (to - from) - 1);
    const mRe = 1 + m.re[i];
    const mIm = m.im[i];
    let re = 0;
    let im = 0;
    for (let k = terms; k >= 0; k--) {
      let aRe = 0;
      let aIm = 0;
      for (let b = 0, at = k * BLOCK_NODES; b < BLOCK_NODES; b++, at++) {
        aRe += basis[b] * cRe[at];
        aIm += basis[b] * cIm[at];
      }
      const next = re * mRe - im * mIm + aRe;
      im = re * mIm + im * mRe + aIm;
      re = next;
    }
    out.re[i] = re;
    out.im[i] = im;
  }
}

/** All nodes of the circle, those below the real axis too, each with half the weight that real functions give it. */
function circleNodes(contour: Contour, nodes: HorizonNodes): CircleNode[] {
  const out: CircleNode[] = [];
  nodes.angle.forEach((angle, j) => {
    const alone = angle === 0 || Math.abs(angle - Math.PI) < 1e-9;
    for (const sign of alone ? [1] : [1, -1]) {
      const [gapRe, gapIm] = oneMinusS(nodes.damping, sign * angle);
      const norm = gapRe * gapRe + gapIm * gapIm;
      const share = alone ? 1 : 0.5;
      const wRe = share * nodes.weightRe[j];
      const wIm = sign * share * nodes.weightIm[j];
      const { transformMinusOne: m, silent } = contour;
      const logRe = new Float64Array(m.re.length);
      const logIm = new Float64Array(m.re.length);
      const sRe = 1 - gapRe;
      const sIm = -gapIm;
      for (let i = 0; i < m.re.length; i++) {
        const [re, im] = logTerm(sRe, sIm, gapRe, gapIm, m.re[i], m.im[i], silent.re[i], silent.im[i]);
        logRe[i] = re;
        logIm[i] = im;
      }
      out.push({
        sRe,
        sIm,
        gapRe,
        gapIm,
        // weight/(1 − s).
        weightRe: (wRe * gapRe + wIm * gapIm) / norm,
        weightIm: (wIm * gapRe - wRe * gapIm) / norm,
        logRe,
        logIm,
      });
    }
  });
  return out;
}

/** L = −log(1 − sM) + log(1 − sM₀), from M − 1 and M₀. */
function logTerm(
  sRe: number,
  sIm: number,
  gapRe: number,
  gapIm: number,
  mRe: number,
  mIm: number,
  zRe: number,
  zIm: number,
): [number, number] {
  const aRe = gapRe - sRe * mRe + sIm * mIm;
  const aIm = gapIm - sRe * mIm - sIm * mRe;
  const bRe = 1 - sRe * zRe + sIm * zIm;
  const bIm = -sRe * zIm - sIm * zRe;
  return [
    0.5 * Math.log((bRe * bRe + bIm * bIm) / (aRe * aRe + aIm * aIm)),
    Math.atan2(bIm, bRe) - Math.atan2(aIm, aRe),
  ];
}

/** M₀(z) = e^(−λ)(1 + θz)^(−shape). */
function silentAt(law: CompoundIncrement, x: number, y: number): [number, number] {
  const u = 1 + law.scale * x;
  const v = law.scale * y;
  const size = Math.exp(-law.rate - 0.5 * law.shape * Math.log(u * u + v * v));
  const turn = -law.shape * Math.atan2(v, u);
  return [size * Math.cos(turn), size * Math.sin(turn)];
}

/** The function of z that is interpolated, at a block's nodes and for each s; `smooth` says whether interpolation is safe. */
function interpolant(
  law: CompoundIncrement,
  contour: Contour,
  circle: readonly CircleNode[],
  abscissa: number,
  from: number,
  to: number,
): Block {
  const re = new Float64Array(circle.length * BLOCK_NODES);
  const im = new Float64Array(circle.length * BLOCK_NODES);
  const y = BLOCK.nodes.map((t) => from + 0.5 * (to - from) * (1 + t));
  const m = law.transformMinusOne({ re: new Float64Array(BLOCK_NODES).fill(abscissa), im: y });
  const n = contour.node.re.length;
  const kernelRe = new Float64Array(2 * n);
  const kernelIm = new Float64Array(2 * n);
  for (let b = 0; b < BLOCK_NODES; b++) {
    const near = cauchyKernel(contour, abscissa, y[b], kernelRe, kernelIm);
    const subtract = y[b] <= nearLimit(law, contour);
    const silent = silentAt(law, abscissa, y[b]);
    for (let j = 0; j < circle.length; j++) {
      const s = circle[j];
      // The lower half of the contour carries conj L(s̄): that of the mirrored circle node.
      const mirror = circle[mirrorOf(circle, j)];
      let chiRe = 0;
      let chiIm = 0;
      for (let i = 0; i < n; i++) {
        chiRe += kernelRe[i] * s.logRe[i] - kernelIm[i] * s.logIm[i];
        chiIm += kernelRe[i] * s.logIm[i] + kernelIm[i] * s.logRe[i];
        chiRe += kernelRe[n + i] * mirror.logRe[i] + kernelIm[n + i] * mirror.logIm[i];
        chiIm += kernelIm[n + i] * mirror.logRe[i] - kernelRe[n + i] * mirror.logIm[i];
      }
      if (subtract) {
        const [lRe, lIm] = logTerm(s.sRe, s.sIm, s.gapRe, s.gapIm, m.re[b], m.im[b], silent[0], silent[1]);
        // ψ − L(z) = Σ kernel·L(w) − L(z)(Σ kernel + tail + 1).
        const kRe = near[0] + 1;
        const kIm = near[1];
        chiRe -= lRe * kRe - lIm * kIm;
        chiIm -= lRe * kIm + lIm * kRe;
      }
      const size = Math.exp(chiRe);
      const eRe = size * Math.cos(chiIm);
      const eIm = size * Math.sin(chiIm);
      const nRe = 1 - s.sRe * silent[0] + s.sIm * silent[1];
      const nIm = -s.sRe * silent[1] - s.sIm * silent[0];
      const wRe = s.weightRe * nRe - s.weightIm * nIm;
      const wIm = s.weightRe * nIm + s.weightIm * nRe;
      re[j * BLOCK_NODES + b] = wRe * eRe - wIm * eIm;
      im[j * BLOCK_NODES + b] = wRe * eIm + wIm * eRe;
    }
  }
  return { re, im, smooth: isSmooth(re, circle.length) && isSmooth(im, circle.length) };
}

/** Circle nodes come as 0, +1, −1, +2, −2, …, and perhaps one more alone at the end. */
function mirrorOf(circle: readonly CircleNode[], j: number): number {
  if (j === 0) return 0;
  const other = j % 2 === 1 ? j + 1 : j - 1;
  return other < circle.length ? other : j;
}

/** Up to where along the line the kernel needs L(z) subtracted: as far as the contour runs beside it. */
function nearLimit(law: CompoundIncrement, contour: Contour): number {
  const bend = 2 / law.scale;
  return contour.end[1] > bend ? 1.5 * bend : contour.end[1];
}

/**
 * weight·z/(w(w − z)) on the upper nodes, then on their mirror images; returns their sum plus the tails beyond the contour's ends.
 */
function cauchyKernel(contour: Contour, x: number, y: number, re: Float64Array, im: Float64Array): [number, number] {
  const { node, weight, end } = contour;
  const n = node.re.length;
  let sumRe = 0;
  let sumIm = 0;
  for (let i = 0; i < n; i++) {
    for (const sign of [1, -1]) {
      const a = node.re[i];
      const b = sign * node.im[i];
      // w(w − z).
      const pRe = a * (a - x) - b * (b - y);
      const pIm = a * (b - y) + b * (a - x);
      const norm = pRe * pRe + pIm * pIm;
      const qRe = (x * pRe + y * pIm) / norm;
      const qIm = (y * pRe - x * pIm) / norm;
      const vRe = weight.re[i];
      const vIm = sign * weight.im[i];
      const at = sign === 1 ? i : n + i;
      re[at] = qRe * vRe - qIm * vIm;
      im[at] = qRe * vIm + qIm * vRe;
      sumRe += re[at];
      sumIm += im[at];
    }
  }
  // ∫ z/(w(w − z)) dw = log((w − z)/w): −log at the upper end, + log at the lower, over 2πi.
  const upper = logRatio(end[0], end[1], x, y);
  const lower = logRatio(end[0], -end[1], x, y);
  return [sumRe + (lower[1] - upper[1]) / (2 * Math.PI), sumIm - (lower[0] - upper[0]) / (2 * Math.PI)];
}

/** log((w − z)/w). */
function logRatio(a: number, b: number, x: number, y: number): [number, number] {
  const norm = a * a + b * b;
  const re = ((a - x) * a + (b - y) * b) / norm;
  const im = ((b - y) * a - (a - x) * b) / norm;
  return [0.5 * Math.log(re * re + im * im), Math.atan2(im, re)];
}

const LEGENDRE = legendreTable();

/** P_k(node b)·weight_b·(2k + 1)/2, to find Legendre coefficients of block values. */
function legendreTable(): Float64Array[] {
  return Array.from({ length: BLOCK_NODES }, (_, k) =>
    Float64Array.from(BLOCK.nodes, (t, b) => {
      let before = 1;
      let value = k === 0 ? 1 : t;
      for (let i = 2; i <= k; i++) [before, value] = [value, ((2 * i - 1) * t * value - (i - 1) * before) / i];
      return (value * BLOCK.weights[b] * (2 * k + 1)) / 2;
    }),
  );
}

function isSmooth(values: Float64Array, count: number): boolean {
  let scale = 0;
  let tail = 0;
  for (let j = 0; j < count; j++) {
    for (let k = 0; k < BLOCK_NODES; k += k === 0 ? BLOCK_NODES - 2 : 1) {
      let sum = 0;
      for (let b = 0; b < BLOCK_NODES; b++) sum += LEGENDRE[k][b] * values[j * BLOCK_NODES + b];
      if (k === 0) scale += Math.abs(sum);
      else tail += Math.abs(sum);
    }
  }
  return tail <= SMOOTH * scale;
}

/** Barycentric weights of the Gauss nodes: (−1)^b √((1 − t²) w). */
const BARYCENTRIC = BLOCK.nodes.map((t, b) => (b % 2 === 0 ? 1 : -1) * Math.sqrt((1 - t * t) * BLOCK.weights[b]));

/** Lagrange basis of the block's nodes at t. */
function lagrange(t: number): Float64Array {
  const out = new Float64Array(BLOCK_NODES);
  let sum = 0;
  for (let b = 0; b < BLOCK_NODES; b++) {
    const gap = t - BLOCK.nodes[b];
    if (gap === 0) {
      out.fill(0);
      out[b] = 1;
      return out;
    }
    out[b] = BARYCENTRIC[b] / gap;
    sum += out[b];
  }
  for (let b = 0; b < BLOCK_NODES; b++) out[b] /= sum;
  return out;
}

function lowerBound(values: Float64Array, at: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle] < at) low = middle + 1;
    else high = middle;
  }
  return low;
}
