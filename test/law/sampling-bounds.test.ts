/**
 * Very many tasks a slot: what the sampled law promises is checked, said where it is broken, and nothing runs on for
 * ever.
 */
import { resolveScenario } from '../../src/fleet/resolve.js';
import { expect, test } from 'vitest';
import { PlanError } from '../../src/errors.js';
import { prepareRun, prepareSite } from '../../src/study/plan.js';
import { brokenBounds } from '../../src/law/sampling-bounds.js';
import { parseScenario } from '../../src/scenario/parse.js';
import { runOn } from '../cli/sink.js';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const many = (ratePerSlot: number, harvest: object, more: object = {}) => ({
  ...{ schemaVersion: 1, arrivals: { ratePerSlot }, tasks: [{ energyJoules: 1 }, { energyJoules: 2.5 }], harvest },
  ...more,
});
const MATCHED = { mean: 'critical', variance: 'matched' };
const REQUEST = { trials: 10, horizons: [4], seed: '1' };

test.each([2, 1e4, 1e7, 1e8])('the lumped walk keeps its promises at %d tasks a slot', (rate) => {
  const { law, walk } = prepareRun(resolveScenario(parseScenario(many(rate, MATCHED))), REQUEST);
  expect(brokenBounds(law.samplingError, walk.harvest)).toEqual([]);
});

test('a promise that is broken is named with what was promised (a singular harvest beside 10⁸ tasks, whose spread no grid resolves)', async () => {
  const scenario = many(1e8, { shape: 0.5, scaleJoules: 1e8 });
  const { law, walk } = prepareRun(resolveScenario(parseScenario(scenario)), REQUEST);
  expect(brokenBounds(law.samplingError, walk.harvest)).toEqual([
    expect.stringMatching(/^Kolmogorov distance \d\.\de-\d \(promised: 1e-3\)$/),
  ]);
  expect(brokenBounds({ mean: 0, variance: -3e-3, kolmogorov: NaN, finestMass: 0 }, walk.harvest)).toEqual([
    'variance 3.0e-3 (promised: 5e-5)',
    'Kolmogorov distance NaN (promised: 1e-3)',
  ]);
  const folder = mkdtempSync(join(tmpdir(), 'batterywalk-bounds-'));
  const path = join(folder, 'many.json');
  writeFileSync(path, JSON.stringify(scenario));
  const { status, stderr } = await runOn(['run', path, '--trials', '100', '--slots', '4', '--backend', 'cpu']);
  rmSync(folder, { recursive: true });
  expect(status).toBe(0);
  expect(stderr).toContain('the sampled law is further from the scenario than promised: Kolmogorov distance');
});

test.each<[string, () => unknown]>([
  [
    'by the tasks kernel',
    () => prepareRun(resolveScenario(parseScenario(many(1e7, MATCHED))), { ...REQUEST, kernel: 'tasks' }),
  ],
  [
    'of a site',
    () =>
      prepareSite(resolveScenario(parseScenario(many(1e8, MATCHED, { battery: { capacityJoules: 1e9 } }))), REQUEST),
  ],
  [
    'in the busiest slot of a site',
    () =>
      prepareSite(
        resolveScenario(
          parseScenario({
            ...many(1e6, MATCHED, { battery: { capacityJoules: 1e9 } }),
            arrivals: { ratePerSlot: 1e6, profile: { values: [1, 3], slotsPerValue: 2 } },
          }),
        ),
        REQUEST,
      ),
  ],
])(
  'more than a million tasks a slot, each drawn for itself %s, are refused before they eat time and memory',
  (_, act) => {
    expect(act).toThrow(PlanError);
    expect(act).toThrow(/arrivals\.ratePerSlot: got \d+ tasks in the busiest slot, expected at most 1048576/);
  },
);
