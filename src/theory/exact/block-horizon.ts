/**
 * The deficit of a walk in blocks after many slots at once, by Spitzer's identity: for each s of the horizon's circle
 * the sums Σ s^k/k P(S_k = n) over n > 0, and the exponential of their transform, on the block grid's frequencies below
 * half a turn a block.
 *
 * What a law has beyond those frequencies is its youngest steps', which block-walk.ts takes exactly: sums of up to
 * three steps come from it, and so do the last slots before the horizon, which make anew whatever is fine in the law.
 * Four steps and more are smooth within a block.
 */
import erfc from '@stdlib/math-base-special-erfc';
import type { BlockGrid, BlockLaw } from './block-walk.js';
import { oneMinusS } from './contour.js';
import { horizonNodes, windowHalf } from './horizon-inversion.js';

/**
 * Parts of Spitzer's sums that are kept: others are below (block/σ)² of them at frequencies that the last slots make
 * anew.
 */
const PARTS = 2;
/** Steps whose sums are exact. */
const EXACT_STEPS = 3;

/** Where the window on frequencies falls to one half, of half a turn a block, and how sharply: 1e-15 at its end. */
const WINDOW_HALF = 0.75;
const WINDOW_SHARPNESS = 17;
/** Below this |sM| four steps and more add up to less than 1e-17. */
const NONE = 8e-5;
/** Below this |sM| eight more steps do. */
const FEW = 0.02;
/** Below this |ψ| the exponential is summed from its series: the term left out is 1e-15 of what stands. */
const SMALL = 1e-3;

/**
 * What is the same for every s: the grid's frequencies, turned by the one point that Y = Rc + 1 + j has beside its
 * block. All sequences are held times e^{κm}, κ the tilt, so that those of a walk with a surplus do not trail far below
 * 0.
 */
interface Frequencies {
  readonly tilt: number;
  /** M, interleaved. */
  readonly transform: Float64Array;
  /** e^w·Q_j, what part j is in a transform at w = (κ − iφ)/R, |φ| ≤ π. */
  readonly write: readonly Float64Array[];
  /** The same at −w, by which the part is read off, under a window that ends at half a turn. */
  readonly read: readonly Float64Array[];
  /** By steps and part: transforms of (1/n)·P(S_n = ·). */
  readonly steps: readonly (readonly Float64Array[])[];
}

function frequencies(grid: BlockGrid, tilt: number): Frequencies {
  const { size, increment } = grid;
  const { points, polynomials, still } = increment;
  const blocks = tilt === 0 ? grid.transform : grid.tilted(tilt);
  const transform = new Float64Array(2 * size);
  const read = polynomials.map(() => new Float64Array(2 * size));
  const write = polynomials.map(() => new Float64Array(2 * size));
  const steps = Array.from({ length: EXACT_STEPS }, () =>
    Array.from({ length: PARTS }, () => new Float64Array(2 * size)),
  );
  const count = polynomials.length;
  const now = new Float64Array(2 * count);
  const next = new Float64Array(2 * count);
  for (let k = 0; k < size; k++) {
    const phi = (2 * Math.PI * (k <= size / 2 ? k : k - size)) / size;
    const theta = phi / points;
    const window = 0.5 * erfc(WINDOW_SHARPNESS * (Math.abs(phi) / (WINDOW_HALF * Math.PI) - 1));
    const grow = Math.exp(tilt / points);
    const [c1, s1] = [Math.cos(theta), Math.sin(theta)];
    polynomials.forEach((q, j) => {
      atPlaces(q, grow * c1, -grow * s1, write[j], 2 * k);
      atPlaces(q, c1 / grow, s1 / grow, read[j], 2 * k);
      read[j][2 * k] *= window;
      read[j][2 * k + 1] *= window;
    });
    const [pRe, pIm] = [blocks[2 * k], blocks[2 * k + 1]];
    transform[2 * k] = pRe * write[0][2 * k] - pIm * write[0][2 * k + 1];
    transform[2 * k + 1] = pIm * write[0][2 * k] + pRe * write[0][2 * k + 1];
    // Powers of the step in the algebra of parts.
    const up = Math.exp(tilt);
    const [c, s] = [up * Math.cos(phi), -up * Math.sin(phi)];
    now.fill(0);
    now[0] = pRe;
    now[1] = pIm;
    for (let n = 1; n <= EXACT_STEPS; n++) {
      for (let j = 0; j < Math.min(PARTS, count); j++) {
        steps[n - 1][j][2 * k] = now[2 * j] / n;
        steps[n - 1][j][2 * k + 1] = now[2 * j + 1] / n;
      }
      next.fill(0);
      for (let j = 0; j < count; j++) {
        let re = 0;
        let im = 0;
        for (let l = 0; l < count; l++) {
          const stay = still[j][l];
          const carry = (j === 0 && l === 0 ? 1 : 0) - stay;
          const fRe = stay + carry * c;
          const fIm = carry * s;
          re += fRe * now[2 * l] - fIm * now[2 * l + 1];
          im += fRe * now[2 * l + 1] + fIm * now[2 * l];
        }
        next[2 * j] = re * pRe - im * pIm;
        next[2 * j + 1] = re * pIm + im * pRe;
      }
      now.set(next);
    }
  }
  return { tilt, transform, write, read, steps };
}

