/**
 * Spitzer's exponent at every s of the horizon's circle at points right of the contour: sums over the contour of
 * kernel · log term. Nodes much nearer to 0 than the points, and those much farther away, are taken together by their
 * moments, so that a point costs the nodes at about its own distance from 0.
 */
import { append } from '../../numeric/extremes.js';
import type { ComplexArray } from '../increment.js';
import { BLOCK_NODES } from './block-interpolation.js';
import { FAR, FAR_TERMS, cauchyKernel } from './cauchy-kernel.js';
import type { Contour } from './contour.js';

/** Log terms on the contour's upper half of an s and of its mirror image: half their sum, and half their difference. */
export interface MirrorPair {
  /** Places of the two in the circle; one place where s is real. */
  readonly first: number;
  readonly second: number;
  readonly even: ComplexArray;
  readonly odd: ComplexArray;
}

/** Kernel sums, contour's tails included, and χ before the subtraction by s, point by point. */
interface CircleExponents {
  readonly near: readonly (readonly [number, number])[];
  readonly exponents: readonly ComplexArray[];
}

/** Moments of nodes by pair and m over both halves of the contour: Σ t_m·even, real, and Σ t_m·odd, imaginary. */
interface Moments {
  readonly even: Float64Array;
  readonly odd: Float64Array;
}

/** Nodes of the contour that are taken at a time: with the kernels of a block's points they fit the first cache. */
const TILE = 64;

export class CircleSums {
  private readonly order: Int32Array;
  private readonly pairs: readonly MirrorPair[];
  /** Powers of FAR between which nodes lie: the i-th shell, from FAR^(lowest + i) on, begins at start[i]. */
  private readonly lowest: number;
  private readonly start: readonly number[];
  /** Of the shells up to the i-th, and of those from the i-th on. */
  private readonly inner: readonly Moments[];
  private readonly outer: readonly Moments[];

  constructor(
    private readonly contour: Contour,
    pairs: readonly MirrorPair[],
    private readonly circle: number,
  ) {
    const { node } = contour;
    const size = Float64Array.from(node.re, (re, i) => Math.hypot(re, node.im[i]));
    this.order = Int32Array.from(size.keys()).sort((a, b) => size[a] - size[b]);
    this.pairs = pairs.map(({ first, second, even, odd }) => ({
      ...{ first, second },
      even: sorted(even, this.order),
      odd: sorted(odd, this.order),
    }));
    this.lowest = levelOf(size[this.order[0]]);
    const start: number[] = [];
    this.order.forEach((i, rank) => {
      while (start.length <= levelOf(size[i]) - this.lowest) start.push(rank);
    });
    this.start = [...start, this.order.length];
    const shells = start.length;
    const own = Array.from({ length: shells }, (_, i) => this.shell(i));
    const inner = own.map((shell) => shell.inner);
    for (let i = 1; i < shells; i++) carry(inner[i - 1], inner[i], 0);
    const outer = own.map((shell) => shell.outer);
    for (let i = shells - 2; i >= 0; i--) carry(outer[i + 1], outer[i], 1);
    this.inner = inner;
    this.outer = outer;
  }

  /** Terms of the sums for one point: nodes about as far from 0, and the moments of the others, for half the circle. */
  termsAt(x: number, y: number): number {
    const { from, to } = this.beside(levelOf(Math.hypot(x, y)) - this.lowest);
    return 0.5 * this.circle * (to - from + 2 * FAR_TERMS);
  }

  /** Ranks of the nodes about as far from 0 as a shell. */
  private beside(shell: number): { readonly from: number; readonly to: number } {
    const { start } = this;
    const at = (i: number): number => start[Math.min(start.length - 1, Math.max(0, i))];
    return { from: at(shell - 1), to: at(shell + 2) };
  }

  /** At points right of the contour, before the subtraction of what is beside them. */
  at(x: Float64Array, y: Float64Array): CircleExponents {
    const near: (readonly [number, number])[] = [];
    const exponents: ComplexArray[] = [];
    const levels = Int32Array.from(x, (_, i) => levelOf(Math.hypot(x[i], y[i])));
    for (let from = 0, to = 0; from < x.length; from = to) {
      while (to < x.length && levels[to] === levels[from] && to < from + BLOCK_NODES) to++;
      const own = this.onLevel(levels[from] - this.lowest, x.subarray(from, to), y.subarray(from, to));
      append(near, own.near);
      append(exponents, own.exponents);
    }
    return { near, exponents };
  }

