/**
 * What does not answer, does not move or does not end: servers, devices, jobs, folders of threads; and that two
 * signals end anything.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { endPrograms, finals, hasRedis, RedisServer, start, TUNING, until, WHY, writeSweep } from './queue-fixture.js';
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

describe('a server that accepts and never answers', () => {
  let server: Server;
  const sockets = new Set<Socket>();
  let url = '';
  beforeAll(async () => {
    const path = join(root, 'silent.sock');
    server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
    });
    await new Promise<void>((resolve) => {
      server.listen(path, resolve);
    });
    url = `unix:${path}`;
  });
  afterAll(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  test('is told by worker and driver and tried again; one signal ends both', async () => {
    const options = { env: tuned({ silence: 500 }) };
    const worker = start(['worker', '--queue', url, '--backend', 'cpu'], options);
    const driver = start(['sweep', writeSweep(root), '--queue', url, '--out', join(root, 'silent')], options);
    const said = /^unix:\S+ accepts and has not answered for 0\.5 s; trying again$/m;
    await until(() => said.test(worker.stderr) && said.test(driver.stderr), 'both have told');
    const before = sockets.size;
    await until(() => sockets.size > before + 1, 'they try again');
    expect([worker.running, driver.running]).toEqual([true, true]);
    expect(await Promise.all([worker.kill('SIGTERM'), driver.kill('SIGINT')])).toEqual([0, 130]);
  });
});

describe.skipIf(!hasRedis)(`with a server${WHY}`, () => {
  let redis: RedisServer;
  let file = '';
  let calm: Record<string, string> = {};
  beforeAll(async () => {
    redis = await new RedisServer(join(root, 'redis')).start();
    file = writeSweep(root);
    const own = start(['sweep', file, '--out', join(root, 'calm'), '--backend', 'cpu', '--quiet']);
    expect(await own.ended, own.stderr).toBe(0);
    calm = finals(join(root, 'calm'));
  });
  afterAll(() => redis.kill());

  test('that stops answering in the middle is told; the sweep goes on when it answers again', async () => {
    const env = tuned({ silence: 500 });
    const out = join(root, 'frozen');
    const worker = start(['worker', '--queue', redis.url, '--backend', 'cpu'], { env });
    const driver = start(['sweep', file, '--queue', redis.url, '--out', out], { env });
    await until(() => keptShards(out).length >= 3, 'some shards are finished');
    redis.freeze('SIGSTOP');
    const said = /^unix:\S+ has not answered for 0\.5 s; trying again$/m;
    await until(() => said.test(worker.stderr) && said.test(driver.stderr), 'both have told');
    redis.freeze('SIGCONT');
    expect(await driver.ended, driver.stderr).toBe(0);
    expect(finals(out)).toEqual(calm);
  });
});
