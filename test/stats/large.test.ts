import { describe, expect, it } from 'vitest';
import { BIN_COUNT, emptyPartials } from '../../src/engine/partials.js';
import type { Partials } from '../../src/engine/partials.js';
import { summarize } from '../../src/stats/summary.js';
import { judge } from '../../src/stats/verdict.js';
import type { DeficitLaw } from '../../src/theory/deficit-law.js';
import { BINS, exponentialLaw, QUANTUM, SLOTS } from './laws.js';

const TRIALS = 1e10;
const law = exponentialLaw(0.1, 1000);

/**
 * Partials without noise: each bin holds its expected share of 10¹⁰ paths, rounded, and the sums are those of the law.
 */
function expectedPartials(of: DeficitLaw): Partials {
  const partials = emptyPartials([{ slots: SLOTS, bins: BINS }]);
  const h = partials.horizons[0];
  const width = 2 ** BINS.shift;
  let above = 1;
  for (let i = 0; i <= BIN_COUNT; i++) {
    const edge = Math.max(i * width - 0.5, 0.5) * QUANTUM;
    const next = i === BIN_COUNT ? 0 : of.survival(edge);
    const paths = Math.round(TRIALS * above) - Math.round(TRIALS * next);
    if (i === 0) h.zeros = paths;
    else h.histogram[i - 1] = paths;
    above = next;
  }
  h.count = TRIALS;
  h.sum = BigInt(Math.round((TRIALS * of.mean) / QUANTUM));
  const second = (of.standardDeviation ** 2 + of.mean ** 2) / QUANTUM ** 2;
  h.sumOfSquares = BigInt(Math.round(second * 1e6)) * BigInt(TRIALS / 1e6);
  return partials;
}

describe('10¹⁰ trials', () => {
  it('are summarised to the digits that they have, in well under a second', () => {
    const start = performance.now();
    const [h] = summarize(expectedPartials(law), QUANTUM).horizons;
    const seconds = (performance.now() - start) / 1000;
    expect(h.trials).toBe(TRIALS);
    expect(h.meanDeficit / law.mean).toBeCloseTo(1, 12);
    expect(h.standardDeviation / law.standardDeviation).toBeCloseTo(1, 9);
    expect(h.standardError).toBeCloseTo(law.standardDeviation / 1e5, 9);
    expect(h.excessKurtosis).toBeCloseTo(9.1212 - 3, 3); // 0 with 0.1, else exponential: 9.121212 by its raw moments
    // SE of s² by Var(s²) = (κ − 1)σ⁴/n: √8.1212/2·10⁻⁵ of the SD.
    expect(h.standardDeviationError / law.standardDeviation / ((Math.sqrt(8.121212) / 2) * 1e-5)).toBeCloseTo(1, 3);
    for (const q of h.quantiles.slice(1)) {
      expect(Math.abs(q.value - law.quantile(q.probability))).toBeLessThan(QUANTUM);
      // Bins of 8 J: at 10¹⁰ trials nothing else is left.
      expect(q.interval.upper - q.interval.lower).toBeLessThan(3 * 8);
    }
    expect(seconds).toBeLessThan(2);
  });

  it('are judged to 1e-5: the right law passes, one 5e-5 longer fails by its mean, unless theory owns up to that error', () => {
    const partials = expectedPartials(law);
    const right = judge(partials, QUANTUM, [{ ...law, law }]);
    expect(right.pass, JSON.stringify(right.horizons)).toBe(true);
    for (const { name, statistic } of right.horizons[0].verdicts) {
      expect(Math.abs(statistic), `${name} without noise`).toBeLessThan(0.1);
    }
    const longer = exponentialLaw(0.1, 1000 * (1 + 5e-5));
    const wrong = judge(partials, QUANTUM, [{ ...longer, law: longer }]);
    expect(wrong.pass, JSON.stringify(wrong.horizons)).toBe(false);
    const error = { mean: law.mean * 5e-5, standardDeviation: law.standardDeviation * 5e-5, cdf: 5e-5 };
    const owned = judge(partials, QUANTUM, [{ ...longer, law: longer, error }]);
    expect(owned.pass, JSON.stringify(owned.horizons)).toBe(true);
  });
});
