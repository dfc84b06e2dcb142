/**
 * What a window on the line takes away where the law is not smooth: at sums of task energies. A deficit that was last 0
 * j slots ago ends at a − (harvests of j slots and what lies below 0 before them), a the sum of the tasks since: P(D >
 * d) has a term (a − d)^(j·shape) for d < a and none for d > a, almost a jump where the harvest's shape is small. No
 * line is long enough for that, but each such term is known as
 *
 *     w_j(a) · (1/2πi) ∫ e^{z(a − d)} g_{T−j}(z) (1 + θz)^{−j·shape} dz/z,
 *
 * whose integrand is smooth, and dies exponentially on a ray to the left (d < a) or to the right (d > a). Its part
 * beyond the window is added for every sum that the window's kernel reaches from d.
 */
import { AccuracyError } from '../../errors.js';
import { KinkPaths, MOST_SLOTS, TINY, partOf, turns } from './kink-paths.js';
import type { Beyond, KinkSource, Sum } from './kink-paths.js';
import { TIE, taskSums } from './task-sums.js';
import type { TaskSums } from './task-sums.js';
import { TermTables } from './term-tables.js';

/** A window that ends at frequency Ω has a kernel of this extent over Ω, to 1e-15. */
export const KERNEL = 132;
/**
 * Where more sums than these lie within the kernel's extent of a point their terms are read from tables; nearer than
 * NEAR over Ω in the logarithm, as far as TINIEST times that.
 */
const MANY = 64;
const NEAR = 2;
const TINIEST = 1e-8;
/** Sums near one point that are looked at, of all numbers of slots together. */
const MOST_NEAR = 2e5;
/** The same where sums near a point are only counted. */
const FEW_SLOTS = 64;
/** What such a count need not know. */
const COUNTED = 1e-13;
/** Rays begin beyond the contour's bend: to windows that end below this, in 1/θ, nothing is added. */
const LOWEST = 4;

/** The added part. */
export interface KinkValue {
  readonly value: number;
  /** A bound on what it lacks in P(D > d): nothing is left out at 0, Infinity where nothing was added. */
  readonly lacks: number;
}

export class Kinks {
  private readonly sums: TaskSums;
  private readonly paths: KinkPaths;
  private readonly known = new Map<number, Beyond | undefined>();
  /** Ends of windows beyond which nothing is added. */
  private readonly tooDear = new Set<number>();

  constructor(private readonly source: KinkSource) {
    this.sums = taskSums(source.law);
    this.paths = new KinkPaths(source);
  }

  /** What a window takes from (1/2πi)∫ e^{−zd} f(z)/z^order dz, d > 0; nothing where its paths cost too much. */
  at(d: number, end: number, order: 0 | 1 | 2): KinkValue {
    if (end * this.source.law.scale < LOWEST || this.tooDear.has(end)) return { value: 0, lacks: Infinity };
    try {
      return this.added(d, end, order);
    } catch (error) {
      if (!(error instanceof AccuracyError)) throw error;
      this.tooDear.add(end);
      return { value: 0, lacks: Infinity };
    }
  }

  private added(d: number, end: number, order: 0 | 1 | 2): KinkValue {
    if (!this.known.has(end)) this.known.set(end, this.paths.beyond(end));
    const beyond = this.known.get(end);
    if (beyond === undefined) return { value: 0, lacks: 0 };
    const reach = KERNEL / end;
    const { value, lacks } = this.close(reach)
      ? this.tabulatedAt(beyond, d, reach, order)
      : this.listedAt(beyond, d, reach, order);
    const silent = d < reach ? this.paths.along(beyond, -d, order, (stretch) => stretch.silent) : 0;
    return { value: (value + silent) / Math.PI, lacks };
  }

  /** The same at d = from + j·step > 0, 0 ≤ j < count. */
  grid(from: number, step: number, count: number, end: number, order: 0 | 1 | 2): Float64Array {
    return Float64Array.from({ length: count }, (_, j) => this.at(from + j * step, end, order).value);
  }

  private close(reach: number): boolean {
    return MANY * this.sums.spacing < 2 * reach;
  }

  /** Sum by sum, along the paths. */
  private listedAt(beyond: Beyond, d: number, reach: number, order: number): KinkValue {
    const { near, lacks } = this.near(beyond, d - reach, d + reach);
    let value = 0;
    for (const [a, sum] of near) {
      value += this.term(beyond, sum, a, d, order);
    }
    return { value, lacks };
  }

