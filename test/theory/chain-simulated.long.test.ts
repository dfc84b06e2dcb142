/**
 * Sites simulated against the exact law on the lattice: finite batteries, periodic and Markov-modulated slots, three of
 * each, a million paths. Mean, P(A = 0), quantiles, waste, slots in deficit and level within 4 standard errors, with
 * what the exact law says of its own error allowed for.
 *
 * 9 sites × 2 horizons × up to 9 numbers = 162 comparisons; |z| > 4 has probability 6.3e-5, so a right engine fails one
 * run of this file in about 100 seeds.
 */
import { resolveScenario } from '../../src/fleet/resolve.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { host } from '#host';
import type { Backend } from '../../src/engine/backend.js';
import { createCpuBackend } from '../../src/engine/cpu/backend.js';
import { planSiteJob, splitSite } from '../../src/engine/site-job.js';
import type { LumpedSiteRow } from '../../src/engine/site-job.js';
import { batteryLaw } from '../../src/theory/chain/battery-law.js';
import { auxiliaryLaw } from '../../src/theory/chain/auxiliary-law.js';
import { deficitChain } from '../../src/theory/chain/deficit-chain.js';
import { siteChain } from '../../src/theory/chain/site-chain.js';
import type { SiteChain } from '../../src/theory/chain/site-chain.js';
import type { Site } from '../../src/fleet/site.js';
import { sampleSite } from '../../src/law/site-law.js';
import type { Scenario } from '../../src/scenario/scenario.js';
import { binDeficits, quantileInterval } from '../../src/stats/binned.js';
import { summarizeHorizon } from '../../src/stats/summary.js';
import type { HorizonSummary } from '../../src/stats/summary.js';
import type { Estimate } from '../../src/theory/chain/extrapolate.js';
import { WEATHER, siteWith } from '../engine/site-settings.js';

const PATHS = 1e6;
const HORIZONS = [4, 24];
/** Tails of a normal variable beyond 4. */
const TAIL = 3.17e-5;

let cpu: Backend;
beforeAll(() => {
  cpu = createCpuBackend(host, 2);
});
afterAll(() => cpu.release());

/** From morning to the end of the night. */
const DAY = { values: [1, 3, 4, 2, 0, 0], slotsPerValue: 4 };
const SMOOTH = { shape: 3, scaleJoules: 1500 };
const SITES: readonly (readonly [string, Scenario])[] = [
  ['finite: a small ideal battery', siteWith({ battery: { initialJoules: 4000, capacityJoules: 12_000 } })],
  [
    'finite: losses, leak and limits',
    siteWith({
      battery: {
        initialJoules: 8000,
        capacityJoules: 20_000,
        chargeEfficiency: 0.9,
        dischargeEfficiency: 0.85,
        leakPerSlot: 0.01,
        chargeLimitWatts: 500,
        dischargeLimitWatts: 600,
      },
      harvest: SMOOTH,
    }),
  ],
  [
    'finite: starts full, more harvest than demand',
    siteWith({
      battery: { initialJoules: 30_000, capacityJoules: 30_000 },
      harvest: { mean: { timesDemand: 1.1 }, variance: 'matched' },
    }),
  ],
  ['periodic: a day without limits', siteWith({ harvest: { ...SMOOTH, profile: DAY } })],
  [
    'periodic: rush hours without limits',
    siteWith({
      arrivals: { ratePerSlot: 2, profile: { values: [0, 1, 3], slotsPerValue: 3 } },
      battery: { initialJoules: 5000 },
    }),
  ],
  [
    'periodic: a day, a season and a battery',
    siteWith({
      battery: { capacityJoules: 25_000, dischargeEfficiency: 0.9 },
      harvest: { ...SMOOTH, profile: [DAY, { values: [1, 2], slotsPerValue: 12 }] },
    }),
  ],
  ['modulated: weather without limits', siteWith({ harvest: { ...SMOOTH, weather: WEATHER } })],
  [
    'modulated: weather and a battery',
    siteWith({
      battery: { initialJoules: 2000, capacityJoules: 18_000, chargeEfficiency: 0.95 },
      harvest: { mean: 'critical', variance: 'matched', weather: { ...WEATHER, slotsPerStep: 1 } },
    }),
  ],
  [
    'modulated: weather by day from a named state',
    siteWith({
      battery: { capacityJoules: 40_000 },
      harvest: { ...SMOOTH, profile: DAY, weather: { ...WEATHER, initial: 'still' } },
    }),
  ],
];

interface Comparison {
  readonly what: string;
  readonly seen: number;
  readonly expected: number;
  /** Standard errors between them, what the expected one may be wrong by taken off. */
  readonly z: number;
}

