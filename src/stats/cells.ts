/**
 * Cells of about equal probability under a law, put together from whole histogram bins: what both tests of the whole
 * distribution count in. The cells depend on the law and on the number of trials alone, never on what was seen.
 */
import { BIN_COUNT } from '../engine/partials.js';
import type { BinnedDeficits } from './binned.js';
import type { LawOnBins } from './law-on-bins.js';

/** Most cells made: a bump a hundredth of the law wide is seen, and power is not spent on noise. */
export const MOST_CELLS = 128;
/** Least expected count of a cell: the χ² law of X² is safe also far in its tail (Cochran's rule asks for 5). */
export const LEAST_EXPECTED = 10;

export interface Cells {
  readonly trials: number;
  /** Probability of each cell; they sum to 1. */
  readonly probabilities: Float64Array;
  /** Paths in each cell. */
  readonly counts: Float64Array;
  /** P(D < end) at each inner boundary, one fewer than cells. */
  readonly boundaries: Float64Array;
}

/**
 * Groups the bins of one horizon: a cell ends at the first edge that passes a multiple of 1/cells. The atom at 0 opens
 * the first. Fewer cells than `most` come out where trials are few or a single bin (or the atom) is heavy; with one
 * cell there is nothing to test. `mayEnd` says at which edges the law is known well enough.
 */
export function equiprobableCells(
  binned: BinnedDeficits,
  law: LawOnBins,
  most = MOST_CELLS,
  mayEnd: (edge: number) => boolean = () => true,
): Cells {
  const wanted = Math.max(1, Math.min(most, Math.floor(binned.trials / (2 * LEAST_EXPECTED))));
  const least = Math.max(0.5 / wanted, LEAST_EXPECTED / binned.trials);
  const probabilities: number[] = [];
  const counts: number[] = [];
  const boundaries: number[] = [];
  let probability = law.cdf[0];
  let count = binned.zeros;
  let target = 1 / wanted;
  for (let i = 0; i < BIN_COUNT; i++) {
    // Edge i may end a cell: what lies below it is law.cdf[i], what lies above law.survival[i].
    if (law.cdf[i] >= target && probability >= least && law.survival[i] >= least && mayEnd(i)) {
      probabilities.push(probability);
      counts.push(count);
      boundaries.push(law.cdf[i]);
      target = (Math.floor(law.cdf[i] * wanted + 1e-9) + 1) / wanted;
      probability = 0;
      count = 0;
    }
    probability += law.probabilities[i];
    count += binned.counts[i];
  }
  probabilities.push(probability);
  counts.push(count);
  return {
    trials: binned.trials,
    probabilities: Float64Array.from(probabilities),
    counts: Float64Array.from(counts),
    boundaries: Float64Array.from(boundaries),
  };
}
