/**
 * The errors that the exact law claims for its CDF hold: at sums of task energies, beside them and between, for
 * harvests of shapes 0.02 to 1000. The true values are those of kinked-walk.ts. The long form, 10⁴ points and T to 10⁵,
 * is claimed-error.long.ts.
 */
import { expect, test } from 'vitest';
import { oneSlotCase, pointsBelow, randomFrom, recursionCases, tableOf } from './claimed.js';
import type { CaseResult } from './claimed.js';
import type { WholeWalk } from './kinked-walk.js';

const mixed = (shape: number, timesDemand = 1): WholeWalk => ({
  ...{ rate: 0.8, energies: [1, 2, 5], probabilities: [0.5, 0.3, 0.2], shape },
  scale: (0.8 * 2.1 * timesDemand) / shape,
});
const single = (shape: number): WholeWalk => ({
  ...{ rate: 0.3, energies: [1], probabilities: [1], shape },
  scale: 0.3 / shape,
});

function holds(results: readonly CaseResult[]): void {
  const table = tableOf(results);
  for (const { worstRatio, worstOfLaw, worstError } of results) {
    expect(worstRatio, table).toBeLessThan(1);
    expect(worstOfLaw, table).toBeLessThan(1);
    expect(worstError, table).toBeLessThan(1e-9);
  }
}

test('one slot, by the closed form', () => {
  const random = randomFrom(1);
  holds(
    [0.02, 0.1, 0.5, 1, 5, 1000].flatMap((shape) => [
      oneSlotCase(`three kinds, shape ${shape}`, mixed(shape), pointsBelow(12, 4, random)),
      oneSlotCase(`one kind, shape ${shape}`, single(shape), pointsBelow(4, 4, random)),
    ]),
  );
});

test('several slots, by the recursion', () => {
  const random = randomFrom(2);
  holds(
    [0.02, 0.3].flatMap((shape) =>
      recursionCases(`one kind, shape ${shape}`, single(shape), [2, 3], 12, pointsBelow(5, 4, random)),
    ),
  );
});
