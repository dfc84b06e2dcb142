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
import { gaussLegendre } from '../gauss-legendre.js';
import type { ComplexArray, CompoundIncrement } from '../increment.js';
import { BLOCK, BLOCK_NODES, lagrange } from './block-interpolation.js';
import { silentAt } from './cauchy-kernel.js';
import { TIE, taskSums } from './task-sums.js';
import type { TaskSums } from './task-sums.js';
import { FLAT, windowAt } from './window.js';

const RULE = gaussLegendre(16);
/** A window that ends at frequency Ω has a kernel of this extent over Ω, to 1e-15. */
export const KERNEL = 132;
/** Panels of the line between the window's flat part and its end: about 10 radians each at the kernel's extent. */
const LINE_PANELS = 12;
/** Blocks on which g is interpolated along the line, each this times as far as the one before. */
const BLOCKS = 4;
/** Terms of the law below this count for nothing. */
const TINY = 3e-16;
/**
 * Intervals of a table of terms over the kernel's extent, and, nearer than NEAR over Ω, in log|a − d| as far as TINIEST
 * times that.
 */
const TABLE = 4096;
const NEAR = 2;
const CLOSE = 512;
const TINIEST = 1e-8;
/** Slots since the deficit was last 0 that are followed at most. */
const MOST_SLOTS = 400;
/** The same where sums near a point are only counted. */
const FEW_SLOTS = 64;
/** What such a count need not know. */
const COUNTED = 1e-13;
/** Directions of the rays, radians: the left one lies right of the contour's own. */
const LEFT = 2.2;
const RIGHT = 0.8;
/**
 * The first panel of a ray, in units of Ω, turns by 10 radians at the kernel's extent, and each is this times as long
 * as the one before. A ray ends where e^{zx} is below rounding, or, for x = 0, with the last panel.
 */
const FIRST = 0.08;
const GROWTH = 1.45;
const DEAD = 36;
const LAST_PANEL = 48;
/** Panels of a ray that share one block of nodes on which g is found, to be interpolated in the number of the panel. */
const SHARED = 4;

/** What the kinks need to know of the law that the spectrum holds. */
export interface KinkSource {
  readonly law: CompoundIncrement;
  readonly slots: number;
  readonly abscissa: number;
  /** P(D_{T−1} = 0) as it was taken off in a slot without tasks. */
  readonly empty: number;
  /** g_{T−1}, g_{T−2}, …: `count` of them, at each z. */
  descent(z: ComplexArray, count: number): readonly ComplexArray[];
}

/** Nodes z of one stretch of a path, and g_{T−j}(z) (1 + θz)^{−j·shape}·(weight dz) at each, by j − 1. */
interface Stretch {
  readonly z: ComplexArray;
  readonly factor: readonly ComplexArray[];
  /** The same of a harvest from an empty deficit, (g_{T−1} − empty) M₀. */
  readonly silent: ComplexArray;
}

/** One sum of energies: w_j by j, and Σ_j w_j factor_j on the stretches where it was wanted. */
interface Sum {
  readonly weights: Map<number, number>;
  readonly parts: Map<Stretch, ComplexArray>;
}

/** A window's end Ω with the paths that begin there. */
interface Beyond {
  readonly end: number;
  /** Slots since the deficit was last 0 whose terms still count. */
  readonly depth: number;
  /** Probability of a sum below which it counts for nothing, by j. */
  readonly least: readonly number[];
  /** Made where a point first needs it. */
  line: Stretch | undefined;
  /** Panels of the two rays, made as far as they are needed; the last of the right one ends in `tip`. */
  readonly left: Stretch[];
  readonly right: Stretch[];
  tip: Stretch | undefined;
  /** g on blocks of the rays' panels. */
  readonly blocks: Map<string, readonly ComplexArray[]>;
  readonly sums: Map<number, Sum>;
  /** Terms of weight 1 by order, then by j − 1, where sums lie close. */
  readonly tables: Map<number, readonly TermTable[]>;
}

