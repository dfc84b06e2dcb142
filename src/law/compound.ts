/**
 * Compound-Poisson consumption on a grid of multiples of `step`. Two independent ways to the same law: the transform (used) and
 * Panjer's recursion (Panjer 1981; the check, and exact for energies on the grid).
 */
import type { DemandLaw } from '../fleet/walk-law.js';
import { cubicWeights } from './gamma.js';
import type { GridTransform, Spectrum } from './fft.js';

/** A short signed measure on the grid: `weights[i]` at index `first + i`. */
export interface GridMeasure {
  readonly first: number;
  readonly weights: Float64Array;
}

/** An energy spread over four grid points so that its moments up to the third are kept. Weights may be negative: this serves the
 *  computation of a smooth law, never sampling. The lowest index can be −1. */
export function spreadOnGrid(energy: number, step: number): GridMeasure {
  const position = energy / step;
  const i = Math.floor(position);
  return { first: i - 1, weights: Float64Array.from(cubicWeights(position - i)) };
}

/** Convolution of two short measures. */
export function convolve(a: GridMeasure, b: GridMeasure): GridMeasure {
  const weights = new Float64Array(a.weights.length + b.weights.length - 1);
  for (let i = 0; i < a.weights.length; i++) {
    for (let j = 0; j < b.weights.length; j++) weights[i + j] += a.weights[i] * b.weights[j];
  }
  return { first: a.first + b.first, weights };
}

/** Adds `scale` times a measure to a periodic grid. */
export function addMeasure(grid: Float64Array, measure: GridMeasure, scale: number): void {
  const n = grid.length;
  for (let i = 0; i < measure.weights.length; i++) {
    const index = (((measure.first + i) % n) + n) % n;
    grid[index] += scale * measure.weights[i];
  }
}

/** The law of one slot's consumption on a periodic grid: exp(λ(φ − 1)) by transform. Absolute error about 1e-16. */
export function compoundPoissonGrid(demand: DemandLaw, step: number, transform: GridTransform): Float64Array {
  return transform.inverse(compoundPoissonSpectrum(demand, step, transform));
}

/** The spectrum of that grid. */
export function compoundPoissonSpectrum(demand: DemandLaw, step: number, transform: GridTransform): Spectrum {
  const severity = new Float64Array(transform.size);
  demand.energiesJoules.forEach((energy, j) => {
    addMeasure(severity, spreadOnGrid(energy, step), demand.probabilities[j]);
  });
  const spectrum = transform.forward(severity);
  exponentiate(spectrum, demand.ratePerSlot);
  return spectrum;
}

/** z → exp(λ(z − 1)) on every entry, in place. */
function exponentiate(spectrum: Spectrum, rate: number): void {
  for (let k = 0; k < spectrum.length; k += 2) {
    const modulus = Math.exp(rate * (spectrum[k] - 1));
    const angle = rate * spectrum[k + 1];
    spectrum[k] = modulus * Math.cos(angle);
    spectrum[k + 1] = modulus * Math.sin(angle);
  }
}

/**
 * Panjer's recursion p_n = (λ/n) Σ_j j f_j p_{n−j} for energies that are the positive integers `sizes` with probabilities `weights`;
 * returns p_0 … p_{length−1}. For λ > 600 the start exp(−λ) would underflow: halve λ and convolve.
 */
export function panjer(
  rate: number,
  sizes: ArrayLike<number>,
  weights: ArrayLike<number>,
  length: number,
): Float64Array {
  if (rate > 600) {
    const half = panjer(rate / 2, sizes, weights, length);
    const whole = new Float64Array(length);
    for (let i = 0; i < length; i++) {
      for (let j = 0; i + j < length; j++) whole[i + j] += half[i] * half[j];
    }
    return whole;
  }
  const p = new Float64Array(length);
  p[0] = Math.exp(-rate);
  for (let n = 1; n < length; n++) {
    let sum = 0;
    for (let j = 0; j < sizes.length; j++) {
      const size = sizes[j];
      if (size <= n) sum += size * weights[j] * p[n - size];
    }
    p[n] = (rate / n) * sum;
  }
  return p;
}

/** One multiset of tasks that arrive in a slot. */
export interface Atom {
  /** Their energy together, joules. */
  readonly energy: number;
  readonly probability: number;
  /** What compoundPoissonGrid makes of this multiset, for taking it out again; weights sum to 1. */
  readonly measure: GridMeasure;
}

/** All multisets of tasks with probability ≥ threshold, the empty one first. At most 1/threshold of them. */
export function likelyAtoms(demand: DemandLaw, step: number, threshold: number): Atom[] {
  const { energiesJoules, probabilities, ratePerSlot } = demand;
  const atoms: Atom[] = [];
  const visit = (j: number, energy: number, probability: number, measure: GridMeasure): void => {
    if (j === energiesJoules.length) {
      atoms.push({ energy, probability, measure });
      return;
    }
    const rate = ratePerSlot * probabilities[j];
    const one = spreadOnGrid(energiesJoules[j], step);
    let p = probability * Math.exp(-rate);
    let e = energy;
    let m = measure;
    // Every factor is a Poisson weight ≤ 1, so what is below the threshold stays below; beyond the mode so does all that follows.
    for (let n = 0; p >= threshold || n < rate; n++) {
      if (p >= threshold) visit(j + 1, e, p, m);
      p *= rate / (n + 1);
      e += energiesJoules[j];
      m = convolve(m, one);
    }
  };
  visit(0, 0, 1, { first: 0, weights: Float64Array.of(1) });
  return atoms;
}
