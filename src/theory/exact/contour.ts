/**
 * Where Spitzer's integrals are taken: quadrature nodes on a contour between the two real roots of s·M(w) = 1, graded
 * so that 1 − sM(w) is resolved by every panel for every s in use. One kind of contour for the true law;
 * lattice-spitzer.ts has the sampled law's.
 */
import { AccuracyError } from '../../errors.js';
import { complexExpm1 } from '../increment.js';
import type { ComplexArray, CompoundIncrement } from '../increment.js';
import { gaussLegendre } from '../../numeric/quadrature.js';

/** Upper half of a contour: nodes, dw·(quadrature weight)/(2πi), M − 1, and the silent part of M. */
export interface Contour {
  readonly node: ComplexArray;
  readonly weight: ComplexArray;
  readonly transformMinusOne: ComplexArray;
  /** M₀ = P(no task) E exp(−wH): analytic to the right, so that log(1 − sM₀) has no trace on the positive side. */
  readonly silent: ComplexArray;
  /** Where the upper half ends. */
  readonly end: readonly [re: number, im: number];
}

/** How a contour is laid. */
export interface ContourPlan {
  /** Where it crosses the real axis. */
  readonly crossing: number;
  /** −log|s| and the largest |arg s| in use. */
  readonly damping: number;
  readonly angle: number;
  /** Panels are this times as long as the distance to the nearest singularity (1.4 for 15 digits). */
  readonly stretch: number;
  /** Longest panel near the bend, in units of 1/θ: finite where a Cauchy kernel is taken over the contour too. */
  readonly finest?: number;
  /** Most nodes that are laid; AccuracyError beyond them. */
  readonly most?: number;
  /** It may not lean. */
  readonly upright?: boolean;
}

const RULE = gaussLegendre(16);
const TINY = 1e-19;

/** A contour of more nodes than this, upright, is tried leaning to the left too. */
const LONG = 4000;
/** Nodes of a contour, unless a plan says otherwise: some seconds of moments. */
const MOST = 1e6;
/** How far it leans, in units of 1/θ. */
const LEAN = 0.25;

/**
 * Vertical from the crossing until Im w = 2/θ, past the disc |w + 1/θ| < 1/θ that holds all zeros of 1 − sM on the
 * left, then on a ray to the upper left, where every task's factor e^{we} dies exponentially: no algebraic tail is left
 * to truncate, however singular the Gamma density.
 *
 * Where heavy tasks would turn many times on the vertical stretch it goes to the upper left as early as it can:
 * wherever `largestLog` stays below −log|s| there is no zero of 1 − sM, and the factor of a heavy task dies within a
 * few of its own turns.
 */
export function compoundContour(law: CompoundIncrement, plan: ContourPlan): Contour {
  const most = plan.most ?? MOST;
  const straight = (limit: number): Laid => {
    const path = new Path(law, plan);
    return { path, end: lay(law, plan, path, Infinity, limit) };
  };
  const upright = plan.upright === true ? straight(most) : straight(Math.min(LONG, most));
  if (upright.path.size < LONG || plan.upright === true) return finished(upright, most);
  const leaning = new Path(law, plan);
  const end = lay(law, plan, leaning, plan.crossing - LEAN / law.scale, most);
  // An upright one is laid only as far as it could still be the shorter.
  const other = straight(Math.min(most, leaning.size + 1));
  return finished(leaning.size < other.path.size ? { path: leaning, end } : other, most);
}

/** A path with its end. */
interface Laid {
  readonly path: Path;
  readonly end: readonly [re: number, im: number];
}

function finished({ path, end }: Laid, most: number): Contour {
  if (path.size < most) return path.finish(end);
  throw new AccuracyError(`the walk needs a contour of more than ${most} nodes, expected fewer`);
}

/** Lays a path that leans as far as `leftmost` (Infinity: not at all), of `most` nodes; returns its end. */
function lay(
  law: CompoundIncrement,
  plan: ContourPlan,
  path: Path,
  leftmost: number,
  most = Infinity,
): readonly [re: number, im: number] {
  const bend = 2 / law.scale;
  const slant = Math.SQRT1_2;
  const bound = 0.5 * (plan.damping + law.cumulant(plan.crossing));
  let x = plan.crossing;
  let at = 0;
  while (at < bend && x > leftmost && path.size < most) {
    const length = path.length(x, at, -slant, slant, 0.5 * bend);
    if (largestLog(law, x - slant * length, at + slant * length) < bound) {
      path.panel(x, at, -slant, slant, 0.5 * bend);
      x -= slant * length;
      at += slant * length;
    } else at += path.panel(x, at, 0, 1, bend - at);
  }
  while (at < bend && silentBound(law, x, at) > TINY && path.size < most) at += path.panel(x, at, 0, 1, bend - at);
  if (at < bend) return [x, at];
  const last = 48 / (slant * law.energies[0]);
  for (let t = 0; t < last && path.size < most;) {
    t += path.panel(x - slant * t, at + slant * t, -slant, slant, last - t);
  }
  return [x - slant * last, at + slant * last];
}

