/**
 * The three regimes of Theorem 2 for one demand: the same walk with its harvest's mean set critical, above and below the demand, each with
 * the limit that eq. 37 gives its mean deficit. How far a finite T is from the limit is the exact law's business (exact/).
 */
import { InputError } from '../errors.js';
import { energyMoment, volatility } from '../fleet/walk-law.js';
import type { WalkLaw } from '../fleet/walk-law.js';
import { criticalMean, shortageMean, surplusMean } from './brownian.js';

export interface Regime {
  readonly name: 'critical' | 'surplus' | 'shortage';
  readonly walk: WalkLaw;
  /** μ, joules a slot. */
  readonly drift: number;
  /** σ√(2T/π), σ²/(2μ) or |μ|T + σ²/(2|μ|): joules. */
  readonly limitMean: number;
}

/** |μ|√T/σ of the two regimes with drift: the Brownian mean is within 1e-4 of its limit there. */
const RELATIVE_DRIFT = 4;

/** The regimes at T = `slots`, with the harvest's variance as the walk has it. Throws InputError where T is no positive number. */
export function regimes(walk: WalkLaw, slots: number): Regime[] {
  if (!(slots > 0)) throw new InputError(`slots: got ${slots}, expected a positive number`, 'slots');
  const { demand, harvest } = walk;
  const consumed = demand.ratePerSlot * energyMoment(demand, 1);
  const variance = harvest.shape * harvest.scaleJoules ** 2;
  const sigma = volatility(walk);
  // A shortage leaves the harvest at least half of what is consumed: at short horizons a smaller drift must do.
  const size = Math.min((RELATIVE_DRIFT * sigma) / Math.sqrt(slots), consumed / 2);
  const withDrift = (drift: number): WalkLaw => {
    const mean = consumed + drift;
    return { demand, harvest: { shape: mean ** 2 / variance, scaleJoules: variance / mean } };
  };
  const constants = (drift: number) => ({ drift, volatility: sigma });
  return [
    { name: 'critical', walk: withDrift(0), drift: 0, limitMean: criticalMean(sigma, slots) },
    { name: 'surplus', walk: withDrift(size), drift: size, limitMean: surplusMean(constants(size)) },
    { name: 'shortage', walk: withDrift(-size), drift: -size, limitMean: shortageMean(constants(-size), slots) },
  ];
}
