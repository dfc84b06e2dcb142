/** The folder of `run --out`: what it goes on from, what it takes to be of another run, and what it keeps. */
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { partialsFromJson } from '../../src/engine/partials-codec.js';
import { splitProof } from '../../src/engine/proof-job.js';
import { LIGHT } from './light.js';
import { runOn } from './sink.js';

let folder = '';
let scenario = '';
let done = '';
const SHARED = ['--backend', 'cpu', '--horizons', '8,64', '--quiet'];
const run = (out: string, trials: number, ...more: string[]) =>
  runOn(['run', scenario, ...SHARED, '--trials', String(trials), '--out', out, ...more]);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'batterywalk-kept-'));
  scenario = join(folder, 'light.json');
  writeFileSync(scenario, JSON.stringify(LIGHT));
  done = join(folder, 'done');
  expect(await run(done, 2000)).toMatchObject({ status: 0, stderr: '' });
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** A copy of the finished folder. */
function copied(name: string): string {
  const out = join(folder, name);
  cpSync(done, out, { recursive: true });
  return out;
}
const read = (out: string, name: string): string => readFileSync(join(out, name), 'utf8');

describe('the folder of a run', () => {
  it('has all the files', () => {
    expect(readdirSync(done).sort()).toEqual([
      ...['manifest.json', 'partials.json', 'report.html', 'run.json', 'summary.json'],
    ]);
  });

  it('is gone on from: more paths are those of one run of as many', async () => {
    const out = copied('more');
    expect(await run(out, 5000)).toMatchObject({ status: 0, stderr: '' });
    const whole = join(folder, 'whole');
    await run(whole, 5000);
    for (const name of ['partials.json', 'summary.json']) expect(read(out, name), name).toBe(read(whole, name));
    // Plot numbers its clip paths over the life of a process: reports are compared between processes (signals.test.ts).
    const hashed = (at: string): unknown => (JSON.parse(read(at, 'manifest.json')) as { hashed: unknown }).hashed;
    expect(hashed(out)).toEqual(hashed(whole));
  });

  it.each([
    ['seed', ['--seed', '2'], /holds a run whose seed is "1", here "2", expected a new folder/],
    ['horizons', ['--horizons', '8,32'], /holds a run whose horizons is \[8,64\], here \[8,32\], expected/],
    ['scenario', ['--set', 'arrivals.ratePerSlot=4'], /holds a run (with another scenario|whose quantum)/],
    [
      'fewer paths',
      ['--trials', '1000'],
      /^batterywalk: --trials: got 1000, but \S+ has 2000 paths of this run already/,
    ],
    ['a target', ['--until', '5%'], /--until: got it with a folder that holds this run already, expected a new folder/],
  ])('of another run is refused, not a byte of it changed: %s', async (_, options, message) => {
    const out = copied(`other ${_}`.replaceAll(' ', '-'));
    const before = readdirSync(out).map((name) => read(out, name));
    const { status, stdout, stderr } = await run(out, 2000, ...options);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd()).not.toContain('\n');
    expect(readdirSync(out).map((name) => read(out, name))).toEqual(before);
  });

  it('that is damaged is told, and so is one of a sweep', async () => {
    const damaged = copied('damaged');
    writeFileSync(join(damaged, 'partials.json'), read(damaged, 'partials.json').replace('"zeros":', '"zeros":1'));
    expect(await run(damaged, 3000)).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/is damaged/) as string,
    });
    const sweep = copied('sweep');
    writeFileSync(join(sweep, 'manifest.json'), JSON.stringify({ manifestVersion: 1, hashed: { sweep: {} } }));
    expect(await run(sweep, 3000)).toMatchObject({ status: 2, stderr: expect.stringMatching(/holds a run/) as string });
  });

  it('of a distributed run has all rows that were counted, the lumped ones among them', async () => {
    const out = join(folder, 'distributed');
    const options = ['--trials', '2000', '--out', out, '--set', 'accounting="distributed"', '--json'];
    const { status, stdout, stderr } = await runOn(['validate', 'reference', ...SHARED, ...options]);
    expect([0, 1], stderr).toContain(status);
    const rows = splitProof(partialsFromJson(JSON.parse(read(out, 'proof-partials.json'))));
    const { horizons } = JSON.parse(stdout) as { horizons: { lumped: { probabilityZero: number } }[] };
    horizons.forEach(({ lumped }, i) => {
      expect(lumped.probabilityZero).toBe(rows.lumped[i].zeros / rows.lumped[i].count);
    });
    const distributed = partialsFromJson(JSON.parse(read(out, 'partials.json')));
    expect(rows.distributed).toEqual(distributed.horizons);
  });
});
