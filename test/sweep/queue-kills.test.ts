/**
 * A sweep by a queue whose worker is killed: the bytes are those of a calm run. All else: queue-kills.long.test.ts.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  driverAt,
  endPrograms,
  finals,
  hasRedis,
  RedisServer,
  SHARDS,
  start,
  until,
  WHY,
  workerAt,
  writeSweep,
} from './queue-fixture.js';
import type { Program } from './queue-fixture.js';
import { keptShards } from './sweeps.js';

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
    expect(keptShards(out).length).toBe(SHARDS);
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
    await until(() => keptShards(out).length >= 4, 'some shards are finished');
    await first.kill();
    expect(driver.running).toBe(true);
    workerAt(redis.url);
    await expectCalm(driver, out);
  });
});
