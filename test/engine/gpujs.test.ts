/** The gpu.js backend in Node (its cpu mode): the same deficits and partials as the others, and every silent failure raised by name. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { host } from '#host';
import type { Backend } from '../../src/engine/backend.js';
import { createCpuBackend } from '../../src/engine/cpu/backend.js';
import { openBackend } from '../../src/engine/open-backend.js';
import { partialsSha256 } from '../../src/engine/partials-codec.js';
import { planJob } from '../../src/engine/job.js';
import { SETTINGS, lawOf } from './jobs.js';

let gpujs: Backend;
let cpu: Backend;
beforeAll(async () => {
  gpujs = await openBackend(host, { backend: 'gpujs' });
  cpu = createCpuBackend(host, 1);
});
afterAll(async () => {
  await Promise.all([gpujs.release(), cpu.release()]);
});

describe.each(SETTINGS)('$name', (setting) => {
  test.each([[[1, 2, 17, 64, 300]], [[300]], [[7, 300]]])(
    'gives equal deficits and partials at %j',
    async (horizons) => {
      for (const firstPath of [0, 2 ** 32 - 100]) {
        const job = planJob(lawOf(setting, 300), { trials: 300, horizons, seed: 'gpu.js', firstPath });
        expect(await gpujs.deficits(job)).toEqual(await cpu.deficits(job));
        const expected = partialsSha256(await cpu.run(job));
        expect(partialsSha256(await gpujs.run(job))).toBe(expected);
        expect(partialsSha256(await gpujs.run(job, { pathsPerBatch: 77 }))).toBe(expected);
      }
    },
  );
});