/**
 * Rays begin beyond the contour's bend: windows that end below this, in units of 1/θ, have no such paths, and nothing
 * is added.
 */
const LOWEST = 4;

/** How much of the sums near a point the added part has: all, those that were not too many to be listed, or none. */
export type KinksFound = 'all' | 'likeliest' | 'none';

/** The added part. */
export interface KinkValue {
  readonly value: number;
  readonly found: KinksFound;
}

export class Kinks {
  private readonly sums: TaskSums;
  private readonly known = new Map<number, Beyond | undefined>();

  constructor(private readonly source: KinkSource) {
    this.sums = taskSums(source.law);
  }

  /** What a window that ends at `end` takes from (1/2πi)∫ e^{−zd} f(z)/z^order dz, d > 0. */
  at(d: number, end: number, order: 0 | 1 | 2): KinkValue {
    const { law } = this.source;
    if (end * law.scale < LOWEST) return { value: 0, found: 'none' };
    if (!this.known.has(end)) this.known.set(end, this.beyond(end));
    const beyond = this.known.get(end);
    if (beyond === undefined) return { value: 0, found: 'all' };
    const reach = KERNEL / end;
    const { near, whole } = this.near(beyond, d - reach, d + reach);
    let value = 0;
    for (const [a, sum] of near) {
      const x = offset(a, d, order);
      value += this.along(beyond, x, order, (stretch) => partOf(sum, stretch));
      if (x === 0) value += this.tail(beyond, sum, order);
    }
    if (d < reach) value += this.along(beyond, -d, order, (stretch) => stretch.silent);
    return { value: value / Math.PI, found: whole ? 'all' : 'likeliest' };
  }

  /** The same at d = from + j·step > 0, 0 ≤ j < count. */
  grid(from: number, step: number, count: number, end: number, order: 0 | 1 | 2): Float64Array {
    const out = new Float64Array(count);
    if (!this.sums.dense || end * this.source.law.scale < LOWEST) {
      for (let i = 0; i < count; i++) out[i] = this.at(from + i * step, end, order).value;
      return out;
    }
    if (!this.known.has(end)) this.known.set(end, this.beyond(end));
    const beyond = this.known.get(end);
    if (beyond === undefined) return out;
    const reach = KERNEL / end;
    const near = NEAR / end;
    const tables = beyond.tables.get(order) ?? this.tabulated(beyond, order);
    beyond.tables.set(order, tables);
    const to = from + (count - 1) * step;
    const silence = Math.exp(-this.source.law.rate);
    const add = (a: number, j: number, weight: number): void => {
      if (a === 0) return;
      const first = Math.max(0, Math.ceil((a - reach - from) / step));
      const last = Math.min(count - 1, Math.floor((a + reach - from) / step));
      for (let i = first; i <= last; i++) {
        const d = from + i * step;
        const x = a - d;
        if (Math.abs(x) < TINIEST * near) out[i] += this.term(beyond, a, d, new Map([[j, weight]]), order);
        else out[i] += weight * tables[j - 1].at(x);
      }
    };
    for (let j = 1; j <= beyond.depth; j++) {
      this.sums.visit(j, from - reach, to + reach, beyond.least[j], (a, p) => {
        add(a, j, p);
      });
      if (j === 1) continue;
      this.sums.visit(j - 1, from - reach, to + reach, beyond.least[j], (a, p) => {
        add(a, j, -silence * p);
      });
    }
    for (let i = 0; i < count && from + i * step < reach; i++) {
      out[i] += this.along(beyond, -from - i * step, order, (stretch) => stretch.silent);
    }
    return out.map((value) => value / Math.PI);
  }

  /** A sum's term at d, by way of the paths. */
  private term(beyond: Beyond, a: number, d: number, weights: Map<number, number>, order: number): number {
    const sum = { weights, parts: new Map<Stretch, ComplexArray>() };
    const x = offset(a, d, order);
    const own = this.along(beyond, x, order, (stretch) => partOf(sum, stretch));
    return x === 0 ? own + this.tail(beyond, sum, order) : own;
  }