/** (1/R) Σ q(r) z^{r + 1} by Horner's scheme, for z = x + iy, into out[at]. */
function atPlaces(q: Float64Array, x: number, y: number, out: Float64Array, at: number): void {
  let re = 0;
  let im = 0;
  for (let r = q.length - 1; r >= 0; r--) {
    const a = re + q[r];
    re = a * x - im * y;
    im = a * y + im * x;
  }
  out[at] = re / q.length;
  out[at + 1] = im / q.length;
}

const prepared = new WeakMap<BlockGrid, Frequencies>();

/**
 * The law of D_T on the grid, smooth within blocks but for the first step from 0. `gamma` as in horizonNodes; `tilt` a
 * block, at which M is less than 1: 0, or up to the saddle of a walk with a surplus.
 */
export function blockLawAt(grid: BlockGrid, slots: number, gamma: number, tilt: number): BlockLaw {
  const before = prepared.get(grid);
  const known = before?.tilt === tilt ? before : frequencies(grid, tilt);
  prepared.set(grid, known);
  const { increment, size } = grid;
  const { transform, read, write } = known;
  const half = size / 2;
  const nodes = contourNodes(slots, gamma, transform);
  const used = Math.min(PARTS, read.length);
  const empties = () => Array.from({ length: used }, () => new Float64Array(2 * size));
  const [sums, linear] = [empties(), empties()];
  const smooth = new Float64Array(2 * size);
  const work = new Float64Array(2 * size);
  const level = Float64Array.from({ length: half }, (_, m) => Math.exp(-tilt * m));
  let empty = 0;
  for (const { damping, angle, weightRe, weightIm } of nodes) {
    const [gapRe, gapIm] = oneMinusS(damping, angle);
    spitzerSums(known, gapRe, gapIm, sums);
    let positiveRe = 0;
    let positiveIm = 0;
    sums.forEach((sum, j) => {
      grid.inverse(work, sum);
      // Blocks below 0 stand in the upper half.
      work.fill(0, size);
      for (let m = 0; j === 0 && m < half; m++) {
        positiveRe += level[m] * work[2 * m];
        positiveIm += level[m] * work[2 * m + 1];
      }
      grid.forward(sum, work);
    });
    // weight·exp(−Σ s^k/k P(S_k > 0))/(1 − s): the generating function of P(D = 0), and what stands before the
    // exponential.
    const grow = Math.exp(-positiveRe) / (gapRe * gapRe + gapIm * gapIm);
    const [c, s] = [Math.cos(positiveIm), Math.sin(positiveIm)];
    const eRe = grow * (gapRe * c - gapIm * s);
    const eIm = -grow * (gapRe * s + gapIm * c);
    const wRe = weightRe * eRe - weightIm * eIm;
    const wIm = weightRe * eIm + weightIm * eRe;
    empty += wRe;
    sums.forEach((sum, j) => {
      addTimes(linear[j], sum, wRe, wIm);
    });
    addExponential(sums, write, wRe, wIm, smooth);
  }
  const parts = read.map((turn, j) => {
    const sum = linear.at(j)?.slice() ?? new Float64Array(2 * size);
    for (let k = 0; k < size; k++) {
      sum[2 * k] += smooth[2 * k] * turn[2 * k] - smooth[2 * k + 1] * turn[2 * k + 1];
      sum[2 * k + 1] += smooth[2 * k] * turn[2 * k + 1] + smooth[2 * k + 1] * turn[2 * k];
    }
    grid.inverse(work, sum);
    return Float64Array.from({ length: size }, (_, m) => {
      return work[2 * m] * (m < half ? level[m] : m < size - SPILL ? 0 : Math.exp(tilt * (size - m)));
    });
  });
  // Without the frequencies beyond half a turn the bend at 0 spills over it: back with it, its mean kept.
  const lever = increment.polynomials.at(1)?.reduce((sum, q, r) => sum + (q * r) / increment.points ** 2, 0) ?? 0;
  let spilt = 0;
  let moment = 0;
  for (let m = size - SPILL; m < size; m++) {
    spilt += parts[0][m];
    moment += (m - size) * parts[0][m] + (used > 1 ? lever * parts[1][m] : 0);
  }
  parts[0][0] += spilt - moment;
  parts[0][1] += moment;
  return { increment, empty, parts: parts.map((part) => part.slice(0, half)) };
}

