/**
 * Compound-Poisson consumption on a grid of multiples of `step`. Two independent ways to the same law: the transform
 * (used) and Panjer's recursion (Panjer 1981; the check, and exact for energies on the grid).
 */
import type { DemandLaw } from '../fleet/walk-law.js';
import { cubicWeights } from '../numeric/cubic.js';
import type { GridTransform, Spectrum } from '../numeric/fft.js';
import { countOfKind, type CountLaw } from './kind-counts.js';
import { logNone } from '../numeric/negative-binomial.js';

/** A short signed measure on the grid: `weights[i]` at index `first + i`. */
export interface GridMeasure {
  readonly first: number;
  readonly weights: Float64Array;
}

/**
 * An energy spread over four grid points so that its moments up to the third are kept. Weights may be negative: this
 * serves the computation of a smooth law, never sampling. The lowest index can be −1.
 */
export function spreadOnGrid(energy: number, step: number): GridMeasure {
  const position = energy / step;
  const i = Math.floor(position);
  return { first: i - 1, weights: Float64Array.from(cubicWeights(position - i)) };
}

/** Convolution of two short measures. */
function convolve(a: GridMeasure, b: GridMeasure): GridMeasure {
  const [x, y] = [a.weights, b.weights];
  const weights = new Float64Array(x.length + y.length - 1);
  for (let i = 0; i < x.length; i++) {
    for (let j = 0; j < y.length; j++) weights[i + j] += x[i] * y[j];
  }
  return { first: a.first + b.first, weights };
}

/** Adds `scale` times a measure to a periodic grid. */
function addMeasure(grid: Float64Array, measure: GridMeasure, scale: number): void {
  const n = grid.length;
  for (let i = 0; i < measure.weights.length; i++) {
    const index = (((measure.first + i) % n) + n) % n;
    grid[index] += scale * measure.weights[i];
  }
}

/**
 * The law of one slot's consumption on a periodic grid by transform: exp(λ(φ − 1)), or (I − (I − 1)φ)^(−λ/(I − 1))
 * where counts are dispersed. Absolute error about 1e-16.
 */
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
  const { ratePerSlot, dispersion = 1 } = demand;
  if (dispersion === 1) exponentiate(spectrum, ratePerSlot);
  else disperse(spectrum, ratePerSlot, dispersion - 1);
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

/** z → (1 − (I − 1)(z − 1))^(−λ/(I − 1)) on every entry, in place; the base has a positive real part. */
function disperse(spectrum: Spectrum, rate: number, excess: number): void {
  for (let k = 0; k < spectrum.length; k += 2) {
    const re = -excess * (spectrum[k] - 1);
    const im = -excess * spectrum[k + 1];
    const modulus = Math.exp((-0.5 * rate * Math.log1p(re * (2 + re) + im * im)) / excess);
    const angle = (-rate * Math.atan2(im, 1 + re)) / excess;
    spectrum[k] = modulus * Math.cos(angle);
    spectrum[k + 1] = modulus * Math.sin(angle);
  }
}

/**
 * Panjer's recursion p_n = Σ_j (a + b j/n) f_j p_{n−j} for energies that are the positive integers `sizes` with
 * probabilities `weights`; returns p_0 … p_{length−1}. For Poisson counts a = 0 and b = λ; for dispersed ones
 * a = 1 − 1/I and b = λ/I − a. Where the start P(no task) would underflow: halve λ and convolve.
 */
