/** Commands of scenarios whose tasks think longer, fail and are served again: judged, compared, and told. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { comparisonDocument } from '../../src/report/comparison-report.js';
import { presetDocument } from '../../src/scenario/presets.js';
import { runOn, unfolded } from './sink.js';

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
  test('finds the simulated walk of a site right', async () => {
    const path = file('site', { tasks: tolerant, routing: { retries }, battery: { capacityJoules: 2e6 } });
    const { status, stderr } = await runOn(['validate', path, '--trials', '20000', ...few]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  test('finds a walk without the second tries wrong', async () => {
    const trials = ['--trials', '20000', '--horizons', '64'];
    const simulated = JSON.parse((await runOn(['run', retried, ...trials, ...few.slice(2), '--json'])).stdout) as {
      horizons: { meanDeficit: number; standardError: number }[];
    };
    const once = file('once', { tasks: tolerant });
    const exact = JSON.parse((await runOn(['exact', once, '--horizons', '64', '--json', '--quiet'])).stdout) as {
      horizons: { exact: { meanDeficit: number } }[];
    };
    const [{ meanDeficit, standardError }] = simulated.horizons;
    expect(meanDeficit - exact.horizons[0].exact.meanDeficit).toBeGreaterThan(20 * standardError);
  });
});

describe('tasks', () => {
  test('tell how a task is served, what it burns and how often it fails', async () => {
    const { stdout } = await runOn(['tasks', retried, '--json', '--quiet']);
    const json = JSON.parse(stdout) as {
      failuresPerSlot: number;
      meanDemandJoules: number;
      leastDemandJoules: number;
      tasks: {
        name: string;
        weight: number;
        failureProbability: number;
        meanTries: number;
        meanJoules: number;
        models: { energyJoules: number; served?: { mostTries: number; meanTries: number } }[];
      }[];
    };
    expect(json.tasks).toHaveLength(20);
    const [first] = json.tasks;
    // ε = 0.3: three tries at most, on the small model.
    expect(first).toMatchObject({ name: 'd1, ε 0.3', weight: 0.25, models: [{ served: { mostTries: 3 } }, {}] });
    expect(first.failureProbability).toBeCloseTo(0.027, 9);
    expect(first.meanTries).toBeCloseTo(1 + 0.3 + 0.09, 9);
    expect(first.meanJoules / (1.39 * first.models[0].energyJoules)).toBeCloseTo(1, 9);
    // λ = 2, weights 10 in all.
    const sum = (of: (task: (typeof json.tasks)[number]) => number): number =>
      (2 * json.tasks.reduce((s, task) => s + task.weight * of(task), 0)) / 10;
    expect(json.failuresPerSlot).toBeCloseTo(
      sum((task) => task.failureProbability),
      12,
    );
    expect(json.meanDemandJoules / sum((task) => task.meanJoules)).toBeCloseTo(1, 12);
    expect(json.leastDemandJoules / sum((task) => task.meanJoules / task.meanTries)).toBeCloseTo(1, 12);
    const { stdout: text } = await runOn(['tasks', retried]);
    expect(unfolded(text)).toMatch(/tries: mean times that it is served/);
    expect(text).toMatch(/^excess {3}[\d.]+ kJ a slot of it, beyond the least that tasks need$/m);
    expect(text).toMatch(
      new RegExp(`^failures ${Number(json.failuresPerSlot.toPrecision(3))} a slot expected, [\\d.]+ % of tasks$`, 'm'),
    );
  });
});

describe('compare', () => {
  test('says how many tasks fail on either side, and by how long they wait', async () => {
    const patient = { kind: 'latest', maximumWaitSlots: 5 };
    const once = file('once', {});
    const waits = file('waits', { routing: { retries, policy: patient } });
    const args = ['compare', once, file('again', { routing: { retries } }), waits, '--trials', '50', ...few];
    const found = JSON.parse((await runOn([...args, '--json'])).stdout) as ReturnType<typeof comparisonDocument>;
    const [plain, again, latest] = found.sides.map(({ failures }) => failures?.[0] ?? { slots: 0, least: 0, most: 0 });
    // Two tasks a slot, one in twenty fails.
    expect(plain.slots).toBe(64);
    expect(plain.least).toBeCloseTo(64 * 2 * 0.05, 9);
    expect(plain.most).toBe(plain.least);
    expect(again.most).toBe(again.least);
    expect(again.least).toBeLessThan(0.5 * plain.least);
    // Dispatched at once it fails as the other does; who waits has less time to try again.
    expect(latest.least).toBeCloseTo(again.least, 9);
    expect(latest.most).toBeGreaterThan(1.05 * latest.least);
    const { stdout } = await runOn(args);
    const shown = (x: number): string => String(Number(x.toPrecision(3)));
    expect(unfolded(stdout)).toContain(
      `Of the tasks that arrive up to T = 64, ${shown(again.least)} fail on average under again, 6.40 under once.`,
    );
    expect(unfolded(stdout)).toMatch(
      /Of the tasks that arrive up to T = 64, between [\d.]+ and [\d.]+ fail on average/,
    );
  });

  test('has none to tell of tasks that give their energies', async () => {
    const { stdout } = await runOn(['compare', 'surplus', 'shortfall', '--trials', '50', ...few, '--json']);
    const found = JSON.parse(stdout) as ReturnType<typeof comparisonDocument>;
    expect(found.sides.map(({ failures }) => failures)).toEqual([null, null]);
  });
});
