/** What tests of killed parts share: a Redis server, the sweep, and what a calm run of it leaves. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { endPrograms, finals, RedisServer, SHARDS, start, writeSweep } from './queue-fixture.js';
import type { Program } from './queue-fixture.js';
import { keptShards } from './sweeps.js';

/** Filled before the first test of the suite that asks for it. */
export class KillRig {
  root = '';
  file = '';
  redis!: RedisServer;
  calm: Record<string, string> = {};

  constructor() {
    beforeAll(async () => {
      this.root = mkdtempSync(join(tmpdir(), 'batterywalk-queue-'));
      this.file = writeSweep(this.root);
      this.redis = await new RedisServer(join(this.root, 'redis')).start();
      const out = join(this.root, 'calm');
      await this.runHere(out);
      expect(keptShards(out).length).toBe(SHARDS);
      this.calm = finals(out);
    });
    afterEach(endPrograms);
    afterAll(async () => {
      await this.redis.kill();
      rmSync(this.root, { recursive: true });
    });
  }

  /** The sweep, or a part of it, without a queue. */
  async runHere(out: string, ...more: string[]): Promise<void> {
    const own = start(['sweep', this.file, '--out', out, '--backend', 'cpu', '--quiet', ...more]);
    expect(await own.ended, own.stderr).toBe(0);
  }

  /** The driver ends well and leaves what a calm run leaves. */
  async expectCalm(driver: Program, out: string): Promise<void> {
    const status = await driver.ended;
    expect(status, driver.stderr).toBe(0);
    expect(finals(out)).toEqual(this.calm);
  }
}
