/**
 * Spitzer's exponent as a power series in s at points right of the contour: k χ_k(z) + (M^k − M₀^k)(z) as sums over the
 * contour of kernel · power. Nodes much nearer to 0 than the points, where most powers are that count, are taken
 * together by their moments.
 */
import { AccuracyError } from '../../errors.js';
import { append } from '../../numeric/extremes.js';
import type { ComplexArray } from '../increment.js';
import { BLOCK_NODES } from './block-interpolation.js';
import { FAR_TERMS, cauchyKernel, extentOf, farKernel, farPowers, farRadius } from './cauchy-kernel.js';
import type { FarKernel } from './cauchy-kernel.js';
import type { Contour } from './contour.js';

const NODES = BLOCK_NODES;

/** Powers that a table may hold: what a law may cost, counted. */
const MOST_POWERS = 2e6;
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

function powerTable(contour: Contour, slots: number): PowerTable {
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
  if (start[slots] > MOST_POWERS) {
    throw new AccuracyError(`the walk needs ${start[slots]} powers at ${slots} slots, expected ${MOST_POWERS} at most`);
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

/** Kernel sums (re, im) and k χ_k by k, point by point. */
interface Exponents {
  readonly near: readonly (readonly [number, number])[];
  readonly exponents: readonly ComplexArray[];
}

/** Nodes that are taken together for points of one level, and the rest. */
interface Level {
  readonly far: FarSeries;
  readonly rest: PowerTable;
}

export class PowerSums {
  readonly slots: number;
  private readonly table: PowerTable;
  private readonly levels = new Map<number, Level | undefined>();
  private readonly extent: number;

  constructor(
    private readonly contour: Contour,
    slots: number,
  ) {
    this.slots = slots;
    this.table = powerTable(contour, slots);
    this.extent = extentOf(contour);
  }

  /** Powers in the table. */
  get size(): number {
    return this.table.re.length;
  }

  /** At points right of the contour, before the subtraction of what is beside them. */
  at(x: Float64Array, y: Float64Array): Exponents {
    const near: (readonly [number, number])[] = [];
    const exponents: ComplexArray[] = [];
    const radii = Float64Array.from(x, (_, i) => Math.min(this.extent, farRadius(x[i], y[i])));
    for (let from = 0, to = 0; from < x.length; from = to) {
      while (to < x.length && radii[to] === radii[from]) to++;
      const level = this.level(radii[from]);
      const table = level?.rest ?? this.table;
      const own = allPowers(this.contour, table, x.subarray(from, to), y.subarray(from, to));
      own.exponents.forEach((exponent, i) => {
        if (level !== undefined) addFar(level.far, this.slots, x[from + i], y[from + i], exponent);
      });
      append(near, own.near);
      append(exponents, own.exponents);
    }
    return { near, exponents };
  }

  /** Undefined where too few nodes lie within the radius to be worth it. */
  private level(radius: number): Level | undefined {
    if (!this.levels.has(radius)) this.levels.set(radius, this.divided(radius));
    return this.levels.get(radius);
  }

  private divided(radius: number): Level | undefined {
    const { contour, table } = this;
    const { node } = contour;
    const inner = (i: number): boolean => Math.hypot(node.re[i], node.im[i]) < radius;
    const within = part(table, (i) => inner(i));
    if (within.re.length < 0.5 * table.re.length) return undefined;
    return { far: farSeries(farKernel(contour, radius), within), rest: part(table, (i) => !inner(i)) };
  }
}

/** A table of some of its nodes. */
function part({ slots, order, start, re, im }: PowerTable, holds: (node: number) => boolean): PowerTable {
  const ranks = Int32Array.from(order.keys()).filter((rank) => holds(order[rank]));
  const starts = new Int32Array(slots + 1);
  for (let k = 1, used = ranks.length; k <= slots; k++) {
    while (used > 0 && ranks[used - 1] >= start[k] - start[k - 1]) used--;
    starts[k] = starts[k - 1] + used;
  }
  const out = { re: new Float64Array(starts[slots]), im: new Float64Array(starts[slots]) };
  for (let k = 1; k <= slots; k++) {
    for (let at = starts[k - 1], i = 0; at < starts[k]; at++, i++) {
      out.re[at] = re[start[k - 1] + ranks[i]];
      out.im[at] = im[start[k - 1] + ranks[i]];
    }
  }
  return { slots, order: ranks.map((rank) => order[rank]), start: starts, ...out };
}

/** Kernel sums and the table's share of k χ_k, before the subtraction, at each of several points. */
function allPowers(contour: Contour, table: PowerTable, x: Float64Array, y: Float64Array): Exponents {
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
    append(exponents, out);
  }
  return { near, exponents };
}

/** A far kernel's terms summed over the powers at the nodes that it takes, both halves: real, by term and k. */
interface FarSeries {
  readonly kernel: FarKernel;
  readonly sums: readonly Float64Array[];
}

function farSeries(kernel: FarKernel, { slots, order, start, re, im }: PowerTable): FarSeries {
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

/** Adds the far nodes' share of k χ_k. */
function addFar({ kernel, sums }: FarSeries, slots: number, x: number, y: number, out: ComplexArray): void {
  const power = farPowers(kernel, x, y);
  for (let m = 0; m < FAR_TERMS; m++) {
    for (let k = 1; k <= slots; k++) {
      out.re[k] += power.re[m] * sums[m][k];
      out.im[k] += power.im[m] * sums[m][k];
    }
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
      const half = re.length / 2;
      for (let rank = first; rank < first + TILE; rank++, at += 4) {
        const i = rank < last ? order[rank] : -1;
        tile[at] = i < 0 ? 0 : re[i] + re[half + i];
        tile[at + 1] = i < 0 ? 0 : im[half + i] - im[i];
        tile[at + 2] = i < 0 ? 0 : im[i] + im[half + i];
        tile[at + 3] = i < 0 ? 0 : re[i] - re[half + i];
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
