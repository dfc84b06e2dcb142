/** Whole verdicts over hundreds of seeds: the right law is rejected as often as α says. */
import { describe, expect, it } from 'vitest';
import { judge } from '../../src/stats/verdict.js';
import type { ExactReference } from '../../src/stats/verdict.js';
import type { DeficitLaw } from '../../src/theory/deficit-law.js';
import { exponentialDraw, exponentialLaw, QUANTUM, samplePartials, SLOTS } from './laws.js';

const SCALE = 1000;

function moments({ mean, standardDeviation, probabilityZero }: DeficitLaw): ExactReference {
  return { slots: SLOTS, mean, standardDeviation, probabilityZero };
}

/**
 * Size. Each repeat judges at α = 0.05 for the family; under the right law the count of rejections is at most
 * Binomial(repeats, 0.05).
 */
describe('the right law is rejected as often as α says', () => {
  it.each([
    ['many deficits', 0.1, 4000],
    ['an atom of 99 %: 40 expected deficits', 0.99, 4000],
    ['an atom of 99.95 %: 2 expected deficits', 0.9995, 4000],
    ['expected zeros below 5', 0.0005, 4000],
  ])('%s (500 seeds, n = 4000, family α = 0.05, with and without the law)', (name, atom, trials) => {
    const rare = exponentialLaw(atom, SCALE);
    const rejected = { moments: 0, law: 0 };
    for (let repeat = 0; repeat < 500; repeat++) {
      const partials = samplePartials(`${name} ${repeat}`, trials, exponentialDraw(atom, SCALE));
      if (!judge(partials, QUANTUM, [moments(rare)], { familyAlpha: 0.05 }).pass) rejected.moments++;
      if (!judge(partials, QUANTUM, [{ ...moments(rare), law: rare }], { familyAlpha: 0.05 }).pass) rejected.law++;
    }
    // Binomial(500, 0.05): P(X > 48) = 7.7e-6 (scipy.stats.binom.sf); 8 counts share it.
    expect(rejected.moments, `moments only: ${rejected.moments} of 500`).toBeLessThanOrEqual(48);
    expect(rejected.law, `with the law: ${rejected.law} of 500`).toBeLessThanOrEqual(48);
  });
});
