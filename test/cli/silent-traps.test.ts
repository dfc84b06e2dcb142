/** What would be taken in silence and is not what was meant, or is refused only after work: told before it. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LIGHT } from './light.js';
import { runOn } from './sink.js';

let folder = '';
let light = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'batterywalk-traps-'));
  light = join(folder, 'light.json');
  writeFileSync(light, JSON.stringify(LIGHT));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const QUICK = ['--backend', 'cpu', '--slots', '16', '--trials', '2000'];

it.each([
  ['reserve', ['--risk', '0.1,0.01,0.1'], '--risk: got "0.1,0.01,0.1", expected each value once, but 0.1 comes twice'],
  ['reserve', ['--risk', '0.1,10%'], '--risk: got "0.1,10%", expected each value once, but 0.1 comes twice'],
  ['exact', ['--at', '1kJ,1000'], '--at: got "1kJ,1000", expected each value once, but 1000 comes twice'],
  ['tail', ['--at', '5,5'], '--at: got "5,5", expected each value once, but 5 comes twice'],
  ['compare', ['--break-even', '0,0'], '--break-even: got "0,0", expected each value once, but 0 comes twice'],
  ['run', ['--until', 'soon'], '--until: got "soon", expected a relative half-width between 0 and 100 %'],
  [
    'design',
    ['--risk', '1%', '--vary', 'battery.capacityJoules', '--between', '1e30,1e40'],
    /^batterywalk: --between: got 1e\+30 to 1e\+40, expected two values of at most [\d.]+, the lower first\n$/,
  ],
  [
    'design',
    ['--risk', '1%', '--vary', 'routing.deadlineRule=slots'],
    '--vary: got "routing.deadlineRule=slots", expected a path alone, such as harvest.mean.timesDemand: its values',
  ],
  [
    'design',
    ['--risk', '1%', '--vary', 'routing.policy.kind', '--find', 'largest'],
    '--vary: got "routing.policy.kind", expected a path that takes a number (routing.policy: got an object, expected',
  ],
] as const)('%s %j', async (command, options, line) => {
  const { status, stdout, stderr } = await runOn([command, light, ...QUICK, '--quiet', ...options]);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  if (typeof line === 'string') expect(stderr).toContain(`batterywalk: ${line}`);
  else expect(stderr).toMatch(line);
  expect(stderr.trimEnd()).not.toContain('\n');
});

describe('a risk that the trials cannot resolve', () => {
  it('is refused before they are walked', async () => {
    // So many would take hours.
    const options = ['--backend', 'cpu', '--slots', '4096', '--trials', '1e11', '--quiet'];
    const { status, stdout, stderr } = await runOn(['reserve', light, ...options, '--risk', '0.1,1e-12']);
    expect({ status, stdout, stderr }).toEqual({
      status: 2,
      stdout: '',
      stderr:
        'batterywalk: --risk: got 1e-12 with 100000000000 trials, expected at least 10000000000000 trials for it, ' +
        'or a larger risk\n',
    });
  });

  it('makes a run to a precision take as many as it needs', async () => {
    const options = ['--backend', 'cpu', '--slots', '16', '--until', '50%', '--risk', '5e-4', '--json', '--quiet'];
    const { status, stdout, stderr } = await runOn(['reserve', light, ...options]);
    expect(status, stderr).toBe(0);
    expect((JSON.parse(stdout) as { trials: number }).trials).toBe(20_000);
  });
});

describe('a run into the folder of a sweep', () => {
  it.each(['sweep.json', 'shards'])('is refused by %s, whatever else is there', async (name) => {
    for (const command of ['run', 'validate']) {
      const out = join(folder, `${command} into ${name}`);
      mkdirSync(name === 'shards' ? join(out, name) : out, { recursive: true });
      if (name !== 'shards') writeFileSync(join(out, name), '{}');
      const { status, stderr } = await runOn([command, light, ...QUICK, '--quiet', '--out', out]);
      expect({ status, stderr }).toEqual({
        status: 2,
        stderr:
          `batterywalk: --out: ${out} holds a sweep (${name}), whose results a run would write over, ` +
          'expected a folder for the run alone\n',
      });
      expect(readdirSync(out)).toEqual([name]);
    }
  });

  it('of a site too; and a sweep into that of a run that goes on', async () => {
    const out = join(folder, 'site');
    mkdirSync(out);
    writeFileSync(join(out, 'sweep.json'), '{}');
    const site = ['run', 'solar-site', ...QUICK, '--quiet', '--out', out];
    expect(await runOn(site)).toMatchObject({ status: 2, stderr: expect.stringMatching(/holds a sweep/) as string });
    const going = join(folder, 'going');
    mkdirSync(going);
    writeFileSync(join(going, 'checkpoint.json'), '{}');
    const sweep = join(folder, 'sweep.json');
    writeFileSync(sweep, JSON.stringify({ schemaVersion: 1, base: LIGHT, trials: 100, horizons: [4] }));
    const { status, stderr } = await runOn(['sweep', sweep, '--quiet', '--backend', 'cpu', '--out', going]);
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr:
        `batterywalk: --out: ${going} holds a run that goes on (checkpoint.json), ` +
        'expected a folder that is new or of this one; --replace writes over its results\n',
    });
    expect(readFileSync(join(going, 'checkpoint.json'), 'utf8')).toBe('{}');
  });
});

it('a scenario that lacks its tasks is told so, and not that it lacks a fleet', async () => {
  const path = join(folder, 'no-tasks.json');
  writeFileSync(path, JSON.stringify({ ...LIGHT, tasks: undefined }));
  const { stderr } = await runOn(['run', path, ...QUICK, '--quiet']);
  expect(stderr).toMatch(/^batterywalk: \S+no-tasks\.json: tasks: missing, expected/);
});
