import { describe, expect, test } from 'vitest';
import { batteryLaw } from '../../src/theory/chain/battery-law.js';
import type { ChainModel } from '../../src/theory/chain/model.js';
import { restLaw } from '../../src/theory/chain/rest-law.js';
import { WholeWalk, days, demand, limited, lossless, nights, steady, weather } from './chain-models.js';

const relative = (value: number, expected: number): number => Math.abs(value - expected) / Math.abs(expected);

describe('at rest', () => {
  test('exponential harvests: what a large battery lacks has the law of Pollaczek and Khinchine', () => {
    // K − B is max(0, · + C − H) with H exponential of mean θ: the waiting time of M/G/1 with service C, ρ = E C/θ.
    const [theta, energies, rate] = [4, [1, 3], 1.5];
    const model: ChainModel = {
      ...steady({ demand: demand(rate, energies, [0.6, 0.4]), harvest: { shape: 1, scaleJoules: theta } }),
      battery: { ...lossless, capacityJoules: 150 },
    };
    const mean = rate * (0.6 + 0.4 * 3);
    const square = rate * (0.6 + 0.4 * 9) + mean * mean;
    const rho = mean / theta;
    const law = restLaw(model, 1);
    expect(Math.abs(law.level.probabilityFull.value - (1 - rho))).toBeLessThan(1e-8);
    expect(relative(150 - law.level.mean.value, square / (2 * theta * (1 - rho)))).toBeLessThan(1e-6);
    expect(law.auxiliaryPerSlot.value).toBeLessThan(1e-9);
    expect(relative(law.wastePerSlot.value, theta - mean)).toBeLessThan(1e-9);
  });

  test('whole numbers: agrees with listing states until they rest', () => {
    const model: ChainModel = {
      laws: [
        { demand: demand(1.2, [1, 3], [0.6, 0.4]), harvest: 4 },
        { demand: demand(1.2, [1, 3], [0.6, 0.4]), harvest: 0 },
      ],
      lawOf: (slot, state) => (slot % 3 === 2 ? 1 : state),
      states: 2,
      initial: [1, 0],
      transitions: [
        [0.7, 0.3],
        [0.4, 0.6],
      ],
      slotsPerStep: 2,
      battery: { ...lossless, initialJoules: 3, capacityJoules: 12, chargeLimitJoules: 3, dischargeLimitJoules: 4 },
    };
    const walk = new WholeWalk(model);
    let auxiliary = 0;
    const before = { waste: 0, deficitSlots: 0 };
    for (let t = 0; t < 240; t++) {
      if (t === 234) {
        auxiliary = 0;
        Object.assign(before, { waste: walk.waste, deficitSlots: walk.deficitSlots });
      }
      walk.step();
      auxiliary += walk.mean((_level, a) => a);
      walk.forgetAuxiliary();
    }
    const law = restLaw(model, 6);
    expect(relative(law.auxiliaryPerSlot.value, auxiliary / 6)).toBeLessThan(1e-9);
    expect(relative(law.wastePerSlot.value, (walk.waste - before.waste) / 6)).toBeLessThan(1e-9);
    expect(relative(law.deficitFraction.value, (walk.deficitSlots - before.deficitSlots) / 6)).toBeLessThan(1e-9);
    for (let b = 0; b <= 12; b++)
      expect(law.level.cdf(b)).toBeCloseTo(
        walk.mean((l) => (l <= b ? 1 : 0)),
        9,
      );
  });

  test.each([
    ['limits', limited, 1, 600],
    ['days', days, 6, 300],
    ['nights', nights, 6, 300],
    ['weather', weather, 2, 600],
  ])('is where the chain goes, and energy is neither made nor lost: %s', (_, model, period, slots) => {
    const rest = restLaw(model, period);
    const [near, far] = batteryLaw(model, [slots - period, slots]);
    expect(relative((far.auxiliary.value - near.auxiliary.value) / period, rest.auxiliaryPerSlot.value)).toBeLessThan(
      1e-7,
    );
    expect(relative((far.waste.value - near.waste.value) / period, rest.wastePerSlot.value)).toBeLessThan(1e-7);
    expect(relative(far.level.mean.value, rest.level.mean.value)).toBeLessThan(1e-7);
    expect(Math.abs(far.level.cdf(8.1) - rest.level.cdf(8.1))).toBeLessThan(1e-7);
  });

  test('an unlimited battery is refused, and a period that cuts a step of the weather', () => {
    expect(() => restLaw({ ...limited, battery: lossless }, 1)).toThrow(/capacityJoules/);
    expect(() => restLaw(weather, 3)).toThrow(/period/);
  });
});
