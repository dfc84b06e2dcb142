/**
 * Every number of what `validate --out` prints and writes of a walk: text, summary.json, report.html and its charts,
 * worked out anew from the integers of partials.json. What theory says is asked of theory. Each number is then made
 * wrong in turn, and must be found.
 */
import { parseHTML } from 'linkedom';
import { beforeAll, describe, expect, it } from 'vitest';
import { partialsFromJson } from '../../src/engine/partials-codec.js';
import { prepareRun } from '../../src/engine/simulate.js';
import { sampledReferences, walkTheory } from '../../src/report/rungs.js';
import { parseScenario } from '../../src/scenario/parse.js';
import { judge } from '../../src/stats/verdict.js';
import type { DeficitLaw } from '../../src/theory/deficit-law.js';
import { compare, compareJson, compareProse, numbersOf, takeApart, withPlantedError } from './explained.js';
import type { Expected, LeafRule, ProseRule } from './explained.js';
import { ownStatistics, Z95 } from './own-statistics.js';
import type { OwnStatistics } from './own-statistics.js';
import { clean, factorOf, htmlCells, validated } from './validated.js';
import type { Written } from './validated.js';

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
let own: OwnStatistics[];
const scenario = parseScenario(SCENARIO);
const prepared = prepareRun(scenario, { trials: TRIALS, horizons: HORIZONS, seed: 'recompute' });
const theory = walkTheory(prepared.walk, HORIZONS);
const law = (i: number, name: string): DeficitLaw =>
  theory.horizons[i][name.toLowerCase() as 'exact' | 'corrected' | 'brownian'];
/** σ of a slot: Poisson demand and a harvest of the same variance. */
const SIGMA = Math.sqrt(2 * 3 * ((1000 ** 2 + 2500 ** 2) / 2));
const CRITICAL = Math.sqrt(Math.log(2 / 0.05) / (2 * TRIALS));

/** What is dear is worked out once: each number of a text is made wrong in turn. */
const known = new Map<string, unknown>();
function once<T>(name: string, make: () => T): T {
  if (!known.has(name)) known.set(name, make());
  return known.get(name) as T;
}

/** P(D ≤ d) by a law at all edges of a horizon. */
const lawAt = (i: number, name: string): readonly number[] =>
  once(`${name} ${i}`, () => own[i].edges.slice(0, -1).map(([d]) => law(i, name).cdf(d)));

/** sup over the edges of |paths − law| and |law − law|. */
const seen = (i: number): number =>
  once(`seen ${i}`, () => Math.max(...lawAt(i, 'brownian').map((p, k) => Math.abs(own[i].edges[k][1] / TRIALS - p))));
/** From a deficit on. */
const apart = (i: number, name: string, from = 0): number =>
  Math.max(...lawAt(i, name).map((p, k) => (own[i].edges[k][0] >= from ? Math.abs(p - lawAt(i, 'exact')[k]) : 0)));
const expectedDistance = (i: number): number => once(`expected ${i}`, () => apart(i, 'brownian'));
/** Tests are theory's and the judge's own: asked of the same integers. */
const verdicts = () =>
  once('verdicts', () =>
    judge(partialsFromJson(run.partials), prepared.law.quantumJoules, sampledReferences(prepared.law, theory)),
  );

beforeAll(async () => {
  run = await validated(SCENARIO, TRIALS, HORIZONS);
  own = run.partials.horizons.map((row) => ownStatistics(row, prepared.law.quantumJoules));
});

interface Timed {
  readonly elapsedSeconds: number;
  readonly pathSlotsPerSecond: number;
  readonly engine: { readonly adapter: { readonly threads: number } };
}
const timed = (): Timed => run.summary as Timed;

const INTERVALS = { lower: 0, upper: 1 } as const;

