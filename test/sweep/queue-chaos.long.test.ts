/**
 * 1,000 faults: workers, driver and Redis killed and stopped, connections slowed, silenced and cut, memory and disk
 * filled, keys poisoned, while sweep after sweep runs. Every sweep ends with the bytes of a calm run. What is killed is
 * started again, as a service manager does.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { Proxy, SmallDisk, Supervised } from './chaos-parts.js';
import { hasRedis, pause, RedisServer, start, TUNING, WHY, writeSweep } from './queue-fixture.js';
import type { Program } from './queue-fixture.js';
import { keptShards } from './sweeps.js';

/** As many as the run is to have; set for a shorter one. */
const FAULTS = Number(process.env.CHAOS_FAULTS ?? 1000);
/** Most faults of one sweep: it must come to its end between them. */
const FAULTS_A_ROUND = 60;
/** Ends a hang: seconds from the last fault of a round to the end of its sweep. */
const HANG_SECONDS = 180;
/** Milliseconds between two faults. */
const CALM = 30;

/** Shards of a few milliseconds, so that faults come in the middle of many. */
const CHANGES = { trials: 65_536, shardPathSlots: 2 ** 21 };
const env = {
  BATTERYWALK_QUEUE_TUNING: JSON.stringify({ ...TUNING, silence: 700, hang: 20_000, giveUp: 10_000 }),
};

const FILES = ['results.parquet', 'manifest.json'];
/**
 * How a driver may end before its sweep does: by a kill, with a disk that takes nothing, or at a server that is away
 * when it starts.
 */
const TOLD = new RegExp(
  [
    '^batterywalk: (--queue: cannot use ',
    '.*(cannot write|cannot be read)',
    '(a|\\d+) shards? could not be run, all others are finished and kept)',
  ].join('|'),
  'm',
);

