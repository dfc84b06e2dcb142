/** A worker's side of the queue: takes jobs, has the engine's thread run them, hands the results on. */
import { Worker } from 'bullmq';
import type { Job } from 'bullmq';
import type { WorkerLike } from '../../../engine/host/contract.js';
import type { BackendRequest } from '../../../engine/open-backend.js';
import { openLink } from './connection.js';
import { EngineLink } from './engine-link.js';
import { JobRunner } from './job-runner.js';
import { PREFIX, QUEUE } from './names.js';
import { MOST_STALLS, tuningOf } from './tuning.js';
import type { QueueTuning } from './tuning.js';
import { giveSigns } from './workers.js';

/** Milliseconds that a stop waits for a server that does not answer; others take the jobs over then. */
const PATIENCE = 5000;

export interface QueueService {
  readonly url: string;
  /** The engine in a thread apart, so that a hold on a job is always renewed in time. */
  readonly engine: WorkerLike;
  readonly request: BackendRequest;
  /** The driver's folder, where this machine shares it. */
  readonly out: string | undefined;
  /** Finish the shards in hand, put the rest back, and return. */
  readonly signal: AbortSignal;
  readonly remark: (text: string) => void;
  /** Before and after each job: shards finished and taken so far, and shards a second of late. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number; readonly rate: number }) => void;
  readonly tuning?: Partial<QueueTuning>;
}

/**
 * Serves a queue until the signal. @returns the number of shards that were finished.
 *
 * @throws {BackendError} where the device is lost: its jobs go back to the queue.
 * @throws {InputError} where the queue cannot be used, results cannot be kept, or the driver is of another version
 */
export async function serveQueue(service: QueueService): Promise<number> {
  const { url, remark, signal, onProgress } = service;
  const tuning = tuningOf(service.tuning);
  const link = await openLink(url, remark);
  try {
    const engine = new EngineLink(service.engine, remark);
    const device = await engine.open(service.request, service.out);
    const runner = new JobRunner(link.redis, engine, (progress) => onProgress?.(progress));
    const signs = giveSigns(link.redis, tuning.heartbeat, () => ({ device, speed: engine.speed }));
    const worker = new Worker(QUEUE, (job: Job<unknown>, token) => runner.process(job, token), {
      connection: link.redis,
      prefix: PREFIX,
      concurrency: tuning.concurrency,
      lockDuration: tuning.lockDuration,
      stalledInterval: tuning.stalledInterval,
      maxStalledCount: MOST_STALLS,
      removeOnComplete: { count: 100 },
      removeOnFail: { count: 1000 },
    });
    // Lost connections are told by the link; the rest heals itself or comes back as a stalled job.
    worker.on('error', () => undefined);
    remark(`serving ${link.shown} with ${device}`);
    try {
      await Promise.race([stopOf(signal), engine.broken, runner.refused]);
    } finally {
      // A job that ends now may go back; none is fetched any more.
      runner.stop();
      engine.drain();
      await closeWorker(worker, () => link.redis.status === 'ready');
      await signs.stop();
    }
    return runner.done;
  } finally {
    link.end();
  }
}

function stopOf(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => {
      resolve();
    });
  });
}

/** Waits for the jobs in hand, for as long as they take, but not for a server that is gone. */
async function closeWorker(worker: Worker, connected: () => boolean): Promise<void> {
  let timer: ReturnType<typeof setInterval> | undefined;
  let away = 0;
  const given = new Promise<void>((resolve) => {
    timer = setInterval(() => {
      away = connected() ? 0 : away + PATIENCE / 10;
      if (away >= PATIENCE) resolve();
    }, PATIENCE / 10);
  });
  await Promise.race([worker.close(), given]);
  clearInterval(timer);
}
