/**
 * Sites whose slots are drawn at once: WebAssembly and TypeScript give the same rows, path by path, for every source of
 * harvest and every limit of the battery.
 */
import { describe, expect, test } from 'vitest';
import { resolveScenario } from '../../src/fleet/resolve.js';
import { walkLumpedSite } from '../../src/engine/cpu/lumped-site.js';
import type { LumpedSiteWalk } from '../../src/engine/cpu/lumped-site.js';
import { openWasmKernels } from '../../src/engine/cpu/wasm.js';
import { LUMPED_SITE_ROWS, planSiteJob } from '../../src/engine/site-job.js';
import { sampleSite } from '../../src/law/site-law.js';
import { LUMPED_SITE_SETTINGS } from './site-settings.js';

const kernels = openWasmKernels();
if (kernels === undefined) throw new Error('Node has WebAssembly SIMD');

const HORIZONS = [1, 2, 40, 257, 900];

describe.each(LUMPED_SITE_SETTINGS)('$name', ({ scenario, mode, residual }) => {
  const law = sampleSite(resolveScenario(scenario).site, { slots: 900, form: 'lumped' });
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
});
