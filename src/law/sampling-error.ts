/** How far a sampled law is from the true one, from its final integers. */
import { firstAbove } from '../numeric/roots.js';
import type { CumulativeLaw } from './increment-cdf.js';
import type { LatticeMixture } from './lattice-mixture.js';
import { CORE_CELLS } from './tables.js';

/** How far the sampled law is from the true one. */
export interface SamplingError {
  /** |mean difference| / σ. */
  readonly mean: number;
  /** Relative difference of the variances. */
  readonly variance: number;
  /** Kolmogorov distance, a lattice point n taken as the interval [(n − ½)q, (n + ½)q). */
  readonly kolmogorov: number;
  /** Largest probability that the true law puts into one such interval: what any lattice of this quantum blurs. */
  readonly finestMass: number;
}

/** Distances between the sampled law, from its final integers, and the true one. */
export function samplingError(law: CumulativeLaw, mixture: LatticeMixture): SamplingError {
  const { quantumJoules: q, stride, count, weight } = mixture;
  const sigma = law.standardDeviation;
  let finestMass = law.cdf(q / 2) - law.cdf(-q / 2);
  for (let r = 0; r < weight.length; r++) {
    if (count[r] === 1 && stride[r] === 1) finestMass = Math.max(finestMass, weight[r]);
  }
  const { mean, variance } = mixtureMoments(mixture, law.mean / q);
  return {
    mean: (Math.abs(mean) * q) / sigma,
    variance: (variance * q * q) / sigma ** 2 - 1,
    kolmogorov: kolmogorovDistance(law, mixture),
    finestMass,
  };
}

/** Mean less `centre`, and variance, in quanta. */
export function mixtureMoments(
  { first, stride, count, weight }: LatticeMixture,
  centre: number,
): { readonly mean: number; readonly variance: number } {
  let mean = 0;
  let second = 0;
  weight.forEach((w, r) => {
    const middle = first[r] + (stride[r] * (count[r] - 1)) / 2 - centre;
    mean += w * middle;
    second += w * (middle * middle + (stride[r] ** 2 * (count[r] ** 2 - 1)) / 12);
  });
  return { mean, variance: second - mean * mean };
}

/** Runs in order that do not overlap: begin and end, quanta, weight, weight of all before, points. */
interface Layer {
  readonly begins: Float64Array;
  readonly ends: Float64Array;
  readonly weights: Float64Array;
  readonly below: Float64Array;
  readonly counts: Float64Array;
}

/** The core's runs and those of residual cells: each a layer. */
function layersOf({ first, stride, count, weight }: LatticeMixture): Layer[] {
  // A lattice point n stands for [n − ½, n + ½); points further apart lie in the middles of equal parts (`cellPoints`).
  const start = (r: number): number => first[r] - (stride[r] > 1 ? stride[r] / 2 : 0) - 0.5;
  const core = Array.from({ length: Math.min(CORE_CELLS, weight.length) }, (_, r) => r);
  const residual = Array.from({ length: weight.length - core.length }, (_, i) => core.length + i);
  return [core, residual].map((runs) => {
    const used = runs.filter((r) => weight[r] > 0).sort((i, j) => first[i] - first[j]);
    return {
      begins: Float64Array.from(used, (r) => start(r)),
      ends: Float64Array.from(used, (r) => start(r) + stride[r] * count[r]),
      weights: Float64Array.from(used, (r) => weight[r]),
      below: runningSums(used.map((r) => weight[r])),
      // Points further apart than one quantum rise in steps.
      counts: Float64Array.from(used, (r) => (stride[r] > 1 ? count[r] : Infinity)),
    };
  });
}

/** 0, the first number, the sum of the first two, and so on. */
function runningSums(numbers: readonly number[]): Float64Array {
  const sums = new Float64Array(numbers.length + 1);
  numbers.forEach((x, i) => (sums[i + 1] = sums[i] + x));
  return sums;
}

/** Stretches that are looked at anew, and points in each: a singular spike hides between eight points. */
const CLOSER_STRETCHES = 32;
const CLOSER_POINTS = 128;

/** Largest distance of the distribution functions: at ends of runs, at points between, at more where it is large. */
function kolmogorovDistance(law: CumulativeLaw, mixture: LatticeMixture): number {
  const layers = layersOf(mixture);
  const places = Float64Array.from(layers.flatMap(({ begins, ends }) => [...begins, ...ends])).sort();
  const distance = (x: number): number => {
    let sum = 0;
    let grain = 0;
    for (const { begins, ends, weights, below, counts } of layers) {
      const run = firstAbove(ends, x);
      sum += below[run];
      if (run === ends.length || x <= begins[run]) continue;
      sum += (weights[run] * (x - begins[run])) / (ends[run] - begins[run]);
      // Half a step on either side of the straight line.
      grain += weights[run] / (2 * counts[run]);
    }
    return Math.abs(law.cdf(x * mixture.quantumJoules) - sum) + grain;
  };
  const worstOf = (from: number, width: number, points: number): number => {
    let worst = 0;
    for (let k = 0; k < points; k++) worst = Math.max(worst, distance(from + (width * k) / points));
    return worst;
  };
  const stretches = Array.from(places, (from, i) => {
    const width = (places[i + 1] ?? from) - from;
    return { from, width, worst: worstOf(from, width, width >= 8 ? 8 : 1) };
  });
  const closer = stretches.filter(({ width }) => width >= 8).sort((a, b) => b.worst - a.worst);
  const looks = closer.slice(0, CLOSER_STRETCHES).map(({ from, width }) => worstOf(from, width, CLOSER_POINTS));
  return [...stretches.map(({ worst }) => worst), ...looks].reduce((a, b) => Math.max(a, b), 0);
}
