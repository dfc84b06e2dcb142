/**
 * Every number of what `compare` prints and writes, from the totals of each path, which are walked here again: means,
 * paired differences with their intervals, correlations, and what is said of them. Each number of the text is then made
 * wrong in turn, and must be found.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseScenario } from '../../src/scenario/parse.js';
import type { Scenario } from '../../src/scenario/scenario.js';
import { runOn } from '../cli/sink.js';
import { ownDifferences, STEADY } from './own-differences.js';
import type { OwnDifference } from './own-differences.js';
import { compareJson, compareProse, numbersOf, takeApart, told, withPlantedError } from './explained.js';
import type { Expected, LeafRule, ProseRule } from './explained.js';
import { given } from './exemptions.js';
import { end, timeRules } from './leaf-rules.js';
import type { Timed } from './leaf-rules.js';
import { pathTotals } from './own-paths.js';
import type { PathTotals } from './own-paths.js';
import { tableComplaints } from './text-tables.js';
import type { TextCell, TextColumn } from './text-tables.js';
import { factorOf } from './validated.js';

const TRIALS = 1000;
const [FROM, SLOTS] = [8, 24];
const SCENARIO = {
  schemaVersion: 1,
  name: 'sun',
  slotSeconds: 10,
  arrivals: { ratePerSlot: 2 },
  tasks: [
    { energyJoules: 1000, weight: 3, patienceSlots: 6 },
    { energyJoules: 5000, patienceSlots: 6 },
  ],
  harvest: { mean: { timesDemand: 1.1 }, variance: 'matched' },
  battery: { initialJoules: 8000, capacityJoules: 30_000 },
};
let text = '';
let document: Timed & { readonly sides: readonly { readonly scenario: Scenario }[] };
/** Up to T, and over the slots after the first ones. */
let own: readonly (readonly OwnDifference[])[];
beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'batterywalk-recompute-'));
  const file = join(folder, 'scenario.json');
  writeFileSync(file, JSON.stringify(SCENARIO));
  const { stdout, stderr, status } = await runOn([
    ...['compare', file, '--policy', 'myopic,latest', '--from', String(FROM), '--trials', String(TRIALS)],
    ...['--horizons', String(SLOTS), '--seed', 'recompute', '--backend', 'cpu', '--quiet', '--out', folder],
  ]);
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  text = stdout;
  document = JSON.parse(readFileSync(join(folder, 'compare.json'), 'utf8')) as typeof document;
  rmSync(folder, { recursive: true });
  const sides = ['myopic', 'latest'].map((kind) => parseScenario({ ...SCENARIO, routing: { policy: { kind } } }));
  const whole = await Promise.all(sides.map((scenario) => pathTotals(scenario, [SLOTS], TRIALS)));
  const twice = await Promise.all(sides.map((scenario) => pathTotals(scenario, [FROM, SLOTS], TRIALS)));
  const later = twice.map(([before, after]): PathTotals => ({
    ...after,
    of: (row) => after.of(row).map((x, i) => x - before.of(row)[i]),
  }));
  const confidence = 1 - 0.05 / 24;
  own = [
    ownDifferences(whole[0][0], whole[1][0], confidence),
    ownDifferences(later[0], later[1], confidence).filter(({ quantity }) => STEADY.includes(quantity)),
  ];
});

function leafRules(): LeafRule[] {
  const at = (steady: string | undefined, k: string): OwnDifference => own[steady === 'steady' ? 1 : 0][Number(k)];
  const place = '^/comparisons/0/(horizons|steady)/0';
  const { sides } = document;
  return [
    [/^\/schemaVersion$/, () => 1],
    [/^\/trials$/, () => TRIALS],
    [/^\/familyAlpha$/, () => 0.05],
    ...given('threads'),
    [
      /^\/sides\/(\d)\/scenario\/(.*)$/,
      (side, path) => {
        const kind = ['myopic', 'latest'][Number(side)];
        const scenario = parseScenario({ ...SCENARIO, routing: { policy: { kind } } });
        const found = path.split('/').reduce<unknown>((v, key) => (v as Record<string, unknown>)[key], scenario);
        // What a policy leaves out is filled in.
        return (found ?? standing(sides[Number(side)].scenario, path)) as number;
      },
    ],
    [/^\/sides\/\d\/(?:violatedPaths|overflowed)$/, () => 0],
    [new RegExp(`${place}/slots$`), () => SLOTS],
    [new RegExp(`${place}/fromSlots$`), () => FROM],
    [new RegExp(`${place}/quantities/(\\d+)/interval/(\\w+)$`), (s, k, e) => at(s, k).interval[end(e)]],
    [new RegExp(`${place}/quantities/(\\d+)/(\\w+)$`), (s, k, key) => at(s, k)[key as 'mean']],
    // The horizon is walked once, and the later window's two horizons once more, by both sides.
    ...timeRules(TRIALS * 2 * (SLOTS + SLOTS), document),
  ];
}

