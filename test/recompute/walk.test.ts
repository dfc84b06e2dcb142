/**
 * Every number of what `validate --out` prints and writes of a walk: text, summary.json and report.html, worked out
 * anew from the integers of partials.json. What theory says is asked of theory. Each number is then made wrong in turn,
 * and must be found.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { compareJson, compareProse, numbersOf, takeApart, told, withPlantedError } from './explained.js';
import type { LeafRule, ProseRule } from './explained.js';
import { estimateRules, headRules, lawRules, theoryRules, timeRules } from './leaf-rules.js';
import type { Timed } from './leaf-rules.js';
import { Z95 } from './own-statistics.js';
import { missedInReport, pageComplaints } from './report-page.js';
import { tableComplaints } from './text-tables.js';
import type { TextColumn } from './text-tables.js';
import { validated } from './validated.js';
import type { Written } from './validated.js';
import { walkNumbers } from './walk-numbers.js';
import type { WalkNumbers } from './walk-numbers.js';
import { coarseRules, walkCell, walkRules } from './walk-report.js';

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

let run: Written;
let walk: WalkNumbers;
beforeAll(async () => {
  run = await validated(SCENARIO, TRIALS, HORIZONS);
  walk = walkNumbers(SCENARIO, HORIZONS, run.partials, 'recompute');
});
const timed = (): Timed => run.summary as Timed;

function leafRules(): LeafRule[] {
  const judged = walk.verdicts().horizons;
  const at = (i: string, k: string) => judged[Number(i)].verdicts[Number(k)];
  return [
    ...headRules(walk.scenario),
    ...lawRules(walk),
    [/^\/familyAlpha$/, () => 0.001],
    ...timeRules(TRIALS * HORIZONS[1], timed()),
    [/^\/horizons\/(\d)\/slots$/, (i) => HORIZONS[Number(i)]],
    [/^\/horizons\/\d\/trials$/, () => TRIALS],
    ...estimateRules('/horizons/(\\d)', (i) => walk.own[i]),
    ...theoryRules('/horizons/(\\d)', walk),
    [/^\/horizons\/(\d)\/verdicts\/(\d)\/coarse\/(\w+)$/, (i, k, name) => at(i, k).coarse?.[name as 'error'] ?? null],
    [/^\/horizons\/(\d)\/verdicts\/(\d)\/(\w+)$/, (i, k, name) => at(i, k)[name as 'pValue']],
  ];
}

/** What stands in each column of the two tables of the text, by horizon. */
const COLUMNS: readonly TextColumn[] = [
  [
    /^E\[D\] kJ, 95 %$/,
    ({ row, factor }) => [walk.own[row].mean / factor, (Z95 * walk.own[row].standardError) / factor],
  ],
  [/^exact$/, ({ row, factor }) => [walk.law(row, 'exact').mean / factor]],
  [/^corrected$/, ({ row, factor }) => [walk.law(row, 'corrected').mean / factor]],
  [/^Brownian$/, ({ row, factor }) => [walk.law(row, 'brownian').mean / factor]],
  [/^P\(D=0\)$/, ({ row }) => [walk.own[row].zero]],
  [/^exact$/, ({ row }) => [walk.law(row, 'exact').probabilityZero]],
  [/^sup/, ({ row }) => [walk.seen(row)]],
  [/^theory$/, ({ row }) => [walk.expectedDistance(row)]],
  ...['mean', 'SD', 'P(D=0)', 'χ²', 'KS'].map((name, k): TextColumn => [
    new RegExp(`^${name.replace(/[()]/g, '\\$&')}$`),
    ({ row }) => [walk.verdicts().horizons[row].verdicts[k].pValue],
  ]),
  [/^verdict$/, () => []],
];
const SLOTS: TextColumn = [/^slots$/, ({ row }) => [HORIZONS[row]]];

/** Complaints about the whole text. */
function textComplaints(text: string): string[] {
  const { tables, prose } = takeApart(text);
  return [...tableComplaints(tables, [SLOTS], COLUMNS), ...compareProse(prose, proseRules(), 'text')];
}

function proseRules(): ProseRule[] {
  const last = HORIZONS.length - 1;
  const { quantumJoules, samplingError } = walk.prepared.law;
  const { mean, variance, kolmogorov: distance } = samplingError;
  const { elapsedSeconds, pathSlotsPerSecond } = timed();
  return [
    told('light: # paths of # slots', TRIALS, HORIZONS[last]),
    told(
      'drift critical \\(# J\\) a slot, volatility # kJ, quantum # mJ',
      ...[0, walk.sigma / 1e3, quantumJoules * 1e3],
    ),
    told(
      'mean within # σ, variance within #, Kolmogorov distance # of',
      ...[Math.max(Math.abs(mean), 1e-15), Math.max(Math.abs(variance), 1e-15), distance],
    ),
    told('slots: of # s each', 10),
    [/E\[D\]: mean auxiliary energy needed.*?as the exact law has it/, () => []],
    [/their? 95 % interval/, () => []],
    told(
      'all # tests against the exact law of the sampled walk, family-wise α #(?=\\s)',
      ...[5 * HORIZONS.length, 0.001],
    ),
    told('The Brownian law at # slots is (?:not )?rejected', HORIZONS[last]),
    told('by # paths: they lie', TRIALS),
    told('lie # from it, where chance allows #\\.(?=\\s)', walk.seen(last), walk.critical),
    told('own error \\(# by theory\\)', walk.expectedDistance(last)),
    told('from about # paths on', walk.needed(last)),
    told('# threads?: # path-slots/s, # s', timed().engine.adapter.threads, pathSlotsPerSecond, elapsedSeconds),
    ...coarseRules(walk.verdicts()),
  ];
}

/** Complaints about the report but for its charts. */
function reportComplaints(report: string): string[] {
  const rules = walkRules(walk, timed());
  return pageComplaints(report, run.summary, (cell) => walkCell(walk, cell), rules);
}

describe('a walk', () => {
  it('has every number of its JSON from its integers', () => {
    expect(compareJson(run.summary, leafRules(), 1e-7)).toEqual([]);
  });

  it('has every number of its text from its integers, and a wrong one anywhere is found', () => {
    expect(textComplaints(run.text)).toEqual([]);
    const unnoticed = numbersOf(run.text).filter(
      (token) => textComplaints(withPlantedError(run.text, token)).length === 0,
    );
    expect(unnoticed).toEqual([]);
  });

  it('has every number of its report from its integers, and a wrong one is found', () => {
    expect(reportComplaints(run.report)).toEqual([]);
    expect(missedInReport(run.report, reportComplaints)).toEqual([]);
  });
});
