/**
 * Wrong devices are refused, named, before any number of theirs is used: faults injected into kernels and devices
 * (device-faults.ts).
 */
import { afterAll, describe, expect, test } from 'vitest';
import type { Backend } from '../../src/engine/backend.js';
import { planTasksJob } from '../../src/engine/job.js';
import { sampleLaw } from '../../src/law/sampled-law.js';
import { planPassages } from '../../src/engine/passage-job.js';
import { planProofJob } from '../../src/engine/proof-job.js';
import { planSiteJob } from '../../src/engine/site-job.js';
import { createWebGpuBackend } from '../../src/engine/webgpu/backend.js';
import { WrongAnswerError } from '../../src/errors.js';
import { FAULTS } from './device-faults.js';
import type { Exercise, Fault } from './device-faults.js';
import { wrappedHandle } from './fake-device.js';
import { SETTINGS, jobOf } from './jobs.js';
import { SITE_SETTINGS, siteLawOf } from './site-settings.js';
import { TASK_SETTINGS, taskLawOf } from './task-settings.js';

const SLOTS = 300;
const REQUEST = { trials: 50, horizons: [4, SLOTS], seed: 'fault' };

// So coarse that energies have fractions of a quantum.
const tasksLaw = taskLawOf(TASK_SETTINGS[0].scenario, 10 ** 6);
const siteJob = (index: number) => planSiteJob(siteLawOf(SITE_SETTINGS[index].scenario, SLOTS), REQUEST);

/** What brings a backend to compile the form that a fault is in. */
const EXERCISES: Record<Exercise, (backend: Backend) => Promise<unknown>> = {
  opening: () => Promise.resolve(),
  residual: (backend) => backend.run(jobOf(SETTINGS[1], REQUEST)),
  wide: (backend) => {
    const job = jobOf(SETTINGS[0], REQUEST);
    return job.kernel === 'lumped'
      ? backend.run({ ...job, tables: { ...job.tables, coreShift: 9 } })
      : backend.run(job);
  },
  passage: (backend) => {
    const { walk } = SETTINGS[0];
    const law = sampleLaw(walk, { slots: SLOTS, initialJoules: 0, stopJoules: 20_000 });
    return backend.passages(planPassages(law, { deficitJoules: 20_000, slots: SLOTS, trials: 50, seed: 'fault' }).job);
  },
  tasks: (backend) => backend.run(planTasksJob(tasksLaw, 'lumped', REQUEST)),
  distributed: (backend) => backend.run(planTasksJob(tasksLaw, 'distributed', REQUEST)),
  proof: (backend) => backend.run(planProofJob(tasksLaw, REQUEST)),
  site: (backend) => backend.run(siteJob(1)),
  queue: (backend) => backend.run(siteJob(SITE_SETTINGS.length - 1)),
};

async function exercise(fault: Fault): Promise<unknown> {
  const backend = await createWebGpuBackend(await wrappedHandle(fault.wrapping));
  try {
    return await EXERCISES[fault.exercise](backend);
  } finally {
    await backend.release();
  }
}

const table: string[] = [];
afterAll(() => {
  console.log(`${table.length} injected faults\n${table.join('\n')}`);
});

test('there are at least fifty faults, no two of one name', () => {
  expect(new Set(FAULTS.map(({ name }) => name)).size).toBe(FAULTS.length);
  expect(FAULTS.length).toBeGreaterThanOrEqual(50);
});

test('the tasks that are walked have fractions', () => {
  expect(tasksLaw.tables.fractionBits).toBeGreaterThan(0);
});

describe('a fault is refused, with the device and the stage named', () => {
  test.each(FAULTS)('$name', async (fault) => {
    const error = await exercise(fault).then(
      () => undefined,
      (caught: unknown) => caught,
    );
    expect(fault.met()).toBe(true);
    expect(error).toBeInstanceOf(WrongAnswerError);
    const { stage, message } = error as WrongAnswerError;
    table.push(`${fault.name} | ${stage} | ${message.slice(0, 160)}`);
    expect(message).toMatch(/^SwiftShader.* gives wrong numbers, in the /);
    expect(stage).toBe(fault.stage);
  });
});
