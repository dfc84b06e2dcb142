/**
 * The transform's coefficient at T by Cauchy's integral over s: Wiener–Hopf factors for each s of the horizon's circle. The cost grows with the
 * number of circle nodes, not with T: for long horizons of walks that have forgotten every lattice (horizon-series.ts has the others).
 */
import type { ComplexArray, CompoundIncrement } from '../increment.js';
import { BLOCK, BLOCK_NODES, isSmooth, lagrange } from './block-interpolation.js';
import type { Block, Span } from './block-interpolation.js';
import { FAR_TERMS, beside, cauchyKernel, farPowers, isFar, nearLimit, silentAt } from './cauchy-kernel.js';
import type { FarKernel } from './cauchy-kernel.js';
import { oneMinusS } from './contour.js';
import type { Contour } from './contour.js';
import type { HorizonNodes } from './horizon-inversion.js';

const NODES = BLOCK_NODES;

/** One s of the circle with log terms on the contour: s itself, 1 − s, and L at every contour node. */
export interface CircleNode {
  readonly sRe: number;
  readonly sIm: number;
  readonly gapRe: number;
  readonly gapIm: number;
  readonly weightRe: number;
  readonly weightIm: number;
  readonly logRe: Float64Array;
  readonly logIm: Float64Array;
}

