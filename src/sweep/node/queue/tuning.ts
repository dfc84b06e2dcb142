/**
 * Times and sizes of the queue. Nothing of it changes a result; tests, and who must, set other ones by
 * BATTERYWALK_QUEUE_TUNING.
 */
import * as z from 'zod';
import { InputError } from '../../../errors.js';

export interface QueueTuning {
  /** Milliseconds that a worker's hold on a job lasts without renewal; it is renewed at half of that. */
  readonly lockDuration: number;
  /** Milliseconds between looks for jobs whose worker is gone. */
  readonly stalledInterval: number;
  /** Milliseconds between the driver's comparisons of the store with what it asked for. */
  readonly reconcileInterval: number;
  /** Milliseconds between a worker's signs of life; three missed, and the driver does not count it. */
  readonly heartbeat: number;
  /** Milliseconds that one job should take: long against the 1 to 1.5 ms that a job costs, short against a stop. */
  readonly jobMilliseconds: number;
  /** Jobs queued ahead for each worker. */
  readonly jobsAhead: number;
  /** Jobs that a worker has in hand, so that its device does not wait for the queue. */
  readonly concurrency: number;
  /**
   * Milliseconds without any sign of a device that is at work, after which a worker gives it up: far above the
   * slowest step between two signs, which is a law's making (seconds) or a slice (50 ms), and far below a night.
   */
  readonly hang: number;
  /**
   * Milliseconds that a job may be in a worker's hand without any result before its shards are asked for again;
   * doubled each time.
   */
  readonly giveUp: number;
  /** Milliseconds without an answer of Redis after which the connection counts as lost. */
  readonly silence: number;
}

const TUNING: QueueTuning = {
  lockDuration: 15_000,
  stalledInterval: 5_000,
  reconcileInterval: 10_000,
  heartbeat: 2_000,
  jobMilliseconds: 500,
  jobsAhead: 8,
  concurrency: 2,
  hang: 300_000,
  giveUp: 600_000,
  silence: 8_000,
};

const positive = z.number().positive();
const given = z.strictObject(
  Object.fromEntries(Object.keys(TUNING).map((name) => [name, positive.optional()])) as Record<
    keyof QueueTuning,
    z.ZodOptional<typeof positive>
  >,
);

/**
 * The tuning, with what the environment says otherwise as JSON, such as {"lockDuration": 30000}.
 * @throws {InputError}
 */
export function tuningOf(own: Partial<QueueTuning> = {}, text = process.env.BATTERYWALK_QUEUE_TUNING): QueueTuning {
  if (text === undefined || text === '') return { ...TUNING, ...own };
  try {
    const set = Object.entries(given.parse(JSON.parse(text))).filter(([, value]) => value !== undefined);
    return { ...TUNING, ...Object.fromEntries(set), ...own };
  } catch (cause) {
    throw new InputError(
      `BATTERYWALK_QUEUE_TUNING: got ${JSON.stringify(text)}, expected JSON with numbers above 0 for some of ${Object.keys(TUNING).join(', ')}`,
      'BATTERYWALK_QUEUE_TUNING',
      { cause },
    );
  }
}

/** Tries of a job that fails, and recoveries of one whose worker is gone; a shard is then looked at by itself. */
export const ATTEMPTS = 3;
export const MOST_STALLS = 3;
/** A shard that ended so many workers while it was alone on the device, after one with others, is not run again. */
export const MOST_DEATHS = 2;
/** Most bytes of a job's payload. */
export const MOST_PAYLOAD = 4096;
/** Most shards of a job, and of all jobs that are queued: what bounds the results that wait in Redis. */
export const MOST_SHARDS_A_JOB = 64;
export const MOST_SHARDS_QUEUED = 2048;
/** Sweeps that a worker keeps planned. */
export const SWEEPS_KEPT = 4;
/**
 * Times that a job is set aside by workers that cannot run it, before it is failed; milliseconds between two of them.
 */
export const MOST_ASIDE = 8;
export const ASIDE_MILLISECONDS = 500;
/** Most workers that are looked at. */
export const MOST_WORKERS = 4096;
