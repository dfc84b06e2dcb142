/**
 * Twelve bad inputs, as a user makes them: each gives one clear line on stderr, nothing on stdout, and exit status 2 or
 * 3.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { presetDocument } from '../../src/scenario/presets.js';
import { runOn } from './sink.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'batterywalk-refusals-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

type Document = Record<string, unknown> & { tasks: Record<string, unknown>[] };
const reference = (change: (document: Document) => void): string => {
  const document = structuredClone(presetDocument('reference')) as Document;
  change(document);
  return JSON.stringify(document);
};
const energies = (energyJoules: string): string =>
  `{ "schemaVersion": 1, "arrivals": { "ratePerSlot": 1 }, "tasks": [{ "energyJoules": ${energyJoules}, "weight": 1 }] }`;

const file = (name: string, contents: string): string => {
  const path = join(folder, name);
  writeFileSync(path, contents);
  return path;
};

/** What came, the arguments, the exit status, and what the line must name. */
const CASES: [string, () => string[], 2 | 3, RegExp][] = [
  ['no file', () => [join(folder, 'nowhere.json')], 2, /nowhere\.json.*neither a file nor a preset/],
  ['not JSON', () => [file('text.json', '{ "schemaVersion": 1,\n  name: }')], 2, /text\.json.*line 2/],
  [
    'an unknown key',
    () => [
      file(
        'key.json',
        reference((d) => (d.batery = {})),
      ),
    ],
    2,
    /batery.*unknown key.*"battery"/,
  ],
  [
    'a negative rate',
    () => [
      file(
        'rate.json',
        reference((d) => (d.arrivals = { ratePerSlot: -1 })),
      ),
    ],
    2,
    /arrivals\.ratePerSlot.*-1/,
  ],
  [
    'empty tasks',
    () => [
      file(
        'tasks.json',
        reference((d) => (d.tasks = [])),
      ),
    ],
    2,
    /tasks/,
  ],
  [
    'an infeasible task',
    () => [
      file(
        'deadline.json',
        reference((d) => (d.tasks[3].deadlineSeconds = 1)),
      ),
    ],
    2,
    /d4.*deadline/s,
  ],
  ['NaN energy', () => [file('nan.json', energies('NaN'))], 2, /nan\.json.*line 1/],
  [
    'an energy that is no number',
    () => [file('energy.json', energies('"much"'))],
    2,
    /tasks\[0\]\.energyJoules.*"much"/,
  ],
  ['T = 0', () => ['reference', '--slots', '0'], 2, /--slots.*"0"/],
  ['too many trials', () => ['reference', '--trials', '1e13'], 2, /trials.*at most 1099511627776/],
  ['an unknown backend', () => ['reference', '--backend', 'cuda'], 2, /--backend.*"cuda".*webgpu/],
  ['horizons out of order', () => ['reference', '--horizons', '64,16'], 2, /--horizons.*16 after 64/],
  ['a horizon beyond 32 bits', () => ['reference', '--slots', '1e15', '--trials', '1'], 2, /slots.*32-bit/],
];

test.each(CASES)('%s', async (_, args, expected, says) => {
  for (const command of ['run', 'validate']) {
    const { status, stdout, stderr } = await runOn([command, ...args(), '--quiet']);
    expect({ status, stdout }, stderr).toEqual({ status: expected, stdout: '' });
    expect(stderr).toMatch(/^batterywalk: [^\n]+\n$/);
    expect(stderr).toMatch(says);
  }
});

test('no adapter of the kind that was asked for', async ({ skip }) => {
  const { status, stdout, stderr } = await runOn([
    'run',
    '--backend',
    'webgpu',
    '--adapter',
    'hardware',
    '--trials',
    '1',
    '--quiet',
  ]);
  if (status === 0) skip('this machine has a GPU');
  expect({ status, stdout }).toEqual({ status: 3, stdout: '' });
  expect(stderr).toMatch(/^batterywalk: No hardware WebGPU adapter: [^\n]+\n$/);
});