function standing(scenario: unknown, path: string): unknown {
  return /^routing\/policy\/queueLimit$/.test(path) ? 255 : scenario;
}

/** Units of the rows of each table, from the block that has them. */
function unitsOf(tables: ReturnType<typeof takeApart>['tables']): string[][] {
  return tables.filter(({ heads }) => heads[1] === 'unit').map(({ rows }) => rows.map((cells) => cells[1]));
}

function textComplaints(printed: string): string[] {
  const { tables, prose } = takeApart(printed);
  const units = unitsOf(tables);
  const columns = [0, 1].flatMap((k): TextColumn[] => {
    const q = ({ row }: TextCell): OwnDifference => own[k][row];
    const scaled = (of: (q: OwnDifference) => Expected) => (cell: TextCell) => {
      const unit = units[k][cell.row];
      const factor = /[JW]$/.test(unit) ? factorOf(` ${unit}`) : 1;
      return cell.text === '' ? [] : of(q(cell)).map((x) => x / factor);
    };
    const shown = (of: (q: OwnDifference) => Expected) => (cell: TextCell) => (cell.text === '' ? [] : of(q(cell)));
    return [
      [/^unit$/, () => []],
      [/^myopic$/, scaled(({ meanFirst }) => [meanFirst])],
      [/^latest$/, scaled(({ mean }) => [mean])],
      [/^difference$/, scaled(({ difference }) => [difference])],
      [/^interval$/, scaled(({ interval }) => interval)],
      [/^change$/, shown(({ difference, meanFirst }) => [(100 * difference) / meanFirst])],
      [/^zero\?$/, () => []],
      [/^correlation$/, shown(({ correlation }) => [correlation])],
      [/^worth$/, shown(({ varianceReduction }) => [varianceReduction])],
    ];
  });
  return [...tableComplaints(tables, [[/^mean$/, () => []]], columns), ...compareProse(prose, proseRules(), 'text')];
}

function proseRules(): ProseRule[] {
  const n = '([+−]?[\\d.,e]+?)';
  const of = (k: 0 | 1, name: string): OwnDifference => {
    const found = own[k].find(({ quantity }) => quantity === name);
    if (found === undefined) throw new Error(`no ${name}`);
    return found;
  };
  const spoken = (words: string, name: string): ProseRule[] => {
    const { difference, meanFirst, interval } = of(1, name);
    return [
      told(`has # % (?=(?:less|more) ${words})`, (100 * Math.abs(difference)) / meanFirst),
      [
        new RegExp(`${words}[^:.]*: ${n} [kM]?J, interval ${n} … ${n}(?= ([kM]?)J (?:holds|excludes))`),
        (_a, _b, _c, prefix) => [difference, ...interval].map((x) => x / factorOf(` ${prefix}J`)),
      ],
    ];
  };
  const auxiliary = of(1, 'auxiliary');
  return [
    told('# scenarios, # paths each', 2, TRIALS),
    told('right at once with # % confidence', 95),
    told('T = #(?= latest|\\s)', SLOTS),
    told('steady: the # slots after the first #(?=\\s)', SLOTS - FROM, FROM),
    told('over slots # to # \\(how much', FROM + 1, SLOTS),
    ...spoken('auxiliary energy', 'auxiliary'),
    ...spoken('harvest wasted', 'waste'),
    ...spoken('energy per task', 'energyPerTask'),
    told('Tasks wait # slots on average under latest, # under', of(1, 'meanWait').mean, of(1, 'meanWait').meanFirst),
    told('correlation over paths is #, so that', auxiliary.correlation),
    told('would need # times as many', auxiliary.varianceReduction),
    told('At T = # latest leaves # tasks undone, myopic #;', SLOTS, of(0, 'undone').mean, of(0, 'undone').meanFirst),
    told('at least # kJ and # J are owed', of(0, 'undoneEnergy').mean / 1e3, of(0, 'undoneEnergy').meanFirst),
    told('slots: of # s each', 10),
    told('# s on cpu, # M path-slots/s', document.elapsedSeconds, document.pathSlotsPerSecond / 1e6),
  ];
}

describe('a comparison', () => {
  it('has every number of its JSON from the paths', () => {
    expect(compareJson(document, leafRules(), 1e-7)).toEqual([]);
  });

  it('has every number of its text from the paths, and a wrong one anywhere is found', () => {
    expect(textComplaints(text)).toEqual([]);
    const missed = numbersOf(text).filter((token) => textComplaints(withPlantedError(text, token)).length === 0);
    expect(missed).toEqual([]);
  });

  it('shows a ratio that is the same on every path without digits that rounding makes', () => {
    // Tasks that wait as long as they may all wait six slots.
    const wait = own[0].find(({ quantity }) => quantity === 'meanWait');
    expect([wait?.mean, wait?.standardError]).toEqual([6, 0]);
    expect(text).toMatch(/^mean wait {2,}\+6\.000 {2,}\+6\.000 … \+6\.000 {2,}excluded$/m);
    expect(text).not.toMatch(/\de[+-]\d/);
  });
});
