/**
 * Every number of what `validate --out` prints and writes of a distributed run, whose tasks burn their energy over
 * several slots: the distributed walk, which the report headlines, beside the lumped one on the same draws, worked out
 * anew from the integers of partials.json and proof-partials.json.
 */
import { resolveScenario } from '../../src/fleet/resolve.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { partialsFromJson } from '../../src/engine/partials-codec.js';
import { prepareProof } from '../../src/study/plan.js';
import { sampledReferences } from '../../src/study/references.js';
import { walkTheory } from '../../src/theory/walk-theory.js';
import { parseScenario } from '../../src/scenario/parse.js';
import { judgeProof } from '../../src/stats/proof.js';
import type { Proof } from '../../src/stats/proof.js';
import { compareJson, compareProse, numbersOf, takeApart, told, withPlantedError } from './explained.js';
import type { Expected, LeafRule, ProseRule } from './explained.js';
import { asked } from './exemptions.js';
import { estimateRules, headRules, lawRules, theoryRules, timeRules } from './leaf-rules.js';
import type { Timed } from './leaf-rules.js';
import { ownStatistics, Z95 } from './own-statistics.js';
import type { OwnStatistics } from './own-statistics.js';
import { missedInReport, pageComplaints } from './report-page.js';
import { recordComplaints } from './run-records.js';
import { tableComplaints } from './text-tables.js';
import type { TextColumn } from './text-tables.js';
import { factorOf, validated } from './validated.js';
import { SERVED } from './fleets.js';
import type { HtmlCell, Written } from './validated.js';
import { WalkNumbers } from './walk-numbers.js';
import { plannerRules, sentence, timeNumbers, walkCell, walkRules } from './walk-report.js';

const HORIZONS = [8, 32];
const TRIALS = 2000;
const task = { skills: 20, tokensPerSkill: 100, tolerance: 0.05 };
const SCENARIO = {
  schemaVersion: 1,
  name: 'served',
  slotSeconds: 1,
  arrivals: { ratePerSlot: 3 },
  accounting: 'distributed',
  fleet: SERVED.fleet,
  tasks: [
    { ...task, name: 'short', weight: 2, difficulty: 2.19, deadlineSeconds: 120 },
    { ...task, name: 'hard', weight: 1, difficulty: 3, deadlineSeconds: 200 },
  ],
  harvest: { mean: 'critical', variance: 'matched' },
};
/** Rows of proof-partials.json, each with all horizons. */
const ROWS = ['lumped', 'distributed', 'difference', 'consumption', 'violations'] as const;

let run: Written;
let own: OwnStatistics[];
let lumped: WalkNumbers;
let difference: OwnStatistics[];
let proof: Proof;
beforeAll(async () => {
  run = await validated(SCENARIO, TRIALS, HORIZONS);
  const request = { trials: TRIALS, horizons: HORIZONS, seed: 'recompute' };
  const prepared = prepareProof(resolveScenario(parseScenario(SCENARIO)), request);
  const { quantumJoules } = prepared.law;
  const counted = run.proof ?? { partialsVersion: 1, horizons: [] };
  const rows = (name: (typeof ROWS)[number]) => {
    const first = ROWS.indexOf(name) * HORIZONS.length;
    return counted.horizons.slice(first, first + HORIZONS.length);
  };
  own = run.partials.horizons.map((row) => ownStatistics(row, quantumJoules));
  difference = rows('difference').map((row) => ownStatistics(row, quantumJoules));
  lumped = new WalkNumbers(SCENARIO, HORIZONS, rows('lumped'), prepared, 0.0005);
  const references = sampledReferences(prepared.law, walkTheory(prepared.walk, HORIZONS));
  proof = asked(
    'verdicts',
    judgeProof(partialsFromJson(counted), prepared.walk, quantumJoules, references, [], 0.0005),
  );
});
const timed = (): Timed => run.summary as Timed;

