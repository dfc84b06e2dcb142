/**
 * Every number of what a site's `validate --out` and `run --out` print and write, worked out anew from the integers of
 * partials.json: a battery with limits under changing weather, which has an exact law, and tasks that wait, which have
 * none. Each number is then made wrong in turn, and must be found.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { compareJson, numbersOf, withPlantedError } from './explained.js';
import type { LeafRule } from './explained.js';
import { headRules, timeRules } from './leaf-rules.js';
import type { Timed } from './leaf-rules.js';
import { missedInReport } from './report-page.js';
import { SiteNumbers } from './site-numbers.js';
import { siteReportComplaints } from './site-page.js';
import { siteTextComplaints } from './site-text.js';
import { validated } from './validated.js';
import type { Written } from './validated.js';

const HORIZONS = [8, 24];
const TRIALS = 2000;
const SITE = {
  schemaVersion: 1,
  slotSeconds: 10,
  arrivals: { ratePerSlot: 2 },
  tasks: [{ energyJoules: 1000, weight: 3 }, { energyJoules: 5000 }],
  harvest: { mean: { timesDemand: 1.1 }, variance: 'matched' },
  battery: { initialJoules: 8000, capacityJoules: 30_000 },
};
const CASES = [
  {
    command: 'validate',
    scenario: {
      ...SITE,
      name: 'hut',
      harvest: {
        ...SITE.harvest,
        weather: {
          slotsPerStep: 4,
          states: [
            { name: 'clear', factor: 1.2 },
            { name: 'cloudy', factor: 0.7 },
          ],
          transitions: [
            [0.8, 0.2],
            [0.3, 0.7],
          ],
          initial: 'clear',
        },
      },
      battery: { ...SITE.battery, chargeEfficiency: 0.9, dischargeLimitWatts: 900 },
    },
  },
  {
    command: 'run',
    scenario: {
      ...SITE,
      name: 'sun',
      tasks: SITE.tasks.map((task) => ({ ...task, patienceSlots: 6 })),
      routing: { policy: { kind: 'latest' } },
    },
  },
] as const;

describe.each(CASES)('$command of $scenario.name', ({ command, scenario }) => {
  let run: Written;
  let site: SiteNumbers;
  beforeAll(async () => {
    run = await validated(scenario, TRIALS, HORIZONS, command);
    site = new SiteNumbers(scenario, HORIZONS, run.partials, command === 'validate');
  });
  const timed = (): Timed => run.summary as Timed;

  it('has every number of its JSON from its integers', () => {
    const { quantumJoules, samplingError } = site.prepared.law;
    const rules: LeafRule[] = [
      ...headRules(site.scenario, timed().engine.adapter.threads),
      [/^\/law\/driftJoulesPerSlot$/, () => site.drift],
      [/^\/law\/volatilityJoules$/, () => site.sigma],
      [/^\/law\/quantumJoules$/, () => quantumJoules],
      [/^\/law\/samplingError\/(\w+)$/, (name) => ({ ...samplingError })[name as 'mean']],
      [/^\/familyAlpha$/, () => 0.001],
      [/^\/tests$/, () => site.judgement().horizons.reduce((sum, h) => sum + h.verdicts.length, 0)],
      ...timeRules(TRIALS * HORIZONS[1], timed()),
      ...site.leafRules(),
    ];
    expect(compareJson(run.summary, rules, 1e-7)).toEqual([]);
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
