import { describe, expect, it } from 'vitest';
import {
  dkwCritical,
  expectedSupDistance,
  kolmogorovPValue,
  supDistance,
  trialsToTellApart,
} from '../../src/stats/distance.js';
import { countDeficits, exponentialDraw, exponentialLaw, halfNormalLaw, QUANTUM, samplePartials } from './laws.js';

const law = exponentialLaw(0.2, 1000);

describe('sup distance', () => {
  it('is the largest gap at any edge (three paths, by hand)', () => {
    // D = 0, 400 J, 1600 J against survival 0.8 exp(−d/1000): the empirical CDF is 1/3 from 0, 2/3 from 400 J, 1 from
    // 1600 J.
    const partials = countDeficits([0, 800, 3200]);
    const seen = supDistance(partials.horizons[0], QUANTUM, law);
    // Just below 1600 J: |2/3 − (1 − 0.8 exp(−1.6))| = 0.1718; at 1600 J: 1 − 0.8385 = 0.1615; at 400 J: 0.2040 (2/3 −
    // 0.4637); just below 400 J: 0.1304. So 0.2040 at the end of 400 J's bin, [399.75, 407.75): survival 0.8
    // exp(−0.40775) = 0.5321.
    expect(seen.at).toBeCloseTo(407.75, 9);
    expect(seen.distance).toBeCloseTo(2 / 3 - (1 - 0.8 * Math.exp(-0.40775)), 9);
    expect(seen.criticalValue).toBeCloseTo(Math.sqrt(Math.log(40) / 6), 12);
    // The second bin, 7.75 … 15.75 J; the first is narrower.
    expect(seen.resolution).toBeCloseTo(0.8 * (Math.exp(-0.00775) - Math.exp(-0.01575)), 9);
  });

  it('sees an atom that a law without one does not have', () => {
    const n = 100_000;
    const partials = samplePartials('atom', n, exponentialDraw(0.2, 1000));
    const seen = supDistance(partials.horizons[0], QUANTUM, halfNormalLaw(1000));
    expect(seen.at).toBe(0);
    expect(seen.distance).toBeCloseTo(partials.horizons[0].zeros / n - halfNormalLaw(1000).cdf(0.25), 12);
    expect(seen.pValue).toBe(0); // exp(−2·10⁵·0.2²) is below the smallest number
  });

  it('stays below its critical value as often as that says, and never rejects more (200 seeds, n = 5000, 5 %)', () => {
    let beyond = 0;
    let rejected = 0;
    for (let repeat = 0; repeat < 200; repeat++) {
      const h = samplePartials(`sup ${repeat}`, 5000, exponentialDraw(0.2, 1000)).horizons[0];
      const seen = supDistance(h, QUANTUM, law, 0.05);
      if (seen.distance > seen.criticalValue) beyond++;
      if (seen.pValue <= 0.05) rejected++;
    }
    // Binomial(200, 0.05): P(X > 24) = 2.6e-5 (scipy.stats.binom.sf); two counts share it.
    expect(beyond, `${beyond} of 200 beyond the DKW value`).toBeLessThanOrEqual(24);
    expect(rejected, `${rejected} of 200 rejected`).toBeLessThanOrEqual(24);
    expect(rejected).toBeGreaterThan(0);
  });

  it('finds a law whose scale is 10 % off at n = 20 000 (expected distance 0.0280; DKW value at 0.001: 0.0138)', () => {
    const wrong = exponentialLaw(0.2, 1100);
    const h = samplePartials('wrong', 20_000, exponentialDraw(0.2, 1000)).horizons[0];
    const expected = expectedSupDistance(law, wrong, h, QUANTUM);
    const seen = supDistance(h, QUANTUM, wrong);
    expect(seen.pValue, `distance ${seen.distance}, expected ${expected.distance}`).toBeLessThan(1e-6);
    expect(Math.abs(seen.distance - expected.distance)).toBeLessThan(dkwCritical(h.count, 1e-6));
  });
});

describe('the distance of two laws', () => {
  const h = countDeficits([1]).horizons[0];

  it('is theirs: exponentials 0.2|e^(−x) − e^(−x/1.1)| · 4 at its stationary point', () => {
    // sup 0.8 (e^(−x/1.1) − e^(−x)): x = ln(1.1)/(1 − 1/1.1) = 1.04841, value 0.8·e^(−x)·(1.1 − 1) = 0.028041.
    const x = Math.log(1.1) / (1 - 1 / 1.1);
    const { distance, at } = expectedSupDistance(law, exponentialLaw(0.2, 1100), h, QUANTUM);
    expect(distance).toBeCloseTo(0.8 * Math.exp(-x) * 0.1, 6);
    expect(at / 1000).toBeCloseTo(x, 1);
  });

  it('is 0 to itself, and symmetric', () => {
    expect(expectedSupDistance(law, law, h, QUANTUM).distance).toBe(0);
    const other = halfNormalLaw(1000);
    expect(expectedSupDistance(law, other, h, QUANTUM)).toEqual(expectedSupDistance(other, law, h, QUANTUM));
  });

  it('says from how many trials on it shows', () => {
    expect(trialsToTellApart(0.01, 0.05)).toBe(Math.ceil(Math.log(40) / 2e-4));
    expect(dkwCritical(trialsToTellApart(0.01, 0.05), 0.05)).toBeCloseTo(0.01, 6);
    expect(trialsToTellApart(0)).toBe(Infinity);
    expect(kolmogorovPValue(0, 10)).toBe(1);
  });
});
