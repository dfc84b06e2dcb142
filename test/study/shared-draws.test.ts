/** What two scenarios of one seed share, purpose by purpose. */
import { resolveScenario } from '../../src/fleet/resolve.js';
import { describe, expect, test } from 'vitest';
import { allIdentical, sharedDraws } from '../../src/study/shared-draws.js';
import type { DrawPurpose, Sharing } from '../../src/study/shared-draws.js';
import { prepareRun, prepareSite } from '../../src/study/plan.js';
import type { Scenario } from '../../src/scenario/scenario.js';
import { parseScenario } from '../../src/scenario/parse.js';
import { DAY, fleetWith, SITE_SETTINGS, siteWith, WEATHER } from '../engine/site-settings.js';

const request = { trials: 10, horizons: [64], seed: '1' };

type Shares = Partial<Record<DrawPurpose, Sharing>>;

function ofSites(a: Scenario, b: Scenario): Shares {
  const draws = sharedDraws(prepareSite(resolveScenario(a), request), prepareSite(resolveScenario(b), request));
  return Object.fromEntries(draws.map(({ purpose, sharing }) => [purpose, sharing]));
}

const alike = { arrivals: 'identical', kinds: 'identical', harvest: 'identical' } as const;
/** A battery whose room sets the quantum, whatever else changes. */
const battery = { initialJoules: 5000, capacityJoules: 1e7 };
const harvest = { mean: 30_000, variance: 1e8 };
const base = siteWith({ battery, harvest });

describe('sites', () => {
  test.each(SITE_SETTINGS)('$name: all alike with itself', ({ scenario }) => {
    const draws = sharedDraws(
      prepareSite(resolveScenario(scenario), request),
      prepareSite(resolveScenario(parseScenario(scenario)), request),
    );
    expect(allIdentical(draws)).toBe(true);
    expect(draws.length).toBeGreaterThanOrEqual(2);
  });

  test.each<[string, Record<string, unknown>, Shares]>([
    ['the rate', { arrivals: { ratePerSlot: 2.5 } }, { arrivals: 'otherLaw', kinds: 'identical' }],
    [
      'the profile of arrivals',
      { arrivals: { ratePerSlot: 2, profile: { values: [1, 2] } } },
      { arrivals: 'otherLaw', kinds: 'identical' },
    ],
    [
      'weights',
      { tasks: [{ energyJoules: 1000, weight: 2 }, { energyJoules: 5000 }] },
      { arrivals: 'identical', kinds: 'otherLaw' },
    ],
    [
      'what a kind costs',
      { tasks: [{ energyJoules: 1100, weight: 3 }, { energyJoules: 5100 }] },
      { arrivals: 'identical', kinds: 'identical' },
    ],
    ['the mean of the harvest', { harvest: { ...harvest, mean: 30_100 } }, { ...alike, harvest: 'otherLaw' }],
    ['its variance', { harvest: { ...harvest, variance: 1.1e8 } }, { ...alike, harvest: 'otherLaw' }],
    ['its profile', { harvest: { ...harvest, profile: DAY } }, { ...alike, harvest: 'otherLaw' }],
    ['its correlation', { harvest: { ...harvest, correlation: 0.5 } }, { ...alike, harvest: 'otherLaw' }],
    [
      'weather or none',
      { harvest: { ...harvest, weather: WEATHER } },
      { ...alike, harvest: 'otherLaw', weather: 'onlySecond' },
    ],
  ])('%s', (_, changes, expected) => {
    expect(ofSites(base, siteWith({ battery, harvest, ...changes }))).toMatchObject(expected);
  });

  test('weather that changes otherwise, and states that are worth more', () => {
    const under = (weather: unknown): Scenario => siteWith({ battery, harvest: { ...harvest, weather } });
    const own = under(WEATHER);
    expect(ofSites(own, under({ ...WEATHER, slotsPerStep: 4 }))).toEqual({ ...alike, weather: 'otherLaw' });
    const [clear, ...others] = WEATHER.states;
    const brighter = under({ ...WEATHER, states: [{ ...clear, factor: 2 }, ...others] });
    expect(ofSites(own, brighter)).toEqual({ ...alike, harvest: 'otherLaw', weather: 'identical' });
    expect(ofSites(own, base)).toEqual({ ...alike, harvest: 'otherLaw', weather: 'onlyFirst' });
  });

  test('traces draw where paths start, and noise; what they are worth draws nothing', () => {
    const trace = { values: [1, 5, 3, 2, 4, 1], unit: 'W', secondsPerValue: 20, play: 'loop' };
    const played = (more: object): Scenario => siteWith({ battery, harvest: { trace: { ...trace, ...more } } });
    expect(ofSites(played({}), played({ values: [2, 6, 3, 2, 4, 1] }))).toEqual({
      arrivals: 'identical',
      kinds: 'identical',
    });
    expect(ofSites(played({ start: 'random' }), played({}))).toMatchObject({ blocks: 'onlyFirst' });
    const blocks = { play: 'bootstrap', blockSeconds: 40, noiseShape: 3 };
    expect(ofSites(played(blocks), played({ ...blocks, blockSeconds: 60 }))).toMatchObject({ blocks: 'otherLaw' });
    expect(ofSites(played(blocks), played({ ...blocks, noiseShape: 4 }))).toMatchObject({
      blocks: 'identical',
      harvest: 'otherLaw',
    });
    expect(ofSites(played(blocks), base)).toMatchObject({ blocks: 'onlyFirst', harvest: 'otherLaw' });
  });

  test('routers see the same draws, whether their tasks wait or not; other error rates see the same kinds', () => {
    const routed = (errorRate: number, policy?: object): Scenario =>
      fleetWith({ routing: { errorRate, policy }, battery: { capacityJoules: 5e6 } });
    const sites = [routed(0.1), routed(0.1, { kind: 'latest' }), routed(0.1, { kind: 'threshold', levelJoules: 1e6 })];
    for (const site of sites.slice(1)) expect(ofSites(sites[0], site)).toEqual({ ...alike, routes: 'identical' });
    expect(ofSites(sites[0], routed(0.2))).toEqual({ ...alike, routes: 'otherLaw' });
    expect(ofSites(sites[0], routed(0))).toEqual({ ...alike, routes: 'onlyFirst' });
  });
});

