/** What can hardly be meant is said, by kind; what ships with the product is beyond doubt. */
import { describe, expect, test } from 'vitest';
import { doubtsOf, harvestDifference } from '../../src/fleet/doubts.js';
import { parseScenario } from '../../src/scenario/parse.js';
import { loadPreset, presetDocument, presetNames } from '../../src/scenario/presets.js';
import type { Scenario } from '../../src/scenario/scenario.js';
import { runOn } from '../cli/sink.js';

const SITE = {
  schemaVersion: 1,
  slotSeconds: 10,
  arrivals: { ratePerSlot: 2 },
  tasks: [{ energyJoules: 2400 }, { energyJoules: 9000 }],
};
/** 1.14 kW of demand. */
const site = (changes: object): Scenario => parseScenario({ ...SITE, ...changes });
const DEMAND = 1140;
const said = (scenario: Scenario): string[] => doubtsOf(scenario).map(({ code, key }) => `${code} ${key}`);

describe('a scenario is doubted', () => {
  test.each(presetNames())('not where it is the preset %s', (name) => {
    expect(doubtsOf(loadPreset(name))).toEqual([]);
  });

  test.each<[string, object, string[]]>([
    ['500 kWh as joules', { battery: { capacityJoules: 500 } }, ['batteryBelowTask battery.capacityJoules']],
    ['a battery of one task', { battery: { capacityJoules: 9000 } }, []],
    ['a charge of 2 kWh as joules', { battery: { initialJoules: 2 } }, ['chargeBelowTask battery.initialJoules']],
    ['a charge of one task', { battery: { initialJoules: 2400 } }, []],
    ['kilowatts as watts', { battery: { dischargeLimitWatts: 2 } }, ['limitBelowDemand battery.dischargeLimitWatts']],
    ['a limit near the demand', { battery: { chargeLimitWatts: DEMAND / 50 } }, []],
    ['a plant for a rack', { harvest: { mean: 1.2e7, variance: 1e13 } }, ['harvestOffDemand harvest.mean']],
    ['kilowatts a slot', { harvest: { mean: 11, variance: 100 } }, ['harvestOffDemand harvest.mean']],
    ['half the demand', { harvest: { mean: 5700, variance: 1e6 } }, []],
    ['a scale in kilojoules', { harvest: { shape: 4, scaleJoules: 3 } }, ['harvestOffDemand harvest.scaleJoules']],
    [
      'a large trace',
      { harvest: { trace: { values: [1, 2], unit: 'kWh', secondsPerValue: 10 } } },
      ['harvestOffDemand harvest.trace'],
    ],
    [
      'a trace within a slot',
      { harvest: { trace: { values: [1, 2], unit: 'kW', secondsPerValue: 5, noiseShape: 4 } } },
      ['traceOfOneSlot slotSeconds'],
    ],
    [
      'a level above the battery',
      { battery: { capacityJoules: 1e5 }, routing: { policy: { kind: 'threshold', levelJoules: 2e5 } } },
      ['levelOutOfReach routing.policy.levelJoules'],
    ],
  ])('or not: %s', (_, changes, expected) => {
    expect(said(site(changes))).toEqual(expected);
  });

  test('where all deadlines are shorter than a slot', () => {
    const document = presetDocument('reference') as Record<string, unknown>;
    const [doubt] = doubtsOf(parseScenario({ ...document, slotSeconds: 7200 }));
    expect(doubt).toMatchObject({ code: 'deadlineWithinSlot', key: 'tasks[0].deadlineSeconds' });
    expect(doubt.message).toMatch(/^tasks\[0\]\.deadlineSeconds: got \d+ s.*shorter than a slot \(7200 s\)/);
  });
});

test('harvests that are of each fleet’s own demand differ, and that is said', () => {
  const named = (name: string, changes: object) => ({ name, scenario: site(changes) });
  const small = named('small', {
    tasks: [{ energyJoules: 2400 }],
    harvest: { mean: { timesDemand: 1.1 }, variance: 'matched' },
  });
  const large = named('large', { harvest: { mean: { timesDemand: 1.1 }, variance: 'matched' } });
  expect(harvestDifference(small, large)?.message).toMatch(
    /^harvest\.mean: small harvests 528 W and large 1254 W, for each is sized by its own demand; give both the same mean in joules/,
  );
  expect(harvestDifference(small, small)).toBeUndefined();
  const fixed = { harvest: { mean: 5000, variance: 1e6 } };
  expect(
    harvestDifference(named('a', { ...fixed, tasks: [{ energyJoules: 2400 }] }), named('b', fixed)),
  ).toBeUndefined();
});

describe('a command', () => {
  const args = [
    'run',
    'surplus',
    '--set',
    'battery.capacityJoules=5',
    '--trials',
    '4',
    '--slots',
    '4',
    '--backend',
    'cpu',
  ];

  test('says it once on stderr and in its document, and goes on', async () => {
    const { status, stdout, stderr } = await runOn([...args, '--json']);
    expect(status).toBe(0);
    expect(stderr.match(/batterywalk: warning: battery\.capacityJoules: got 5 J, less than one task/g)?.length).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      warnings: [{ code: 'batteryBelowTask', key: 'battery.capacityJoules' }],
    });
  });

  test('is silent on stderr where that was asked for', async () => {
    const { stdout, stderr } = await runOn([...args, '--json', '--quiet']);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toHaveProperty('warnings');
  });
});