  /** A few points at the distance of the shell named, counted from the lowest. */
  private onLevel(shell: number, x: Float64Array, y: Float64Array): CircleExponents {
    const { contour, circle } = this;
    const n = this.order.length;
    const near: (readonly [number, number])[] = [];
    const kernels: ComplexArray[] = [];
    const exponents: ComplexArray[] = [];
    for (let i = 0; i < x.length; i++) {
      const kernel = { re: new Float64Array(2 * n), im: new Float64Array(2 * n) };
      near.push(cauchyKernel(contour, x[i], y[i], kernel.re, kernel.im));
      kernels.push(kernel);
      const exponent = { re: new Float64Array(circle), im: new Float64Array(circle) };
      this.addFar(shell, x[i], y[i], exponent);
      exponents.push(exponent);
    }
    const { from, to } = this.beside(shell);
    for (let first = from; first < to; first += TILE) {
      this.addTile(first, Math.min(to, first + TILE), kernels, exponents);
    }
    return { near, exponents };
  }

  /** Adds the nodes by rank first ≤ i < last. */
  private addTile(
    first: number,
    last: number,
    kernels: readonly ComplexArray[],
    exponents: readonly ComplexArray[],
  ): void {
    const count = last - first;
    const tile = new Float64Array(4 * count);
    for (let z = 0; z < kernels.length; z++) {
      const { re, im } = kernels[z];
      const half = re.length / 2;
      for (let rank = first, at = 0; rank < last; rank++, at += 4) {
        const i = this.order[rank];
        tile[at] = re[i] + re[half + i];
        tile[at + 1] = im[half + i] - im[i];
        tile[at + 2] = im[i] + im[half + i];
        tile[at + 3] = re[i] - re[half + i];
      }
      for (const pair of this.pairs) addPair(pair, first, tile, exponents[z]);
    }
  }

  private addFar(shell: number, x: number, y: number, out: ComplexArray): void {
    const last = this.inner.length - 1;
    const { pairs, lowest } = this;
    if (shell >= 2) {
      // −(R/z)^m for nodes within R.
      const radius = FAR ** (lowest + Math.min(shell - 2, last) + 1);
      const norm = (x * x + y * y) / radius;
      addMoments(this.inner[Math.min(shell - 2, last)], pairs, -1, 0, x / norm, -y / norm, out);
    }
    if (shell + 2 <= last) {
      // (z/R)^(m + 1) for nodes beyond R.
      const radius = FAR ** (lowest + Math.max(0, shell + 2));
      addMoments(this.outer[Math.max(0, shell + 2)], pairs, x / radius, y / radius, x / radius, y / radius, out);
    }
  }

  /** Moments of one shell's nodes, as they look from far outside it and from far within. */
  private shell(index: number): { readonly inner: Moments; readonly outer: Moments } {
    const { node, weight } = this.contour;
    const [from, to] = [this.start[index], this.start[index + 1]];
    const inside = FAR ** (this.lowest + index);
    const outside = FAR * inside;
    const { pairs } = this;
    const empty = (): Moments => ({
      even: new Float64Array(pairs.length * FAR_TERMS),
      odd: new Float64Array(pairs.length * FAR_TERMS),
    });
    const [inner, outer] = [empty(), empty()];
    const count = to - from;
    // weight·(w/R)^m/w, and weight·R^(m + 1)/w^(m + 2), m = 0 first.
    const [growing, falling] = [zeros(count), zeros(count)];
    const [grow, fall] = [zeros(count), zeros(count)];
    for (let k = 0; k < count; k++) {
      const i = this.order[from + k];
      const norm = node.re[i] ** 2 + node.im[i] ** 2;
      growing.re[k] = (weight.re[i] * node.re[i] + weight.im[i] * node.im[i]) / norm;
      growing.im[k] = (weight.im[i] * node.re[i] - weight.re[i] * node.im[i]) / norm;
      [grow.re[k], grow.im[k]] = [node.re[i] / outside, node.im[i] / outside];
      [fall.re[k], fall.im[k]] = [(inside * node.re[i]) / norm, (-inside * node.im[i]) / norm];
      [falling.re[k], falling.im[k]] = [growing.re[k], growing.im[k]];
    }
    multiply(falling, fall);
    for (let m = 0; m < FAR_TERMS; m++) {
      pairs.forEach((pair, j) => {
        addMoment(pair, from, growing, inner, j * FAR_TERMS + m);
        addMoment(pair, from, falling, outer, j * FAR_TERMS + m);
      });
      multiply(growing, grow);
      multiply(falling, fall);
    }
    return { inner, outer };
  }
}

