/** Laws and exact values of threads are those made here, whatever their number and whatever becomes of them. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { host } from '#host';
import type { Backend } from '../../src/engine/backend.js';
import { createCpuBackend } from '../../src/engine/cpu/backend.js';
import { partialsSha256 } from '../../src/engine/partials-codec.js';
import { PlanError } from '../../src/errors.js';
import type { Host, WorkerLike } from '../../src/host/contract.js';
import { Assembly } from '../../src/sweep/assembly.js';
import { LawCache } from '../../src/sweep/law-cache.js';
import { finishFolder } from '../../src/sweep/node/folder.js';
import { PointThreads } from '../../src/sweep/point-threads.js';
import { pointLaw } from '../../src/sweep/point-law.js';
import { withExact } from '../../src/sweep/results.js';
import { runShards } from '../../src/sweep/run-shards.js';
import { cutShards } from '../../src/sweep/shards.js';
import type { Shard } from '../../src/sweep/shards.js';
import { sweepOf } from './sweeps.js';

let backend: Backend;
beforeAll(() => {
  backend = createCpuBackend(host, 1);
});
afterAll(() => backend.release());

const SMALL = { trials: 2000, axes: { 'harvest.mean.timesDemand': [1, 1.05, 1.1] } };
const sweep = sweepOf({
  trials: 60,
  shardPathSlots: 2000,
  axes: { 'harvest.mean.timesDemand': { from: 0.9, to: 1.2, count: 20 }, 'battery.initialJoules': [0, 5e4] },
});
const shards = cutShards(sweep);

async function hashesOf(laws: LawCache, all: readonly Shard[] = shards): Promise<Map<number, string>> {
  const hashes = new Map<number, string>();
  await runShards(backend, all, {
    horizons: sweep.file.horizons,
    signal: new AbortController().signal,
    laws,
    onResult: ({ index }, { partials, tablesSha256 }) => {
      expect(hashes.has(index)).toBe(false);
      hashes.set(index, `${tablesSha256} ${partialsSha256(partials)}`);
    },
    onFailure: ({ index }, error) => hashes.set(index, `${error.name}: ${error.message}`),
  });
  return hashes;
}

let expected: Map<number, string>;
beforeAll(async () => {
  expected = await hashesOf(new LawCache());
  expect(expected.size).toBe(shards.length);
  expect(shards.length).toBeGreaterThan(sweep.points.length);
});

test.each([1, 3])('results with %i threads', async (count) => {
  const threads = new PointThreads(host, count);
  try {
    expect(await hashesOf(new LawCache(threads))).toEqual(expected);
  } finally {
    await threads.release();
  }
});

test('a law comes back as it was made', async () => {
  const threads = new PointThreads(host, 1);
  try {
    for (const { point } of [shards[0], shards[shards.length - 1]]) {
      const request = { trials: 60, horizons: sweep.file.horizons, seed: point.seed };
      expect(await threads.law(point, request)).toEqual(pointLaw(point, request));
    }
  } finally {
    await threads.release();
  }
});

test('an error comes back as one of its class, and the other points are run', async () => {
  // More tasks than the sweep's points were checked for.
  const [shard] = shards;
  const scenario = structuredClone(shard.point.scenario) as { arrivals: { ratePerSlot: number } };
  scenario.arrivals.ratePerSlot = 1e12;
  const broken = { ...shard, point: { ...shard.point, scenario: scenario as never } };
  const threads = new PointThreads(host, 1);
  try {
    const request = { trials: 60, horizons: sweep.file.horizons, seed: '1' };
    const here = (): unknown => pointLaw(broken.point, request);
    expect(here).toThrow(PlanError);
    await expect(threads.law(broken.point, request)).rejects.toThrow(PlanError);
    const all = [broken, ...shards.slice(1)];
    const hashes = await hashesOf(new LawCache(threads), all);
    expect(hashes.get(broken.index)).toMatch(/^PlanError: .*spread too far/);
    expect(new Map([...hashes, [broken.index, expected.get(broken.index)]])).toEqual(expected);
  } finally {
    await threads.release();
  }
});

test.each([0, 1, 5])('a thread that ends by itself after %i laws leaves its work to the others', async (after) => {
  let left = after;
  const dying: Pick<Host, 'spawnWorker'> = {
    spawnWorker(entry) {
      const own = host.spawnWorker(entry);
      const like: WorkerLike = {
        ...{ onmessage: null, onerror: null },
        postMessage(message) {
          if (left-- > 0) own.postMessage(message);
          else queueMicrotask(() => like.onerror?.(new Error('it ended')));
        },
        terminate: () => own.terminate(),
      };
      own.onmessage = (message) => like.onmessage?.(message);
      return like;
    },
  };
  const threads = new PointThreads(dying, 2);
  try {
    expect(await hashesOf(new LawCache(threads))).toEqual(expected);
  } finally {
    await threads.release();
  }
});

test('exact values of threads are those made here, and a lost thread leaves them to this one', async () => {
  const rich = sweepOf({ ...SMALL, exact: 'moments', horizons: [4, 16] });
  const assembly = new Assembly(rich, cutShards(rich));
  await runShards(backend, cutShards(rich), {
    horizons: rich.file.horizons,
    signal: new AbortController().signal,
    onResult: (shard, result) => {
      assembly.add(shard, result);
    },
    onFailure: (_, error) => {
      throw error;
    },
  });
  const here = assembly.rows().map((own) => withExact(rich, own));
  expect(here.flat().filter(({ exact }) => exact !== null).length).toBe(18);
  const folder = mkdtempSync(join(tmpdir(), 'batterywalk-exact-'));
  const threads = new PointThreads(host, 2);
  try {
    expect(await finishFolder(folder, rich, assembly, undefined, threads)).toEqual(here);
    const parquet = readFileSync(join(folder, 'results.parquet'));
    await threads.release();
    expect(await finishFolder(folder, rich, assembly, undefined, threads)).toEqual(here);
    expect(readFileSync(join(folder, 'results.parquet')).equals(parquet)).toBe(true);
  } finally {
    await threads.release();
    rmSync(folder, { recursive: true });
  }
});
