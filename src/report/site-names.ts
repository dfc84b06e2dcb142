/** What reports call the things that a site's run counts and checks. */
import type { SiteViolation } from '../stats/site-summary.js';
import type { SiteQuantity, SiteVerdict } from '../stats/site-verdict.js';
import type { MissingPart } from '../theory/deficit-law.js';
import { TEST_LABELS } from './words.js';

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

/** Quantities, and what of them is tested, as short as a terminal has them. */
export const QUANTITIES: Readonly<Record<SiteQuantity, string>> = {
  auxiliary: 'A',
  waste: 'waste',
  deficitSlots: 'deficit',
  level: 'level',
};
export const TESTS: Readonly<Record<SiteVerdict['name'], string>> = {
  mean: 'mean',
  standardDeviation: 'SD',
  probabilityZero: 'P(0)',
  probabilityFull: 'P(full)',
  chiSquare: 'χ²',
  kolmogorov: 'KS',
};

const QUANTITY_LABELS: Readonly<Record<SiteQuantity, string>> = {
  auxiliary: 'auxiliary energy',
  waste: 'waste',
  deficitSlots: 'slots in deficit',
  level: 'charge left',
};

/** What a test is of: `charge left: P(full)`. */
export function siteTestLabel({ quantity, name }: SiteVerdict): string {
  return `${QUANTITY_LABELS[quantity]}: ${testName(quantity, name)}`;
}

function testName(quantity: SiteQuantity, name: SiteVerdict['name']): string {
  if (name === 'probabilityFull') return 'P(full)';
  if (name === 'probabilityZero') return quantity === 'level' ? 'P(empty)' : 'P(A = 0)';
  return TEST_LABELS[name];
}
