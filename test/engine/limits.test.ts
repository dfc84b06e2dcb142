/**
 * Whatever is planned keeps a device's limits, or is refused by name: random jobs of every kernel against devices of
 * least limits.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { host } from '#host';
import { feedOf } from '../../src/engine/feed.js';
import { planTasksJob } from '../../src/engine/job.js';
import type { Job } from '../../src/engine/job.js';
import { LOGARITHMIC } from '../../src/engine/partials.js';
import { partialsSha256 } from '../../src/engine/partials-codec.js';
import { planProofJob } from '../../src/engine/proof-job.js';
import { jobRows } from '../../src/engine/rows.js';
import { planSiteJob } from '../../src/engine/site-job.js';
import { createWebGpuBackend } from '../../src/engine/webgpu/backend.js';
import { FormChoice } from '../../src/engine/webgpu/form-choice.js';
import { openDevice } from '../../src/engine/webgpu/device.js';
import { Paces } from '../../src/engine/webgpu/pace.js';
import { readRows } from '../../src/engine/webgpu/single-paths.js';
import { WalkPipelines } from '../../src/engine/webgpu/walk-pipelines.js';
import { runFeed } from '../../src/engine/webgpu/wave.js';
import type { JobPipelines } from '../../src/engine/webgpu/wave.js';
import { KERNELS } from '../../src/engine/webgpu/kernels.js';
import { DeviceLimitError, WrongAnswerError } from '../../src/errors.js';
import { knownPassages } from '../../src/engine/known-jobs.js';
import { wrappedHandle } from './fake-device.js';
import { SETTINGS, jobOf } from './jobs.js';
import { COMPATIBILITY, CORE, fakePipeline, limitedDevice } from './limited-device.js';
import { SITE_SETTINGS, siteLawOf } from './site-settings.js';
import { TASK_SETTINGS, taskLawOf } from './task-settings.js';

beforeAll(async () => {
  // Loads WebGPU's constants.
  (await host.requestAdapter('software')).release();
});

const REQUEST = { trials: 50, horizons: [64], seed: 'limits' };
const ROUNDS = 36;
/** Dispatches after which a run is stopped: what follows is like what was seen. */
const MOST_DISPATCHES = 1500;
const HORIZONS = [1, 2, 64, 681];
const PATHS = [1, 255, 2 ** 14, 2 ** 20, 3 * 2 ** 20 + 7];

/** Jobs of every kernel, with and without residual cells. */
function pool(): Job[] {
  const laws = TASK_SETTINGS.map(({ scenario }) => taskLawOf(scenario, 64));
  return [
    ...SETTINGS.slice(0, 2).map((setting) => jobOf(setting, REQUEST)),
    ...laws.flatMap((law) => [
      planTasksJob(law, 'lumped', REQUEST),
      planTasksJob(law, 'distributed', REQUEST),
      planProofJob(law, REQUEST),
    ]),
    ...[0, 2, 3, 7, 9].map((i) => planSiteJob(siteLawOf(SITE_SETTINGS[i].scenario, 64), REQUEST)),
  ];
}

/** Numbers of a linear congruence, from 0 to below 1: the same jobs every time. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A job with other horizons, paths, kinds and rings: nothing runs, so their words may be zeros. */
function altered(job: Job, random: () => number): Job {
  const of = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)];
  const bins = { offset: 0, shift: LOGARITHMIC };
  const horizons = Array.from({ length: of(HORIZONS) }, (_, i) => ({ slots: i + 1, bins }));
  const common = { horizons, paths: of(PATHS) };
  if (job.kernel === 'lumped' || job.kernel === 'passage') return { ...job, ...common };
  if (job.kernel === 'site' || job.kernel === 'lumpedSite') {
    const { tables } = job;
    const queueRing = tables.queue ? of([32, 1024]) : 0;
    const words = new Uint32Array(of([tables.words.length, 2 ** 20, 2 ** 25 - 64, 2 ** 25 + 64]));
    words.set(tables.words.subarray(0, Math.min(words.length, tables.words.length)));
    return { ...job, ...common, tables: { ...tables, words, queueRing, queueLimit: tables.queue ? 255 : 0 } };
  }
  const entryBits = of([job.tables.entryBits, 9, 12]);
  const entries = 2 ** entryBits;
  const longestService = of([1, 7, 256]);
  const tables = {
    ...job.tables,
    ...{ entryBits, longestService },
    entryColumns: new Uint32Array(entries),
    energies: new Int32Array(entries),
    profileStart: new Uint32Array(entries),
    profileLength: new Uint32Array(entries).fill(1),
    profiles: new Int32Array(entries * longestService),
  };
  return { ...job, ...common, tables };
}

function pipelinesOf(job: Job): JobPipelines {
  const choice = (): Promise<FormChoice> => Promise.resolve(new FormChoice({ name: 'fake', pipeline: fakePipeline() }));
  const walk = { choice } as unknown as WalkPipelines;
  const words = jobRows(job).length / job.horizons.length;
  const quantities = Array.from({ length: words }, (_, i) => ({ word: 5 + i, reduce: fakePipeline() }));
  return { walk, quantities, merge: fakePipeline() };
}

/** What a run on such a device comes to; its counts are zeros, which no run believes. */
async function outcome(act: () => Promise<unknown>): Promise<string> {
  try {
    await act();
    return 'run';
  } catch (error) {
    if (error instanceof DeviceLimitError) return `refused: ${error.message}`;
    if (error instanceof WrongAnswerError && / 0 paths were counted/.test(error.message)) return 'run';
    throw error;
  }
}

