/**
 * Every number of what `sweep --dry-run` prints, before a sweep and after it, and of the sweep's run.json: sizes by
 * their formulas, and what neighbours have in common from paths that are walked again.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseScenario } from '../../src/scenario/parse.js';
import { runOn } from '../cli/sink.js';
import { given } from './exemptions.js';
import { MAST } from './fleets.js';
import { compareJson, compareProse, numbersOf, standsAt, takeApart, told, withPlantedError } from './explained.js';
import type { Expected, LeafRule, ProseRule } from './explained.js';
import { timeRules } from './leaf-rules.js';
import type { Timed } from './leaf-rules.js';
import { covarianceOf } from './own-differences.js';
import { pathDeficitsAt } from './own-paths.js';
import { tableComplaints } from './text-tables.js';
import type { TextCell, TextColumn } from './text-tables.js';

const [TRIALS, HORIZONS] = [500, [8, 24]];
const SLOTS = HORIZONS[1];
const TIMES = [1.05, 1.2, 1.4];
const CHARGES = [0, 4000];
const SWEEP = {
  ...{ schemaVersion: 1, name: 'plan', base: MAST, trials: TRIALS, horizons: HORIZONS, seed: 'recompute' },
  ...{ axes: { 'harvest.mean.timesDemand': TIMES, 'battery.initialJoules': CHARGES }, risks: [0.1], exact: 'none' },
};
const POINTS = TIMES.flatMap((times) => CHARGES.map((charge) => ({ times, charge })));
/** Two points that differ by one step of one axis, by their numbers. */
const PAIRS = POINTS.flatMap((a, i) =>
  POINTS.map((b, j) => ({ a, b, i, j }))
    .filter(({ b, j }) => (j === i + 1 && b.times === a.times) || (j === i + 2 && b.charge === a.charge))
    .map(({ b, j }) => ({ i, j, axis: b.times === a.times ? 'battery.initialJoules' : 'harvest.mean.timesDemand' })),
);
const BINS = 4096;
const MEBIBYTE = 2 ** 20;
/** What a process takes by itself, its points' share, and sixteen points that are counted at once. */
const MEMORY = 192 * MEBIBYTE + POINTS.length * 4096 + 16 * HORIZONS.length * BINS * 8;
/** A head for each shard, and two bytes for each bin that a path may be in. */
const DISK = POINTS.length * (300 + HORIZONS.length * Math.min(BINS, TRIALS) * 2);

const root = mkdtempSync(join(tmpdir(), 'batterywalk-recompute-'));
const out = join(root, 'out');
afterAll(() => {
  rmSync(root, { recursive: true });
});

interface OwnPair {
  readonly axis: string;
  readonly points: readonly [number, number];
  readonly correlation: number;
  readonly varianceReduction: number;
  readonly meanDifference: number;
  readonly less: number;
  readonly greater: number;
  readonly againstShare: number;
}
interface Plan {
  readonly pathSlotsPerSecond: number;
  readonly estimatedSeconds: number;
  readonly common: { readonly measured: readonly { readonly points: readonly [number, number] }[] };
}

let own: readonly OwnPair[];
let before: { readonly text: string; readonly json: Plan };
let after: { readonly text: string; readonly json: Plan };
let record: Timed;
beforeAll(async () => {
  const file = join(root, 'sweep.json');
  writeFileSync(file, JSON.stringify(SWEEP));
  const ran = async (...options: string[]): Promise<string> => {
    const { stdout, stderr } = await runOn([
      ...['sweep', file, '--out', out, '--backend', 'cpu', '--quiet'],
      ...options,
    ]);
    expect(stderr).toBe('');
    return stdout;
  };
  const planned = async () => ({
    text: await ran('--dry-run'),
    json: JSON.parse(await ran('--dry-run', '--json')) as Plan,
  });
  before = await planned();
  await ran();
  record = JSON.parse(readFileSync(join(out, 'run.json'), 'utf8')) as Timed;
  after = await planned();
  const deficits = await Promise.all(
    POINTS.map(async ({ times, charge }) => {
      const harvest = { mean: { timesDemand: times }, variance: 'matched' };
      const scenario = parseScenario({ ...MAST, harvest, battery: { initialJoules: charge } });
      const { quantumJoules, deficits: all } = await pathDeficitsAt(scenario, [SLOTS], TRIALS);
      return all[0].map((quanta) => quanta * quantumJoules);
    }),
  );
  own = PAIRS.map(({ i, j, axis }): OwnPair => {
    const [a, b] = [deficits[i], deficits[j]];
    const [varianceA, varianceB, both] = [covarianceOf(a, a), covarianceOf(b, b), covarianceOf(a, b)];
    const gaps = a.map((x, k) => x - b[k]);
    const [less, greater] = [gaps.filter((gap) => gap < 0).length, gaps.filter((gap) => gap > 0).length];
    const meanDifference = gaps.reduce((x, y) => x + y, 0) / TRIALS;
    return {
      ...{ axis, points: [i, j], meanDifference, less, greater },
      correlation: both / Math.sqrt(varianceA * varianceB),
      varianceReduction: (varianceA + varianceB) / (varianceA + varianceB - 2 * both),
      againstShare: (meanDifference > 0 ? less : greater) / TRIALS,
    };
  });
});

