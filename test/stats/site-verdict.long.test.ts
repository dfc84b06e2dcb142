/** Verdicts of sites: right ones pass, over many seeds and with few paths. Planted errors: site-verdict.test.ts. */
import { resolveScenario } from '../../src/fleet/resolve.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { host } from '#host';
import type { Backend } from '../../src/engine/backend.js';
import { createCpuBackend } from '../../src/engine/cpu/backend.js';
import type { Partials } from '../../src/engine/partials.js';
import { prepareSite } from '../../src/study/plan.js';
import type { Site } from '../../src/fleet/site.js';
import { siteUnits } from '../../src/study/site.js';
import type { Scenario } from '../../src/scenario/scenario.js';
import { siteReference } from '../../src/theory/site-reference.js';
import type { SiteReference } from '../../src/theory/site-reference.js';
import type { SiteUnits } from '../../src/stats/site-summary.js';
import { judgeSite } from '../../src/stats/site-verdict.js';
import type { SiteJudgement } from '../../src/stats/site-verdict.js';
import { batteryLaw } from '../../src/theory/chain/battery-law.js';
import { siteChain } from '../../src/theory/chain/site-chain.js';
import { DAY, LOSSY, WEATHER, siteWith } from '../engine/site-settings.js';

let cpu: Backend;
beforeAll(() => {
  cpu = createCpuBackend(host, 2);
});
afterAll(() => cpu.release());

const HORIZONS = [6, 32];
const TRIALS = 20_000;

interface Run {
  readonly site: Site;
  readonly partials: Partials;
  readonly units: SiteUnits;
}

async function runOf(scenario: Scenario, trials = TRIALS, seed = 'sites'): Promise<Run> {
  const prepared = prepareSite(resolveScenario(scenario), { trials, horizons: HORIZONS, seed });
  return { site: prepared.site, partials: await cpu.run(prepared.job), units: siteUnits(prepared) };
}

function siteOfScenario(scenario: Scenario): Site {
  return resolveScenario(scenario).site;
}

/** The moments and the level's law alone: the whole law of the auxiliary energy takes seconds. */
function quickReference(site: Site): SiteReference {
  const chain = siteChain(site);
  if (typeof chain === 'string') throw new Error(chain);
  return { kind: 'exact', chain, horizons: batteryLaw(chain, HORIZONS) };
}

function failures({ horizons }: SiteJudgement): string[] {
  return horizons.flatMap(({ slots, verdicts }) =>
    verdicts
      .filter((verdict) => !verdict.pass)
      .map((v) => `${v.quantity} ${v.name} at ${slots}: statistic ${v.statistic}, p ${v.pValue} ≤ ${v.alpha}`),
  );
}

const LEAKY = siteWith({ battery: { ...LOSSY, leakPerSlot: 0.02 } });

describe('right runs', () => {
  test.each([
    ['every limit and loss', LEAKY, 24],
    [
      'day, weather and rush hours',
      siteWith({
        battery: { initialJoules: 5000, capacityJoules: 60_000 },
        arrivals: { ratePerSlot: 2, profile: { values: [1, 2, 0], slotsPerValue: 8 } },
        harvest: { mean: { timesDemand: 1.1 }, variance: 'matched', profile: DAY, weather: WEATHER },
      }),
      24,
    ],
    [
      'weather, no capacity',
      siteWith({
        battery: { initialJoules: 4000 },
        harvest: { mean: { timesDemand: 1.1 }, variance: 'matched', weather: WEATHER },
      }),
      22,
    ],
  ])('%s', async (_, scenario, tests) => {
    const { site, partials, units } = await runOf(scenario);
    const reference = siteReference(site, HORIZONS);
    const judgement = judgeSite(partials, units, reference);
    expect(failures(judgement)).toEqual([]);
    expect(judgement.pass).toBe(true);
    expect(judgement.tests).toBe(tests);
  });
});

/**
 * Charged to its limit out of nothing, the battery of LOSSY holds 3600 J, between points of the lattices, one time in
 * thirty.
 */
describe('an atom between lattice points', () => {
  const site = siteOfScenario(siteWith({ battery: LOSSY }));

  test.each([1, 2, 3, 4])('is not held against few paths: seed %d', async (seed) => {
    const run = await runOf(siteWith({ battery: LOSSY }), 4000, String(seed));
    expect(failures(judgeSite(run.partials, run.units, quickReference(site)))).toEqual([]);
  });
});

test('p-values of right runs are not too small: 24 seeds, 7 tests of unknown spread or few paths each', async () => {
  // Waste and deficits are rare here: the battery is large and full.
  const scenario = siteWith({ battery: { initialJoules: 35_000, capacityJoules: 60_000 } });
  const site = siteOfScenario(scenario);
  const reference = quickReference(site);
  const pValues: number[] = [];
  for (let seed = 0; seed < 24; seed++) {
    const prepared = prepareSite(resolveScenario(scenario), { trials: 2000, horizons: HORIZONS, seed: `seed ${seed}` });
    const judgement = judgeSite(await cpu.run(prepared.job), siteUnits(prepared), reference);
    expect(failures(judgement)).toEqual([]);
    pValues.push(...judgement.horizons.flatMap((h) => h.verdicts.map((v) => v.pValue)));
  }
  const small = pValues.filter((p) => p < 0.01).length;
  // About 1 % of them; dependent ones in groups.
  expect(small / pValues.length).toBeLessThan(0.03);
});
