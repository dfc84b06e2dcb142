/**
 * Who can write to Redis: what they put there is measured, checked and dropped, never printed as it is, and told
 * where it matters.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync, inflateSync } from 'node:zlib';
import type { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { host } from '#host';
import { sha256Hex } from '#sha256';
import { partialsFromJson } from '../../src/engine/partials-codec.js';
import { createCpuBackend } from '../../src/engine/cpu/backend.js';
import { printable } from '../../src/printable.js';
import { Expectations } from '../../src/sweep/expectation.js';
import { nodeDeflate } from '../../src/sweep/node/deflate.js';
import { allFields, fieldsOf, jobsIn, popTexts, valuesOf } from '../../src/sweep/node/queue/guarded.js';
import {
  failureText,
  hashOf,
  isSealedPayload,
  readFailure,
  readWorker,
  sealedPayload,
} from '../../src/sweep/node/queue/names.js';
import type { Payload } from '../../src/sweep/node/queue/names.js';
import { openedResult, Seal, sealedResult, sealOf } from '../../src/sweep/node/queue/seal.js';
import { runShards } from '../../src/sweep/run-shards.js';
import { decodeShardResult, encodeShardResults } from '../../src/sweep/shard-result.js';
import type { ShardResult } from '../../src/sweep/shard-result.js';
import { cutShards, MOST_SHARDS } from '../../src/sweep/shards.js';
import type { Shard } from '../../src/sweep/shards.js';
import { driverAt, endPrograms, finals, hasRedis, RedisServer, start, WHY, writeSweep } from './queue-fixture.js';
import { resultFiles, sweepOf } from './sweeps.js';

let root = '';
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'batterywalk-trust-'));
});
afterEach(endPrograms);
afterAll(() => {
  rmSync(root, { recursive: true });
});

/** Results of the first shards of a sweep. */
async function resultsOf(shards: readonly Shard[]): Promise<Map<Shard, ShardResult>> {
  const backend = createCpuBackend(host, 1);
  const results = new Map<Shard, ShardResult>();
  await runShards(backend, shards, {
    horizons: shards[0].horizons,
    signal: new AbortController().signal,
    onResult: (shard, result) => results.set(shard, result),
    onFailure: (_, error) => {
      throw error;
    },
  });
  await backend.release();
  return results;
}

/** Results of bytes, unchecked. */
function storedResults(bytes: Buffer): ShardResult[] {
  const packed = bytes.subarray(bytes.indexOf('\n', 80) + 1);
  return (JSON.parse(inflateSync(packed).toString()) as ShardResult[]).map((result) => ({
    ...result,
    partials: partialsFromJson(result.partials),
  }));
}

describe('what a result must be', () => {
  const shards = cutShards(sweepOf());
  let result: ShardResult;
  beforeAll(async () => {
    result = (await resultsOf(shards.slice(0, 1))).get(shards[0]) as ShardResult;
  });

  const changed = (change: (horizons: ShardResult['partials']['horizons']) => unknown): ShardResult => {
    const horizons = result.partials.horizons.map((row) => ({ ...row, histogram: Float64Array.from(row.histogram) }));
    return { ...result, partials: { horizons: (change(horizons) as typeof horizons | undefined) ?? horizons } };
  };

  test.each<[string, (rows: ShardResult['partials']['horizons']) => unknown, RegExp]>([
    ['fewer horizons', (rows) => rows.slice(1), /has 1 rows, expected 2/],
    ['other slots', (rows) => rows.map((row) => ({ ...row, slots: row.slots + 1 })), /is at 17 slots, expected 16/],
    [
      'a sum of nothing',
      (rows) => rows.map((row) => ({ ...row, sum: 0n })),
      /has sums at 16 slots that its bins cannot/,
    ],
    ['twice the sum', (rows) => rows.map((row) => ({ ...row, sum: 2n * row.sum })), /has sums at 16 slots/],
    ['no squares', (rows) => rows.map((row) => ({ ...row, sumOfSquares: 1n })), /has sums at 16 slots/],
    [
      'other paths',
      (rows) => rows.map((row) => ({ ...row, count: row.count + 1, zeros: row.zeros + 1 })),
      /other paths/,
    ],
  ])('%s are refused by the shard alone', (_, change, message) => {
    const bytes = encodeShardResults([changed(change)], nodeDeflate);
    expect(() => decodeShardResult(bytes, shards[0], nodeDeflate)).toThrow(message);
  });

  test('its law is this machine’s, to the last bit', () => {
    const laws = new Expectations();
    expect(laws.lawFault(shards[0], result)).toBeUndefined();
    expect(laws.lawFault(shards[0], { ...result, quantumJoules: result.quantumJoules * (1 + 2 ** -52) })).toMatch(
      /has a quantum of \S+ J, expected/,
    );
    expect(laws.lawFault(shards[0], { ...result, tablesSha256: 'f'.repeat(64) })).toMatch(/drawn from other tables/);
    const wider = changed((rows) => rows.map((row) => ({ ...row, bins: { ...row.bins, shift: row.bins.shift + 1 } })));
    expect(laws.lawFault(shards[0], wider)).toMatch(/has other bins at 16 slots/);
  });

  test('bytes that inflate beyond what the shard can have are not inflated', () => {
    const head = encodeShardResults([result], nodeDeflate).subarray(0, 9);
    const rest = Buffer.concat([Buffer.from(`${shards[0].hash}\n`), deflateSync(Buffer.alloc(2 ** 27, ' '))]);
    const bytes = Buffer.concat([head, Buffer.from(`${sha256Hex(rest)}\n`), rest]);
    let asked = 0;
    const measured = {
      ...nodeDeflate,
      inflate: (own: Uint8Array, most: number) => nodeDeflate.inflate(own, (asked = most)),
    };
    expect(() => decodeShardResult(bytes, shards[0], measured)).toThrow(/cannot be read/);
    expect(asked).toBeLessThan(100_000);
  });

  test('a sweep of more shards than memory holds is refused before one is made', () => {
    expect(() => cutShards(sweepOf({ trials: 1e9, horizons: [64], shardPathSlots: 64 }))).toThrow(
      new RegExp(
        `shardPathSlots: got 64, which makes 6000000000 shards, expected at most ${MOST_SHARDS}: take at least \\d+`,
      ),
    );
  });
});

