/**
 * The site kernel gives the same numbers everywhere: WGSL on the software adapter and TypeScript on worker threads,
 * whatever the batch, the slice, the threads and the parts of a run.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { host } from '#host';
import type { Backend } from '../../src/engine/backend.js';
import { createCpuBackend } from '../../src/engine/cpu/backend.js';
import type { JobRequest } from '../../src/engine/job-request.js';
import { openBackend } from '../../src/engine/open-backend.js';
import { mergePartials } from '../../src/engine/partials.js';
import { partialsSha256 } from '../../src/engine/partials-codec.js';
import { SITE_ROWS, planSiteJob, splitSite } from '../../src/engine/site-job.js';
import type { SiteJob } from '../../src/engine/site-job.js';
import { SITE_SETTINGS, siteLawOf } from './site-settings.js';

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

const HORIZONS = [1, 2, 40, 300];
const PATHS = 300;

describe.each(SITE_SETTINGS)('$name', ({ scenario, mode, residual, queue }) => {
  const law = siteLawOf(scenario, 300);
  const job = (request: Partial<JobRequest>): SiteJob =>
    planSiteJob(law, { trials: PATHS, horizons: HORIZONS, seed: 'site parity', ...request });

  test('is the form that it is here for', () => {
    expect(law.tables).toMatchObject({ mode, residual, queue });
  });

  test('equal rows, path by path', async () => {
    for (const firstPath of [0, 2 ** 32 - 100]) {
      const here = job({ firstPath });
      const expected = await cpu.deficits(here);
      expect(expected).toHaveLength(PATHS * HORIZONS.length * SITE_ROWS.length);
      expect(await webgpu.deficits(here)).toEqual(expected);
      expect(await webgpu.deficits(here, { pathsPerBatch: 170, slotsPerSlice: 17 })).toEqual(expected);
      expect(await single.deficits(here, { pathsPerBatch: 3 })).toEqual(expected);
    }
  });

  test('equal partials for every backend, batch, slice and part; no violation', async () => {
    const alone = await single.run(job({ trials: 1200 }));
    const rows = splitSite(alone);
    for (const { zeros, count } of rows.violations) expect(zeros).toBe(count);
    expect(rows.auxiliary[3].zeros).toBeLessThan(1200);
    const expected = partialsSha256(alone);
    for (const control of [{}, { pathsPerBatch: 777, slotsPerSlice: 90 }]) {
      for (const backend of [cpu, webgpu]) {
        expect(partialsSha256(await backend.run(job({ trials: 1200 }), control))).toBe(expected);
      }
    }
    const parts = [await webgpu.run(job({ trials: 700 })), await cpu.run(job({ trials: 500, firstPath: 700 }))];
    expect(partialsSha256(mergePartials(parts[0], parts[1]))).toBe(expected);
  });
});