export function panjer(
  rate: number,
  sizes: ArrayLike<number>,
  weights: ArrayLike<number>,
  length: number,
  dispersion = 1,
): Float64Array {
  const none = logNone(rate, dispersion);
  if (none < -600) {
    const half = panjer(rate / 2, sizes, weights, length, dispersion);
    const whole = new Float64Array(length);
    for (let i = 0; i < length; i++) {
      for (let j = 0; i + j < length; j++) whole[i + j] += half[i] * half[j];
    }
    return whole;
  }
  const p = new Float64Array(length);
  p[0] = Math.exp(none);
  for (let n = 1; n < length; n++) {
    let sum = 0;
    let again = 0;
    for (let j = 0; j < sizes.length; j++) {
      const size = sizes[j];
      if (size > n) continue;
      sum += size * weights[j] * p[n - size];
      if (dispersion !== 1) again += weights[j] * p[n - size];
    }
    const more = 1 - 1 / dispersion;
    p[n] = ((rate / dispersion - more) / n) * sum + more * again;
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

/** Weights at a measure's ends that are left out: together below what a distribution function's last bits hold. */
const TRIMMED = 1e-15;

/** A measure without negligible weights at its ends: of n tasks' 3n steps about √n matter. */
function trimmed({ first, weights }: GridMeasure): GridMeasure {
  let start = 0;
  let end = weights.length;
  while (start < end && Math.abs(weights[start]) < TRIMMED) start++;
  while (end > start && Math.abs(weights[end - 1]) < TRIMMED) end--;
  return start === 0 && end === weights.length
    ? { first, weights }
    : { first: first + start, weights: weights.slice(start, end) };
}

/** All multisets of tasks with probability ≥ threshold, the empty one first. At most 1/threshold of them. */
export function likelyAtoms(demand: DemandLaw, step: number, threshold: number): Atom[] {
  const spread = Array.from(demand.energiesJoules, (energy) => spreadOnGrid(energy, step));
  const atoms: Atom[] = [];
  const empty = { energy: 0, probability: 1, measure: { first: 0, weights: Float64Array.of(1) } };
  gatherAtoms({ demand, spread, threshold, atoms }, empty);
  return atoms;
}

interface AtomSearch {
  readonly demand: DemandLaw;
  /** The energies on the grid. */
  readonly spread: readonly GridMeasure[];
  readonly threshold: number;
  readonly atoms: Atom[];
}

/**
 * An upper bound of all probabilities of a count: at the mode e^(−λ) λ^n/n! ≤ 1/√(2πn) (Stirling); of dispersed counts
 * none is looked for.
 */
function likeliest({ mean, dispersion }: CountLaw): number {
  return mean < 1 || dispersion > 1 ? 1 : 1 / Math.sqrt(2 * Math.PI * Math.floor(mean));
}

/** One kind of task in the search: how many of it there are so far, beside the tasks of the kinds before it. */
interface AtomLevel {
  readonly kind: number;
  readonly law: CountLaw;
  readonly energyBefore: number;
  readonly tasksBefore: number;
  count: number;
  probability: number;
  measure: GridMeasure;
}

/** All likely multisets, kind by kind and deeper first. No recursion: there may be more kinds than the stack holds. */
function gatherAtoms({ demand, spread, threshold, atoms }: AtomSearch, empty: Atom): void {
  const levels: AtomLevel[] = [];
  const enter = (kind: number, before: Atom, tasksBefore: number): void => {
    if (kind === spread.length) {
      atoms.push(before);
      return;
    }
    const law = countOfKind(demand, kind, tasksBefore);
    // Where not even the likeliest number of tasks is likely enough, a million convolutions would find nothing.
    if (before.probability * likeliest(law) < threshold) return;
    const probability = before.probability * law.none;
    levels.push({
      kind,
      law,
      energyBefore: before.energy,
      tasksBefore,
      count: 0,
      probability,
      measure: before.measure,
    });
  };
  enter(0, empty, 0);
  for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
    const { kind, law, energyBefore, tasksBefore, count, probability } = level;
    // Every factor is a weight ≤ 1, so what is below the threshold stays below; beyond the mode, which is not above the
    // mean, so does all that follows.
    if (probability < threshold && count >= law.mean) {
      levels.pop();
      continue;
    }
    if (count > 0) level.measure = trimmed(convolve(level.measure, spread[kind]));
    level.probability *= law.ratio(count + 1);
    level.count++;
    if (probability >= threshold) {
      const energy = energyBefore + count * demand.energiesJoules[kind];
      enter(kind + 1, { energy, probability, measure: level.measure }, tasksBefore + count);
    }
  }
}
