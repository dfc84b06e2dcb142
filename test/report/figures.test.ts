/**
 * What figures 2 and 3 show, and that the drawings stand alone. Values of the closed form are those of docs/model.md
 * section 8.
 */
import { resolveScenario } from '../../src/fleet/resolve.js';
import { describe, expect, it } from 'vitest';
import { serverDocument } from '../../src/report/charts/server-document.js';
import { driftedScenario, deviationData, deviationFigure } from '../../src/report/figures/deviation.js';
import { difficultyData, difficultyFigure } from '../../src/report/figures/difficulty.js';
import { routingErrorFigure } from '../../src/report/figures/routing-error-chart.js';
import { bendWords } from '../../src/report/figures/routing-error-words.js';
import { figureHorizons, misroutedScenario } from '../../src/report/figures/routing-error.js';
import type { RoutingErrorCurve } from '../../src/report/figures/routing-error.js';
import { figuresHtml } from '../../src/report/html/figures-page.js';
import { loadPreset } from '../../src/scenario/presets.js';
import { drift, volatility } from '../../src/fleet/walk-law.js';
import { deviation } from '../../src/theory/brownian.js';

const reference = loadPreset('reference');

describe('figure 2', () => {
  it('has a curve of height 1 at zero drift, even, falling on both sides', () => {
    const { brownianCurve } = deviationData(4096, []);
    const middle = brownianCurve.findIndex((p) => p.relativeDrift === 0);
    expect(brownianCurve[middle].deviation).toBeCloseTo(1, 14);
    brownianCurve.forEach((p, i) => {
      expect(p.deviation).toBeCloseTo(brownianCurve[brownianCurve.length - 1 - i].deviation, 13);
      if (i > middle) expect(p.deviation).toBeLessThan(brownianCurve[i - 1].deviation);
    });
    expect(deviation(1.1037)).toBeCloseTo(0.5, 4);
    expect(deviation(-6.2666)).toBeCloseTo(0.1, 4);
  });

  it('moves the harvest to the drift that a point asks for', () => {
    const walk = resolveScenario(driftedScenario(reference, -3, 1024)).walk;
    expect((drift(walk) * 32) / volatility(walk)).toBeCloseTo(-3, 10);
  });
});

describe('figure 3', () => {
  const data = difficultyData(reference);
  it('has both crossings of the reference fleet, and the zone between where small is slower yet cheaper', () => {
    const [[energy], [latency]] = [data.crossings.energyJoules, data.crossings.latencySeconds];
    expect([data.crossings.energyJoules.length, data.crossings.latencySeconds.length]).toEqual([1, 1]);
    expect(energy).toBeCloseTo(1.804, 3);
    expect(latency).toBeCloseTo(1.855, 3);
    for (const { difficulty, small, large } of data.curves) {
      expect(small.energyJoules < large.energyJoules).toBe(difficulty > energy);
      expect(small.latencySeconds < large.latencySeconds).toBe(difficulty > latency);
    }
  });

  it('refuses what it cannot compare, and says how to mend it', () => {
    expect(() => difficultyData(loadPreset('rare-heavy'))).toThrow(/two or more/);
    expect(() => misroutedScenario(loadPreset('rare-heavy'), 0.1)).toThrow(/figure 4/);
    expect(() => figureHorizons(100)).toThrow(/at least 128/);
  });

  it.each([
    ['2', () => deviationFigure(deviationData(64, []), serverDocument())],
    ['3', () => difficultyFigure(data, serverDocument())],
  ])('figure %s stands alone as an SVG file', (_, draw) => {
    const svg = draw();
    expect(svg).toMatch(/^<svg [^>]*xmlns="http:\/\/www.w3.org\/2000\/svg"/);
    expect(svg).not.toMatch(/NaN|undefined|var\(--(simulated|exact|brownian)/);
  });
});

describe('figure 4', () => {
  /** A curve of so many horizons, two an octave from 16, without any break. */
  const curve = (horizons: number, driftJoulesPerSlot: number): RoutingErrorCurve => {
    const points = Array.from({ length: horizons }, (_, i) => {
      const slots = Math.round(16 * 2 ** (i / 2));
      const mean = 4000 * Math.sqrt(slots);
      const simulated = { meanDeficit: mean, lower: 0.99 * mean, upper: 1.01 * mean, standardDeviation: mean };
      return { slots, seconds: slots, trials: 100, ...simulated, exactMean: mean, exactStandardDeviation: mean };
    });
    const none = { transition: undefined, acceptedBelowWeight: 0 } as RoutingErrorCurve['paperRegime'];
    return {
      ...{ errorRate: 0, driftJoulesPerSlot, volatilityJoules: 5000, points, regime: undefined, longGrid: undefined },
      crossoverSlots: driftJoulesPerSlot === 0 ? Infinity : (5000 / driftJoulesPerSlot) ** 2,
      ...{ paperRegime: none, paperRegimeExact: none },
    };
  };

  it.each([8, 25])('keeps its key within the plot, at %i horizons', (horizons) => {
    const svg = routingErrorFigure([curve(horizons, 0)], 1, serverDocument());
    const [, x, text] = /translate\(([\d.]+),[\d.]+\)"[^>]*>(breaks[^<]*)</.exec(svg) ?? [];
    // Eleven pixels, and 0.56 of that for a character on average; the plot ends 16 before 560.
    expect(Number(x) + text.length * 11 * 0.56).toBeLessThan(560 - 16);
  });

  it('says √T of no drift alone: at a surplus the mean is bounded', () => {
    expect(bendWords(curve(8, 0))).toBe('η = 0: √T throughout');
    expect(bendWords(curve(8, 100))).not.toContain('√T');
    const page = figuresHtml(reference, [{ name: '4', svg: '', text: '' }]);
    expect(page).toContain('Where harvest and demand are equal without routing errors, the mean then grows like √T');
    expect(page).toContain('A surplus levels it off.');
  });
});
