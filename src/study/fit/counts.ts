/**
 * Counts of requests in windows, and how their dispersion grows with the window: variance over mean, 1 for a Poisson
 * process at any window, and the same for negative binomial slots. What grows are loads that last.
 */
import type { Requests } from '../../scenario/trace/requests.js';

/** What is counted. */
export type Arrived = Pick<Requests, 'seconds' | 'span'>;

/** Whole windows of so many seconds from the start on: what each holds, a request counting `weights[i]` (or 1). */
export function windowSums({ seconds, span }: Arrived, window: number, weights?: Float64Array): Float64Array {
  // A span of whole windows may lack a part of one by rounding.
  const sums = new Float64Array(Math.floor(span / window + 1e-9));
  seconds.forEach((at, i) => {
    const n = Math.floor(at / window);
    // A request at the very end belongs to the last window.
    const place = n === sums.length && at <= sums.length * window ? n - 1 : n;
    if (place < sums.length) sums[place] += weights === undefined ? 1 : weights[i];
  });
  return sums;
}

/** Mean and unbiased variance. */
export function sampleMoments(values: ArrayLike<number>): { readonly mean: number; readonly variance: number } {
  const n = values.length;
  let mean = 0;
  for (let i = 0; i < n; i++) mean += values[i] / n;
  let squares = 0;
  for (let i = 0; i < n; i++) squares += (values[i] - mean) ** 2;
  return { mean, variance: n > 1 ? squares / (n - 1) : NaN };
}

/** Variance over mean of counts. */
export function dispersionOf(counts: ArrayLike<number>): number {
  const { mean, variance } = sampleMoments(counts);
  return variance / mean;
}

/** Seconds of windows that people look at: 1, 10 and 60 s, 5 and 30 min, 2 h, 1 d. */
const WINDOWS = [1, 10, 60, 300, 1800, 7200, 86_400];
/** Fewer windows say nothing of a variance. */
export const FEWEST_WINDOWS = 10;

/** Windows for which a file has enough, multiples of a slot. */
export function windowsWithin(span: number, slotSeconds: number): number[] {
  const multiples = [slotSeconds, ...WINDOWS.filter((w) => w > slotSeconds && Math.abs(w % slotSeconds) < 1e-9)];
  return multiples.filter((window) => span / window >= FEWEST_WINDOWS - 1e-9);
}
