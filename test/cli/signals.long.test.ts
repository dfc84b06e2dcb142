/** Signals at every stage of every command, on the command line as it is built. The first: signals.test.ts. */
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
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
  it('and a second one at once: what is finished is reported all the same', async () => {
    const args = ['run', light, ...LONG, '--json'];
    const { status, stdout, stderr } = await runSignalled(folder, args, 'SIGINT', during('simulating'), 600, 20);
    expect(status, stderr).toBe(130);
    const { horizons } = JSON.parse(stdout) as { horizons: { trials: number }[] };
    expect(horizons[0].trials).toBeGreaterThan(0);
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

  it('while a sweep is planned: the plan is printed, and what of it is missing is said', async () => {
    const file = join(folder, 'planned.json');
    const timesDemand = Array.from({ length: 401 }, (_, i) => 1 + i / 1000);
    const axes = { 'harvest.mean.timesDemand': timesDemand };
    const sweep = { ...{ schemaVersion: 1, base: LIGHT, trials: 1e6, horizons: [65_536], exact: 'none' }, axes };
    writeFileSync(file, JSON.stringify(sweep));
    const args = ['sweep', file, '--backend', 'cpu', '--dry-run', '--json'];
    const { status, stdout, stderr } = await run(args, 'SIGINT', during('pairing points'));
    expect(status, stderr).toBe(130);
    const { points, common } = JSON.parse(stdout) as { points: unknown[]; common: { measured: unknown[] } };
    expect(points).toHaveLength(401);
    expect(stderr).toMatch(/^stopped: of pairs of points \d+ were walked; nothing else of the plan is missing$/m);
    expect(stderr).toContain(`of pairs of points ${common.measured.length} were walked`);
  });

  it('in a stage that holds its thread: the process is heard all the same', async () => {
    const { status, stdout, stderr } = await run(['exact', '--slots', '1e6'], 'SIGINT', during('exact laws'));
    expect({ status, stdout }, stderr).toEqual({ status: 130, stdout: '' });
    expect(stderr).toMatch(/^batterywalk: stopped \(exact laws\): nothing to report$/m);
  });

  it('amid a call of a device: no abort, and what was found is printed', async () => {
    // On old code half of such signals aborted the process.
    for (const moment of [0.45, 0.55, 0.65, 0.8, 1]) {
      const { status, stdout, stderr } = await run(['doctor', '--json'], 'SIGINT', ({ used }) => used > moment);
      expect([0, 130], stderr).toContain(status);
      if (stdout !== '') expect(JSON.parse(stdout)).toHaveProperty('backends');
      if (status === 130) expect(stderr).toMatch(/^batterywalk: stopped/m);
    }
  });

  it('while figures are drawn', async () => {
    const args = ['figure', '2', '--out', 'figures', '--backend', 'cpu', '--trials', '1e7'];
    const { status, stderr } = await run(args, 'SIGINT', during('figure 2'));
    expect(status, stderr).toBe(130);
    expect(stderr).toContain('stopped before the figure was finished; figures already written are kept\n');
  });
});

/** One value, whose law takes long. */
const SWEEP = {
  ...{ schemaVersion: 1, base: 'reference', trials: 4, horizons: [65_536, 131_072], exact: 'law' },
  axes: { 'harvest.mean.timesDemand': [1, 1.01, 1.02] },
};

