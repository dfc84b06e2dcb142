/** Sweeps by a queue whose parts are killed: the final bytes are those of a calm run, or there is one clear error and nothing is lost. */
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  driverAt,
  endPrograms,
  finals,
  hasRedis,
  programWith,
  RedisServer,
  shardFiles,
  SHARDS,
  start,
  until,
  WHY,
  workerAt,
  writeSweep,
} from './queue-fixture.js';
import type { Program } from './queue-fixture.js';

describe.skipIf(!hasRedis)(`killed${WHY}`, () => {
  let root = '';
  let file = '';
  let redis: RedisServer;
  let calm: Record<string, string> = {};
  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'batterywalk-queue-'));
    file = writeSweep(root);
    redis = await new RedisServer(join(root, 'redis')).start();
    const out = join(root, 'calm');
    await runHere(out);
    expect(shardFiles(out).length).toBe(SHARDS);
    calm = finals(out);
  });
  afterEach(endPrograms);
  afterAll(async () => {
    await redis.kill();
    rmSync(root, { recursive: true });
  });

  /** The sweep, or a part of it, without a queue. */
  async function runHere(out: string, ...more: string[]): Promise<void> {
    const own = start(['sweep', file, '--out', out, '--backend', 'cpu', '--quiet', ...more]);
    expect(await own.ended, own.stderr).toBe(0);
  }

  /** The driver ends well and leaves what a calm run leaves. */
  async function expectCalm(driver: Program, out: string): Promise<void> {
    const status = await driver.ended;
    expect(status, driver.stderr).toBe(0);
    expect(finals(out)).toEqual(calm);
  }

  test('kill -9 of a worker in the middle of a job: another one goes on', async () => {
    const out = join(root, 'worker');
    const first = workerAt(redis.url);
    const driver = driverAt(redis.url, file, out);
    await until(() => shardFiles(out).length >= 4, 'some shards are finished');
    await first.kill();
    expect(driver.running).toBe(true);
    workerAt(redis.url);
    await expectCalm(driver, out);
  });

  test('kill -9 of the driver, twice: the next one takes over what is finished and what is queued', async () => {
    const out = join(root, 'driver');
    workerAt(redis.url);
    for (const least of [3, 12]) {
      const driver = driverAt(redis.url, file, out);
      await until(() => shardFiles(out).length >= least || !driver.running, 'some shards are finished');
      await driver.kill();
    }
    await expectCalm(driverAt(redis.url, file, out), out);
  });

  test('kill -9 of Redis with its append-only file, and its restart', async () => {
    const durable = await new RedisServer(join(root, 'durable'), ['--appendonly', 'yes']).start();
    try {
      const out = join(root, 'redis-killed');
      workerAt(durable.url);
      const driver = driverAt(durable.url, file, out);
      for (const least of [3, 15]) {
        await until(() => shardFiles(out).length >= least || !driver.running, 'some shards are finished');
        await durable.kill();
        await durable.start();
      }
      await expectCalm(driver, out);
      expect(driver.stderr).toMatch(/the connection to unix:\S+ is lost; trying again/);
    } finally {
      await durable.kill();
    }
  });

  test('a Redis that comes back with nothing: the store says what is left to do', async () => {
    const forgetful = await new RedisServer(join(root, 'forgetful')).start();
    try {
      const out = join(root, 'redis-forgot');
      workerAt(forgetful.url);
      const driver = driverAt(forgetful.url, file, out);
      await until(() => shardFiles(out).length >= 5, 'some shards are finished');
      await forgetful.kill();
      await forgetful.start();
      await expectCalm(driver, out);
    } finally {
      await forgetful.kill();
    }
  });

  test('a driver that cannot keep results: one clear error, and nothing is lost', async () => {
    const out = join(root, 'unwritable');
    await runHere(out, '--shard', '0/8');
    const before = shardFiles(out).length;
    // A file where a folder is wanted: refused to every user, root included.
    for (let i = 0; i < 256; i++) {
      const name = join(out, 'shards', i.toString(16).padStart(2, '0'));
      try {
        writeFileSync(name, '', { flag: 'wx' });
      } catch {
        // There is a folder with results.
      }
    }
    const worker = workerAt(redis.url);
    const driver = driverAt(redis.url, file, out);
    expect(await driver.ended).toBe(2);
    expect(driver.stderr).toMatch(/--out: cannot (write|read) |cannot be read/);
    expect(driver.stderr.match(/^batterywalk: /gm)?.length).toBe(1);
    expect(shardFiles(out).length).toBeGreaterThanOrEqual(before);
    expect(worker.running).toBe(true);
  });

  test('a shared folder, and a result in it that is cut short', async () => {
    const out = join(root, 'shared');
    await runHere(out, '--shard', '0/4');
    const [cut] = shardFiles(out);
    truncateSync(cut, 99);
    const worker = workerAt(redis.url, '--out', out);
    const driver = driverAt(redis.url, file, out);
    await expectCalm(driver, out);
    expect(driver.stderr).toMatch(/is truncated or altered: it is put aside and run again/);
    expect(worker.stderr).not.toMatch(/is not used/);
  });

  test('a poison shard is told by name; all others are finished and stay', async () => {
    const poisoned = await programWith(
      join(root, 'poison'),
      `(job) => { if (job.initialQuanta !== 0) process.kill(process.pid, 'SIGKILL'); }`,
    );
    const joules = Array.from({ length: 10 }, (_, i) => (i === 6 ? 1e4 : 0));
    const axes = { 'harvest.mean.timesDemand': { from: 0.96, to: 1.05, count: 10 }, 'battery.initialJoules': joules };
    const bad = writeSweep(root, {
      axes,
      zip: [['harvest.mean.timesDemand', 'battery.initialJoules']],
      trials: 40_000,
    });
    const out = join(root, 'poisoned');
    const driver = driverAt(redis.url, bad, out);
    let deaths = 0;
    // As a service manager does: a worker that died is started again.
    const serve = async (): Promise<void> => {
      while (driver.running) {
        const worker = start(['worker', '--queue', redis.url, '--backend', 'cpu'], { program: poisoned });
        void driver.ended.then(() => worker.kill('SIGTERM'));
        if ((await worker.ended) === null) deaths++;
      }
    };
    await Promise.all([serve(), serve()]);
    expect(await driver.ended).toBe(2);
    expect(driver.stderr).toMatch(
      /^batterywalk: a shard could not be run, all others are finished and kept: point 6 \(.*battery\.initialJoules = 10000\): every worker that ran it ended \(3 of them\)/m,
    );
    expect(deaths).toBeGreaterThanOrEqual(3);
    expect(deaths).toBeLessThanOrEqual(6);
    expect(shardFiles(out).length).toBe(9);
  });

  test('a lost device takes its worker out, not the sweep', async () => {
    const losing = await programWith(
      join(root, 'losing'),
      `(() => { let n = 0; return (job, { DeviceLostError }) => { if (++n > 5) throw new DeviceLostError('The device was lost while at work: test'); }; })()`,
    );
    const out = join(root, 'lost');
    const driver = driverAt(redis.url, file, out);
    const worker = start(['worker', '--queue', redis.url, '--backend', 'cpu'], { program: losing });
    expect(await worker.ended).toBe(3);
    expect(worker.stderr).toMatch(/^batterywalk: The device was lost while at work: test$/m);
    expect(driver.running).toBe(true);
    workerAt(redis.url);
    await expectCalm(driver, out);
  });

  test('SIGTERM and Ctrl-C: shards in hand are finished, the rest goes back, and the status says which', async () => {
    const out = join(root, 'terminated');
    const workers = [workerAt(redis.url), workerAt(redis.url)];
    const driver = driverAt(redis.url, file, out);
    await until(() => shardFiles(out).length >= 5, 'some shards are finished');
    expect(await Promise.all([workers[0].kill('SIGTERM'), workers[1].kill('SIGINT')])).toEqual([0, 130]);
    for (const { stderr } of workers) expect(stderr).toMatch(/stopped: \d+ shards were finished here/);
    expect(driver.running).toBe(true);
    workerAt(redis.url);
    await expectCalm(driver, out);
    expect(readFileSync(join(out, 'run.json'), 'utf8')).toContain('"queue"');
  });
});
