/**
 * Every number of what a sweep prints and writes: results.parquet, the JSON document, manifest.json and the table, from
 * the integers of each point, which is run again by itself. The picture has a test of its own: sweep-picture.test.ts.
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runOn } from '../cli/sink.js';
import { compareJson, compareProse, numbersOf, standsAt, takeApart, told, withPlantedError } from './explained.js';
import type { LeafRule } from './explained.js';
import { MAST } from './fleets.js';
import { siteRows, walkRows } from './own-sweep.js';
import type { OwnRow } from './own-sweep.js';
import { tableComplaints } from './text-tables.js';
import type { TextCell, TextColumn } from './text-tables.js';

const [TRIALS, HORIZONS] = [2000, [8, 24]];
/** λ E[e] and λ E[e²] of a slot's demand. */
const [DEMAND, SQUARES] = [2 * (0.75 * 1000 + 0.25 * 5000), 2 * (0.75 * 1000 ** 2 + 0.25 * 5000 ** 2)];
const COMMON = { schemaVersion: 1, name: 'chart', trials: TRIALS, horizons: HORIZONS, seed: 'recompute' };

/** A sweep of two axes: the harvest, and one of the battery's. */
interface Case {
  readonly kind: string;
  readonly document: { readonly axes: Readonly<Record<string, readonly number[]>>; readonly risks: readonly number[] };
  readonly scenarioAt: (times: number, battery: number) => object;
  readonly rowsOf: typeof walkRows;
}
const harvestOf = (timesDemand: number): object => ({
  ...MAST,
  harvest: { mean: { timesDemand }, variance: 'matched' },
});
const CASES: readonly Case[] = [
  {
    kind: 'walks',
    document: {
      ...{ ...COMMON, base: MAST, risks: [0.1, 0.01], exact: 'law' },
      axes: { 'harvest.mean.timesDemand': [1.05, 1.2], 'battery.initialJoules': [0, 4000] },
    },
    scenarioAt: (times, initialJoules) => ({ ...harvestOf(times), battery: { initialJoules } }),
    rowsOf: walkRows,
  },
  {
    kind: 'sites',
    document: {
      ...{ ...COMMON, base: { ...MAST, battery: { initialJoules: 4000, capacityJoules: 30_000 } }, risks: [] },
      axes: { 'harvest.mean.timesDemand': [1.05, 1.2], 'battery.capacityJoules': [20_000, 40_000] },
    },
    scenarioAt: (times, capacityJoules) => ({ ...harvestOf(times), battery: { initialJoules: 4000, capacityJoules } }),
    rowsOf: siteRows,
  },
];

const root = mkdtempSync(join(tmpdir(), 'batterywalk-recompute-'));
afterAll(() => {
  rmSync(root, { recursive: true });
});

/** A row as files have it; a Parquet file has whole numbers as bigints. */
type FileRow = Readonly<Record<string, unknown>> & { readonly point: number; readonly metric: string };

