/**
 * Sites that the engine's tests share: every source of harvest, every limit of the battery, every policy, both
 * accountings.
 */
import { resolveScenario } from '../../src/fleet/resolve.js';
import type { JobRequest } from '../../src/engine/job-request.js';
import { planSiteJob } from '../../src/engine/site-job.js';
import type { TaskSiteJob } from '../../src/engine/site-job.js';
import type { SiteLaw } from '../../src/law/site-law.js';
import { sampleSite } from '../../src/law/site-law.js';
import type { HarvestMode } from '../../src/law/site-tables.js';
import { parseScenario } from '../../src/scenario/parse.js';
import { loadPreset } from '../../src/scenario/presets.js';
import type { Scenario, Trace } from '../../src/scenario/scenario.js';

/** Two kinds of task on a site with changes. */
export function siteWith(changes: Record<string, unknown>): Scenario {
  return parseScenario({
    schemaVersion: 1,
    slotSeconds: 10,
    arrivals: { ratePerSlot: 2 },
    tasks: [{ energyJoules: 1000, weight: 3 }, { energyJoules: 5000 }],
    harvest: { mean: 'critical', variance: 'matched' },
    ...changes,
  });
}

/** The reference fleet with changes. */
export function fleetWith(changes: Record<string, unknown>): Scenario {
  return parseScenario({ ...loadPreset('reference'), ...changes });
}

/** A job that walks a site task by task. */
export function taskSiteJob(law: SiteLaw, request: JobRequest): TaskSiteJob {
  const job = planSiteJob(law, request);
  if (job.kernel !== 'site') throw new Error('sampled task by task');
  return job;
}

export function siteLawOf(scenario: Scenario, slots: number, reachJoules = 0): SiteLaw {
  return sampleSite(resolveScenario(scenario).site, { slots, reachJoules });
}

export const LOSSY = {
  initialJoules: 8000,
  capacityJoules: 30_000,
  chargeEfficiency: 0.9,
  dischargeEfficiency: 0.85,
  leakPerSlot: 0.001,
  chargeLimitWatts: 400,
  dischargeLimitWatts: 700,
};
export const DAY = { values: [0, 0, 1, 3, 4, 2], slotsPerValue: 4 };
export const WEATHER = {
  slotsPerStep: 3,
  states: [
    { name: 'clear', factor: 1.6 },
    { name: 'cloud', factor: 0.5, shape: 4 },
    { name: 'still', factor: 0 },
  ],
  transitions: [
    [0.8, 0.15, 0.05],
    [0.3, 0.6, 0.1],
    [0.1, 0.4, 0.5],
  ],
};
const TRACE: Trace = {
  values: [0, 0, 150, 420, 610, 330, 0, 0, 90, 500, 700, 200],
  unit: 'W',
  secondsPerValue: 40,
  play: 'loop',
  start: 'first',
};

export interface SiteSetting {
  readonly name: string;
  readonly scenario: Scenario;
  readonly mode: HarvestMode;
  readonly residual: boolean;
  readonly queue: boolean;
}

const common = { residual: true, queue: false };

export const SITE_SETTINGS: readonly SiteSetting[] = [
  { ...common, name: 'ideal battery', scenario: siteWith({}), mode: 'table' },
  {
    ...common,
    name: 'every limit and loss, smooth harvest',
    scenario: siteWith({ battery: LOSSY, harvest: { shape: 9, scaleJoules: 450 } }),
    mode: 'table',
    residual: false,
  },
  {
    ...common,
    name: 'day, weather and rush hours',
    scenario: siteWith({
      battery: { initialJoules: 5000, capacityJoules: 60_000 },
      arrivals: { ratePerSlot: 2, profile: { values: [1, 2, 0], slotsPerValue: 8 } },
      harvest: { mean: { timesDemand: 1.1 }, variance: 'matched', profile: DAY, weather: WEATHER },
    }),
    mode: 'factors',
  },
  {
    ...common,
    name: 'correlated harvest, distributed',
    scenario: fleetWith({
      accounting: 'distributed',
      battery: { initialJoules: 0, capacityJoules: 2e6, dischargeEfficiency: 0.9 },
      harvest: { mean: 'critical', variance: 'matched', correlation: 0.9, weather: { ...WEATHER, initial: 'cloud' } },
    }),
    mode: 'copula',
    residual: false,
  },
  {
    ...common,
    name: 'trace, looped',
    scenario: { ...siteWith({ battery: { capacityJoules: 40_000 } }), harvest: { trace: TRACE } },
    mode: 'trace',
    residual: false,
  },
  {
    ...common,
    name: 'trace, drawn in blocks, with noise',
    scenario: {
      ...siteWith({ battery: { capacityJoules: 40_000, leakPerSlot: 0.01 } }),
      harvest: {
        mean: 'critical',
        trace: { ...TRACE, play: 'bootstrap', blockSeconds: 240, alignSeconds: 120, noiseShape: 3 },
      },
    },
    mode: 'factors',
    residual: false,
  },
  ...(
    [
      { kind: 'latest' },
      { kind: 'threshold', levelJoules: 150_000 },
      { kind: 'backpressure', targetJoules: 300_000, joulesPerTask: 20_000 },
      { kind: 'threshold', levelJoules: 1e6, queueLimit: 9, maximumWaitSlots: 4 },
    ] as const
  ).map((policy, i): SiteSetting => ({
    name: `fleet that waits: ${policy.kind}${i === 3 ? ', short queue, lossy' : ''}`,
    scenario: fleetWith({
      accounting: i === 1 ? 'distributed' : 'lumped',
      routing: { errorRate: 0.2, policy },
      battery:
        i === 3 ? { ...LOSSY, capacityJoules: 600_000, dischargeLimitWatts: 20_000 } : { capacityJoules: 500_000 },
      harvest: { mean: { timesDemand: 1.05 }, variance: 'matched', profile: DAY },
    }),
    mode: 'factors',
    residual: false,
    queue: true,
  })),
];

/** Those that need no tasks, and more: a correlated harvest, and the preset. */
export const LUMPED_SITE_SETTINGS: readonly SiteSetting[] = [
  ...SITE_SETTINGS.filter(({ queue, name }) => !queue && !name.includes('distributed')),
  {
    ...common,
    name: 'correlated harvest of three states',
    scenario: siteWith({
      battery: { initialJoules: 0, capacityJoules: 40_000, chargeEfficiency: 0.9 },
      harvest: { mean: 'critical', variance: 'matched', correlation: 0.9, weather: { ...WEATHER, initial: 'cloud' } },
    }),
    mode: 'copula',
    residual: false,
  },
  { ...common, name: 'solar-site', scenario: loadPreset('solar-site'), mode: 'factors', residual: false },
];
