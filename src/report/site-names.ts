/** What reports call the things that a site's run counts and checks. */
import type { SiteViolation } from '../stats/site-summary.js';
import { formatQuantity } from './table.js';

/** What was seen on a path that breaks a rule. */
export const VIOLATIONS: Readonly<Record<SiteViolation, string>> = {
  deadlineMissed: 'a task waited beyond its last feasible slot',
  belowBound: 'less energy was dispatched than the least that must have been',
  levelOutside: 'the level was below zero or above the capacity',
  rangeLeft: 'a total left 32 bits',
};

/** A drift; a critical one is zero but for rounding. */
export function driftText(mu: number, sigma: number): string {
  return Math.abs(mu) < 1e-12 * sigma ? 'critical (0 J)' : formatQuantity(mu, 'J');
}