describe.each(CASES)('a sweep of $kind', ({ kind, document, scenarioAt, rowsOf }) => {
  const out = join(root, kind);
  const [[, times], [batteryAxis, batteries]] = Object.entries(document.axes);
  const points = times.flatMap((t) => batteries.map((b) => [t, b] as const));
  let own: readonly (readonly OwnRow[])[];
  let text = '';
  let json: { readonly results: readonly FileRow[] };
  beforeAll(async () => {
    const file = join(root, `${kind}.json`);
    writeFileSync(file, JSON.stringify(document));
    const command = ['sweep', file, '--out', out, '--backend', 'cpu', '--quiet'];
    const first = await runOn([...command, '--plot']);
    expect({ stderr: first.stderr, status: first.status }).toEqual({ stderr: '', status: 0 });
    text = first.stdout;
    json = JSON.parse((await runOn([...command, '--json'])).stdout) as typeof json;
    const run = { trials: TRIALS, horizons: HORIZONS, risks: document.risks };
    own = await Promise.all(points.map(([t, b]) => rowsOf(scenarioAt(t, b), run)));
  });

  /** The row that says what a row of a file should. */
  function ownOf({ point, slots, metric, level }: FileRow): OwnRow {
    const found = own[point].filter(
      (row) => row.slots === Number(slots) && row.metric === metric && row.level === (level ?? null),
    );
    if (found.length !== 1) throw new Error(`nothing explains ${metric} ${String(level)} at point ${point}`);
    return found[0];
  }

  /** Numbers of a row by the names of their columns. */
  function rowRules(place: string, rows: readonly FileRow[]): LeafRule[] {
    const at = (k: string): FileRow => rows[Number(k)];
    const rule = (rest: string, expected: LeafRule[1]): LeafRule => [new RegExp(`^${place}/(\\d+)/${rest}$`), expected];
    return [
      rule('point', (k) => Math.floor((Number(k) * points.length) / rows.length)),
      rule('(?:values/)?harvest\\.mean\\.timesDemand', (k) => points[at(k).point][0]),
      rule(`(?:values/)?${batteryAxis.replace('.', '\\.')}`, (k) => points[at(k).point][1]),
      rule('slotSeconds', () => 10),
      rule('driftJoulesPerSlot', (k) => (points[at(k).point][0] - 1) * DEMAND),
      // A harvest of the demand's variance.
      rule('volatilityJoules', () => Math.sqrt(2 * SQUARES)),
      rule('trials', () => TRIALS),
      rule('(slots|level|estimate|standardError|lower|upper)', (k, name) => ownOf(at(k))[name as 'estimate']),
    ];
  }

  /** Complaints about rows; exact values are integrals of the law's, to fewer digits. */
  function rowComplaints(rows: readonly FileRow[]): string[] {
    const exact = rows.flatMap((row, k) => {
      const [found, expected] = [(row.exact as number | undefined) ?? null, ownOf(row).exact];
      const isRight =
        found === null || expected === null
          ? found === expected
          : Math.abs(found - expected) <= 1e-5 * Math.abs(expected);
      return isRight ? [] : [`row ${k}: the exact ${row.metric} is ${String(found)}, not ${String(expected)}`];
    });
    const missing = rows.length === own.flat().length ? [] : [`${rows.length} rows, not ${own.flat().length}`];
    const rest = rows.map((row) => ({ ...row, exact: null }));
    return [...missing, ...exact, ...compareJson(rest, rowRules('', rows), 1e-7)];
  }

  async function parquetRows(): Promise<FileRow[]> {
    const bytes = readFileSync(join(out, 'results.parquet'));
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
    const rows = (await parquetReadObjects({ file })) as FileRow[];
    const plain = (value: unknown): unknown => (typeof value === 'bigint' ? Number(value) : value);
    return rows.map((row) => Object.fromEntries(Object.entries(row).map(([k, v]) => [k, plain(v)])) as FileRow);
  }

  it('has every number of its Parquet file from the integers, and a wrong one is found', async () => {
    const rows = await parquetRows();
    expect(rowComplaints(rows)).toEqual([]);
    const columns = Object.keys(rows[0]).filter((name) => rows.some((row) => typeof row[name] === 'number'));
    for (const name of columns) {
      const k = rows.findIndex((row) => typeof row[name] === 'number' && row[name] !== 0);
      const wrong = rows.map((row, i) => (i === k ? { ...row, [name]: 1.001 * (row[name] as number) } : row));
      expect(() => {
        if (rowComplaints(wrong).length > 0) throw new Error('found');
      }, name).toThrow();
    }
  });

  it('has every number of its JSON document and its manifest from the integers', () => {
    expect(rowComplaints(json.results)).toEqual([]);
    const file = (rest: string): number => {
      const filled = { ...document, shardPathSlots: 2 ** 30 };
      return standsAt(filled, `/${rest}`) as number;
    };
    const rules: LeafRule[] = [
      [/^\/schemaVersion$/, () => 1],
      [/^\/manifestVersion$/, () => 1],
      [/^(?:\/hashed)?\/sweep\/(.*)$/, file],
      [/^(?:\/hashed)?\/points$/, () => points.length],
      [/^\/hashed\/rows$/, () => own.flat().length],
      // Each point is a shard; a second look at a finished sweep runs none, and takes no time.
      [/^\/shards$/, () => points.length],
      [/^\/(?:shardsRun|elapsedSeconds|pathSlotsPerSecond)$/, () => 0],
    ];
    expect(compareJson({ ...json, results: [] }, rules)).toEqual([]);
    const manifest = JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8')) as unknown;
    expect(compareJson(manifest, rules)).toEqual([]);
    const digest = createHash('sha256').update(readFileSync(join(out, 'results.parquet')));
    expect(manifest).toMatchObject({ hashed: { files: { 'results.parquet': { sha256: digest.digest('hex') } } } });
  });

  function textComplaints(printed: string): string[] {
    const { tables, prose } = takeApart(printed);
    const of = ({ row }: TextCell, metric: string, level: number | null = null): OwnRow =>
      ownOf({ point: row, slots: HORIZONS[1], metric, level });
    const mean = (cell: TextCell): OwnRow => of(cell, 'meanDeficit');
    const hasExact = own[0][0].exact !== null;
    const columns: TextColumn[] = [
      [/^harvest\.mean\.timesDemand$/, ({ row }) => [points[row][0]]],
      [/^battery\.\w+$/, ({ row }) => [points[row][1]]],
      [/^E\[D\] kJ, 95 %$/, (cell) => [mean(cell).estimate / 1e3, (mean(cell).upper - mean(cell).estimate) / 1e3]],
      ...(hasExact ? [[/^exact$/, (cell: TextCell) => [(mean(cell).exact ?? NaN) / 1e3]] as const] : []),
      [/^P\(D = 0\)$/, (cell) => [of(cell, 'probabilityZero').estimate]],
      ...document.risks.map((risk): TextColumn => [
        new RegExp(`^reserve ${risk}$`),
        (cell) => [of(cell, 'reserve', risk).estimate / 1e3],
      ]),
    ];
    const rules = [
      told('T = # slots of # s, # paths a point', HORIZONS[1], 10, TRIALS),
      // A name of the column, as an example: the first risk.
      ...document.risks
        .slice(0, 1)
        .map((risk) => told('reserve #: charge, kJ, that a share # of paths exceeds', risk, risk)),
    ];
    const point: TextColumn = [/^point$/, ({ row }) => [row]];
    return [...tableComplaints(tables, [point], columns), ...compareProse(prose, rules, 'text')];
  }

  it('has every number of its text from the integers, and a wrong one anywhere is found', () => {
    // The folder's name is no number of the sweep.
    const printed = text.replaceAll(root, '');
    expect(textComplaints(printed)).toEqual([]);
    const missed = numbersOf(printed).filter((t) => textComplaints(withPlantedError(printed, t)).length === 0);
    expect(missed).toEqual([]);
  });
});
