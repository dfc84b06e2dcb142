import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/errors.js';
import { emptyPartials } from '../../src/engine/partials.js';
import { binDeficits, momentsAbout, quantile, quantileInterval } from '../../src/stats/binned.js';
import { summarize } from '../../src/stats/summary.js';
import { countDeficits, exponentialDraw, exponentialLaw, QUANTUM, samplePartials, SLOTS } from './laws.js';

describe('a summary', () => {
  it('has the textbook estimates (nine deficits, by hand)', () => {
    // 0 0 0 1 2 3 4 5 6 quanta of 0.5 J, bins of one quantum: sum 21, squares 91; variance (91 − 49)/8 = 5.25 quanta².
    const partials = countDeficits([0, 0, 0, 1, 2, 3, 4, 5, 6], { offset: 0, shift: 0 });
    const summary = summarize(partials, 0.5);
    const [h] = summary.horizons;
    expect(h).toMatchObject({ slots: SLOTS, trials: 9, probabilityZero: 1 / 3 });
    expect(h.meanDeficit).toBeCloseTo((21 / 9) * 0.5, 14);
    expect(h.standardDeviation).toBeCloseTo(Math.sqrt(5.25) * 0.5, 14);
    expect(h.standardError).toBeCloseTo((Math.sqrt(5.25) * 0.5) / 3, 14);
    expect(h.meanInterval.upper - h.meanDeficit).toBeCloseTo(1.959963984540054 * h.standardError, 12);
    expect(h.probabilityZeroError).toBeCloseTo(Math.sqrt(2 / 9 / 9), 14);
    // 0.1 falls in the atom; 0.5 is rank 4.5, half way through the bin of 2 quanta = [0.75, 1.25) J; 0.9 is rank 8.1 in
    // that of 6.
    expect(h.quantiles.map((q) => q.value)).toEqual([
      0,
      expect.closeTo(1, 12),
      expect.closeTo(2.75 + 0.1 * 0.5, 12),
      expect.closeTo(2.75 + 0.91 * 0.5, 12),
    ]);
    // Binomial(9, ½): P(X ≤ 1) = 0.0195 ≤ 0.025 < P(X ≤ 2), so ranks 2 and 8: D = 0 and 5 quanta, whose bin ends at
    // 2.75 J.
    expect(h.quantiles[1].interval).toEqual({ lower: 0, upper: 2.75 });
    expect(h.quantiles[3].interval.upper).toBe(Infinity);
  });

  it('takes the variance from the integers without cancellation: SD 0.5 about a mean of 10⁹ quanta', () => {
    const partials = countDeficits(
      Array.from({ length: 1000 }, (_, i) => 1e9 + (i % 2)),
      { offset: 1e9 - 100, shift: 0 },
    );
    const [h] = summarize(partials, 1).horizons;
    expect(h.standardDeviation).toBeCloseTo(Math.sqrt(0.25 * (1000 / 999)), 14);
    expect(h.meanDeficit).toBe(1e9 + 0.5);
  });

  it('of one path has a mean and no spread', () => {
    const [h] = summarize(countDeficits([5]), 1).horizons;
    expect(h.meanDeficit).toBe(5);
    expect(h.standardDeviation).toBeNaN();
  });

  it('refuses nothing, nonsense and damage', () => {
    expect(() => summarize(emptyPartials([{ slots: 4, bins: { offset: 0, shift: 0 } }]), 1)).toThrow(InputError);
    expect(() => summarize(countDeficits([1]), 0)).toThrow(/quantum is 0/);
    const damaged = countDeficits([1, 2, 3]);
    damaged.horizons[0].count = 4;
    expect(() => summarize(damaged, 1)).toThrow(/holds 3 paths.*4 were counted/);
  });
});

