/**
 * Lengths of answers as a few kinds of task: bins of least scatter within, each at its mean, then drawn apart about the
 * mean of all until the variance is the file's. The mean stays exact.
 */
import { sampleMoments } from './counts.js';

/** One kind: tokens, and how many requests are of it. */
export interface TokenBin {
  readonly tokens: number;
  readonly weight: number;
  /** Least and most tokens of its requests. */
  readonly from: number;
  readonly to: number;
}

const ROUNDS = 200;

/** Mean and variance of bins, as a mixture. */
export function binMoments(bins: readonly TokenBin[]): { readonly mean: number; readonly variance: number } {
  const total = bins.reduce((sum, { weight }) => sum + weight, 0);
  const mean = bins.reduce((sum, { weight, tokens }) => sum + weight * tokens, 0) / total;
  const variance = bins.reduce((sum, { weight, tokens }) => sum + weight * (tokens - mean) ** 2, 0) / total;
  return { mean, variance };
}

/** At most `count` bins of the lengths. */
export function tokenBins(lengths: Float64Array, count: number): TokenBin[] {
  const sorted = lengths.slice().sort();
  const n = sorted.length;
  const sums = new Float64Array(n + 1);
  sorted.forEach((x, i) => (sums[i + 1] = sums[i] + x));
  let ends = leastScatter(sorted, sums, count);
  // A length belongs to one bin only.
  ends = [...new Set(ends.map((end) => afterEqual(sorted, end)))];
  const bins = ends.map((end, b): TokenBin => {
    const start = b === 0 ? 0 : ends[b - 1];
    const tokens = (sums[end] - sums[start]) / (end - start);
    return { tokens, weight: end - start, from: sorted[start], to: sorted[end - 1] };
  });
  return drawnApart(bins, sampleMoments(sorted), n);
}

/** Ends of bins in which lengths scatter least (Lloyd 1982), from bins of equal numbers of tokens. */
function leastScatter(sorted: Float64Array, sums: Float64Array, count: number): number[] {
  const n = sorted.length;
  const total = sums[n];
  let ends = Array.from({ length: count }, (_, b) => {
    const wanted = (total * (b + 1)) / count;
    return b === count - 1 ? n : firstAt(sums, wanted);
  }).filter((end, b, all) => end > 0 && end !== all[b - 1]);
  for (let round = 0; round < ROUNDS; round++) {
    const means = ends.map((end, b) => {
      const start = b === 0 ? 0 : ends[b - 1];
      return (sums[end] - sums[start]) / (end - start);
    });
    const moved = ends.map((_, b) => (b === ends.length - 1 ? n : firstAt(sorted, (means[b] + means[b + 1]) / 2)));
    const next = moved.filter((end, b) => end > 0 && end !== moved[b - 1]);
    if (next.length === ends.length && next.every((end, b) => end === ends[b])) break;
    ends = next;
  }
  return ends;
}

/** First place of an ascending list that holds at least `value`. */
function firstAt(list: Float64Array, value: number): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle] < value) low = middle + 1;
    else high = middle;
  }
  return Math.min(low, list.length - 1);
}

/** The end of a bin, moved beyond all lengths that equal its last. */
function afterEqual(sorted: Float64Array, end: number): number {
  let at = end;
  while (at < sorted.length && sorted[at] === sorted[at - 1]) at++;
  return at;
}

/** Bins moved from their mean by one factor, so that their variance is the lengths' own (of n, not n − 1). */
function drawnApart(bins: readonly TokenBin[], all: ReturnType<typeof sampleMoments>, n: number): TokenBin[] {
  const { mean, variance } = binMoments(bins);
  const stretch = variance > 0 ? Math.sqrt((all.variance * (n - 1)) / n / variance) : 1;
  const moved = bins.map((bin) => ({ ...bin, tokens: mean + stretch * (bin.tokens - mean) }));
  return moved.every(({ tokens }) => tokens > 0) ? moved : [...bins];
}