describe('the paper’s walk', () => {
  const prepared = (changes: Record<string, unknown>) => prepareRun(resolveScenario(fleetWith(changes)), request);

  test('lumped, the net increment is one draw: alike, or of another law', () => {
    const own = prepared({});
    expect(sharedDraws(own, prepared({ name: 'again' }))).toEqual([{ purpose: 'increments', sharing: 'identical' }]);
    const richer = prepared({ harvest: { mean: { timesDemand: 1.01 } } });
    expect(sharedDraws(own, richer)).toEqual([{ purpose: 'increments', sharing: 'otherLaw' }]);
  });

  test('task by task the purposes are those of a site, and none is that of the lumped walk', () => {
    const tasks = prepared({ accounting: 'distributed' });
    expect(sharedDraws(tasks, prepared({ accounting: 'distributed', routing: { errorRate: 0.1 } }))).toEqual([
      { purpose: 'arrivals', sharing: 'identical' },
      { purpose: 'kinds', sharing: 'identical' },
      { purpose: 'routes', sharing: 'onlySecond' },
      { purpose: 'harvest', sharing: expect.stringMatching(/identical|otherLaw/) as string },
    ]);
    const site = prepareSite(resolveScenario(fleetWith({ battery: { capacityJoules: 1e6 } })), request);
    expect(sharedDraws(tasks, site).slice(0, 2)).toEqual([
      { purpose: 'arrivals', sharing: 'identical' },
      { purpose: 'kinds', sharing: 'identical' },
    ]);
    expect(sharedDraws(prepared({}), tasks).map(({ sharing }) => sharing)).toEqual([
      'onlyFirst',
      'onlySecond',
      'onlySecond',
      'onlySecond',
    ]);
  });
});
