/**
 * A sweep's jobs among all that lie in the queue: those of an earlier driver, and the records that are left at the
 * end.
 */
import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { VERSION } from '../../../version.js';
import type { Shard } from '../../shards.js';
import type { Link } from './connection.js';
import { fieldsOf, jobsIn } from './guarded.js';
import type { JobsAsked } from './guarded.js';
import { hashOf, MOST_TEXT, readPayloadText, sealedPayload } from './names.js';
import type { Payload } from './names.js';
import type { Seal } from './seal.js';
import { ATTEMPTS, MOST_PAYLOAD } from './tuning.js';

/** Jobs that are listed at once, and most that are looked through: anybody may have queued more. */
const PAGE = 500;
const MOST_QUEUED = 10_000;

/** More jobs than workers keep of those that are over. */
const MOST_OVER = 5000;
/** Most bytes of a job's name. */
const MOST_NAME = 256;
/** Longest wait for jobs that end, and the pause between two looks, milliseconds. */
const CLEARING = 5000;
const AGAIN = 50;

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

/** A job of a sweep as it is queued. */
export function newJob(id: string, shards: readonly Shard[], sweep: string, seal: Seal | undefined) {
  const data = sealedPayload(seal, {
    format: 1,
    batterywalk: VERSION,
    sweep,
    shards: [shards[0].index, shards.length],
    hashes: hashOf(shards),
  });
  const backoff = { type: 'fixed', delay: 200 };
  const opts = { jobId: id, attempts: ATTEMPTS, backoff, sizeLimit: MOST_PAYLOAD, stackTraceLimit: 1 };
  return { name: 'shards', data, opts };
}

/** A queued job, as far as it is this sweep's and this version's. */
interface OwnJob {
  readonly id: string;
  readonly payload: Payload;
}

/** Jobs whose names begin so. Others may have put anything there: what is longer than ours is not fetched. */
function jobsAsked(queue: Queue, lists: readonly string[], prefix: string, from: number, to: number): JobsAsked {
  return {
    ...{ lists: lists.map((name) => queue.toKey(name)), from, to, base: queue.toKey(''), prefix },
    ...{ nameBytes: MOST_NAME, dataBytes: MOST_PAYLOAD },
  };
}

/** Why a job failed, as its worker said; nothing where that is longer than any such word. */
export async function failedReason(queue: Queue, redis: Redis, id: string): Promise<string | undefined> {
  return (await fieldsOf(redis, queue.toKey(id), ['failedReason'], MOST_TEXT)).get('failedReason');
}

/** Jobs of a sweep that nobody has finished. @param prefix how the names of its jobs begin. */
export async function* ownJobs(
  queue: Queue,
  { patience, redis }: Link,
  sweep: string,
  prefix: string,
): AsyncGenerator<OwnJob> {
  for (let from = 0; from < MOST_QUEUED; from += PAGE) {
    const to = from + PAGE - 1;
    const asked = jobsAsked(queue, ['wait', 'active', 'delayed'], prefix, from, to);
    const { seen, jobs } = await patience.persist(() => jobsIn(redis, asked));
    for (const [id, data] of jobs) {
      const payload = readPayloadText(data);
      if (payload?.sweep === sweep && payload.batterywalk === VERSION) yield { id, payload };
    }
    if (seen === 0) return;
  }
}

/**
 * Removes the records of a sweep's jobs, and the queue itself where nobody has jobs in it any more. A worker says that
 * a job is finished a moment before the queue knows it, which is waited for. It is no error where all that fails:
 * nothing of it is needed, and the next driver's end tries again.
 */
export async function clearQueue(queue: Queue, redis: Redis, prefix: string): Promise<void> {
  const keys = [...HOLDING, ...BESIDE].map((name) => queue.toKey(name));
  const end = performance.now() + CLEARING;
  try {
    for (;;) {
      const { jobs } = await jobsIn(redis, jobsAsked(queue, ['completed', 'failed', 'active'], prefix, 0, MOST_OVER));
      const ids = [...jobs.keys()];
      const removed = await Promise.all(ids.map((id) => queue.remove(id).catch(() => 0)));
      if (removed.every((n) => n === 1) || performance.now() > end) break;
      await new Promise((resolve) => setTimeout(resolve, AGAIN));
    }
    await redis.eval(CLEAR, keys.length, ...keys, HOLDING.length);
  } catch {
    // Said above.
  }
}
