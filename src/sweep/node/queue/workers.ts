/**
 * Who is at work: workers say so every few seconds, the driver reads it. The server's clock is the only one that
 * counts.
 */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Redis } from 'ioredis';
import { VERSION } from '../../../version.js';
import type { Link } from './connection.js';
import { allFields } from './guarded.js';
import { KEYS, MOST_TEXT, readWorker } from './names.js';
import type { WorkerSign } from './names.js';
import { MOST_WORKERS } from './tuning.js';

/** Missed signs after which a worker is not counted, and the age at which its entry is removed, milliseconds. */
const MISSED = 3;
const FORGOTTEN = 3_600_000;
/** Signs of life that are waited for before a lack of workers is told. */
const GRACE = 3;
/** Workers that are named. */
const NAMED = 16;

async function serverTime(redis: Redis): Promise<number> {
  const [seconds, microseconds] = await redis.time();
  // They come as text.
  return seconds * 1000 + microseconds / 1000;
}

/** Gives signs of life until it is stopped. */
export function giveSigns(
  redis: Redis,
  interval: number,
  now: () => Pick<WorkerSign, 'device' | 'speed'>,
): { stop(): Promise<void> } {
  const id = randomUUID();
  let stopped = false;
  const sign = async (): Promise<void> => {
    // No signs pile up while the connection is lost.
    if (redis.status !== 'ready') return;
    const own: WorkerSign = {
      at: await serverTime(redis),
      host: hostname(),
      pid: process.pid,
      batterywalk: VERSION,
      ...now(),
    };
    if (stopped) return;
    await redis.hset(KEYS.workers, id, JSON.stringify(own));
    await redis.pexpire(KEYS.workers, FORGOTTEN);
  };
  // A server that does not answer would else gather signs.
  let signing = false;
  const quietly = (): void => {
    if (signing) return;
    signing = true;
    sign()
      .catch(() => undefined)
      .finally(() => (signing = false));
  };
  quietly();
  const timer = setInterval(quietly, interval);
  return {
    async stop() {
      stopped = true;
      clearInterval(timer);
      if (redis.status === 'ready') await redis.hdel(KEYS.workers, id).catch(() => 0);
    },
  };
}

/** The workers that live; entries of those long gone are removed. */
async function liveWorkers(redis: Redis, interval: number): Promise<WorkerSign[]> {
  const now = await serverTime(redis);
  const live: WorkerSign[] = [];
  for (const [id, text] of await allFields(redis, KEYS.workers, MOST_WORKERS, MOST_TEXT)) {
    const found = readWorker(text);
    const age = Math.abs(now - (found?.at ?? 0));
    if (age > FORGOTTEN) await redis.hdel(KEYS.workers, id);
    else if (found !== undefined && age <= MISSED * interval) live.push(found);
  }
  return live;
}

/** The driver's look at who is there, and what a person should know of it. */
export class WorkerWatch {
  live: readonly WorkerSign[] = [];
  private readonly start = performance.now();
  private lookedAt = -Infinity;
  private told = '';

  constructor(
    private readonly link: Link,
    private readonly interval: number,
    private readonly remark: (text: string) => void,
  ) {}

  /** Looks, where the last look is long ago. */
  async look(): Promise<void> {
    const { redis, patience, shown } = this.link;
    const now = performance.now();
    if (now - this.lookedAt < this.interval) return;
    this.lookedAt = now;
    this.live = await patience.persist(() => liveWorkers(redis, this.interval));
    if (this.live.length === 0 && now - this.start < GRACE * this.interval) return;
    const others = this.live.find(({ batterywalk }) => batterywalk !== VERSION);
    const devices = this.live.map(({ device }) => device).sort();
    const named = [...devices.slice(0, NAMED), ...(devices.length > NAMED ? ['…'] : [])].join('; ');
    const text =
      devices.length === 0
        ? `no worker is at ${shown}; start one with: batterywalk worker --queue URL`
        : `${devices.length} ${devices.length === 1 ? 'worker' : 'workers'}: ${named}`;
    const wrong =
      others === undefined ? '' : `; ${others.host} has batterywalk ${others.batterywalk}, expected ${VERSION} as here`;
    if (this.told === text + wrong) return;
    this.told = text + wrong;
    this.remark(text + wrong);
  }
}
