/**
 * Theorem 2 in its own terms: does the mean tend to the limit of eq. 37? Ladders of exact means, without a simulation.
 * In each the limit and the mean change together from step to step, and must stay a bounded distance apart, so that
 * the growth of one over that of the other tends to 1:
 *
 *     slots   μ fixed, T four times as long at each step: E[D_T] against the limit (critical and shortage)
 *     drift   T → ∞, then μ half as large at each step: both less max(−μ, 0)T (surplus and shortage)
 *
 * And for Brownian motion itself, of which the theorem speaks: the mean of eq. 91 over the limit at the last step of
 * T, at a surplus too, where the limit does not grow. That the discrete walk at a fixed surplus stays below the limit
 * is no fault: its own limit is named beside it.
 */
import { brownianLaw } from './brownian.js';
import { compoundIncrement } from './compound-increment.js';
import { auxiliaryMoments } from './exact/auxiliary.js';
import { consumption, farExcess, farSlots, limitMean, regimeAt, walkLimit } from './regimes.js';
import type { Limits, Regime } from './regimes.js';

export interface LadderStep {
  readonly slots: number;
  readonly driftJoulesPerSlot: number;
  /** Of eq. 37, joules; on a ladder of drifts without the part |μ|T, as the means. */
  readonly limitMean: number;
  /** The discrete walk's own limit, and its exact mean: the same on a ladder of drifts. */
  readonly walkLimitMean: number;
  readonly exactMean: number;
  /** exactMean / limitMean. */
  readonly ratio: number;
}

/** One ladder with its verdict. */
export interface LimitLadder {
  readonly along: 'slots' | 'drift';
  /** b that the steps were made with, joules. */
  readonly initialJoules: number;
  readonly steps: readonly LadderStep[];
  /** Growth of exact mean over growth of limit at the last step; of a surplus along T, mean over the walk's limit. */
  readonly rate: number;
  /** Eq. 91 over eq. 37 at the last step; along T only. */
  readonly brownianRatio: number | undefined;
  /** How far from 1 both may be. */
  readonly tolerance: number;
  readonly pass: boolean;
}

/** The rate's own error, of order 1/T and (μ/σ)² times the squared skewness, is far below at the last step. */
const TOLERANCE = 0.005;
const STEPS = 6;
/** First drift of a ladder, in σ. */
const FIRST_DRIFT = 1 / 16;
/** Exact means end at this many slots. */
const LONGEST = 1e9;
/** Charges beyond this many σ, at which the ladders would be too long, are left out of them. */
const MOST_CHARGE = 32;

/** The ladders of a regime. @throws {AccuracyError} where exact means cannot be had */
export function limitLadders(regime: Regime, slots: number, limits: Limits): LimitLadder[] {
  const { charge, volatility } = regime;
  const own = charge <= MOST_CHARGE * volatility ? regime : { ...regime, charge: 0 };
  const along = slotsLadder(own, slots, limits);
  return own.name === 'critical' ? [along] : [along, driftLadder(own, limits)];
}

function slotsLadder(regime: Regime, slots: number, limits: Limits): LimitLadder {
  const { name, drift, volatility, charge, walk } = regime;
  // From where the charge is a quarter of σ√T on; and so that the last step is in reach.
  const from = Math.floor(Math.min(Math.max(slots, (4 * charge) ** 2 / volatility ** 2), LONGEST / 4 ** (STEPS - 1)));
  const horizons = Array.from({ length: STEPS }, (_, i) => from * 4 ** i);
  const own = walkLimit(regime);
  const exact = auxiliaryMoments(compoundIncrement(walk), horizons, charge);
  const steps = horizons.map((t, i) => {
    const limit = limitMean(regime, t, limits);
    return {
      slots: t,
      driftJoulesPerSlot: drift,
      limitMean: limit,
      walkLimitMean: own(t),
      exactMean: exact[i].mean,
      ratio: exact[i].mean / limit,
    };
  });
  const last = steps[STEPS - 1];
  const rate = name === 'surplus' ? last.exactMean / last.walkLimitMean : growth(steps);
  const brownianRatio = brownianLaw({ drift, volatility }, last.slots).meanExcess(charge) / last.limitMean;
  return ladder('slots', charge, steps, rate, brownianRatio);
}

function driftLadder(regime: Regime, limits: Limits): LimitLadder {
  const { volatility: sigma, charge, walk } = regime;
  const sign = Math.sign(regime.drift);
  // A charge is then exceeded with a chance of at least 1/e, and half of what is consumed is there.
  const first = Math.min(FIRST_DRIFT * sigma, consumption(walk) / 2, charge > 0 ? sigma ** 2 / (2 * charge) : Infinity);
  const steps = Array.from({ length: STEPS }, (_, i) => {
    const own = regimeAt(walk, (sign * first) / 2 ** i, charge);
    const slots = farSlots(own);
    const limit = limitMean(own, slots, limits) - Math.max(-own.drift, 0) * slots;
    const mean = farExcess(own);
    return {
      slots,
      driftJoulesPerSlot: own.drift,
      limitMean: limit,
      walkLimitMean: mean,
      exactMean: mean,
      ratio: mean / limit,
    };
  });
  return ladder('drift', charge, steps, growth(steps), undefined);
}

/** Growth of the mean over growth of the limit, from the last step but one to the last. */
function growth(steps: readonly LadderStep[]): number {
  const [a, b] = steps.slice(-2);
  return (b.exactMean - a.exactMean) / (b.limitMean - a.limitMean);
}

function ladder(
  along: LimitLadder['along'],
  initialJoules: number,
  steps: readonly LadderStep[],
  rate: number,
  brownianRatio: number | undefined,
): LimitLadder {
  const near = (x: number): boolean => Math.abs(x - 1) <= TOLERANCE;
  const pass = near(rate) && (brownianRatio === undefined || near(brownianRatio));
  return { along, initialJoules, steps, rate, brownianRatio, tolerance: TOLERANCE, pass };
}
