/**
 * The sweep command as people use it: results in every form, parts, kills and resumes, the same bytes whatever
 * happened.
 */
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runOn, unfolded } from '../cli/sink.js';
import { DOCUMENT, keptShards } from './sweeps.js';

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
let root = '';
let sweepFile = '';
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'batterywalk-sweep-'));
  sweepFile = file('sweep.json', DOCUMENT);
});
afterAll(() => {
  rmSync(root, { recursive: true });
});

function file(name: string, document: unknown): string {
  const path = join(root, name);
  writeFileSync(path, JSON.stringify(document));
  return path;
}

const run = (...args: string[]) => runOn([...args, '--backend', 'cpu', '--quiet']);

/** The files that must be the same whatever happened. */
function finals(out: string): Record<string, string> {
  return Object.fromEntries(
    ['results.parquet', 'manifest.json'].map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(join(out, name)))
        .digest('hex'),
    ]),
  );
}

interface Row {
  readonly point: number;
  readonly values: Readonly<Record<string, number>>;
  readonly slots: number;
  readonly metric: string;
  readonly level: number | null;
  readonly estimate: number;
  readonly standardError: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
  readonly trials: number;
  readonly exact: number | null;
  readonly method: string;
}

describe('results', () => {
  let out = '';
  let rows: readonly Row[] = [];
  beforeAll(async () => {
    out = join(root, 'calm');
    const risky = file('risky.json', { ...DOCUMENT, trials: 20_000, risks: [0.01], exact: 'law' });
    const { status, stdout } = await run('sweep', risky, '--out', out, '--json');
    expect(status).toBe(0);
    const document = JSON.parse(stdout) as { results: Row[]; points: number; partialsSha256: string };
    rows = document.results;
    expect(document.points).toBe(6);
    const manifest = JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8')) as {
      hashed: { rows: number; partialsSha256: string };
    };
    expect(manifest.hashed).toMatchObject({ rows: rows.length, partialsSha256: document.partialsSha256 });
  });

  test('one row a point, horizon and metric, each near its exact value', () => {
    // 3 moments, 4 quantiles, 3 of the one risk.
    expect(rows.length).toBe(6 * 2 * 10);
    const names = new Set(rows.map(({ point, slots, metric, level }) => [point, slots, metric, level].join()));
    expect(names.size).toBe(rows.length);
    for (const row of rows) {
      expect(row.exact, JSON.stringify(row)).not.toBeNull();
      expect(row.trials).toBe(20_000);
      // Intervals of 95 % widened threefold about the estimate: a miss has a chance of about 1e-8 a row.
      const half = Math.max((row.upper ?? Infinity) - row.estimate, row.estimate - (row.lower ?? -Infinity));
      expect(Math.abs(row.estimate - (row.exact ?? NaN)), JSON.stringify(row)).toBeLessThanOrEqual(3 * half + 1e-9);
    }
  });

  test('DuckDB reads the Parquet and agrees with the JSON, to the last bit', async () => {
    const { DuckDBInstance } = await import('@duckdb/node-api');
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    const reader = await connection.runAndReadAll(`SELECT * FROM '${join(out, 'results.parquet')}'`);
    const found = reader.getRowObjects();
    expect(found.length).toBe(rows.length);
    found.forEach((own, i) => {
      const { point, values, slots, metric, level, estimate, standardError, lower, upper, exact, method } = rows[i];
      expect(own).toMatchObject({
        point,
        ...values,
        metric,
        level,
        estimate,
        standardError,
        lower,
        upper,
        exact,
        method,
      });
      expect([own.slots, own.trials]).toEqual([BigInt(slots), 20_000n]);
    });
    const units = `SELECT decode(value) AS value FROM parquet_kv_metadata('${join(out, 'results.parquet')}')
      WHERE decode(key) = 'batterywalk.units'`;
    const [told] = (await connection.runAndReadAll(units)).getRowObjects();
    expect(JSON.parse(String(told.value))).toMatchObject({
      'arrivals.ratePerSlot': 'tasks a slot',
      ...{ driftJoulesPerSlot: 'joules a slot', slots: 'slots', estimate: 'unit', exact: 'unit' },
    });
    expect(new Set(found.map(({ metric, unit }) => `${String(metric)} ${String(unit)}`))).toContain(
      'probabilityZero 1',
    );
    expect(found.find(({ metric }) => metric === 'reserve')?.unit).toBe('J');
    const query = `SELECT "arrivals.ratePerSlot" AS rate, max(estimate) AS worst FROM '${join(out, 'results.parquet')}'
      WHERE metric = 'reserve' AND slots = 64 GROUP BY rate ORDER BY rate`;
    const worst = (await connection.runAndReadAll(query)).getRowObjects();
    expect(worst.map(({ rate }) => rate)).toEqual([1, 2, 3]);
    expect(worst.every((row) => typeof row.worst === 'number' && row.worst > 0)).toBe(true);
    connection.closeSync();
  });

  test('a picture is drawn from them: lines, a map, a metric by name, and what is not there is refused', async () => {
    const picture = join(out, 'sweep.svg');
    expect((await run('sweep', '--plot', '--out', out)).status).toBe(0);
    const svg = readFileSync(picture, 'utf8');
    expect(svg).toMatch(/^<svg[^>]*role="img"/);
    expect(svg).toContain('reserve 0.01');
    expect((await run('sweep', '--plot', '--out', out, '--metric', 'probabilityZero')).status).toBe(0);
    expect(readFileSync(picture, 'utf8')).toContain('probabilityZero');
    expect(await run('sweep', '--plot', '--out', out, '--metric', 'quantile:0.7')).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(
        /--metric: got quantile:0.7, expected a level that the sweep has: 0.1, 0.5, 0.9, 0.99/,
      ) as string,
    });
    expect((await run('sweep', '--plot', '--out', join(root, 'nothing'))).stderr).toMatch(
      /expected the results of a finished/,
    );
    const axes = {
      'harvest.mean.timesDemand': { from: 0.9, to: 1.1, count: 5 },
      'arrivals.ratePerSlot': { from: 1, to: 3, count: 6 },
    };
    const map = join(root, 'map');
    const big = file('map.json', { ...DOCUMENT, trials: 200, axes });
    expect((await run('sweep', big, '--out', map, '--plot')).status).toBe(0);
    const cells = /data-label="rect"[^]*?<\/g>/.exec(readFileSync(join(map, 'sweep.svg'), 'utf8'))?.[0] ?? '';
    expect(cells.match(/<rect/g)?.length).toBe(30);
  });

  test('distributed accounting has results and no exact law', async () => {
    const document = {
      ...DOCUMENT,
      base: 'reference',
      trials: 300,
      axes: { 'routing.errorRate': [0, 0.1], accounting: ['lumped', 'distributed'] },
    };
    const { status, stdout } = await run('sweep', file('d.json', document), '--out', join(root, 'd'), '--json');
    expect(status).toBe(0);
    const { results } = JSON.parse(stdout) as { results: Row[] };
    const means = results.filter((row) => row.metric === 'meanDeficit' && row.slots === 64);
    expect(means.map((row) => row.exact === null)).toEqual([false, true, false, true]);
    // Lemma 1, on the same draws.
    expect(means[1].estimate).toBeLessThan(means[0].estimate);
    expect(means[3].estimate).toBeLessThan(means[2].estimate);
  });
});

