/**
 * Partials → Summary: what a run says of the deficit at each horizon, in joules, each number with how far it may be
 * off. Here are estimates and intervals only; the comparison with theory is in verdict.ts and distance.ts.
 */
import type { HorizonPartials, Partials } from '../engine/partials.js';
import { binDeficits, binScratch, momentsAbout, quantile, quantileInterval, skewness } from './binned.js';
import { clopperPearson } from './binomial.js';
import type { Interval } from './binomial.js';
import { normalCritical } from '../numeric/normal.js';
import { skewedInterval, skewnessOf } from './skewed.js';

/** The probabilities whose quantiles a summary holds (contract). */
export const SUMMARY_QUANTILES: readonly number[] = [0.1, 0.5, 0.9, 0.99];

/** A quantile with its order-statistic interval at the summary's confidence, bin error included. Joules. */
export interface QuantileEstimate {
  readonly probability: number;
  readonly value: number;
  /** `upper` is Infinity where the trials (or the open last bin) cannot bound it. */
  readonly interval: Interval;
}

/** One horizon of a run. Joules unless said otherwise. */
export interface HorizonSummary {
  readonly slots: number;
  readonly trials: number;
  readonly meanDeficit: number;
  /** Of the mean: SD/√trials. */
  readonly standardError: number;
  /** mean ± z·SE. Too narrow where only a few paths (below some 30) had a deficit at all. */
  readonly meanInterval: Interval;
  /** √ of the unbiased variance; NaN for one trial. */
  readonly standardDeviation: number;
  /** Of the SD: √((m₄ − m₂²(n−3)/(n−1))/n)/(2 SD), with the fourth central moment m₄ taken from the histogram. */
  readonly standardDeviationError: number;
  /**
   * From that of the variance, whose skewness is taken out (skewed.ts). Below some 200 paths it covers 1 to 4 % less
   * than stated where the law is skewed.
   */
  readonly standardDeviationInterval: Interval;
  readonly probabilityZero: number;
  /** Of P(D = 0): √(p(1 − p)/n). */
  readonly probabilityZeroError: number;
  /** Clopper–Pearson. */
  readonly probabilityZeroInterval: Interval;
  /** Of D itself, from the histogram; 0 where the SD is. */
  readonly skewness: number;
  readonly excessKurtosis: number;
  readonly quantiles: readonly QuantileEstimate[];
}

/** Estimates and their intervals, horizon by horizon. */
export interface Summary {
  readonly quantumJoules: number;
  /** Of every interval in it, each for itself. */
  readonly confidence: number;
  readonly horizons: readonly HorizonSummary[];
}

/**
 * Summarises a run. Throws InputError where a horizon holds no path or its counts do not add up.
 * @param quantumJoules joules of one lattice step
 * @param confidence of the intervals, 0.95 unless said
 */
export function summarize(partials: Partials, quantumJoules: number, confidence = 0.95): Summary {
  return {
    quantumJoules,
    confidence,
    horizons: partials.horizons.map((horizon) => summarizeHorizon(horizon, quantumJoules, confidence)),
  };
}

/** Mean and unbiased variance of D, joules and joules², from exact integers: no cancellation, whatever SD/mean. */
export function sampleMoments(horizon: HorizonPartials, quantumJoules: number): { mean: number; variance: number } {
  const n = BigInt(horizon.count);
  const scatter = n * horizon.sumOfSquares - horizon.sum * horizon.sum; // n²·(population variance), an exact integer
  return {
    mean: (Number(horizon.sum) / horizon.count) * quantumJoules,
    variance: (Number(scatter) / horizon.count / (horizon.count - 1)) * quantumJoules ** 2,
  };
}

/** Horizons are summarised one at a time, a sweep's by the thousand. */
const scratch = binScratch();

/** One horizon of `summarize`. */
export function summarizeHorizon(horizon: HorizonPartials, quantumJoules: number, confidence = 0.95): HorizonSummary {
  const binned = binDeficits(horizon, quantumJoules, scratch);
  const n = horizon.count;
  const { mean, variance } = sampleMoments(horizon, quantumJoules);
  const standardDeviation = Math.sqrt(variance);
  const standardError = standardDeviation / Math.sqrt(n);
  const z = normalCritical(1 - confidence);
  const m = momentsAbout(mean, binned.zeros, binned.counts, binned);
  const tail = (1 - confidence) / 2;
  const p = horizon.zeros / n;
  const varianceError = variance === 0 ? 0 : Math.sqrt(varianceOfVariance(m.fourth, variance, n));
  // The variance is the mean of (D − mean)², to first order.
  const ofVariance = skewedInterval(variance, varianceError, skewnessOf(m.second, m.fourth, m.sixth), n, confidence);
  return {
    slots: horizon.slots,
    trials: n,
    meanDeficit: mean,
    standardError,
    meanInterval: { lower: Math.max(0, mean - z * standardError), upper: mean + z * standardError },
    standardDeviation,
    standardDeviationError: variance === 0 ? 0 : varianceError / (2 * standardDeviation),
    standardDeviationInterval: {
      lower: Math.sqrt(Math.max(0, ofVariance.lower)),
      upper: Math.sqrt(Math.max(0, ofVariance.upper)),
    },
    probabilityZero: p,
    probabilityZeroError: Math.sqrt((p * (1 - p)) / n),
    probabilityZeroInterval: clopperPearson(horizon.zeros, n, confidence),
    skewness: skewness(m),
    excessKurtosis: m.second === 0 ? 0 : m.fourth / m.second ** 2 - 3,
    quantiles: SUMMARY_QUANTILES.map((probability) => ({
      probability,
      value: quantile(binned, probability),
      interval: quantileInterval(binned, probability, tail, tail),
    })),
  };
}

/** Var(s²) = (μ₄ − σ⁴(n − 3)/(n − 1))/n, exact for independent draws with fourth central moment μ₄. */
export function varianceOfVariance(fourth: number, variance: number, n: number): number {
  return Math.max(0, fourth - (variance * variance * (n - 3)) / (n - 1)) / n;
}
