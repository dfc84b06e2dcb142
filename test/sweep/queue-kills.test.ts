/**
 * A sweep by a queue whose worker is killed: the bytes are those of a calm run. All else: queue-kills.long.test.ts.
 */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { driverAt, hasRedis, until, WHY, workerAt } from './queue-fixture.js';
import { keptShards } from './sweeps.js';
import { KillRig } from './queue-kills-rig.js';

describe.skipIf(!hasRedis)(`killed${WHY}`, () => {
  const rig = new KillRig();

  test('kill -9 of a worker in the middle of a job: another one goes on', async () => {
    const out = join(rig.root, 'worker');
    const first = workerAt(rig.redis.url);
    const driver = driverAt(rig.redis.url, rig.file, out);
    await until(() => keptShards(out).length >= 4, 'some shards are finished');
    await first.kill();
    expect(driver.running).toBe(true);
    workerAt(rig.redis.url);
    await rig.expectCalm(driver, out);
  });
});