/** All nodes of the circle, those below the real axis too, each with half the weight that real functions give it. */
export function circleNodes(contour: Contour, nodes: HorizonNodes): CircleNode[] {
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

/** weight/(1 − s) · e^χ (1 − sM₀) at a block's nodes, for each s. */
export function circleBlock(
  law: CompoundIncrement,
  contour: Contour,
  circle: readonly CircleNode[],
  abscissa: number,
  from: number,
  to: number,
): Block {
  const re = new Float64Array(circle.length * NODES);
  const im = new Float64Array(circle.length * NODES);
  const y = BLOCK.nodes.map((t) => from + 0.5 * (to - from) * (1 + t));
  const m = law.transformMinusOne({ re: new Float64Array(NODES).fill(abscissa), im: y });
  const n = contour.node.re.length;
  const kernelRe = new Float64Array(2 * n);
  const kernelIm = new Float64Array(2 * n);
  const chi = { re: new Float64Array(circle.length), im: new Float64Array(circle.length) };
  for (let b = 0; b < NODES; b++) {
    const silent = silentAt(law, abscissa, y[b]);
    const own = y[b] <= nearLimit(law, contour) ? { m: [m.re[b], m.im[b]] as const, silent } : undefined;
    const near = cauchyKernel(contour, abscissa, y[b], kernelRe, kernelIm);
    descending(circle, { re: kernelRe, im: kernelIm }, near, own, chi);
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

/** χ for each s from the kernel at one z; L(z) is subtracted where `own` has M − 1 and M₀ there. */
function descending(
  circle: readonly CircleNode[],
  kernel: ComplexArray,
  near: readonly [number, number],
  own: { readonly m: readonly [number, number]; readonly silent: readonly [number, number] } | undefined,
  out: ComplexArray,
): void {
  const { re: kernelRe, im: kernelIm } = kernel;
  const n = kernelRe.length / 2;
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
    if (own !== undefined) {
      const { m, silent } = own;
      const [lRe, lIm] = logTerm(s.sRe, s.sIm, s.gapRe, s.gapIm, m[0], m[1], silent[0], silent[1]);
      // ψ − L(z) = Σ kernel·L(w) − L(z)(Σ kernel + tail + 1).
      const kRe = near[0] + 1;
      const kIm = near[1];
      chiRe -= lRe * kRe - lIm * kIm;
      chiIm -= lRe * kIm + lIm * kRe;
    }
    out.re[j] = chiRe;
    out.im[j] = chiIm;
  }
}

/** A far kernel's terms summed over the contour's log terms, both halves, for each s. */
export interface FarCircle {
  readonly kernel: FarKernel;
  readonly sums: readonly ComplexArray[];
}

export function farCircle(kernel: FarKernel, circle: readonly CircleNode[]): FarCircle {
  const upper = circle.map(({ logRe, logIm }) => {
    const own = { re: new Float64Array(FAR_TERMS), im: new Float64Array(FAR_TERMS) };
    kernel.terms.forEach(({ re, im }, m) => {
      for (let i = 0; i < re.length; i++) {
        own.re[m] += re[i] * logRe[i] - im[i] * logIm[i];
        own.im[m] += re[i] * logIm[i] + im[i] * logRe[i];
      }
    });
    return own;
  });
  const sums = upper.map(({ re, im }, j) => {
    const lower = upper[mirrorOf(circle, j)];
    return { re: re.map((value, m) => value + lower.re[m]), im: im.map((value, m) => value - lower.im[m]) };
  });
  return { kernel, sums };
}

/** χ for each s at a point far from the contour. */
function descendingFar({ kernel, sums }: FarCircle, x: number, y: number, out: ComplexArray): void {
  const power = farPowers(kernel, x, y);
  sums.forEach(({ re, im }, j) => {
    let sumRe = 0;
    let sumIm = 0;
    for (let m = 0; m < FAR_TERMS; m++) {
      sumRe += power.re[m] * re[m] - power.im[m] * im[m];
      sumIm += power.re[m] * im[m] + power.im[m] * re[m];
    }
    out.re[j] = sumRe;
    out.im[j] = sumIm;
  });
}

/** Coefficients T, T − 1, … T − count + 1 in s of e^χ/(1 − s) at each z. */
export function circleDescent(
  law: CompoundIncrement,
  contour: Contour,
  circle: readonly CircleNode[],
  far: FarCircle,
  z: ComplexArray,
  count: number,
): ComplexArray[] {
  const size = z.re.length;
  const out = Array.from({ length: count }, () => ({ re: new Float64Array(size), im: new Float64Array(size) }));
  const m = law.transformMinusOne(z);
  const n = contour.node.re.length;
  const kernel = { re: new Float64Array(2 * n), im: new Float64Array(2 * n) };
  const chi = { re: new Float64Array(circle.length), im: new Float64Array(circle.length) };
  for (let i = 0; i < size; i++) {
    const own = beside(law, contour, z, m, i)
      ? { m: [m.re[i], m.im[i]] as const, silent: silentAt(law, z.re[i], z.im[i]) }
      : undefined;
    if (own === undefined && isFar(far.kernel, z.re[i], z.im[i])) descendingFar(far, z.re[i], z.im[i], chi);
    else descending(circle, kernel, cauchyKernel(contour, z.re[i], z.im[i], kernel.re, kernel.im), own, chi);
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

/** Σ_s of the block's function over 1 − sM(z), node by node. */
export function circleSum(
  block: Block,
  circle: readonly CircleNode[],
  u: Float64Array,
  { from, to, first, last }: Span,
  m: ComplexArray,
  out: { re: Float64Array; im: Float64Array },
): void {
  const basis = new Float64Array(NODES);
  for (let i = first; i < last; i++) {
    lagrange((2 * (u[i] - from)) / (to - from) - 1, basis);
    let re = 0;
    let im = 0;
    for (let j = 0; j < circle.length; j++) {
      const s = circle[j];
      let nRe = 0;
      let nIm = 0;
      for (let b = 0; b < NODES; b++) {
        nRe += basis[b] * block.re[j * NODES + b];
        nIm += basis[b] * block.im[j * NODES + b];
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
export function powerSum(
  block: Block,
  circle: readonly CircleNode[],
  terms: number,
  u: Float64Array,
  { from, to, first, last }: Span,
  m: ComplexArray,
  out: { re: Float64Array; im: Float64Array },
): void {
  const cRe = new Float64Array((terms + 1) * NODES);
  const cIm = new Float64Array((terms + 1) * NODES);
  for (let j = 0; j < circle.length; j++) {
    const { sRe, sIm } = circle[j];
    for (let b = 0; b < NODES; b++) {
      let re = block.re[j * NODES + b];
      let im = block.im[j * NODES + b];
      for (let k = 0; k <= terms; k++) {
        cRe[k * NODES + b] += re;
        cIm[k * NODES + b] += im;
        const next = re * sRe - im * sIm;
        im = re * sIm + im * sRe;
        re = next;
      }
    }
  }
  const basis = new Float64Array(NODES);
  for (let i = first; i < last; i++) {
    lagrange((2 * (u[i] - from)) / (to - from) - 1, basis);
    const mRe = 1 + m.re[i];
    const mIm = m.im[i];
    let re = 0;
    let im = 0;
    for (let k = terms; k >= 0; k--) {
      let aRe = 0;
      let aIm = 0;
      for (let b = 0, at = k * NODES; b < NODES; b++, at++) {
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
