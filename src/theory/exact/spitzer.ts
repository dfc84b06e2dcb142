/**
 * Spitzer's identity as generating functions in the horizon (docs/model.md section 4): for one s on the circle, the
 * sums over k of s^k/k · E f(S_k) for the few functions f that give mean, variance and P(D = 0), each one integral
 * over the contour.
 */
import type { CompoundIncrement } from '../increment.js';
import { compoundContour, oneMinusS } from './contour.js';
import type { Contour } from './contour.js';
import type { HorizonNodes } from './horizon-inversion.js';
import { largestAngle } from './horizon-inversion.js';

/** A complex number. */
export type Complex = readonly [re: number, im: number];

/** Sums over k ≥ 1 of s^k/k · E f(S_k): of S⁺ where the contour crosses right of 0, else of S⁻. */
export interface SpitzerSums {
  /** f = 1{S > 0}, or 1{S < 0}. */
  readonly probability: Complex;
  /** f = S±, joules. */
  readonly first: Complex;
  /** f = (S±)², joules². */
  readonly second: Complex;
  /** f = k S±, joules: the derivative of `first` by log s. */
  readonly slope: Complex;
}

/** Gives the sums at any node of the circle. */
export interface SpitzerSource {
  at(damping: number, angle: number): SpitzerSums;
}

/** Sums for the true law with a contour that crosses at `crossing`, for the s of one horizon. */
export function compoundSpitzer(
  law: CompoundIncrement,
  nodes: HorizonNodes,
  crossing: number,
  stretch: number,
  excess = 0,
): SpitzerSource {
  const damping = nodes.damping + excess;
  const contour = compoundContour(law, { crossing, damping, angle: largestAngle(nodes), stretch });
  const kernels = [kernel(contour, 1), kernel(contour, 2), kernel(contour, 3)] as const;
  const right = crossing > 0;
  const { silence } = law;
  const meanHarvest = law.shape * law.scale;
  return {
    at(level, angle) {
      const [gapRe, gapIm] = oneMinusS(level, angle);
      const sums = contourSums(contour, kernels, gapRe, gapIm);
      if (right) return sums;
      // Left of 0 the silent part has a trace: its own sums, those of −(H_1 + … + H_k) with probability e^(−λk).
      const sRe = 1 - gapRe;
      const sIm = -gapIm;
      const rest: Complex = [1 - sRe * silence, -sIm * silence];
      const ratio = divide([sRe * silence, sIm * silence], rest);
      const square = divide(ratio, rest);
      const log = logOf(rest);
      return {
        probability: [-sums.probability[0] - log[0], -sums.probability[1] - log[1]],
        first: [sums.first[0] + meanHarvest * ratio[0], sums.first[1] + meanHarvest * ratio[1]],
        // E H_k² / k = shape θ² (1 + k shape): Σ s^k e^(−λk) (…).
        second: [
          -sums.second[0] + meanHarvest * (law.scale * ratio[0] + meanHarvest * square[0]),
          -sums.second[1] + meanHarvest * (law.scale * ratio[1] + meanHarvest * square[1]),
        ],
        slope: [sums.slope[0] + meanHarvest * square[0], sums.slope[1] + meanHarvest * square[1]],
      };
    },
  };
}

/** weight · (n − 1)!/w^n on every node; n = 3 gives 2/w³. */
function kernel(contour: Contour, n: 1 | 2 | 3): { re: Float64Array; im: Float64Array } {
  const { node, weight } = contour;
  const size = node.re.length;
  const out = { re: new Float64Array(size), im: new Float64Array(size) };
  for (let i = 0; i < size; i++) {
    const norm = node.re[i] ** 2 + node.im[i] ** 2;
    const invRe = node.re[i] / norm;
    const invIm = -node.im[i] / norm;
    let re = weight.re[i] * (n === 3 ? 2 : 1);
    let im = weight.im[i] * (n === 3 ? 2 : 1);
    for (let k = 0; k < n; k++) [re, im] = [re * invRe - im * invIm, re * invIm + im * invRe];
    out.re[i] = re;
    out.im[i] = im;
  }
  return out;
}

type Kernels = readonly [ReturnType<typeof kernel>, ReturnType<typeof kernel>, ReturnType<typeof kernel>];

/** The four integrals over the whole contour: the lower half is the mirror image at s̄. */
function contourSums(contour: Contour, kernels: Kernels, gapRe: number, gapIm: number): SpitzerSums {
  const upper = halfSums(contour, kernels, gapRe, gapIm);
  const lower = gapIm === 0 ? upper : halfSums(contour, kernels, gapRe, -gapIm);
  const join = (n: number): Complex => [upper[2 * n] + lower[2 * n], upper[2 * n + 1] - lower[2 * n + 1]];
  return { probability: join(0), first: join(1), second: join(2), slope: join(3) };
}

/** Σ over the upper nodes; 1 − s = gap. Order: probability, first, second, slope; re, im. */
function halfSums(contour: Contour, kernels: Kernels, gapRe: number, gapIm: number): Float64Array {
  const { transformMinusOne: m, silent } = contour;
  const [k1, k2, k3] = kernels;
  const sRe = 1 - gapRe;
  const sIm = -gapIm;
  const out = new Float64Array(8);
  for (let i = 0; i < m.re.length; i++) {
    // 1 − sM = (1 − s) − s(M − 1).
    const aRe = gapRe - sRe * m.re[i] + sIm * m.im[i];
    const aIm = gapIm - sRe * m.im[i] - sIm * m.re[i];
    const bRe = 1 - sRe * silent.re[i] + sIm * silent.im[i];
    const bIm = -sRe * silent.im[i] - sIm * silent.re[i];
    const aNorm = aRe * aRe + aIm * aIm;
    const bNorm = bRe * bRe + bIm * bIm;
    // −log(1 − sM) + log(1 − sM₀), and its derivative by log s: 1/(1 − sM) − 1/(1 − sM₀).
    // |sM| and |sM₀| are below 1 on the contour: both logarithms' angles within a quarter turn, so that one angle does.
    const logRe = 0.5 * Math.log(bNorm / aNorm);
    const logIm = Math.atan2(bIm * aRe - bRe * aIm, bRe * aRe + bIm * aIm);
    const dRe = aRe / aNorm - bRe / bNorm;
    const dIm = bIm / bNorm - aIm / aNorm;
    out[0] += logRe * k1.re[i] - logIm * k1.im[i];
    out[1] += logRe * k1.im[i] + logIm * k1.re[i];
    out[2] += logRe * k2.re[i] - logIm * k2.im[i];
    out[3] += logRe * k2.im[i] + logIm * k2.re[i];
    out[4] += logRe * k3.re[i] - logIm * k3.im[i];
    out[5] += logRe * k3.im[i] + logIm * k3.re[i];
    out[6] += dRe * k2.re[i] - dIm * k2.im[i];
    out[7] += dRe * k2.im[i] + dIm * k2.re[i];
  }
  return out;
}

export function divide(a: Complex, b: Complex): Complex {
  const norm = b[0] * b[0] + b[1] * b[1];
  return [(a[0] * b[0] + a[1] * b[1]) / norm, (a[1] * b[0] - a[0] * b[1]) / norm];
}

/** Principal logarithm. */
export function logOf(a: Complex): Complex {
  return [Math.log(Math.hypot(a[0], a[1])), Math.atan2(a[1], a[0])];
}