function leafRules(): LeafRule[] {
  const end = (name: string): 0 | 1 => INTERVALS[name as keyof typeof INTERVALS];
  const at = (i: string): OwnStatistics => own[Number(i)];
  const judgement = verdicts();
  const error = (i: string) => theory.horizons[Number(i)].exact.error;
  return [
    [/^\/schemaVersion$/, () => 1],
    [
      /^\/scenario\/(.*)$/,
      (place) => place.split('/').reduce<unknown>((v, key) => (v as Record<string, unknown>)[key], scenario) as number,
    ],
    [/^\/engine\/adapter\/threads$/, () => timed().engine.adapter.threads],
    [/^\/law\/driftJoulesPerSlot$/, () => 0],
    [/^\/law\/volatilityJoules$/, () => SIGMA],
    [/^\/law\/quantumJoules$/, () => prepared.law.quantumJoules],
    [
      /^\/law\/samplingError\/(\w+)$/,
      (name) => (prepared.law.samplingError as unknown as Record<string, number>)[name],
    ],
    [/^\/familyAlpha$/, () => 0.001],
    [/^\/elapsedSeconds$/, () => (TRIALS * HORIZONS[1]) / timed().pathSlotsPerSecond],
    [/^\/pathSlotsPerSecond$/, () => (TRIALS * HORIZONS[1]) / timed().elapsedSeconds],
    [/^\/horizons\/(\d)\/slots$/, (i) => HORIZONS[Number(i)]],
    [/^\/horizons\/\d\/trials$/, () => TRIALS],
    [/^\/horizons\/(\d)\/meanDeficit$/, (i) => at(i).mean],
    [/^\/horizons\/(\d)\/standardError$/, (i) => at(i).standardError],
    [/^\/horizons\/(\d)\/meanInterval\/(\w+)$/, (i, e) => at(i).meanInterval[end(e)]],
    [/^\/horizons\/(\d)\/standardDeviation$/, (i) => at(i).standardDeviation],
    [/^\/horizons\/(\d)\/standardDeviationInterval\/(\w+)$/, (i, e) => at(i).standardDeviationInterval[end(e)]],
    [/^\/horizons\/(\d)\/probabilityZero$/, (i) => at(i).zero],
    [/^\/horizons\/(\d)\/probabilityZeroInterval\/(\w+)$/, (i, e) => at(i).zeroInterval[end(e)]],
    [/^\/horizons\/(\d)\/quantiles\/([\d.]+)$/, (i, p) => at(i).quantile(Number(p))],
    [/^\/horizons\/(\d)\/quantileIntervals\/([\d.]+)\/(\w+)$/, (i, p, e) => at(i).quantileInterval(Number(p))[end(e)]],
    [/^\/horizons\/(\d)\/exact\/error\/(\w+)$/, (i, name) => error(i)[name as 'mean']],
    [/^\/horizons\/(\d)\/(exact|corrected|brownian)\/meanDeficit$/, (i, name) => law(Number(i), name).mean],
    [
      /^\/horizons\/(\d)\/(exact|corrected|brownian)\/standardDeviation$/,
      (i, n) => law(Number(i), n).standardDeviation,
    ],
    [/^\/horizons\/(\d)\/(exact|corrected|brownian)\/probabilityZero$/, (i, n) => law(Number(i), n).probabilityZero],
    [
      /^\/horizons\/(\d)\/(exact|corrected|brownian)\/quantiles\/([\d.]+)$/,
      (i, n, p) => law(Number(i), n).quantile(Number(p)),
    ],
    [/^\/horizons\/(\d)\/brownianDistance\/seen$/, (i) => seen(Number(i))],
    [/^\/horizons\/(\d)\/brownianDistance\/expected$/, (i) => expectedDistance(Number(i))],
    [/^\/horizons\/\d\/brownianDistance\/criticalValue$/, () => CRITICAL],
    [/^\/horizons\/(\d)\/brownianDistance\/pValue$/, (i) => kolmogorov(Math.sqrt(TRIALS) * seen(Number(i)))],
    [
      /^\/horizons\/(\d)\/verdicts\/(\d)\/coarse\/(\w+)$/,
      (i, k, name) => judgement.horizons[Number(i)].verdicts[Number(k)].coarse?.[name as 'error'] ?? null,
    ],
    [
      /^\/horizons\/(\d)\/verdicts\/(\d)\/(\w+)$/,
      (i, k, name) => judgement.horizons[Number(i)].verdicts[Number(k)][name as 'pValue'],
    ],
  ];
}