describe('the same bytes', () => {
  let calm: Record<string, string> = {};
  beforeAll(async () => {
    const out = join(root, 'plain');
    expect((await run('sweep', sweepFile, '--out', out)).status).toBe(0);
    calm = finals(out);
  });

  test('again in the same folder, where nothing is run', async () => {
    const out = join(root, 'plain');
    const { stdout } = await run('sweep', sweepFile, '--out', out, '--json');
    expect(JSON.parse(stdout)).toMatchObject({ shards: 6, shardsRun: 0 });
    expect(finals(out)).toEqual(calm);
  });

  test('by parts that are merged; a merge before the end names what is missing', async () => {
    const out = join(root, 'parts');
    for (const part of ['2/4', '0/4', '3/4']) {
      expect((await run('sweep', sweepFile, '--out', out, '--shard', part)).status).toBe(0);
    }
    const early = await run('merge', out);
    expect(early.status).toBe(1);
    expect(early.stderr).toMatch(
      /2 of 6 shards are missing:\n {2}shard 1: point 1 \(.*arrivals\.ratePerSlot = 2\), paths 0 to 2999\n {2}shard 5/,
    );
    expect(existsSync(join(out, 'results.parquet'))).toBe(false);
    await run('sweep', sweepFile, '--out', out, '--shard', '1/4');
    expect((await run('merge', out)).status).toBe(0);
    expect(finals(out)).toEqual(calm);
  });

  test('stopped by Ctrl-C: what is finished is kept, and the status is 130', async () => {
    const out = join(root, 'stopped');
    const long = file('stop.json', { ...DOCUMENT, trials: 240_000_000, shardPathSlots: 4_000_000 });
    const child = spawn(process.execPath, [cli, 'sweep', long, '--out', out, '--backend', 'cpu', '--quiet']);
    // Where threads do not end in time the process dies of the signal, of which shells make 130.
    const ended = new Promise<number | null>((resolve) =>
      child.on('exit', (status, signal) => {
        resolve(signal === 'SIGINT' ? 130 : status);
      }),
    );
    while (keptShards(out).length < 3 && child.exitCode === null)
      await new Promise((resolve) => setTimeout(resolve, 5));
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(keptShards(out).length).toBeGreaterThanOrEqual(3);
  });
});

