/** Lists longer than the stack. */
import { resolveScenario } from '../../src/fleet/resolve.js';
import { expect, test } from 'vitest';
import { prepareRun } from '../../src/study/plan.js';
import { append, largestOf, smallestOf } from '../../src/numeric/extremes.js';
import { parseScenario } from '../../src/scenario/parse.js';

const LONG = 300_000;

test('have extremes, and ends to add to, as short ones do', () => {
  const list = Array.from({ length: LONG }, (_, i) => (i * 7919) % LONG);
  expect([largestOf(list), smallestOf(list)]).toEqual([LONG - 1, 0]);
  const all = [0];
  append(all, list);
  expect(all.length).toBe(LONG + 1);
  for (const short of [[], [3], [2, NaN, 5], [-Infinity, 1]]) {
    expect([largestOf(short), smallestOf(short)]).toEqual([Math.max(...short), Math.min(...short)]);
  }
});

test('of kinds of tasks make a walk', () => {
  const tasks = Array.from({ length: 70_000 }, (_, i) => ({ energyJoules: 1000 + i }));
  const scenario = parseScenario({ schemaVersion: 1, arrivals: { ratePerSlot: 5 }, tasks });
  const { walk, law } = prepareRun(resolveScenario(scenario), { trials: 1, horizons: [16], seed: '1' });
  expect(walk.demand.energiesJoules.length).toBe(70_000);
  expect(law.quantumJoules).toBeGreaterThan(0);
});
