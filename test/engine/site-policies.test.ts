/**
 * Routers that wait: no deadline is missed, no dispatch burns less than the bound, `latest` attains it, and by day
 * alone waiting pays.
 */
import { describe, expect, test } from 'vitest';
import { SiteDispatcher } from '../../src/engine/cpu/site-queue.js';
import { walkSite } from '../../src/engine/cpu/site.js';
import { SITE_ROWS, SITE_VIOLATION } from '../../src/engine/site-job.js';
import type { SiteRow } from '../../src/engine/site-job.js';
import type { Scenario } from '../../src/scenario/scenario.js';
import { addPairs, emptyPairedSums, pairedDifference } from '../../src/stats/paired.js';
import { fleetWith, siteLawOf, siteWith, taskSiteJob } from './site-settings.js';

const SLOTS = 500;

/** Rows at the last slot, by name, with the quantum. */
function lastRows(scenario: Scenario, paths: number): { rows: Record<SiteRow, Int32Array>; quantum: number } {
  const law = siteLawOf(scenario, SLOTS);
  const job = taskSiteJob(law, { trials: paths, horizons: [SLOTS], seed: 'policies' });
  const out = new Int32Array(paths * SITE_ROWS.length);
  walkSite({ ...job, slots: [SLOTS] }, 0, paths, out, paths);
  const rows = SITE_ROWS.map((row, i) => [row, out.subarray(i * paths, (i + 1) * paths)] as const);
  return { rows: Object.fromEntries(rows) as Record<SiteRow, Int32Array>, quantum: law.quantumJoules };
}

const sum = (x: Int32Array): number => x.reduce((a, b) => a + b, 0);

/** Sun by day alone: 12 hours of 24, an hour in six slots. */
const SUN = { values: [...Array<number>(12).fill(0), 1, 2, 3, 4, 5, 6, 6, 5, 4, 3, 2, 1], slotsPerValue: 6 };
const POLICIES = [
  { kind: 'latest' },
  { kind: 'threshold', levelJoules: 200_000 },
  { kind: 'backpressure', targetJoules: 300_000, joulesPerTask: 15_000 },
  { kind: 'threshold', levelJoules: 300_000, queueLimit: 12 },
] as const;
const PATHS = 3400;

describe.each(POLICIES)('$kind', (policy) => {
  const scenario = fleetWith({
    slotSeconds: 5,
    routing: { errorRate: 0.1, policy },
    battery: { capacityJoules: 500_000 },
    harvest: { mean: { timesDemand: 1.1 }, variance: 'matched', profile: SUN },
  });

  test('no task of 2.5 million misses its deadline, none of the paths burns less than the bound', () => {
    const { rows } = lastRows(scenario, PATHS);
    expect(sum(rows.dispatched)).toBeGreaterThan(2.5e6);
    expect(rows.violations.every((flags) => flags === 0)).toBe(true);
    expect(sum(rows.waited)).toBeGreaterThan(sum(rows.dispatched) / 10);
    expect(rows.aboveBound.every((x) => x >= 0)).toBe(true);
    if ('queueLimit' in policy) expect(sum(rows.overflowed)).toBeGreaterThan(1000);
  });
});

describe('the bound', () => {
  const patient = {
    tasks: [
      { energyJoules: 2000, patienceSlots: 9 },
      { energyJoules: 5000, patienceSlots: 40, weight: 2 },
    ],
  };

  test('`latest` attains it, at every path, where what a task costs does not depend on its slack', () => {
    const { rows } = lastRows(siteWith({ ...patient, routing: { policy: { kind: 'latest' } } }), 200);
    expect(sum(rows.waited)).toBeGreaterThan(200 * SLOTS);
    expect(rows.aboveBound.every((x) => x === 0)).toBe(true);
    const model = { name: 'small', parameters: 8e9, layers: 32, attentionWidth: 4096 };
    const { hardware, scaling } = fleetWith({}).fleet ?? {};
    const tasks = [{ difficulty: 2.1, skills: 20, tokensPerSkill: 100, tolerance: 0.05, deadlineSeconds: 300 }];
    const one = siteWith({
      fleet: { hardware, scaling, models: [model] },
      tasks,
      routing: { policy: { kind: 'latest' } },
    });
    const alone = lastRows(one, 200);
    expect(sum(alone.rows.waited)).toBeGreaterThan(200 * SLOTS);
    expect(alone.rows.aboveBound.every((x) => x === 0)).toBe(true);
  });

  test('others do not, nor does `latest` where the cheap model is too slow by then', () => {
    const eager = { policy: { kind: 'threshold', levelJoules: 1 } };
    expect(sum(lastRows(siteWith({ ...patient, routing: eager }), 50).rows.aboveBound)).toBeGreaterThan(0);
    const dearer = fleetWith({ routing: { policy: { kind: 'latest' } } });
    expect(sum(lastRows(dearer, 50).rows.aboveBound)).toBeGreaterThan(0);
  });
});

