import { describe, expect, test } from 'vitest';
import { InputError } from '../../src/errors.js';
import { auxiliaryLaw } from '../../src/theory/chain/auxiliary-law.js';
import { batteryLaw } from '../../src/theory/chain/battery-law.js';
import type { ChainModel } from '../../src/theory/chain/model.js';
import { compoundIncrement } from '../../src/theory/compound-increment.js';
import { exactLaw } from '../../src/theory/exact/law.js';
import { exactMoments } from '../../src/theory/exact/moments.js';
import { distances } from './chain-distances.js';
import { WholeWalk, demand, limited, lossless, steady, weather } from './chain-models.js';

const relative = (value: number, expected: number): number => Math.abs(value - expected) / Math.abs(expected);

/** All energies whole: weather that steps every second slot, limits both ways, constant harvests. */
const whole: ChainModel = {
  laws: [
    { demand: demand(1.2, [1, 3], [0.6, 0.4]), harvest: 3 },
    { demand: demand(1.2, [1, 3], [0.6, 0.4]), harvest: 0 },
  ],
  lawOf: (slot, state) => (slot % 3 === 2 ? 1 : state),
  states: 2,
  initial: [0.25, 0.75],
  transitions: [
    [0.7, 0.3],
    [0.4, 0.6],
  ],
  slotsPerStep: 2,
  battery: { ...lossless, initialJoules: 3, capacityJoules: 8, chargeLimitJoules: 2, dischargeLimitJoules: 4 },
};

describe('whole numbers', () => {
  test.each([
    ['with limits', whole],
    ['without', { ...whole, battery: { ...lossless, initialJoules: 3, capacityJoules: 8 } }],
  ])('agrees with listing all states, %s', (_, model) => {
    const walk = new WholeWalk(model);
    for (let t = 0; t < 9; t++) walk.step();
    const [law] = batteryLaw(model, [9]);
    const mean = walk.mean((_level, a) => a);
    const square = walk.mean((_level, a) => a * a);
    expect(relative(law.auxiliary.value, mean)).toBeLessThan(1e-9);
    expect(relative(law.auxiliaryDeviation.value, Math.sqrt(square - mean * mean))).toBeLessThan(1e-9);
    expect(relative(law.waste.value, walk.waste)).toBeLessThan(1e-9);
    expect(relative(law.deficitSlots.value, walk.deficitSlots)).toBeLessThan(1e-9);
    expect(
      relative(
        law.probabilityZero.value,
        walk.mean((_level, a) => (a === 0 ? 1 : 0)),
      ),
    ).toBeLessThan(1e-9);
    expect(
      relative(
        law.level.mean.value,
        walk.mean((level) => level),
      ),
    ).toBeLessThan(1e-9);
    expect(
      relative(
        law.level.probabilityFull.value,
        walk.mean((level) => (level === 8 ? 1 : 0)),
      ),
    ).toBeLessThan(1e-9);
    for (let b = 0; b <= 8; b++) {
      const below = walk.mean((level) => (level <= b ? 1 : 0));
      expect(law.level.cdf(b)).toBeCloseTo(below, 9);
      expect(law.level.cdf(b + 0.4)).toBeCloseTo(below, 9);
    }
    expect(law.level.cdfError).toBeLessThan(1e-9);

    const [total] = auxiliaryLaw(model, [9]);
    for (const a of [0, 1, 2, 3, 5, 8, 12, 20]) {
      const below = walk.mean((_level, x) => (x <= a ? 1 : 0));
      expect(total.cdf(a)).toBeCloseTo(below, 8);
      expect(total.cdf(a + 0.5)).toBeCloseTo(below, 8);
    }
    expect(total.cdfError).toBeLessThan(1e-8);
  });
});

