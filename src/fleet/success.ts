/** Success of one skill attempt (eq. 45) and of the whole chain of skills within a token budget (eq. 44). */
import { fitsInto } from '../numeric/whole.js';

/** The odds of one skill attempt; both tails are kept, for either may be too small to be seen from the other. */
export interface SkillOdds {
  /** p. */
  readonly success: number;
  /** ln(1 − p). */
  readonly logFailure: number;
}

/** p_i(ξ) = 1/(1 + exp(κ (L − ξ))) (eq. 45). */
export function skillOdds(steepness: number, loss: number, difficulty: number): SkillOdds {
  const z = steepness * (difficulty - loss);
  const e = Math.exp(-Math.abs(z));
  return {
    success: z >= 0 ? 1 / (1 + e) : e / (1 + e),
    logFailure: z >= 0 ? -z - Math.log1p(e) : -Math.log1p(e),
  };
}

/** Partial sums above this are scaled back, so that no term overflows however many skills there are. */
const RESCALE = 2 ** 600;

/**
 * ln(1 − I_p(m, n − m + 1)): logarithm of the probability that m successive skills are not all done within n attempts,
 * n ≥ m real.
 *
 * With b = n − m + 1, 1 − I_p(m, b) = (1 − p)^b Σ_{j<m} C(b + j − 1, j) p^j for a whole m (DLMF 8.17.5, 8.17.4): all
 * terms are positive, so the sum keeps full accuracy where p is tiny and n huge. (A library's incomplete beta function
 * was tried first: it loses up to six digits there, at p = 4e-9, m = 5, b = 3.8e9; the tests use it as an independent
 * check where it is good.)
 */
export function logChainFailure(odds: SkillOdds, skills: number, attempts: number): number {
  const b = attempts - skills + 1;
  let term = 1;
  let sum = 1;
  let scaledBack = 0;
  for (let j = 1; j < skills; j++) {
    term *= ((b + j - 1) / j) * odds.success;
    sum += term;
    if (sum > RESCALE) {
      sum /= RESCALE;
      term /= RESCALE;
      scaledBack++;
    }
  }
  return b * odds.logFailure + Math.log(sum) + scaledBack * Math.log(RESCALE);
}

/**
 * 1 − P_i(ξ, k): probability that not all m skills succeed within k tokens, k real; 1 for k < mω. Tokens of just m
 * attempts are m attempts, whatever their quotient is rounded to.
 */
export function chainFailure(odds: SkillOdds, skills: number, tokensPerSkill: number, tokens: number): number {
  return Math.exp(logFailureWithin(odds, skills, tokensPerSkill, tokens));
}

/** P_i(ξ, k) = I_p(m, k/ω − m + 1): all m skills succeed within k tokens, k real; 0 for k < mω (eq. 44). */
export function chainSuccess(odds: SkillOdds, skills: number, tokensPerSkill: number, tokens: number): number {
  return Math.abs(Math.expm1(logFailureWithin(odds, skills, tokensPerSkill, tokens)));
}

function logFailureWithin(odds: SkillOdds, skills: number, tokensPerSkill: number, tokens: number): number {
  const attempts = tokens / tokensPerSkill;
  if (!fitsInto(skills, attempts)) return 0;
  return Math.min(0, logChainFailure(odds, skills, Math.max(skills, attempts)));
}