describe('what is postponed beyond the horizon is counted', () => {
  const tasks = [
    { energyJoules: 2000, patienceSlots: 9 },
    { energyJoules: 5000, patienceSlots: 40, weight: 2 },
    { energyJoules: 700 },
  ];
  const battery = { capacityJoules: 60_000, initialJoules: 20_000 };
  const atOnce = lastRows(siteWith({ tasks, battery }), 300);

  test('at once nothing is', () => {
    expect(sum(atOnce.rows.undone)).toBe(0);
    expect(sum(atOnce.rows.undoneEnergy)).toBe(0);
  });

  test.each([
    { kind: 'latest' },
    { kind: 'latest', queueLimit: 5 },
    { kind: 'threshold', levelJoules: 30_000 },
    { kind: 'backpressure', targetJoules: 40_000, joulesPerTask: 1000 },
  ])('%j: tasks and joules, on every path what is missing from those who wait not', (policy) => {
    const { rows, quantum } = lastRows(siteWith({ tasks, battery, routing: { policy } }), 300);
    expect(quantum).toBe(atOnce.quantum);
    expect(sum(rows.undone)).toBeGreaterThan(300);
    expect(rows.undone).toEqual(atOnce.rows.dispatched.map((n, i) => n - rows.dispatched[i]));
    // What these tasks cost does not depend on their wait: the least that they need is what they need.
    expect(rows.undoneEnergy).toEqual(atOnce.rows.consumption.map((e, i) => e - rows.consumption[i]));
  });

  test('distributed accounting: what tasks in service have not burned yet is owed as well', () => {
    const lumped = lastRows(fleetWith({ battery: { capacityJoules: 3e5 } }), 100);
    const burning = lastRows(fleetWith({ battery: { capacityJoules: 3e5 }, accounting: 'distributed' }), 100);
    expect(burning.quantum).toBe(lumped.quantum);
    expect(sum(burning.rows.undone)).toBe(0);
    expect(burning.rows.undoneEnergy).toEqual(lumped.rows.consumption.map((e, i) => e - burning.rows.consumption[i]));
    expect(sum(burning.rows.undoneEnergy)).toBeGreaterThan(0);
  });

  test('what dearer waits cost beyond the least is not owed', () => {
    const { rows } = lastRows(fleetWith({ routing: { policy: { kind: 'latest' } } }), 100);
    const eager = lastRows(fleetWith({ battery: { capacityJoules: 3e5 } }), 100);
    rows.undoneEnergy.forEach((owed, i) => {
      expect(owed).toBeGreaterThanOrEqual(0);
      expect(owed).toBeLessThanOrEqual(eager.rows.consumption[i]);
      expect(owed > 0).toBe(rows.undone[i] > 0);
    });
  });
});

describe('planted errors are found', () => {
  const law = siteLawOf(
    siteWith({ tasks: [{ energyJoules: 2000, patienceSlots: 3 }], routing: { policy: { kind: 'latest' } } }),
    10,
  );

  test('a slot that is left out misses a deadline', () => {
    for (const skipped of [undefined, 3]) {
      const dispatcher = new SiteDispatcher(law.tables);
      dispatcher.begin(0);
      for (let t = 0; t < 10; t++) {
        if (t !== skipped) dispatcher.slot(t, 0, Uint16Array.of(0), 0, t === 0 ? 1 : 0);
      }
      expect(dispatcher.flags & SITE_VIOLATION.deadlineMissed).toBe(skipped === undefined ? 0 : 1);
      expect(dispatcher.dispatched).toBe(skipped === undefined ? 1 : 0);
    }
  });

  test('a task that is lost falls below the bound', () => {
    const dispatcher = new SiteDispatcher(law.tables);
    dispatcher.begin(0);
    dispatcher.slot(0, 0, Uint16Array.of(0, 0), 0, 2);
    for (let t = 3; t < 5; t++) dispatcher.slot(t === 3 ? 4 : 3, 0, Uint16Array.of(), 0, 0);
    expect(dispatcher.flags & (SITE_VIOLATION.deadlineMissed | SITE_VIOLATION.belowBound)).not.toBe(0);
  });
});

test('with sun by day alone, waiting for charge lowers the auxiliary energy on common draws', () => {
  const scenario = (kind: object): Scenario =>
    fleetWith({
      slotSeconds: 120,
      tasks: fleetWith({}).tasks.map((task) => ({ ...task, deadlineSeconds: 6 * 3600 })),
      routing: { policy: kind },
      battery: { capacityJoules: 300_000 },
      harvest: { mean: { timesDemand: 1.05 }, variance: 'matched', profile: SUN },
    });
  const paths = 400;
  const myopic = lastRows(scenario({ kind: 'myopic' }), paths);
  const waiting = lastRows(scenario({ kind: 'threshold', levelJoules: 150_000 }), paths);
  const empty = emptyPairedSums(waiting.quantum, myopic.quantum);
  const sums = addPairs(empty, waiting.rows.auxiliary, myopic.rows.auxiliary);
  const { interval, meanDifference, meanB } = pairedDifference(sums, 0.999);
  expect(meanDifference).toBeLessThan(-0.01 * meanB);
  expect(interval.upper).toBeLessThan(0);
  expect(waiting.rows.violations.every((flags) => flags === 0)).toBe(true);
});
