/**
 * The driver of a sweep by queue: hands shards to workers, takes their results into the folder, and sees that none is
 * lost.
 */
import { Queue } from 'bullmq';
import { BatterywalkError, InputError } from '../../../errors.js';
import { printable } from '../../../printable.js';
import type { Shard } from '../../shards.js';
import type { FailedShard } from '../run-local.js';
import { openLink } from './connection.js';
import { Driver } from './driver.js';
import type { SweepWork } from './driver.js';
import { PREFIX, QUEUE } from './names.js';
import { Recheck } from './recheck.js';
import type { RecheckPlan } from './recheck.js';
import { tuningOf } from './tuning.js';
import type { QueueTuning } from './tuning.js';

/** What driving needs: the same as a run on this machine, with a URL in the backend's place. */
export interface QueueDrive extends SweepWork {
  /** `redis://`, `rediss://` or `unix:`: see address.ts. */
  readonly url: string;
  /** What of the workers' results is walked again here. */
  readonly recheck: RecheckPlan;
  readonly tuning?: Partial<QueueTuning>;
}

/** Milliseconds in which a stop takes jobs back that nobody has begun. */
const TAKE_BACK = 3000;

/**
 * Has workers run shards, those that the store has no result of, and keeps their results. Like `runLocal`: after a stop
 * what was finished is kept.
 *
 * @returns the shards that could not be run.
 * @throws {InputError} where the queue cannot be reached or used, or a result cannot be kept
 * @throws {BackendError} where a result that is walked again here differs: all that came by the queue is put aside then
 */
export async function driveQueue(shards: readonly Shard[], drive: QueueDrive): Promise<FailedShard[]> {
  const { url, signal, remark } = drive;
  const tuning = tuningOf(drive.tuning);
  const drivers: Driver[] = [];
  const link = await openLink(url, remark, {
    signal,
    silence: tuning.silence,
    onReady: () => {
      for (const driver of drivers) driver.reconnected();
    },
  });
  const recheck = new Recheck(drive.recheck, shards.length);
  // Events tell other programs what happens to jobs; nobody here reads them.
  const queue = new Queue(QUEUE, { connection: link.redis, prefix: PREFIX, streams: { events: { maxLen: EVENTS } } });
  queue.on('error', () => undefined);
  const driver = new Driver(shards, { ...drive, link, recheck, queue, tuning });
  drivers.push(driver);
  const stop = (): void => {
    // What cannot be said to the server in time is left to the results' age.
    setTimeout(() => {
      link.end();
    }, TAKE_BACK).unref();
  };
  try {
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop);
    const running = driver.run();
    try {
      await Promise.race([running, recheck.differs]);
    } catch (error) {
      driver.stop();
      stop();
      // What is on its way into the folder must be there before it can be put aside.
      await running.catch(() => undefined);
      await driver.takeBack().catch(() => undefined);
      if (recheck.hasDiffered) await driver.putAside();
      // A stop cuts connections that commands were waiting for.
      if (!signal.aborted) throw asTold(error, link.shown);
    }
    return driver.failed;
  } finally {
    signal.removeEventListener('abort', stop);
    await recheck.close();
    link.end();
  }
}

/** Events that are kept: the fewest that the server's approximate trimming tells from none. */
const EVENTS = 1;

/** What Redis refuses for good, such as a key of another kind or a command without permission, is one clear line. */
function asTold(error: unknown, shown: string): unknown {
  if (error instanceof BatterywalkError || !(error instanceof Error)) return error;
  if (error.name !== 'ReplyError') return error;
  return new InputError(
    `--queue: ${shown} refuses a command (${printable(error.message)}), ` +
      "expected a server whose keys under bw: are batterywalk's own, " +
      'and a user with the documented rights; what was finished is kept',
    '--queue',
    { cause: error },
  );
}
