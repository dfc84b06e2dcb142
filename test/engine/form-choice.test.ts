/**
 * Which of two forms of a kernel walks: found in long runs on a clock of the test's own, and without a change of bits
 * on a device.
 */
import seedrandom from 'seedrandom';
import { describe, expect, test } from 'vitest';
import { host } from '#host';
import { createCpuBackend } from '../../src/engine/cpu/backend.js';
import { planTasksJob } from '../../src/engine/job.js';
import { partialsSha256 } from '../../src/engine/partials-codec.js';
import { createWebGpuBackend } from '../../src/engine/webgpu/backend.js';
import { FormChoice } from '../../src/engine/webgpu/form-choice.js';
import { Paces } from '../../src/engine/webgpu/pace.js';
import { wrappedHandle } from './fake-device.js';
import { TASK_SETTINGS, taskLawOf } from './task-settings.js';

const USUAL = { name: 'usual', pipeline: {} as GPUComputePipeline };
const OTHER = { name: 'other', pipeline: {} as GPUComputePipeline };

interface Run {
  /** Slots of lumped walks a second of either form, and how long a run takes with the usual one, seconds. */
  readonly usual: number;
  readonly other: number;
  readonly seconds: number;
  /** Whether the other form compiles. */
  readonly compiles?: boolean;
}

/** Submissions one after the other; one in twenty is told late, by up to three times its length. */
async function run({ usual, other, seconds, compiles = true }: Run) {
  const random = seedrandom(`${usual} ${other}`);
  const state = { made: 0 };
  const make = (): Promise<GPUComputePipeline> => {
    state.made++;
    return compiles ? Promise.resolve(OTHER.pipeline) : Promise.reject(new Error('no room'));
  };
  const choice = new FormChoice(USUAL, { name: OTHER.name, make });
  const paces = new Paces();
  let left = usual * seconds;
  let taken = 0;
  while (left > 0) {
    choice.turn(left, paces);
    const pace = paces.of(choice.pipeline);
    const work = Math.min(left, pace.work);
    const time = work / (choice.pipeline === USUAL.pipeline ? usual : other);
    left -= work;
    taken += time;
    pace.learn(work / (random() < 0.05 ? time * (1 + 3 * random()) : time));
    await Promise.resolve();
  }
  return {
    made: state.made,
    isOther: choice.pipeline === OTHER.pipeline,
    excess: taken / seconds - 1,
    found: choice.found,
  };
}

describe('on a clock of the test', () => {
  test.each([
    [1e10, 1.13e10],
    [1.13e10, 1e10],
    [1e10, 1e12],
    [1e12, 1e10],
    [3e9, 4e9],
    [1e11, 1.01e11],
  ])('usual %d, other %d slots a second: the faster walks a long run', async (usual, other) => {
    const { made, isOther, excess, found } = await run({ usual, other, seconds: 40 });
    expect(made).toBe(1);
    expect(isOther).toBe(other > 1.03 * usual);
    expect(excess).toBeLessThan(isOther ? 0 : 0.05);
    expect(found).toMatch(isOther ? /^other \(other was/ : /^usual \(other was/);
  });

  test('a short run compiles no other form, nor does a slow device', async () => {
    expect(await run({ usual: 1e10, other: 1e11, seconds: 1 })).toMatchObject({ made: 0, isOther: false, found: '' });
    expect(await run({ usual: 1e8, other: 9e8, seconds: 60 })).toMatchObject({ made: 0, isOther: false, found: '' });
  });

  test('a form that the device refuses is told, and the usual one goes on', async () => {
    const told = await run({ usual: 1e10, other: 1e11, seconds: 60, compiles: false });
    expect(told).toMatchObject({ made: 1, isOther: false, found: 'usual (other: no room)' });
  });
});

const MOST_RUNS = 100;

test('a device goes from form to form within a batch, to the same bits', async () => {
  const ways = [
    { columns: 'storage', tasks: 'by slot' },
    { columns: 'storage', tasks: 'by round' },
  ] as const;
  const { scenario } = TASK_SETTINGS[1];
  const job = planTasksJob(taskLawOf(scenario, 300), 'lumped', { trials: 40_000, horizons: [40, 300], seed: 'forms' });
  const cpu = createCpuBackend(host, 2);
  const expected = partialsSha256(await cpu.run(job));
  await cpu.release();
  for (const [usual, other] of [ways, [ways[1], ways[0]]]) {
    const backend = await createWebGpuBackend(await host.requestAdapter('software'), usual, { other, limits: [0, 0] });
    // How long it takes until both were timed is the machine's matter.
    let found: readonly string[] = [];
    for (let runs = 0; found.length === 0 && runs < MOST_RUNS; runs++) {
      expect(partialsSha256(await backend.run(job))).toBe(expected);
      found = (await backend.remarks?.()) ?? [];
    }
    // A few submissions may be too short to be timed.
    expect(found).toEqual([expect.stringMatching(/times as fast|not timed beside/)]);
    await backend.release();
  }
});

test('a processor that plays a GPU has one form of each', async () => {
  const backend = await createWebGpuBackend(await host.requestAdapter('software'));
  const { scenario } = TASK_SETTINGS[1];
  await backend.run(planTasksJob(taskLawOf(scenario, 30), 'lumped', { trials: 3000, horizons: [30], seed: 'forms' }));
  expect(await backend.remarks?.()).toEqual([]);
  await backend.release();
});

test('a device without a name walks from storage memory at first', async () => {
  const nameless = { vendor: '', architecture: '', device: '', description: '', isSoftware: false };
  let columnsInWorkgroup = 0;
  const code = (_: string, text: string): string => {
    if (text.includes('var<workgroup> columns')) columnsInWorkgroup++;
    return text;
  };
  const backend = await createWebGpuBackend(await wrappedHandle({ code }, nameless));
  const { scenario } = TASK_SETTINGS[1];
  await backend.run(planTasksJob(taskLawOf(scenario, 30), 'lumped', { trials: 3000, horizons: [30], seed: 'forms' }));
  expect(columnsInWorkgroup).toBe(0);
  await backend.release();
});