/** The mean with the lumped deficit as control variate: covariance by Var(L − D) = Var L + Var D − 2 Cov. */
function controlled(i: number): { readonly mean: number; readonly error: number } {
  const [l, d, gap] = [lumped.own[i], own[i], difference[i]].map((row) => row.standardDeviation ** 2);
  const covariance = (l + d - gap) / 2;
  const slope = covariance / l;
  return {
    mean: own[i].mean - slope * (lumped.own[i].mean - lumped.law(i, 'exact').mean),
    error: Math.sqrt((d - slope * covariance) / TRIALS),
  };
}

/** p-values in their order: five of the lumped walk, one of the spread of what is consumed; then three claims. */
function verdictNumber(i: number, k: number, name: string): number {
  const flags = ['statistic', 'pValue', 'alpha'] as const;
  const key = flags.find((flag) => flag === name) ?? 'statistic';
  if (k < 5) return lumped.verdicts().horizons[i].verdicts[k][key];
  if (k === 5) return proof.horizons[i].verdicts[0][key];
  // No path breaks a claim.
  return { statistic: 0, pValue: 1, alpha: 0 }[key];
}

function leafRules(): LeafRule[] {
  return [
    ...headRules(lumped.scenario),
    ...lawRules(lumped),
    [/^\/familyAlpha$/, () => 0.001],
    ...timeRules(TRIALS * HORIZONS[1], timed()),
    [/^\/horizons\/(\d)(?:\/lumped)?\/slots$/, (i) => HORIZONS[Number(i)]],
    [/^\/horizons\/\d(?:\/lumped)?\/trials$/, () => TRIALS],
    ...estimateRules('/horizons/(\\d)', (i) => own[i]),
    ...estimateRules('/horizons/(\\d)/lumped', (i) => lumped.own[i]),
    ...theoryRules('/horizons/(\\d)/lumped', lumped),
    [/^\/horizons\/(\d)\/controlled\/meanDeficit$/, (i) => controlled(Number(i)).mean],
    [/^\/horizons\/(\d)\/controlled\/standardError$/, (i) => controlled(Number(i)).error],
    [/^\/horizons\/(\d)\/verdicts\/(\d)\/(\w+)$/, (i, k, name) => verdictNumber(Number(i), Number(k), name)],
  ];
}

const SLOTS: TextColumn = [/^slots$/, ({ row }) => [HORIZONS[row]]];
const mean = (of: (i: number) => OwnStatistics): TextColumn[1] => {
  return ({ row, factor }) => [of(row).mean / factor, (Z95 * of(row).standardError) / factor];
};
const COLUMNS: readonly TextColumn[] = [
  [/^E\[D\] kJ, 95 %$/, mean((i) => own[i])],
  [/^with control$/, ({ row, factor }) => [controlled(row).mean / factor, (Z95 * controlled(row).error) / factor]],
  [/^P\(D=0\)$/, ({ row }) => [own[row].zero]],
  [/^q0\.99$/, ({ row, factor }) => [own[row].quantile(0.99) / factor]],
  [/^lumped E\[D\]$/, mean((i) => lumped.own[i])],
  [/^exact$/, ({ row, factor }) => [lumped.law(row, 'exact').mean / factor]],
  [/^lumped q0\.99$/, ({ row, factor }) => [lumped.own[row].quantile(0.99) / factor]],
  [/^exact$/, ({ row, factor }) => [lumped.law(row, 'exact').quantile(0.99) / factor]],
  ...['lumped mean', 'SD', 'P\\(D=0\\)', 'χ²', 'KS', 'Lemma 2'].map((name, k): TextColumn => [
    new RegExp(`^${name}$`),
    ({ row }) => [verdictNumber(row, k, 'pValue')],
  ]),
  [/^Lemma 1$/, () => []],
  [/^Thm 1$/, () => []],
  [/^min$/, () => []],
  [/^verdict$/, () => []],
];

