/**
 * Workers of the cpu backend that stay silent: never started, stopped amid a chunk, or before they hand over what they
 * counted. They are replaced, their part is walked again and counted once. Real workers walk; a wrapper makes them
 * silent.
 */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { host } from '#host';
import type { RunProgress } from '../../src/engine/backend.js';
import { createCpuBackend } from '../../src/engine/cpu/backend.js';
import type { FromWorker, ToWorker } from '../../src/engine/cpu/protocol.js';
import { feedOf } from '../../src/engine/feed.js';
import type { WorkerLike } from '../../src/host/contract.js';
import { planJob } from '../../src/engine/job.js';
import type { Partials } from '../../src/engine/partials.js';
import { partialsSha256 } from '../../src/engine/partials-codec.js';
import { planPassages } from '../../src/engine/passage-job.js';
import { MOST_REPLACEMENTS } from '../../src/engine/silence.js';
import { BackendError } from '../../src/errors.js';
import { SETTINGS, jobOf, lawOf } from './jobs.js';
import { passing, silentHost, turn } from './silent-host.js';
import type { Silence } from './silent-host.js';

/** The worker that is the first to be sent so many bundles: which one that is, the threads' pace decides. */
function first(count: number): Silence {
  let found = false;
  return ({ bundle }) => {
    const now = !found && bundle === count;
    found ||= now;
    return now;
  };
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const REQUEST = { trials: 40_000, horizons: [10, 60], seed: 'silent' };
const JOB = jobOf(SETTINGS[0], REQUEST);

async function expected(trials = REQUEST.trials): Promise<string> {
  const backend = createCpuBackend(host, 1);
  try {
    return partialsSha256(await backend.run(jobOf(SETTINGS[0], { ...REQUEST, trials })));
  } finally {
    await backend.release();
  }
}

describe('a silent worker is replaced, and its part is counted once', () => {
  test.each<[string, Silence]>([
    ['never starts', ({ worker }) => worker === 0],
    ['is silent from its first chunk on', ({ worker, bundle }) => worker === 0 && bundle === 1],
    ['is silent after some chunks', first(4)],
    ['is silent when it is to hand over its counts', ({ worker, kinds }) => worker === 0 && kinds.includes('close')],
    ['is silent, and its replacement too', ({ worker, bundle }) => bundle === 2 - worker && worker !== 1],
    ['are silent, both', ({ worker, bundle }) => worker < 2 && bundle === 1 + worker],
  ])('one that %s', async (_, silence) => {
    const own = silentHost(host, silence);
    const remarks: string[] = [];
    const backend = createCpuBackend(own.host, 2, { onRemark: (text) => remarks.push(text) });
    const seen: RunProgress[] = [];
    const control = { pathsPerBatch: 1000, onProgress: (progress: RunProgress) => seen.push(progress) };
    const partials = await passing(own, backend.run(JOB, control));
    await backend.release();
    expect(partials.horizons[0].count).toBe(REQUEST.trials);
    expect(partialsSha256(partials)).toBe(await expected());
    expect(seen.at(-1)).toMatchObject({ paths: REQUEST.trials, done: REQUEST.trials * 60, total: REQUEST.trials * 60 });
    expect(own.spawned()).toBeGreaterThan(2);
    expect(remarks.length).toBe(own.spawned() - 2);
    for (const remark of remarks) expect(remark).toMatch(/silent for \d+ s and was replaced; its part is walked again/);
  });

  test('amid many jobs: each is done once, with the bytes of itself alone', async () => {
    const jobs = Array.from({ length: 60 }, (_, i) =>
      jobOf(SETTINGS[i % 3], { trials: 300 + i, horizons: [20], seed: `${i}` }),
    );
    const single = createCpuBackend(host, 1);
    const alone: string[] = [];
    for (const job of jobs) alone.push(partialsSha256(await single.run(job)));
    await single.release();
    const [one, other] = [first(5), first(9)];
    const own = silentHost(host, (place) => one(place) || other(place));
    const backend = createCpuBackend(own.host, 2);
    const done: [number, Partials][] = [];
    await passing(own, backend.runAll(feedOf(jobs, (index, partials) => done.push([index, partials]))));
    await backend.release();
    expect(own.spawned()).toBe(4);
    expect(done.map(([index]) => index).toSorted((a, b) => a - b)).toEqual(jobs.map((_, i) => i));
    for (const [index, partials] of done) expect(partialsSha256(partials), `${index}`).toBe(alone[index]);
  });

  test('after thousands of chunks: what was handed over before is kept', async () => {
    const own = silentHost(host, first(1800));
    const backend = createCpuBackend(own.host, 2);
    let walked = 0;
    const control = { pathsPerBatch: 8, onProgress: ({ paths }: RunProgress) => (walked = Math.max(walked, paths)) };
    const partials = await passing(own, backend.run(JOB, control));
    await backend.release();
    expect(own.spawned()).toBe(3);
    expect(partialsSha256(partials)).toBe(await expected());
    expect(walked).toBe(REQUEST.trials);
  });

  test('deficits and passages are those of a backend that never was silent', async () => {
    const { job: passages } = planPassages(lawOf(SETTINGS[0], 60), {
      trials: 5000,
      slots: 60,
      deficitJoules: 9000,
      seed: 'p',
    });
    const own = silentHost(host, ({ worker, bundle }) => worker < 2 && bundle === 2);
    const good = createCpuBackend(host, 1);
    const bad = createCpuBackend(own.host, 2);
    const job = planJob(lawOf(SETTINGS[0], 60), { trials: 3000, horizons: [9, 60], seed: 'd' });
    const control = { pathsPerBatch: 200 };
    expect(await passing(own, bad.deficits(job, control))).toEqual(await good.deficits(job));
    expect(await passing(own, bad.passages(passages, control))).toEqual(await good.passages(passages));
    await Promise.all([good.release(), bad.release()]);
  });

  test('after a stop what is kept is a first part of the paths', async () => {
    const stop = new AbortController();
    const own = silentHost(host, ({ worker, bundle }) => worker === 0 && bundle === 2);
    const backend = createCpuBackend(own.host, 2);
    const partials = await passing(
      own,
      backend.run(JOB, {
        pathsPerBatch: 1000,
        signal: stop.signal,
        onProgress: ({ paths }) => {
          if (paths >= 8000) stop.abort();
        },
      }),
    );
    await backend.release();
    const { count } = partials.horizons[0];
    expect(count).toBeGreaterThanOrEqual(8000);
    expect(count).toBeLessThan(REQUEST.trials);
    expect(partialsSha256(partials)).toBe(await expected(count));
  });
});

describe('workers that stay silent however often they are replaced', () => {
  test('are left out where others work', async () => {
    // Worker 1 works; whatever stands in the place of worker 0 never does.
    const own = silentHost(host, ({ worker }) => worker !== 1);
    const remarks: string[] = [];
    const backend = createCpuBackend(own.host, 2, { onRemark: (text) => remarks.push(text) });
    const partials = await passing(own, backend.run(JOB, { pathsPerBatch: 1000 }));
    await backend.release();
    expect(partialsSha256(partials)).toBe(await expected());
    expect(own.spawned()).toBe(2 + MOST_REPLACEMENTS);
    expect(remarks.at(-1)).toMatch(/the others go on without it/);
  });

  test('are an error where none works', async () => {
    const own = silentHost(host, () => true);
    const backend = createCpuBackend(own.host, 2);
    await expect(passing(own, backend.run(JOB))).rejects.toThrow(/Workers do not answer here: each was silent/);
    await backend.release();
  });

  test('do not keep a backend from being released', async () => {
    const backend = createCpuBackend(silentHost(host, () => true).host, 1);
    const running = expect(backend.run(JOB)).rejects.toThrow(BackendError);
    await backend.release();
    await running;
  });
});

test('a worker that is slow and gives signs of life is left to its work', async () => {
  let spawned = 0;
  let finish: () => void = () => undefined;
  const posted: ToWorker[] = [];
  const spawnWorker = (): WorkerLike => {
    spawned++;
    const like: WorkerLike = {
      onmessage: null,
      onerror: null,
      postMessage: (message) => {
        for (const sent of message as ToWorker[]) {
          posted.push(sent);
          if (sent.kind === 'hello') queueMicrotask(() => like.onmessage?.([{ kind: 'ready', job: 0 }]));
        }
      },
      terminate: () => Promise.resolve(),
    };
    finish = () => {
      const answers: FromWorker[] = [];
      for (const sent of posted.splice(0)) {
        if (sent.kind === 'walk') answers.push({ kind: 'walked', job: sent.job, count: sent.count, seconds: 300 });
        if (sent.kind === 'close') answers.push({ kind: 'partials', job: sent.job, partials: { horizons: [] } });
      }
      if (answers.length > 0) like.onmessage?.(answers);
      else like.onmessage?.([{ kind: 'alive', job: 0 } satisfies FromWorker]);
    };
    return like;
  };
  const remarks: string[] = [];
  const slow = createCpuBackend({ ...host, spawnWorker }, 1, { onRemark: (text) => remarks.push(text) });
  const running = slow.run({ ...JOB, paths: 4 });
  for (let i = 0; i < 10; i++) await turn();
  const held = posted.splice(0);
  for (let i = 0; i < 40; i++) {
    vi.advanceTimersByTime(9000);
    finish();
  }
  posted.push(...held);
  finish();
  await running;
  await slow.release();
  expect([spawned, remarks]).toEqual([1, []]);
});