  /** The terms of weight 1 for every j, as functions of a − d. */
  private tabulated(beyond: Beyond, order: number): TermTable[] {
    const out = Array.from({ length: beyond.depth }, () => new TermTable(KERNEL / beyond.end, NEAR / beyond.end));
    out[0]?.places((x, into) => {
      for (const stretch of this.path(beyond, x)) {
        const { re, im } = turns(stretch.z, x, order);
        for (let j = 0; j < beyond.depth; j++) {
          const factor = stretch.factor[j];
          let sum = 0;
          for (let n = 0; n < re.length; n++) sum += factor.re[n] * im[n] + factor.im[n] * re[n];
          into(out[j], sum);
        }
      }
    });
    return out;
  }

  /**
   * A bound on what a window that ends at `end` takes from P(D > d), from the sums near d: Infinity where they are too
   * many.
   */
  most(d: number, end: number): number {
    const { slots } = this.source;
    const reach = KERNEL / end;
    let sum = COUNTED;
    for (let j = 1; j <= slots && this.left(end, j) > COUNTED; j++) {
      const left = this.left(end, j);
      if (j > FEW_SLOTS) return Infinity;
      if (!this.sums.visit(j, d - reach, d + reach, TINY, (_, p) => (sum += left * p))) return Infinity;
    }
    return sum;
  }

  /** What is left at the frequencies beyond a window after j harvests, at its largest. */
  private left(end: number, j: number): number {
    const { law } = this.source;
    let most = 0;
    for (let t = FLAT; t <= 1; t += 0.05) {
      most = Math.max(most, (1 - windowAt(t)) * (1 + (law.scale * end * t) ** 2) ** (-0.5 * j * law.shape));
    }
    return most;
  }