/** P(√n·sup > x) for many paths. */
function kolmogorov(x: number): number {
  let total = 0;
  for (let k = 1; k < 100; k++) total += 2 * (-1) ** (k - 1) * Math.exp(-2 * k * k * x * x);
  return Math.min(1, total);
}

/** What stands in each column of the two tables of the text, by horizon; the first column begins every block. */
const ESTIMATES: readonly (readonly [head: RegExp, numbers: (i: number) => Expected])[] = [
  [/^E\[D\]/, (i) => [own[i].mean, Z95 * own[i].standardError]],
  [/^exact$/, (i) => [law(i, 'exact').mean]],
  [/^corrected$/, (i) => [law(i, 'corrected').mean]],
  [/^Brownian$/, (i) => [law(i, 'brownian').mean]],
  [/^P\(D=0\)$/, (i) => [own[i].zero]],
  [/^exact$/, (i) => [law(i, 'exact').probabilityZero]],
  [/^sup/, (i) => [seen(i)]],
  [/^theory$/, (i) => [expectedDistance(i)]],
];
const TESTS = ['mean', 'SD', 'P(D=0)', 'χ²', 'KS'];

/** Complaints about the whole text. */
function textComplaints(text: string): string[] {
  const { tables, prose } = takeApart(text);
  const judgement = verdicts();
  let column = 0;
  const complaints = tables.flatMap(({ heads, rows }) => {
    const isVerdicts = heads.includes('verdict');
    const factor = 10 ** 3;
    return heads.flatMap((head, c) => {
      const cells = rows.map((row) => row[c]);
      const named = compare(head, head.startsWith('E[D]') ? [95] : head === 'P(D=0)' ? [0] : [], 'a head');
      if (named.length > 0) return named;
      if (head === 'slots') return cells.flatMap((cell, i) => compare(cell, [HORIZONS[i]], head));
      if (isVerdicts) {
        const k = TESTS.indexOf(head);
        return cells.flatMap((cell, i) =>
          k < 0 ? compare(cell, [], head) : compare(cell, [judgement.horizons[i].verdicts[k].pValue], head),
        );
      }
      const [expected, numbers] = ESTIMATES[column++];
      if (!expected.test(head)) return [`the column ${head} is not the one expected`];
      const isEnergy = column <= 4;
      return cells.flatMap((cell, i) =>
        compare(
          cell,
          numbers(i).map((x) => (isEnergy ? x / factor : x)),
          head,
        ),
      );
    });
  });
  return [...complaints, ...compareProse(prose, proseRules(), 'text')];
}

