/**
 * First passages: the same integers on WGSL and TypeScript, whatever the batch, the slice and the threads; the paths of
 * the lumped walk, stopped where they should be; the meeting of a level in joules with the lattice.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { host } from '#host';
import { InputError, PlanError } from '../../src/errors.js';
import type { Backend } from '../../src/engine/backend.js';
import { createCpuBackend } from '../../src/engine/cpu/backend.js';
import { PURPOSE } from '../../src/engine/purposes.js';
import { nextWord, pathState } from '../../src/engine/stream.js';
import { planJob } from '../../src/engine/job.js';
import { openBackend } from '../../src/engine/open-backend.js';
import { openDevice } from '../../src/engine/webgpu/device.js';
import { KERNELS } from '../../src/engine/webgpu/kernels.js';
import { planPassages } from '../../src/engine/passage-job.js';
import type { PassageJob, PassageRequest } from '../../src/engine/passage-job.js';
import { volatility } from '../../src/fleet/walk-law.js';
import { sampleLaw } from '../../src/law/sampled-law.js';
import { compoundIncrement } from '../../src/theory/compound-increment.js';
import { tiltFor, tiltedWalk } from '../../src/theory/rare.js';
import { SETTINGS, walkOf } from './jobs.js';

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

const SLOTS = 120;

/**
 * The words of one path by the generator's plain form, cell by cell as law/tables.ts lays them out, until it passes.
 */
function replay(job: PassageJob, path: number): { slot: number; point: number } {
  const { columns, base, coreShift, residual } = job.tables;
  const state = pathState(job.key, path, PURPOSE.increments);
  const residualState = pathState(job.key, path, PURPOSE.residual);
  let deficit = 0;
  for (let t = 1; t <= job.horizons[0].slots; t++) {
    const word = nextWord(state);
    const second = residual === undefined ? 0 : nextWord(residualState);
    const column = Math.floor(word / 2 ** 20);
    const threshold = Math.floor(word / 2 ** 8) % 4096;
    const cell = threshold < columns[column] >>> 12 ? column : columns[column] & 0xfff;
    const jitter = word % 256;
    const inCell = (shift: number): number => Math.floor(jitter * 2 ** (shift - 8));
    let step = base + cell * 2 ** coreShift + inCell(coreShift);
    if (residual !== undefined && cell === 4095) {
      const place = Math.floor(second / 2 ** 20);
      const entry = residual.columns[place];
      const chosen = second % 2 ** 20 < entry >>> 12 ? place : entry & 0xfff;
      step = residual.first[chosen] + inCell(residual.shift[chosen]);
    }
    deficit -= step;
    if (deficit >= job.barrier) return { slot: t, point: deficit };
  }
  return { slot: 0, point: 0 };
}

describe.each(SETTINGS)('$name', ({ walk }) => {
  const law = sampleLaw(walk, { slots: SLOTS });
  const plan = (request: Partial<PassageRequest> = {}): PassageJob =>
    planPassages(law, {
      deficitJoules: 4 * volatility(walk),
      slots: SLOTS,
      trials: 700,
      seed: 'passage',
      ...request,
    }).job;

  test('gives equal passages on both backends, for every batch, slice and thread count', async () => {
    const job = plan();
    const expected = await cpu.passages(job);
    const passed = expected.slots.filter((slot) => slot > 0).length;
    expect(passed).toBeGreaterThan(20);
    expect(passed).toBeLessThan(690);
    expect(await webgpu.passages(job)).toEqual(expected);
    expect(await webgpu.passages(job, { pathsPerBatch: 256, slotsPerSlice: 17 })).toEqual(expected);
    expect(await webgpu.passages(job, { pathsPerBatch: 301, slotsPerSlice: 1 })).toEqual(expected);
    expect(await single.passages(job, { pathsPerBatch: 33 })).toEqual(expected);
  });

  test('stops the paths of the lumped walk where their deficit first reaches the barrier', async () => {
    const horizons = [1, 2, 17, 60, SLOTS];
    const job = plan({ trials: 500 });
    const { slots, points } = await cpu.passages(job);
    const deficits = await cpu.deficits(planJob(law, { trials: 500, horizons, seed: 'passage' }));
    for (let i = 0; i < 500; i++) {
      horizons.forEach((t, h) => {
        expect(slots[i] > 0 && slots[i] <= t).toBe(deficits[h * 500 + i] >= job.barrier);
      });
      expect(slots[i] === 0 ? points[i] === 0 : points[i] >= job.barrier).toBe(true);
    }
    for (let i = 0; i < 40; i++) expect({ slot: slots[i], point: points[i] }).toEqual(replay(job, i));
  });

  test('numbers paths from anywhere, beyond 2^32 too', async () => {
    const firstPath = 2 ** 32 - 150;
    const far = plan({ trials: 300, firstPath });
    const expected = await cpu.passages(far);
    expect(await webgpu.passages(far, { pathsPerBatch: 128 })).toEqual(expected);
    const later = await single.passages({ ...far, firstPath: firstPath + 200, paths: 100 });
    expect(later.slots).toEqual(expected.slots.subarray(200));
  });
});

