/**
 * The token budget k* (eq. 42): the fewest tokens with which a chain of skills meets its error tolerance, k continuous.
 */
import { Memo } from '../memo.js';
import { bisect } from '../numeric/roots.js';
import { logChainFailure } from './success.js';
import type { SkillOdds } from './success.js';

/** Budgets above this count as not reachable: no model thinks for a million million tokens. */
export const TOKEN_LIMIT = 1e12;

/**
 * k*: smallest real k ≥ mω with P(k) ≥ 1 − ε, to the last bits of a double (bracketed bisection on ln(1 − P), which is
 * strictly decreasing in k).
 *
 * @param skills m, a whole number ≥ 1.
 * @param tokensPerSkill ω.
 * @param tolerance ε in (0, 1).
 * @returns tokens, or Infinity where more than TOKEN_LIMIT would be needed (the success probability is next to
 * nothing).
 */
export function tokenBudget(odds: SkillOdds, skills: number, tokensPerSkill: number, tolerance: number): number {
  const key = [odds.success, odds.logFailure, skills, tokensPerSkill, tolerance].join();
  return budgets.of(key, () => search(odds, skills, tokensPerSkill, tolerance));
}

/** Budgets found last: most points of a sweep have the same tasks. */
const budgets = new Memo<number>(1024);

function search(odds: SkillOdds, skills: number, tokensPerSkill: number, tolerance: number): number {
  const target = Math.log(tolerance);
  const fails = (attempts: number): boolean => logChainFailure(odds, skills, attempts) > target;
  if (skills * tokensPerSkill > TOKEN_LIMIT) return Infinity;
  if (!fails(skills)) return skills * tokensPerSkill;
  const limit = TOKEN_LIMIT / tokensPerSkill;
  let low = skills;
  let high = 2 * skills;
  while (fails(high)) {
    if (high > limit) return Infinity;
    low = high;
    high *= 2;
  }
  const tokens = bisect(low, high, (attempts) => !fails(attempts)) * tokensPerSkill;
  return tokens > TOKEN_LIMIT ? Infinity : tokens;
}
