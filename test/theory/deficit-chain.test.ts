import { describe, expect, test } from 'vitest';
import { batteryLaw } from '../../src/theory/chain/battery-law.js';
import { deficitChain } from '../../src/theory/chain/deficit-chain.js';
import type { ChainModel } from '../../src/theory/chain/model.js';
import { chargedLaw } from '../../src/theory/charged.js';
import { compoundIncrement } from '../../src/theory/compound-increment.js';
import { exactLaw } from '../../src/theory/exact/law.js';
import { WholeWalk, days, demand, lossless, nights, steady, weather } from './chain-models.js';

const relative = (value: number, expected: number): number => Math.abs(value - expected) / Math.abs(expected);

describe('deficitChain', () => {
  test.each([
    ['singular harvest', 0.5, 1.1, 1e-5],
    ['exponential', 1, 1, 2e-6],
    ['shape 5, short', 5, 0.9, 2e-6],
  ])('a constant law: that of exact/, %s', (_, shape, timesDemand, tolerance) => {
    const walk = {
      demand: demand(2, [1, 3.3], [0.7, 0.3]),
      harvest: { shape, scaleJoules: (3.38 * timesDemand) / shape },
    };
    const laws = deficitChain(steady(walk), [16, 128]);
    for (const law of laws) {
      const exact = exactLaw(compoundIncrement(walk), law.slots);
      expect(relative(law.mean, exact.mean)).toBeLessThan(tolerance);
      expect(relative(law.standardDeviation, exact.standardDeviation)).toBeLessThan(tolerance);
      expect(Math.abs(law.probabilityZero - exact.probabilityZero)).toBeLessThan(tolerance);
      expect(Math.abs(law.mean - exact.mean)).toBeLessThan(2 * law.error.mean);
      for (const p of [0.5, 0.9, 0.99]) expect(relative(law.quantile(p), exact.quantile(p))).toBeLessThan(1e-4);
      for (const d of [0.3, 2, 9, 25]) {
        expect(Math.abs(law.cdf(d) - exact.cdf(d))).toBeLessThan(1e-4);
        expect(relative(law.meanExcess(d), exact.meanExcess(d))).toBeLessThan(1e-4);
      }
    }
  });

  test('whole numbers: weather and a period, listed state by state', () => {
    const model: ChainModel = {
      laws: [
        { demand: demand(1.2, [1, 3], [0.6, 0.4]), harvest: 4 },
        { demand: demand(1.2, [1, 3], [0.6, 0.4]), harvest: 1 },
        { demand: demand(0.5, [1, 3], [0.6, 0.4]), harvest: 0 },
      ],
      lawOf: (slot, state) => (slot % 3 === 2 ? 2 : state),
      states: 2,
      initial: [0.25, 0.75],
      transitions: [
        [0.9, 0.1],
        [0.3, 0.7],
      ],
      slotsPerStep: 2,
      battery: lossless,
    };
    const walk = new WholeWalk(model);
    for (let t = 0; t < 8; t++) walk.step();
    const [law] = deficitChain(model, [8]);
    const mean = walk.mean((_level, a) => a);
    expect(relative(law.mean, mean)).toBeLessThan(1e-9);
    expect(relative(law.standardDeviation ** 2, walk.mean((_level, a) => a * a) - mean * mean)).toBeLessThan(1e-9);
    for (let d = 0; d < 12; d++) {
      const below = walk.mean((_level, a) => (a <= d ? 1 : 0));
      expect(law.cdf(d)).toBeCloseTo(below, 9);
      expect(law.cdf(d + 0.5)).toBeCloseTo(below, 9);
    }
  });

  test('exponential harvests: the deficit that never ends has the law of Pollaczek and Khinchine', () => {
    const walk = { demand: demand(1.5, [1, 3], [0.6, 0.4]), harvest: { shape: 1, scaleJoules: 4 } };
    const [law] = deficitChain(steady(walk), [400]);
    const mean = 1.5 * 1.8;
    expect(Math.abs(law.probabilityZero - (1 - mean / 4))).toBeLessThan(1e-7);
    expect(relative(law.mean, (1.5 * 4.2 + mean * mean) / (8 * (1 - mean / 4)))).toBeLessThan(1e-6);
  });

  test.each([
    ['days', days],
    ['nights first', nights],
    ['weather', weather],
  ])('looking back gives what going forward does: %s', (_, model) => {
    const open = { ...model, battery: { ...lossless, initialJoules: 5 } };
    const [forward] = batteryLaw(open, [30]);
    const [back] = deficitChain(model, [30]);
    const law = chargedLaw(back, 5);
    expect(relative(law.mean, forward.auxiliary.value)).toBeLessThan(2e-5);
    expect(relative(law.standardDeviation, forward.auxiliaryDeviation.value)).toBeLessThan(2e-5);
    expect(Math.abs(law.probabilityZero - forward.probabilityZero.value)).toBeLessThan(1e-5);
  });
});
