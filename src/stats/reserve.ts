/**
 * Reserves: with an initial charge b the auxiliary energy is (D − b)⁺, so that one run, or one law, gives the whole
 * curve in b (docs/model.md section 7). Here from partials, with intervals that are honest about bins; from a law in
 * reserve-law.ts.
 */
import { InputError } from '../errors.js';
import { BIN_COUNT } from '../engine/partials.js';
import type { HorizonPartials } from '../engine/partials.js';
import { smallestOf } from '../numeric/extremes.js';
import { binDeficits, binEnd, binOfRank, quantile, quantileInterval } from './binned.js';
import type { BinnedDeficits } from './binned.js';
import { clopperPearson } from './binomial.js';
import type { Interval } from './binomial.js';
import { dkwCritical } from './distance.js';
import { skewedInterval, skewnessOf } from './skewed.js';

/** The charge that covers the deficit but for a given risk. Joules. */
export interface Reserve {
  readonly risk: number;
  /** b: smallest charge with P(D > b) ≤ risk. */
  readonly charge: number;
  /** E(D − b)⁺: auxiliary energy that is then still needed on average. */
  readonly meanExcess: number;
  /** b + E(D − b)⁺/risk: mean deficit in the worst fraction `risk` of the cases (Rockafellar & Uryasev 2000). */
  readonly conditionalValueAtRisk: number;
}

/** A reserve read from a run, with how far it may be off. */
export interface EstimatedReserve extends Reserve {
  readonly trials: number;
  /** Two-sided order-statistic interval of the charge, widened to the edges of its bins. */
  readonly interval: Interval;
  /** One-sided: P(D > this charge) ≤ risk. The one to buy. Infinity where the open last bin leaves it unknown. */
  readonly safeCharge: number;
  /**
   * Of the mean excess at this charge, from sampling: how far it lies from E(D − b)⁺ of the law at this very b. From
   * run to run the charge moves too, and against it, so that the mean excess itself scatters less.
   */
  readonly meanExcessError: number;
  readonly meanExcessInterval: Interval;
  readonly conditionalValueAtRiskError: number;
  /**
   * Skewness is taken out (skewed.ts), and it is widened by all that bins may hide. Sound from ten exceedances on, the
   * fewest that are taken.
   */
  readonly conditionalValueAtRiskInterval: Interval;
  /** Most that the mean excess can be off by bins: a hard bound; typically it is a hundredth of it. */
  readonly binError: number;
}

/** Exceedances that a risk must have on average for its charge to be read from a run. */
const LEAST_EXCEEDANCES = 10;

/** Trials from which a run resolves this risk. */
export function trialsForRisk(risk: number): number {
  return Math.ceil(LEAST_EXCEEDANCES / risk - 1e-9);
}

/** @throws {InputError} where a run of so many trials cannot resolve the risk that this field has */
export function checkTrialsForRisk(field: string, risk: number, trials: number): void {
  const least = trialsForRisk(risk);
  if (trials >= least) return;
  throw new InputError(
    `${field}: got ${risk} with ${trials} trials, expected at least ${least} trials for it, or a larger risk`,
    field,
  );
}

/** Throws InputError (field `risk`) unless every risk lies in (0, 1). */
export function checkRisks(risks: readonly number[]): void {
  const wrong = risks.find((risk) => !(risk > 0 && risk < 1));
  if (wrong !== undefined) {
    throw new InputError(
      `The risk is ${wrong}; expected a probability between 0 and 1, both excluded, such as 1e-3.`,
      'risk',
    );
  }
}

/**
 * The reserves of a run at one horizon. Throws InputError for a risk outside (0, 1) and for one so small that fewer
 * than ten paths exceed its charge on average, saying how many trials would do.
 * @param confidence of `interval` and of `safeCharge`
 */
export function reserveFromPartials(
  horizon: HorizonPartials,
  quantumJoules: number,
  risks: readonly number[],
  confidence = 0.95,
): EstimatedReserve[] {
  checkRisks(risks);
  if (risks.length === 0) return [];
  const binned = binDeficits(horizon, quantumJoules);
  const smallest = smallestOf(risks);
  if (horizon.count < trialsForRisk(smallest)) {
    throw new InputError(
      `A risk of ${smallest} cannot be read from ${horizon.count} trials, of which ${(horizon.count * smallest).toPrecision(2)} ` +
        `would exceed its charge: run at least ${trialsForRisk(smallest)} trials, name a risk of ${(LEAST_EXCEEDANCES / horizon.count).toPrecision(2)} ` +
        'or more, or take the charge from the exact law.',
      'risk',
    );
  }
  const tail = 1 - confidence;
  return risks.map((risk) => {
    const charge = quantile(binned, 1 - risk);
    const excess = excessOver(binned, charge);
    return {
      risk,
      trials: horizon.count,
      charge,
      interval: quantileInterval(binned, 1 - risk, tail / 2, tail / 2),
      safeCharge: quantileInterval(binned, 1 - risk, 0, tail).upper,
      meanExcess: excess.mean,
      meanExcessError: excess.standardError,
      meanExcessInterval: tailMeanInterval(0, excess, 1, horizon.count, confidence),
      binError: excess.binError,
      conditionalValueAtRisk: charge + excess.mean / risk,
      conditionalValueAtRiskError: excess.standardError / risk,
      conditionalValueAtRiskInterval: tailMeanInterval(charge, excess, risk, horizon.count, confidence),
    };
  });
}

