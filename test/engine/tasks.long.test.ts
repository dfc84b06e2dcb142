/** The tasks kernel against exact laws of the lumped walk, and of its drift. The rest: tasks.test.ts. */
import { resolveScenario } from '../../src/fleet/resolve.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { host } from '#host';
import type { Backend } from '../../src/engine/backend.js';
import { createCpuBackend } from '../../src/engine/cpu/backend.js';
import { planTasksJob } from '../../src/engine/job.js';
import { CONSUMPTION_ORIGIN, planProofJob, splitProof } from '../../src/engine/proof-job.js';
import { prepareRun } from '../../src/study/plan.js';
import { demandLaw, demandMoments, meanExcessJoules } from '../../src/fleet/demand.js';
import { buildTaskTable } from '../../src/fleet/task-table.js';
import type { WalkLaw } from '../../src/fleet/walk-law.js';
import { taskMoments } from '../../src/study/references.js';
import { sampleMoments } from '../../src/stats/summary.js';
import { judge } from '../../src/stats/verdict.js';
import { referenceWith, taskLawOf } from './task-settings.js';

let cpu: Backend;
beforeAll(() => {
  cpu = createCpuBackend(host, 2);
});
afterAll(() => cpu.release());

describe('lumped accounting on the tasks kernel', () => {
  const horizons = [1, 16, 256];
  const request = { trials: 200_000, horizons, seed: 'judged', kernel: 'tasks' } as const;
  const prepared = prepareRun(resolveScenario(referenceWith()), request);
  const law = taskLawOf(referenceWith(), 256);
  const off = (times: number): WalkLaw => {
    const { demand, harvest } = prepared.walk;
    return { demand, harvest: { shape: harvest.shape, scaleJoules: harvest.scaleJoules * times } };
  };

  test('has the exact law of the lumped walk; a harvest 1 % off is found', async () => {
    expect(prepared.job.kernel).toBe('tasks');
    const partials = await cpu.run(planTasksJob(law, 'lumped', request));
    const verdict = (walk: WalkLaw) =>
      judge(partials, law.quantumJoules, taskMoments({ ...law, source: walk }, horizons));
    const right = verdict(prepared.walk);
    expect(right.pass, JSON.stringify(right)).toBe(true);
    expect(verdict(off(1.01)).pass).toBe(false);
  });
});

test.each([0.1, 0.5])('mean drift at error rate %f is −λ η E[excess]', async (errorRate) => {
  const scenario = referenceWith({ routing: { errorRate, overheadJoules: 0, overheadSeconds: 0 } });
  const table = buildTaskTable(scenario);
  const slots = 200;
  const trials = 20_000;
  const law = taskLawOf(scenario, slots);
  const job = planProofJob(law, { trials, horizons: [slots], seed: 'drift' });
  const [row] = splitProof(await cpu.run(job)).consumption;
  const { mean } = sampleMoments(row, 1);
  const consumed = ((mean - CONSUMPTION_ORIGIN) / slots + job.centreQuanta) * law.quantumJoules;
  // The harvest is set critical at error rate 0, so its mean is the demand's there.
  const drift = demandMoments(demandLaw(scenario, table, 0)).mean - consumed;
  const standardError = Math.sqrt(demandMoments(demandLaw(scenario, table)).variance / (slots * trials));
  const expected = -scenario.arrivals.ratePerSlot * errorRate * meanExcessJoules(table);
  expect(Math.abs(drift - expected) / standardError).toBeLessThan(4);
  expect(Math.abs(expected) / standardError).toBeGreaterThan(20);
});
