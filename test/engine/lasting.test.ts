/**
 * Runs that outlive their devices: lost, hanging and wrong ones, at each kind of call. Whatever happens the integers
 * are those of an undisturbed run. All calls and kinds, and what is told of them: lasting.long.test.ts.
 */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { host } from '#host';
import type { Backend, JobFeed } from '../../src/engine/backend.js';
import { createCpuBackend } from '../../src/engine/cpu/backend.js';
import { feedOf } from '../../src/engine/feed.js';
import type { Job } from '../../src/engine/job.js';
import type { Way } from '../../src/engine/lasting-backend.js';
import { openLasting } from '../../src/engine/lasting-backend.js';
import { planPassages } from '../../src/engine/passage-job.js';
import { partialsSha256 } from '../../src/engine/partials-codec.js';
import { createWebGpuBackend } from '../../src/engine/webgpu/backend.js';
import { HEADER_WORDS } from '../../src/engine/webgpu/kernels.js';
import { BackendError, DeviceError, DeviceLostError, KernelError, WrongAnswerError } from '../../src/errors.js';
import { sampleLaw } from '../../src/law/sampled-law.js';
import { failingWay, hashesOf, openFailing, processorWay } from './failing-device.js';
import type { FailingAt } from './failing-device.js';
import { wrappedHandle } from './fake-device.js';
import { SETTINGS, jobOf } from './jobs.js';
import { jobsOfEveryKernel } from './lasting-jobs.js';

let cpu: Backend;
let jobs: Job[];
let expected: (string | undefined)[];
beforeAll(async () => {
  cpu = createCpuBackend(host, 1);
  jobs = jobsOfEveryKernel();
  expected = await hashesOf(cpu, jobs);
});
afterAll(() => cpu.release());

test.each<FailingAt>([
  { call: 'requestDevice', nth: 0, how: 'refuses', always: true },
  { call: 'submit', nth: 40, how: 'lost' },
  { call: 'onSubmittedWorkDone', nth: 25, how: 'hangs' },
])('a device that fails, %j: the same integers, each job once', async (failing) => {
  const way = failingWay(failing);
  const remarks: string[] = [];
  const backend = await openFailing([way, processorWay], remarks);
  try {
    expect(await hashesOf(backend, jobs)).toEqual(expected);
    expect(way.met()).toBeGreaterThan(0);
    expect(remarks).toHaveLength(1);
    expect(await backend.remarks?.()).toEqual(remarks);
  } finally {
    await backend.release();
  }
});

/** Time that goes a thousand times as fast: what is finished on a device is read at every batch. */
function hurried<T>(act: () => Promise<T>): Promise<T> {
  const real = performance.now.bind(performance);
  const spy = vi.spyOn(performance, 'now').mockImplementation(() => 1000 * real());
  return act().finally(() => {
    spy.mockRestore();
  });
}

/** The processor, and the first path and the number of paths of each job that it was given. */
function watchedProcessor(): { readonly way: Way; readonly given: [number, number][] } {
  const given: [number, number][] = [];
  const watch = (feed: JobFeed): JobFeed => ({
    ...feed,
    next: () => {
      const job = feed.next();
      if (job !== undefined) given.push([job.firstPath, job.paths]);
      return job;
    },
  });
  const open = (): Promise<Backend> =>
    Promise.resolve({
      ...cpu,
      runAll: (feed, control) => cpu.runAll(watch(feed), control),
      release: () => Promise.resolve(),
    });
  return { way: { name: 'the processor', open }, given };
}