/** One s = exp(−damping + i·angle) with its weight: g_T = Σ Re(weight·G(s)), as in horizonNodes. */
interface ContourNode {
  readonly damping: number;
  readonly angle: number;
  readonly weightRe: number;
  readonly weightIm: number;
}

/** Blocks below 0 that hold what spills there. */
const SPILL = 256;
/** −log of what the parabola's end leaves out. */
const END = 36;

/**
 * With s = e^{−ζ/T}, the integral of e^ζ G over the parabola ζ = (√γ − it)²: a deficit's generating function is one of
 * √ζ, analytic to its right, and e^ζ = e^{γ − t² − 2i√γt} is a wave of a Gaussian height, so that a sum over some
 * twenty even steps in t is right to e^{−36}. A walk with so much drift or so much memory of a lattice that zeros of 1
 * − sM(iu) lie outside the parabola takes the horizon's circle.
 */
export function contourNodes(slots: number, gamma: number, transform: Float64Array): ContourNode[] {
  const root = Math.sqrt(gamma);
  if (!zerosInside(slots, 0.5 * root, transform)) {
    const half = transform.length / 4;
    const minusOne = {
      re: Float64Array.from({ length: half }, (_, k) => transform[2 * k] - 1),
      im: Float64Array.from({ length: half }, (_, k) => transform[2 * k + 1]),
    };
    const { damping, angle, weightRe, weightIm } = horizonNodes(slots, gamma, windowHalf(slots, minusOne));
    return Array.from(angle, (at, j) => ({ damping, angle: at, weightRe: weightRe[j], weightIm: weightIm[j] }));
  }
  const step = Math.PI / (root + Math.sqrt(gamma + END));
  const nodes: ContourNode[] = [];
  for (let t = 0; t * t < gamma + END; t += step) {
    const size = ((t === 0 ? 1 : 2) * step * Math.exp(gamma - t * t)) / (Math.PI * slots);
    const [c, s] = [Math.cos(2 * root * t), -Math.sin(2 * root * t)];
    nodes.push({
      damping: (gamma - t * t) / slots,
      angle: (2 * root * t) / slots,
      weightRe: size * (root * c + t * s),
      weightIm: size * (root * s - t * c),
    });
  }
  return nodes;
}

/** Whether all ζ = T log M lie in the parabola Re √ζ ≤ `most`, or so far left that e^ζ is nothing there. */
function zerosInside(slots: number, most: number, transform: Float64Array): boolean {
  for (let at = 0; at < transform.length / 2; at += 2) {
    const re = 0.5 * slots * Math.log(transform[at] ** 2 + transform[at + 1] ** 2);
    if (re < -END) continue;
    const im = slots * Math.atan2(transform[at + 1], transform[at]);
    // (Re √ζ)² = (|ζ| + Re ζ)/2.
    if (0.5 * (Math.hypot(re, im) + re) > most * most) return false;
  }
  return true;
}

/**
 * Transforms of the parts of Σ s^k/k P(S_k = n), s = 1 − gap, on both sides of 0: what is left of −log(1 − sM) beyond
 * the exact steps, and those.
 */
