/** Intervals without the skewness: the transformation itself, and the coverage that it was made for. */
import { expect, test } from 'vitest';
import { skewedInterval, skewnessOf } from '../../src/stats/skewed.js';
import { reserveFromPartials } from '../../src/stats/reserve.js';
import { summarizeHorizon } from '../../src/stats/summary.js';
import { exponentialDraw, QUANTUM, samplePartials } from './laws.js';

const Z = 1.959963984540054;

test('without skewness it is the normal interval, and tends to it as n grows', () => {
  const plain = skewedInterval(10, 2, 0, 50, 0.95);
  expect(plain.lower).toBeCloseTo(10 - 2 * Z, 7);
  expect(plain.upper).toBeCloseTo(10 + 2 * Z, 7);
  const many = skewedInterval(10, 2, 2, 1e12, 0.95);
  expect(many.lower).toBeCloseTo(plain.lower, 4);
  expect(many.upper).toBeCloseTo(plain.upper, 4);
});

test('its ends are where the transformed pivot is ±z (Hall 1992, eq. for g₂), mirrored for the mirrored law', () => {
  const [n, skewness] = [30, 2];
  const { lower, upper } = skewedInterval(10, 2, skewness, n, 0.95);
  const a = skewness / Math.sqrt(n);
  const transformed = (truth: number): number => {
    const t = (10 - truth) / 2;
    return t + (a * t * t) / 3 + (a * a * t ** 3) / 27 + a / 6;
  };
  expect(transformed(lower)).toBeCloseTo(Z, 6);
  expect(transformed(upper)).toBeCloseTo(-Z, 6);
  // Where large values are rare the truth is likelier to be above.
  expect(upper - 10).toBeGreaterThan(1.3 * (10 - lower));
  const mirrored = skewedInterval(-10, 2, -skewness, n, 0.95);
  expect(mirrored.lower).toBeCloseTo(-upper, 12);
  expect(mirrored.upper).toBeCloseTo(-lower, 12);
});

test('skewness of an exponential law is 2, of a constant 0', () => {
  expect(skewnessOf(1, 2, 6)).toBeCloseTo(2, 12);
  expect(skewnessOf(3, 9, 27)).toBe(0);
});

/**
 * 0 with probability 0.3, else exponential: CVaR at a risk below 0.7 is θ(ln(0.7/risk) + 1), and Var D = θ²(1.4 −
 * 0.49).
 */
const [ATOM, SCALE] = [0.3, 1000];

test.each([
  [10, 0.01],
  [50, 0.05],
])(
  'CVaR from %d exceedances of 1000 paths covers 0.95 (800 seeds, SE 0.0077), where the normal interval falls short',
  (_, risk) => {
    const truth = SCALE * (Math.log((1 - ATOM) / risk) + 1);
    const held = { hall: 0, normal: 0 };
    for (let seed = 0; seed < 800; seed++) {
      const run = samplePartials(`cvar ${risk} ${seed}`, 1000, exponentialDraw(ATOM, SCALE));
      const [own] = reserveFromPartials(run.horizons[0], QUANTUM, [risk]);
      const { lower, upper } = own.conditionalValueAtRiskInterval;
      if (lower <= truth && truth <= upper) held.hall++;
      if (Math.abs(own.conditionalValueAtRisk - truth) <= Z * own.conditionalValueAtRiskError) held.normal++;
    }
    const says = JSON.stringify(held);
    // Binomial(800, 0.93) lies below 719 with probability 4e-4, Binomial(800, 0.97) above 793 with 1e-5 (sums of their
    // terms).
    expect(held.hall, says).toBeGreaterThanOrEqual(719);
    expect(held.hall, says).toBeLessThanOrEqual(793);
    if (risk === 0.01) expect(held.normal, says).toBeLessThan(719);
  },
);

test('SD of 200 paths covers 0.93 at least (800 seeds), where SD ± z·SE covers 0.895', () => {
  const truth = SCALE * Math.sqrt(2 * (1 - ATOM) - (1 - ATOM) ** 2);
  const held = { hall: 0, normal: 0 };
  for (let seed = 0; seed < 800; seed++) {
    const run = samplePartials(`sd ${seed}`, 200, exponentialDraw(ATOM, SCALE));
    const own = summarizeHorizon(run.horizons[0], QUANTUM);
    const { lower, upper } = own.standardDeviationInterval;
    if (lower <= truth && truth <= upper) held.hall++;
    if (Math.abs(own.standardDeviation - truth) <= Z * own.standardDeviationError) held.normal++;
  }
  const says = JSON.stringify(held);
  expect(held.hall, says).toBeGreaterThanOrEqual(719);
  expect(held.normal, says).toBeLessThan(held.hall);
});
