/**
 * Signals at the stages of commands, on the command line as it is built: a stage is waited for by what progress says of
 * it, then comes the signal. And what a killed run leaves: the same command goes on from it, to the same bits.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LIGHT } from './light.js';

const program = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
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

interface Ended {
  /** As a shell has it: 128 and the signal where the process died of one. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

const NUMBERS: Partial<Record<NodeJS.Signals, number>> = { SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };

/** Runs a command; signals it once `when` holds of what it wrote. */
function run(
  args: readonly string[],
  signal: NodeJS.Signals = 'SIGINT',
  when: (stderr: string) => boolean = () => false,
): Promise<Ended> {
  const child = spawn(process.execPath, [program, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  const written = { stdout: '', stderr: '' };
  let sent = false;
  const look = (): void => {
    if (sent || !when(written.stderr)) return;
    sent = true;
    child.kill(signal);
  };
  const watch = setInterval(look, 20);
  child.stdout.on('data', (data: Buffer) => (written.stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => {
    written.stderr += data.toString();
    look();
  });
  return new Promise((resolve) => {
    child.on('close', (status, by) => {
      clearInterval(watch);
      resolve({ status: status ?? 128 + (by === null ? 0 : (NUMBERS[by] ?? 0)), ...written });
    });
  });
}

/** Progress names a stage as soon as it lasts. */
const during =
  (stage: string) =>
  (stderr: string): boolean =>
    stderr.includes(`"label":"${stage}`);

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

  it('during exact laws: the simulated part is reported, and that nothing is judged', async () => {
    const args = ['validate', 'reference', '--backend', 'cpu', '--slots', '65536', '--trials', '200', '--json'];
    const { status, stdout, stderr } = await run(args, 'SIGINT', during('exact laws'));
    expect(status, stderr).toBe(130);
    const document = JSON.parse(stdout) as { stopped: string; pass?: boolean; horizons: { trials: number }[] };
    expect(document.stopped).toBe(
      'stopped before the exact laws were known: 200 paths were finished and are reported, not judged',
    );
    expect(document.pass).toBeUndefined();
    expect(document.horizons[0].trials).toBe(200);
    expect(stderr).toContain(`batterywalk: ${document.stopped}\n`);
  });

  it('in a stage that holds its thread: the process is heard all the same', async () => {
    const { status, stdout, stderr } = await run(['exact', '--slots', '1e6'], 'SIGINT', during('exact laws'));
    expect({ status, stdout }, stderr).toEqual({ status: 130, stdout: '' });
    expect(stderr).toMatch(/^batterywalk: stopped \(exact laws\): nothing to report$/m);
  });

  it('while figures are drawn', async () => {
    const args = ['figure', '2', '--out', 'figures', '--backend', 'cpu', '--trials', '1e7'];
    const { status, stderr } = await run(args, 'SIGINT', during('figure 2'));
    expect(status, stderr).toBe(130);
    expect(stderr).toContain('stopped before the figure was finished; figures already written are kept\n');
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
