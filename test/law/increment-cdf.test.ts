/** The increment's distribution function against values computed independently. */
import { resolveScenario } from '../../src/fleet/resolve.js';
import { describe, expect, test } from 'vitest';
import type { WalkLaw } from '../../src/fleet/walk-law.js';
import { incrementLaw } from '../../src/law/increment-cdf.js';
import { loadPreset } from '../../src/scenario/presets.js';
import { walkOf } from '../engine/jobs.js';
import { incrementCdf } from './consumption.js';

function given(rate: number, energies: number[], weights: number[], shape: number, scaleJoules: number): WalkLaw {
  return { demand: walkOf(rate, energies, weights, 1).demand, harvest: { shape, scaleJoules } };
}

/**
 * P(X ≤ x) = Σ_c P(C = c) P(shape, (x + c)/scale), c over the multisets of tasks with probability above 1e-17, P the
 * regularised lower gamma: mpmath with 30 digits. The reference scenario (energies off any grid): the same sum over the
 * 1.4 million multisets of at most 15 tasks with probability above 1e-13, scipy.special.gammainc; they leave out 5e-9.
 */
const CASES: { name: string; walk: WalkLaw; values: [x: number, p: number][]; tolerance: number }[] = [
  {
    name: 'shape 0.3, near its atoms and in the tails',
    walk: given(0.5, [1000, 30_000], [9, 1], 0.3, 6500),
    values: [
      [-30000.001, 0.01224808598211],
      [-29999.9, 0.01346432227584],
      [-1000.01, 0.09406808448066],
      [-999.99, 0.09955322933775],
      [-0.5, 0.2695027862295],
      [0.5, 0.3089664694252],
      [1, 0.3181009736332],
      [100, 0.4668766703753],
      [5000, 0.8965691553557],
      [40000, 0.999839451605],
    ],
    tolerance: 2e-6,
  },
  {
    // Two heavy tasks and a light one: 3.4e-4 likely, below the threshold for atoms of their own, and singular there; a
    // tenth of it is blurred.
    name: 'shape 0.3 at an atom that the grid blurs',
    walk: given(0.5, [1000, 30_000], [9, 1], 0.3, 6500),
    values: [[-61_000, 0.00007673360266007]],
    tolerance: 3.5e-5,
  },
  {
    name: 'shape 1',
    walk: given(2, [1000, 3000], [7, 3], 1, 3200),
    values: [
      [-20000, 4.136037574975e-6],
      [-9000, 0.0105271371095],
      [-3000.5, 0.2059749502438],
      [-1, 0.5231488751907],
      [1, 0.5234045415718],
      [2500, 0.7817305005007],
      [20000, 0.9990796667668],
      [60000, 0.9999999965702],
    ],
    tolerance: 2e-7,
  },
  {
    name: 'shape 4',
    walk: given(5, [400, 1300, 10_000], [40, 35, 25], 4, 3800),
    values: [
      [-60000, 0.0001959697741483],
      [-25000, 0.04511716935086],
      [-9000, 0.2445866828543],
      [0, 0.4854005883768],
      [7000, 0.6982302636707],
      [30000, 0.9905717727774],
    ],
    tolerance: 2e-7,
  },
  {
    name: 'shape 60',
    walk: given(20, [700, 900], [1, 1], 60, 260),
    values: [
      [-15000, 0.0004521431281863],
      [-6000, 0.0899446527659],
      [-400, 0.4917942728981],
      [0, 0.530543546122],
      [3000, 0.7933932926086],
      [9000, 0.9910118040367],
      [14000, 0.9998962547356],
    ],
    tolerance: 2e-7,
  },
  {
    name: 'rare heavy tasks',
    walk: given(3, [100, 20_000], [995, 5], 2, 300),
    values: [
      [-60000, 1.489490593848e-7],
      [-20500, 0.000243329448865],
      [-19000, 0.01374670721311],
      [-400, 0.03677384918801],
      [-1, 0.2749770255345],
      [1, 0.2769862618478],
      [250, 0.53226487722],
      [2200, 0.9975016718932],
      [5000, 0.9999995511506],
    ],
    tolerance: 2e-6,
  },
  {
    name: 'the reference scenario',
    walk: resolveScenario(loadPreset('reference')).walk,
    values: [
      [-400000, 0.0002484767509],
      [-200000, 0.02042165764],
      [-100000, 0.1290593888],
      [-50000, 0.2490506249],
      [-20000, 0.3539413309],
      [-5000, 0.4318149278],
      [-1000, 0.4624154431],
      [-1, 0.4700762915],
      [1, 0.4701133005],
      [1000, 0.4823716005],
      [5000, 0.5215002486],
      [20000, 0.6313184556],
      [60000, 0.8038310158],
      [100000, 0.892279542],
      [200000, 0.9746902531],
      [400000, 0.9984861519],
      [600000, 0.9999056193],
    ],
    tolerance: 1e-6,
  },
];

describe.each(CASES)('$name', ({ walk, values, tolerance }) => {
  const law = incrementLaw(walk);
  test.each(values)('P(X ≤ %d) = %d', (x, p) => {
    expect(Math.abs(law.cdf(x) - p)).toBeLessThan(tolerance);
  });

  test('rises from 0 to 1 over its range', () => {
    expect(law.cdf(law.low)).toBeLessThan(1e-12);
    expect(1 - law.cdf(law.high)).toBeLessThan(1e-12);
    let before = -1e-12;
    for (let i = 0; i <= 2000; i++) {
      const value = law.cdf(law.low + ((law.high - law.low) * i) / 2000);
      expect(value).toBeGreaterThan(before - 1e-9);
      before = value;
    }
  });
});

test("the tests' own sum agrees with the mpmath values", () => {
  for (const { walk, values } of CASES.slice(0, -1)) {
    const { cdf } = incrementCdf(walk, 100);
    for (const [x, p] of values) expect(Math.abs(cdf(x) - p), `x = ${x}`).toBeLessThan(1e-11);
  }
});
