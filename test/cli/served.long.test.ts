/** Validations of scenarios whose tasks think longer, fail and are served again. That of a site: served.test.ts. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { presetDocument } from '../../src/scenario/presets.js';
import { runOn } from './sink.js';

const folder = mkdtempSync(join(tmpdir(), 'batterywalk-served-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
const document = presetDocument('reference') as { readonly tasks: readonly object[] };
function file(name: string, parts: object): string {
  const path = join(folder, `${name}.json`);
  writeFileSync(path, JSON.stringify({ ...document, name, ...parts }));
  return path;
}

const retries = { most: 2 };
const tolerant = document.tasks.map((task) => ({ ...task, tolerance: { values: [0.3, 0.05], weights: [1, 3] } }));
const retried = file('retried', { tasks: tolerant, routing: { retries } });
const few = ['--slots', '64', '--seed', 'served', '--backend', 'cpu', '--quiet'];

describe('validate', () => {
  test.each([
    ['lumped', retried],
    ['thinking longer', file('longer', { routing: { thinking: { factor: 1.4 }, errorRate: 0.1 } })],
    [
      'without end',
      file('endless', { tasks: tolerant, routing: { retries: { most: 'unlimited', deadline: 'ignore' } } }),
    ],
    ['distributed', file('spread', { tasks: tolerant, routing: { retries }, accounting: 'distributed' })],
  ])('finds the simulated walk right: %s', async (_, path) => {
    const { status, stderr } = await runOn(['validate', path, '--trials', '20000', ...few]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});
