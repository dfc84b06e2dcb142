/**
 * The gpu.js backend in Node (its cpu mode): the same deficits and partials as the others, and every silent failure
 * raised by name.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { host } from '#host';
import type { Backend } from '../../src/engine/backend.js';
import { createCpuBackend } from '../../src/engine/cpu/backend.js';
import { callParameters, exactFloats, jobArrays } from '../../src/engine/gpujs/arrays.js';
import { checkWords } from '../../src/engine/gpujs/backend.js';
import {
  KernelAbandonedError,
  KernelModeError,
  LoopTruncatedError,
  RoundedValueError,
  WrongWordsError,
} from '../../src/engine/gpujs/errors.js';
import { checkKernel, readDeficits } from '../../src/engine/gpujs/guards.js';
import { knownDeficits, knownJob } from '../../src/engine/gpujs/known-answer.js';
import { loadGpuJs } from '../../src/engine/gpujs/library.js';
import type { GpuJsKernel } from '../../src/engine/gpujs/library.js';
import { openBackend } from '../../src/engine/open-backend.js';
import { partialsSha256 } from '../../src/engine/partials-codec.js';
import { planJob } from '../../src/engine/job.js';
import type { Job } from '../../src/engine/job.js';
import type { PassageJob } from '../../src/engine/passage-job.js';
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

describe('what gpu.js gets wrong without a word', () => {
  const job = knownJob();

  test('the known walk comes out right, and a device that loses the bits above 2^24 is found', () => {
    const right = knownDeficits(job);
    expect(() => {
      checkWords(right, right);
    }).not.toThrow();
    // As a float local would have left them.
    const rounded = right.map((deficit) => Math.fround(deficit));
    expect(rounded).not.toEqual(right);
    expect(() => {
      checkWords(rounded, right);
    }).toThrow(WrongWordsError);
  });

  test('gpu.js does lose them: a local of 2^24 + 1 in an array of its own comes back as 2^24', async () => {
    const Gpu = await loadGpuJs();
    const gpu = new Gpu({ mode: 'cpu' });
    const kernel = gpu.createKernel('function(a) { return [a[0] + 1, 0, 0, 0]; }', {
      output: [1, 1],
      returnType: 'Array(4)',
      argumentTypes: ['Array'],
      precision: 'single',
      tactic: 'precision',
      loopMaxIterations: 1000,
      asyncMode: false,
    });
    const rows = await kernel(Float32Array.of(2 ** 24));
    expect(rows[0][0][0]).toBe(2 ** 24);
    await gpu.destroy();
  });

  test.each([2 ** 24 + 1, 2 ** 24 + 2, -(2 ** 25), 0.1])('%d is refused as an element of an array', (value) => {
    expect(() => exactFloats('columns', [0, value])).toThrow(RoundedValueError);
    expect(() => exactFloats('columns', [0, value])).toThrow(`columns[1] is ${value}`);
  });

  test('all that a job carries arrives whole', () => {
    const { columns } = jobArrays(job);
    expect([...columns]).toEqual([...job.tables.columns]);
    expect([...callParameters(job, job.firstPath)].every((n) => n >= 0 && n <= 0xffff && Number.isInteger(n))).toBe(
      true,
    );
  });

  test.each([
    [0, KernelAbandonedError],
    [-65535, LoopTruncatedError],
    [32769, KernelAbandonedError],
    [Number.NaN, KernelAbandonedError],
  ])('a high half of %d is no result', (high, expected) => {
    const kernel = { kernel: { constructor: { mode: 'cpu' } } } as unknown as GpuJsKernel;
    expect(() => {
      readDeficits(kernel, [[[high, 5, 1, 5]]], 1, 1, new Int32Array(1), 1);
    }).toThrow(expected);
  });

  test.each([
    [{ constructor: { mode: 'gpu' }, precision: 'single' }, 'mode'],
    [{ constructor: { mode: 'cpu' }, precision: 'single', fallbackReason: 'none found' }, 'fallback'],
    [{ constructor: { mode: 'cpu' }, precision: 'unsigned' }, 'precision'],
  ])('a kernel of the wrong kind is refused: %j', (kernel, what) => {
    expect(() => {
      checkKernel({ kernel } as unknown as GpuJsKernel, 'cpu');
    }).toThrow(KernelModeError);
    expect(() => {
      checkKernel({ kernel } as unknown as GpuJsKernel, 'cpu');
    }).toThrow(what);
  });

  test('tasks and passages are refused with the backends that have them', async () => {
    await expect(gpujs.run({ ...job, kernel: 'tasks' } as unknown as Job)).rejects.toThrow('use webgpu or cpu');
    await expect(gpujs.passages({ ...job, levelQuanta: 1 } as unknown as PassageJob)).rejects.toThrow(
      'use webgpu or cpu',
    );
  });
});
