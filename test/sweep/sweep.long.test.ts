/** Sweeps that are killed, altered, shared or run on another backend have the same bytes. */
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { namedShards } from '../../src/sweep/shard-result.js';
import { runOn } from '../cli/sink.js';
import { DOCUMENT, keptShards, resultFiles } from './sweeps.js';

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

describe('the same bytes', () => {
  let calm: Record<string, string> = {};
  beforeAll(async () => {
    const out = join(root, 'plain');
    expect((await run('sweep', sweepFile, '--out', out)).status).toBe(0);
    calm = finals(out);
  });

  test('on one thread’s worth of small batches, and on another backend', async () => {
    const out = join(root, 'webgpu');
    const args = ['sweep', sweepFile, '--out', out, '--quiet', '--backend', 'webgpu', '--adapter', 'software'];
    expect((await runOn(args)).status).toBe(0);
    expect(finals(out)).toEqual(calm);
  });

  test('by two drivers in one folder at once', async () => {
    const drive = (out: string): Promise<number | null> => {
      const child = spawn(process.execPath, [cli, 'sweep', sweepFile, '--out', out, '--backend', 'cpu', '--quiet']);
      return new Promise((resolve) => child.on('exit', resolve));
    };
    const [alone, together] = [join(root, 'alone'), join(root, 'together')];
    expect(await drive(alone)).toBe(0);
    expect(await Promise.all([drive(together), drive(together)])).toEqual([0, 0]);
    expect(finals(together)).toEqual(finals(alone));
  });

  test('with results truncated, altered or lost: those are run again, no others', async () => {
    const out = join(root, 'damaged');
    // Two files of two shards, two of one, unless a machine is so slow that two results do not meet in a file.
    for (const part of ['0/4', '1/4', '2/4', '3/4']) await run('sweep', sweepFile, '--out', out, '--shard', part);
    const held = (paths: readonly string[]): number =>
      paths.reduce((sum, path) => sum + namedShards(readFileSync(path)).length, 0);
    const files = resultFiles(out).sort((a, b) => held([b]) - held([a]));
    expect(held(files)).toBe(6);
    expect(files.length).toBeGreaterThanOrEqual(4);
    const [truncated, altered, lost] = [files[0], files[files.length - 2], files[files.length - 1]];
    const again = held([truncated, altered, lost]);
    truncateSync(truncated, 200);
    const bytes = readFileSync(altered);
    bytes[bytes.length - 9] ^= 4;
    writeFileSync(altered, bytes);
    rmSync(lost);
    const { stdout } = await run('sweep', sweepFile, '--out', out, '--json');
    expect(JSON.parse(stdout)).toMatchObject({ shardsRun: again });
    expect(finals(out)).toEqual(calm);
  });

  test('killed at any moment, again and again, and resumed', async () => {
    const out = join(root, 'killed');
    const long = file('long.json', { ...DOCUMENT, trials: 3_000_000, shardPathSlots: 4_000_000 });
    const shards = 6 * Math.round((3_000_000 * 64) / 4_000_000);
    let kills = 0;
    for (let before = 0; kills < 3; kills++) {
      const child = spawn(process.execPath, [cli, 'sweep', long, '--out', out, '--backend', 'cpu', '--quiet']);
      const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
      // As soon as it has done a little more than the one before.
      while (keptShards(out).length < Math.min(before + 2, shards) && child.exitCode === null) {
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      child.kill('SIGKILL');
      if ((await ended) === 0) break;
      before = keptShards(out).length;
      expect(existsSync(join(out, 'results.parquet'))).toBe(false);
    }
    expect(kills).toBeGreaterThanOrEqual(1);
    const left = shards - keptShards(out).length;
    const built = (to: string): unknown =>
      JSON.parse(
        execFileSync(process.execPath, [cli, 'sweep', long, '--out', to, '--backend', 'cpu', '--quiet', '--json'], {
          encoding: 'utf8',
        }),
      );
    expect(built(out)).toMatchObject({ shards, shardsRun: left });
    const whole = join(root, 'whole');
    expect(built(whole)).toMatchObject({ shards, shardsRun: shards });
    expect(finals(out)).toEqual(finals(whole));
  });
});
