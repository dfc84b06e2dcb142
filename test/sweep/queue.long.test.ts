/** Queues with users, by TLS, of several versions, cards and folders. The usual case: queue.test.ts. */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openLink } from '../../src/sweep/node/queue/connection.js';
import {
  driverAt,
  endPrograms,
  finals,
  hasRedis,
  RedisServer,
  start,
  until,
  WHY,
  workerAt,
  writeSweep,
} from './queue-fixture.js';
import { keptShards } from './sweeps.js';

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