describe('a full disk', () => {
  // A file system of its own, where this process may mount one.
  let mounted = '';
  try {
    const path = mkdtempSync(join(tmpdir(), 'batterywalk-full-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=12k', 'tmpfs', path], { stdio: 'ignore' });
    mounted = path;
  } catch {
    // Not permitted here: the test below says so.
  }
  afterAll(() => {
    if (mounted === '') return;
    execFileSync('umount', [mounted]);
    rmSync(mounted, { recursive: true });
  });

  test.skipIf(mounted === '')(
    mounted === ''
      ? 'is one clear error (skipped: no file system may be mounted here)'
      : 'is one clear error, and nothing is lost',
    async () => {
      expect((await run('sweep', sweepFile, '--out', mounted, '--shard', '0/3')).status).toBe(0);
      const { status, stderr } = await run('sweep', sweepFile, '--out', mounted);
      expect(status).toBe(2);
      expect(stderr).toMatch(/--out: cannot write .* \(the disk is full\), expected a folder with room/);
      const kept = keptShards(mounted).length;
      expect(kept).toBe(2);
      const out = join(root, 'moved');
      cpSync(mounted, out, { recursive: true });
      const { stdout } = await run('sweep', sweepFile, '--out', out, '--json');
      expect(JSON.parse(stdout)).toMatchObject({ shards: 6, shardsRun: 6 - kept });
    },
  );
});

describe('refusals', () => {
  test.each<[string, () => string[], RegExp]>([
    ['no file', () => ['sweep'], /FILE: missing, expected a sweep file/],
    ['a file that is not there', () => ['sweep', join(root, 'nowhere.json')], /nowhere\.json/],
    ['no folder', () => ['sweep', sweepFile], /--out: missing, expected the folder/],
    [
      'a part that is none',
      () => ['sweep', sweepFile, '--out', root, '--shard', '8/8'],
      /--shard: got "8\/8", expected i\/n/,
    ],
    ['a folder that holds no sweep', () => ['merge', join(root, 'nowhere')], /without sweep\.json/],
    [
      'another sweep’s folder, for a part',
      () => {
        const out = join(root, 'other');
        mkdirSync(out, { recursive: true });
        writeFileSync(join(out, 'sweep.json'), JSON.stringify({ ...DOCUMENT, seed: 'other' }));
        return ['sweep', sweepFile, '--out', out, '--shard', '0/2'];
      },
      /holds another sweep/,
    ],
    ['a wrong point', () => ['sweep', file('wrong.json', { ...DOCUMENT, base: 'nobody' })], /wrong\.json|nobody/],
  ])('%s', async (_, args, message) => {
    const { status, stderr, stdout } = await run(...args());
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n').length).toBe(1);
  });

  test('a dry run says what would be run, and runs nothing', async () => {
    const { status, stdout } = await run('sweep', sweepFile, '--dry-run');
    expect(status).toBe(0);
    expect(stdout).toMatch(/6 points × 3,000 paths × 64 slots/);
    expect(stdout).toMatch(/shards +6, of which 0 are finished/);
    expect(stdout).toMatch(/estimated time .* on cpu/);
    const { stdout: json } = await run('sweep', sweepFile, '--dry-run', '--json', '--out', join(root, 'plain'));
    expect(JSON.parse(json)).toMatchObject({ shards: 6, finishedShards: 6, pathSlots: 6 * 3000 * 64 });
    // What neighbours have in common is measured, and a sweep with seeds of its points' own has nothing of it.
    expect(unfolded(stdout)).toMatch(/on 2,000 paths of each, \d of 7 pairs of neighbours/);
    const { common } = JSON.parse(json) as { common: { paths: number; measured: Record<string, unknown>[] } };
    expect(common).toMatchObject({ paths: 2000, pairs: 7 });
    expect(common.measured[0]).toMatchObject({ draws: [{ purpose: 'increments', sharing: 'otherLaw' }] });
    expect(common.measured[0].points).toEqual([expect.any(Number), expect.any(Number)]);
    const apart = file('apart.json', { ...DOCUMENT, seeds: 'apart' });
    const { stdout: own } = await run('sweep', apart, '--dry-run', '--json');
    expect(JSON.parse(own)).toMatchObject({ common: null });
    expect((await run('sweep', apart, '--dry-run')).stdout).toMatch(/\nEach point has draws of its own\.\n/);
  });

  test('options of the command line go before those of the file', async () => {
    const { stdout } = await run('sweep', sweepFile, '--dry-run', '--json', '--trials', '500', '--horizons', '8,32');
    expect(JSON.parse(stdout)).toMatchObject({ sweep: { trials: 500, horizons: [8, 32], seed: 's' } });
  });
});
