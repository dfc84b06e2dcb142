/**
 * Traces of scenario files on the command line: found beside the scenario, and told apart where they cannot be read.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readScenario } from '../../src/cli/scenario-source.js';
import type { HarvestByTrace } from '../../src/scenario/scenario.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'batterywalk-trace-'));
  mkdirSync(join(folder, 'data'));
  writeFileSync(join(folder, 'data', 'good.csv'), 'time,power_W\n2026-01-01T00:00Z,1\n2026-01-01T01:00Z,2\n');
  writeFileSync(join(folder, 'data', 'bad.csv'), 'time,power_W\n2026-01-01T00:00Z,1\n2026-01-01T01:00Z,calm\n');
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A scenario file whose trace is what is given. */
function file(trace: unknown): string {
  const path = join(folder, 'site.json');
  const document = { schemaVersion: 1, arrivals: { ratePerSlot: 2 }, tasks: [{ energyJoules: 5 }], harvest: { trace } };
  writeFileSync(path, JSON.stringify(document));
  return path;
}

it('a file is looked for beside the scenario, or where its full name says', () => {
  for (const csv of ['data/good.csv', './data/good.csv', join(folder, 'data', 'good.csv')]) {
    const { trace } = readScenario(file({ csv })).harvest as HarvestByTrace;
    expect(trace).toEqual({ values: [1, 2], unit: 'W', secondsPerValue: 3600, play: 'loop', start: 'first' });
  }
});

it('a sample needs no file', () => {
  const { trace } = readScenario(file({ sample: 'wind' })).harvest as HarvestByTrace;
  expect(trace.values).toHaveLength(8760);
});

it.each([
  ['none.csv', () => `harvest.trace: ${join(folder, 'none.csv')}: is not there, expected a CSV file`],
  ['data', () => `harvest.trace: ${join(folder, 'data')}: is a folder, expected a CSV file`],
  ['data/bad.csv', () => 'harvest.trace: data/bad.csv: line 3, column "power_W": got "calm", expected a number ≥ 0'],
])('%s is told with the names of both files', (csv, message) => {
  const path = file({ csv });
  expect(() => readScenario(path)).toThrow(`${path}: ${message()}`);
});
