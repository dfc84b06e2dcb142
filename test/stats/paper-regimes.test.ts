/** The paper's detector against the fit of own-paper-fit.ts. And what both detectors' breaks depend on. */
import { resolveScenario } from '../../src/fleet/resolve.js';
import { describe, expect, it } from 'vitest';
import { drift, volatility } from '../../src/fleet/walk-law.js';
import {
  ERROR_RATES,
  discreteness,
  figureHorizons,
  longGrid,
  misroutedScenario,
} from '../../src/report/figures/routing-error.js';
import { loadPreset } from '../../src/scenario/presets.js';
import { brownianMeanCovariance } from './brownian-covariance.js';
import { detectPaperTransition } from '../../src/stats/paper-regimes.js';
import { detectTransition } from '../../src/stats/regimes.js';
import { compoundIncrement } from '../../src/theory/compound-increment.js';
import { exactMoments } from '../../src/theory/exact/moments.js';
import { ownPaperFit } from './own-paper-fit.js';

const walkAt = (errorRate: number) => resolveScenario(misroutedScenario(loadPreset('reference'), errorRate)).walk;
const exactMeans = (errorRate: number, slots: readonly number[]): number[] =>
  exactMoments(compoundIncrement(walkAt(errorRate)), slots).map((m) => m.mean);

describe('the paper’s detector on exact means of the reference scenario', () => {
  const slots = figureHorizons(65_536);

  it('finds 11,585, 8,192, 2,896 and 724 as the fit here does, and nothing without errors', () => {
    const expected = new Map([
      [0.01, 11_585],
      [0.02, 8192],
      [0.05, 2896],
      [0.1, 724],
    ]);
    for (const errorRate of ERROR_RATES) {
      const means = exactMeans(errorRate, slots);
      const found = detectPaperTransition(slots, means);
      const own = ownPaperFit(slots, means, found.penaltyWeight);
      expect(found.transition?.slots, `η = ${errorRate}`).toBe(expected.get(errorRate));
      expect(found.best.slots).toBe(own.tau);
      expect(found.brokenBic).toBeCloseTo(own.score, 5);
      expect(found.rootBic).toBeCloseTo(own.root, 5);
      expect(found.rootCoefficient / own.rootCoefficient).toBeCloseTo(1, 9);
      expect(found.best.rootCoefficient / own.c).toBeCloseTo(1, 9);
      expect(found.best.intercept / own.a).toBeCloseTo(1, 7);
      expect(found.best.slope / own.b).toBeCloseTo(1, 9);
      expect(found.transition === undefined).toBe(own.score >= own.root);
    }
  });

  it('has a weight that accepts or refuses the break and never moves it', () => {
    const means = exactMeans(0.02, slots);
    const { acceptedBelowWeight: limit, byWeight, best } = detectPaperTransition(slots, means);
    for (const w of [0, 1, limit - 0.01, limit + 0.01, 50]) {
      const own = ownPaperFit(slots, means, w);
      expect(own.tau).toBe(best.slots);
      expect(detectPaperTransition(slots, means, w).transition?.slots).toBe(own.score < own.root ? own.tau : undefined);
    }
    for (const { penaltyWeight, slots: tau } of byWeight) expect(tau).toBe(penaltyWeight < limit ? 8192 : null);
    expect(byWeight.some((entry) => entry.slots === null)).toBe(true);
  });

  it('finds a later break in a longer run, up to where the long grid has it, which moves no more', () => {
    const walk = walkAt(0.05);
    const crossover = (volatility(walk) / drift(walk)) ** 2;
    const breaks = [4096, 65_536].map((last) => {
      const grid = figureHorizons(last);
      return detectPaperTransition(grid, exactMeans(0.05, grid)).transition?.slots ?? NaN;
    });
    const long = longGrid(walk, crossover);
    const longer = figureHorizons(8 * (long?.lastSlots ?? NaN));
    expect(long?.lastSlots).toBeGreaterThan(256 * crossover - 1);
    expect(breaks[0]).toBeLessThan(breaks[1]);
    expect(breaks[1]).toBeLessThan(long?.transitionSlots ?? NaN);
    expect(ownPaperFit(longer, exactMeans(0.05, longer), 2).tau).toBe(long?.transitionSlots);
    expect(longGrid(walkAt(0), Infinity)).toBeUndefined();
  });
});

describe('our detector', () => {
  it('says that a break at the last candidate, and an interval that ends there, may be later', () => {
    const found = [4096, 65_536].map((last) => {
      const slots = figureHorizons(last);
      const walk = walkAt(0.01);
      const covariance = brownianMeanCovariance(slots, volatility(walk), 1e6);
      const curve = { slots, means: exactMeans(0.01, slots), covariance, offset: discreteness(walk, slots) };
      return detectTransition(curve).transition;
    });
    expect(found.map((t) => t?.atLastCandidate)).toEqual([true, false]);
    expect(found.map((t) => t?.isOpenAbove)).toEqual([true, false]);
    // The two "95 %" intervals have nothing in common: each is of its own horizons.
    expect(found[0]?.interval.upper).toBeLessThan(found[1]?.interval.lower ?? NaN);
  });
});

describe('a planted curve', () => {
  const slots = figureHorizons(4096);
  const broken = slots.map((t) => (t <= 256 ? 3 * Math.sqrt(t) : 20 + 0.5 * t));

  it('gives back its break and its coefficients', () => {
    const { transition } = detectPaperTransition(slots, broken);
    expect(transition?.slots).toBe(256);
    expect(transition?.rootCoefficient).toBeCloseTo(3, 10);
    expect(transition?.intercept).toBeCloseTo(20, 8);
    expect(transition?.slope).toBeCloseTo(0.5, 10);
    expect(transition?.atLastCandidate).toBe(false);
  });

  it('that breaks after the last candidate is marked as later, and one of √T alone has no break', () => {
    const late = slots.map((t) => (t <= 2896 ? 3 * Math.sqrt(t) : 30 * t));
    expect(detectPaperTransition(slots, late).best.atLastCandidate).toBe(true);
    const root = slots.map((t) => 3 * Math.sqrt(t));
    expect(detectPaperTransition(slots, root).transition).toBeUndefined();
    expect(detectPaperTransition(slots, root).acceptedBelowWeight).toBeLessThan(0.01);
  });

  it('needs six horizons and numbers', () => {
    expect(() => detectPaperTransition([1, 2, 3], [1, 2, 3])).toThrow(/got 3 .*at least 6/);
    expect(() =>
      detectPaperTransition(
        slots,
        slots.map(() => NaN),
      ),
    ).toThrow(/no number/);
  });
});