function proseRules(): ProseRule[] {
  const last = HORIZONS.length - 1;
  const { mean, variance, kolmogorov: distance } = prepared.law.samplingError;
  const { quantumJoules } = prepared.law;
  const needed = Math.ceil(Math.log(2 / 0.05) / (2 * expectedDistance(last) ** 2));
  const { elapsedSeconds, pathSlotsPerSecond } = timed();
  const n = '([\\d.,e+-]+?)';
  const rule = (pattern: string, ...expected: number[]): ProseRule => [
    new RegExp(pattern.replaceAll('#', n)),
    () => expected,
  ];
  return [
    rule('light: # paths of # slots', TRIALS, HORIZONS[last]),
    rule('drift critical \\(# J\\) a slot, volatility # kJ, quantum # mJ', 0, SIGMA / 1e3, quantumJoules * 1e3),
    rule(
      'mean within # σ, variance within #, Kolmogorov distance # of',
      Math.max(Math.abs(mean), 1e-15),
      Math.max(Math.abs(variance), 1e-15),
      distance,
    ),
    rule('slots: of # s each', 10),
    [/E\[D\]: mean auxiliary energy needed.*?as the exact law has it/, () => []],
    [/their? 95 % interval/, () => []],
    rule('all # tests against the exact law of the sampled walk, family-wise α #(?=\\s)', 5 * HORIZONS.length, 0.001),
    rule('The Brownian law at # slots is (?:not )?rejected', HORIZONS[last]),
    rule('by # paths: they lie', TRIALS),
    rule('lie # from it, where chance allows #\\.(?=\\s)', seen(last), CRITICAL),
    rule('own error \\(# by theory\\)', expectedDistance(last)),
    rule('from about # paths on', needed),
    rule('# threads?: # path-slots/s, # s', timed().engine.adapter.threads, pathSlotsPerSecond, elapsedSeconds),
    ...coarseRules(),
  ];
}

function coarseRules(): ProseRule[] {
  return verdicts().horizons.flatMap(({ verdicts: tests, slots }) => {
    const coarse = tests.flatMap((test) => (test.coarse === undefined ? [] : [test.coarse]));
    if (coarse.length === 0) return [];
    const numbers = coarse.flatMap(({ error, samplingError }) => [error, samplingError]);
    const each = coarse
      .map(
        () =>
          '[^(]*(?:\\([^)]*cells\\) |\\([^)]*grouped\\) )?\\(error ([\\d.e-]+) against sampling error ([\\d.e-]+)\\)',
      )
      .join('');
    return [
      [
        new RegExp(`At (${slots}) slots there are too many trials for this law:${each}`),
        () => [slots, ...numbers],
      ] as const,
    ];
  });
}

/** Complaints about the report but for its charts. */
function reportComplaints(report: string): string[] {
  const cells = htmlCells(report, run.summary);
  const complaints = cells.flatMap(({ caption, head, rowIndex, rest, complaints: wrong, row }) => {
    const where = `${caption}, ${head}`;
    return [...wrong, ...compare(rest, expectedCell({ caption, head, rowIndex, row, rest }), where)];
  });
  const page = parseHTML(report).document;
  for (const part of page.querySelectorAll('table, svg, style, code, figcaption')) part.remove();
  return [...complaints, ...compareProse(clean(page.querySelector('main')?.textContent), reportRules(), 'report')];
}

interface Cell {
  readonly caption: string;
  readonly head: string;
  readonly row: string;
  readonly rest: string;
  readonly rowIndex: number;
}

function expectedCell({ caption, head, rowIndex, rest }: Cell): Expected {
  const i = /^(Mean deficit|Largest error)/.test(caption)
    ? rowIndex
    : Math.floor(rowIndex / (/^Spread/.test(caption) ? 4 : 5));
  if (head === 'slots') return [HORIZONS[i]];
  // The name of the chance, not a number.
  if (head === 'test of') return /= 0/.test(rest) ? [0] : [];
  if (head === 'time') return timeNumbers(HORIZONS[i] * 10);
  if (head.startsWith('±')) return [(Z95 * own[i].standardError) / factorOf(caption)];
  if (/^Largest error/.test(caption)) {
    if (rest === '—' || head === 'rejected here') return [];
    if (/^trials/.test(head))
      return [Number(Math.ceil(Math.log(2 / 0.05) / (2 * expectedDistance(i) ** 2)).toPrecision(2))];
    const name = head.split(' ')[0];
    if (name !== 'seen:') return [apart(i, name.toLowerCase(), head.includes('beyond') ? 10 * SIGMA : 0)];
  }
  return [];
}

const timeNumbers = (seconds: number): number[] =>
  seconds < 60 ? [seconds] : [Math.floor(seconds / 60), seconds % 60];