describe.each([
  ['WebGPU, hardware', CORE, false],
  ['WebGPU, software', CORE, true],
  ['the compatibility level, hardware', COMPATIBILITY, false],
] as const)('%s', (_, limits, isSoftware) => {
  const control = { slotsPerSlice: 2 ** 20 };

  test(`${ROUNDS} random jobs keep every limit or are refused by name`, async () => {
    const jobs = pool();
    const random = generator(18);
    const seen = new Map<string, number>();
    for (let round = 0; round < ROUNDS; round++) {
      const job = altered(jobs[round % jobs.length], random);
      const many = job.paths < 1000 && random() < 0.5 ? Array.from({ length: 40 }, () => job) : [job];
      const stop = new AbortController();
      const limited = limitedDevice(limits, isSoftware, Infinity, (dispatches) => {
        if (dispatches > MOST_DISPATCHES) stop.abort();
      });
      const feed = feedOf(many, () => undefined);
      const pipelines = pipelinesOf(job);
      const own = { ...control, signal: stop.signal };
      const what = await outcome(() =>
        runFeed(limited.device, () => Promise.resolve(pipelines), feed, own, new Paces(true)),
      );
      expect(limited.faults, `${job.kernel}, ${job.horizons.length} horizons, ${job.paths} paths`).toEqual([]);
      if (what === 'run') expect(limited.seen.dispatches).toBeGreaterThan(0);
      else
        expect(what).toMatch(
          /^refused: site tables: a buffer of \d+\.\d MiB is needed, and this device allows 128.0 MiB/,
        );
      const key = what === 'run' ? `${job.kernel} run` : `${job.kernel} refused`;
      seen.set(key, (seen.get(key) ?? 0) + 1);
    }
    expect([...seen.keys()].sort()).toEqual(['lumped run', 'proof run', 'site refused', 'site run', 'tasks run']);
  });

  test('so do the deficits of many rows, and first passages', async () => {
    const jobs = pool();
    const random = generator(19);
    for (const [i, job] of jobs.entries()) {
      // What comes back is an array of the host's: one of 272 MB is enough.
      const paths = i === 0 ? 2 ** 20 : 2 ** 12;
      const own = { ...altered(job, random), paths };
      const bins = { offset: 0, shift: LOGARITHMIC };
      const horizons = Array.from({ length: i === 0 ? 65 : 9 }, (_, h) => ({ slots: h + 1, bins }));
      const some: Job = { ...own, horizons };
      const limited = limitedDevice(limits, isSoftware);
      await outcome(() => readRows(limited.device, pipelinesOf(some), [some], control, new Paces(true)));
      expect(limited.faults, `${job.kernel}, ${some.paths} paths`).toEqual([]);
    }
    const limited = limitedDevice(limits, isSoftware);
    const job = { ...knownPassages('residual cells', 10)[0].job, paths: 2 ** 18 };
    await readRows(limited.device, pipelinesOf(job), [job], control, new Paces(true));
    expect(limited.faults).toEqual([]);
  });

  test('memory that is short halves the batch until it fits', async () => {
    const [job] = pool();
    const big = { ...job, paths: 2 ** 17 };
    const limited = limitedDevice(limits, isSoftware, 2 ** 19);
    const feed = feedOf([big], () => undefined);
    expect(
      await outcome(() =>
        runFeed(limited.device, () => Promise.resolve(pipelinesOf(big)), feed, control, new Paces(true)),
      ),
    ).toBe('run');
    const none = limitedDevice(limits, isSoftware, 1000);
    const refused = await outcome(() =>
      runFeed(
        none.device,
        () => Promise.resolve(pipelinesOf(big)),
        feedOf([big], () => undefined),
        control,
        new Paces(true),
      ),
    );
    expect(refused).toMatch(/^refused: a device of least limits has no memory/);
  });
});

test('a device of the compatibility level, whose workgroups are too small, is refused by name', async () => {
  const real = await host.requestAdapter('software');
  const adapter = { limits: COMPATIBILITY, features: new Set() } as unknown as GPUAdapter;
  const opening = openDevice({ ...real, adapter });
  await expect(opening).rejects.toThrow(DeviceLimitError);
  await expect(opening).rejects.toThrow(/allows maxComputeInvocationsPerWorkgroup of 128, expected at least 256/);
});

test('kernels of every form are compiled within the least limits, which is all that is asked for', async () => {
  const handle = await host.requestAdapter('software');
  const device = await openDevice(handle);
  for (const [limit, least] of Object.entries(CORE)) {
    expect(device.gpu.limits[limit as keyof typeof CORE], limit).toBe(least);
  }
  for (const kernel of [KERNELS.tasksFromStorage, KERNELS.proofFromStorage, KERNELS.site, KERNELS.lumpedSite]) {
    await new WalkPipelines(device, kernel).get('residual cells');
  }
  device.destroy();
  handle.release();
});

test('memory that is short on a real device halves the batch, and the bits are the same', async () => {
  const job = jobOf(SETTINGS[1], { trials: 9000, horizons: [1, 40], seed: 'memory' });
  let isShort = false;
  let refused = 0;
  const handle = await wrappedHandle({
    isOutOfMemory: (label, size) => isShort && label === 'path state' && size > 100_000 && ++refused > 0,
  });
  const backend = await createWebGpuBackend(handle);
  try {
    const sound = partialsSha256(await backend.run(job));
    isShort = true;
    expect(partialsSha256(await backend.run(job))).toBe(sound);
    expect(refused).toBeGreaterThan(0);
  } finally {
    await backend.release();
  }
});
