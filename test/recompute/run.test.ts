/**
 * Every number of what `run --out` prints and writes of a walk, which judges nothing, from the integers of
 * partials.json.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { compareJson, compareProse, numbersOf, takeApart, told, withPlantedError } from './explained.js';
import type { Expected } from './explained.js';
import { estimateRules, headRules, lawRules, timeRules } from './leaf-rules.js';
import type { Timed } from './leaf-rules.js';
import { Z95 } from './own-statistics.js';
import { missedInReport, pageComplaints } from './report-page.js';
import { recordComplaints } from './run-records.js';
import { tableComplaints } from './text-tables.js';
import type { TextColumn } from './text-tables.js';
import { validated } from './validated.js';
import type { HtmlCell, Written } from './validated.js';
import { walkNumbers } from './walk-numbers.js';
import type { WalkNumbers } from './walk-numbers.js';
import { engineRule, horizonRules, sentence, timeNumbers } from './walk-report.js';

const HORIZONS = [8, 32];
const TRIALS = 4000;
const SCENARIO = {
  schemaVersion: 1,
  name: 'light',
  slotSeconds: 10,
  arrivals: { ratePerSlot: 3 },
  tasks: [{ energyJoules: 1000 }, { energyJoules: 2500 }],
  harvest: { mean: 'critical', variance: 'matched' },
};
const QUANTILES = [0.1, 0.5, 0.9, 0.99];

let run: Written;
let walk: WalkNumbers;
beforeAll(async () => {
  run = await validated(SCENARIO, TRIALS, HORIZONS, 'run');
  walk = walkNumbers(SCENARIO, HORIZONS, run.partials, 'recompute');
});
const timed = (): Timed => run.summary as Timed;

const COLUMNS: readonly TextColumn[] = [
  [
    /^E\[D\] kJ, 95 %$/,
    ({ row, factor }) => [walk.own[row].mean / factor, (Z95 * walk.own[row].standardError) / factor],
  ],
  [/^SD kJ$/, ({ row, factor }) => [walk.own[row].standardDeviation / factor]],
  [/^P\(D = 0\)$/, ({ row }) => [walk.own[row].zero]],
  ...QUANTILES.map((p): TextColumn => [
    new RegExp(`^q${p}$`),
    ({ row, factor }) => [walk.own[row].quantile(p) / factor],
  ]),
];
const SLOTS: TextColumn = [/^slots$/, ({ row }) => [HORIZONS[row]]];

function textComplaints(text: string): string[] {
  const { tables, prose } = takeApart(text);
  const { quantumJoules, samplingError } = walk.prepared.law;
  const rules = [
    told('light: # paths of # slots', TRIALS, HORIZONS[1]),
    told('drift critical \\(# J\\) a slot, volatility # kJ, quantum # mJ', 0, walk.sigma / 1e3, quantumJoules * 1e3),
    told(
      'mean within # σ, variance within #, Kolmogorov distance # of',
      ...[
        Math.max(1e-15, Math.abs(samplingError.mean)),
        Math.max(1e-15, Math.abs(samplingError.variance)),
        samplingError.kolmogorov,
      ],
    ),
    told('slots: of # s each', 10),
    // Nine paths in ten: a name of the column.
    told('q(0\\.9): nine', 0.9),
    told('where its # % interval has two digits', 95),
    told(
      '# threads?: # path-slots/s, # s',
      ...[timed().engine.adapter.threads, timed().pathSlotsPerSecond, timed().elapsedSeconds],
    ),
  ];
  return [...tableComplaints(tables, [SLOTS], COLUMNS), ...compareProse(prose, rules, 'text')];
}

function reportComplaints(report: string): string[] {
  const rules = [
    sentence(
      'paths # slots # of # s seed recompute drift critical \\(# J\\) a slot volatility σ # kJ quantum # mJ',
      ...[TRIALS, HORIZONS[1], 10, 0, walk.sigma / 1e3, walk.prepared.law.quantumJoules * 1e3],
    ),
    engineRule(timed()),
    ...horizonRules(walk),
    sentence('on a lattice of # mJ', walk.prepared.law.quantumJoules * 1e3),
    [/SHA-256/, () => []] as const,
  ];
  const cell = ({ head, rowIndex }: HtmlCell): Expected => {
    if (head === 'slots') return [HORIZONS[rowIndex]];
    return head === 'time' ? timeNumbers(HORIZONS[rowIndex] * 10) : [];
  };
  return pageComplaints(report, run.summary, cell, rules);
}

describe('a run without verdict', () => {
  it('has every number of its JSON from its integers', () => {
    const rules = [
      ...headRules(walk.scenario),
      ...lawRules(walk),
      ...timeRules(TRIALS * HORIZONS[1], timed()),
      ...estimateRules('/horizons/(\\d)', (i) => walk.own[i]),
      [/^\/horizons\/(\d)\/slots$/, (i: string) => HORIZONS[Number(i)]] as const,
      [/^\/horizons\/\d\/trials$/, () => TRIALS] as const,
    ];
    expect(compareJson(run.summary, rules, 1e-7)).toEqual([]);
  });

  it('has every number and hash of its manifest and its record', () => {
    expect(recordComplaints(run, walk)).toEqual([]);
    const wrong = { ...run, files: new Map([...run.files].map(([name, text]) => [name, `${text} `])) };
    expect(recordComplaints(wrong, walk)).toHaveLength(run.files.size);
  });

  it('has every number of its text from its integers, and a wrong one anywhere is found', () => {
    expect(textComplaints(run.text)).toEqual([]);
    const missed = numbersOf(run.text).filter(
      (token) => textComplaints(withPlantedError(run.text, token)).length === 0,
    );
    expect(missed).toEqual([]);
  });

  it('has every number of its report from its integers, and a wrong one is found', () => {
    expect(reportComplaints(run.report)).toEqual([]);
    expect(missedInReport(run.report, reportComplaints)).toEqual([]);
  });

  it('shows estimates to the place of their intervals, as its text does', () => {
    const shown = /data-at="\/horizons\/1\/meanDeficit">([\d.]+)</.exec(run.report)?.[1];
    expect(run.text).toContain(`${String(shown)} ± `);
    const ends = [...run.report.matchAll(/data-at="\/horizons\/1\/meanInterval\/\w+">([\d.]+)</g)].map((m) => m[1]);
    const decimals = (text = ''): number => text.length - text.indexOf('.');
    expect(ends.map(decimals)).toEqual([decimals(shown), decimals(shown)]);
  });
});
