/**
 * What a user may well ask for at the ends of the range: it works within the stated distances, or is refused in words.
 */
import { describe, expect, test } from 'vitest';
import { PlanError } from '../../src/errors.js';
import type { WalkLaw } from '../../src/fleet/walk-law.js';
import { sampleLaw } from '../../src/law/sampled-law.js';
import { walkOf } from '../engine/jobs.js';

const CASES: [string, WalkLaw, number][] = [
  ['one task in a thousand slots', walkOf(1e-3, [1000], [1], 4), 1024],
  ['five hundred tasks a slot', walkOf(500, [1000, 3000], [1, 1], 4), 1024],
  ['shape 0.05', walkOf(2, [1000, 3000], [1, 1], 0.05), 1024],
  ['shape 10^4', walkOf(2, [1000, 3000], [1, 1], 1e4), 1024],
  ['microjoules', walkOf(2, [1e-6], [1], 2), 1024],
  ['gigajoules', walkOf(2, [1e9], [1], 2), 1024],
  ['both of them', walkOf(2, [1e-6, 1e9], [1, 1], 2), 1024],
  ['half of the demand', walkOf(2, [1000], [1], 2, 0.5), 8192],
  ['twice the demand', walkOf(2, [1000], [1], 2, 2), 8192],
  ['ten million slots', walkOf(2, [1000], [1], 2), 1e7],
  ['ten million slots at twice the demand', walkOf(2, [1000], [1], 2, 2), 1e7],
];

test.each(CASES)('%s', (_, walk, slots) => {
  const { samplingError, maximumSlots } = sampleLaw(walk, { slots });
  expect(samplingError.mean).toBeLessThan(1e-9);
  expect(Math.abs(samplingError.variance)).toBeLessThan(5e-5);
  expect(samplingError.kolmogorov).toBeLessThan(walk.harvest.shape < 1 ? 1e-3 : 1e-4);
  expect(maximumSlots).toBeGreaterThanOrEqual(slots);
});

describe('32 bits are not enough', () => {
  const walk = walkOf(2, [1000], [1], 2, 2);
  test.each([
    ['for 10^9 slots of a strong drift', 1e9, 0],
    ['for a charge of 10^14 J', 1000, 1e14],
  ])('%s', (_, slots, initialJoules) => {
    expect(() => sampleLaw(walk, { slots, initialJoules })).toThrow(PlanError);
    expect(() => sampleLaw(walk, { slots, initialJoules })).toThrow(/32-bit integers.*expected fewer slots/);
  });
});