function leafRules({ common }: Plan, finished: number): LeafRule[] {
  const filled = { ...SWEEP, shardPathSlots: 2 ** 30 };
  const pair = (k: string): OwnPair => {
    const { points } = common.measured[Number(k)];
    const found = own.find(({ points: [i, j] }) => i === points[0] && j === points[1]);
    if (found === undefined) throw new Error(`no neighbours are ${points.join(' and ')}`);
    return found;
  };
  return [
    [/^\/schemaVersion$/, () => 1],
    [/^\/sweep\/(.*)$/, (place) => standsAt(filled, `/${place}`) as number],
    [/^\/points\/(\d+)\/point$/, Number],
    [/^\/points\/(\d+)\/values\/harvest.*$/, (k) => POINTS[Number(k)].times],
    [/^\/points\/(\d+)\/values\/battery.*$/, (k) => POINTS[Number(k)].charge],
    [/^\/shards$/, () => POINTS.length],
    [/^\/finishedShards$/, () => finished],
    [/^\/pathSlots$/, () => TRIALS * SLOTS * POINTS.length],
    [/^\/diskBytes$/, () => DISK],
    [/^\/memoryBytes$/, () => MEMORY],
    ...given('rate'),
    // Where nothing is left to walk it takes no time.
    ...(finished === 0 ? given('estimate') : [[/^\/estimatedSeconds$/, () => 0] as const]),
    [/^\/common\/paths$/, () => TRIALS],
    [/^\/common\/pairs$/, () => PAIRS.length],
    [/^\/common\/measured\/(\d+)\/points\/(\d)$/, (k, end) => pair(k).points[Number(end)]],
    [/^\/common\/measured\/(\d+)\/(\w+)$/, (k, name) => pair(k)[name as 'correlation']],
  ];
}

/** Pairs along an axis, from the one that has least in common. */
const along = (axis: string): OwnPair[] =>
  own.filter((pair) => pair.axis === axis).sort((a, b) => a.correlation - b.correlation);

function textComplaints(text: string, finished: number): string[] {
  const { tables, prose } = takeApart(text);
  const pairs = ({ first }: TextCell): OwnPair[] => along(first);
  const of = (value: (all: readonly OwnPair[]) => Expected) => (cell: TextCell) => value(pairs(cell));
  const columns: TextColumn[] = [
    [/^harvest\.mean\.timesDemand$/, ({ row }) => [POINTS[row].times]],
    [/^battery\.initialJoules$/, ({ row }) => [POINTS[row].charge]],
    [/^seed$/, () => []],
    [/^neighbours along$/, () => []],
    [/^pairs$/, of((all) => [all.length])],
    [/^correlation$/, of((all) => [all[all.length >> 1].correlation])],
    [/^least$/, of(([least]) => [least.correlation])],
    [/^between$/, of(([least]) => least.points)],
    [/^worth$/, of(([least]) => [least.varianceReduction])],
    [/^other sign$/, of(([least]) => [100 * least.againstShare])],
  ];
  const point: TextColumn = [/^point$/, ({ row }) => [row]];
  const rules: ProseRule[] = [
    told('# points × # paths × # slots', POINTS.length, TRIALS, SLOTS),
    told('shards #, of which # are finished', POINTS.length, finished),
    [/path-slots ([\d.]+) k (?=exact)/, () => [(TRIALS * SLOTS * POINTS.length) / 1000]],
    told('about # MiB; on disk about # MiB', MEMORY / MEBIBYTE, DISK / MEBIBYTE),
    // What `given` says of the rate and of the time that it would take; each command measures anew.
    [/estimated time [\d.]+ (?:s|min) on cpu \([\d.]+ [kMG]? ?path-slots\/s\)/, () => []],
    told('on # paths of each, # of # pairs', TRIALS, PAIRS.length, PAIRS.length),
  ];
  return [...tableComplaints(tables, [point], columns), ...compareProse(prose, rules, 'text')];
}

describe.each([
  { when: 'before a sweep', plan: () => before, finished: 0 },
  { when: 'after it', plan: () => after, finished: POINTS.length },
])('a plan $when', ({ plan, finished }) => {
  it('has every number of its JSON from the sweep file and the paths', () => {
    const { json } = plan();
    expect(json.common.measured).toHaveLength(PAIRS.length);
    expect(compareJson(json, leafRules(json, finished), 1e-7)).toEqual([]);
  });

  it('has every number of its text from them, and a wrong one anywhere is found', () => {
    const { text } = plan();
    expect(textComplaints(text, finished)).toEqual([]);
    const measured = /estimated time .*/.exec(text)?.[0] ?? '';
    const missed = numbersOf(text)
      .filter((token) => textComplaints(withPlantedError(text, token), finished).length === 0)
      // The rate and what follows of it are given.
      .filter(({ at }) => at < text.indexOf(measured) || at > text.indexOf(measured) + measured.length);
    expect(missed).toEqual([]);
  });
});

it('plans more time for a sweep than its walks take at the rate', () => {
  const { pathSlotsPerSecond, estimatedSeconds } = before.json;
  expect(estimatedSeconds).toBeGreaterThan((TRIALS * SLOTS * POINTS.length) / pathSlotsPerSecond);
});

describe('the run.json of a sweep', () => {
  it('has every number from its shards, its time and its rate', () => {
    const rules: LeafRule[] = [
      // Each point is a shard.
      [/^\/(?:shards|shardsRun)$/, () => POINTS.length],
      ...given('threads').map(([, value]): LeafRule => [/^\/adapter\/threads$/, value]),
      ...timeRules(TRIALS * SLOTS * POINTS.length, record),
    ];
    expect(compareJson(record, rules, 1e-9)).toEqual([]);
  });
});
