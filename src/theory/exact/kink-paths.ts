/**
 * Paths beyond the end of a window on the line, along which the terms of kinks.ts are integrated: the line past the
 * window's flat part, and a ray to the left or to the right on which e^{zx} dies. Factors are found once a window, for
 * all sums.
 */
import { gaussLegendre } from '../../numeric/quadrature.js';
import type { ComplexArray, CompoundIncrement } from '../increment.js';
import { BLOCK, BLOCK_NODES, blockNodes, lagrange } from './block-interpolation.js';
import { silentAt } from './contour.js';
import type { TermTables } from './term-tables.js';
import { FLAT, windowAt } from './window.js';

const RULE = gaussLegendre(16);
/** Panels of the line between the window's flat part and its end: about 10 radians each at the kernel's extent. */
const LINE_PANELS = 12;
/** Blocks on which g is interpolated along the line, each this times as far as the one before. */
const BLOCKS = 4;
/** Terms of the law below this count for nothing. */
export const TINY = 3e-16;
/** Slots since the deficit was last 0 that are followed at most. */
export const MOST_SLOTS = 400;
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
export interface Stretch {
  readonly z: ComplexArray;
  readonly factor: readonly ComplexArray[];
  /** The same of a harvest from an empty deficit, (g_{T−1} − empty) M₀. */
  readonly silent: ComplexArray;
}

/** One sum of energies: w_j by j, and Σ_j w_j factor_j on the stretches where it was wanted. */
export interface Sum {
  readonly weights: Map<number, number>;
  readonly parts: Map<Stretch, ComplexArray>;
}

/** A window's end Ω with the paths that begin there. */
export interface Beyond {
  readonly end: number;
  /** Slots since the deficit was last 0 whose terms still count. */
  readonly depth: number;
  /** What is left of a sum's weight beyond the window, and the probability below which it counts for nothing, by j. */
  readonly left: readonly number[];
  readonly least: readonly number[];
  /** Made where a point first needs it. */
  line: Stretch | undefined;
  /** Panels of the two rays, made as far as they are needed; the last of the right one ends in `tip`. */
  readonly leftRay: Stretch[];
  readonly rightRay: Stretch[];
  tip: Stretch | undefined;
  /** g on blocks of the rays' panels. */
  readonly blocks: Map<string, readonly ComplexArray[]>;
  readonly sums: Map<number, Sum>;
  /** By order the terms of weight p_j, where sums lie close. */
  readonly tables: Map<number, TermTables>;
}

export class KinkPaths {
  constructor(private readonly source: KinkSource) {}

  /** What is left at the frequencies beyond a window after j harvests, at its largest. */
  left(end: number, j: number): number {
    const { law } = this.source;
    let most = 0;
    for (let t = FLAT; t <= 1; t += 0.05) {
      most = Math.max(most, (1 - windowAt(t)) * (1 + (law.scale * end * t) ** 2) ** (-0.5 * j * law.shape));
    }
    return most;
  }

  /** Im ∫ part(z) e^{zx}/z^order along the line beyond the flat of the window and on along a ray. */
  along(beyond: Beyond, x: number, order: number, part: (stretch: Stretch) => ComplexArray): number {
    let sum = 0;
    for (const stretch of this.path(beyond, x)) sum += integral(stretch, part(stretch), x, order);
    return sum;
  }

  /** The line beyond the flat of the window, and the ray as far as it is needed for x. */
  path(beyond: Beyond, x: number): Stretch[] {
    const out = [(beyond.line ??= this.line(beyond))];
    const direction = x > 0 ? LEFT : RIGHT;
    const ray = x > 0 ? beyond.leftRay : beyond.rightRay;
    const length = x === 0 ? Infinity : DEAD / Math.abs(x * Math.cos(direction));
    for (let k = 0; k < (x === 0 ? LAST_PANEL : 120) && beyond.end * panelStart(k) < length; k++) {
      out.push((ray[k] ??= this.panel(beyond, direction, k)));
    }
    return out;
  }

  /** What is left for x = 0 beyond the last panel, where g no longer changes: ∫ z^{−j·shape − order} in closed form. */
  tail(beyond: Beyond, sum: Sum, order: number): number {
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
  beyond(end: number): Beyond | undefined {
    const { slots } = this.source;
    let depth = 0;
    const left = [1];
    for (; depth < Math.min(slots, MOST_SLOTS) && this.left(end, depth + 1) > TINY; depth++)
      left.push(this.left(end, depth + 1));
    if (depth === 0) return undefined;
    return {
      end,
      depth,
      left,
      least: left.map((share) => TINY / share),
      line: undefined,
      leftRay: [],
      rightRay: [],
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
      const im = blockNodes(from, to);
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

/** Parts of one array: hundreds of small ones take longer to make than to fill. */
function zeros(count: number, size: number): ComplexArray[] {
  const all = new Float64Array(2 * count * size);
  return Array.from({ length: count }, (_, j) => ({
    re: all.subarray(2 * j * size, (2 * j + 1) * size),
    im: all.subarray((2 * j + 1) * size, (2 * j + 2) * size),
  }));
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

/** e^{zx}/z^order at every node. */
export function turns(z: ComplexArray, x: number, order: number): ComplexArray {
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
export function partOf(sum: Sum, stretch: Stretch): ComplexArray {
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
