/**
 * The histogram of one horizon read as a distribution in joules: edges, cumulative counts, quantiles between bins,
 * central moments. It knows what a bin may stand for (and so how wrong a number read from it may be); it knows nothing
 * of any law.
 *
 * Deficits are integers n of quanta q, and n stands for [(n − ½)q, (n + ½)q): bin i reaches from (offset + i·2^shift −
 * ½)·q to (offset + (i + 1)·2^shift − ½)·q, or so by the bins' own starts where they are logarithmic. Paths with D = 0
 * lie below the first edge, ½q.
 */
import { InputError } from '../errors.js';
import { BIN_COUNT, binStart } from '../engine/partials.js';
import type { BinLayout, HorizonPartials } from '../engine/partials.js';
import { quantileRanks } from './binomial.js';
import type { Interval } from './binomial.js';

export interface BinnedDeficits {
  readonly trials: number;
  readonly zeros: number;
  /**
   * BIN_COUNT + 1 edges in joules, not falling: bin i holds what lies in [edges[i], edges[i + 1]). The first is ½q and
   * the last infinite, as the outermost bins also take what lies beyond them.
   */
  readonly edges: Float64Array;
  /** Where the last bin would end by its width; joules. */
  readonly nominalEnd: number;
  readonly counts: Float64Array;
  /** Paths with D below edges[i + 1]: zeros and bins 0 … i. */
  readonly cumulative: Float64Array;
}

/** Scratch for the edges and cumulative counts of one horizon at a time. */
interface BinScratch {
  readonly edges: Float64Array;
  readonly cumulative: Float64Array;
}

export function binScratch(): BinScratch {
  return { edges: new Float64Array(BIN_COUNT + 1), cumulative: new Float64Array(BIN_COUNT) };
}

/**
 * Reads one horizon. Throws InputError where nothing was counted, the quantum is no positive number or the counts do
 * not add up.
 * @param scratch for the result, which then lasts until the next use of that.
 */
export function binDeficits(horizon: HorizonPartials, quantumJoules: number, scratch = binScratch()): BinnedDeficits {
  const { bins, count, zeros, histogram } = horizon;
  if (!(quantumJoules > 0 && Number.isFinite(quantumJoules))) {
    throw new InputError(`The quantum is ${quantumJoules} J; a positive number was expected.`, 'quantumJoules');
  }
  if (!(count >= 1)) {
    throw new InputError(
      `No path was counted at ${horizon.slots} slots, so there is nothing to summarise: run at least one trial.`,
      'trials',
    );
  }
  const { cumulative } = scratch;
  const edges = binEdges(bins, quantumJoules, scratch.edges);
  let total = zeros;
  for (let i = 0; i < BIN_COUNT; i++) {
    total += histogram[i];
    cumulative[i] = total;
  }
  if (total !== count) {
    throw new InputError(
      `The histogram at ${horizon.slots} slots holds ${total} paths with its zeros, but ${count} were counted: ` +
        'the partials are damaged, or the backend that made them is at fault.',
      'histogram',
    );
  }
  const nominalEnd = (binStart(BIN_COUNT, bins) - 0.5) * quantumJoules;
  return { trials: count, zeros, edges, nominalEnd, counts: histogram, cumulative };
}

/** The BIN_COUNT + 1 edges of a histogram in joules, before anything is counted in it. */
export function binEdges(
  bins: BinLayout,
  quantumJoules: number,
  edges: Float64Array = new Float64Array(BIN_COUNT + 1),
): Float64Array {
  edges[0] = 0.5 * quantumJoules;
  for (let i = 1; i < BIN_COUNT; i++) edges[i] = Math.max(binStart(i, bins) - 0.5, 0.5) * quantumJoules;
  edges[BIN_COUNT] = Infinity;
  return edges;
}

/** End of bin i in joules, the nominal one for the last. */
export function binEnd(binned: BinnedDeficits, i: number): number {
  return i === BIN_COUNT - 1 ? binned.nominalEnd : binned.edges[i + 1];
}

