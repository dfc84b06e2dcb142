/** Poison and forgery in Redis, before and while a sweep runs. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync, inflateSync } from 'node:zlib';
import type { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { partialsFromJson } from '../../src/engine/partials-codec.js';
import { nodeDeflate } from '../../src/sweep/node/deflate.js';
import { documentText } from '../../src/sweep/node/queue/names.js';
import { encodeShardResults } from '../../src/sweep/shard-result.js';
import type { ShardResult } from '../../src/sweep/shard-result.js';
import type { SweepFile } from '../../src/sweep/sweep-file.js';
import {
  driverAt,
  endPrograms,
  finals,
  hasRedis,
  programWith,
  RedisServer,
  SHARDS,
  start,
  until,
  WHY,
  workerAt,
  writeSweep,
} from './queue-fixture.js';
import { keptShards, resultFiles } from './sweeps.js';

let root = '';
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'batterywalk-trust-'));
});
afterEach(endPrograms);
afterAll(() => {
  rmSync(root, { recursive: true });
});

/** Results of bytes, unchecked. */
function storedResults(bytes: Buffer): ShardResult[] {
  const packed = bytes.subarray(bytes.indexOf('\n', 80) + 1);
  return (JSON.parse(inflateSync(packed).toString()) as ShardResult[]).map((result) => ({
    ...result,
    partials: partialsFromJson(result.partials),
  }));
}

describe.skipIf(!hasRedis)(`in Redis${WHY}`, () => {
  let redis: RedisServer;
  let client: Redis;
  let file = '';
  let calm: Record<string, string> = {};
  /** Results as the built program has them, whose version is in their hashes; and its name of the sweep. */
  let results: ShardResult[] = [];
  let name = '';
  beforeAll(async () => {
    redis = await new RedisServer(join(root, 'redis')).start();
    client = redis.client();
    file = writeSweep(root);
    expect(await start(['sweep', file, '--out', join(root, 'calm'), '--backend', 'cpu', '--quiet']).ended).toBe(0);
    calm = finals(join(root, 'calm'));
    results = resultFiles(join(root, 'calm')).flatMap((path) => storedResults(readFileSync(path)));
    name = documentText(JSON.parse(readFileSync(join(root, 'calm', 'sweep.json'), 'utf8')) as SweepFile).sweep;
  });
  afterAll(async () => {
    await client.quit();
    await redis.kill();
  });

  test('poison of every kind, before and while a sweep runs: a calm run’s bytes, and no control codes', async () => {
    const forge = (result: ShardResult, change: Partial<ShardResult>): Buffer =>
      Buffer.from(encodeShardResults([{ ...result, ...change }], nodeDeflate));
    const bomb = deflateSync(Buffer.alloc(2 ** 27, ' '));
    const [first] = results[0].partials.horizons;
    const put = async (): Promise<void> => {
      const poison = client.pipeline();
      poison.set(`bw:result:${results[0].hash}`, forge(results[0], { partials: { horizons: [first] } }));
      poison.set(`bw:result:${results[1].hash}`, forge(results[1], { quantumJoules: 1 }));
      poison.set(`bw:result:${results[2].hash}`, forge(results[2], { tablesSha256: '0'.repeat(64) }));
      poison.set(`bw:result:${results[3].hash}`, bomb);
      poison.set(`bw:result:${results[4].hash}`, 'x'.repeat(2 ** 24));
      poison.rpush(`bw:result:${results[5].hash}`, 'no string');
      poison.set(`bw:failed:${name}`, 'no hash');
      poison.set(`bw:workers`, 'no hash');
      poison.rpush(`bw:done:${name}`, `{"job":"a","shards":[0,${2 ** 53 - 1}]}`, 'x'.repeat(1e6), '[[[[', '\u001b[2J');
      await poison.exec();
    };
    await put();
    await client.hset('bw:workers', 'x', '1').catch(() => 0);
    const out = join(root, 'poisoned');
    const worker = workerAt(redis.url);
    const driver = driverAt(redis.url, file, out);
    await until(() => keptShards(out).length >= 3 || !driver.running, 'some shards are finished');
    await client.del('bw:workers');
    const sign = {
      at: Date.now(),
      host: '\u001b[31mh',
      pid: 1,
      batterywalk: '0\u0007',
      device: 'd\u001b[2J',
      speed: 1e300,
    };
    await client.hset('bw:workers', 'them', JSON.stringify({ ...sign, speed: 1 }));
    await client.rpush(`bw:done:${name}`, ...Array.from({ length: 1000 }, () => '{"job":"x","shards":[0,64]}'));
    await client.set(`bw:sweep:${name}`, '{}');
    expect(await driver.ended, driver.stderr).toBe(0);
    expect(finals(out)).toEqual(calm);
    expect(driver.stderr).toMatch(/has 1 rows, expected 2: it is run again/);
    expect(driver.stderr).toMatch(/has a quantum of 1 J, expected \S+ J: it is run again/);
    expect(driver.stderr).toMatch(/was drawn from other tables .*: it is run again/);
    expect(driver.stderr).toMatch(/is longer than a result of this sweep can be, or no text at all: it is run again/);
    // eslint-disable-next-line no-control-regex -- they are what is looked for
    expect(driver.stderr + worker.stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
    // A folder that was filled so is one that later runs can use.
    const again = start(['sweep', file, '--out', out, '--backend', 'cpu']);
    expect(await again.ended, again.stderr).toBe(0);
    expect(again.stderr).toMatch(new RegExp(`${SHARDS} of ${SHARDS} shards are finished already`));
    await client.del('bw:workers');
  });

  test('counts that a worker forges whole are found by walking some shards again; nothing of it is kept', async () => {
    const forging = await programWith(
      join(root, 'forging'),
      '() => undefined',
      `(partials) => ({ horizons: partials.horizons.map((row) => ({ ...row, sum: row.sum + 1n })) })`,
    );
    const out = join(root, 'forged');
    const worker = start(['worker', '--queue', redis.url, '--backend', 'cpu'], { program: forging });
    const driver = driverAt(redis.url, file, out, '--recheck', '0.2');
    expect(await driver.ended, driver.stderr).toBe(3);
    expect(driver.stderr).toMatch(
      /^batterywalk: --queue: a worker's result of shard \d+ .* is not what this machine comes to/m,
    );
    expect(keptShards(out)).toEqual([]);
    await worker.kill();
    // As long as none is walked again, nobody knows.
    const trusting = driverAt(redis.url, file, join(root, 'trusting'), '--recheck', '0');
    start(['worker', '--queue', redis.url, '--backend', 'cpu'], { program: forging });
    expect(await trusting.ended, trusting.stderr).toBe(0);
    expect(finals(join(root, 'trusting'))).not.toEqual(calm);
  });
});
