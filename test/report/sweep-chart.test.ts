/** Pictures of sweeps: axes in the units that people read, and lines of equal risk. */
import { describe, expect, it } from 'vitest';
import { readableAxis, wattHours } from '../../src/report/charts/axis-units.js';
import { isoline } from '../../src/report/charts/isolines.js';
import { serverDocument } from '../../src/report/charts/server-document.js';
import { sweepChart } from '../../src/report/charts/sweep.js';
import type { SweepPicture } from '../../src/report/charts/sweep.js';
import { PAPER } from '../../src/report/charts/theme.js';
import { roundTicks } from '../../src/report/charts/ticks.js';

describe('an axis', () => {
  it('is told in units that people read', () => {
    expect(readableAxis('battery.capacityJoules', [3.6e6, 5.4e6, 3.6e7], undefined)).toEqual({
      ...{ name: 'battery.capacity, kWh', values: ['1', '1.5', '10'] },
    });
    expect(readableAxis('battery.chargeLimitWatts', [2000, 5000], undefined)).toEqual({
      ...{ name: 'battery.chargeLimit, kW', values: ['2', '5'] },
    });
    expect(readableAxis('harvest.mean', [2e6], 10)).toEqual({ name: 'harvest.mean, kW', values: ['200'] });
    expect(readableAxis('tasks[0].deadlineSeconds', [60, 120], 10).name).toBe('tasks[0].deadline, min');
    expect(readableAxis('routing.errorRate', [0, 0.5], 10)).toEqual({
      name: 'routing.errorRate',
      values: ['0', '0.5'],
    });
    expect(readableAxis('harvest.mean', ['critical', 2], 10)).toEqual({
      name: 'harvest.mean',
      values: ['critical', '2'],
    });
    expect(wattHours([3.6e9])).toEqual({ unit: 'MWh', factor: 3.6e9 });
  });

  it('has round values', () => {
    expect(roundTicks(0.12, 0.87, 5)).toEqual([0.2, 0.4, 0.6, 0.8]);
    expect(roundTicks(3, 47, 5)).toEqual([10, 20, 30, 40]);
    expect(roundTicks(2, 2, 5)).toEqual([]);
  });
});

describe('a line of equal value', () => {
  it('lies where a plane has the value', () => {
    const pieces = isoline((x, y) => 2 * x + y, 6, 4, 5.5);
    expect(pieces.length).toBe(4);
    for (const { x1, y1, x2, y2 } of pieces) {
      expect(2 * x1 + y1).toBeCloseTo(5.5, 12);
      expect(2 * x2 + y2).toBeCloseTo(5.5, 12);
    }
  });

  it('parts a saddle as its middle says, and stays away from what is not known', () => {
    const saddle = (low: number) => (x: number, y: number) => (x === y ? 1 : low);
    // Both corners that are alike stay together where the middle is like them.
    for (const [low, apart] of [
      [0.4, false],
      [-1, true],
    ] as const) {
      for (const { x1, y1, x2, y2 } of isoline(saddle(low), 2, 2, 0.5)) {
        const nearDiagonal = Math.abs((x1 + x2) / 2 - (y1 + y2) / 2) < 0.5;
        expect([low, nearDiagonal]).toEqual([low, apart]);
      }
    }
    expect(isoline((x) => (x === 1 ? NaN : x), 3, 2, 0.5)).toEqual([]);
  });
});

/** Six batteries over five harvests; the risk falls tenfold with each step of either. */
const picture = (metric: string, unit: string): SweepPicture => ({
  ...{ title: metric, note: 'T = 8640 slots of 10 s', metric, unit },
  ...{ xName: 'battery.capacity, kWh', xValues: ['1', '2', '3', '4', '5', '6'] },
  ...{ yName: 'harvest.mean, kW', yValues: ['1', '2', '3', '4', '5'] },
  cells: Array.from({ length: 30 }, (_, i) => {
    const [x, y] = [i % 6, Math.floor(i / 6)];
    const none = { lower: null, upper: null, exact: null };
    return { x, y, estimate: (12 - x - y) * 3.6e6, ...none, risk: 0.4 * 10 ** (-(x + y) / 3) };
  }),
});
const svgOf = (of: SweepPicture): string =>
  sweepChart(of, { document: serverDocument(), palette: PAPER, width: 640, height: 440 });
const textsOf = (svg: string): string[] => [...svg.matchAll(/<text[^>]*>([^<]*)</g)].map(([, text]) => text);

describe('a map', () => {
  it('is in kWh and has lines of equal risk, each with its risk', () => {
    const texts = textsOf(svgOf(picture('meanDeficit', 'J')));
    expect(texts).toEqual(expect.arrayContaining(['12.0 meanDeficit, kWh']));
    expect(texts).toEqual(expect.arrayContaining(['10 %', '3 %', '1 %', '0.3 %', '0.1 %', 'lines: risk P(D &gt; 0)']));
    expect(texts).not.toContain('50 %');
    expect(texts.some((text) => text.startsWith('battery.capacity, kWh'))).toBe(true);
  });

  it('of reserves has lines of equal charge', () => {
    const texts = textsOf(svgOf(picture('reserve 0.001', 'J')));
    expect(texts).toEqual(expect.arrayContaining(['4', '6', '8', '10', 'lines: the same reserve 0.001']));
    expect(texts).not.toContain('0.1 %');
  });

  it('without risks has none', () => {
    const plain = picture('meanDeficit', 'J');
    const svg = svgOf({ ...plain, cells: plain.cells.map((cell) => ({ ...cell, risk: undefined })) });
    expect(svg).not.toContain('lines:');
  });
});
