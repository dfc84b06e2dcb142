/** The points s at which a walk in blocks is solved, and their weights: a parabola, or the horizon's circle. */
import { horizonNodes, windowHalf } from './horizon-inversion.js';

/** One s = exp(−damping + i·angle) with its weight: g_T = Σ Re(weight·G(s)), as in horizonNodes. */
interface ContourNode {
  readonly damping: number;
  readonly angle: number;
  readonly weightRe: number;
  readonly weightIm: number;
}

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