describe('bins', () => {
  it('do not claim to know what lies in the outermost ones', () => {
    const layout = { offset: 100, shift: 1 };
    const binned = binDeficits(countDeficits([3, 50, 150, 99999, 99999], layout).horizons[0], 1);
    expect(binned.edges[0]).toBe(0.5);
    expect(binned.edges[1]).toBe(101.5);
    expect(binned.counts[0]).toBe(2);
    // Binomial(5, 0.5): P(X ≤ 1) = 0.1875 ≤ 0.2 < P(X ≤ 2), so ranks 2 (50, in the first bin) and 4 (99999, in the
    // last).
    expect(quantileInterval(binned, 0.5, 0.2, 0.2)).toEqual({ lower: 0.5, upper: Infinity });
    expect(quantile(binned, 0.9)).toBeLessThanOrEqual(binned.nominalEnd);
  });

  it('give the moments of a uniform law exactly, however wide they are', () => {
    // One bin [0.5, 1024.5): central moments h²/3, 0, h⁴/5, h⁶/7 with h = 512, about its middle.
    const partials = countDeficits(
      Array.from({ length: 10 }, () => 7),
      { offset: 1, shift: 10 },
    );
    const binned = binDeficits(partials.horizons[0], 1);
    const m = momentsAbout(512.5, 0, binned.counts, binned);
    expect(m.second / (512 ** 2 / 3)).toBeCloseTo(1, 12);
    expect(m.third).toBe(0);
    expect(m.fourth / (512 ** 4 / 5)).toBeCloseTo(1, 12);
    expect(m.sixth / (512 ** 6 / 7)).toBeCloseTo(1, 12);
    // About another centre the even moments follow from E(u + c)^k: c² + h²/3 and so on.
    expect(momentsAbout(12.5, 0, binned.counts, binned).second / (500 ** 2 + 512 ** 2 / 3)).toBeCloseTo(1, 12);
  });
});

/**
 * Coverage over seeded repeats. Each count of hits is Binomial(repeats, ≥ 0.95); the bound is where that has
 * probability below 1e-5 (computed independently with scipy.stats.binom.ppf(1e-5, 400, 0.95) = 359); 8 counts share it.
 */
describe('intervals of 95 % cover (n = 2000, 400 seeds, α = 1e-5 for each of 8 counts)', () => {
  const REPEATS = 400;
  const LOWEST = 359;
  const law = exponentialLaw(0.3, 1000);
  const hits = { mean: 0, zero: 0, deviation: 0, quantiles: [0, 0, 0, 0] };
  const normalHits = { upper: 0 };
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    const [h] = summarize(samplePartials(`cover ${repeat}`, 2000, exponentialDraw(0.3, 1000)), QUANTUM).horizons;
    const inside = ({ lower, upper }: { lower: number; upper: number }, x: number): number =>
      lower <= x && x <= upper ? 1 : 0;
    hits.mean += inside(h.meanInterval, law.mean);
    hits.zero += inside(h.probabilityZeroInterval, law.probabilityZero);
    hits.deviation += Math.abs(h.standardDeviation - law.standardDeviation) <= 1.96 * h.standardDeviationError ? 1 : 0;
    h.quantiles.forEach((q, i) => {
      hits.quantiles[i] += inside(q.interval, law.quantile(q.probability));
    });
    normalHits.upper += inside({ lower: 0, upper: h.meanDeficit }, law.mean);
  }

  it('the mean, P(D = 0), the SD', () => {
    expect(hits.mean, `mean: ${hits.mean} of ${REPEATS}`).toBeGreaterThanOrEqual(LOWEST);
    expect(hits.zero, `P(D = 0): ${hits.zero} of ${REPEATS}`).toBeGreaterThanOrEqual(LOWEST);
    expect(hits.deviation, `SD: ${hits.deviation} of ${REPEATS}`).toBeGreaterThanOrEqual(LOWEST);
    // and are not made to cover by being wide: a normal interval of 95 % must also miss.
    expect(hits.mean).toBeLessThan(REPEATS);
    expect(hits.deviation).toBeLessThan(REPEATS);
  });

  it('the quantiles, that in the atom included', () => {
    hits.quantiles.forEach((count, i) => {
      expect(count, `quantile ${i}: ${count} of ${REPEATS}`).toBeGreaterThanOrEqual(LOWEST);
    });
    expect(hits.quantiles[0]).toBe(REPEATS); // 0.1 < P(D = 0): certain at this n
    expect(hits.quantiles[1]).toBeLessThan(REPEATS);
  });

  it('and a one-sided 50 % interval taken for a 95 % one is found out', () => {
    expect(normalHits.upper).toBeLessThan(LOWEST);
  });
});
