/**
 * The part of a sampled law that piles up just above X = 0 (a small harvest and no task: singular for Gamma shapes
 * below 1): a sub-law A whose every sum stays in the surplus, Y ≤ 0. Its own sums in Spitzer's identity are therefore
 * known in closed form, however finely it is spread, and what is left of the law has no step at 0. Not a law of its
 * own: its mass is below 1.
 */
import type { ComplexArray, LatticeIncrement } from '../increment.js';
import { divide, logOf } from './spitzer.js';
import type { Complex, SpitzerSums } from './spitzer.js';

/** A sub-law of Y ≤ 0 as uniform densities on the axis of Y, joules. */
export interface HarvestAtoms {
  readonly start: Float64Array;
  readonly width: Float64Array;
  readonly weight: Float64Array;
  /** Total probability; 0 where the law has no such part. */
  readonly mass: number;
  /** E exp(zY) over A. */
  transform(z: ComplexArray): ComplexArray;
  /** Sums over k ≥ 2 of s^k/k · E f(S_k⁻) over paths that stay in A. */
  alone(s: Complex): SpitzerSums;
}

/** A law steps at 0 where its density just above is this many times that just below. */
const STEP = 1.5;

/** What exceeds, on X ≥ 0, the density just below X = 0. Empty where there is no such step, or if `never`. */
export function atomsAboveZero(law: LatticeIncrement, never: boolean): HarvestAtoms {
  const q = law.latticeSpan;
  const { first: from, stride, count, weight: weights } = law;
  // In Y: below X = 0 is above Y = 0.
  let above = -1;
  let below = -1;
  let straddles = false;
  const last = (r: number): number => from[r] + (count[r] - 1) * stride[r];
  const density = (r: number): number => (r < 0 ? 0 : weights[r] / (count[r] * stride[r] * q));
  for (let r = 0; r < weights.length; r++) {
    if (weights[r] === 0) continue;
    if (last(r) <= 0) {
      if (above < 0 || last(r) > last(above)) above = r;
    } else if (from[r] > 0) {
      if (below < 0 || from[r] < from[below]) below = r;
    } else straddles = true;
  }
  const level = density(below);
  const runs: number[] = [];
  if (!never && !straddles && above >= 0 && density(above) > STEP * level) {
    for (let r = 0; r < weights.length; r++) if (last(r) <= 0 && density(r) > level) runs.push(r);
  }
  const start = Float64Array.from(runs, (r) => (from[r] - 0.5 * stride[r]) * q);
  const width = Float64Array.from(runs, (r) => count[r] * stride[r] * q);
  const weight = Float64Array.from(runs, (r, i) => weights[r] - level * width[i]);
  let mass = 0;
  let mean = 0;
  let square = 0;
  runs.forEach((r, i) => {
    const middle = start[i] + 0.5 * width[i];
    mass += weight[i];
    mean -= weight[i] * middle;
    square += weight[i] * (middle * middle + ((stride[r] * q) ** 2 * (count[r] ** 2 - 1)) / 12);
  });
  return {
    start,
    width,
    weight,
    mass,
    transform: (z) => transform(start, width, weight, z),
    alone: (s) => alone(s, mass, mean, square),
  };
}

/** Terms of the power series that serves where |z|·(largest |Y| of A) is at most SERIES_RADIUS. */
const SERIES_TERMS = 28;
const SERIES_RADIUS = 1;