describe('an unlimited battery', () => {
  const tasks = demand(2, [1, 3.3], [0.7, 0.3]);

  test.each([
    [0.5, 2e-6, 1e-4],
    [1, 1e-7, 1e-6],
    [3, 1e-7, 1e-6],
  ])('has the moments of Spitzer’s identity, harvest of shape %d', (shape, mean, probability) => {
    const harvest = { shape, scaleJoules: 3.38 / shape };
    const walk = { demand: tasks, harvest };
    const model = { ...steady(walk), battery: lossless };
    const exact = exactMoments(compoundIncrement(walk), [8, 32]);
    batteryLaw(model, [8, 32]).forEach((law, i) => {
      expect(relative(law.auxiliary.value, exact[i].mean)).toBeLessThan(mean);
      expect(relative(law.auxiliaryDeviation.value, exact[i].standardDeviation)).toBeLessThan(mean);
      expect(Math.abs(law.probabilityZero.value - exact[i].probabilityZero)).toBeLessThan(probability);
      // The estimates tell the truth about themselves.
      expect(Math.abs(law.auxiliary.value - exact[i].mean)).toBeLessThan(2 * law.auxiliary.error);
      expect(Math.abs(law.probabilityZero.value - exact[i].probabilityZero)).toBeLessThan(
        2 * law.probabilityZero.error,
      );
      // No drift: E B_T = E D_T.
      expect(relative(law.level.mean.value, law.auxiliary.value)).toBeLessThan(1e-9);
    });
  });

  test('the law of A_T in a battery that cannot fill up is that of the deficit beyond the charge', () => {
    const harvest = { shape: 3, scaleJoules: 3.38 / 3 };
    const walk = { demand: tasks, harvest };
    const exact = exactLaw(compoundIncrement(walk), 6);
    const [law] = auxiliaryLaw(
      { ...steady(walk), battery: { ...lossless, initialJoules: 2, capacityJoules: 60 } },
      [6],
    );
    for (const a of [0, 0.3, 1, 3, 7, 15, 25]) {
      expect(Math.abs(law.cdf(a) - exact.cdf(2 + a))).toBeLessThan(2e-5);
      expect(Math.abs(law.cdf(a) - exact.cdf(2 + a))).toBeLessThan(2 * law.cdfErrorAt(a));
    }
    for (const p of [0.5, 0.9, 0.99]) expect(relative(law.quantile(p), exact.quantile(p) - 2)).toBeLessThan(1e-4);
  });
});

describe('a plain simulation', () => {
  test('agrees within 4 standard errors: limits, losses and a leak', () => {
    const found = distances(limited, limited, 1);
    for (const [name, distance] of found) expect(distance, name).toBeLessThan(4);
  });

  test.each([
    ['efficiency', { ...limited.battery, chargeEfficiency: 0.89 }],
    ['leak', { ...limited.battery, leakPerSlot: 0.012 }],
    ['charge limit', { ...limited.battery, chargeLimitJoules: 4.9 }],
    ['discharge limit', { ...limited.battery, dischargeLimitJoules: 4.1 }],
  ])('a planted error is found: %s', (_, battery) => {
    const found = distances(limited, { ...limited, battery }, 1);
    expect(Math.max(...found.values())).toBeGreaterThan(6);
  });
});

describe('inputs', () => {
  test('a battery or a process that is none is refused by name', () => {
    expect(() => batteryLaw({ ...limited, battery: { ...limited.battery, initialJoules: 21 } }, [4])).toThrow(
      /initialJoules/,
    );
    expect(() =>
      batteryLaw(
        {
          ...weather,
          transitions: [
            [1, 0.2],
            [0.3, 0.7],
          ],
        },
        [4],
      ),
    ).toThrow(/transitions\[0\]/);
    expect(() => batteryLaw(limited, [0])).toThrow(InputError);
    expect(() => auxiliaryLaw({ ...limited, battery: lossless }, [4])).toThrow(/capacityJoules/);
  });
});

test('a battery that begins full: no level is above its capacity, whatever that rounds to', () => {
  const law = { demand: demand(0.7, [9 * Math.PI], [1]), harvest: { shape: 3, scaleJoules: 4.4 } };
  // 9π as a product of levels and their distance is less than 9π.
  for (const capacityJoules of [9 * Math.PI, 1.1, 37 / 7]) {
    const battery = { ...lossless, initialJoules: capacityJoules, capacityJoules, dischargeLimitJoules: 35.3 };
    expect(batteryLaw({ ...steady(law), battery }, [1])[0].highest).toBe(capacityJoules);
  }
});
