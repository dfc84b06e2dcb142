/** What sites come to where they say nothing beyond the paper's walk: the same integers. */
import { describe, expect, test } from 'vitest';
import { walkSite } from '../../src/engine/cpu/site.js';
import { walkTasks } from '../../src/engine/cpu/tasks.js';
import { planTasksJob } from '../../src/engine/job.js';
import { SITE_ROWS } from '../../src/engine/site-job.js';
import type { SiteRow } from '../../src/engine/site-job.js';
import { sampleTaskLaw } from '../../src/law/task-law.js';
import type { Scenario } from '../../src/scenario/scenario.js';
import { DAY, fleetWith, siteLawOf, siteWith, taskSiteJob } from './site-settings.js';
import { sourceOf } from './task-settings.js';

const HORIZONS = [1, 7, 60, 200];
const PATHS = 150;
const REQUEST = { trials: PATHS, horizons: HORIZONS, seed: 'limits' };
/** Energies that have no common measure: a site's quantum then divides none, and is that of the tasks kernel. */
const TASKS = [{ energyJoules: 1000 * Math.SQRT2, weight: 3 }, { energyJoules: 5000 }];
/** Far beyond what any of these paths needs, so that every law has one quantum. */
const REACH = 1e9;

/** Rows of the paths, by name. */
function rowsOf(scenario: Scenario, slots = 200): Record<SiteRow, Int32Array> {
  const job = taskSiteJob(siteLawOf(scenario, slots, REACH), REQUEST);
  const size = HORIZONS.length * PATHS;
  const out = new Int32Array(size * SITE_ROWS.length);
  walkSite({ ...job, slots: HORIZONS }, 0, PATHS, out, PATHS);
  return Object.fromEntries(SITE_ROWS.map((row, i) => [row, out.slice(i * size, (i + 1) * size)])) as Record<
    SiteRow,
    Int32Array
  >;
}

/** Deficits of the tasks kernel. */
function deficitsOf(scenario: Scenario): Int32Array {
  const { initialJoules } = scenario.battery;
  const law = sampleTaskLaw(sourceOf(scenario), { slots: 200, initialJoules, reachJoules: REACH });
  const job = planTasksJob(law, scenario.accounting, REQUEST);
  const out = new Int32Array(HORIZONS.length * PATHS);
  walkTasks({ ...job, slots: HORIZONS }, 0, PATHS, out, PATHS);
  return out;
}

describe('a battery without limits lacks the deficit of the walk, bit for bit (Theorem 1)', () => {
  test.each([
    ['lumped', fleetWith({ routing: { errorRate: 0.2 } })],
    ['distributed', fleetWith({ accounting: 'distributed' })],
    ['an initial charge', siteWith({ tasks: TASKS, battery: { initialJoules: 9000 } })],
    ['capacity beyond all reach', siteWith({ tasks: TASKS, battery: { initialJoules: 9000, capacityJoules: 9e8 } })],
  ] as const)('%s', (_, scenario) => {
    const rows = rowsOf(scenario);
    const deficits = deficitsOf(scenario);
    expect(new Set(deficits).size).toBeGreaterThan(100);
    expect(rows.auxiliary).toEqual(deficits);
    expect(rows.waste.every((x) => x === 0)).toBe(true);
    expect(rows.passage.map((slot) => Math.sign(slot))).toEqual(deficits.map((d) => Math.sign(d)));
  });

  test('a capacity that binds gives other numbers', () => {
    const rows = rowsOf(siteWith({ battery: { initialJoules: 9000, capacityJoules: 20_000 } }));
    expect(rows.auxiliary).not.toEqual(deficitsOf(siteWith({ battery: { initialJoules: 9000 } })));
    expect(rows.waste.some((x) => x > 0)).toBe(true);
  });
});

describe('what changes nothing changes no bit', () => {
  const plain = fleetWith({ battery: { capacityJoules: 3e5 } });
  const expected = rowsOf(plain);

  test.each([
    [
      'efficiencies of 1 and no leak',
      { battery: { capacityJoules: 3e5, chargeEfficiency: 1, dischargeEfficiency: 1, leakPerSlot: 0 } },
    ],
    [
      'power limits beyond all reach',
      { battery: { capacityJoules: 3e5, chargeLimitWatts: 1e9, dischargeLimitWatts: 1e9 } },
    ],
    ['a flat profile of the harvest', { harvest: { profile: { values: [2, 2, 2], slotsPerValue: 5 } } }],
    ['a flat profile of arrivals', { arrivals: { ratePerSlot: 2, profile: { values: [0.3, 0.3] } } }],
    ['weather of one state', { harvest: { weather: { states: [{ name: 'always', factor: 1 }], transitions: [[1]] } } }],
    ['no correlation', { harvest: { correlation: 0 } }],
    ['nobody may wait', { routing: { policy: { kind: 'latest', maximumWaitSlots: 0 } } }],
    ['myopic', { routing: { policy: { kind: 'myopic' } } }],
    ['threshold at no charge', { routing: { policy: { kind: 'threshold', levelJoules: 0 } } }],
  ] as const)('%s', (_, changes) => {
    const rows = rowsOf(fleetWith({ battery: { capacityJoules: 3e5 }, ...changes }));
    // Least energies are counted by the queue alone.
    for (const row of SITE_ROWS) if (row !== 'aboveBound') expect(rows[row], row).toEqual(expected[row]);
  });

  test('a day with a night gives other numbers', () => {
    const rows = rowsOf(fleetWith({ battery: { capacityJoules: 3e5 }, harvest: { profile: DAY } }));
    expect(rows.auxiliary).not.toEqual(expected.auxiliary);
  });
});
