/** Many jobs at once: each comes out as it does alone, whatever they share a batch, a wave or a thread with. */
import { resolveScenario } from '../../src/fleet/resolve.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { host } from '#host';
import type { Backend, JobFeed, RunControl, RunProgress } from '../../src/engine/backend.js';
import { createCpuBackend } from '../../src/engine/cpu/backend.js';
import { feedOf, pathSlotsOf } from '../../src/engine/feed.js';
import type { Job } from '../../src/engine/job.js';
import { openBackend } from '../../src/engine/open-backend.js';
import { partialsSha256 } from '../../src/engine/partials-codec.js';
import type { Partials } from '../../src/engine/partials.js';
import { cutBatches } from '../../src/engine/webgpu/segments.js';
import { prepareRun } from '../../src/study/plan.js';
import { SETTINGS, jobOf } from './jobs.js';
import { referenceWith } from './task-settings.js';

/**
 * Jobs of every kind, with and without residual cells, of odd sizes, one with other checkpoints, one far along its
 * stream, one empty.
 */
function jobs(): Job[] {
  const request = { horizons: [7, 60], seed: 'many' };
  const lumped = SETTINGS.flatMap((setting, i) => [
    jobOf(setting, { ...request, trials: 301 + 100 * i }),
    jobOf(setting, { ...request, trials: 57, seed: `other ${i}`, firstPath: 2 ** 33 + i }),
  ]);
  const tasks = (['lumped', 'distributed'] as const).flatMap((accounting) =>
    [1, 2].map((ratePerSlot) => {
      const scenario = referenceWith({ accounting, arrivals: { ratePerSlot } });
      return prepareRun(resolveScenario(scenario), { ...request, kernel: 'tasks', trials: 200 * ratePerSlot }).job;
    }),
  );
  const other = jobOf(SETTINGS[0], { trials: 500, horizons: [33], seed: 'many' });
  return [...lumped.slice(0, 5), other, ...tasks, ...lumped.slice(5), { ...other, paths: 0 }];
}

async function runAll(
  backend: Backend,
  list: readonly Job[],
  control: RunControl = {},
): Promise<(Partials | undefined)[]> {
  const found: (Partials | undefined)[] = list.map(() => undefined);
  const feed = feedOf(list, (index, partials) => {
    expect(found[index], `job ${index} is done once`).toBeUndefined();
    found[index] = partials;
  });
  await backend.runAll(feed, control);
  return found;
}

const OPEN: [string, () => Promise<Backend>][] = [
  ['cpu', () => Promise.resolve(createCpuBackend(host, 2))],
  ['webgpu', () => openBackend(host, { backend: 'webgpu', adapter: 'software' })],
];

describe.each(OPEN)('%s', (_, open) => {
  let backend: Backend;
  const list = jobs();
  const alone: string[] = [];
  beforeAll(async () => {
    backend = await open();
    const cpu = createCpuBackend(host, 1);
    for (const job of list) alone.push(partialsSha256(await cpu.run(job)));
    await cpu.release();
  });
  afterAll(() => backend.release());

  test.each([{}, { pathsPerBatch: 256 }, { pathsPerBatch: 1000, slotsPerSlice: 9 }, { pathsPerBatch: 90 }])(
    'jobs of many kinds together: the bytes of each alone, with %j',
    async (control) => {
      const found = await runAll(backend, list, control);
      expect(found.pop(), 'a job without paths is not run').toBeUndefined();
      expect(found.map((partials) => partials && partialsSha256(partials))).toEqual(alone.slice(0, -1));
    },
  );

  test('progress goes over all jobs, and ends with all of them', async () => {
    const seen: RunProgress[] = [];
    await runAll(backend, list, { onProgress: (progress) => seen.push(progress) });
    const total = list.reduce((sum, job) => sum + pathSlotsOf(job), 0);
    expect(seen.at(-1)).toMatchObject({ done: total, total, paths: list.reduce((sum, { paths }) => sum + paths, 0) });
    const done = seen.map((progress) => progress.done);
    expect(done).toEqual(done.toSorted((a, b) => a - b));
  });

  test('a stop: what is done by then is whole or a first part, and no job is taken afterwards', async () => {
    const stop = new AbortController();
    const base = jobOf(SETTINGS[0], { trials: 3000, horizons: [10, 100], seed: 'stop' });
    const whole = partialsSha256(await backend.run(base));
    let taken = 0;
    let after = 0;
    const done: Partials[] = [];
    const feed: JobFeed = {
      pathSlots: Infinity,
      next: () => {
        if (stop.signal.aborted) after++;
        if (++taken > 10_000) throw new Error('never stopped');
        return base;
      },
      done: (_, partials) => {
        done.push(partials);
        if (done.length === 5) stop.abort();
      },
    };
    await backend.runAll(feed, { signal: stop.signal });
    expect(after).toBe(0);
    expect(done.length).toBeGreaterThanOrEqual(5);
    for (const partials of done.filter(({ horizons }) => horizons[0].count === base.paths)) {
      expect(partialsSha256(partials)).toBe(whole);
    }
  });

  test('a feed that fails fails the run, and the backend still works', async () => {
    const job = jobOf(SETTINGS[0], { trials: 100, horizons: [10], seed: 'x' });
    let given = 0;
    const feed: JobFeed = {
      pathSlots: 0,
      next: () => {
        if (given++ === 3) throw new Error('no such law');
        return job;
      },
      done: () => undefined,
    };
    await expect(backend.runAll(feed)).rejects.toThrow('no such law');
    expect((await backend.run(job)).horizons[0].count).toBe(100);
  });
});

describe('batches', () => {
  const sizes = [1, 256, 257, 5000, 3, 40_000, 700];
  const wave = sizes.map((paths, i) => ({ firstPath: 10 * i, paths }));
  test.each([
    { paths: 1000, groups: 9 },
    { paths: 90, groups: 3 },
    { paths: 2 ** 20, groups: 5000 },
    { paths: 1, groups: 1 },
  ])('every path once, in order, within %j', (room) => {
    const seen = wave.map(() => 0);
    for (const batch of cutBatches(wave, room)) {
      let group = 0;
      let paths = 0;
      for (const segment of batch) {
        expect(segment.firstPath).toBe(wave[segment.walk].firstPath + seen[segment.walk]);
        expect(segment.firstGroup).toBe(group);
        expect(segment.groups).toBe(Math.ceil(segment.paths / 256));
        group += segment.groups;
        paths += segment.paths;
        seen[segment.walk] += segment.paths;
      }
      expect(group).toBeLessThanOrEqual(room.groups);
      expect(paths).toBeLessThanOrEqual(room.paths);
    }
    expect(seen).toEqual(sizes);
  });
});