/**
 * Interval of the tail mean b + E(D − b)⁺/risk, bins included. That b is estimated matters only to second order, for b
 * is where this expression is least (Rockafellar and Uryasev 2000): the error is that of the mean excess at the true
 * charge, over the risk. Of the mean excess alone, at a given charge: b = 0, a risk of 1.
 */
function tailMeanInterval(charge: number, excess: Excess, risk: number, n: number, confidence: number): Interval {
  const { lower, upper } = skewedInterval(
    charge + excess.mean / risk,
    excess.standardError / risk,
    excess.skewness,
    n,
    confidence,
  );
  return { lower: Math.max(0, lower - excess.binErrorBelow / risk), upper: upper + excess.binError / risk };
}

/** One point of the curve. Joules. */
export interface ReservePoint {
  readonly charge: number;
  /** P(D > charge). */
  readonly risk: number;
  /** Clopper–Pearson, for this point alone. */
  readonly riskInterval: Interval;
  readonly meanExcess: number;
  readonly meanExcessError: number;
}

export interface ReserveCurve {
  readonly points: readonly ReservePoint[];
  /** Half-width of a band about all risks at once, at the same confidence (Dvoretzky–Kiefer–Wolfowitz). */
  readonly simultaneousHalfWidth: number;
}

/**
 * Risk and mean excess against the charge, from 0 to the last filled bin: at bin edges, where the risk is a count and
 * no bin error enters.
 * @param points at most so many, evenly spaced, and 0
 */
export function reserveCurve(
  horizon: HorizonPartials,
  quantumJoules: number,
  points = 200,
  confidence = 0.95,
): ReserveCurve {
  const binned = binDeficits(horizon, quantumJoules);
  const n = binned.trials;
  const last = binned.counts.findLastIndex((paths) => paths > 0);
  const stride = Math.max(1, Math.ceil((last + 1) / points));
  const charges = [0];
  for (let i = stride; i <= Math.min(last + stride, BIN_COUNT - 1); i += stride) charges.push(binned.edges[i]);
  return {
    points: charges.map((charge, k) => {
      const covered = k === 0 ? binned.zeros : binned.cumulative[k * stride - 1];
      const excess = excessOver(binned, charge);
      return {
        charge,
        risk: (n - covered) / n,
        riskInterval: clopperPearson(n - covered, n, confidence),
        meanExcess: excess.mean,
        meanExcessError: excess.standardError,
      };
    }),
    simultaneousHalfWidth: dkwCritical(n, 1 - confidence),
  };
}

/** E(D − b)⁺ at a given charge from a run. Joules. */
export interface Excess {
  readonly mean: number;
  readonly standardError: number;
  /** Of one path's (D − b)⁺. */
  readonly skewness: number;
  /** Most that the mean can be off because deficits are known only by bin: that the truth lies above, and below it. */
  readonly binError: number;
  readonly binErrorBelow: number;
}

/** E(D − b)⁺ at a given charge from a run, with how far it may be off; deficits taken uniform within a bin. */
export function excessOver(binned: BinnedDeficits, charge: number): Excess {
  const n = binned.trials;
  let first = 0;
  let second = 0;
  let third = 0;
  let bound = 0;
  const start = Math.max(0, binOfRank(binned, binned.zeros + 1));
  for (let i = start; i < BIN_COUNT; i++) {
    const paths = binned.counts[i];
    const end = binEnd(binned, i);
    if (paths === 0 || end <= charge) continue;
    const low = Math.max(binned.edges[i], charge);
    const width = end - binned.edges[i];
    const share = (paths * (end - low)) / width; // paths above the charge
    const middle = 0.5 * (low + end) - charge;
    const spread = (end - low) ** 2 / 12;
    first += share * middle;
    second += share * (middle ** 2 + spread);
    third += share * middle * (middle ** 2 + 3 * spread);
    bound += paths * 0.5 * width;
  }
  const mean = first / n;
  return {
    mean,
    standardError: Math.sqrt(Math.max(0, second / n - mean * mean) / n),
    skewness: skewnessOf(mean, second / n, third / n),
    binError: binned.counts[BIN_COUNT - 1] > 0 ? Infinity : bound / n,
    binErrorBelow: bound / n,
  };
}
