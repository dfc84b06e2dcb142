/**
 * Chernoff bounds: how far one slot, or a walk of T slots, can go. They choose the tables' range and the quantum, so
 * that no path can leave its 32-bit integer. For a martingale exp(θS_t)/M(θ)^t, P(max_{t≤T} S_t ≥ L) ≤ max(1, M(θ)^T)
 * exp(−θL) (Ville).
 */
import { goldenSection } from '../numeric/minimise.js';
import { bisect } from '../numeric/roots.js';
import type { DemandLaw, WalkLaw } from '../fleet/walk-law.js';

/**
 * log E exp(θ(C − H)), θ > −1/scale finite: the cumulant generating function of what a slot takes away; Infinity where
 * dispersed counts have no moment so high.
 */
export function demandCumulant(law: WalkLaw, theta: number): number {
  const { ratePerSlot, dispersion = 1, energiesJoules, probabilities } = law.demand;
  let sum = 0;
  for (let j = 0; j < energiesJoules.length; j++) sum += probabilities[j] * Math.expm1(theta * energiesJoules[j]);
  return ratePerSlot * dispersed(sum, dispersion) - law.harvest.shape * Math.log1p(theta * law.harvest.scaleJoules);
}

/** log E exp(θC) over λ, from u = E exp(θe) − 1: −log(1 − (I − 1)u)/(I − 1), and u itself for Poisson counts. */
function dispersed(u: number, dispersion: number): number {
  if (dispersion === 1) return u;
  const part = (dispersion - 1) * u;
  return part < 1 ? -Math.log1p(-part) / (dispersion - 1) : Infinity;
}

/** log E exp(θ(H − C)), 0 ≤ θ < 1/scale. */
export function harvestCumulant(law: WalkLaw, theta: number): number {
  return demandCumulant(law, -theta);
}

/** −log of the probability, a path, of leaving what 32 bits hold: e^−64 = 1.6e-28. */
export const ESCAPE_EXPONENT = 64;

/** Direction of a walk: `down` is Σ(C − H), which makes deficits; `up` is Σ(H − C). */
export type Direction = 'down' | 'up';

function thetaLimit(law: WalkLaw, direction: Direction): number {
  const { energiesJoules, dispersion = 1 } = law.demand;
  if (direction === 'up') return 1 / law.harvest.scaleJoules;
  const highest = 700 / energiesJoules[energiesJoules.length - 1];
  if (dispersion === 1 || demandCumulant(law, highest) < Infinity) return highest;
  // Beyond it dispersed counts have no exponential moments.
  return bisect(0, highest, (theta) => demandCumulant(law, theta) === Infinity);
}

function cumulant(law: WalkLaw, direction: Direction, theta: number): number {
  return direction === 'up' ? harvestCumulant(law, theta) : demandCumulant(law, theta);
}

/** Width of a scan of θ below its limit, and the step between its points, both in log θ. */
const SCAN_WIDTH = 60;
const SCAN_STEP = 2;
/** Golden sections of two scan steps: log θ to 3e-10, for at a kink (K = 0) the minimum is no more exact than that. */
const SECTIONS = 48;

/** Cumulants at the points of a scan. */
interface Scan {
  readonly thetas: Float64Array;
  readonly cumulants: Float64Array;
}

/** A law's scans, one a direction: every reach of one law looks at the same points. Laws are never changed. */
const scans = new WeakMap<WalkLaw, Partial<Record<Direction, Scan>>>();

function scanOf(law: WalkLaw, direction: Direction): Scan {
  const known = scans.get(law)?.[direction];
  if (known !== undefined) return known;
  const bottom = Math.log(thetaLimit(law, direction)) - SCAN_WIDTH;
  const points = SCAN_WIDTH / SCAN_STEP;
  const thetas = new Float64Array(points);
  const cumulants = new Float64Array(points);
  for (let i = 0; i < points; i++) {
    thetas[i] = Math.exp(bottom + i * SCAN_STEP);
    cumulants[i] = cumulant(law, direction, thetas[i]);
  }
  const scan = { thetas, cumulants };
  scans.set(law, { ...scans.get(law), [direction]: scan });
  return scan;
}

