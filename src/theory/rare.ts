/**
 * Rare deficits (docs/model.md section 6): the adjustment coefficient and the exponential tilt under which a deep
 * deficit is no longer rare. The probabilities themselves come from the exact law or, by importance sampling, from the
 * engine.
 */
import { InputError } from '../errors.js';
import type { WalkLaw } from '../fleet/walk-law.js';
import { levelRoots, saddle, solveSlope } from './exact/roots.js';
import type { IncrementLaw } from './increment.js';

/** r > 0 with E exp(rY) = 1, 1/joule: P(D_∞ > d) ≤ e^(−rd) (Lundberg). Throws InputError unless μ > 0. */
export function adjustmentCoefficient(law: IncrementLaw): number {
  if (!(law.mean < 0)) {
    throw new InputError(
      `adjustment coefficient: got a drift of ${-law.mean} J a slot, expected a positive one (without it deficits are not rare)`,
      'harvest',
    );
  }
  return levelRoots(law, 0, saddle(law)).right;
}

/** θ ≥ 0 for P(D_T > d), 1/joule: r, or that of mean d/T if larger. Throws InputError unless d ≥ 0, T > 0. */
export function tiltFor(law: IncrementLaw, d: number, slots: number): number {
  if (!(d >= 0 && slots > 0)) throw new InputError(`tilt: got d = ${d}, T = ${slots}; expected d ≥ 0 and T > 0`, 'at');
  const steady = law.mean < 0 ? adjustmentCoefficient(law) : 0;
  return Math.max(steady, solveSlope(law, d / slots), 0);
}

/**
 * The walk under the tilt θ: both families are kept. λp_j → λp_j e^(θe_j) (Poisson counts); Gamma scale → scale/(1 +
 * θ·scale).
 */
export function tiltedWalk(walk: WalkLaw, tilt: number): WalkLaw {
  const { ratePerSlot, dispersion = 1, energiesJoules, probabilities } = walk.demand;
  const rates = probabilities.map((p, j) => ratePerSlot * p * Math.exp(tilt * energiesJoules[j]));
  const total = rates.reduce((sum, rate) => sum + rate, 0);
  const tilted = { energiesJoules, probabilities: rates.map((rate) => rate / total) };
  // Of dispersed counts r = λ/(I − 1) stays, and θ = 1 − 1/I becomes θ E exp(tilt·e).
  const counts = 1 / (1 - ((1 - 1 / dispersion) * total) / ratePerSlot);
  const rate = dispersion === 1 ? total : (ratePerSlot * (counts - 1)) / (dispersion - 1);
  return {
    demand: { ratePerSlot: rate, ...(dispersion === 1 ? {} : { dispersion: counts }), ...tilted },
    harvest: {
      shape: walk.harvest.shape,
      scaleJoules: walk.harvest.scaleJoules / (1 + tilt * walk.harvest.scaleJoules),
    },
  };
}
