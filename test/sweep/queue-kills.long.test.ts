/**
 * Sweeps by a queue whose parts are killed, all of them: the final bytes are those of a calm run, or there is one clear
 * error and nothing is lost. A killed worker: queue-kills.test.ts.
 */
import { readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Queue } from 'bullmq';
import type { Job } from 'bullmq';
import { Redis } from 'ioredis';
import { describe, expect, test } from 'vitest';
import {
  driverAt,
  hasRedis,
  programWith,
  RedisServer,
  start,
  TUNING,
  until,
  WHY,
  workerAt,
  writeSweep,
} from './queue-fixture.js';
import { keptShards, resultFiles } from './sweeps.js';
import { KillRig } from './queue-kills-rig.js';

describe.skipIf(!hasRedis)(`killed${WHY}`, () => {
  const rig = new KillRig();

  test('kill -9 of the driver, twice: the next one takes over what is finished and what is queued', async () => {
    const out = join(rig.root, 'driver');
    workerAt(rig.redis.url);
    for (const least of [3, 12]) {
      const driver = driverAt(rig.redis.url, rig.file, out);
      await until(() => keptShards(out).length >= least || !driver.running, 'some shards are finished');
      await driver.kill();
    }
    await rig.expectCalm(driverAt(rig.redis.url, rig.file, out), out);
  });

  test('kill -9 of Redis with its append-only file, and its restart', async () => {
    const durable = await new RedisServer(join(rig.root, 'durable'), ['--appendonly', 'yes']).start();
    try {
      const out = join(rig.root, 'redis-killed');
      workerAt(durable.url);
      const driver = driverAt(durable.url, rig.file, out);
      for (const least of [3, 15]) {
        await until(() => keptShards(out).length >= least || !driver.running, 'some shards are finished');
        await durable.kill();
        await durable.start();
      }
      await rig.expectCalm(driver, out);
      expect(driver.stderr).toMatch(/the connection to unix:\S+ is lost; trying again/);
    } finally {
      await durable.kill();
    }
  });

  test('a Redis that comes back with nothing: the store says what is left to do', async () => {
    const forgetful = await new RedisServer(join(rig.root, 'forgetful')).start();
    try {
      const out = join(rig.root, 'redis-forgot');
      workerAt(forgetful.url);
      const driver = driverAt(forgetful.url, rig.file, out);
      await until(() => keptShards(out).length >= 5, 'some shards are finished');
      await forgetful.kill();
      await forgetful.start();
      await rig.expectCalm(driver, out);
    } finally {
      await forgetful.kill();
    }
  });

  test('a driver that cannot keep results any more: one clear error, and nothing is lost', async () => {
    const out = join(rig.root, 'unwritable');
    const worker = workerAt(rig.redis.url);
    const driver = driverAt(rig.redis.url, rig.file, out);
    await until(() => keptShards(out).length >= 3, 'some shards are finished');
    // A file where the folder was: refused to every user, root included.
    renameSync(join(out, 'shards'), join(out, 'aside'));
    writeFileSync(join(out, 'shards'), '');
    expect(await driver.ended).toBe(2);
    expect(driver.stderr).toMatch(/^batterywalk: .*(--out: cannot write|cannot be read) ?.*$/m);
    expect(driver.stderr.match(/^batterywalk: /gm)?.length).toBe(1);
    expect(worker.running).toBe(true);
    rmSync(join(out, 'shards'));
    renameSync(join(out, 'aside'), join(out, 'shards'));
    await rig.expectCalm(driverAt(rig.redis.url, rig.file, out), out);
  });

  test('a shared folder, and a result in it that is cut short', async () => {
    const out = join(rig.root, 'shared');
    await rig.runHere(out, '--shard', '0/4');
    const [cut] = resultFiles(out);
    truncateSync(cut, 99);
    const worker = workerAt(rig.redis.url, '--out', out);
    const driver = driverAt(rig.redis.url, rig.file, out);
    await rig.expectCalm(driver, out);
    expect(driver.stderr).toMatch(/is truncated or altered: it is put aside and run again/);
    expect(worker.stderr).not.toMatch(/is not used/);
  });

  test('a poison shard is told by name; all others are finished and stay', async () => {
    const poisoned = await programWith(
      join(rig.root, 'poison'),
      `(job) => { if (job.initialQuanta !== 0) process.kill(process.pid, 'SIGKILL'); }`,
    );
    const joules = Array.from({ length: 10 }, (_, i) => (i === 6 ? 1e4 : 0));
    const axes = { 'harvest.mean.timesDemand': { from: 0.96, to: 1.05, count: 10 }, 'battery.initialJoules': joules };
    const bad = writeSweep(rig.root, {
      axes,
      zip: [['harvest.mean.timesDemand', 'battery.initialJoules']],
      trials: 20_000,
      shardPathSlots: 2 ** 24,
    });
    const out = join(rig.root, 'poisoned');
    const driver = driverAt(rig.redis.url, bad, out);
    let deaths = 0;
    // As a service manager does: a worker that died is started again.
    const serve = async (): Promise<void> => {
      while (driver.running) {
        const worker = start(['worker', '--queue', rig.redis.url, '--backend', 'cpu'], { program: poisoned });
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
    expect(keptShards(out).length).toBe(9);
  });

  test('a lost device takes its worker out, not the sweep', async () => {
    const losing = await programWith(
      join(rig.root, 'losing'),
      `(() => { let n = 0; return (job, { DeviceLostError }) => { if (++n > 5) throw new DeviceLostError('The device was lost while at work: test'); }; })()`,
    );
    const out = join(rig.root, 'lost');
    const driver = driverAt(rig.redis.url, rig.file, out);
    const worker = start(['worker', '--queue', rig.redis.url, '--backend', 'cpu'], { program: losing });
    expect(await worker.ended).toBe(3);
    expect(worker.stderr).toMatch(/^batterywalk: The device was lost while at work: test$/m);
    expect(driver.running).toBe(true);
    workerAt(rig.redis.url);
    await rig.expectCalm(driver, out);
  });

  test('SIGTERM and Ctrl-C: shards in hand are finished, the rest goes back, and the status says which', async () => {
    const out = join(rig.root, 'terminated');
    const workers = [workerAt(rig.redis.url), workerAt(rig.redis.url)];
    const driver = driverAt(rig.redis.url, rig.file, out);
    await until(() => keptShards(out).length >= 5, 'some shards are finished');
    expect(await Promise.all([workers[0].kill('SIGTERM'), workers[1].kill('SIGINT')])).toEqual([0, 130]);
    for (const { stderr } of workers) expect(stderr).toMatch(/stopped: \d+ shards were finished here/);
    expect(driver.running).toBe(true);
    workerAt(rig.redis.url);
    await rig.expectCalm(driver, out);
    expect(readFileSync(join(out, 'run.json'), 'utf8')).toContain('"queue"');
  });

  test('Ctrl-C of the driver: what is finished is kept, what nobody has begun is taken back', async () => {
    const out = join(rig.root, 'interrupted');
    workerAt(rig.redis.url);
    const driver = driverAt(rig.redis.url, rig.file, out);
    await until(() => keptShards(out).length >= 3, 'some shards are finished');
    expect(await driver.kill('SIGINT')).toBe(130);
    expect(await waiting()).toBe(0);
    await rig.expectCalm(driverAt(rig.redis.url, rig.file, out), out);
  });

  test('an engine that is busy for longer than a hold lasts keeps its jobs: nothing is run twice', async () => {
    const seconds = (2 * TUNING.lockDuration) / 1000;
    const busy = await programWith(
      join(rig.root, 'busy'),
      `(() => { let n = 0; return () => { if (n++ === 2) for (const end = Date.now() + ${seconds * 1000}; Date.now() < end; ); }; })()`,
    );
    const out = join(rig.root, 'busy-out');
    await withQueue((queue) => queue.clean(0, 1000, 'completed'));
    start(['worker', '--queue', rig.redis.url, '--backend', 'cpu'], { program: busy });
    const driver = driverAt(rig.redis.url, rig.file, out);
    // Their records go with the end of the sweep.
    const seen = await withQueue(async (queue) => {
      const found = new Map<string | undefined, Job>();
      while (driver.running) for (const job of await queue.getCompleted()) found.set(job.id, job);
      return found;
    });
    await rig.expectCalm(driver, out);
    const jobs = [...seen.values()];
    expect(jobs.length).toBeGreaterThan(3);
    expect(jobs.map(({ attemptsStarted, stalledCounter }) => [attemptsStarted, stalledCounter])).toEqual(
      jobs.map(() => [1, 0]),
    );
  });

  async function withQueue<T>(act: (queue: Queue) => Promise<T>): Promise<T> {
    const client = new Redis({ path: rig.redis.url.slice('unix:'.length), maxRetriesPerRequest: null });
    const queue = new Queue('shards', { connection: client, prefix: 'bw' });
    try {
      return await act(queue);
    } finally {
      await queue.close();
      await client.quit();
    }
  }

  const waiting = (): Promise<number> => withQueue((queue) => queue.getWaitingCount());
});
