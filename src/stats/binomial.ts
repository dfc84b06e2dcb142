/**
 * Exact binomial inference by the incomplete beta function, for any n up to 2^53 and any p: tails, the test of a
 * probability, its Clopper–Pearson interval, and the ranks whose order statistics enclose a quantile.
 */
import betainc from '@stdlib/math-base-special-betainc';
import { Memo } from '../memo.js';
import { firstWhole, risingRoot } from '../numeric/roots.js';
import { normalSurvival } from '../numeric/normal.js';

/** A closed interval; its ends may be infinite. */
export interface Interval {
  readonly lower: number;
  readonly upper: number;
}

/**
 * Variance from which tails within six standard deviations are the normal law's with two terms of skewness: off by 1e-7
 * of themselves within two and by 3e-6 at six. `betainc` of @stdlib (0.3) is right further out, but not beside the
 * middle: off by 3e-6 at a variance of 2.5e7, 0.015 at 2.5e8, 0.1 at 1e9, and beyond 1e10 it may be no probability.
 */
const NORMAL_VARIANCE = 2e7;
const NORMAL_REACH = 6;

/** P(X ≥ k) beside the middle of very many trials (Cornish and Fisher 1938), k moved to the middle of its step. */
function atLeastByNormal(k: number, n: number, p: number): number | undefined {
  const variance = n * p * (1 - p);
  if (!(variance > NORMAL_VARIANCE)) return undefined;
  const deviation = Math.sqrt(variance);
  const z = (k - 0.5 - n * p) / deviation;
  if (Math.abs(z) > NORMAL_REACH) return undefined;
  const skewness = (1 - 2 * p) / deviation;
  return normalSurvival(z - (skewness * (z * z - 1)) / 6 + (skewness * skewness * z * (4 * z * z - 7)) / 36);
}

/** P(X ≥ k) for X ~ Binomial(n, p), with relative accuracy in the far tail. */
export function binomialAtLeast(k: number, n: number, p: number): number {
  if (k <= 0) return 1;
  if (k > n || p <= 0) return 0;
  if (p >= 1) return 1;
  return atLeastByNormal(k, n, p) ?? betainc(p, k, n - k + 1);
}

/** P(X ≤ k) for X ~ Binomial(n, p), with relative accuracy in the far tail. */
export function binomialAtMost(k: number, n: number, p: number): number {
  if (k < 0) return 0;
  if (k >= n || p <= 0) return 1;
  if (p >= 1) return 0;
  // As many failures, at least, as n − k.
  return atLeastByNormal(n - k, n, 1 - p) ?? betainc(p, k + 1, n - k, true, true);
}

/**
 * Two-sided p-value of k successes in n trials against probability p: twice the smaller exact tail, at most 1. Valid at
 * any expected count, also 0; conservative by the discreteness where that count is small.
 */
export function binomialTwoSided(k: number, n: number, p: number): number {
  return Math.min(1, 2 * Math.min(binomialAtMost(k, n, p), binomialAtLeast(k, n, p)));
}

/**
 * Clopper & Pearson's (1934) interval for a probability of which k successes in n trials were seen; it never
 * undercovers.
 */
export function clopperPearson(k: number, n: number, confidence: number): Interval {
  const logTail = Math.log((1 - confidence) / 2);
  const estimate = k / n;
  const spread = (4 * Math.sqrt((k + 1) * (1 - k / (n + 1)))) / n;
  const excess = {
    lower: (p: number) => Math.log(binomialAtLeast(k, n, p)) - logTail,
    upper: (p: number) => logTail - Math.log(binomialAtMost(k, n, p)),
  };
  return {
    lower: k === 0 ? 0 : risingRoot(0, Math.max(0, estimate - spread), estimate, excess.lower),
    upper: k === n ? 1 : risingRoot(estimate, Math.min(1, estimate + spread), 1, excess.upper),
  };
}

/**
 * Ranks l ≤ u (from 1) of n ordered values such that P(X₍l₎ ≤ ξ_p ≤ X₍u₎) ≥ 1 − lowerTail − upperTail for the
 * p-quantile ξ_p of whatever law, ties included: the number of values ≤ ξ_p is Binomial(n, ≥ p), the number below it
 * Binomial(n, ≤ p). l = 0 says that no value bounds the quantile below at that confidence, u = n + 1 that none bounds
 * it above. A tail of 0 asks for no bound on that side.
 */
export function quantileRanks(
  n: number,
  p: number,
  lowerTail: number,
  upperTail: number,
): { readonly lower: number; readonly upper: number } {
  return ranksKnown.of([n, p, lowerTail, upperTail].join(), () => {
    // Smallest l with P(X ≤ l) > tail: the largest l with P(X ≤ l − 1) ≤ tail.
    const lower = lowerTail > 0 ? firstRank(n, p, (l) => binomialAtMost(l, n, p) > lowerTail) : 0;
    const upper = upperTail > 0 ? firstRank(n, p, (u) => binomialAtLeast(u, n, p) <= upperTail) : n + 1;
    return { lower, upper };
  });
}

/** Ranks found last: they are the same at every point of a sweep. */
const ranksKnown = new Memo<{ readonly lower: number; readonly upper: number }>(64);

/**
 * Smallest integer in [0, n + 1] at which a condition that stays true once true holds; sought from near n·p outwards.
 */
function firstRank(n: number, p: number, holds: (rank: number) => boolean): number {
  const centre = Math.round(n * p);
  const clamp = (rank: number): number => Math.min(Math.max(rank, 0), n + 1);
  let reach = Math.ceil(4 * Math.sqrt(n * p * (1 - p))) + 4;
  let low = clamp(centre - reach);
  let high = clamp(centre + reach);
  while (low > 0 && holds(low)) low = clamp(centre - (reach *= 2));
  while (high <= n && !holds(high)) high = clamp(centre + (reach *= 2));
  return firstWhole(low, high, holds);
}