/** A bound of log|M(x + iy)|: every task's factor at its largest, the harvest's as it is. */
function largestLog(law: CompoundIncrement, x: number, y: number): number {
  let sum = 0;
  for (let j = 0; j < law.energies.length; j++) sum += law.probabilities[j] * Math.expm1(x * law.energies[j]);
  const { dispersion } = law;
  const base = 1 - (dispersion - 1) * sum;
  const demand = dispersion === 1 ? sum : base > 0 ? -Math.log(base) / (dispersion - 1) : Infinity;
  return law.rate * demand - 0.5 * law.shape * Math.log((1 + law.scale * x) ** 2 + (law.scale * y) ** 2);
}

/** |1 + θw|^(−shape) on the vertical line: no transform is larger but for the tilt. */
function silentBound(law: CompoundIncrement, x: number, y: number): number {
  return Math.exp(law.cumulant(x)) * (1 + ((law.scale * y) / (1 + law.scale * x)) ** 2) ** (-0.5 * law.shape);
}

/** λu, its slope and a bound of its curvature, with u = E exp(we) − 1. */
interface Demand {
  readonly re: number;
  readonly im: number;
  readonly slopeRe: number;
  readonly slopeIm: number;
  readonly curvature: number;
}

/**
 * The same of L = −(λ/e) log(1 − e·u), e = I − 1, for dispersed counts, and how far off the base's zero is at least,
 * where L has a branch point: L' = λu'/b and L'' = λu''/b + (e/λ)(λu'/b)², b = 1 − e·u.
 */
function dispersedSlope(
  { re, im, slopeRe, slopeIm, curvature }: Demand,
  rate: number,
  excess: number,
): Demand & { readonly root: number } {
  const bRe = 1 - (excess * re) / rate;
  const bIm = -(excess * im) / rate;
  const norm = bRe * bRe + bIm * bIm;
  const size = Math.sqrt(norm);
  const steep = (Math.hypot(slopeRe, slopeIm) * excess) / rate;
  const bend = (curvature * excess) / rate;
  return {
    re: (-0.5 * rate * Math.log(norm)) / excess,
    im: (-rate * Math.atan2(bIm, bRe)) / excess,
    slopeRe: (slopeRe * bRe + slopeIm * bIm) / norm,
    slopeIm: (slopeIm * bRe - slopeRe * bIm) / norm,
    curvature: curvature / size + (rate / excess) * (steep / size) ** 2,
    root: (2 * size) / (steep + Math.sqrt(steep * steep + 2 * bend * size)),
  };
}

/** Collects panels; each is as long as the nearest singularity and the fastest oscillation allow. */
class Path {
  private readonly re: number[] = [];
  private readonly im: number[] = [];
  private readonly weightRe: number[] = [];
  private readonly weightIm: number[] = [];

  constructor(
    private readonly law: CompoundIncrement,
    private readonly plan: ContourPlan,
  ) {}

  /** Nodes so far. */
  get size(): number {
    return this.re.length;
  }

  /** How long a panel from (x, y) along the unit direction (u, v) may be, at most `limit`. */
  length(x: number, y: number, u: number, v: number, limit: number): number {
    let length = Math.min(limit, this.reach(x, y));
    for (let i = 0; i < 40; i++) {
      const end = this.reach(x + u * length, y + v * length);
      const middle = this.reach(x + 0.5 * u * length, y + 0.5 * v * length);
      if (length <= 1.0001 * Math.max(Math.min(end, middle), 1e-3 * limit)) break;
      length *= 0.7;
    }
    return length;
  }