/** Σ weight · e^(z·middle) · sinh(z·width/2)/(z·width/2). */
function transform(start: Float64Array, width: Float64Array, weight: Float64Array, z: ComplexArray): ComplexArray {
  const out = { re: new Float64Array(z.re.length), im: new Float64Array(z.re.length) };
  const reach = start.reduce((most, x, r) => Math.max(most, Math.abs(x), Math.abs(x + width[r])), 0);
  const series = new Float64Array(SERIES_TERMS);
  for (let r = 0; r < weight.length; r++) {
    // E (Y/reach)^n / n! of a uniform density: (b^(n+1) − a^(n+1))/((n+1)!(b − a)), summed without subtraction.
    const a = start[r] / reach;
    const b = (start[r] + width[r]) / reach;
    let sum = weight[r];
    let power = 1;
    for (let n = 0; n < SERIES_TERMS; n++) {
      series[n] += sum;
      power *= a / (n + 1);
      sum = (sum * b + weight[r] * power) / (n + 2);
    }
  }
  for (let i = 0; i < z.re.length; i++) {
    const x = z.re[i];
    const y = z.im[i];
    if (Math.hypot(x, y) * reach <= SERIES_RADIUS) {
      let re = 0;
      let im = 0;
      for (let n = SERIES_TERMS - 1; n >= 0; n--) {
        const next = reach * (re * x - im * y) + series[n];
        im = reach * (re * y + im * x);
        re = next;
      }
      out.re[i] = re;
      out.im[i] = im;
      continue;
    }
    for (let r = 0; r < weight.length; r++) {
      const a = 0.5 * x * width[r];
      const b = 0.5 * y * width[r];
      let factor: Complex = [1 + (a * a - b * b) / 6, (a * b) / 3];
      if (a * a + b * b > 1e-8) {
        factor = divide([Math.sinh(a) * Math.cos(b), Math.cosh(a) * Math.sin(b)], [a, b]);
      }
      const middle = start[r] + 0.5 * width[r];
      const size = weight[r] * Math.exp(x * middle);
      const c = size * Math.cos(y * middle);
      const s = size * Math.sin(y * middle);
      out.re[i] += c * factor[0] - s * factor[1];
      out.im[i] += c * factor[1] + s * factor[0];
    }
  }
  return out;
}

/**
 * With S_k⁻ a sum of k terms of mean m/n and square v/n given A: E S = k n^(k−1) m, E S² = k n^(k−1) v + k(k−1) n^(k−2)
 * m².
 */
function alone(s: Complex, n: number, m: number, v: number): SpitzerSums {
  const rest: Complex = [1 - s[0] * n, -s[1] * n];
  const ratio = divide(s, rest);
  const slope = divide(ratio, rest);
  const log = logOf(rest);
  const square: Complex = [ratio[0] ** 2 - ratio[1] ** 2, 2 * ratio[0] * ratio[1]];
  const later: Complex = [ratio[0] - s[0], ratio[1] - s[1]];
  return {
    probability: [-log[0] - n * s[0], -log[1] - n * s[1]],
    first: [m * later[0], m * later[1]],
    second: [v * later[0] + m * m * square[0], v * later[1] + m * m * square[1]],
    slope: [m * (slope[0] - s[0]), m * (slope[1] - s[1])],
  };
}

/** Runs narrower than this share of a core cell are spikes rather than part of a smooth density. */
const FINE = 1 / 8;

/** Σ (step of the density)² over edges of runs that are no spikes: the far mean of |M(iu)|²u² of a smooth law. */
export function smoothTail(law: LatticeIncrement, coreWidth: number): number {
  const steps = new Map<number, number>();
  for (let r = 0; r < law.weight.length; r++) {
    const width = law.count[r] * law.stride[r] * law.latticeSpan;
    const start = law.first[r] - 0.5 * law.stride[r];
    const density = width < FINE * coreWidth ? NaN : law.weight[r] / width;
    // Edges of neighbours differ by half a quantum where their strides do.
    for (const [at, step] of [
      [start, density],
      [start + law.count[r] * law.stride[r], -density],
    ]) {
      const key = Math.floor(at + 0.5);
      steps.set(key, (steps.get(key) ?? 0) + step);
    }
  }
  let sum = 0;
  for (const step of steps.values()) if (!Number.isNaN(step)) sum += step * step;
  return sum;
}

/** Distance from 0 of the nearest spike below X = 0, joules; Infinity without any. */
export function nearestFine(law: LatticeIncrement, coreWidth: number): number {
  let nearest = Infinity;
  for (let r = 0; r < law.weight.length; r++) {
    const width = law.count[r] * law.stride[r] * law.latticeSpan;
    const fine = law.weight[r] > 0 && width < FINE * coreWidth;
    if (fine && law.first[r] > 0) nearest = Math.min(nearest, law.first[r] * law.latticeSpan);
  }
  return nearest;
}
