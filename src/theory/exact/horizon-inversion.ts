/**
 * Coefficients of generating functions in the horizon: g_T from G(s) = Σ g_n s^n, by Cauchy's integral on the circle
 * |s| = exp(−γ/T), at a cost that does not grow with T.
 *
 * In s = exp((−γ + iy)/T) the integrand decays and turns slowly in y, so a smooth window ends the sum at |y| = 160:
 * that replaces g_T by a mean of g over horizons near T with a kernel whose moments all vanish and which is below 1e-19
 * at horizon 0. Walks that still remember a lattice at T (one task size and a nearly constant harvest), or rare heavy
 * tasks, oscillate in T and need a wider one. Short horizons take the whole circle.
 */
import erfc from '@stdlib/math-base-special-erfc';
import { AccuracyError } from '../../errors.js';
import type { ComplexArray, CompoundIncrement } from '../increment.js';
import { compoundContour } from './contour.js';
import type { ContourPlan } from './contour.js';

/** Nodes in log s and their complex weights; only Im log s ≥ 0, the rest by symmetry. */
export interface HorizonNodes {
  readonly slots: number;
  /** γ/T: −log|s|. */
  readonly damping: number;
  /** arg s at each node, ascending from 0. */
  readonly angle: Float64Array;
  /** g_T = Σ Re(weight · G(s)) for a G with G(s̄) = conj G(s). */
  readonly weightRe: Float64Array;
  readonly weightIm: Float64Array;
}

/** Nodes on the unit of y: aliases of g_T are g_{T + 4jT}, damped by e^(−4jγ). */
const OVERSAMPLING = 4;
/** Half-width of a window on a walk that has forgotten every lattice, in units of y. */
const WINDOW_HALF = 80;
/** How sharply a window falls, per unit of y: its mean over horizons is as wide whatever its half. */
const WINDOW_SHARPNESS = 6 / WINDOW_HALF;

/** Beyond this half-width a contour that turns less is looked for. */
const WIDE = 5 * WINDOW_HALF;
/** −log of what a window may take. */
const FLAT = 34;

/**
 * The nodes for horizon T ≥ 1. `gamma` (8 to 10 is right) trades aliasing, e^(−4γ), against rounding, e^γ; `half` is
 * where the window has fallen to one half, in units of y.
 */
export function horizonNodes(slots: number, gamma = 8, half = WINDOW_HALF): HorizonNodes {
  const step = (2 * Math.PI) / OVERSAMPLING;
  // Where a window has fallen to 1e-19.
  const end = half + WINDOW_HALF;
  const whole = Math.PI * slots <= end;
  const last = whole ? (OVERSAMPLING * slots) / 2 : Math.floor(end / step);
  const angle = new Float64Array(last + 1);
  const weightRe = new Float64Array(last + 1);
  const weightIm = new Float64Array(last + 1);
  for (let j = 0; j <= last; j++) {
    const y = j * step;
    // The node s = −1 of the whole circle is its own mirror image, as s = |s| is.
    const share = j === 0 || (whole && j === last) ? 1 : 2;
    const window = whole ? 1 : 0.5 * erfc(WINDOW_SHARPNESS * (y - half));
    const size = (share * window * Math.exp(gamma)) / (OVERSAMPLING * slots);
    angle[j] = y / slots;
    weightRe[j] = size * Math.cos(y);
    weightIm[j] = -size * Math.sin(y);
  }
  return { slots, damping: gamma / slots, angle, weightRe, weightIm };
}

/** Largest |arg s| that carries weight. */
export function largestAngle(nodes: HorizonNodes): number {
  return nodes.angle[nodes.angle.length - 1];
}

/**
 * Half-width of the window that a walk needs at horizon T, from values of its transform on the contour: M(w)^T turns by
 * T·arg M as T grows, and where |M|^T still counts that turning must lie within the flat of the window.
 */
export function windowHalf(slots: number, transformMinusOne: ComplexArray): number {
  let half = WINDOW_HALF;
  for (let i = 0; i < transformMinusOne.re.length; i++) {
    const re = 1 + transformMinusOne.re[i];
    const im = transformMinusOne.im[i];
    const size = (slots / 2) * Math.log(re * re + im * im);
    if (size < -FLAT) continue;
    const turn = slots * Math.abs(Math.atan2(im, re));
    // Where the window has lost less than e^{−34 − size}: erfc(x) < e^{−x²}.
    half = Math.max(half, turn + Math.sqrt(FLAT + size) / WINDOW_SHARPNESS);
  }
  return half;
}

/** Nodes of a contour that is laid for its turns alone. */
const UPRIGHT_NODES = 5e4;

/** The same for a contour of the true law. Any one's turns do; one that leans may turn further. */
export function contourWindowHalf(law: CompoundIncrement, slots: number, plan: ContourPlan): number {
  const half = windowHalf(slots, compoundContour(law, plan).transformMinusOne);
  if (half <= WIDE) return half;
  try {
    const upright = compoundContour(law, { ...plan, upright: true, most: UPRIGHT_NODES });
    return Math.min(half, windowHalf(slots, upright.transformMinusOne));
  } catch (error) {
    if (!(error instanceof AccuracyError)) throw error;
    return half;
  }
}