describe('what was read before', () => {
  const trials = 20_000;
  const job = jobOf(SETTINGS[0], { trials, horizons: [5, 40], seed: 'kept', firstPath: 77 });

  test('is kept when a device is lost: only the rest is walked anew', async () => {
    const failing = failingWay({ call: 'submit', nth: 60, how: 'lost', always: true });
    const { way, given } = watchedProcessor();
    const backend = await openFailing([failing, way]);
    const partials = await hurried(() => backend.run(job, { pathsPerBatch: 1000 }));
    expect(partialsSha256(partials)).toBe(partialsSha256(await cpu.run(job)));
    expect(given).toHaveLength(1);
    const [[firstPath, paths]] = given;
    expect(firstPath).toBeGreaterThan(77);
    expect(firstPath + paths).toBe(77 + trials);
    await backend.release();
  });

  test('is not believed where a device comes to wrong numbers', async () => {
    let reads = 0;
    const read = (words: Uint32Array): void => {
      // Far on in the run: the first are those of the known answers.
      if (++reads > 12) words[HEADER_WORDS] ^= 1;
    };
    const open = async (): Promise<Backend> => createWebGpuBackend(await wrappedHandle({ read }));
    const { way, given } = watchedProcessor();
    const remarks: string[] = [];
    const backend = await openFailing([{ name: 'WebGPU', open }, way], remarks);
    const partials = await hurried(() => backend.run(job, { pathsPerBatch: 1000 }));
    expect(partialsSha256(partials)).toBe(partialsSha256(await cpu.run(job)));
    expect(given).toEqual([[77, trials]]);
    expect(remarks).toEqual([
      expect.stringMatching(/^WebGPU is not used any more; the run goes on on cpu\. \(.*wrong numbers/),
    ]);
    expect(backend.name).toBe('cpu');
    await backend.release();
  });

  test('is handed over when a run that was stopped loses its device', async () => {
    const stop = new AbortController();
    let device: GPUDevice | undefined;
    const open = async (): Promise<Backend> =>
      createWebGpuBackend(await wrappedHandle({ opened: (real) => (device = real) }));
    const backend = await openLasting([{ name: 'WebGPU', open }]);
    let seen = 0;
    const onProgress = ({ paths }: { readonly paths: number }): void => {
      seen = paths;
      if (paths < trials / 2 || stop.signal.aborted) return;
      stop.abort();
      device?.destroy();
    };
    const partials = await hurried(() => backend.run(job, { pathsPerBatch: 1000, signal: stop.signal, onProgress }));
    const [{ count }] = partials.horizons;
    expect(seen).toBeGreaterThan(0);
    expect(count).toBeLessThan(trials);
    expect(partialsSha256(partials)).toBe(partialsSha256(await cpu.run({ ...job, paths: count })));
    await backend.release();
  });
});

describe('ways', () => {
  const job = jobOf(SETTINGS[0], { trials: 300, horizons: [20], seed: 'ways' });
  const right = async (backend: Backend): Promise<void> => {
    expect(partialsSha256(await backend.run(job))).toBe(partialsSha256(await cpu.run(job)));
  };
  /** The processor as a device that fails as often as is said, and is there when that is said. */
  const device = (errors: (Error | undefined)[], isThere: (opened: number) => boolean = () => true) => {
    let opened = 0;
    const open = (): Promise<Backend | undefined> => {
      if (!isThere(opened++)) return Promise.resolve(undefined);
      return Promise.resolve({
        ...cpu,
        name: 'webgpu',
        runAll: (feed, control) => {
          const error = errors.shift();
          if (error === undefined) return cpu.runAll(feed, control);
          feed.next();
          return Promise.reject(error);
        },
        release: () => Promise.resolve(),
      });
    };
    return { name: 'WebGPU', open, opened: () => opened };
  };
  const lost = (): DeviceLostError => new DeviceLostError('lost');

  test('a device that is reset is opened again, though it takes a while', async () => {
    const way = device([lost()], (opened) => opened !== 1);
    const remarks: string[] = [];
    const backend = await openFailing([way, processorWay], remarks);
    await right(backend);
    expect(backend.name).toBe('webgpu');
    expect(remarks).toEqual([
      'The device was lost; what was finished before is kept, and the run goes on with a new one. (lost)',
    ]);
    expect(way.opened()).toBe(3);
  });

  test('a device that does not come back is left, one that is lost again and again as well', async () => {
    for (const way of [device([lost()], (opened) => opened === 0), device([lost(), lost(), lost()])]) {
      const remarks: string[] = [];
      const backend = await openFailing([way, processorWay], remarks);
      await right(backend);
      expect(backend.name).toBe('cpu');
      expect(remarks.at(-1)).toBe(
        'The device was lost; what was finished before is kept, and the run goes on on cpu. (lost)',
      );
      await backend.release();
    }
  });

  test('the only way: its loss is told after the third', async () => {
    const way = device([lost(), lost(), lost()]);
    const backend = await openFailing([way]);
    await expect(backend.run(job)).rejects.toThrow(DeviceLostError);
    expect(way.opened()).toBe(3);
    await right(backend);
  });

  test.each([new KernelError('refused'), new WrongAnswerError('it', 'walk', 'this'), new DeviceError('failed')])(
    'what another device may do goes on there: %s',
    async (error) => {
      const backend = await openFailing([device([error]), processorWay]);
      await right(backend);
      expect(backend.name).toBe('cpu');
      await backend.release();
      await expect((await openFailing([device([error])])).run(job)).rejects.toBe(error);
    },
  );

  test('what no device can help is told at once', async () => {
    for (const error of [new BackendError('one job at a time'), new TypeError('a fault of the program')]) {
      const backend = await openFailing([device([error]), processorWay]);
      await expect(backend.run(job)).rejects.toBe(error);
    }
  });

  test('a device whose opening never ends is passed by', async () => {
    const never: Way = { name: 'WebGPU', open: () => new Promise(() => undefined) };
    const remarks: string[] = [];
    const options = { onRemark: (text: string) => remarks.push(text), patience: 1 };
    const backend = await openLasting([never, processorWay], options);
    await right(backend);
    expect(remarks).toEqual(['WebGPU is not used: WebGPU did not open within 1 s.']);
    await backend.release();
  });

  test('single paths and first passages are asked anew', async () => {
    const { walk } = SETTINGS[0];
    const law = sampleLaw(walk, { slots: 60, initialJoules: 0, stopJoules: 9000 });
    const passage = planPassages(law, { deficitJoules: 9000, slots: 60, trials: 200, seed: 'passage' }).job;
    const backend = await openFailing([
      failingWay({ call: 'mapAsync', nth: 4, how: 'lost', always: true }),
      processorWay,
    ]);
    await backend.ready(job);
    expect(await backend.deficits(job)).toEqual(await cpu.deficits(job));
    expect(await backend.passages(passage)).toEqual(await cpu.passages(passage));
    await backend.release();
  });

  test('progress goes on from what is kept, over the whole feed', async () => {
    const seen: number[] = [];
    let last: unknown;
    const backend = await openFailing([device([lost()]), processorWay]);
    await hashesOf(backend, jobs, {
      onProgress: (progress) => {
        seen.push(progress.done);
        last = progress;
      },
    });
    const { pathSlots } = feedOf(jobs, () => undefined);
    expect(last).toMatchObject({ done: pathSlots, total: pathSlots });
    await backend.release();
  });
});
