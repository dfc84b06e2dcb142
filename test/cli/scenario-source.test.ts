/** Scenarios on the command line: presets as files, standard input, and values set by options. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { presetDocument, presetNames } from '../../src/scenario/presets.js';
import { runOn } from './sink.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'batterywalk-source-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const scenarioOf = async (...argv: string[]): Promise<Record<string, Record<string, unknown>>> => {
  const { status, stdout, stderr } = await runOn(['exact', ...argv, '--slots', '1', '--json', '--quiet']);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return (JSON.parse(stdout) as { scenario: Record<string, Record<string, unknown>> }).scenario;
};

describe('presets', () => {
  it('are listed, a line each', async () => {
    const { status, stdout } = await runOn(['presets']);
    expect(status).toBe(0);
    for (const name of presetNames()) expect(stdout).toMatch(new RegExp(`^${name} +\\S`, 'm'));
    const { presets } = JSON.parse((await runOn(['presets', '--json'])).stdout) as { presets: { name: string }[] };
    expect(presets.map(({ name }) => name)).toEqual(presetNames());
  });

  it.each(presetNames())('%s is printed as a file that reads as it does itself', async (name) => {
    const { status, stdout } = await runOn(['preset', name]);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toEqual(presetDocument(name));
  });

  it('an unknown one is refused with the nearest', async () => {
    const { status, stdout, stderr } = await runOn(['preset', 'refrence']);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^batterywalk: .*"refrence".*reference.*\n$/);
  });
});

describe('--set', () => {
  it('changes values, the later of one path last, in presets and in files', async () => {
    const path = join(folder, 'mine.json');
    writeFileSync(path, JSON.stringify(presetDocument('surplus')));
    for (const source of ['surplus', path]) {
      const scenario = await scenarioOf(
        source,
        ...['--set', 'harvest.mean.timesDemand=1.3', '--set', 'harvest.mean.timesDemand=1.25', '--set', 'name=mine'],
      );
      expect(scenario).toMatchObject({ name: 'mine', harvest: { mean: { timesDemand: 1.25 } } });
    }
  });

  it.each([
    ['no value', 'harvest.mean', '--set: got "harvest.mean", expected PATH=VALUE'],
    ['no path', '=3', '--set: got "=3", expected PATH=VALUE'],
    ['an unknown key', 'harvest.maen=3', 'harvest.maen'],
    ['a value of another kind', 'harvest.mean=much', 'harvest.mean'],
  ])('refuses %s', async (_, setting, message) => {
    const { status, stdout, stderr } = await runOn(['exact', '--slots', '1', '--set', setting]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/^batterywalk: [^\n]+\n$/);
  });
});

it('reads a scenario from standard input', () => {
  const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [cli, 'exact', '-', '--set', 'name=piped', '--slots', '1', '--json', '--quiet'],
    { input: JSON.stringify(presetDocument('surplus')), encoding: 'utf8' },
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect((JSON.parse(stdout) as { scenario: { name: string } }).scenario.name).toBe('piped');
});
