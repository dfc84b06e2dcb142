/** Sampled laws over the whole range that the engine promises. */
import { describe, test } from 'vitest';
import { walkOf } from '../engine/jobs.js';
import { checkSampled } from './sampled-law-checks.js';

const KINDS: { kind: string; energies: number[]; weights: number[]; unit: number }[] = [
  { kind: 'single', energies: [1000], weights: [1], unit: 1000 },
  {
    kind: 'three orders of magnitude',
    energies: [10, 30, 100, 300, 1000, 3000, 10_000],
    weights: [1, 1, 1, 1, 1, 1, 1],
    unit: 10,
  },
  { kind: 'rare heavy', energies: [100, 100_000], weights: [999, 1], unit: 100 },
];
const RATES = [0.05, 0.8, 7, 60];
const SHAPES = [0.3, 0.8, 1, 8, 200];

describe.each(KINDS)('$kind', ({ energies, weights, unit }) => {
  const grid = RATES.flatMap((rate) => SHAPES.map((shape): [number, number] => [rate, shape]));
  test.each(grid)('λ = %d, shape %d', (rate, shape) => {
    checkSampled(walkOf(rate, energies, weights, shape), 1024, unit);
  });

  test.each([0.5, 0.95, 1.05, 2])('a harvest of %d times the demand', (times) => {
    checkSampled(walkOf(3, energies, weights, 2, times), 1024, unit);
  });
});
