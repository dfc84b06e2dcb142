/**
 * Runs of sites against the exact laws of their chains: right ones pass, planted errors are found. 20,000 paths; every
 * family keeps α = 0.001.
 */
import { resolveScenario } from '../../src/fleet/resolve.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { host } from '#host';
import type { Backend } from '../../src/engine/backend.js';
import { createCpuBackend } from '../../src/engine/cpu/backend.js';
import type { Partials } from '../../src/engine/partials.js';
import { SITE_ROWS, SITE_VIOLATION } from '../../src/engine/site-job.js';
import { prepareSite } from '../../src/study/plan.js';
import type { Site } from '../../src/fleet/site.js';
import { siteUnits } from '../../src/study/site.js';
import type { Scenario } from '../../src/scenario/scenario.js';
import { siteReference } from '../../src/theory/site-reference.js';
import type { SiteReference } from '../../src/theory/site-reference.js';
import type { SiteUnits } from '../../src/stats/site-summary.js';
import { judgeSite } from '../../src/stats/site-verdict.js';
import { batteryLaw } from '../../src/theory/chain/battery-law.js';
import { siteChain } from '../../src/theory/chain/site-chain.js';
import { LOSSY, fleetWith, siteWith } from '../engine/site-settings.js';

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

const LEAKY = siteWith({ battery: { ...LOSSY, leakPerSlot: 0.02 } });

/**
 * Charged to its limit out of nothing, the battery of LOSSY holds 3600 J, between points of the lattices, one time in
 * thirty.
 */
describe('an atom between lattice points', () => {
  const site = siteOfScenario(siteWith({ battery: LOSSY }));

  test('is in the error that the level’s law claims', () => {
    for (const { level } of batteryLaw(siteChain(site) as Exclude<ReturnType<typeof siteChain>, string>, HORIZONS)) {
      for (const v of [3560, 3599, 3601, 3640]) expect(level.cdfErrorAt(v)).toBeGreaterThan(0.01);
      expect(level.cdfErrorAt(5000)).toBeLessThan(5e-4);
    }
  });
});

describe('planted errors are found', () => {
  let run: Run;
  beforeAll(async () => {
    run = await runOf(LEAKY);
  });

  const wrong = (battery: object): Site =>
    siteOfScenario(siteWith({ battery: { ...LOSSY, leakPerSlot: 0.02, ...battery } }));
  test.each([
    ['discharge efficiency 0.88 for 0.85', { dischargeEfficiency: 0.88 }],
    ['charge efficiency 0.95 for 0.9', { chargeEfficiency: 0.95 }],
    ['no leak', { leakPerSlot: 0 }],
    ['a capacity of 27 kJ for 30 kJ', { capacityJoules: 27_000 }],
    ['no charge limit', { chargeLimitWatts: undefined }],
    ['no discharge limit', { dischargeLimitWatts: undefined }],
    ['an empty battery at the start', { initialJoules: 0 }],
  ])('%s', (_, battery) => {
    const { partials, units, site } = run;
    expect(judgeSite(partials, units, quickReference(site)).pass).toBe(true);
    expect(judgeSite(partials, units, quickReference(wrong(battery))).pass).toBe(false);
  });

  test('paths whose waste was not counted', () => {
    const { partials, units, site } = run;
    const at = SITE_ROWS.indexOf('waste') * HORIZONS.length;
    const horizons = partials.horizons.map((h, i) =>
      i < at || i >= at + HORIZONS.length
        ? h
        : { ...h, zeros: h.count, sum: 0n, sumOfSquares: 0n, histogram: new Float64Array(h.histogram.length) },
    );
    const judgement = judgeSite({ horizons }, units, quickReference(site));
    expect(judgement.horizons.flatMap((h) => h.verdicts.filter((v) => !v.pass).map((v) => v.quantity))).toEqual([
      'waste',
      'waste',
    ]);
  });

  test('a violation on one path fails the run, and is named', () => {
    const { partials, units } = run;
    const last = SITE_ROWS.length * HORIZONS.length - 1;
    const horizons = partials.horizons.map((h, i) => {
      if (i !== last) return h;
      const histogram = h.histogram.slice();
      histogram[SITE_VIOLATION.deadlineMissed | SITE_VIOLATION.levelOutside] = 1;
      return { ...h, zeros: h.zeros - 1, histogram };
    });
    const judgement = judgeSite({ horizons }, units, { kind: 'none', reason: 'a test' });
    expect(judgement.pass).toBe(false);
    expect(judgement.horizons.map((h) => h.violations)).toEqual([
      [],
      [
        { name: 'deadlineMissed', paths: 1 },
        { name: 'levelOutside', paths: 1 },
      ],
    ]);
  });
});

describe('where there is no chain', () => {
  const correlated = siteWith({ harvest: { mean: 'critical', variance: 'matched', correlation: 0.6 } });

  test.each([
    ['correlation', correlated, /correlation/, true],
    [
      'correlation and a capacity',
      siteWith({
        battery: { capacityJoules: 1e5 },
        harvest: { mean: 'critical', variance: 'matched', correlation: 0.6 },
      }),
      /correlation/,
      false,
    ],
    ['distributed accounting', fleetWith({ accounting: 'distributed' }), /distributed/, true],
  ])('%s: the reason, and the limit if the battery has none', (_, scenario, reason, limit) => {
    const reference = siteReference(siteOfScenario(scenario), HORIZONS);
    if (reference.kind !== 'none') throw new Error('a chain was found');
    expect(reference.reason).toMatch(reason);
    expect(reference.asymptotic !== undefined).toBe(limit);
  });

  test('correlation 0.6 makes the volatility larger by what it does to half of the variance', () => {
    const reference = siteReference(siteOfScenario(correlated), HORIZONS);
    if (reference.kind !== 'none' || reference.asymptotic === undefined) throw new Error('no limit was found');
    // √(½ + ½·(1 + ρ)/(1 − ρ)) = √(½ + ½·4) for a normal law; a little less for a Gamma law.
    const times = reference.asymptotic.constants.volatility / Math.sqrt(2 * 14e6);
    expect(times).toBeGreaterThan(1.5);
    expect(times).toBeLessThan(Math.sqrt(2.5));
  });
});
