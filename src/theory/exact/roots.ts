/** Real points where the cumulant function log M reaches a level: what lies between them is where contours may pass. */
import { bisect } from '../../numeric/roots.js';
import type { IncrementLaw } from '../increment.js';

/** The saddle c*: log M is least there (1/joule); it has the sign of μ. */
export function saddle(law: IncrementLaw): number {
  return solveSlope(law, 0);
}

/** The tilt x > lowestTilt with slope (log M)'(x) = `slope` (joules a slot), by bisection on the convex function. */
export function solveSlope(law: IncrementLaw, slope: number): number {
  const unit = 1 / Math.sqrt(law.variance);
  const rising = (x: number): boolean => law.cumulantSlope(x) >= slope;
  return rising(0) ? -edge((x) => !rising(-x), unit, -law.lowestTilt) : edge(rising, unit, Infinity);
}

/** The two solutions of log M(x) = level around the saddle; `level` must exceed its least value. */
export function levelRoots(law: IncrementLaw, level: number, centre: number): { left: number; right: number } {
  const unit = 1 / Math.sqrt(law.variance);
  const above = (x: number): boolean => !(law.cumulant(x) < level);
  const left = centre - edge((t) => above(centre - t), unit, centre - law.lowestTilt);
  return { left, right: centre + edge((t) => above(centre + t), unit, Infinity) };
}

/** Least t in (0, limit) at which a condition that stays true once it is holds, sought from `unit` on. */
function edge(holds: (t: number) => boolean, unit: number, limit: number): number {
  let high = Math.min(unit, 0.5 * limit);
  while (!holds(high)) {
    const next = limit === Infinity ? 2 * high : Math.min(2 * high, 0.5 * (high + limit));
    if (next === high || next > 1e300) return high;
    high = next;
  }
  while (high > 1e-300 && holds(high / 2)) high /= 2;
  return bisect(high / 2, high, holds, { halvings: 54 });
}
