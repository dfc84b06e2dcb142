/**
 * Sites whose slots are drawn at once: WebAssembly, TypeScript and WGSL give the same numbers, for every source of
 * harvest and every limit of the battery, whatever the batch, the slice, the threads and the parts of a run.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { host } from '#host';
import type { Backend } from '../../src/engine/backend.js';
import { createCpuBackend } from '../../src/engine/cpu/backend.js';
import { openBackend } from '../../src/engine/open-backend.js';
import { mergePartials } from '../../src/engine/partials.js';
import { partialsSha256 } from '../../src/engine/partials-codec.js';
import { resolveScenario } from '../../src/fleet/resolve.js';
import { walkLumpedSite } from '../../src/engine/cpu/lumped-site.js';
import type { LumpedSiteWalk } from '../../src/engine/cpu/lumped-site.js';
import { openWasmKernels } from '../../src/engine/cpu/wasm.js';
import { LUMPED_SITE_ROWS, planSiteJob, splitSite } from '../../src/engine/site-job.js';
import { sampleSite } from '../../src/law/site-law.js';
import { LUMPED_SITE_SETTINGS } from './site-settings.js';

const kernels = openWasmKernels();
if (kernels === undefined) throw new Error('Node has WebAssembly SIMD');

let webgpu: Backend;
let cpu: Backend;
let plain: Backend;
beforeAll(async () => {
  webgpu = await openBackend(host, { backend: 'webgpu', adapter: 'software' });
  cpu = createCpuBackend(host, 2);
  plain = createCpuBackend(host, 1, { plain: true });
});
afterAll(async () => {
  await Promise.all([webgpu, cpu, plain].map((backend) => backend.release()));
});

const HORIZONS = [1, 2, 40, 257, 300];

describe.each(LUMPED_SITE_SETTINGS)('$name', ({ scenario, mode, residual }) => {
  const law = sampleSite(resolveScenario(scenario).site, { slots: 300, form: 'lumped' });
  const planned = planSiteJob(law, { trials: 1, horizons: HORIZONS, seed: 'lumped site' });
  if (planned.kernel !== 'lumpedSite') throw new Error('asked for');
  const walk: LumpedSiteWalk = { ...planned, slots: HORIZONS };

  test('is the form that it is here for', () => {
    expect(law.tables).toMatchObject({ mode, residual, queue: false });
    expect(kernels.servesLumpedSite(law.tables)).toBe(true);
  });

  test.each([
    [0, 1],
    [5, 6],
    [2 ** 32 - 3, 515],
  ])('from path %i on, %i paths: equal rows', (firstPath, count) => {
    const stride = count + 3;
    const [expected, got] = [0, 1].map(() => new Int32Array(LUMPED_SITE_ROWS.length * HORIZONS.length * stride));
    walkLumpedSite(walk, firstPath, count, expected, stride);
    kernels.lumpedSite(walk, firstPath, count, got, stride);
    expect(got).toEqual(expected);
  });

  test('equal partials for every backend, batch, slice and part; no violation', async () => {
    const part = (firstPath: number, paths: number) => ({ ...planned, firstPath, paths });
    const alone = await plain.run(part(0, 700));
    const rows = splitSite(alone);
    for (const { zeros, count } of rows.violations) expect(zeros).toBe(count);
    expect(rows.consumption[4].zeros).toBeLessThan(700);
    const expected = partialsSha256(alone);
    for (const control of [{}, { pathsPerBatch: 333, slotsPerSlice: 90 }]) {
      for (const backend of [cpu, webgpu]) {
        expect(partialsSha256(await backend.run(part(0, 700), control)), backend.name).toBe(expected);
      }
    }
    const parts = [await webgpu.run(part(0, 201)), await cpu.run(part(201, 499))];
    expect(partialsSha256(mergePartials(parts[0], parts[1]))).toBe(expected);
    const [there, here] = [await webgpu.deficits(part(2 ** 32 - 9, 20)), await plain.deficits(part(2 ** 32 - 9, 20))];
    expect(there).toEqual(here);
  });
});
