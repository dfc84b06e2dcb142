/**
 * Chernoff bounds: how far one slot, or a walk of T slots, can go. They choose the tables' range and the quantum, so that no path
 * can leave its 32-bit integer. For a martingale exp(θS_t)/M(θ)^t, P(max_{t≤T} S_t ≥ L) ≤ max(1, M(θ)^T) exp(−θL) (Ville).
 */
import type { WalkLaw } from '../fleet/walk-law.js';

/** log E exp(θ(C − H)), θ ≥ 0 finite: the cumulant generating function of what a slot takes away. */
export function demandCumulant(law: WalkLaw, theta: number): number {
  const { ratePerSlot, energiesJoules, probabilities } = law.demand;
  let sum = 0;
  for (let j = 0; j < energiesJoules.length; j++) sum += probabilities[j] * Math.expm1(theta * energiesJoules[j]);
  return ratePerSlot * sum - law.harvest.shape * Math.log1p(theta * law.harvest.scaleJoules);
}

/** log E exp(θ(H − C)), 0 ≤ θ < 1/scale. */
export function harvestCumulant(law: WalkLaw, theta: number): number {
  const { ratePerSlot, energiesJoules, probabilities } = law.demand;
  let sum = 0;
  for (let j = 0; j < energiesJoules.length; j++) sum += probabilities[j] * Math.expm1(-theta * energiesJoules[j]);
  return ratePerSlot * sum - law.harvest.shape * Math.log1p(-theta * law.harvest.scaleJoules);
}

/** Direction of a walk: `down` is Σ(C − H), which makes deficits; `up` is Σ(H − C). */
export type Direction = 'down' | 'up';

function thetaLimit(law: WalkLaw, direction: Direction): number {
  const { energiesJoules } = law.demand;
  return direction === 'up' ? 1 / law.harvest.scaleJoules : 700 / energiesJoules[energiesJoules.length - 1];
}

/** Minimum over θ of (slots · K(θ)^(+ if maximum) + exponent)/θ, by golden section on log θ. */
function chernoff(law: WalkLaw, direction: Direction, slots: number, exponent: number, ofMaximum: boolean): number {
  const limit = thetaLimit(law, direction);
  const bound = (logTheta: number): number => {
    const theta = Math.exp(logTheta);
    if (theta >= limit) return Infinity;
    const k = direction === 'up' ? harvestCumulant(law, theta) : demandCumulant(law, theta);
    return (slots * (ofMaximum ? Math.max(0, k) : k) + exponent) / theta;
  };
  // A coarse scan first: with `ofMaximum` the function is still quasi-convex, but steep ends would stall a blind section.
  const top = Math.log(limit);
  let best = top - 60;
  let bestValue = Infinity;
  for (let x = top - 60; x < top; x += 0.25) {
    const value = bound(x);
    if (value < bestValue) {
      best = x;
      bestValue = value;
    }
  }
  const golden = (Math.sqrt(5) - 1) / 2;
  let low = best - 0.25;
  let high = Math.min(best + 0.25, top);
  for (let i = 0; i < 40; i++) {
    const a = high - golden * (high - low);
    const b = low + golden * (high - low);
    if (bound(a) < bound(b)) high = b;
    else low = a;
  }
  return Math.min(bestValue, bound((low + high) / 2));
}

/** x with P(one slot's move in `direction` > x) ≤ exp(−exponent), joules; may be small but is never negative. */
export function slotReach(law: WalkLaw, direction: Direction, exponent: number): number {
  return Math.max(0, chernoff(law, direction, 1, exponent, false));
}

/** L with P(max_{t≤slots} S_t ≥ L) ≤ exp(−exponent) for the walk in `direction`, joules. */
export function walkReach(law: WalkLaw, direction: Direction, slots: number, exponent: number): number {
  return chernoff(law, direction, slots, exponent, true);
}

/** x with P(S_slots > x) ≤ exp(−exponent), joules; negative where the drift carries the walk the other way. */
export function endReach(law: WalkLaw, direction: Direction, slots: number, exponent: number): number {
  return chernoff(law, direction, slots, exponent, false);
}