  /**
   * Sums from ≤ a ≤ to with their weights w_j = p_j − e^{−λ} p_{j−1}: the first slot after an empty deficit has a task.
   */
  private near(beyond: Beyond, from: number, to: number): { near: Map<number, Sum>; whole: boolean } {
    const { law, slots } = this.source;
    const silence = Math.exp(-law.rate);
    let whole = beyond.depth < MOST_SLOTS || beyond.depth === slots;
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
      if (
        !this.sums.visit(j, from, to, least, (a, p) => {
          add(a, j, p);
        })
      )
        whole = false;
      if (j > 1)
        this.sums.visit(j - 1, from, to, least, (a, p) => {
          add(a, j, -silence * p);
        });
    }
    return { near, whole };
  }

  /** Im ∫ part(z) e^{zx}/z^order along the line beyond the flat of the window and on along a ray. */
  private along(beyond: Beyond, x: number, order: number, part: (stretch: Stretch) => ComplexArray): number {
    let sum = 0;
    for (const stretch of this.path(beyond, x)) sum += integral(stretch, part(stretch), x, order);
    return sum;
  }

  /** The line beyond the flat of the window, and the ray as far as it is needed for x. */
  private path(beyond: Beyond, x: number): Stretch[] {
    const out = [(beyond.line ??= this.line(beyond))];
    const direction = x > 0 ? LEFT : RIGHT;
    const ray = x > 0 ? beyond.left : beyond.right;
    const length = x === 0 ? Infinity : DEAD / Math.abs(x * Math.cos(direction));
    for (let k = 0; k < (x === 0 ? LAST_PANEL : 120) && beyond.end * panelStart(k) < length; k++) {
      out.push((ray[k] ??= this.panel(beyond, direction, k)));
    }
    return out;
  }

  /** What is left for x = 0 beyond the last panel, where g no longer changes: ∫ z^{−j·shape − order} in closed form. */
  private tail(beyond: Beyond, sum: Sum, order: number): number {
    const { law, abscissa } = this.source;
    const length = beyond.end * panelStart(LAST_PANEL);
    const z = [abscissa + length * Math.cos(RIGHT), beyond.end + length * Math.sin(RIGHT)] as const;
    const tip = (beyond.tip ??= this.stretch(beyond.depth, [z[0]], [z[1]], [1], [0]));
    let re = 0;
    let im = 0;
    for (const [j, weight] of sum.weights) {
      const share = weight / (j * law.shape + order - 1);
      re += share * tip.factor[j - 1].re[0];
      im += share * tip.factor[j - 1].im[0];
    }
    for (let n = 1; n < order; n++) {
      const norm = z[0] ** 2 + z[1] ** 2;
      [re, im] = [(re * z[0] + im * z[1]) / norm, (im * z[0] - re * z[1]) / norm];
    }
    return im;
  }

  /** Undefined where nothing is left beyond the window. */
  private beyond(end: number): Beyond | undefined {
    const { slots } = this.source;
    let depth = 0;
    const least = [1];
    for (; depth < Math.min(slots, MOST_SLOTS) && this.left(end, depth + 1) > TINY; depth++)
      least.push(TINY / this.left(end, depth + 1));
    if (depth === 0) return undefined;
    return {
      end,
      depth,
      least,
      line: undefined,
      left: [],
      right: [],
      tip: undefined,
      blocks: new Map(),
      sums: new Map(),
      tables: new Map(),
    };
  }

  private line({ end, depth }: Beyond): Stretch {
    const { abscissa } = this.source;
    const u: number[] = [];
    const weight: number[] = [];
    const size = (end * (1 - FLAT)) / LINE_PANELS;
    for (let p = 0; p < LINE_PANELS; p++) {
      for (let i = 0; i < RULE.nodes.length; i++) {
        const at = FLAT * end + (p + 0.5 * (1 + RULE.nodes[i])) * size;
        u.push(at);
        weight.push(0.5 * size * RULE.weights[i] * (1 - windowAt(at / end)));
      }
    }
    const zero = u.map(() => 0);
    const x = u.map(() => abscissa);
    return this.stretch(depth, x, u, zero, weight, this.interpolated(end, u, depth));
  }

  /** g along the line from a few blocks of nodes. */
  private interpolated(end: number, u: readonly number[], depth: number): readonly ComplexArray[] {
    const { abscissa } = this.source;
    const ratio = FLAT ** (-1 / BLOCKS);
    const out = zeros(depth, u.length);
    for (let b = 0; b < BLOCKS; b++) {
      const from = end * FLAT * ratio ** b;
      const to = from * ratio;
      const im = BLOCK.nodes.map((t) => from + 0.5 * (to - from) * (1 + t));
      const g = this.source.descent({ re: im.map(() => abscissa), im }, depth);
      u.forEach((at, i) => {
        if (at >= from && (at < to || b === BLOCKS - 1)) interpolate(g, (2 * (at - from)) / (to - from) - 1, out, i);
      });
    }
    return out;
  }

  /** g on a ray at fractions of its panels, from the block of the panels that they share. */
  private onRay(beyond: Beyond, direction: number, k: number, fractions: readonly number[]): readonly ComplexArray[] {
    const { abscissa } = this.source;
    const { end, depth, blocks } = beyond;
    const block = Math.floor(k / SHARED);
    const key = `${direction} ${block}`;
    let g = blocks.get(key);
    if (g === undefined) {
      const r = BLOCK.nodes.map((t) => end * panelStart(SHARED * (block + 0.5 * (1 + t))));
      g = this.source.descent(
        {
          re: r.map((at) => abscissa + at * Math.cos(direction)),
          im: r.map((at) => end + at * Math.sin(direction)),
        },
        depth,
      );
      blocks.set(key, g);
    }
    const out = zeros(depth, fractions.length);
    for (let i = 0; i < fractions.length; i++) {
      // The panel's number at which a ray is this far: within a panel the distance grows evenly.
      const number = Math.log1p(fractions[i] * (GROWTH - 1)) / Math.log(GROWTH) + k;
      interpolate(g, (2 * number) / SHARED - 2 * block - 1, out, i);
    }
    return out;
  }

  private panel(beyond: Beyond, direction: number, k: number): Stretch {
    const { end, depth } = beyond;
    const from = end * panelStart(k);
    const size = end * FIRST * GROWTH ** k;
    const [c, s] = [Math.cos(direction), Math.sin(direction)];
    const at = RULE.nodes.map((t) => from + 0.5 * size * (1 + t));
    const weight = RULE.weights.map((w) => 0.5 * size * w);
    return this.stretch(
      depth,
      Array.from(at, (r) => this.source.abscissa + r * c),
      Array.from(at, (r) => end + r * s),
      Array.from(weight, (w) => w * c),
      Array.from(weight, (w) => w * s),
      this.onRay(
        beyond,
        direction,
        k,
        Array.from(RULE.nodes, (t) => 0.5 * (1 + t)),
      ),
    );
  }

  /** Nodes with weights dz, and the factors there. */
  private stretch(
    depth: number,
    x: readonly number[],
    y: readonly number[],
    dx: readonly number[],
    dy: readonly number[],
    known?: readonly ComplexArray[],
  ): Stretch {
    const { law, empty } = this.source;
    const z = { re: Float64Array.from(x), im: Float64Array.from(y) };
    const g = known ?? this.source.descent(z, depth);
    const n = x.length;
    const factor = zeros(g.length, n);
    const [silent] = zeros(1, n);
    for (let i = 0; i < n; i++) {
      const u = 1 + law.scale * x[i];
      const v = law.scale * y[i];
      const log = -0.5 * law.shape * Math.log(u * u + v * v);
      const turn = -law.shape * Math.atan2(v, u);
      for (let j = 1; j <= g.length; j++) {
        const size = Math.exp(j * log);
        const re = size * (dx[i] * Math.cos(j * turn) - dy[i] * Math.sin(j * turn));
        const im = size * (dx[i] * Math.sin(j * turn) + dy[i] * Math.cos(j * turn));
        factor[j - 1].re[i] = re * g[j - 1].re[i] - im * g[j - 1].im[i];
        factor[j - 1].im[i] = re * g[j - 1].im[i] + im * g[j - 1].re[i];
      }
      const [a, b] = silentAt(law, x[i], y[i]);
      const re = a * dx[i] - b * dy[i];
      const im = a * dy[i] + b * dx[i];
      silent.re[i] = re * (g[0].re[i] - empty) - im * g[0].im[i];
      silent.im[i] = re * g[0].im[i] + im * (g[0].re[i] - empty);
    }
    return { z, factor, silent };
  }
}

