/** What a sweep by queue leaves in Redis, taken away after its end; what other sweeps have there stays. */
import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';

/** More jobs than workers keep of those that are over. */
const MOST_OVER = 5000;

/** Lists and sets of jobs, of which none may have any, and what BullMQ keeps beside them. */
const HOLDING = ['wait', 'paused', 'active', 'delayed', 'prioritized', 'completed', 'failed', 'waiting-children'];
const BESIDE = ['meta', 'id', 'events', 'marker', 'stalled', 'stalled-check', 'pc', 'limiter', 'repeat'];

/** One moment of the server: a driver that begins now either has a job there already, or finds a queue as new. */
const CLEAR = `
for i = 1, tonumber(ARGV[1]) do
  if redis.call('EXISTS', KEYS[i]) == 1 then return 0 end
end
redis.call('DEL', unpack(KEYS))
return 1`;

/**
 * Removes the records of a sweep's jobs, and the queue itself where nobody has jobs in it any more. It is no error where
 * that fails: nothing of it is needed, and the next driver's end tries again.
 */
export async function clearQueue(queue: Queue, redis: Redis, prefix: string): Promise<void> {
  try {
    const over = await queue.getJobs(['completed', 'failed'], 0, MOST_OVER);
    // A job may be gone between its listing and its reading.
    const ids = over.map((job) => (job as typeof job | undefined)?.id ?? '').filter((id) => id.startsWith(prefix));
    for (const id of ids) await queue.remove(id);
    const keys = [...HOLDING, ...BESIDE].map((name) => queue.toKey(name));
    await redis.eval(CLEAR, keys.length, ...keys, HOLDING.length);
  } catch {
    // Said above.
  }
}
