/**
 * The three regimes of Theorem 2 for one demand: the same walk with its harvest's mean set critical, above and below
 * the demand, each with two limits of its mean. One is that of eq. 37, which is the Brownian motion's. The other is the
 * discrete walk's own: a walk sees its battery at the ends of slots only and runs less deep between them. Where μ ≤ 0
 * both grow without end, the walk's a constant below, and their ratio tends to 1 with T. Where μ > 0 both stay bounded:
 * at a fixed surplus the ratio stays below 1 for ever, and tends to 1 with μ.
 *
 * With an initial charge b the mean is that of (D_T − b)⁺: where μ ≤ 0 the limits are less by b, and where μ > 0 the
 * limit is multiplied by exp(−2μb/σ²), the chance that the Brownian deficit ever exceeds b. The paper has b = 0.
 */
import { InputError } from '../errors.js';
import { energyMoment, volatility } from '../fleet/walk-law.js';
import type { WalkLaw } from '../fleet/walk-law.js';
import { criticalMean, shortageMean, surplusMean } from './brownian.js';
import type { BrownianConstants } from './brownian.js';
import { compoundIncrement } from './compound-increment.js';
import { auxiliaryMoments } from './exact/auxiliary.js';
import { overshootConstant } from './overshoot.js';

export type RegimeName = 'critical' | 'surplus' | 'shortage';

/** What eq. 37 says, from an empty battery: joules. */
export interface Limits {
  /** σ√(2T/π). */
  critical(volatility: number, slots: number): number;
  /** σ²/(2μ). */
  surplus(constants: BrownianConstants): number;
  /** |μ|T + σ²/(2|μ|). */
  shortage(constants: BrownianConstants, slots: number): number;
}

/** Eq. 37. Tests of the proof put others in its place. */
export const PAPER_LIMITS: Limits = { critical: criticalMean, surplus: surplusMean, shortage: shortageMean };

export interface Regime extends BrownianConstants {
  readonly name: RegimeName;
  readonly walk: WalkLaw;
  /** b, joules. */
  readonly charge: number;
}

/** |μ|√T/σ of the two regimes with drift: the Brownian mean is within 1e-4 of its limit there. */
const RELATIVE_DRIFT = 4;
/** T in (σ/μ)² at which what is left to grow has fallen to about e^(−64). */
const FAR = 128;

/** The walk at another drift, joules a slot, the harvest's variance kept: a regime of its own. */
export function regimeAt(walk: WalkLaw, drift: number, charge = 0): Regime {
  const { demand, harvest } = walk;
  const variance = harvest.shape * harvest.scaleJoules ** 2;
  const mean = consumption(walk) + drift;
  return {
    name: drift === 0 ? 'critical' : drift > 0 ? 'surplus' : 'shortage',
    walk: { demand, harvest: { shape: mean ** 2 / variance, scaleJoules: variance / mean } },
    drift,
    volatility: volatility(walk),
    charge,
  };
}

/** E[C], joules a slot. */
export function consumption({ demand }: WalkLaw): number {
  return demand.ratePerSlot * energyMoment(demand, 1);
}

/**
 * The regimes for runs of `slots` slots, with the harvest's variance as the walk has it. The drift of the latter two
 * is fixed by the last horizon.
 * @throws {InputError} where `slots` is no positive number
 */
export function regimes(walk: WalkLaw, slots: number, charge = 0): Regime[] {
  if (!(slots > 0)) throw new InputError(`slots: got ${slots}, expected a positive number`, 'slots');
  // A shortage leaves the harvest at least half of what is consumed: at short horizons a smaller drift must do.
  const size = Math.min((RELATIVE_DRIFT * volatility(walk)) / Math.sqrt(slots), consumption(walk) / 2);
  return [0, size, -size].map((drift) => regimeAt(walk, drift, charge));
}

/** The limit of eq. 37 at T = `slots`, with the regime's charge. Joules. */
export function limitMean(regime: Regime, slots: number, limits: Limits): number {
  const { name, drift, volatility: sigma, charge } = regime;
  switch (name) {
    case 'critical':
      return limits.critical(sigma, slots) - charge;
    case 'surplus':
      return limits.surplus(regime) * Math.exp((-2 * drift * charge) / sigma ** 2);
    case 'shortage':
      return limits.shortage(regime, slots) - charge;
  }
}

/** The discrete walk's own limit as a function of T, joules: from its exact law. @throws {AccuracyError} */
export function walkLimit(regime: Regime): (slots: number) => number {
  const { name, drift, volatility: sigma, charge, walk } = regime;
  if (name === 'critical') {
    const less = overshootConstant(compoundIncrement(walk)) + charge;
    return (slots) => criticalMean(sigma, slots) - less;
  }
  const excess = farExcess(regime);
  return (slots) => excess + Math.max(-drift, 0) * slots;
}

/** E[(D_T − b)⁺] − max(−μ, 0)T for T → ∞, exactly. Joules. @throws {AccuracyError} */
export function farExcess(regime: Regime): number {
  const { drift, charge, walk } = regime;
  const slots = farSlots(regime);
  const [{ mean }] = auxiliaryMoments(compoundIncrement(walk), [slots], charge);
  return mean - Math.max(-drift, 0) * slots;
}

/** Slots after which a walk with drift has come to its limit. */
export function farSlots({ drift, volatility: sigma }: BrownianConstants): number {
  return Math.ceil(FAR * Math.max(1, (sigma / drift) ** 2));
}