function zeros(count: number, size: number): ComplexArray[] {
  return Array.from({ length: count }, () => ({ re: new Float64Array(size), im: new Float64Array(size) }));
}

const BASIS = new Float64Array(BLOCK_NODES);

/** Each function at t ∈ [−1, 1] of a block, into the i-th place. */
function interpolate(g: readonly ComplexArray[], t: number, out: readonly ComplexArray[], i: number): void {
  lagrange(t, BASIS);
  for (let j = 0; j < out.length; j++) {
    let re = 0;
    let im = 0;
    for (let k = 0; k < BLOCK_NODES; k++) {
      re += BASIS[k] * g[j].re[k];
      im += BASIS[k] * g[j].im[k];
    }
    out[j].re[i] = re;
    out[j].im[i] = im;
  }
}

/** Where a ray's k-th panel begins, in units of Ω. */
function panelStart(k: number): number {
  return (FIRST * (GROWTH ** k - 1)) / (GROWTH - 1);
}

/** a − d, 0 where they are one. */
function offset(a: number, d: number, order: number): number {
  if (Math.abs(a - d) > TIE * d) return a - d;
  // The density at a sum itself is that just above it.
  return order === 0 ? -1e-9 * d : 0;
}

/**
 * A term as a function of x = a − d: evenly over the kernel's extent, and in log|x| on either side of 0, where it is
 * singular.
 */
