/** The driver of a sweep by queue: hands shards to workers, takes their results into the folder, and sees that none is lost. */
import { Queue } from 'bullmq';
import type { RunProgress } from '../../../engine/backend.js';
import type { Assembly } from '../../assembly.js';
import type { Sweep } from '../../points.js';
import type { Shard } from '../../shards.js';
import type { ShardStore } from '../../store.js';
import type { FailedShard } from '../run-local.js';
import { openLink } from './connection.js';
import { Driver } from './driver.js';
import { PREFIX, QUEUE } from './names.js';
import { tuningOf } from './tuning.js';
import type { QueueTuning } from './tuning.js';

/** What driving needs: the same as a run on this machine, with a URL in the backend's place. */
export interface QueueDrive {
  readonly sweep: Sweep;
  /** `redis://`, `rediss://` or `unix:`: see connection.ts. */
  readonly url: string;
  /** The folder's ledger, where results end. */
  readonly store: ShardStore;
  readonly assembly: Assembly;
  readonly signal: AbortSignal;
  /** Says what a person should know: no worker is there, the connection is lost. */
  readonly remark: (text: string) => void;
  readonly onProgress?: (progress: RunProgress) => void;
  readonly tuning?: Partial<QueueTuning>;
}

/** Milliseconds in which a stop takes jobs back that nobody has begun. */
const TAKE_BACK = 3000;

/**
 * Has workers run shards, those that the store has no result of, and keeps their results. Like `runLocal`: after a stop what was finished is kept.
 *
 * @returns the shards that could not be run.
 * @throws {InputError} where the queue cannot be reached or used, or a result cannot be kept
 */
export async function driveQueue(shards: readonly Shard[], drive: QueueDrive): Promise<FailedShard[]> {
  const { url, signal, remark } = drive;
  const tuning = tuningOf(drive.tuning);
  const drivers: Driver[] = [];
  const link = await openLink(url, remark, () => {
    for (const driver of drivers) driver.reconnected();
  });
  const queue = new Queue(QUEUE, { connection: link.redis, prefix: PREFIX });
  queue.on('error', () => undefined);
  const listener = link.another();
  const driver = new Driver(shards, { ...drive, redis: link.redis, listener, queue, shown: link.shown, tuning });
  drivers.push(driver);
  const stop = (): void => {
    // What blocks is let go; what cannot be said to the server in time is left to the results' age.
    listener.disconnect();
    setTimeout(() => {
      link.end();
    }, TAKE_BACK).unref();
  };
  try {
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop);
    try {
      await driver.run();
    } catch (error) {
      await driver.takeBack().catch(() => undefined);
      // A stop cuts connections that commands were waiting for.
      if (!signal.aborted) throw error;
    }
    return driver.failed;
  } finally {
    signal.removeEventListener('abort', stop);
    link.end();
  }
}
