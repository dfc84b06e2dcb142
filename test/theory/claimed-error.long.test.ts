/** The long form of claimed-error.test.ts: 10⁴ points, T from 1 to 10⁵; prints its table. `npm run test:long`. */
import { expect, test } from 'vitest';
import { oneSlotCase, pointsBelow, randomFrom, recursionCases, tableOf } from './claimed.js';
import type { CaseResult } from './claimed.js';
import type { WholeWalk } from './kinked-walk.js';

const SHAPES = [0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.8, 1, 1.5, 2, 5, 20, 100, 1000];

const walk = (rate: number, energies: number[], shares: number[], shape: number, timesDemand: number): WholeWalk => {
  const total = shares.reduce((a, b) => a + b, 0);
  const probabilities = shares.map((share) => share / total);
  const demand = rate * energies.reduce((sum, e, i) => sum + e * probabilities[i], 0);
  return { rate, energies, probabilities, shape, scale: (demand * timesDemand) / shape };
};

const all: CaseResult[] = [];

test.each(SHAPES)('one slot, shape %d', (shape) => {
  const random = randomFrom(Math.round(1000 * shape));
  const results = [
    oneSlotCase(`one kind, ${shape}`, walk(0.2, [1], [1], shape, 1), pointsBelow(6, 12, random)),
    oneSlotCase(`three kinds, ${shape}`, walk(0.8, [1, 2, 5], [5, 3, 2], shape, 1), pointsBelow(15, 8, random)),
    oneSlotCase(
      `ten kinds, ${shape}`,
      walk(3, [1, 2, 3, 4, 5, 6, 8, 10, 13, 18], Array<number>(10).fill(1), shape, 1),
      pointsBelow(45, 8, random),
    ),
    oneSlotCase(`rare heavy, ${shape}`, walk(1, [1, 100], [199, 1], shape, 1.1), pointsBelow(8, 8, random)),
  ];
  all.push(...results);
  for (const { worstRatio, worstOfLaw } of results) {
    expect(worstRatio, tableOf(results)).toBeLessThan(1);
    expect(worstOfLaw, tableOf(results)).toBeLessThan(1);
  }
});

// Pieces as far as a deficit goes: what lies beyond them counts as none.
test.each([0.02, 0.1, 0.3, 0.7, 1, 2])('several slots, shape %d', (shape) => {
  const random = randomFrom(Math.round(7000 * shape));
  const own = walk(0.3, [1, 2], [3, 1], shape, 1);
  const results = recursionCases(`two kinds, ${shape}`, own, [2, 4], 26, pointsBelow(9, 16, random));
  all.push(...results);
  for (const { worstRatio, worstOfLaw } of results) {
    expect(worstRatio, tableOf(results)).toBeLessThan(1);
    expect(worstOfLaw, tableOf(results)).toBeLessThan(1);
  }
});

// A large surplus forgets its start: `recursionCases` throws where it has not yet, so that what it has reached is the
// law at any later T.
test.each([1, 2])('many slots, shape %d', (shape) => {
  const random = randomFrom(Math.round(9000 * shape));
  const own = walk(0.3, [1, 2], [3, 1], shape, 12);
  const results = recursionCases(`surplus, ${shape}`, own, [16, 1000, 100000], 24, pointsBelow(5, 16, random), 60);
  all.push(...results);
  for (const { worstRatio, worstOfLaw } of results) {
    expect(worstRatio, tableOf(results)).toBeLessThan(1);
    expect(worstOfLaw, tableOf(results)).toBeLessThan(1);
  }
});

test('the table', () => {
  process.stdout.write(`${tableOf(all)}\n${all.reduce((sum, r) => sum + r.points, 0)} points\n`);
});
