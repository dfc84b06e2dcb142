/** Who is at work: workers say so every few seconds, the driver reads it. The server's clock is the only one that counts. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Redis } from 'ioredis';
import { VERSION } from '../../../version.js';
import { KEYS, readWorker } from './names.js';
import type { WorkerSign } from './names.js';

/** Missed signs after which a worker is not counted, and the age at which its entry is removed, milliseconds. */
const MISSED = 3;
const FORGOTTEN = 3_600_000;

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
    if (!stopped) await redis.hset(KEYS.workers, id, JSON.stringify(own));
  };
  const quietly = (): void => {
    sign().catch(() => undefined);
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
export async function liveWorkers(redis: Redis, interval: number): Promise<WorkerSign[]> {
  const now = await serverTime(redis);
  const live: WorkerSign[] = [];
  for (const [id, text] of Object.entries(await redis.hgetall(KEYS.workers))) {
    const found = readWorker(text);
    const age = now - (found?.at ?? 0);
    if (age > FORGOTTEN) await redis.hdel(KEYS.workers, id);
    else if (found !== undefined && age <= MISSED * interval) live.push(found);
  }
  return live;
}
