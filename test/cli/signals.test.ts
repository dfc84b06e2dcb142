/**
 * Signals at the stages of commands, on the command line as it is built: a stage is waited for by what progress says of
 * it, then comes the signal. And what a killed run leaves: the same command goes on from it, to the same bits.
 */
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LIGHT } from './light.js';
import { during, runSignalled } from './signalled.js';
import type { Ended, Written } from './signalled.js';

let folder = '';
let light = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'batterywalk-signals-'));
  light = join(folder, 'light.json');
  writeFileSync(light, JSON.stringify(LIGHT));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const run = (
  args: readonly string[],
  signal: NodeJS.Signals = 'SIGINT',
  when?: (written: Written) => boolean,
): Promise<Ended> => runSignalled(folder, args, signal, when);

const LONG = ['--backend', 'cpu', '--slots', '256', '--trials', '1e9'];

describe('a signal', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('%s while simulating: what is finished is reported', async (signal) => {
    const { status, stdout, stderr } = await run(['run', light, ...LONG, '--json'], signal, during('simulating'));
    expect(status, stderr).toBe(130);
    const { horizons } = JSON.parse(stdout) as { horizons: { trials: number }[] };
    expect(horizons[0].trials).toBeGreaterThan(0);
    expect(horizons[0].trials).toBeLessThan(1e9);
    expect(stderr).toMatch(/^stopped: [\d,]+ paths were finished and are reported$/m);
  });
});

describe('Ctrl-C ends with 130 and tells what is done:', () => {
  const stopped = async (args: readonly string[], when: (written: Written) => boolean): Promise<Ended> => {
    const ended = await run(args, 'SIGINT', when);
    expect(ended.status, ended.stderr).toBe(130);
    return ended;
  };

  it('serve: its address was all there was to say', async () => {
    const ended = await stopped(['serve', '--port', '0'], ({ stdout }) => stdout.includes('http'));
    expect(ended.stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/ {2}\(Ctrl-C ends it\)\n$/);
    expect(ended.stderr).toBe('');
  });
});

describe('a run with --out', () => {
  const args = ['run', 'light.json', '--backend', 'cpu', '--slots', '64', '--trials', '1.2e7', '--json'];
  const sha256 = ({ stdout, stderr }: Ended): string => {
    expect(stdout, stderr).not.toBe('');
    return (JSON.parse(stdout) as { partialsSha256: string }).partialsSha256;
  };

  it('that was killed goes on, and ends with the bits of one go', async () => {
    const whole = await run(args);
    const out = join(folder, 'killed');
    const checkpoint = join(out, 'checkpoint.json');
    const killed = await run([...args, '--out', out], 'SIGKILL', () => existsSync(checkpoint));
    expect(killed.status).toBe(137);
    const kept = (JSON.parse(readFileSync(checkpoint, 'utf8')) as { partials: { horizons: { count: number }[] } })
      .partials.horizons[0].count;
    expect(kept).toBeGreaterThan(0);
    const resumed = await run([...args, '--out', out]);
    expect(resumed.stderr).toMatch(/^[\d,]+ of 12,000,000 paths are in \S+ already$/m);
    expect(sha256(resumed)).toBe(sha256(whole));
    const names = ['manifest.json', 'partials.json', 'report.html', 'run.json', 'summary.json'];
    expect(readdirSync(out).sort()).toEqual(names);
    // And the files are those of a run that was never killed, but for the times.
    const calm = join(folder, 'calm');
    await run([...args, '--out', calm]);
    for (const name of names.filter((each) => each !== 'run.json')) {
      expect(readFileSync(join(out, name), 'utf8'), name).toBe(readFileSync(join(calm, name), 'utf8'));
    }
  });

  it('says how long it would take', async () => {
    const { status, stdout, stderr } = await run(['run', 'light.json', ...LONG, '--dry-run', '--json']);
    expect(status, stderr).toBe(0);
    const plan = JSON.parse(stdout) as Record<string, number>;
    expect(plan).toMatchObject({ trials: 1e9, slots: 256, pathSlots: 256e9, finishedTrials: 0 });
    expect(plan.estimatedSeconds).toBeCloseTo(plan.pathSlots / plan.pathSlotsPerSecond, 6);
  });
});
