/** Chernoff reaches really bound, and not absurdly far. */
import { describe, expect, test } from 'vitest';
import gammainc from '@stdlib/math-base-special-gammainc';
import { endReach, slotReach, slotsOfReach, walkReach } from '../../src/law/reach.js';
import { walkOf } from '../engine/jobs.js';
import { consumptionLaw, gammaLaw, incrementCdf } from './consumption.js';

const WALKS = [
  walkOf(0.5, [1000, 30_000], [9, 1], 0.3),
  walkOf(2, [1000, 3000], [7, 3], 1, 1.2),
  walkOf(20, [700, 900], [1, 1], 60, 0.9),
  walkOf(3, [100, 20_000], [995, 5], 2),
];

/** T slots together are one slot of a walk with T times the rate and the shape: the sum's law is exact too. */
describe.each(WALKS)('λ = $demand.ratePerSlot, shape $harvest.shape', (walk) => {
  test.each([1, 40])('the end of %i slots', (slots) => {
    const whole = {
      demand: { ...walk.demand, ratePerSlot: slots * walk.demand.ratePerSlot },
      harvest: { ...walk.harvest, shape: slots * walk.harvest.shape },
    };
    const { cdf } = incrementCdf(whole, 100);
    // Upper tails on their own, since 1 − cdf has no digits left there.
    const law = consumptionLaw(whole.demand, 100);
    const survival = (x: number): number => {
      let sum = 0;
      law.forEach((p, n) => {
        const z = (x + n * 100) / whole.harvest.scaleJoules;
        const { shape } = whole.harvest;
        if (p > 1e-19) sum += p * (z <= 0 ? 1 : shape < 500 ? gammainc(z, shape, true, true) : 1 - gammaLaw(z, shape));
      });
      return sum;
    };
    for (const exponent of [3, 10, 25]) {
      const bound = Math.exp(-exponent);
      const down = endReach(walk, 'down', slots, exponent);
      const up = endReach(walk, 'up', slots, exponent);
      expect(cdf(-down - 1e-6), `down, e^-${exponent}`).toBeLessThanOrEqual(bound);
      expect(survival(up), `up, e^-${exponent}`).toBeLessThanOrEqual(bound);
      if (slots === 1) {
        expect(slotReach(walk, 'down', exponent)).toBe(Math.max(0, down));
        expect(slotReach(walk, 'up', exponent)).toBe(Math.max(0, up));
      }
      // One slot is too lumpy for it: four tenths of the reach are not yet beyond the bound, so the reach says
      // something.
      if (slots === 1) continue;
      const mean = whole.harvest.shape * whole.harvest.scaleJoules - whole.demand.ratePerSlot * walkMean(walk);
      expect(cdf(-(down - 0.6 * (down + mean)))).toBeGreaterThan(bound);
    }
  });

  test('of the maximum is at least that of the end, and grows with the slots and the exponent', () => {
    for (const direction of ['up', 'down'] as const) {
      let before = 0;
      for (const slots of [1, 10, 100, 1e4, 1e6]) {
        const reach = walkReach(walk, direction, slots, 20);
        expect(reach).toBeGreaterThanOrEqual(endReach(walk, direction, slots, 20) * (1 - 1e-9));
        expect(reach).toBeGreaterThanOrEqual(before * (1 - 1e-9));
        expect(walkReach(walk, direction, slots, 40)).toBeGreaterThan(reach);
        before = reach;
      }
    }
  });
});

test.each(WALKS)('slotsOfReach is the inverse of walkReach: λ = $demand.ratePerSlot, shape $harvest.shape', (walk) => {
  for (const direction of ['up', 'down'] as const) {
    for (const slots of [1, 100, 1e4, 1e6]) {
      const joules = walkReach(walk, direction, slots, 64);
      const most = slotsOfReach(walk, direction, joules * (1 + 1e-9), 64);
      expect(most).toBeGreaterThanOrEqual(slots);
      // Where the drift leads the other way a finite reach may hold for ever.
      if (most < 2 ** 40) expect(walkReach(walk, direction, Math.floor(most), 64)).toBeLessThan(joules * (1 + 3e-9));
    }
    expect(slotsOfReach(walk, direction, 1e-9, 64)).toBe(0);
  }
});

function walkMean(walk: (typeof WALKS)[number]): number {
  return walk.demand.energiesJoules.reduce((sum, e, j) => sum + e * walk.demand.probabilities[j], 0);
}
