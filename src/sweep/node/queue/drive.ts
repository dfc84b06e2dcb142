/** The driver of a sweep by queue: hands shards to workers, takes their results into the folder, and sees that none is lost. */
import type { RunProgress } from '../../../engine/backend.js';
import type { Assembly } from '../../assembly.js';
import type { Sweep } from '../../points.js';
import type { Shard } from '../../shards.js';
import type { ShardStore } from '../../store.js';
import type { FailedShard } from '../run-local.js';
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

/**
 * Has workers run shards, those that the store has no result of, and keeps their results. Like `runLocal`: after a stop what was finished is kept.
 *
 * @returns the shards that could not be run.
 * @throws {InputError} where the queue cannot be reached or used, or a result cannot be kept
 */
export function driveQueue(shards: readonly Shard[], drive: QueueDrive): Promise<FailedShard[]> {
  return Promise.reject(new Error(`not there yet: ${shards.length} shards for ${drive.url}`));
}
