/**
 * What figures 2 and 3 show, and that the drawings stand alone. Values of the closed form are those of docs/model.md
 * section 8.
 */
import { resolveScenario } from '../../src/fleet/resolve.js';
import { describe, expect, it } from 'vitest';
import { serverDocument } from '../../src/report/charts/server-document.js';
import { driftedScenario, deviationData, deviationFigure } from '../../src/report/figures/deviation.js';
import { difficultyData, difficultyFigure } from '../../src/report/figures/difficulty.js';
import { figureHorizons, misroutedScenario } from '../../src/report/figures/routing-error.js';
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