function reportRules(): ProseRule[] {
  const last = HORIZONS.length - 1;
  const { engine } = timed();
  const { quantumJoules, samplingError } = prepared.law;
  const tests = verdicts().horizons.flatMap((h) => h.verdicts.map((v) => ({ ...v, slots: h.slots })));
  const smallest = tests.reduce((a, b) => (b.pValue < a.pValue ? b : a));
  const needed = Number(Math.ceil(Math.log(2 / 0.05) / (2 * expectedDistance(last) ** 2)).toPrecision(2));
  const off = Math.abs(100 * (law(last, 'brownian').mean / law(last, 'exact').mean - 1));
  const n = '([\\d.,]+(?:·10[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+)?)';
  const rule = (pattern: string, ...expected: number[]): ProseRule => [
    new RegExp(pattern.replaceAll('#', n), 'g'),
    () => expected,
  ];
  return [
    rule(
      'paths # slots # of # s seed recompute drift critical \\(# J a slot\\) volatility σ # kJ',
      TRIALS,
      HORIZONS[last],
      10,
      0,
      SIGMA / 1e3,
    ),
    rule('cpu on # threads engine batterywalk 0\\.2\\.0', engine.adapter.threads),
    rule('On all # tests they agree', tests.length),
    [
      new RegExp(`${n} slots \\(${n} min ${n} s\\)`, 'g'),
      (slots) => {
        const horizon = HORIZONS.find((h) => String(h) === slots) ?? NaN;
        return [horizon, ...timeNumbers(horizon * 10)];
      },
    ],
    rule('will need # kJ of auxiliary energy', own[last].mean / 1e3),
    rule('more than # kJ, and', own[last].quantile(0.9) / 1e3),
    rule('in a hundred more than # kJ', own[last].quantile(0.99) / 1e3),
    rule('none with probability #\\.(?=\\s)', own[last].zero),
    rule('# tests share a family-wise error rate of # \\(Holm\\)', tests.length, 0.001),
    [
      new RegExp(`smallest p-value is ${n} \\([^0-9]*(?:\\(|, )[^0-9]*${n} slots\\), against ${n}\\.`),
      () => [smallest.pValue, smallest.slots, smallest.alpha],
    ],
    rule('at most one run of #\\.(?=\\s)', 1000),
    rule('is off by up to # in probability', expectedDistance(last)),
    rule('mean deficit is # % too', off),
    rule('from about # trials on; this run has #, ', needed, TRIALS),
    rule(
      'band is that of .*? ±√\\(ln\\(2/α\\)/\\(2n\\)\\) = ±# for n = #: with probability at least # %',
      CRITICAL,
      TRIALS,
      95,
    ),
    [/the statistic is in standard deviations/i, () => []],
    rule('P\\(D = #\\)', 0),
    rule('over those beyond #σ \\(# kJ\\), past the layer near D = # where', 10, SIGMA / 100, 0),
    rule('test at # % tells', 5),
    rule('Points are this run’s horizons \\(#, # slots\\)', HORIZONS[0], HORIZONS[1]),
    rule('Figure (2): ', 2),
    rule(
      'on a lattice of # mJ; one slot’s sampled law is within # of the scenario’s own',
      quantumJoules * 1e3,
      samplingError.kolmogorov,
    ),
    rule('its mean within # σ', Math.abs(samplingError.mean)),
    [/SHA-256/, () => []],
    ...coarseRules(),
  ];
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
    // Each mutant is a page to be read: every seventeenth number that stands in a tag of its own.
    const shown = [...run.report.matchAll(/<data[^>]*>([\d.,]+)<\/data>/g)].map(({ 0: all, 1: text, index }) => ({
      text,
      at: index + all.indexOf('>') + 1,
    }));
    expect(shown.length).toBeGreaterThan(70);
    const planted = shown.filter((_, i) => i % 17 === 0);
    for (const token of planted) expect(reportComplaints(withPlantedError(run.report, token))).not.toEqual([]);
  });
});