/**
 * Minimum over θ of a quasi-convex function of θ and the cumulant there: a coarse scan first, for steep ends would
 * stall a blind section, then a golden section on log θ. What any θ gives is a bound; the least of them only saves
 * room.
 */
function minimum(
  law: WalkLaw,
  direction: Direction,
  of: (theta: number, cumulant: number) => number,
): { value: number; theta: number } {
  const { thetas, cumulants } = scanOf(law, direction);
  let best = 0;
  let bestValue = Infinity;
  for (let i = 0; i < thetas.length; i++) {
    const value = of(thetas[i], cumulants[i]);
    if (value < bestValue) {
      best = i;
      bestValue = value;
    }
  }
  const limit = thetaLimit(law, direction);
  const at = (logTheta: number): number => {
    const theta = Math.exp(logTheta);
    return theta >= limit ? Infinity : of(theta, cumulant(law, direction, theta));
  };
  const from = Math.log(thetas[best]) - SCAN_STEP;
  const least = goldenSection(at, from, Math.min(from + 2 * SCAN_STEP, Math.log(limit)), SECTIONS);
  if (least.value < bestValue) return { value: least.value, theta: Math.exp(least.at) };
  return { value: bestValue, theta: thetas[best] };
}

/** Minimum over θ of (slots · K(θ)^(+ if maximum) + exponent)/θ. */
function chernoff(law: WalkLaw, direction: Direction, slots: number, exponent: number, ofMaximum: boolean): number {
  return minimum(law, direction, (theta, k) => (slots * (ofMaximum ? Math.max(0, k) : k) + exponent) / theta).value;
}

/** x with P(one slot's move in `direction` > x) ≤ exp(−exponent), joules; may be small but is never negative. */
export function slotReach(law: WalkLaw, direction: Direction, exponent: number): number {
  return Math.max(0, chernoff(law, direction, 1, exponent, false));
}

/** x with P(one slot's consumption > x) ≤ exp(−exponent), joules, lumped or, which is less, spread over services. */
export function consumptionReach(demand: DemandLaw, exponent: number): number {
  return slotReach({ demand, harvest: { shape: 0, scaleJoules: 0 } }, 'down', exponent);
}

/** L with P(max_{t≤slots} S_t ≥ L) ≤ exp(−exponent) for the walk in `direction`, joules. */
export function walkReach(law: WalkLaw, direction: Direction, slots: number, exponent: number): number {
  return chernoff(law, direction, slots, exponent, true);
}

/** x with P(S_slots > x) ≤ exp(−exponent), joules; negative where the drift carries the walk the other way. */
export function endReach(law: WalkLaw, direction: Direction, slots: number, exponent: number): number {
  return chernoff(law, direction, slots, exponent, false);
}

/** The most slots for which `walkReach` stays within `joules`, real and perhaps Infinity; 0 where not even one does. */
export function slotsOfReach(law: WalkLaw, direction: Direction, joules: number, exponent: number): number {
  // The reach is the least of straight lines in the slots, hence concave: where one of them meets `joules`, the reach
  // is still within it. So the steps from line to line rise to the answer, quadratically (Newton's method from below).
  let slots = 1;
  for (let i = 0; i < 60; i++) {
    const n = slots;
    const { value, theta } = minimum(law, direction, (at, k) => (n * Math.max(0, k) + exponent) / at);
    if (value > joules) return i === 0 ? 0 : slots;
    const slope = Math.max(0, cumulant(law, direction, theta));
    if (slope === 0) return Infinity;
    const next = (joules * theta - exponent) / slope;
    if (next <= slots * (1 + 1e-13)) return slots;
    slots = next;
  }
  return slots;
}
