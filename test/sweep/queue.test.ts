/** The queue's joints: addresses, the server's fitness, who may connect and how, what stays behind, versions. */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Queue } from 'bullmq';
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
/** What the documents say, wherever they say it. */
const documents = ['docs/sweeps.md', 'src/sweep/node/queue/README.md']
  .map((path) => new URL(`../../${path}`, import.meta.url))
  .filter((path) => existsSync(path))
  .map((path) => readFileSync(path, 'utf8'))
  .join('\n');

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

  test('a job of another version is set aside, told once, and failed in the end; the worker goes on', async () => {
    const client = new Redis({ path: redis.url.slice('unix:'.length), maxRetriesPerRequest: null });
    const queue = new Queue('shards', { connection: client, prefix: 'bw' });
    const data = { format: 2, batterywalk: '9.9.9', sweep: 'a'.repeat(64), shards: [0, 1], hashes: 'b'.repeat(64) };
    await queue.add('shards', data, { jobId: 'of-another-version' });
    await queue.add('anything', 'at \u001b[2J all', { jobId: 'of-nobody' });
    const worker = workerAt(redis.url);
    const driver = driverAt(redis.url, file, join(root, 'beside'));
    expect(await driver.ended, driver.stderr).toBe(0);
    expect(finals(join(root, 'beside'))).toEqual(calm);
    await until(async () => (await queue.getJobState('of-another-version')) === 'failed', 'the job is failed');
    await until(async () => (await queue.getJobState('of-nobody')) === 'failed', 'the other job is failed');
    expect((await queue.getJob('of-another-version'))?.failedReason).toMatch(
      /set aside by every worker that took it: the driver is batterywalk 9\.9\.9, this worker is \d+\.\d+\.\d+ /,
    );
    expect(worker.running).toBe(true);
    expect(await worker.kill('SIGTERM')).toBe(0);
    expect(
      worker.stderr.match(/^the job of-another-version is set aside: the driver is batterywalk 9\.9\.9/gm)?.length,
    ).toBe(1);
    expect(worker.stderr).toMatch(/^stopped: \d+ shards were finished here, jobs were set aside 16 times$/m);
    expect(worker.stderr).not.toContain('\u001b');
    await queue.obliterate({ force: true });
    await queue.close();
    await client.quit();
  });

  test('a shard whose law cannot be made is told by name, once; all others are finished', async () => {
    const base = {
      ...{ schemaVersion: 1, name: 'spread', slotSeconds: 10, arrivals: { ratePerSlot: 2 }, accounting: 'lumped' },
      tasks: [
        { name: 'light', weight: 1, energyJoules: 1000 },
        { name: 'heavy', weight: 0.01, energyJoules: 50_000 },
      ],
      harvest: { mean: { timesDemand: 1.02 }, variance: 'matched' },
      battery: { initialJoules: 0 },
    };
    const axes = { 'harvest.variance': ['matched', 1e6, 0.01, 1e4] };
    const lawless = writeSweep(root, { base, axes, trials: 20_000 });
    const out = join(root, 'lawless-out');
    workerAt(redis.url);
    const driver = driverAt(redis.url, lawless, out);
    expect(await driver.ended).toBe(2);
    expect(driver.stderr).toMatch(
      /^batterywalk: a shard could not be run, .*: point 2 \(harvest\.variance = 0\.01\): the scenario's energies spread too far for a table/m,
    );
    expect(keptShards(out).length).toBe(3);
  });

  test('a worker that cannot write to its folder leaves, and another one finishes', async () => {
    const [out, seen] = [join(root, 'kept'), join(root, 'seen')];
    // The sweep's folder as a machine sees it that may not write there.
    cpSync(join(root, 'calm', 'sweep.json'), join(seen, 'sweep.json'));
    writeFileSync(join(seen, 'shards'), '');
    const driver = driverAt(redis.url, file, out);
    const worker = workerAt(redis.url, '--out', seen);
    expect(await worker.ended).toBe(2);
    expect(worker.stderr).toMatch(/^batterywalk: \S+shard: cannot be read \(ENOTDIR\)$/m);
    workerAt(redis.url);
    expect(await driver.ended, driver.stderr).toBe(0);
    expect(finals(out)).toEqual(calm);
  });

  test('a worker says which card it has; one that is shown none, or not of the kind, leaves with 3', async () => {
    const software = ['--backend', 'webgpu', '--adapter', 'software'];
    const worker = start(['worker', '--queue', redis.url, ...software]);
    const blind = start(['worker', '--queue', redis.url, ...software], { env: { VK_DRIVER_FILES: '/nowhere.json' } });
    await until(() => /^serving unix:\S+ with webgpu, .+, .+$/m.test(worker.stderr), 'the worker names its card');
    expect(await blind.ended).toBe(3);
    expect(blind.stderr).toMatch(/VK_DRIVER_FILES names no Vulkan driver manifest that exists \(\/nowhere\.json\)/);
    const out = join(root, 'by-card');
    const driver = driverAt(redis.url, writeSweep(root, { trials: 500 }), out);
    expect(await driver.ended, driver.stderr).toBe(0);
    expect(driver.stderr).toMatch(/^1 worker: webgpu, /m);
    expect(await worker.kill('SIGTERM')).toBe(0);
  });

  describe('with users', () => {
    /** The rules as they are documented. */
    const rules = [...new Set([...documents.matchAll(/^ *(user (?:default|bw) .*)$/gm)].map(([, line]) => line))];

    test('the documented rules are enough, and an append-only file replays under them', async () => {
      expect(rules).toEqual([
        'user default off ~* &* +@all',
        'user bw on >PASSWORD ~bw:* &* +@all -@admin -@dangerous +info',
      ]);
      const acl = join(root, 'users.acl');
      writeFileSync(acl, `${rules.join('\n')}\n`);
      const options = ['--aclfile', acl, '--appendonly', 'yes', '--appendfsync', 'always'];
      const own = await new RedisServer(join(root, 'acl'), options).start();
      const socket = own.url.slice('unix:'.length);
      await expect(openLink(own.url, silent, LINK)).rejects.toThrow(/NOAUTH/);
      await expect(openLink(`redis+unix://bw:wrong@${socket}`, silent, LINK)).rejects.toThrow(/WRONGPASS/);
      const url = `redis+unix://bw:PASSWORD@${socket}`;
      await expectCalm(url, join(root, 'acl-out'));
      await endPrograms();

      // What scripts and transactions wrote is there after a restart, and the queue goes on from it.
      const client = new Redis({ path: socket, username: 'bw', password: 'PASSWORD', maxRetriesPerRequest: null });
      const queue = new Queue('shards', { connection: client, prefix: 'bw' });
      await queue.add('shards', {}, { jobId: 'before' });
      await client.multi().set('bw:a', '1').rpush('bw:b', 'x', 'y').exec();
      await own.kill();
      await own.start();
      expect(await queue.getJobState('before')).toBe('waiting');
      expect([await client.get('bw:a'), await client.lrange('bw:b', 0, -1)]).toEqual(['1', ['x', 'y']]);
      await expect(client.get('other')).rejects.toThrow(/NOPERM/);
      await queue.remove('before');
      await queue.close();
      await client.quit();
      await expectCalm(`redis+unix://bw@${socket}`, join(root, 'acl-again'), {
        BATTERYWALK_QUEUE_PASSWORD: 'PASSWORD',
      });
      await own.kill();
    });
  });

  const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
  test.skipIf(!hasOpenssl)(`by TLS${hasOpenssl ? '' : ' (skipped: openssl is not on the PATH)'}`, async () => {
    const at = (name: string): string => join(root, name);
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
        ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'],
        ...['-keyout', at('key.pem'), '-out', at('cert.pem')],
      ],
      { stdio: 'ignore' },
    );
    const port = 20_000 + (process.pid % 20_000);
    const options = ['--tls-port', String(port), '--tls-cert-file', at('cert.pem'), '--tls-key-file', at('key.pem')];
    const own = await new RedisServer(at('tls'), [
      ...options,
      '--tls-ca-cert-file',
      at('cert.pem'),
      '--tls-auth-clients',
      'optional',
    ]).start();
    await expect(openLink(`rediss://127.0.0.1:${port}`, silent, LINK)).rejects.toThrow(/self-signed certificate/);
    await expectCalm(`rediss://localhost:${port}?ca=${at('cert.pem')}`, at('tls-out'));
    await own.kill();
  });
});
