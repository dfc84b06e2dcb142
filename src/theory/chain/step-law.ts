/** A law between two that are sums of atoms and bound it: its CDF is their mean, off by half the gap at most. */
import { InputError } from '../../errors.js';
import { firstAbove, firstWhole } from '../../numeric/roots.js';
import type { TabulatedLaw } from './tabulated.js';

/** Values, ascending, and their probabilities. */
export interface Atoms {
  readonly values: Float64Array;
  readonly weights: Float64Array;
}

/** What is known to either side of a law's distribution function at the values where it may rise. */
interface Stairs {
  readonly values: Float64Array;
  readonly cdf: Float64Array;
  readonly errors: Float64Array;
}

/** What sums of millions of products leave. */
const ROUNDING = 1e-12;

/**
 * The law between atoms that are too low and atoms that are too high. `left`: probability that neither has;
 * `tolerance`: how near to a value, in its unit, is at it.
 */
export function lawBetween(low: Atoms, high: Atoms, left: number, tolerance: number): TabulatedLaw {
  const { values, cdf, errors } = stairsOf(low, high, left, tolerance);
  /** The last value at most v; −1 where there is none. */
  const at = (v: number): number => firstAbove(values, v + tolerance) - 1;
  return {
    cdf: (v) => (v < 0 || at(v) < 0 ? 0 : cdf[at(v)]),
    quantile(p) {
      if (!(p >= 0 && p < 1)) throw new InputError(`quantile: got p = ${p}, expected 0 ≤ p < 1`, 'p');
      return values[firstWhole(0, values.length - 1, (i) => cdf[i] >= p)];
    },
    cdfErrorAt: (v) => (at(v) < 0 ? left + ROUNDING : errors[at(v)]),
    cdfError: errors.reduce((a, b) => Math.max(a, b), 0),
  };
}

function stairsOf(low: Atoms, high: Atoms, left: number, tolerance: number): Stairs {
  const most = low.values.length + high.values.length;
  const values = new Float64Array(most);
  const cdf = new Float64Array(most);
  const errors = new Float64Array(most);
  let [i, j, count, above, below] = [0, 0, 0, 0, 0];
  while (i < low.values.length || j < high.values.length) {
    const a = i < low.values.length ? low.values[i] : Infinity;
    const b = j < high.values.length ? high.values[j] : Infinity;
    const value = Math.min(a, b);
    for (; i < low.values.length && low.values[i] <= value + tolerance; i++) above += low.weights[i];
    for (; j < high.values.length && high.values[j] <= value + tolerance; j++) below += high.weights[j];
    values[count] = value;
    cdf[count] = Math.min(1, (above + below + left) / 2);
    errors[count++] = (Math.max(0, above - below) + left) / 2 + ROUNDING;
  }
  return { values: values.slice(0, count), cdf: cdf.slice(0, count), errors: errors.slice(0, count) };
}