describe('Ctrl-C ends with 130 and tells what is done:', () => {
  /** What was printed; its keys are for each test to name. */
  const json = ({ stdout, stderr }: Ended): Record<string, unknown> => {
    expect(stdout, stderr).not.toBe('');
    return JSON.parse(stdout) as Record<string, unknown>;
  };
  const stopped = async (args: readonly string[], when: (written: Written) => boolean): Promise<Ended> => {
    const ended = await run(args, 'SIGINT', when);
    expect(ended.status, ended.stderr).toBe(130);
    return ended;
  };

  it('reserve while it simulates: risks that the finished paths resolve', async () => {
    const ended = await stopped(['reserve', light, ...LONG, '--risk', '0.1,1e-8', '--json'], during('simulating'));
    expect(json(ended).reserves).toEqual([expect.objectContaining({ risk: 0.1 })]);
    expect(ended.stderr).toMatch(/^stopped: [\d,]+ paths were finished and are reported$/m);
    expect(ended.stderr).toMatch(/^stopped: [\d,]+ paths are too few for risks of 1e-8, which are left out$/m);
  });

  it('reserve before its exact law', async () => {
    const args = ['reserve', 'reference', '--backend', 'cpu', '--slots', '1e6', '--trials', '11', '--risk', '0.999'];
    const ended = await stopped([...args, '--json'], during('exact law'));
    expect(json(ended).reserves).toHaveLength(1);
    expect(ended.stderr).toContain('stopped before the exact law was known: 11 paths were finished and are reported\n');
  });

  it('tail: the deficit at hand with what was finished of it', async () => {
    const ended = await stopped(['tail', '--backend', 'cpu', '--trials', '1e9', '--json'], during('deficit 1'));
    expect(json(ended).tails).toHaveLength(1);
    expect(ended.stderr).toMatch(/^stopped: 1 of 4 deficits are reported, the last with what was finished$/m);
  });

  it('prove: the paths that were walked', async () => {
    const ended = await stopped(['prove', '--backend', 'cpu', '--trials', '1e9', '--json'], during('proving'));
    expect(json(ended)).toHaveProperty('seed');
    expect(ended.stderr).toMatch(/stopped(: \d+ paths are reported| before the moments were judged: [\d,]+ paths)/);
  });

  it('bench: the speeds that were measured', async () => {
    const args = ['bench', '--backend', 'cpu', '--seconds', '2', '--repeats', '1', '--json'];
    const ended = await stopped(args, during('cpu: W, tasks'));
    expect(json(ended).stopped).toMatch(/^stopped: \d+ speeds were measured and are reported$/);
  });

  it('compare: the paths that were finished', async () => {
    const walk = ['--backend', 'cpu', '--slots', '1d', '--from', '100', '--trials', '1e8'];
    // Beyond the first parts, which are small.
    const ended = await stopped(['compare', 'solar-site', ...walk, '--json'], ({ stderr }) =>
      /"label":"comparing","done":\d{8}/.test(stderr),
    );
    const { trials } = json(ended);
    expect(trials).toBeGreaterThan(1);
    expect(ended.stderr).toContain(`stopped: ${String(trials)} paths were finished and are reported\n`);
  });

  it('design: looks, and of the first what was finished', async () => {
    const args = ['design', light, '--risk', '1e-6', '--vary', 'harvest.mean.timesDemand', ...LONG, '--json'];
    const ended = await stopped(args, during('at '));
    const { looks } = json(ended) as { looks: { trials: number }[] };
    expect(looks[0].trials).toBeGreaterThan(0);
    expect(ended.stderr).toMatch(/stopped before the search was over: \d+ looks are reported/);
  });

  it('a sweep before its exact values: shards are kept, and the estimates of points are reported', async () => {
    writeFileSync(join(folder, 'sweep.json'), JSON.stringify(SWEEP));
    const args = ['sweep', 'sweep.json', '--backend', 'cpu', '--out', 'swept', '--json'];
    const ended = await stopped(args, ({ stderr }) => /"label":"(results|exact values)"/.test(stderr));
    const { results } = json(ended) as { results: unknown[] };
    expect(results.length).toBeGreaterThan(3);
    expect(ended.stderr).toContain('stopped before the exact values were known: all 3 shards are finished and kept');
    expect(readdirSync(join(folder, 'swept')).sort()).toEqual(['shards', 'sweep.json']);
  });
});

describe('a run with --out', () => {
  it('to a precision goes on where it was stopped, to the bits of one go', async () => {
    const until = ['run', 'light.json', '--backend', 'cpu', '--slots', '512', '--until', '0.1%', '--json'];
    const whole = await run(until);
    expect(whole.status, whole.stderr).toBe(0);
    const out = join(folder, 'until');
    const first = await run([...until, '--out', out], 'SIGKILL', () => existsSync(join(out, 'checkpoint.json')));
    expect(first.status).toBe(137);
    const resumed = await run([...until, '--out', out]);
    expect(resumed.status, resumed.stderr).toBe(0);
    expect(resumed.stderr).toMatch(/paths are in \S+ already$/m);
    const told = ({ stdout }: Ended): unknown => {
      const { partialsSha256, horizons, precision } = JSON.parse(stdout) as Record<string, unknown>;
      return { partialsSha256, horizons, precision };
    };
    expect(told(resumed)).toEqual(told(whole));
  });
});
