/**
 * Sites whose decisions are on record: every policy and both accountings, over deadlines short and long, queues that
 * overflow, batteries that are full or empty, errors of routing, tries, many kinds of task and many of them in a slot.
 */
import { loadPreset } from '../../src/scenario/presets.js';
import type { Scenario } from '../../src/scenario/scenario.js';
import { parseScenario } from '../../src/scenario/parse.js';
import { DAY, LOSSY, SITE_SETTINGS, WEATHER, fleetWith, siteWith } from './site-settings.js';

export interface RecordedSite {
  readonly name: string;
  readonly scenario: Scenario;
}

const ACCOUNTINGS = ['lumped', 'distributed'] as const;

/** Policies whose levels are shares of a battery. */
const policies = (joules: number, task: number): readonly Record<string, unknown>[] => [
  { kind: 'myopic' },
  { kind: 'latest' },
  { kind: 'threshold', levelJoules: joules / 2 },
  { kind: 'backpressure', targetJoules: 0.6 * joules, joulesPerTask: task },
  { kind: 'threshold', levelJoules: joules / 4, queueLimit: 7 },
  { kind: 'backpressure', targetJoules: 0.9 * joules, joulesPerTask: task / 10, queueLimit: 40, maximumWaitSlots: 30 },
];

const PATIENT = [
  { energyJoules: 1000, patienceSlots: 1, weight: 3 },
  { energyJoules: 2500, patienceSlots: 1 },
  { energyJoules: 700, patienceSlots: 0 },
  { energyJoules: 5000, patienceSlots: 255 },
  { energyJoules: 3300, patienceSlots: 1023 },
];
const MANY = Array.from({ length: 40 }, (_, k) => ({ energyJoules: 500 + 37 * k, patienceSlots: (k * 7) % 90 }));

function sitesOf(policy: Record<string, unknown>, name: string): RecordedSite[] {
  const routing = { policy };
  const patient = { tasks: PATIENT, routing };
  return [
    { name: `patience of 0 to 1023 slots, ${name}`, scenario: siteWith({ ...patient, battery: LOSSY }) },
    {
      name: `small battery by day, ${name}`,
      scenario: siteWith({
        ...patient,
        battery: { capacityJoules: 20_000, initialJoules: 20_000 },
        harvest: { mean: { timesDemand: 1.3 }, variance: 'matched', profile: DAY, weather: WEATHER },
      }),
    },
    {
      name: `forty kinds, rush hours, ${name}`,
      scenario: siteWith({
        ...{ tasks: MANY, routing, battery: LOSSY },
        arrivals: { ratePerSlot: 9, profile: { values: [1, 2, 0], slotsPerValue: 8 } },
      }),
    },
    {
      name: `two hundred tasks a slot, ${name}`,
      scenario: siteWith({ ...patient, arrivals: { ratePerSlot: 200 }, battery: { capacityJoules: 400_000 } }),
    },
  ];
}

function fleetsOf(policy: Record<string, unknown>, name: string): RecordedSite[] {
  return ACCOUNTINGS.map((accounting) => ({
    name: `fleet with errors, ${accounting}, ${name}`,
    scenario: fleetWith({
      accounting,
      routing: { errorRate: 0.2, policy },
      battery: { capacityJoules: 500_000, initialJoules: 100_000, chargeEfficiency: 0.9 },
      harvest: { mean: { timesDemand: 1.05 }, variance: 'matched', profile: DAY },
    }),
  }));
}

function solarOf(policy: Record<string, unknown>, name: string): RecordedSite[] {
  const solar = loadPreset('solar-site');
  return ACCOUNTINGS.map((accounting) => ({
    name: `solar-site, ${accounting}, ${name}`,
    scenario: parseScenario({ ...solar, accounting, routing: { ...solar.routing, policy } }),
  }));
}

const named = (policy: Record<string, unknown>): string =>
  [String(policy.kind), ...('queueLimit' in policy ? ['short queue'] : [])].join(', ');

const CORRELATED = { mean: 'critical', variance: 'matched', correlation: 0.9 };
const START = { values: [0, 150, 610, 330, 0], unit: 'W', secondsPerValue: 40, play: 'loop', start: 'random' };
const waits = (harvest: object, kind: Record<string, unknown> = { kind: 'latest' }): Scenario =>
  siteWith({ tasks: PATIENT, battery: LOSSY, harvest, routing: { policy: kind } });

export const RECORDED_SITES: readonly RecordedSite[] = [
  ...SITE_SETTINGS,
  { name: 'correlated harvest', scenario: waits(CORRELATED) },
  {
    name: 'correlated harvest, day and weather',
    scenario: waits(
      { ...CORRELATED, profile: DAY, weather: { ...WEATHER, initial: 'cloud' } },
      { kind: 'threshold', levelJoules: 9000 },
    ),
  },
  { name: 'trace from anywhere', scenario: { ...waits({ trace: START }) } },
  { name: 'harvest of tiny shape', scenario: waits({ shape: 0.05, scaleJoules: 50_000 }) },
  ...policies(40e6, 1e5).flatMap((policy) => solarOf(policy, named(policy))),
  ...policies(500_000, 15_000).flatMap((policy) => fleetsOf(policy, named(policy))),
  ...policies(30_000, 2000).flatMap((policy) => sitesOf(policy, named(policy))),
  {
    name: 'fleet that tries again',
    scenario: fleetWith({
      routing: { errorRate: 0.1, retries: { most: 3 }, policy: { kind: 'threshold', levelJoules: 250_000 } },
      battery: { capacityJoules: 500_000 },
    }),
  },
];
