/**
 * The same numbers everywhere: WGSL on the software adapter and TypeScript on worker threads give the same deficits
 * path by path and the same partials, whatever the batch, the slice, the threads and the parts of a run.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { host } from '#host';
import type { Backend } from '../../src/engine/backend.js';
import { createCpuBackend } from '../../src/engine/cpu/backend.js';
import { walkLumped } from '../../src/engine/cpu/lumped.js';
import { planJob } from '../../src/engine/job.js';
import type { JobRequest } from '../../src/engine/job-request.js';
import { openBackend } from '../../src/engine/open-backend.js';
import { mergePartials } from '../../src/engine/partials.js';
import { partialsSha256 } from '../../src/engine/partials-codec.js';
import { createWebGpuBackend } from '../../src/engine/webgpu/backend.js';
import { SETTINGS, jobOf, lawOf } from './jobs.js';

let webgpu: Backend;
let cpu: Backend;
let single: Backend;
beforeAll(async () => {
  webgpu = await openBackend(host, { backend: 'webgpu', adapter: 'software' });
  cpu = createCpuBackend(host, 2);
  single = createCpuBackend(host, 1);
});
afterAll(async () => {
  await Promise.all([webgpu, cpu, single].map((backend) => backend.release()));
});

const HORIZONS = [1, 2, 17, 64, 300];

describe.each(SETTINGS)('$name', (setting) => {
  const law = lawOf(setting, 300);
  const job = (request: Partial<JobRequest> = {}): ReturnType<typeof planJob> =>
    planJob(law, { trials: 500, horizons: HORIZONS, seed: 'parity', ...request });

  test('uses the form of the kernel that it is here for', () => {
    expect(law.tables.residual !== undefined).toBe(setting.residual);
  });

  test.each(['1', 'another seed', '十'])('gives equal deficits on both backends with seed %j', async (seed) => {
    const here = job({ seed });
    const expected = await cpu.deficits(here);
    expect(await webgpu.deficits(here)).toEqual(expected);
    expect(await webgpu.deficits(here, { pathsPerBatch: 300, slotsPerSlice: 41 })).toEqual(expected);
    expect(await single.deficits(here, { pathsPerBatch: 1 + seed.length })).toEqual(expected);
    // Deficits never fall as the horizon grows, and the paths differ.
    const n = here.paths;
    for (let i = 0; i < n; i++) {
      for (let h = 1; h < HORIZONS.length; h++)
        expect(expected[h * n + i]).toBeGreaterThanOrEqual(expected[(h - 1) * n + i]);
    }
    expect(new Set(expected.subarray(4 * n)).size).toBeGreaterThan(n / 4);
  });

  test('gives equal partials for every backend, thread count, batch and slice', async () => {
    const here = job({ trials: 5000 });
    const expected = partialsSha256(await single.run(here));
    const controls = [{}, { pathsPerBatch: 1000, slotsPerSlice: 300 }, { pathsPerBatch: 1777, slotsPerSlice: 90 }];
    for (const control of controls) {
      for (const backend of [cpu, single, webgpu]) {
        expect(partialsSha256(await backend.run(here, control)), JSON.stringify([backend.name, control])).toBe(
          expected,
        );
      }
    }
  });

  test('is extended exactly: [0, N) and [N, 2N) make [0, 2N)', async () => {
    const n = 1500;
    const whole = partialsSha256(await cpu.run(job({ trials: 2 * n })));
    for (const backend of [cpu, webgpu]) {
      const parts = [await backend.run(job({ trials: n })), await backend.run(job({ trials: n, firstPath: n }))];
      expect(partialsSha256(mergePartials(parts[0], parts[1]))).toBe(whole);
      expect(partialsSha256(mergePartials(parts[1], parts[0]))).toBe(whole);
    }
  });

  test('gives a path the same deficit whatever else is run, also past 2^32 and up to 2^40', async () => {
    for (const firstPath of [0, 2 ** 32 - 3, 2 ** 40 - 600]) {
      const here = job({ trials: 600, firstPath });
      const expected = await cpu.deficits(here);
      expect(await webgpu.deficits(here, { pathsPerBatch: 250 })).toEqual(expected);
      const alone = new Int32Array(HORIZONS.length);
      for (const i of [0, 2, 3, 599]) {
        walkLumped({ ...here, slots: HORIZONS }, firstPath + i, 1, alone, 1);
        expect([...alone]).toEqual(HORIZONS.map((_, h) => expected[h * 600 + i]));
      }
    }
  });
});

test.each([0, 1, 7, 9, 15, 20])(
  'cells of 2^%i quanta: the form for any width gives equal deficits',
  async (coreShift) => {
    const law = lawOf(SETTINGS[0], 64);
    const job = planJob(law, { trials: 300, horizons: [1, 64], seed: 'any width' });
    const here = { ...job, tables: { ...job.tables, coreShift } };
    expect(law.tables.coreShift).toBe(8);
    expect(await webgpu.deficits(here)).toEqual(await cpu.deficits(here));
  },
);

test('columns in workgroup memory give the same partials as columns in a storage buffer', async () => {
  const handle = await host.requestAdapter('software');
  const backend = await createWebGpuBackend(handle, { columns: 'workgroup' });
  try {
    for (const setting of SETTINGS.slice(0, 2)) {
      const job = jobOf(setting, { trials: 3000, horizons: [16, 200], seed: 'workgroup' });
      expect(partialsSha256(await backend.run(job, { slotsPerSlice: 30 }))).toBe(partialsSha256(await cpu.run(job)));
    }
  } finally {
    await backend.release();
  }
});