function spitzerSums(known: Frequencies, gapRe: number, gapIm: number, out: readonly Float64Array[]): void {
  const { transform, read, steps } = known;
  const sRe = 1 - gapRe;
  const sIm = -gapIm;
  const size = transform.length / 2;
  for (const sum of out) sum.fill(0);
  for (let k = 0, at = 0; k < size; k++, at += 2) {
    const xRe = sRe * transform[at] - sIm * transform[at + 1];
    const xIm = sRe * transform[at + 1] + sIm * transform[at];
    const norm = xRe * xRe + xIm * xIm;
    if (norm < NONE * NONE) continue;
    let re: number;
    let im: number;
    if (norm < FEW * FEW) {
      // x⁴ (1/4 + x/5 + … + x⁸/12) by Horner's scheme.
      re = 1 / 12;
      im = 0;
      for (let n = 11; n > EXACT_STEPS; n--) {
        const next = re * xRe - im * xIm + 1 / n;
        im = re * xIm + im * xRe;
        re = next;
      }
      for (let n = 0; n <= EXACT_STEPS; n++) {
        const next = re * xRe - im * xIm;
        im = re * xIm + im * xRe;
        re = next;
      }
    } else {
      // −log(1 − x) less x + x²/2 + x³/3.
      const aRe = 1 - xRe;
      re = 1 / EXACT_STEPS;
      im = 0;
      for (let n = EXACT_STEPS - 1; n >= 0; n--) {
        const next = re * xRe - im * xIm + (n > 0 ? 1 / n : 0);
        im = re * xIm + im * xRe;
        re = next;
      }
      re = -0.5 * Math.log(aRe * aRe + xIm * xIm) - re;
      im = Math.atan2(xIm, aRe) - im;
    }
    for (let j = 0; j < out.length; j++) {
      const turn = read[j];
      out[j][at] = re * turn[at] - im * turn[at + 1];
      out[j][at + 1] = re * turn[at + 1] + im * turn[at];
    }
  }
  let [pRe, pIm] = [sRe, sIm];
  for (const own of steps) {
    out.forEach((sum, j) => {
      addTimes(sum, own[j], pRe, pIm);
    });
    [pRe, pIm] = [pRe * sRe - pIm * sIm, pRe * sIm + pIm * sRe];
  }
}

function addTimes(to: Float64Array, values: Float64Array, wRe: number, wIm: number): void {
  for (let at = 0; at < to.length; at += 2) {
    to[at] += values[at] * wRe - values[at + 1] * wIm;
    to[at + 1] += values[at] * wIm + values[at + 1] * wRe;
  }
}

/** Adds w·(e^ψ − 1 − ψ), ψ the transform whose parts are given. */
function addExponential(
  sums: readonly Float64Array[],
  write: readonly Float64Array[],
  wRe: number,
  wIm: number,
  to: Float64Array,
): void {
  for (let at = 0; at < to.length; at += 2) {
    let re = 0;
    let im = 0;
    for (let j = 0; j < sums.length; j++) {
      re += sums[j][at] * write[j][at] - sums[j][at + 1] * write[j][at + 1];
      im += sums[j][at + 1] * write[j][at] + sums[j][at] * write[j][at + 1];
    }
    let eRe: number;
    let eIm: number;
    if (re * re + im * im > SMALL * SMALL) {
      const size = Math.exp(re);
      eRe = size * Math.cos(im) - 1 - re;
      eIm = size * Math.sin(im) - im;
    } else {
      // ψ²/2 (1 + ψ/3 (1 + ψ/4 (1 + ψ/5))).
      const aRe = 1 + re / 5;
      const aIm = im / 5;
      const bRe = 1 + (aRe * re - aIm * im) / 4;
      const bIm = (aRe * im + aIm * re) / 4;
      const cRe = 1 + (bRe * re - bIm * im) / 3;
      const cIm = (bRe * im + bIm * re) / 3;
      const qRe = 0.5 * (re * re - im * im);
      const qIm = re * im;
      eRe = qRe * cRe - qIm * cIm;
      eIm = qRe * cIm + qIm * cRe;
    }
    to[at] += eRe * wRe - eIm * wIm;
    to[at + 1] += eRe * wIm + eIm * wRe;
  }
}
