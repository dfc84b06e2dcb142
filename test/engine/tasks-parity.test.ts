/**
 * The tasks kernel and the proof give the same numbers everywhere: WGSL on the software adapter and TypeScript on
 * worker threads, whatever the batch, the slice, the threads and the parts of a run.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { host } from '#host';
import type { Backend } from '../../src/engine/backend.js';
import { createCpuBackend } from '../../src/engine/cpu/backend.js';
import { planTasksJob } from '../../src/engine/job.js';
import type { Job } from '../../src/engine/job.js';
import type { JobRequest } from '../../src/engine/job-request.js';
import { openBackend } from '../../src/engine/open-backend.js';
import { mergePartials } from '../../src/engine/partials.js';
import { partialsSha256 } from '../../src/engine/partials-codec.js';
import { PROOF_ROWS, planProofJob } from '../../src/engine/proof-job.js';
import { createWebGpuBackend } from '../../src/engine/webgpu/backend.js';
import { TASK_SETTINGS, taskLawOf } from './task-settings.js';

let webgpu: Backend;
/** The same device with the kernel that GPUs get for lumped accounting. */
let byRounds: Backend;
let cpu: Backend;
let single: Backend;
beforeAll(async () => {
  webgpu = await openBackend(host, { backend: 'webgpu', adapter: 'software' });
  byRounds = await createWebGpuBackend(await host.requestAdapter('software'), { tasks: 'by round' });
  cpu = createCpuBackend(host, 2);
  single = createCpuBackend(host, 1);
});
afterAll(async () => {
  await Promise.all([webgpu, byRounds, cpu, single].map((backend) => backend.release()));
});

describe.each(TASK_SETTINGS)('$name', ({ scenario, residual, countDraws, horizons }) => {
  const law = taskLawOf(scenario, horizons[3]);
  const KERNELS: readonly (readonly [string, (request: Partial<JobRequest>) => Job])[] = [
    ['lumped', (request) => planTasksJob(law, 'lumped', full(request))],
    ['distributed', (request) => planTasksJob(law, 'distributed', full(request))],
    ['proof', (request) => planProofJob(law, full(request))],
  ];
  const full = (request: Partial<JobRequest>): JobRequest => ({
    trials: 400,
    horizons,
    seed: 'tasks parity',
    ...request,
  });

  test('is the form that it is here for', () => {
    expect(law.tables.residual !== undefined).toBe(residual);
    expect(law.tables.countDraws).toBe(countDraws);
  });

  test.each(KERNELS)('equal deficits, path by path: %s', async (name, job) => {
    for (const firstPath of [0, 2 ** 32 - 100]) {
      const here = job({ firstPath });
      const expected = await cpu.deficits(here);
      expect(expected).toHaveLength(400 * 4 * (name === 'proof' ? PROOF_ROWS.length : 1));
      expect(await webgpu.deficits(here)).toEqual(expected);
      expect(await webgpu.deficits(here, { pathsPerBatch: 170, slotsPerSlice: 17 })).toEqual(expected);
      if (name === 'lumped') {
        expect(await byRounds.deficits(here)).toEqual(expected);
        expect(await byRounds.deficits(here, { pathsPerBatch: 170, slotsPerSlice: 17 })).toEqual(expected);
      }
      expect(await single.deficits(here, { pathsPerBatch: 3 })).toEqual(expected);
      expect(new Set(expected.subarray(3 * 400, 4 * 400)).size).toBeGreaterThan(30);
    }
  });

  test.each(KERNELS)('equal partials for every backend, batch, slice and part: %s', async (_, job) => {
    const expected = partialsSha256(await single.run(job({ trials: 1500 })));
    for (const control of [{}, { pathsPerBatch: 777, slotsPerSlice: 90 }]) {
      for (const backend of [cpu, webgpu]) {
        expect(partialsSha256(await backend.run(job({ trials: 1500 }), control))).toBe(expected);
      }
    }
    const parts = [await webgpu.run(job({ trials: 900 })), await cpu.run(job({ trials: 600, firstPath: 900 }))];
    expect(partialsSha256(mergePartials(parts[0], parts[1]))).toBe(expected);
  });
});

test('one seed, one stream: lumped and distributed runs and the proof see the same deficits', async () => {
  const { scenario, horizons } = TASK_SETTINGS[0];
  const law = taskLawOf(scenario, 300);
  const request = { trials: 300, horizons, seed: 'one' };
  const proof = await cpu.deficits(planProofJob(law, request));
  const lumped = await cpu.deficits(planTasksJob(law, 'lumped', request));
  const distributed = await cpu.deficits(planTasksJob(law, 'distributed', request));
  const size = lumped.length;
  expect(proof.subarray(0, size)).toEqual(lumped);
  expect(proof.subarray(size, 2 * size)).toEqual(distributed);
  expect(proof.subarray(2 * size, 3 * size)).toEqual(lumped.map((d, i) => d - distributed[i]));
  expect(lumped).not.toEqual(distributed);
});
