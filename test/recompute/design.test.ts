/**
 * Every number of what `design` prints and writes, from the paths that fail at each value, which are walked here again.
 * Which values a search looks at is its own affair: they are taken from its document. Each number of the text is then
 * made wrong in turn, and must be found.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseScenario } from '../../src/scenario/parse.js';
import { runOn } from '../cli/sink.js';
import { compareJson, compareProse, numbersOf, standsAt, takeApart, told, withPlantedError } from './explained.js';
import type { Expected, LeafRule, ProseRule } from './explained.js';
import { asked, given } from './exemptions.js';
import { end } from './leaf-rules.js';
import type { Timed } from './leaf-rules.js';
import { ownDesign, ownNeighbours } from './own-design.js';
import type { Asked, OwnDesign, OwnNeighbours } from './own-design.js';
import { pathDeficits, pathTotals } from './own-paths.js';
import { atMost } from './own-statistics.js';
import { tableComplaints } from './text-tables.js';
import type { TextCell, TextColumn } from './text-tables.js';
import { factorOf } from './validated.js';

const [TRIALS, SLOTS, RISK, TOLERANCE] = [3000, 24, 0.1, 0.05];
const SCENARIO = {
  schemaVersion: 1,
  name: 'sun',
  slotSeconds: 10,
  arrivals: { ratePerSlot: 2 },
  tasks: [{ energyJoules: 1000, weight: 3 }, { energyJoules: 5000 }],
  harvest: { mean: { timesDemand: 1.1 }, variance: 'matched' },
  battery: { initialJoules: 8000 },
};

/** A question: what is varied, and which paths fail at a value. */
interface Case {
  readonly path: string;
  readonly scenario: object;
  readonly options: readonly string[];
  readonly budget: number;
  readonly bracket: readonly [number, number];
  readonly failing: (x: number) => Promise<number[]>;
  readonly heading: ProseRule;
}
const CASES: readonly Case[] = [
  {
    path: 'harvest.mean.timesDemand',
    scenario: SCENARIO,
    options: ['--budget', '2kJ'],
    budget: 2000,
    bracket: [0.88, 1.375],
    async failing(x) {
      const harvest = { mean: { timesDemand: x }, variance: 'matched' };
      const scenario = parseScenario({ ...SCENARIO, harvest, battery: { initialJoules: 10_000 } });
      return (await pathDeficits(scenario, SLOTS, TRIALS)).map((deficit) => (deficit > 0 ? 1 : 0));
    },
    heading: told('than # kJ within # slots at most #(?= )', 2, SLOTS, RISK),
  },
  {
    path: 'battery.capacityJoules',
    scenario: { ...SCENARIO, battery: { initialJoules: 0, capacityJoules: 30_000 } },
    options: ['--full'],
    budget: 0,
    bracket: [15_000, 60_000],
    async failing(x) {
      const scenario = parseScenario({ ...SCENARIO, battery: { initialJoules: x, capacityJoules: x } });
      const [totals] = await pathTotals(scenario, [SLOTS], TRIALS);
      return totals.of('auxiliary').map((auxiliary) => (auxiliary > 0 ? 1 : 0));
    },
    heading: told('within # slots at most #, starting full', SLOTS, RISK),
  },
];

interface Document extends Timed {
  readonly evaluations: readonly { readonly x: number; readonly trials: number; readonly verdict: string }[];
  readonly value: number;
}

