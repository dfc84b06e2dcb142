/**
 * Every number of what a site's `validate --out` and `run --out` print and write, worked out anew from the integers of
 * partials.json. Each number is then made wrong in turn, and must be found.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { parseScenario } from '../../src/scenario/parse.js';
import { compareJson, numbersOf, withPlantedError } from './explained.js';
import type { LeafRule } from './explained.js';
import { asked } from './exemptions.js';
import { headRules, timeRules } from './leaf-rules.js';
import type { Timed } from './leaf-rules.js';
import { pathTotals } from './own-paths.js';
import type { PathTotals } from './own-paths.js';
import { missedInReport } from './report-page.js';
import { recordComplaints } from './run-records.js';
import { SiteNumbers } from './site-numbers.js';
import { siteReportComplaints } from './site-page.js';
import { siteTextComplaints } from './site-text.js';
import { FULL, HUT, SUN, TRIALS } from './sites.js';
import { validated } from './validated.js';
import type { Written } from './validated.js';

describe.each([HUT, SUN, FULL])('$command of $scenario.name', ({ command, horizons, scenario }) => {
  let run: Written;
  let site: SiteNumbers;
  beforeAll(async () => {
    // With every row: of sites by slots some are expectations.
    run = await validated(scenario, TRIALS, horizons, command, ['--kernel', 'tasks']);
    site = new SiteNumbers(scenario, horizons, run.partials, command === 'validate');
  });
  const timed = (): Timed => run.summary as Timed;

  it('has every number of its JSON from its integers', () => {
    const { quantumJoules, samplingError } = asked('sampled law', site.prepared.law);
    const rules: LeafRule[] = [
      ...headRules(site.scenario),
      [/^\/law\/driftJoulesPerSlot$/, () => site.drift],
      [/^\/law\/volatilityJoules$/, () => site.sigma],
      [/^\/law\/quantumJoules$/, () => quantumJoules],
      [/^\/law\/samplingError\/(\w+)$/, (name) => ({ ...samplingError })[name as 'mean']],
      [/^\/familyAlpha$/, () => 0.001],
      [/^\/tests$/, () => site.judgement().horizons.reduce((sum, h) => sum + h.verdicts.length, 0)],
      ...timeRules(TRIALS * horizons[horizons.length - 1], timed()),
      ...site.leafRules(),
    ];
    expect(compareJson(run.summary, rules, 1e-7)).toEqual([]);
  });

  it('has every number and hash of its manifest and its record', () => {
    expect(recordComplaints(run, site)).toEqual([]);
  });

  it('has every number of its text from its integers, and a wrong one anywhere is found', () => {
    const complaints = (text: string): string[] => siteTextComplaints(site, text, timed());
    expect(complaints(run.text)).toEqual([]);
    const missed = numbersOf(run.text).filter((token) => complaints(withPlantedError(run.text, token)).length === 0);
    expect(missed).toEqual([]);
  });

  it('has every number of its report from its integers, and a wrong one is found', () => {
    const complaints = (report: string): string[] => siteReportComplaints(site, report, run.summary, timed());
    expect(complaints(run.report)).toEqual([]);
    expect(missedInReport(run.report, complaints)).toEqual([]);
  });
});

describe('the battery that is full or empty in one path of ten', () => {
  const { scenario, horizons } = FULL;
  const slots = horizons[horizons.length - 1];
  const walked = async (battery: object): Promise<PathTotals> => {
    const [totals] = await pathTotals(parseScenario({ ...scenario, battery }), [slots], TRIALS);
    return totals;
  };
  const mean = (x: readonly number[]): number => x.reduce((a, b) => a + b, 0) / x.length;

  it('has its charge at both ends, and both limits bind', async () => {
    const { capacityJoules } = scenario.battery;
    const whole = await walked(scenario.battery);
    const levels = whole.of('level').map((level) => level * whole.levelJoules);
    expect(Math.max(...levels)).toBeCloseTo(capacityJoules, 6);
    expect(mean(levels.map((level) => (level >= capacityJoules * (1 - 1e-9) ? 1 : 0)))).toBeGreaterThan(0.05);
    expect(mean(levels.map((level) => (level === 0 ? 1 : 0)))).toBeGreaterThan(0.05);
    for (const limit of ['chargeLimitWatts', 'dischargeLimitWatts'] as const) {
      const free = await walked({ ...scenario.battery, [limit]: undefined });
      for (const row of ['waste', 'auxiliary']) {
        const [bound, unbound] = [whole, free].map((side) => mean(side.of(row)) * side.quantumJoules);
        // What is not stored is wasted and lacks later; what may not be given is lacking, and leaves less room.
        expect(bound, `${limit}, ${row}`).toBeGreaterThan(1.02 * unbound);
      }
    }
  });
});