/** Everything that is compared at one site, or at what the site is taken for. */
async function compare(site: Site, chain: SiteChain): Promise<Comparison[]> {
  const law = sampleSite(site, { slots: HORIZONS[1] });
  const rows = splitSite(await cpu.run(planSiteJob(law, { trials: PATHS, horizons: HORIZONS, seed: 'exact' })));
  for (const { zeros, count } of rows.violations) expect(zeros).toBe(count);
  const battery = batteryLaw(chain, HORIZONS);
  const totals = chain.battery.capacityJoules === Infinity ? undefined : auxiliaryLaw(chain, HORIZONS);
  const deficits =
    totals === undefined && chain.battery.initialJoules === 0 ? deficitChain(chain, HORIZONS) : undefined;
  return HORIZONS.flatMap((slots, h) => {
    const list: Comparison[] = [];
    const of = (row: LumpedSiteRow, quantum = law.quantumJoules) => summarizeHorizon(rows[row][h], quantum);
    const add = (
      what: string,
      seen: number,
      error: number,
      { value, error: own }: { value: number; error: number },
    ): void => {
      const apart = Math.max(0, Math.abs(seen - value) - own);
      list.push({ what: `${what} at ${slots}`, seen, expected: value, z: apart === 0 ? 0 : apart / error });
    };
    // The standard error of a probability by the exact law: where none of a million paths is seen, the paths' own would
    // be 0.
    const share = (what: string, { probabilityZero }: HorizonSummary, exact: Estimate): void => {
      const p = Math.max(exact.value, 1 / PATHS);
      add(what, probabilityZero, Math.sqrt((p * (1 - p) + 1e-12) / PATHS), exact);
    };
    const auxiliary = of('auxiliary');
    add('mean auxiliary', auxiliary.meanDeficit, auxiliary.standardError, battery[h].auxiliary);
    share('P(A = 0)', auxiliary, battery[h].probabilityZero);
    const waste = of('waste');
    // A waste too rare to be seen is below a thousandth of a joule.
    add('mean waste', waste.meanDeficit, Math.max(waste.standardError, 1e-3), battery[h].waste);
    const deficitSlots = of('deficitSlots', 1);
    add('slots in deficit', deficitSlots.meanDeficit, deficitSlots.standardError, battery[h].deficitSlots);
    const level = of('level', law.levelJoules);
    add('mean level', level.meanDeficit, level.standardError, battery[h].level.mean);
    share('P(B = 0)', level, battery[h].level.probabilityEmpty);
    // A quantile is right where the exact law puts p between the order statistics that hold it with 4 standard errors
    // on either side. Next to the atoms of nights the law on the lattice is less sure of itself, and says so.
    const exact = totals?.[h] ?? deficits?.[h];
    const binned = binDeficits(rows.auxiliary[h], law.quantumJoules);
    for (const p of [0.5, 0.9, 0.99]) {
      if (exact === undefined) continue;
      const { lower, upper } = quantileInterval(binned, p, TAIL, TAIL);
      const own = 'cdfErrorAt' in exact ? Math.max(exact.cdfErrorAt(lower), exact.cdfErrorAt(upper)) : exact.error.cdf;
      // Nothing lies below 0, whatever the atom there.
      const below = lower > 0 ? exact.cdf(lower) - own : 0;
      const inside = below <= p && exact.cdf(upper) + own >= p;
      const value = exact.quantile(p);
      list.push({
        what: `quantile ${p} at ${slots}`,
        seen: 0.5 * (lower + upper),
        expected: value,
        z: inside ? 0 : Infinity,
      });
    }
    return list;
  });
}

function chainOf(site: Site): SiteChain {
  const chain = siteChain(site);
  if (typeof chain === 'string') throw new Error(chain);
  return chain;
}

const describeAll = (list: readonly Comparison[]): string =>
  list
    .map(
      ({ what, seen, expected, z }) =>
        `${what}: seen ${seen.toPrecision(7)}, expected ${expected.toPrecision(7)}, z ${z.toFixed(2)}`,
    )
    .join('\n');

describe('a million paths agree with the exact law within 4 standard errors', () => {
  test.each(SITES)('%s', async (_, scenario) => {
    const site = resolveScenario(scenario).site;
    const compared = await compare(site, chainOf(site));
    expect(compared.length).toBeGreaterThan(10);
    const wrong = compared.filter(({ z }) => z > 4);
    expect(wrong, describeAll(wrong)).toEqual([]);
  });
});

describe('planted errors are found', () => {
  test.each([
    [
      'an efficiency that is one percent off',
      1,
      (c: SiteChain): SiteChain => ({ ...c, battery: { ...c.battery, chargeEfficiency: 0.91 } }),
    ],
    ['a leak left out', 1, (c: SiteChain): SiteChain => ({ ...c, battery: { ...c.battery, leakPerSlot: 0 } })],
    [
      'a capacity half a percent off',
      0,
      (c: SiteChain): SiteChain => ({ ...c, battery: { ...c.battery, capacityJoules: 12_060 } }),
    ],
    ['a day that begins a slot later', 3, (c: SiteChain): SiteChain => ({ ...c, lawOf: (t, s) => c.lawOf(t + 1, s) })],
    [
      'weather that is a little stickier',
      6,
      (c: SiteChain): SiteChain => ({ ...c, transitions: [[0.81, 0.14, 0.05], c.transitions[1], c.transitions[2]] }),
    ],
  ] as const)('%s', async (_, index, plant) => {
    const scenario = SITES[index][1];
    const site = resolveScenario(scenario).site;
    const compared = await compare(site, plant(chainOf(site)));
    expect(compared.some(({ z }) => z > 4)).toBe(true);
  });
});