describe.each(CASES)('a design by $path', ({ path, scenario, options, budget, bracket, failing, heading }) => {
  let text = '';
  let document: Document;
  let design: OwnDesign;
  let neighbours: OwnNeighbours;
  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'batterywalk-recompute-'));
    const file = join(folder, 'scenario.json');
    writeFileSync(file, JSON.stringify(scenario));
    const { stdout, stderr, status } = await runOn([
      ...['design', file, '--vary', path, ...options, '--risk', String(RISK), '--trials', String(TRIALS)],
      ...['--slots', String(SLOTS), '--seed', 'recompute', '--tolerance', String(TOLERANCE)],
      ...['--backend', 'cpu', '--quiet', '--out', folder],
    ]);
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    text = stdout;
    document = JSON.parse(readFileSync(join(folder, 'design.json'), 'utf8')) as Document;
    rmSync(folder, { recursive: true });
    const paths = new Map<number, readonly number[]>();
    for (const { x } of asked('looks', document.evaluations)) paths.set(x, await failing(x));
    const question: Asked = {
      ...{ risk: RISK, trials: TRIALS },
      failing: (x, trials) => paths.get(x)?.slice(0, trials) ?? [],
    };
    design = ownDesign(document.evaluations, question);
    neighbours = ownNeighbours(design, question);
  });

  function leafRules(): LeafRule[] {
    const { looks, meets, fails } = design;
    return [
      [/^\/schemaVersion$/, () => 1],
      [/^\/scenario\/(.*)$/, (place) => standsAt(parseScenario(scenario), `/${place}`) as number],
      ...given('threads', 'designTime'),
      [/^\/risk$/, () => RISK],
      [/^\/budgetJoules$/, () => budget],
      [/^\/slots$/, () => SLOTS],
      [/^\/trials$/, () => TRIALS],
      [/^\/tolerance$/, () => TOLERANCE],
      [/^\/confidence$/, () => 0.95],
      [/^\/(?:value|meets)$/, () => meets.x],
      [/^\/fails$/, () => fails.x],
      [/^\/estimate$/, () => design.estimate],
      [/^\/riskAtValue\/estimate$/, () => meets.failures / meets.trials],
      [/^\/riskAtValue\/interval\/(\w+)$/, (e) => meets.interval[end(e)]],
      [/^\/riskAtValue\/(\w+)$/, (name) => meets[name as 'failures']],
      // The first two are the ends of the bracket; all others are the search's choice.
      [/^\/evaluations\/(\d+)\/x$/, (i) => bracket[Number(i)] ?? looks[Number(i)].x],
      [/^\/evaluations\/(\d+)\/interval\/(\w+)$/, (i, e) => looks[Number(i)].interval[end(e)]],
      [/^\/evaluations\/(\d+)\/(\w+)$/, (i, name) => looks[Number(i)][name as 'failures']],
      [/^\/neighbours\/(\w+)$/, (name) => neighbours[name as keyof OwnNeighbours]],
    ];
  }

  function textComplaints(printed: string): string[] {
    const { tables, prose } = takeApart(printed);
    const { looks, meets, fails } = design;
    const look = ({ row }: TextCell): OwnDesign['looks'][number] => looks[row];
    const named = path.replaceAll('.', '\\.');
    // Values with a unit name it in their cells.
    const values =
      (of: (cell: TextCell) => Expected) =>
      (cell: TextCell): Expected => {
        const parts = cell.text.split('…');
        return of(cell).map((x, i) => x / factorOf(parts[i] ?? ''));
      };
    const keys: TextColumn[] = [
      [new RegExp(`^smallest ${named}$`), values(() => [meets.x])],
      [new RegExp(`^${named}$`), values((cell) => [look(cell).x])],
    ];
    const columns: TextColumn[] = [
      [/^95 % interval$/, values(() => [fails.x, meets.x])],
      [/^risk$/, () => [meets.failures / meets.trials]],
      [/^its interval$/, () => meets.interval],
      [/^failures$/, (cell) => [look(cell).failures]],
      [/^paths$/, (cell) => [look(cell).trials]],
      [/^risk$/, (cell) => [look(cell).failures / look(cell).trials]],
      [/^interval$/, (cell) => look(cell).interval],
      [/^risk target$/, () => []],
    ];
    return [...tableComplaints(tables, keys, columns), ...compareProse(prose, proseRules(), 'text')];
  }

  function proseRules(): ProseRule[] {
    const { looks, meets, estimate } = design;
    const kilo = path.endsWith('Joules') ? 1e3 : 1;
    const unit = kilo === 1e3 ? ' kJ' : '';
    const { paths, failuresAtBetter, violations, violationShare, correlation } = neighbours;
    const [here, there] = [neighbours.better / kilo, neighbours.worse / kilo];
    return [
      heading,
      told('value, on # of # paths', meets.failures, meets.trials),
      told('slots: of # s each', 10),
      told(`At #${unit} the target is met with # % confidence`, meets.x / kilo, 95),
      told(`where it begins to be is #${unit}\\.(?= )`, estimate / kilo),
      told('would need more than # paths a value', TRIALS),
      told('It looked at # values', looks.length),
      told(
        `Of # paths # fail at #${unit}, and # of them \\(# %\\) not at #${unit}; the failures’ correlation is #\\.(?= )`,
        ...[paths, failuresAtBetter, here, violations, 100 * violationShare, there, correlation],
      ),
      told('# s on cpu', document.elapsedSeconds),
    ];
  }

  it('has every number of its JSON from the paths', () => {
    expect(compareJson(document, leafRules(), 1e-7)).toEqual([]);
    expect(document.evaluations.map(({ verdict }) => verdict)).toEqual(design.looks.map(({ verdict }) => verdict));
  });

  it('has every number of its text from the paths, and a wrong one anywhere is found', () => {
    expect(textComplaints(text)).toEqual([]);
    const missed = numbersOf(text).filter((token) => textComplaints(withPlantedError(text, token)).length === 0);
    expect(missed).toEqual([]);
  });

  it('answers with a value that surely meets the risk, not with one that cannot be told', () => {
    // As few failures as were seen are at most as likely as the confidence leaves, were the risk the target.
    expect(atMost(design.meets.failures, design.meets.trials, RISK)).toBeLessThanOrEqual(0.025);
    expect(document.value).toBe(design.meets.x);
    expect(design.looks.filter(({ verdict }) => verdict === 'open').every(({ x }) => x < document.value)).toBe(true);
  });
});
