import { describe, expect, test } from 'vitest';
import { commonMeasure, dividing } from '../../src/law/common-measure.js';

describe('the common measure of energies', () => {
  test.each([
    [[1000, 5000], 1000],
    [[0.4, 0.6, 0.9, 1.3], 0.1],
    [[400, 600, 900, 12_000], 100],
    [[7500], 7500],
    [[1000, 1000 * Math.SQRT2], undefined],
    [[1, 1e9], undefined],
  ])('%j', (energies, expected) => {
    const measure = commonMeasure(energies);
    if (expected === undefined) expect(measure).toBeUndefined();
    else expect(measure).toBeCloseTo(expected, 9);
  });

  test('the quantum divides it and is hardly coarser than asked for', () => {
    expect(dividing(1000, 0.3)).toBeCloseTo(1000 / 3333, 12);
    expect(dividing(1000, 600)).toBe(1000);
    expect(dividing(1000, 1200)).toBe(1200);
    expect(dividing(undefined, 7)).toBe(7);
  });
});
