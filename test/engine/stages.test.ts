/** The draws that benches time alone give the same sums on the software adapter and in TypeScript. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { host } from '#host';
import { stageSums } from '../../src/engine/cpu/stages.js';
import { planTasksJob } from '../../src/engine/job.js';
import { STAGES } from '../../src/engine/stages.js';
import { openDevice } from '../../src/engine/webgpu/device.js';
import type { Device } from '../../src/engine/webgpu/device.js';
import { openStage, timeTransfer } from '../../src/engine/webgpu/stages.js';
import { TASK_SETTINGS, taskLawOf } from './task-settings.js';

let device: Device;
beforeAll(async () => {
  device = await openDevice(await host.requestAdapter('software'));
});
afterAll(() => {
  device.destroy();
});

const CASES = TASK_SETTINGS.flatMap((setting) => STAGES.map((stage) => ({ setting, stage, name: setting.name })));

test.each(CASES)('$stage: $name', async ({ setting: { scenario }, stage }) => {
  const job = planTasksJob(taskLawOf(scenario, 20), 'lumped', { trials: 300, horizons: [20], seed: 'stages' });
  const opened = await openStage(device, 'storage', job, stage, 300);
  const { wall, device: own } = await opened.time(33);
  expect(wall).toBeGreaterThan(0);
  // SwiftShader has a clock.
  expect(own).toBeGreaterThanOrEqual(0);
  const sums = await opened.sums(300);
  expect(sums).toEqual(stageSums(job, stage, 300, 33));
  expect(new Set(sums).size).toBeGreaterThan(30);
  opened.destroy();
});

test('a transfer takes time', async () => {
  expect(await timeTransfer(device, 1000)).toBeGreaterThan(0);
});