/** Complaints about the whole text. */
function textComplaints(text: string): string[] {
  const { tables, prose } = takeApart(text);
  return [...tableComplaints(tables, [SLOTS], COLUMNS), ...compareProse(prose, textRules(), 'text')];
}

function textRules(): ProseRule[] {
  const { quantumJoules, samplingError } = lumped.prepared.law;
  const { elapsedSeconds, pathSlotsPerSecond } = timed();
  return [
    told('served: # paths of # slots', TRIALS, HORIZONS[1]),
    told(
      'drift critical \\(# J\\) a slot, volatility # kJ, quantum # mJ',
      ...[0, lumped.sigma / 1e3, quantumJoules * 1e3],
    ),
    told(
      'mean within # σ, variance within #, Kolmogorov distance # of',
      ...[Math.abs(samplingError.mean), Math.abs(samplingError.variance), samplingError.kolmogorov],
    ),
    told('slots: of # s each', 1),
    told('q(0\\.99): # paths in # need no more', 0.99, 99, 100),
    // Names of theorems.
    [/Lemma 2: spread of what is consumed; Lemma 1: never above the lumped deficit; Thm 1: greedy/, () => []],
    [/\(Lemma 1\)\./, () => []],
    told('all # checks, family-wise α #\\.(?=\\s)', 9 * HORIZONS.length, 0.001),
    told('# threads?: # path-slots/s, # s', timed().engine.adapter.threads, pathSlotsPerSecond, elapsedSeconds),
  ];
}

function cellNumbers(cell: HtmlCell): Expected {
  const { caption, head, rowIndex: i, rest } = cell;
  if (!caption.startsWith('Deficit with energy burned')) return walkCell(lumped, cell);
  if (head === 'slots') return [HORIZONS[i]];
  if (head === 'time') return timeNumbers(HORIZONS[i]);
  if (!rest.startsWith('±')) return [];
  const error =
    head === 'mean'
      ? own[i].standardError
      : head === 'mean with control'
        ? controlled(i).error
        : lumped.own[i].standardError;
  return [(Z95 * error) / factorOf(caption)];
}

/** Complaints about the report but for its charts. */
function reportComplaints(report: string): string[] {
  const checks = 9 * HORIZONS.length;
  const rules = [
    // The headline is of the distributed walk: it comes before what is said of the lumped one.
    ...plannerRules(own[1]),
    sentence('All # checks pass, with a family-wise error rate of # \\(Holm\\)', checks, 0.001),
    sentence('it does on all # paths, and greedy injections equal it on every one \\(Theorem (1)\\)', TRIALS, 1),
    [/\(Lemma 1\)/, () => []] as const,
    [/Figure 3: /, () => []] as const,
    ...walkRules(lumped, timed()),
  ];
  return pageComplaints(report, run.summary, cellNumbers, rules);
}

describe('a distributed run', () => {
  it('has every number of its JSON from its integers', () => {
    // Were the two walks the same, nothing could be mixed up.
    expect(own[1].mean).toBeLessThan(0.9 * lumped.own[1].mean);
    expect(compareJson(run.summary, leafRules(), 1e-7)).toEqual([]);
  });

  it('has every number and hash of its manifest and its record', () => {
    expect(recordComplaints(run, lumped)).toEqual([]);
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

  it('headlines the distributed walk, and with the lumped one in its place it is found', () => {
    const headline = /will need\s+([\d.]+)\D+?kJ/.exec(run.report);
    expect(headline).not.toBe(null);
    const shown = String(headline?.[1]);
    expect(Math.abs(Number(shown) - own[1].mean / 1e3)).toBeLessThan(0.01);
    const wrong = run.report.replace(/(will need\s+)[\d.]+/, `$1${(lumped.own[1].mean / 1e3).toFixed(2)}`);
    expect(reportComplaints(wrong).length).toBe(1);
  });
});