/** The power of FAR at or below a distance from 0. */
function levelOf(distance: number): number {
  return Math.floor(Math.log2(distance) / Math.log2(FAR));
}

function zeros(count: number): ComplexArray {
  return { re: new Float64Array(count), im: new Float64Array(count) };
}

function sorted({ re, im }: ComplexArray, order: Int32Array): ComplexArray {
  return { re: Float64Array.from(order, (i) => re[i]), im: Float64Array.from(order, (i) => im[i]) };
}

function multiply(a: ComplexArray, b: ComplexArray): void {
  for (let k = 0; k < a.re.length; k++) {
    const re = a.re[k] * b.re[k] - a.im[k] * b.im[k];
    a.im[k] = a.re[k] * b.im[k] + a.im[k] * b.re[k];
    a.re[k] = re;
  }
}

/** Both halves of the contour at nodes by rank from `from` on: t·a and, on the lower half, t̄·ā or −t̄·ā. */
function addMoment({ even, odd }: MirrorPair, from: number, t: ComplexArray, out: Moments, at: number): void {
  let sumEven = 0;
  let sumOdd = 0;
  for (let k = 0, i = from; k < t.re.length; k++, i++) {
    sumEven += t.re[k] * even.re[i] - t.im[k] * even.im[i];
    sumOdd += t.re[k] * odd.im[i] + t.im[k] * odd.re[i];
  }
  out.even[at] = 2 * sumEven;
  out.odd[at] = 2 * sumOdd;
}

/** Adds a neighbouring shell's moments, whose radius is FAR times smaller or larger: by FAR^−(m + more). */
function carry(from: Moments, to: Moments, more: number): void {
  for (let i = 0; i < to.even.length; i++) {
    const factor = FAR ** -((i % FAR_TERMS) + more);
    to.even[i] += factor * from.even[i];
    to.odd[i] += factor * from.odd[i];
  }
}

/** Adds Σ_m p_m (moments), where p_0 is given and each p_m is q times the one before. */
function addMoments(
  { even, odd }: Moments,
  pairs: readonly MirrorPair[],
  p0Re: number,
  p0Im: number,
  qRe: number,
  qIm: number,
  { re, im }: ComplexArray,
): void {
  const power = { re: new Float64Array(FAR_TERMS), im: new Float64Array(FAR_TERMS) };
  for (let m = 0, a = p0Re, b = p0Im; m < FAR_TERMS; m++) {
    power.re[m] = a;
    power.im[m] = b;
    [a, b] = [a * qRe - b * qIm, a * qIm + b * qRe];
  }
  pairs.forEach(({ first, second }, j) => {
    let [evenRe, evenIm, oddRe, oddIm] = [0, 0, 0, 0];
    for (let m = 0, at = j * FAR_TERMS; m < FAR_TERMS; m++, at++) {
      evenRe += power.re[m] * even[at];
      evenIm += power.im[m] * even[at];
      oddRe -= power.im[m] * odd[at];
      oddIm += power.re[m] * odd[at];
    }
    re[first] += evenRe + oddRe;
    im[first] += evenIm + oddIm;
    if (second === first) return;
    re[second] += evenRe - oddRe;
    im[second] += evenIm - oddIm;
  });
}

/**
 * Adds a tile's share of χ at s and at its mirror image, for the kernel K on the upper half and K' on the lower: with a
 * = even and b = odd, K a + K' ā ± (K b − K' b̄), from K + K' and K − K' by their parts.
 */
function addPair({ first, second, even, odd }: MirrorPair, from: number, tile: Float64Array, out: ComplexArray): void {
  const { re: aRe, im: aIm } = even;
  const { re: bRe, im: bIm } = odd;
  let [evenRe, evenIm, oddRe, oddIm] = [0, 0, 0, 0];
  for (let at = 0, i = from; at < tile.length; at += 4, i++) {
    evenRe += tile[at] * aRe[i] + tile[at + 1] * aIm[i];
    evenIm += tile[at + 2] * aRe[i] + tile[at + 3] * aIm[i];
    oddRe += tile[at + 3] * bRe[i] - tile[at + 2] * bIm[i];
    oddIm += tile[at] * bIm[i] - tile[at + 1] * bRe[i];
  }
  out.re[first] += evenRe + oddRe;
  out.im[first] += evenIm + oddIm;
  if (second === first) return;
  out.re[second] += evenRe - oddRe;
  out.im[second] += evenIm - oddIm;
}