test.skipIf(!hasRedis)(`${FAULTS} faults: 0 bytes differ, 0 hangs${WHY}`, async () => {
  const root = mkdtempSync(join(tmpdir(), 'batterywalk-chaos-'));
  const file = writeSweep(root, CHANGES);
  const calmOut = join(root, 'calm');
  const calmRun = start(['sweep', file, '--out', calmOut, '--backend', 'cpu', '--quiet']);
  expect(await calmRun.ended, calmRun.stderr).toBe(0);
  const calm = FILES.map((name) => readFileSync(join(calmOut, name)));
  const hashes = keptShards(calmOut);

  const redis = await new RedisServer(join(root, 'redis'), ['--appendonly', 'yes']).start();
  const socket = redis.url.slice('unix:'.length);
  const proxy = await new Proxy(join(root, 'proxy.sock'), socket).start();
  const client = new Redis({ path: socket, maxRetriesPerRequest: 0, retryStrategy: () => 100 });
  client.on('error', () => undefined);
  const worker = (url: string) => (): Program =>
    start(['worker', '--queue', url, '--backend', 'cpu', '--quiet'], { env });
  const workers = [new Supervised(worker(proxy.url)), new Supervised(worker(redis.url))];

  const counts = new Map<string, number>();
  const unexpected: string[] = [];
  const driverEnds = new Map<string, number>();
  let [faults, rounds, differing] = [0, 0, 0];
  const hung: string[] = [];
  const begun = performance.now();
  const any = <T>(list: readonly T[]): T => list[Math.floor(Math.random() * list.length)];

  while (faults < FAULTS && hung.length === 0) {
    rounds++;
    const disk = new SmallDisk(join(root, `out-${rounds}`));
    const out = join(disk.path, 'sweep');
    const args = ['sweep', file, '--queue', proxy.url, '--out', out];
    const driver = new Supervised(
      () => start(args, { env }),
      (program, status) => {
        if (status === 0) return true;
        const isTold = status === null || TOLD.test(program.stderr);
        const how = status === null ? 'killed' : (TOLD.exec(program.stderr)?.[0].slice(0, 60) ?? `status ${status}`);
        driverEnds.set(how, (driverEnds.get(how) ?? 0) + 1);
        if (!isTold) unexpected.push(program.stderr);
        return !isTold;
      },
    );
    const state = { over: false };
    void driver.over.then(() => (state.over = true));
    const now = (act: () => void): Promise<void> => {
      act();
      return Promise.resolve();
    };

    /** Faults by how often they come; each is over when it returns. */
    const chaos: readonly (readonly [name: string, weight: number, act: () => Promise<unknown>])[] = [
      [
        'worker killed',
        4,
        () =>
          now(() => {
            any(workers).signal('SIGKILL');
          }),
      ],
      [
        'worker terminated',
        3,
        () =>
          now(() => {
            any(workers).signal('SIGTERM');
          }),
      ],
      ['worker stopped', 12, () => stopFor(any(workers))],
      [
        'driver killed',
        3,
        () =>
          now(() => {
            driver.signal('SIGKILL');
          }),
      ],
      ['driver stopped', 8, () => stopFor(driver)],
      ['Redis killed', 3, () => redis.kill().then(() => redis.start())],
      ['Redis stopped', 6, () => frozen()],
      ['Redis forgot', 2, () => client.flushall()],
      ['Redis full', 6, () => full()],
      ['slow proxy', 8, () => through({ isSlow: true })],
      ['silent proxy', 4, () => through({ isSilent: true })],
      [
        'cutting proxy',
        14,
        () =>
          now(() => {
            proxy.cut();
          }),
      ],
      ['full disk', disk.mounted ? 3 : 0, () => diskFull()],
      ['poisoned results', 10, () => poisonResults()],
      ['poisoned keys', 8, () => poisonKeys()],
      ['poisoned jobs', 6, () => poisonJobs()],
    ];
    const stopFor = async (process: Supervised): Promise<void> => {
      process.signal('SIGSTOP');
      await pause(50 + 300 * Math.random());
      process.signal('SIGCONT');
    };
    const frozen = async (): Promise<void> => {
      redis.freeze('SIGSTOP');
      await pause(50 + 700 * Math.random());
      redis.freeze('SIGCONT');
    };
    const full = async (): Promise<void> => {
      await client.config('SET', 'maxmemory', '1');
      await pause(50 + 300 * Math.random());
      await client.config('SET', 'maxmemory', '0');
    };
    const through = async (mode: Partial<Pick<Proxy, 'isSlow' | 'isSilent'>>): Promise<void> => {
      Object.assign(proxy, mode);
      await pause(100 + 700 * Math.random());
      Object.assign(proxy, { isSlow: false, isSilent: false });
      // What was swallowed never comes: such a connection is no more than a lost one.
      if (mode.isSilent === true) proxy.cut();
    };
    const diskFull = async (): Promise<void> => {
      disk.fill();
      await pause(200);
      disk.empty();
    };
    const poisonResults = async (): Promise<void> => {
      const some = client.pipeline();
      for (let i = 0; i < 3; i++) {
        const key = `bw:result:${any(hashes)}`;
        if (i === 0) some.set(key, deflateSync(Buffer.alloc(2 ** 22)), 'EX', 60);
        else if (i === 1) some.set(key, Buffer.from('BWSHARD2\n'), 'EX', 60);
        else some.del(key).rpush(key, 'no string').expire(key, 60);
      }
      await some.exec();
    };
    const poisonKeys = async (): Promise<void> => {
      const names = await client.keys('bw:[sdfw]*');
      const own = names.filter((name) => !name.startsWith('bw:shards:'));
      if (own.length === 0) return;
      const name = any(own);
      await any([
        () => client.del(name),
        () => client.set(name, '\u001b[2J'),
        () =>
          client
            .multi()
            .del(name)
            .rpush(name, '[[[', `{"job":"a","shards":[0,${2 ** 53 - 1}]}`)
            .exec(),
        () => client.multi().del(name).hset(name, '0', 'x'.repeat(5000), '\u0007', '-1').exec(),
      ])();
    };
    const poisonJobs = async (): Promise<void> => {
      const queue = new Queue('shards', { connection: client, prefix: 'bw' });
      queue.on('error', () => undefined);
      const data = any<unknown>(['text', { format: 9, batterywalk: '\u001b' }, { shards: [0, 2 ** 53 - 1] }, null]);
      await queue.add('any', data, { jobId: `poison-${faults}`, removeOnFail: true });
      await queue.close();
    };

    const total = chaos.reduce((sum, [, weight]) => sum + weight, 0);
    for (let own = 0; own < FAULTS_A_ROUND && faults < FAULTS && !state.over; own++) {
      let at = Math.random() * total;
      const [name, , act] = chaos.find(([, weight]) => (at -= weight) < 0) ?? chaos[0];
      // A fault may meet a server that another one has just ended.
      await act().catch(() => undefined);
      counts.set(name, (counts.get(name) ?? 0) + 1);
      faults++;
      await pause(CALM);
    }
    const limit = setTimeout(() => {
      hung.push(driver.current?.stderr ?? '');
      void driver.end();
    }, HANG_SECONDS * 1000);
    await driver.over;
    clearTimeout(limit);
    if (driver.ends.at(-1) === '0') {
      const ends = FILES.map((name) => readFileSync(join(out, name)));
      ends.forEach((bytes, i) => (differing += differingBytes(bytes, calm[i])));
    }
    disk.remove();
    if (unexpected.length > 0) break;
  }
  const workerEnds = new Map<string, number>();
  for (const end of workers.flatMap(({ ends }) => ends)) workerEnds.set(end, (workerEnds.get(end) ?? 0) + 1);
  const seconds = Math.round((performance.now() - begun) / 1000);
  const text = (map: Map<string, number>): string => [...map].map(([name, n]) => `${name} ${n}`).join(', ');
  console.log(
    [
      `${faults} faults in ${rounds} sweeps of ${hashes.length} shards, ${seconds} s`,
      `faults: ${text(counts)}`,
      `drivers that ended early: ${text(driverEnds) || 'none'}`,
      `ends of workers, which were started again: ${text(workerEnds) || 'none'}`,
      `${differing} bytes differ, ${hung.length} hangs, ${unexpected.length} ends without a clear word`,
    ].join('\n'),
  );
  await Promise.all(workers.map((own) => own.end()));
  proxy.stop();
  client.disconnect();
  await redis.kill();
  rmSync(root, { recursive: true, force: true });
  expect(unexpected).toEqual([]);
  expect(hung).toEqual([]);
  expect(differing).toBe(0);
  expect(faults).toBeGreaterThanOrEqual(FAULTS);
  expect(workers.flatMap(({ ends }) => ends).filter((end) => end === '1')).toEqual([]);
});

function differingBytes(a: Uint8Array, b: Uint8Array): number {
  let count = Math.abs(a.length - b.length);
  for (let i = 0; i < Math.min(a.length, b.length); i++) if (a[i] !== b[i]) count++;
  return count;
}
