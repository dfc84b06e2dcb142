/** Shards, their hashes and their results as bytes; the ledger; assembly in any order. */
import { resolveScenario } from '../../src/fleet/resolve.js';
import {
  mkdtempSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { host } from '#host';
import { createCpuBackend } from '../../src/engine/cpu/backend.js';
import type { Backend } from '../../src/engine/backend.js';
import { partialsSha256 } from '../../src/engine/partials-codec.js';
import { prepareRun } from '../../src/study/plan.js';
import { InputError } from '../../src/errors.js';
import { Assembly } from '../../src/sweep/assembly.js';
import { nodeDeflate } from '../../src/sweep/node/deflate.js';
import { Ledger } from '../../src/sweep/node/ledger.js';
import { readFinished, runLocal } from '../../src/sweep/node/run-local.js';
import { exactOf } from '../../src/sweep/results.js';
import { runShards } from '../../src/sweep/run-shards.js';
import { decodeShardResult, encodeShardResults, namedShards } from '../../src/sweep/shard-result.js';
import type { ShardResult } from '../../src/sweep/shard-result.js';
import { cutShards } from '../../src/sweep/shards.js';
import type { Shard } from '../../src/sweep/shards.js';
import { DOCUMENT, sweepOf } from './sweeps.js';

const never = new AbortController().signal;

let backend: Backend;
beforeAll(() => {
  backend = createCpuBackend(host, 2);
});
afterAll(() => backend.release());

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'batterywalk-ledger-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

async function resultsOf(shards: readonly Shard[], horizons: readonly number[]): Promise<Map<Shard, ShardResult>> {
  const results = new Map<Shard, ShardResult>();
  await runShards(backend, shards, {
    horizons,
    signal: never,
    onResult: (shard, result) => results.set(shard, result),
    onFailure: (_, error) => {
      throw error;
    },
  });
  return results;
}

/** A store that has nothing. */
async function* nothing(): AsyncGenerator<ShardResult> {
  // None.
}

describe('cutting', () => {
  test('every path of every point once; small points are one shard, large ones several of about one size', () => {
    const sweep = sweepOf({ trials: 10_001, shardPathSlots: 100_000 });
    const shards = cutShards(sweep);
    for (const point of sweep.points) {
      const own = shards.filter((shard) => shard.point === point);
      expect(own.length).toBe(6);
      let next = 0;
      for (const { firstPath, paths } of own) {
        expect(firstPath).toBe(next);
        next += paths;
        expect(Math.abs(paths - 10_001 / 6)).toBeLessThan(6);
      }
      expect(next).toBe(10_001);
    }
    expect(cutShards(sweepOf()).map(({ paths }) => paths)).toEqual(Array(6).fill(3000));
  });

  test('a hash covers what decides the result, and nothing else', () => {
    const hashes = (changes: Record<string, unknown>): string[] => cutShards(sweepOf(changes)).map(({ hash }) => hash);
    const base = hashes({});
    expect(new Set(base).size).toBe(6);
    expect(hashes({ name: 'renamed', exact: 'none', axes: DOCUMENT.axes })).toEqual(base);
    // The same points in another order of axes, or fewer of them.
    const { 'arrivals.ratePerSlot': rate, 'harvest.mean.timesDemand': mean } = DOCUMENT.axes;
    expect(new Set(hashes({ axes: { 'arrivals.ratePerSlot': rate, 'harvest.mean.timesDemand': mean } }))).toEqual(
      new Set(base),
    );
    expect(hashes({ axes: { 'harvest.mean.timesDemand': mean, 'arrivals.ratePerSlot': [2] } })).toEqual([
      base[1],
      base[4],
    ]);
    for (const changes of [{ seed: 't' }, { horizons: [16, 65] }, { trials: 3001 }, { base: 'benchmark' }]) {
      expect(
        hashes(changes).filter((hash) => base.includes(hash)),
        JSON.stringify(changes),
      ).toEqual([]);
    }
  });
});

describe('results', () => {
  const sweep = sweepOf();
  const shards = cutShards(sweep);
  let results: Map<Shard, ShardResult>;
  beforeAll(async () => {
    results = await resultsOf(shards, sweep.file.horizons);
  });
  const resultOf = (shard: Shard): ShardResult => results.get(shard) as ShardResult;

  test('are those of the point run by itself', async () => {
    for (const shard of shards) {
      const { scenario, seed } = shard.point;
      const { job } = prepareRun(resolveScenario(scenario), {
        trials: sweep.file.trials,
        horizons: sweep.file.horizons,
        seed,
      });
      expect(partialsSha256(resultOf(shard).partials)).toBe(partialsSha256(await backend.run(job)));
    }
  });

  test('come back from their bytes; bytes that were cut, altered or another shard’s are refused', () => {
    const [shard, other] = shards;
    const bytes = encodeShardResults([resultOf(shard)], nodeDeflate);
    expect(decodeShardResult(bytes, shard, nodeDeflate)).toEqual(resultOf(shard));
    expect(() => decodeShardResult(bytes, other, nodeDeflate)).toThrow(/is that of/);
    expect(() => decodeShardResult(bytes, { ...shard, paths: 2999 }, nodeDeflate)).toThrow(/counts other paths/);
    for (const length of [0, 5, 40, bytes.length >> 1, bytes.length - 1]) {
      expect(() => decodeShardResult(bytes.subarray(0, length), shard, nodeDeflate), `${length}`).toThrow(InputError);
    }
    for (const at of [0, 12, 80, bytes.length - 1]) {
      const altered = Uint8Array.from(bytes);
      altered[at] ^= 1;
      expect(() => decodeShardResult(altered, shard, nodeDeflate), `byte ${at}`).toThrow(InputError);
    }
  });

  test('the ledger gives back what was put; what is not whole is put aside and counts as missing', async () => {
    const remarks: string[] = [];
    const ledger = new Ledger(folder, (text) => remarks.push(text));
    expect(await ledger.get(shards[0])).toBeUndefined();
    await ledger.put(resultOf(shards[0]));
    await ledger.put(resultOf(shards[0]));
    expect(await ledger.get(shards[0])).toEqual(resultOf(shards[0]));
    const files = (): string[] =>
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ name }) => name);
    expect(files()).toEqual([`${shards[0].hash}.shard`]);
    const path = join(folder, 'shards', `${shards[0].hash}.shard`);
    truncateSync(path, 300);
    expect(await ledger.get(shards[0])).toBeUndefined();
    expect(remarks.join()).toMatch(/is truncated or altered: it is put aside and run again/);
    expect(await ledger.get(shards[0])).toBeUndefined();
    await ledger.put(resultOf(shards[0]));
    expect(await ledger.get(shards[0])).toEqual(resultOf(shards[0]));
  });

  test('small results share files; one that was cut or altered loses its own, and others’ files are left alone', async () => {
    const remarks: string[] = [];
    const own = join(folder, 'shards');
    const ledger = new Ledger(folder, (text) => remarks.push(text), 60_000);
    const put = async (some: readonly Shard[]): Promise<void> => {
      const kept = Promise.all(some.map((shard) => ledger.put(resultOf(shard))));
      ledger.flush();
      await kept;
    };
    const found = async (wanted: readonly Shard[]): Promise<ShardResult[]> => {
      const results: ShardResult[] = [];
      for await (const result of ledger.results(wanted)) results.push(result);
      return results.sort((a, b) => (a.hash < b.hash ? -1 : 1));
    };
    const of = (some: readonly Shard[]): ShardResult[] => some.map(resultOf).sort((a, b) => (a.hash < b.hash ? -1 : 1));
    expect(await found(shards)).toEqual([]);
    await put(shards.slice(0, 2));
    await put(shards.slice(2, 5));
    // The same once more, and one by itself.
    await put(shards.slice(2, 5));
    await put(shards.slice(5));
    expect(readdirSync(own).sort()).toEqual(
      [...readdirSync(own).filter((name) => /^[0-9a-f]{64}\.shards$/.test(name)), `${shards[5].hash}.shard`].sort(),
    );
    expect(readdirSync(own).length).toBe(3);
    expect(await found(shards)).toEqual(of(shards));
    expect(await found(shards.slice(1, 3))).toEqual(of(shards.slice(1, 3)));

    const holding = (shard: Shard): string =>
      readdirSync(own)
        .map((name) => join(own, name))
        .find((path) => path.endsWith('.shards') && namedShards(readFileSync(path)).includes(shard.hash)) as string;
    const path = holding(shards[3]);
    const whole = readFileSync(path);
    for (const harm of [
      () => {
        truncateSync(path, whole.length - 1);
      },
      () => {
        truncateSync(path, 20);
      },
      () => {
        const altered = Uint8Array.from(whole);
        altered[whole.length - 9] ^= 4;
        writeFileSync(path, altered);
      },
    ]) {
      writeFileSync(path, whole);
      harm();
      // Whoever does not need it lets it be.
      expect(await found(shards.slice(0, 2))).toEqual(of(shards.slice(0, 2)));
      expect(await found(shards)).toEqual(of([...shards.slice(0, 2), shards[5]]));
    }
    expect(remarks.filter((text) => /is truncated or altered: it is put aside and run again/.test(text)).length).toBe(
      2,
    );
    await put(shards.slice(2, 5));
    expect(await found(shards)).toEqual(of(shards));
  });

  test('what a killed writer left is swept up once it is old', async () => {
    const own = join(folder, 'shards');
    mkdirSync(own, { recursive: true });
    const [fresh, stale] = ['.tmp-fresh', '.tmp-stale'].map((name) => join(own, name));
    writeFileSync(fresh, 'half');
    writeFileSync(stale, 'half');
    utimesSync(stale, new Date(0), new Date(0));
    await new Ledger(folder).sweepUp();
    expect(readdirSync(own)).toEqual(['.tmp-fresh']);
  });

  test('a folder that cannot be written is one clear error', async () => {
    writeFileSync(join(folder, 'shards'), 'in the way');
    await expect(new Ledger(folder).put(resultOf(shards[0]))).rejects.toThrow(
      /--out: cannot write .*shards.* \((ENOTDIR|EEXIST)\), expected a folder with room that may be written; what was finished before is kept/,
    );
  });

  test('shards in any order, some of them twice, make the same rows', async () => {
    const cut = sweepOf({ shardPathSlots: 40_000 });
    const pieces = cutShards(cut);
    const found = await resultsOf(pieces, cut.file.horizons);
    const assembled = (order: readonly Shard[]): Assembly => {
      const assembly = new Assembly(cut, pieces);
      for (const shard of order) assembly.add(shard, found.get(shard) as ShardResult);
      return assembly;
    };
    const whole = new Assembly(sweep, shards);
    for (const shard of shards) whole.add(shard, resultOf(shard));
    const scrambled = pieces.toSorted((a, b) => (a.hash < b.hash ? -1 : 1));
    for (const order of [pieces, scrambled, [...scrambled, ...pieces]]) {
      const assembly = assembled(order);
      expect(assembly.partialsSha256()).toBe(whole.partialsSha256());
      expect(
        assembly
          .rows()
          .flat()
          .map(({ point, ...row }) => ({ ...row, point: point.index })),
      ).toEqual(
        whole
          .rows()
          .flat()
          .map(({ point, ...row }) => ({ ...row, point: point.index })),
      );
    }
    const partly = assembled(pieces.slice(0, -1));
    expect(partly.finishedPoints).toBe(5);
    expect(partly.has(pieces[pieces.length - 1])).toBe(false);
  });

  test('shards of one point that were drawn from different tables are refused', () => {
    const cut = sweepOf({ shardPathSlots: 100_000 });
    const pieces = cutShards(cut);
    const assembly = new Assembly(cut, pieces);
    const result = resultOf(shards[0]);
    assembly.add(pieces[0], { ...result, hash: pieces[0].hash });
    expect(() => {
      assembly.add(pieces[1], { ...result, hash: pieces[1].hash, tablesSha256: '0'.repeat(64) });
    }).toThrow(/point 0: its shards were drawn from different tables/);
  });

  test('results that were drawn from other tables are put aside and run again, and told', async () => {
    const cut = sweepOf({ shardPathSlots: 30_000 });
    const pieces = cutShards(cut).filter(({ point }) => point.index < 2);
    expect(pieces.length).toBeGreaterThan(4);
    const horizons = cut.file.horizons;
    const whole = new Assembly(cut, pieces);
    const made: ShardResult[] = [];
    const store = {
      ...{ get: () => Promise.resolve(undefined), results: () => nothing(), flush: () => undefined },
      putAside: () => Promise.resolve(),
      put: (result: ShardResult) => {
        made.push(result);
        return Promise.resolve();
      },
    };
    await runLocal(pieces, { backend, store, assembly: whole, horizons, signal: never });
    const foreign = (result: ShardResult): ShardResult => ({ ...result, tablesSha256: '0'.repeat(64) });
    const of = ({ hash }: Shard): ShardResult => made.find((result) => result.hash === hash) as ShardResult;
    const [first, second] = [0, 1].map((index) => pieces.filter(({ point }) => point.index === index));
    // A file of three, of which one is foreign; one by itself; and all of a point but one that is missing.
    const gathered = new Ledger(folder, undefined, 60_000);
    const puts = [foreign(of(first[0])), of(first[1]), of(first[2])].map((result) => gathered.put(result));
    gathered.flush();
    await Promise.all(puts);
    const ledger = new Ledger(folder);
    for (const shard of first.slice(3)) await ledger.put(of(shard));
    for (const shard of second.slice(1)) await ledger.put(foreign(of(shard)));
    const told: string[] = [];
    const again = new Assembly(cut, pieces);
    const todo = await readFinished(pieces, ledger, again, (text) => told.push(text));
    expect(todo).toEqual([first[0], ...second]);
    expect(told).toEqual([
      `${second.length} results of point 0, point 1 were drawn from other tables than this machine makes ` +
        '(machines with other versions of Node may round otherwise): they are put aside and run again',
    ]);
    await runLocal(todo, { backend, store: ledger, assembly: again, horizons, signal: never });
    expect(again.partialsSha256()).toBe(whole.partialsSha256());
    // And now the folder is as if nothing had been foreign.
    const last = new Assembly(cut, pieces);
    expect(await readFinished(pieces, new Ledger(folder), last, (text) => told.push(text))).toEqual([]);
    expect(last.partialsSha256()).toBe(whole.partialsSha256());
    expect(told).toHaveLength(1);
  });

  test('a store that fails stops the run with its error, and what was kept before is there', async () => {
    const ledger = new Ledger(folder);
    let kept = 0;
    const store = {
      ...{ get: ledger.get.bind(ledger), results: ledger.results.bind(ledger), flush: () => undefined },
      putAside: ledger.putAside.bind(ledger),
      put: (result: ShardResult) =>
        ++kept > 2 ? Promise.reject(new InputError('the disk is full')) : ledger.put(result),
    };
    const assembly = new Assembly(sweep, shards);
    const run = { backend, store, assembly, horizons: sweep.file.horizons, signal: never };
    await expect(runLocal(shards, run)).rejects.toThrow('the disk is full');
    const again = new Assembly(sweep, shards);
    const missing = await readFinished(shards, ledger, again);
    expect(missing.length).toBe(4);
    expect(await runLocal(missing, { ...run, store: ledger, assembly: again })).toEqual([]);
    expect(again.partialsSha256()).toBe(
      assembly.finishedPoints === 6 ? assembly.partialsSha256() : again.partialsSha256(),
    );
    expect(again.finishedPoints).toBe(6);
  });

  test('a stop keeps whole shards only', async () => {
    const stop = new AbortController();
    const many = cutShards(sweepOf({ trials: 200_000, shardPathSlots: 400_000 }));
    const assembly = new Assembly(sweepOf({ trials: 200_000, shardPathSlots: 400_000 }), many);
    let kept = 0;
    const store = {
      ...{ get: () => Promise.resolve(undefined), results: () => nothing(), flush: () => undefined },
      putAside: () => Promise.resolve(),
      put: ({ partials, hash }: ShardResult) => {
        if (++kept === 3) stop.abort();
        expect(partials.horizons[0].count).toBe(many.find((shard) => shard.hash === hash)?.paths);
        return Promise.resolve();
      },
    };
    await runLocal(many, { backend, store, assembly, horizons: sweep.file.horizons, signal: stop.signal });
    expect(kept).toBeGreaterThanOrEqual(3);
    expect(kept).toBeLessThan(many.length);
  });
});

test('a shard whose law cannot be made is told, and all others are run', async () => {
  const sweep = sweepOf({ base: 'benchmark', axes: { 'harvest.variance': ['matched', 1e-6] } });
  const shards = cutShards(sweep);
  const assembly = new Assembly(sweep, shards);
  const failed = await runLocal(shards, {
    backend,
    store: new Ledger(folder),
    assembly,
    horizons: sweep.file.horizons,
    signal: never,
  });
  expect(failed.map(({ shard }) => shard.index)).toEqual([1]);
  expect(failed[0].message).toMatch(/energies spread too far/);
  expect(assembly.finishedPoints).toBe(1);
});

test('exact values: for few points, for large ones, and as asked', () => {
  const axes = { 'arrivals.ratePerSlot': { from: 1, to: 3, count: 200 } };
  expect(exactOf(sweepOf())).toBe('moments');
  expect(exactOf(sweepOf({ axes }))).toBe('none');
  expect(exactOf(sweepOf({ axes, trials: 1e8 }))).toBe('moments');
  expect(exactOf(sweepOf({ axes, exact: 'law' }))).toBe('law');
});