class TermTable {
  private readonly wide = new Float64Array(TABLE + 1);
  private readonly sides = [new Float64Array(CLOSE + 4), new Float64Array(CLOSE + 4)] as const;
  private readonly step = -Math.log(TINIEST) / CLOSE;

  constructor(
    private readonly reach: number,
    private readonly near: number,
  ) {}

  /** Calls `fill` with every x of a table, and with what adds to that place in a table of this kind. */
  places(fill: (x: number, into: (table: TermTable, value: number) => void) => void): void {
    for (let i = 0; i <= TABLE; i++) {
      const x = this.reach * ((2 * i) / TABLE - 1);
      if (Math.abs(x) < 0.9 * this.near) continue;
      fill(x, (table, value) => (table.wide[i] += value));
    }
    // Two places beyond either end, for the cubic.
    for (let i = 0; i < CLOSE + 4; i++) {
      const x = this.near * Math.exp((2 - i) * this.step);
      fill(x, (table, value) => (table.sides[0][i] += value));
      fill(-x, (table, value) => (table.sides[1][i] += value));
    }
  }

  at(x: number): number {
    const size = Math.abs(x);
    if (size >= this.near) return between(this.wide, ((x + this.reach) / (2 * this.reach)) * TABLE);
    return between(this.sides[x > 0 ? 0 : 1], 2 - Math.log(size / this.near) / this.step);
  }
}

/** Lagrange's cubic through four neighbours of a table at `place`. */
function between(table: Float64Array, place: number): number {
  const i = Math.min(table.length - 3, Math.max(1, Math.floor(place)));
  const t = place - i;
  const [a, b, c, d] = [table[i - 1], table[i], table[i + 1], table[i + 2]];
  return (
    (-a * t * (t - 1) * (t - 2)) / 6 +
    (b * (t + 1) * (t - 1) * (t - 2)) / 2 -
    (c * (t + 1) * t * (t - 2)) / 2 +
    (d * (t + 1) * t * (t - 1)) / 6
  );
}

/** e^{zx}/z^order at every node. */
function turns(z: ComplexArray, x: number, order: number): ComplexArray {
  const n = z.re.length;
  const out = { re: new Float64Array(n), im: new Float64Array(n) };
  for (let i = 0; i < n; i++) {
    const size = Math.exp(z.re[i] * x);
    let re = size * Math.cos(z.im[i] * x);
    let im = size * Math.sin(z.im[i] * x);
    const norm = z.re[i] ** 2 + z.im[i] ** 2;
    for (let k = 0; k < order; k++) {
      [re, im] = [(re * z.re[i] + im * z.im[i]) / norm, (im * z.re[i] - re * z.im[i]) / norm];
    }
    out.re[i] = re;
    out.im[i] = im;
  }
  return out;
}

/** Σ_j w_j factor_j on a stretch. */
function partOf(sum: Sum, stretch: Stretch): ComplexArray {
  const known = sum.parts.get(stretch);
  if (known !== undefined) return known;
  const n = stretch.z.re.length;
  const out = { re: new Float64Array(n), im: new Float64Array(n) };
  for (const [j, weight] of sum.weights) {
    const { re, im } = stretch.factor[j - 1];
    for (let i = 0; i < n; i++) {
      out.re[i] += weight * re[i];
      out.im[i] += weight * im[i];
    }
  }
  sum.parts.set(stretch, out);
  return out;
}

/** Im Σ part(z) e^{zx}/z^order. */
function integral({ z }: Stretch, part: ComplexArray, x: number, order: number): number {
  const { re, im } = turns(z, x, order);
  let sum = 0;
  for (let i = 0; i < re.length; i++) sum += part.re[i] * im[i] + part.im[i] * re[i];
  return sum;
}