test('the form for GPUs, with its columns in workgroup memory, is valid too', async () => {
  // Its passages are not compared here: SwiftShader takes half a minute to compile what a GPU takes at once. The file
  // with the columns is the lumped kernel's, and all else is the form that is compared.
  const handle = await host.requestAdapter('software');
  const device = await openDevice(handle);
  const module = device.gpu.createShaderModule({ code: KERNELS.passage.code });
  expect((await module.getCompilationInfo()).messages).toEqual([]);
  device.destroy();
  handle.release();
});

test.each(['cpu', 'webgpu'])('%s: a stop keeps a first part of the paths', async (name) => {
  const backend = name === 'cpu' ? cpu : webgpu;
  const law = sampleLaw(SETTINGS[0].walk, { slots: 400 });
  const { job } = planPassages(law, { deficitJoules: 2e5, slots: 400, trials: 100_000, seed: 'stop' });
  const stop = new AbortController();
  const kept = await backend.passages(job, {
    signal: stop.signal,
    pathsPerBatch: 2000,
    onProgress: ({ paths }) => {
      if (paths >= 6000) stop.abort();
    },
  });
  const count = kept.slots.length;
  expect(count).toBeGreaterThanOrEqual(6000);
  expect(count).toBeLessThan(100_000);
  expect(kept).toEqual(await cpu.passages({ ...job, paths: count }));
  expect((await backend.passages(job, { signal: AbortSignal.abort() })).slots.length).toBe(0);
});

describe('how d meets the lattice', () => {
  const law = sampleLaw(SETTINGS[0].walk, { slots: 100, stopJoules: 5000 });
  const q = law.quantumJoules;
  test.each([0, 0.2 * q, 0.5 * q, 0.7 * q, q, 1234.5, 5000])('at %d J', (deficitJoules) => {
    const { job, offsetJoules } = planPassages(law, { deficitJoules, slots: 100, trials: 1, seed: 's' });
    // d is the boundary between the points k − 1 and k.
    expect((job.barrier - 0.5) * q + offsetJoules).toBeCloseTo(deficitJoules, 9);
    expect(job.barrier).toBeGreaterThanOrEqual(1);
    if (deficitJoules >= 0.5 * q) expect(Math.abs(offsetJoules)).toBeLessThanOrEqual(0.5 * q * (1 + 1e-9));
  });
});

describe('the lattice of a walk that stops', () => {
  const walk = walkOf(3, [900, 4000, 15_000], [6, 3, 1], 1.4, 1.1);
  const theta = tiltFor(compoundIncrement(walk), 2e6, 1e7);
  const tilted = tiltedWalk(walk, theta);
  const stopped = sampleLaw(tilted, { slots: 1e7, stopJoules: 2e6 });

  test('is fine for any number of slots, for it need only hold the deficit', () => {
    // Left to itself it would drift over 10⁷ slots to some 10¹⁰ J: a quantum of 5 J at least.
    expect(stopped.quantumJoules).toBeLessThan(1);
    expect(sampleLaw(tilted, { slots: 1e7 }).quantumJoules).toBeGreaterThan(4);
    expect(stopped.maximumSlots).toBeGreaterThan(1e7);
    expect(stopped.samplingError.mean).toBeLessThan(1e-9);
  });

  test('lets every path pass within its horizon, none below d or more than a few steps above', async () => {
    const { job, quantumJoules } = planPassages(stopped, { deficitJoules: 2e6, slots: 1e7, trials: 400, seed: 's' });
    const { slots, points } = await cpu.passages(job);
    expect(Math.min(...slots)).toBeGreaterThan(500);
    expect(Math.max(...slots)).toBeLessThan(20_000);
    expect(Math.min(...points) * quantumJoules).toBeGreaterThan(2e6 - quantumJoules);
    expect(Math.max(...points) * quantumJoules).toBeLessThan(2e6 + 30 * volatility(tilted));
    expect(await webgpu.passages(job)).toEqual({ slots, points });
  });

  test.each<[string, Partial<PassageRequest>, new (message: string) => Error, RegExp]>([
    ['a deficit below 0', { deficitJoules: -1 }, InputError, /at: got a deficit of -1 J/],
    ['a deficit that is no number', { deficitJoules: NaN }, InputError, /at: got a deficit of NaN J/],
    ['a deficit beyond the plan', { deficitJoules: 1e10 }, PlanError, /at: got 10000000000 J.*stopJoules/],
    ['no trials', { trials: 0 }, InputError, /trials: got 0/],
    ['too many trials', { trials: 2 ** 40 + 1 }, PlanError, /at most 1099511627776/],
    ['half a slot', { slots: 0.5 }, InputError, /slots: got 0.5/],
    ['too many slots', { slots: 2 ** 31 }, PlanError, /slots: got 2147483648/],
  ])('refuses %s', (_, request, type, message) => {
    const ask = (): unknown =>
      planPassages(stopped, { deficitJoules: 1e6, slots: 100, trials: 10, seed: 's', ...request });
    expect(ask).toThrow(type);
    expect(ask).toThrow(message);
  });
});