describe('seals', () => {
  const [seal, other] = [new Seal(Buffer.from('a'.repeat(32))), new Seal(Buffer.from('b'.repeat(32)))];
  const bytes = Buffer.from('BWSHARD2\nresult');

  test('a result opens by its key, for its shard, and as it was', () => {
    const sealed = sealedResult(seal, 'hash', bytes);
    expect(openedResult(seal, 'hash', sealed)).toEqual(bytes);
    // Who has no key cannot check.
    expect(openedResult(undefined, 'hash', sealed)).toEqual(bytes);
    expect(openedResult(undefined, 'hash', bytes)).toEqual(bytes);
    expect(() => openedResult(other, 'hash', sealed)).toThrow(/has another seal, expected one by this driver's key/);
    expect(() => openedResult(seal, 'hush', sealed)).toThrow(/has another seal/);
    expect(() => openedResult(seal, 'hash', bytes)).toThrow(/has no seal/);
    sealed[sealed.length - 1] ^= 1;
    expect(() => openedResult(seal, 'hash', sealed)).toThrow(/has another seal/);
  });

  test('jobs and failures carry one too', () => {
    const payload: Payload = {
      ...{ format: 1 as const, batterywalk: '1', sweep: 'a'.repeat(64), hashes: hashOf([{ hash: 'x' }]) },
      shards: [3, 2],
    };
    const sealed = sealedPayload(seal, payload);
    expect(isSealedPayload(seal, sealed)).toBe(true);
    expect(isSealedPayload(undefined, payload)).toBe(true);
    expect(isSealedPayload(seal, payload)).toBe(false);
    expect(isSealedPayload(other, sealed)).toBe(false);
    expect(isSealedPayload(seal, { ...sealed, shards: [3, 3] })).toBe(false);
    const text = failureText(seal, 'sweep', 7, 'no \u001b[2J law');
    expect(readFailure(seal, 'sweep', 7, text)).toBe('no \\u001b[2J law');
    expect(readFailure(seal, 'sweep', 8, text)).toBeUndefined();
    expect(readFailure(other, 'sweep', 7, text)).toBeUndefined();
    expect(readFailure(undefined, 'sweep', 7, '- plain')).toBe('plain');
  });

  test('keys come by a file or the environment; short ones and files that are not there are refused', () => {
    const path = join(root, 'key');
    writeFileSync(path, `${'k'.repeat(32)}\n`);
    const made = sealOf(path, {}) as Seal;
    expect(made.of('job')).toBe(sealOf(undefined, { BATTERYWALK_QUEUE_KEY: 'k'.repeat(32) })?.of('job'));
    expect(sealOf(undefined, {})).toBeUndefined();
    writeFileSync(path, 'short');
    expect(() => sealOf(path, {})).toThrow(/--queue-key: got a key of 5 bytes, expected at least 16/);
    expect(() => sealOf('/nowhere', {})).toThrow(/--queue-key: \/nowhere: is not there, expected a key file/);
  });
});

test('what others say is printed without control codes', () => {
  expect(printable('a\u001b]0;x\u0007b\r\nc\u202ed\u009b')).toBe('a\\u001b]0;x\\u0007b\\u000d\\u000ac\\u202ed\\u009b');
  expect(printable('x'.repeat(1000)).length).toBe(301);
  const sign = { at: 1, host: 'h\u001b[2J', pid: 1, batterywalk: '1', device: 'd\n', speed: 1 };
  expect(readWorker(JSON.stringify(sign))).toMatchObject({ host: 'h\\u001b[2J', device: 'd\\u000a' });
  expect(readWorker(JSON.stringify({ ...sign, device: 'x'.repeat(1e6) }))).toBeUndefined();
});

describe.skipIf(!hasRedis)(`in Redis${WHY}`, () => {
  let redis: RedisServer;
  let client: Redis;
  let file = '';
  let calm: Record<string, string> = {};
  /** Results as the built program has them, whose version is in their hashes; and its name of the sweep. */
  let results: ShardResult[] = [];
  beforeAll(async () => {
    redis = await new RedisServer(join(root, 'redis')).start();
    client = redis.client();
    file = writeSweep(root);
    expect(await start(['sweep', file, '--out', join(root, 'calm'), '--backend', 'cpu', '--quiet']).ended).toBe(0);
    calm = finals(join(root, 'calm'));
    results = resultFiles(join(root, 'calm')).flatMap((path) => storedResults(readFileSync(path)));
  });
  afterAll(async () => {
    await client.quit();
    await redis.kill();
  });

  test('nothing is fetched that is longer than it may be, or of another kind', async () => {
    await client.rpush('bw:l', 'a', 'x'.repeat(5000), 'b');
    expect(await popTexts(client, 'bw:l', 10, 100)).toEqual(['a', 'b']);
    await client.set('bw:l', 'no list');
    expect(await popTexts(client, 'bw:l', 10, 100)).toEqual([]);
    expect(await client.exists('bw:l')).toBe(0);
    await client.hset('bw:h', { a: '1', b: 'x'.repeat(5000), ['c'.repeat(500)]: '3', d: '4' });
    expect([...(await fieldsOf(client, 'bw:h', ['a', 'b', 'e'], 100))]).toEqual([['a', '1']]);
    expect(new Map(await allFields(client, 'bw:h', 10, 100))).toEqual(
      new Map([
        ['a', '1'],
        ['d', '4'],
      ]),
    );
    await client.hset('bw:h', Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`f${i}`, '1'])));
    expect((await allFields(client, 'bw:h', 10, 100)).size).toBe(0);
    await client.set('bw:long', 'x'.repeat(101));
    await client.rpush('bw:list', 'x');
    const found = await valuesOf(client, ['bw:long', 'bw:list', 'bw:none'], 100);
    expect(found).toEqual(['unfit', 'unfit', undefined]);
    // Jobs: one that is ours, of which the others differ in name, in length, or by being none.
    const names = ['own-1', 'own-2', 'other', `own-${'x'.repeat(50)}`, 'own-none', 'own-text'];
    await client.rpush('bw:wait', ...names.slice(0, 4));
    await client.zadd('bw:delayed', 1, names[4], 2, names[5], 3, 'own-3');
    for (const [name, data] of [
      [names[0], '{}'],
      [names[1], 'x'.repeat(5000)],
      [names[2], '{}'],
      [names[3], '{}'],
    ]) {
      await client.hset(`bw:${name}`, { data });
    }
    await client.set('bw:own-text', 'no job');
    await client.hset('bw:own-3', { data: '{"three":3}' });
    const asked = { lists: ['bw:wait', 'bw:gone', 'bw:delayed'], base: 'bw:', prefix: 'own-' };
    const bounds = { from: 0, to: 9, nameBytes: 20, dataBytes: 100 };
    const { seen, jobs } = await jobsIn(client, { ...asked, ...bounds });
    expect(seen).toBe(7);
    expect([...jobs]).toEqual([
      ['own-1', '{}'],
      ['own-3', '{"three":3}'],
    ]);
    expect(await jobsIn(client, { ...asked, ...bounds, from: 10, to: 19 })).toEqual({ seen: 0, jobs: new Map() });
    await client.flushdb();
  });

  test('with a key: results of who has it count, others are dropped, and jobs of others are left alone', async () => {
    const env = { BATTERYWALK_QUEUE_KEY: 'k'.repeat(32) };
    await client.set(`bw:result:${results[0].hash}`, Buffer.from(encodeShardResults([results[0]], nodeDeflate)));
    const worker = start(['worker', '--queue', redis.url, '--backend', 'cpu'], { env });
    const out = join(root, 'sealed');
    const args = ['sweep', file, '--queue', redis.url, '--out', out];
    const driver = start(args, { env });
    expect(await driver.ended, driver.stderr).toBe(0);
    expect(driver.stderr).toMatch(/has no seal, expected one by this driver's key: it is run again/);
    expect(finals(out)).toEqual(calm);
    // A driver without the key gets nothing done, and is told why.
    const keyless = driverAt(redis.url, writeSweep(root, { seed: 'keyless', trials: 100 }), join(root, 'keyless'));
    expect(await keyless.ended, keyless.stderr).toBe(2);
    expect(keyless.stderr).toMatch(/set aside by every worker that took it: its seal is missing or another/);
    expect(await worker.kill('SIGTERM')).toBe(0);
  });
});