  /** Adds a panel from (x, y) along the unit direction (u, v), at most `limit` long; returns its length. */
  panel(x: number, y: number, u: number, v: number, limit: number): number {
    const length = this.length(x, y, u, v, limit);
    for (let i = 0; i < RULE.nodes.length; i++) {
      const t = 0.5 * length * (1 + RULE.nodes[i]);
      const w = (0.5 * length * RULE.weights[i]) / (2 * Math.PI);
      this.re.push(x + u * t);
      this.im.push(y + v * t);
      // (u + iv)·w/i.
      this.weightRe.push(v * w);
      this.weightIm.push(-u * w);
    }
    return length;
  }

  /** Length that a panel at w may have. */
  private reach(x: number, y: number): number {
    const { law, plan } = this;
    let slopeRe = 0;
    let slopeIm = 0;
    let curvature = 0;
    let re = 0;
    let im = 0;
    let oscillation = 0;
    for (let j = 0; j < law.energies.length; j++) {
      const e = law.energies[j];
      const size = law.rate * law.probabilities[j] * Math.exp(x * e);
      const c = size * Math.cos(y * e);
      const s = size * Math.sin(y * e);
      re += c - law.rate * law.probabilities[j];
      im += s;
      slopeRe += e * c;
      slopeIm += e * s;
      curvature += e * e * size;
      if (size > 1e-18) oscillation = Math.max(oscillation, e);
    }
    let root = Infinity;
    if (law.dispersion !== 1) {
      const batches = dispersedSlope({ re, im, slopeRe, slopeIm, curvature }, law.rate, law.dispersion - 1);
      ({ re, im, slopeRe, slopeIm, curvature } = batches);
      root = batches.root;
    }
    const u = 1 + law.scale * x;
    const v = law.scale * y;
    const size2 = u * u + v * v;
    re -= 0.5 * law.shape * Math.log(size2);
    im -= law.shape * Math.atan2(v, u);
    slopeRe -= (law.shape * law.scale * u) / size2;
    slopeIm += (law.shape * law.scale * v) / size2;
    curvature += (law.shape * law.scale ** 2) / size2;
    // Distance d to the nearest zero of 1 − sM for any s in use, from |log sM| = |slope| d + curvature d²/2 at least.
    const turn = Math.abs(im - 2 * Math.PI * Math.round(im / (2 * Math.PI)));
    const gap = Math.hypot(plan.damping - re, Math.max(0, turn - plan.angle));
    const slope = Math.hypot(slopeRe, slopeIm);
    const zero = (2 * gap) / (slope + Math.sqrt(slope * slope + 2 * curvature * gap));
    const pole = Math.hypot(x, y);
    const fast = oscillation > 0 ? 4 / oscillation : Infinity;
    const branch = Math.min(root, Math.hypot(x + 1 / law.scale, y));
    const bend = law.scale * Math.abs(y) < 6 ? (plan.finest ?? Infinity) / law.scale : Infinity;
    // Left of the crossing the line on which transforms are wanted is a singularity of its own: L oscillates there and
    // not here.
    const aside = plan.finest !== undefined && x < plan.crossing ? plan.crossing - x : Infinity;
    return Math.min(plan.stretch * Math.min(zero, pole, branch, Math.max(aside, fast)), fast, bend);
  }

  finish(end: readonly [number, number]): Contour {
    const { law } = this;
    const node = { re: Float64Array.from(this.re), im: Float64Array.from(this.im) };
    const n = node.re.length;
    const silent = { re: new Float64Array(n), im: new Float64Array(n) };
    for (let i = 0; i < n; i++) {
      [silent.re[i], silent.im[i]] = silentAt(law, node.re[i], node.im[i]);
    }
    return {
      node,
      weight: { re: Float64Array.from(this.weightRe), im: Float64Array.from(this.weightIm) },
      transformMinusOne: law.transformMinusOne(node),
      silent,
      end,
    };
  }
}

/** M₀(z) = P(no task) (1 + θz)^(−shape). */
export function silentAt(law: CompoundIncrement, x: number, y: number): [number, number] {
  const u = 1 + law.scale * x;
  const v = law.scale * y;
  const size = Math.exp(law.logSilence - 0.5 * law.shape * Math.log(u * u + v * v));
  const turn = -law.shape * Math.atan2(v, u);
  return [size * Math.cos(turn), size * Math.sin(turn)];
}

/** 1 − s for s = exp(−damping + i·angle), without loss near s = 1. */
export function oneMinusS(damping: number, angle: number): [number, number] {
  const out = { re: new Float64Array(1), im: new Float64Array(1) };
  complexExpm1(-damping, angle, out, 0);
  return [-out.re[0], -out.im[0]];
}
