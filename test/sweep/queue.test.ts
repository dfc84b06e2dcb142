/** The queue's joints: addresses, the server's fitness, who may connect and how, what stays behind, versions. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { parseQueueUrl } from '../../src/sweep/node/queue/address.js';
import { openLink } from '../../src/sweep/node/queue/connection.js';
import { hashOf, readNotice, readPayload, readWorker } from '../../src/sweep/node/queue/names.js';
import { Turnstile } from '../../src/sweep/node/queue/turnstile.js';
import { tuningOf } from '../../src/sweep/node/queue/tuning.js';
import {
  driverAt,
  endPrograms,
  finals,
  hasRedis,
  pause,
  RedisServer,
  start,
  until,
  WHY,
  workerAt,
  writeSweep,
} from './queue-fixture.js';
import { keptShards, resultFiles } from './sweeps.js';

let root = '';
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'batterywalk-queue-'));
});
afterEach(endPrograms);
afterAll(() => {
  rmSync(root, { recursive: true });
});

const silent = (): void => undefined;
const LINK = { silence: 8000 };

describe('addresses', () => {
  test.each([
    ['redis://h', { host: 'h', port: 6379 }, 'redis://h'],
    ['redis://u:p%40@h:7/2', { host: 'h', port: 7, username: 'u', password: 'p@', db: 2 }, 'redis://h:7/2'],
    ['redis://[::1]:7', { host: '::1', port: 7 }, 'redis://[::1]:7'],
    ['rediss://h', { host: 'h', port: 6379, tls: {} }, 'rediss://h'],
    ['unix:/a/b.sock', { path: '/a/b.sock' }, 'unix:/a/b.sock'],
    ['redis+unix://u:p@/a/B.sock?db=1', { path: '/a/B.sock', username: 'u', password: 'p', db: 1 }, 'unix:/a/B.sock'],
  ])('%s', (url, options, shown) => {
    expect(parseQueueUrl(url, {})).toEqual({ options, shown });
  });

  test('a password may come by the environment, where no list of processes shows it', () => {
    const { options } = parseQueueUrl('redis://bw@h', { BATTERYWALK_QUEUE_PASSWORD: 'secret' });
    expect(options).toMatchObject({ username: 'bw', password: 'secret' });
  });

  test.each([
    ['http://h', /got "http:\/\/h\/", expected redis:\/\//],
    ['nonsense', /got "nonsense", expected/],
    ['redis://u:secret@', /^--queue: (?!.*secret)/],
    ['redis:/bw:secret@x', /^--queue: got "redis:\/(?!.*secret)/],
    ['redis://bw:sec/ret@h', /^--queue: (?!.*ret@)(?!.*sec)/],
    ['redis://h/bw:secret@x', /^--queue: got the database (?!.*secret)/],
    ['redis://bw:100%@h', /^--queue: got a % with no two hexadecimal digits behind it/],
    ['redis://h/x', /got the database "x", expected a number/],
    ['redis://h?ca=x', /got \?ca= in redis:\/\/h, expected nothing of the kind/],
    ['rediss://h?ca=/nowhere.pem', /\?ca= names \/nowhere\.pem: is not there/],
  ])('%s is refused', (url, message) => {
    expect(() => parseQueueUrl(url, {})).toThrow(message);
  });
});

describe('what travels', () => {
  const payload = {
    format: 1,
    batterywalk: '1.0.0',
    sweep: 'a'.repeat(64),
    shards: [3, 2],
    hashes: hashOf([{ hash: 'x' }, { hash: 'y' }]),
  };

  test('is checked: numbers and hashes, nothing else', () => {
    expect(readPayload(payload)).toEqual(payload);
    for (const wrong of [{ format: 2 }, { sweep: '../x' }, { shards: [-1, 2] }, { shards: [1] }, { code: 'x' }]) {
      expect(readPayload({ ...payload, ...wrong })).toBeUndefined();
    }
    expect(readNotice('{"job":"a","shards":[0,1]}')).toEqual({ job: 'a', shards: [0, 1] });
    expect(readNotice('{')).toBeUndefined();
    // Whoever reads it makes a list of so many.
    expect(readNotice(`{"job":"a","shards":[0,${2 ** 53 - 1}]}`)).toBeUndefined();
    expect(readPayload({ ...payload, shards: [0, 2 ** 53 - 1] })).toBeUndefined();
    expect(readWorker('null')).toBeUndefined();
  });

  test('times may be set, and what is none is refused', () => {
    expect(tuningOf({}, '{"lockDuration":30000}')).toMatchObject({ lockDuration: 30000, concurrency: 2 });
    expect(() => tuningOf({}, '{"lockDuration":0}')).toThrow(
      /BATTERYWALK_QUEUE_TUNING: got .*expected JSON with numbers/,
    );
    expect(() => tuningOf({}, '{"lock":1}')).toThrow(/lockDuration/);
  });
});

test('one alone, or many together, in the order in which they came', async () => {
  const turnstile = new Turnstile();
  const log: string[] = [];
  const act = (name: string, alone: boolean): Promise<void> =>
    turnstile.enter(alone, async () => {
      log.push(`+${name}`);
      await pause(5);
      log.push(`-${name}`);
    });
  await Promise.all([act('a', false), act('b', false), act('C', true), act('d', false), act('E', true)]);
  expect(log.join(' ')).toBe('+a +b -a -b +C -C +d -d +E -E');
});

describe.skipIf(!hasRedis)(`a server${WHY}`, () => {
  let redis: RedisServer;
  let file = '';
  let calm: Record<string, string> = {};
  beforeAll(async () => {
    redis = await new RedisServer(join(root, 'redis')).start();
    file = writeSweep(root, { trials: 20_000 });
    const out = join(root, 'calm');
    expect(await start(['sweep', file, '--out', out, '--backend', 'cpu', '--quiet']).ended).toBe(0);
    calm = finals(out);
  });
  afterAll(() => redis.kill());

  async function expectCalm(url: string, out: string, env: NodeJS.ProcessEnv = {}): Promise<void> {
    const options = { env };
    start(['worker', '--queue', url, '--backend', 'cpu'], options);
    const driver = start(['sweep', file, '--queue', url, '--out', out], options);
    expect(await driver.ended, driver.stderr).toBe(0);
    expect(finals(out)).toEqual(calm);
  }

  test('that throws keys away is refused', async () => {
    const own = await new RedisServer(join(root, 'evicting'), ['--maxmemory-policy', 'allkeys-lru']).start();
    await expect(openLink(own.url, silent, LINK)).rejects.toThrow(
      /has maxmemory-policy allkeys-lru, expected noeviction: .*redis-cli config set maxmemory-policy noeviction/,
    );
    await own.kill();
  });

  test('that is not there is told at once, by driver and worker', async () => {
    const nowhere = `unix:${join(root, 'nowhere.sock')}`;
    const [driver, worker] = [driverAt(nowhere, file, join(root, 'none')), workerAt(nowhere)];
    expect(await Promise.all([driver.ended, worker.ended])).toEqual([2, 2]);
    for (const { stderr } of [driver, worker]) {
      expect(stderr).toMatch(
        /^batterywalk: --queue: cannot use unix:\S+ \(connect ENOENT [^)]*\), expected a Redis server that can be reached/m,
      );
    }
  });

  test('two workers, one of them with a folder of another sweep: the bytes of one process, and nothing stays behind', async () => {
    const out = join(root, 'two');
    const elsewhere = workerAt(redis.url, '--out', join(root, 'elsewhere'));
    const driver = driverAt(redis.url, file, out);
    // The other worker comes only once this one has had a job: it would else sometimes do them all.
    await until(
      () => /is not used \(.*\); results go by Redis/.test(elsewhere.stderr),
      'the worker told of its folder',
    );
    workerAt(redis.url);
    expect(await driver.ended, driver.stderr).toBe(0);
    expect(finals(out)).toEqual(calm);
    await endPrograms();
    const client = new Redis({ path: redis.url.slice('unix:'.length) });
    const keys = await client.keys('*');
    await client.quit();
    // Workers look for jobs that stand still, say that they live, and write the queue's version when they come.
    const theirs = ['bw:workers', 'bw:shards:stalled-check', 'bw:shards:meta'];
    expect(keys.filter((key) => !theirs.includes(key))).toEqual([]);
  });

  test('a result that is cut short in Redis is run again', async () => {
    const out = join(root, 'cut');
    const client = new Redis({ path: redis.url.slice('unix:'.length) });
    const names = keptShards(join(root, 'calm'));
    await client.set(`bw:result:${names[0]}`, readFileSync(resultFiles(join(root, 'calm'))[0]).subarray(0, 200));
    await client.quit();
    await expectCalm(redis.url, out);
  });
});
