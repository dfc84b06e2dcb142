/** What is cut, full, away, hangs or holds its job: it is told, and the sweep goes on. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'bullmq';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  driverAt,
  endPrograms,
  finals,
  hasRedis,
  pause,
  programWith,
  RedisServer,
  start,
  TUNING,
  until,
  WHY,
  workerAt,
  writeSweep,
} from './queue-fixture.js';
import { Proxy } from './chaos-parts.js';
import { keptShards } from './sweeps.js';

/** Where a device or a job that hangs is given up soon, and so is a server that is silent. */
const tuned = (more: Record<string, number>): NodeJS.ProcessEnv => ({
  BATTERYWALK_QUEUE_TUNING: JSON.stringify({ ...TUNING, ...more }),
});

let root = '';
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'batterywalk-patience-'));
});
afterEach(endPrograms);
afterAll(() => {
  rmSync(root, { recursive: true });
});

describe.skipIf(!hasRedis)(`with a server${WHY}`, () => {
  let redis: RedisServer;
  let file = '';
  let calm: Record<string, string> = {};
  let hanging = '';
  beforeAll(async () => {
    redis = await new RedisServer(join(root, 'redis')).start();
    file = writeSweep(root);
    const own = start(['sweep', file, '--out', join(root, 'calm'), '--backend', 'cpu', '--quiet']);
    expect(await own.ended, own.stderr).toBe(0);
    calm = finals(join(root, 'calm'));
    // At its third shard the engine waits for ever: within JavaScript, or in a call of the system that nobody can end.
    hanging = await programWith(
      join(root, 'hanging'),
      `(() => { let n = 0; return () => { if (n++ !== 2) return;
        const fs = process.getBuiltinModule('node:fs');
        if (process.env.HANG_AT) {
          fs.writeFileSync(process.env.HANG_AT + '.reached', '');
          fs.openSync(process.env.HANG_AT, 'r');
        }
        else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0); }; })()`,
    );
  });
  afterAll(() => redis.kill());

  // What is asked at the start and in the loop; what is cut never reaches the server.
  test.each(['config', 'time', 'eval'])(
    'whose connection is cut as %s is asked is connected again',
    async (question) => {
      const proxy = await new Proxy(join(root, `${question}.sock`), redis.url.slice('unix:'.length)).start();
      const cutOnce = async (): Promise<void> => {
        proxy.cutAt = question;
        await until(() => proxy.cutAt === undefined, `${question} is asked`);
      };
      const driver = driverAt(proxy.url, file, join(root, question));
      await cutOnce();
      const worker = workerAt(proxy.url);
      await cutOnce();
      expect(await driver.ended, driver.stderr).toBe(0);
      expect(finals(join(root, question))).toEqual(calm);
      expect(await worker.kill('SIGTERM'), worker.stderr).toBe(0);
      proxy.stop();
    },
  );

  test('that is full is told and tried again; nothing is lost', async () => {
    const small = await new RedisServer(join(root, 'small')).start();
    const client = small.client();
    const out = join(root, 'full');
    const worker = workerAt(small.url);
    await until(() => worker.stderr.includes('serving'), 'the worker serves');
    await client.config('SET', 'maxmemory', '1');
    const driver = driverAt(small.url, file, out);
    await until(() => /^unix:\S+ is full \(.*OOM.*\); trying again$/m.test(driver.stderr), 'the driver has told');
    await client.config('SET', 'maxmemory', '0');
    await until(() => keptShards(out).length >= 3, 'some shards are finished');
    expect(driver.stderr).toMatch(/^unix:\S+ takes commands again$/m);
    await client.config('SET', 'maxmemory', '1');
    await until(() => /is full \(/.test(worker.stderr), 'the worker has told');
    await client.config('SET', 'maxmemory', '0');
    expect(await driver.ended, driver.stderr).toBe(0);
    expect(finals(out)).toEqual(calm);
    await client.quit();
    await small.kill();
  });

  test('a worker ends on SIGTERM though Redis is away, comes back, or goes just then', async () => {
    const shaky = await new RedisServer(join(root, 'shaky')).start();
    const workers = Array.from({ length: 3 }, () => workerAt(shaky.url));
    const driver = driverAt(shaky.url, file, join(root, 'shaken'));
    await until(() => workers.every(({ stderr }) => stderr.includes('serving')), 'all serve');
    await until(() => keptShards(join(root, 'shaken')).length >= 3, 'some shards are finished');
    workers[0].child.kill('SIGTERM');
    await shaky.kill();
    workers[1].child.kill('SIGTERM');
    await pause(300);
    await shaky.start();
    workers[2].child.kill('SIGTERM');
    await pause(50);
    await shaky.kill();
    for (const { ended } of workers) expect(await ended).toBe(0);
    await driver.kill();
  });

  test('a device that hangs without being lost is given up: its worker leaves with 3, others finish', async () => {
    const env = tuned({ hang: 2000 });
    const out = join(root, 'hung');
    const driver = driverAt(redis.url, file, out);
    const worker = start(['worker', '--queue', redis.url, '--backend', 'cpu'], { env, program: hanging });
    expect(await worker.ended).toBe(3);
    expect(worker.stderr).toMatch(/^batterywalk: The device has given no sign for 2 s while at work: it hangs/m);
    expect(driver.running).toBe(true);
    workerAt(redis.url);
    expect(await driver.ended, driver.stderr).toBe(0);
    expect(finals(out)).toEqual(calm);
  });

  test.skipIf(process.platform === 'win32')('a thread that nobody can end does not keep its process', async () => {
    const fifo = join(root, 'fifo');
    execFileSync('mkfifo', [fifo]);
    const driver = driverAt(redis.url, file, join(root, 'stuck'));
    const env = { ...tuned({ hang: 2000 }), HANG_AT: fifo };
    const given = start(['worker', '--queue', redis.url, '--backend', 'cpu'], { env, program: hanging });
    // Nothing but the system can end it, which has no status for that.
    expect(await given.ended).toBe(null);
    expect(given.stderr).toMatch(/^batterywalk: The device has given no sign for 2 s/m);
    rmSync(`${fifo}.reached`);
    // The first signal waits for the device; the second ends what does not come to its end.
    const patient = start(['worker', '--queue', redis.url, '--backend', 'cpu'], {
      env: { HANG_AT: fifo },
      program: hanging,
    });
    await until(() => existsSync(`${fifo}.reached`), 'it hangs');
    patient.child.kill('SIGTERM');
    await pause(500);
    expect(patient.running).toBe(true);
    patient.child.kill('SIGTERM');
    expect(await patient.ended).toBe(null);
    expect(patient.child.signalCode).toBe('SIGTERM');
    await driver.kill();
  });

  test('a job that a worker holds and does nothing of is asked for again, and told', async () => {
    const client = redis.client();
    // A worker that renews its hold for ever.
    const holder = new Worker('shards', () => new Promise(() => undefined), { connection: client, prefix: 'bw' });
    holder.on('error', () => undefined);
    const out = join(root, 'held');
    const driver = start(['sweep', file, '--queue', redis.url, '--out', out], { env: tuned({ giveUp: 1500 }) });
    await until(
      () => /a worker has had 1 shards for \d+ s without a result/.test(driver.stderr),
      'the driver has told',
    );
    workerAt(redis.url);
    expect(await driver.ended, driver.stderr).toBe(0);
    expect(finals(out)).toEqual(calm);
    await holder.close(true);
    client.disconnect();
  });
});
