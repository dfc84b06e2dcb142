/**
 * Runs that are stopped, devices that are lost, kernels that do not compile: a first part of the paths, or a named
 * error.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { host } from '#host';
import { BackendError, DeviceLostError, InputError, KernelError, PlanError } from '../../src/errors.js';
import type { Backend, RunProgress } from '../../src/engine/backend.js';
import { createCpuBackend } from '../../src/engine/cpu/backend.js';
import type { AdapterHandle } from '../../src/host/contract.js';
import { MAXIMUM_TRIALS } from '../../src/engine/job-request.js';
import { planJob } from '../../src/engine/job.js';
import { openBackend } from '../../src/engine/open-backend.js';
import { partialsSha256 } from '../../src/engine/partials-codec.js';
import { createWebGpuBackend } from '../../src/engine/webgpu/backend.js';
import { openDevice } from '../../src/engine/webgpu/device.js';
import { SETTINGS, jobOf, lawOf } from './jobs.js';

const OPEN: [string, () => Promise<Backend>][] = [
  ['cpu', () => Promise.resolve(createCpuBackend(host, 2))],
  ['webgpu', () => openBackend(host, { backend: 'webgpu', adapter: 'software' })],
];

describe.each(OPEN)('%s', (_, open) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await open();
  });
  afterAll(() => backend.release());

  test('stopped half-way keeps a first part of the paths: the same bytes as a run of just that many', async () => {
    const request = { trials: 200_000, horizons: [10, 100], seed: 'stop' };
    const job = jobOf(SETTINGS[0], request);
    const stop = new AbortController();
    const seen: RunProgress[] = [];
    const partials = await backend.run(job, {
      signal: stop.signal,
      pathsPerBatch: 2000,
      onProgress: (progress) => {
        seen.push(progress);
        if (progress.paths >= 10_000) stop.abort();
      },
    });
    const { count } = partials.horizons[0];
    expect(count).toBeGreaterThanOrEqual(10_000);
    expect(count).toBeLessThan(request.trials);
    expect(partials.horizons[1].count).toBe(count);
    const short = await backend.run(jobOf(SETTINGS[0], { ...request, trials: count }));
    expect(partialsSha256(partials)).toBe(partialsSha256(short));
    for (const key of ['done', 'paths', 'elapsedSeconds'] as const) {
      const values = seen.map((progress) => progress[key]);
      expect(values, key).toEqual(values.toSorted((a, b) => a - b));
    }
    expect(seen.every((progress) => progress.total === 200_000 * 100)).toBe(true);
  });

  test('stopped before it starts keeps nothing, and the backend still works', async () => {
    const job = jobOf(SETTINGS[0], { trials: 1000, horizons: [20], seed: 'x' });
    const nothing = await backend.run(job, { signal: AbortSignal.abort() });
    expect(nothing.horizons.map((h) => [h.count, h.sum])).toEqual([[0, 0n]]);
    expect((await backend.run(job)).horizons[0].count).toBe(1000);
  });

  test('a finished run reports all of its path-slots', async () => {
    let last: RunProgress | undefined;
    const job = jobOf(SETTINGS[0], { trials: 5000, horizons: [3, 60], seed: 'x' });
    await backend.run(job, { onProgress: (progress) => (last = progress) });
    expect(last).toMatchObject({ done: 300_000, total: 300_000, paths: 5000 });
  });

  test('refuses a second job at once and any after release', async () => {
    const own = await open();
    const job = jobOf(SETTINGS[0], { trials: 20_000, horizons: [100], seed: 'x' });
    const first = own.run(job);
    await expect(own.run(job)).rejects.toThrow(BackendError);
    await first;
    await own.release();
    await own.release();
    await expect(own.run(job)).rejects.toThrow(BackendError);
  });
});

/** A handle whose devices the test can reach. */
async function spied(): Promise<{ handle: AdapterHandle; device: () => GPUDevice }> {
  const real = await host.requestAdapter('software');
  let device: GPUDevice | undefined;
  const adapter = {
    features: real.adapter.features,
    limits: real.adapter.limits,
    requestDevice: async (descriptor?: GPUDeviceDescriptor) => (device = await real.adapter.requestDevice(descriptor)),
  } as unknown as GPUAdapter;
  return { handle: { ...real, adapter }, device: () => device as GPUDevice };
}

test('a device that is lost while at work rejects the run with DeviceLostError', async () => {
  const { handle, device } = await spied();
  const backend = await createWebGpuBackend(handle);
  const job = jobOf(SETTINGS[0], { trials: 500_000, horizons: [400], seed: 'lost' });
  let destroyed = false;
  const run = backend.run(job, {
    pathsPerBatch: 2000,
    onProgress: () => {
      if (!destroyed) device().destroy();
      destroyed = true;
    },
  });
  await expect(run).rejects.toThrow(DeviceLostError);
  await expect(backend.run(job)).rejects.toThrow(DeviceLostError);
  await expect(backend.deficits(job)).rejects.toThrow(DeviceLostError);
  await backend.release();
});

test('a kernel that does not compile rejects with KernelError, which names kernel and line', async () => {
  const handle = await host.requestAdapter('software');
  const device = await openDevice(handle);
  const code = '@compute @workgroup_size(1)\nfn broken() {\n  let x: u32 = 1.5;\n}';
  const compiling = device.compile({ name: 'broken', entryPoint: 'broken', code }, {});
  await expect(compiling).rejects.toThrow(KernelError);
  await expect(compiling).rejects.toThrow(/'broken'.*line 3/);
  const wrongEntry = device.compile({ name: 'other', entryPoint: 'nothing', code: code.replace('1.5', '1u') }, {});
  await expect(wrongEntry).rejects.toThrow(KernelError);
  device.destroy();
  handle.release();
});

describe('a job that cannot be is refused before it starts', () => {
  const law = lawOf(SETTINGS[0], 1000);
  const ask =
    (trials: number, horizons: number[], firstPath = 0) =>
    (): unknown =>
      planJob(law, { trials, horizons, seed: 's', firstPath });
  test.each([
    ['no trials', ask(0, [10]), /trials: got 0/],
    ['half a trial', ask(1.5, [10]), /trials: got 1.5/],
    ['no horizon', ask(10, []), /horizons: got 0/],
    ['a horizon of 0', ask(10, [0]), /horizons\[0\]: got 0/],
    ['horizons out of order', ask(10, [20, 10]), /horizons\[1\]: got 10/],
    ['a horizon twice', ask(10, [20, 20]), /ascending/],
    [
      'too many horizons',
      ask(
        10,
        Array.from({ length: 1025 }, (_, i) => i + 1),
      ),
      /horizons: got 1025/,
    ],
  ])('%s', (_, act, message) => {
    expect(act).toThrow(InputError);
    expect(act).toThrow(message);
  });

  test('too many paths, or slots beyond the plan, are PlanErrors', () => {
    expect(ask(MAXIMUM_TRIALS + 1, [10])).toThrow(PlanError);
    expect(ask(10, [10], MAXIMUM_TRIALS - 9)).toThrow(PlanError);
    expect(ask(10, [law.maximumSlots + 1])).toThrow(PlanError);
    expect(ask(10, [law.maximumSlots])).not.toThrow();
  });
});