  /** From tables; only the sums that all but touch d along the paths. */
  private tabulatedAt(beyond: Beyond, d: number, reach: number, order: number): KinkValue {
    const { silence } = this.source.law;
    const touching = (TINIEST * NEAR) / beyond.end;
    // Made where a sum lies near at all.
    let tables = beyond.tables.get(order);
    let value = 0;
    let lacks = 0;
    let seen = 0;
    for (let j = 1; j <= beyond.depth && seen <= MOST_NEAR; j++) {
      const { left } = beyond;
      const before = value;
      const lost = this.sums.visit(j, d - reach, d + reach, beyond.least[j], (a, p) => {
        if (a === 0 || seen++ > MOST_NEAR) return;
        const x = a - d;
        if (Math.abs(x) >= touching) {
          if (tables === undefined) beyond.tables.set(order, (tables = this.tabulated(beyond, order)));
          value += p * tables.at(j, x);
          return;
        }
        // w_j = p_j − e^{−λ} p_{j−1}: what p_j stands for in w_j and in w_{j+1}.
        const weights = new Map([[j, p]]);
        if (j < beyond.depth) weights.set(j + 1, -silence * p);
        value += this.term(beyond, { weights, parts: new Map() }, a, d, order);
      });
      if (seen > MOST_NEAR) value = before;
      lacks += left[j] * (seen > MOST_NEAR ? 1 : lost);
    }
    if (seen > MOST_NEAR) lacks = Math.min(1, lacks + 1);
    return { value, lacks: Math.min(1, lacks + this.undeep(beyond)) };
  }

  /** A sum's term at d, by way of the paths. */
  private term(beyond: Beyond, sum: Sum, a: number, d: number, order: number): number {
    const x = offset(a, d, order);
    const own = this.paths.along(beyond, x, order, (stretch) => partOf(sum, stretch));
    return x === 0 ? own + this.paths.tail(beyond, sum, order) : own;
  }

  /** The terms of weight p_j for every j, as functions of a − d. */
  private tabulated(beyond: Beyond, order: number): TermTables {
    const { depth, end } = beyond;
    const { silence } = this.source.law;
    const terms = new Float64Array(depth + 1);
    return new TermTables(depth, KERNEL / end, 1 / end, NEAR / end, (NEAR * TINIEST) / end, (x, out) => {
      terms.fill(0);
      for (const stretch of this.paths.path(beyond, x)) {
        const { re, im } = turns(stretch.z, x, order);
        for (let j = 0; j < depth; j++) {
          const factor = stretch.factor[j];
          let sum = 0;
          for (let n = 0; n < re.length; n++) sum += factor.re[n] * im[n] + factor.im[n] * re[n];
          terms[j] += sum;
        }
      }
      for (let j = 0; j < depth; j++) out[j] = terms[j] - silence * terms[j + 1];
    });
  }

  /** A bound on what a window takes from P(D > d), from the sums near d: Infinity where they are too many. */
  most(d: number, end: number): number {
    const { slots } = this.source;
    const reach = KERNEL / end;
    let sum = COUNTED;
    for (let j = 1; j <= slots && this.paths.left(end, j) > COUNTED; j++) {
      const left = this.paths.left(end, j);
      if (j > FEW_SLOTS) return Infinity;
      sum += left * this.sums.visit(j, d - reach, d + reach, TINY, (_, p) => (sum += left * p));
    }
    return sum;
  }

  /** What the slots that are not followed may hold. */
  private undeep({ depth, end }: Beyond): number {
    return depth === this.source.slots || depth < MOST_SLOTS ? 0 : this.paths.left(end, depth + 1);
  }

  /** Sums from ≤ a ≤ to with w_j = p_j − e^{−λ} p_{j−1}: the first slot after an empty deficit has a task. */
  private near(beyond: Beyond, from: number, to: number): { near: Map<number, Sum>; lacks: number } {
    const { silence } = this.source.law;
    let lacks = this.undeep(beyond);
    const near = new Map<number, Sum>();
    const fresh = new Set<Sum>();
    const add = (a: number, j: number, weight: number): void => {
      if (a === 0) return;
      let sum = near.get(a) ?? beyond.sums.get(a);
      if (sum === undefined) {
        sum = { weights: new Map(), parts: new Map() };
        fresh.add(sum);
        beyond.sums.set(a, sum);
      }
      near.set(a, sum);
      if (fresh.has(sum)) sum.weights.set(j, (sum.weights.get(j) ?? 0) + weight);
    };
    if (beyond.sums.size > 3e4) beyond.sums.clear();
    for (let j = 1; j <= beyond.depth; j++) {
      const least = beyond.least[j];
      const lost = this.sums.visit(j, from, to, least, (a, p) => {
        add(a, j, p);
      });
      lacks += beyond.left[j] * lost;
      if (j > 1)
        this.sums.visit(j - 1, from, to, least, (a, p) => {
          add(a, j, -silence * p);
        });
    }
    return { near, lacks: Math.min(1, lacks) };
  }
}

/** a − d, 0 where they are one. */
function offset(a: number, d: number, order: number): number {
  if (Math.abs(a - d) > TIE * d) return a - d;
  // The density at a sum itself is that just above it.
  return order === 0 ? -1e-9 * d : 0;
}