/** Index of the bin that holds the value of this rank (1 … trials, sorted upwards), −1 where it is one of the zeros. */
export function binOfRank(binned: BinnedDeficits, rank: number): number {
  if (rank <= binned.zeros) return -1;
  let low = -1;
  let high = BIN_COUNT - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (binned.cumulative[middle] >= rank) high = middle;
    else low = middle;
  }
  return high;
}

/**
 * The p-quantile in joules, linear within its bin; 0 where at least the fraction p of the paths ended without deficit.
 * In the last bin, which is open, it is read from the nominal width: its interval then has no upper end.
 */
export function quantile(binned: BinnedDeficits, p: number): number {
  const rank = p * binned.trials;
  const i = binOfRank(binned, rank);
  if (i < 0) return 0;
  const before = i === 0 ? binned.zeros : binned.cumulative[i - 1];
  const start = binned.edges[i];
  return start + ((rank - before) / binned.counts[i]) * (binEnd(binned, i) - start);
}

/**
 * Interval for the p-quantile from two order statistics (exact for any law, ties included), each widened to the far
 * edge of its bin: coverage ≥ 1 − lowerTail − upperTail whatever the bins. A tail of 0 leaves that side open: 0, or
 * Infinity. Joules.
 */
export function quantileInterval(binned: BinnedDeficits, p: number, lowerTail: number, upperTail: number): Interval {
  const ranks = quantileRanks(binned.trials, p, lowerTail, upperTail);
  const low = ranks.lower < 1 ? -1 : binOfRank(binned, ranks.lower);
  const high = ranks.upper > binned.trials ? BIN_COUNT - 1 : binOfRank(binned, ranks.upper);
  return { lower: low < 0 ? 0 : binned.edges[low], upper: high < 0 ? 0 : binned.edges[high + 1] };
}

/** Central moments about a given centre, joules^k. */
export interface CentralMoments {
  readonly second: number;
  readonly third: number;
  readonly fourth: number;
  readonly sixth: number;
}

/** Third moment over the second to the power of 3/2; 0 where nothing varies. */
export function skewness({ second, third }: CentralMoments): number {
  return second === 0 ? 0 : third / second ** 1.5;
}

/**
 * E(D − centre)^k for weights on 0 and on the bins, taking D uniform within a bin (with the moments of that uniform
 * law, not only its middle). The weights need not be counts: `verdict.ts` puts the probabilities of a law here.
 */
export function momentsAbout(
  centre: number,
  zeroWeight: number,
  weights: Float64Array,
  binned: Pick<BinnedDeficits, 'edges' | 'nominalEnd'>,
): CentralMoments {
  let total = zeroWeight;
  let second = zeroWeight * centre ** 2;
  let third = -zeroWeight * centre ** 3;
  let fourth = zeroWeight * centre ** 4;
  let sixth = zeroWeight * centre ** 6;
  for (let i = 0; i < BIN_COUNT; i++) {
    const w = weights[i];
    if (w === 0) continue;
    const end = i === BIN_COUNT - 1 ? Math.max(binned.nominalEnd, binned.edges[i]) : binned.edges[i + 1];
    const d = 0.5 * (binned.edges[i] + end) - centre;
    const d2 = d * d;
    const h2 = (0.5 * (end - binned.edges[i])) ** 2; // E u² = h²/3, E u⁴ = h⁴/5, E u⁶ = h⁶/7 for u uniform on [−h, h]
    total += w;
    second += w * (d2 + h2 / 3);
    third += w * d * (d2 + h2);
    fourth += w * (d2 * d2 + 2 * d2 * h2 + (h2 * h2) / 5);
    sixth += w * (d2 * d2 * d2 + 5 * d2 * d2 * h2 + 3 * d2 * h2 * h2 + (h2 * h2 * h2) / 7);
  }
  return { second: second / total, third: third / total, fourth: fourth / total, sixth: sixth / total };
}
