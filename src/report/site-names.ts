/** What reports call the things that a site's run counts and checks. */
import type { SiteViolation } from '../stats/site-summary.js';
import type { MissingPart } from '../theory/deficit-law.js';
import { formatQuantity } from './table.js';

/** What was seen on a path that breaks a rule. */
export const VIOLATIONS: Readonly<Record<SiteViolation, string>> = {
  deadlineMissed: 'a task waited beyond its last feasible slot',
  belowBound: 'less energy was dispatched than the least that must have been',
  levelOutside: 'the level was below zero or above the capacity',
  rangeLeft: 'a total left 32 bits',
};

/** What is missing of a horizon's exact law, and why. */
export function missingSentence(slots: number, { what, reason }: MissingPart): string {
  return `At ${slots} slots the ${what === 'law' ? 'exact law' : 'distribution of A'} is missing: ${reason}.`;
}

/** A drift; a critical one is zero but for rounding. */
export function driftText(mu: number, sigma: number): string {
  return Math.abs(mu) < 1e-12 * sigma ? 'critical (0 J)' : formatQuantity(mu, 'J');
}
