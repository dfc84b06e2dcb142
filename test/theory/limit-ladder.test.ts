/**
 * Theorem 2's limits against what is known in closed form without them, and that the ladders see a wrong limit.
 *
 * Exponential harvests: the stationary walk W' = max(0, W + C − H) injects A where H is larger than W + C, and what is
 * left of H then is exponential again, so P(A > 0) h = E[A] = μ and E[A²] = 2μh. From E[W'²] = E[(W + C − H)²] − E[A²]
 * follows E[W] = σ²/(2μ) − h + μ/2.
 */
import { resolveScenario } from '../../src/fleet/resolve.js';
import { describe, expect, it } from 'vitest';
import type { WalkLaw } from '../../src/fleet/walk-law.js';
import { loadPreset, presetNames } from '../../src/scenario/presets.js';
import { criticalMean, shortageMean, surplusMean } from '../../src/theory/brownian.js';
import { compoundIncrement } from '../../src/theory/compound-increment.js';
import { exactMoments } from '../../src/theory/exact/moments.js';
import { limitLadders } from '../../src/theory/limit-ladder.js';
import { PAPER_LIMITS, farExcess, limitMean, regimeAt, regimes, walkLimit } from '../../src/theory/regimes.js';
import type { Limits } from '../../src/theory/regimes.js';

/** Poisson(2) tasks of 300 and 800 J; harvests whose variance is that of an exponential law at this surplus. */
function exponentialAt(surplus: number): { walk: WalkLaw; h: number; sigma2: number } {
  const demand = {
    ratePerSlot: 2,
    energiesJoules: Float64Array.of(300, 800),
    probabilities: Float64Array.of(0.75, 0.25),
  };
  const h = 2 * (0.75 * 300 + 0.25 * 800) + surplus;
  const sigma2 = h * h + 2 * (0.75 * 300 ** 2 + 0.25 * 800 ** 2);
  // Another mean with the same variance: it is for `regimeAt` to move it.
  const mean = 1.7 * h;
  return { walk: { demand, harvest: { shape: mean ** 2 / h ** 2, scaleJoules: h ** 2 / mean } }, h, sigma2 };
}

describe('the walk’s own limit', () => {
  it.each([5, 40, 200])('at a surplus of %f J is σ²/(2μ) − h + μ/2 for exponential harvests', (mu) => {
    const { walk, h, sigma2 } = exponentialAt(mu);
    const regime = regimeAt(walk, mu);
    expect(farExcess(regime) / (sigma2 / (2 * mu) - h + mu / 2)).toBeCloseTo(1, 8);
    expect(limitMean(regime, 1e4, PAPER_LIMITS) / (sigma2 / (2 * mu))).toBeCloseTo(1, 12);
    // At a fixed surplus no T brings the walk to the paper's limit.
    const far = exactMoments(compoundIncrement(regime.walk), [1e8])[0].mean;
    expect(walkLimit(regime)(1e8) / far).toBeCloseTo(1, 8);
    expect(far).toBeLessThan(sigma2 / (2 * mu) - 0.9 * h + mu / 2);
  });

  it('at a shortage and without drift is what exact means come to', () => {
    const { walk } = exponentialAt(40);
    for (const drift of [-40, 0]) {
      const regime = regimeAt(walk, drift);
      const [near, far] = exactMoments(compoundIncrement(regime.walk), [1e5, 1e7]).map(
        (m, i) => m.mean - walkLimit(regime)([1e5, 1e7][i]),
      );
      // Without drift what is left falls as 1/√T.
      expect(Math.abs(near)).toBeLessThan(drift === 0 ? 1 : 1e-3);
      expect(Math.abs(far)).toBeLessThan(drift === 0 ? 0.1 : 1e-2);
    }
  });

  it('with a charge is less by it where means grow, and by the chance of exceeding it at a surplus', () => {
    const { walk, sigma2 } = exponentialAt(40);
    const b = 700;
    expect(limitMean(regimeAt(walk, 0, b), 100, PAPER_LIMITS)).toBeCloseTo(
      Math.sqrt((2 * 100 * sigma2) / Math.PI) - b,
      8,
    );
    expect(limitMean(regimeAt(walk, -40, b), 100, PAPER_LIMITS)).toBeCloseTo(4000 + sigma2 / 80 - b, 8);
    // E(D − b)⁺ of an exponential D of mean σ²/(2μ).
    const mean = sigma2 / 80;
    expect(limitMean(regimeAt(walk, 40, b), 100, PAPER_LIMITS)).toBeCloseTo(mean * Math.exp(-b / mean), 8);
    expect(limitLadders(regimeAt(walk, 40, b), 256, PAPER_LIMITS).map((l) => [l.pass, l.initialJoules])).toEqual([
      [true, b],
      [true, b],
    ]);
  });
});

describe('the ladders', () => {
  it.each(presetNames())('pass for the three regimes of %s, their ratios nearing 1 as exact laws have it', (name) => {
    for (const slots of [16, 2048, 1e6]) {
      for (const regime of regimes(resolveScenario(loadPreset(name)).walk, slots)) {
        for (const { along, steps, pass, rate } of limitLadders(regime, slots, PAPER_LIMITS)) {
          expect(pass, `${regime.name} along ${along} from ${slots}: ${rate}`).toBe(true);
          const gaps = steps.map((s) => Math.abs(1 - s.ratio));
          const isPermanent = regime.name === 'surplus' && along === 'slots';
          gaps.slice(1).forEach((gap, i) => {
            expect(gap).toBeLessThanOrEqual(gaps[i] * (1 + 1e-9));
          });
          // Where the mean grows its distance from the limit does not: the gap falls as the limit grows.
          const [a, b] = steps.slice(-2);
          if (!isPermanent) expect((gaps[5] * b.limitMean) / (gaps[4] * a.limitMean)).toBeCloseTo(1, 1);
        }
      }
    }
  });

  const planted: Record<string, Limits> = {
    'critical + 2 %': { ...PAPER_LIMITS, critical: (s, t) => 1.02 * criticalMean(s, t) },
    'critical − 2 %': { ...PAPER_LIMITS, critical: (s, t) => 0.98 * criticalMean(s, t) },
    'surplus + 2 %': { ...PAPER_LIMITS, surplus: (c) => 1.02 * surplusMean(c) },
    'surplus − 2 %': { ...PAPER_LIMITS, surplus: (c) => 0.98 * surplusMean(c) },
    'shortage + 2 %': { ...PAPER_LIMITS, shortage: (c, t) => 1.02 * shortageMean(c, t) },
    'shortage − 2 %': { ...PAPER_LIMITS, shortage: (c, t) => 0.98 * shortageMean(c, t) },
    // The part that T outgrows.
    'shortage, constant + 2 %': {
      ...PAPER_LIMITS,
      shortage: (c, t) => shortageMean(c, t) + (0.02 * c.volatility ** 2) / (2 * Math.abs(c.drift)),
    },
  };
  it.each(Object.keys(planted))('fail for a planted limit: %s', (name) => {
    const failing = regimes(resolveScenario(loadPreset('reference')).walk, 2048)
      .filter((regime) => limitLadders(regime, 2048, planted[name]).some((l) => !l.pass))
      .map((regime) => regime.name);
    expect(failing).toEqual([name.split(/[ ,]/)[0]]);
  });
});
