/** A worker's side of the queue: takes jobs, has the engine's thread run them, hands the results on. */
import type { WorkerLike } from '../../../engine/host/contract.js';
import type { QueueTuning } from './tuning.js';

export interface QueueService {
  readonly url: string;
  /** The engine in a thread apart, so that a hold on a job is always renewed in time. */
  readonly engine: WorkerLike;
  /** Finish the shards in hand, put the rest back, and return. */
  readonly signal: AbortSignal;
  readonly remark: (text: string) => void;
  readonly tuning?: Partial<QueueTuning>;
}

/** Serves a queue until the signal. @throws {BackendError} where the device is lost: the job in hand goes back to the queue */
export function serveQueue(service: QueueService): Promise<void> {
  return Promise.reject(new Error(`not there yet: ${service.url}`));
}
