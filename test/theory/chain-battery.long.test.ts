/** More models played plainly, against the exact law of their chains. The first: chain-battery.test.ts. */
import { describe, expect, test } from 'vitest';
import { distances } from './chain-distances.js';
import { days, nights, weather } from './chain-models.js';

describe('a plain simulation', () => {
  // 16 statistics of each of four models: the largest of 64 exceeds 4 standard errors in one seed of 250.
  test.each([
    ['days and nights', days],
    ['nights that empty a full battery exactly', nights],
    ['weather', weather],
  ])('agrees within 4 standard errors: %s', (_, model) => {
    const found = distances(model, model, 1);
    for (const [name, distance] of found) expect(distance, name).toBeLessThan(4);
  });

  test('a planted error is found: weather that steps in every slot', () => {
    const found = distances(weather, { ...weather, slotsPerStep: 1 }, 1);
    expect(Math.max(...found.values())).toBeGreaterThan(6);
  });
});
