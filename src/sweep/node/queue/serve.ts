/** A worker's side of the queue: takes jobs, has the engine's thread run them, hands the results on. */
import { Worker } from 'bullmq';
import type { Job } from 'bullmq';
import type { WorkerLike } from '../../../host/contract.js';
import type { BackendRequest } from '../../../engine/open-backend.js';
import { openLink } from './connection.js';
import { EngineLink } from './engine-link.js';
import { JobRunner } from './job-runner.js';
import { PREFIX, QUEUE } from './names.js';
import type { Seal } from './seal.js';
import { MOST_STALLS, tuningOf } from './tuning.js';
import type { QueueTuning } from './tuning.js';
import { giveSigns } from './workers.js';

/** Milliseconds that a stop waits for the server after the device has finished; others take the jobs over then. */
const PATIENCE = 5000;

export interface QueueService {
  readonly url: string;
  /** The engine in a thread apart, so that a hold on a job is always renewed in time. */
  readonly engine: WorkerLike;
  readonly request: BackendRequest;
  /** By the key that the driver shares, if there is one: jobs of others are set aside then. */
  readonly seal?: Seal | undefined;
  /** The driver's folder, where this machine shares it. */
  readonly out: string | undefined;
  /** Finish the shards in hand, put the rest back, and return. */
  readonly signal: AbortSignal;
  readonly remark: (text: string) => void;
  /** Before and after each job: shards finished and taken so far, and shards a second of late. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number; readonly rate: number }) => void;
  readonly tuning?: Partial<QueueTuning>;
}

/** What came of serving. */
export interface Served {
  /** Shards that were finished. */
  readonly done: number;
  /** Times that a job was set aside, for it was not this worker's. */
  readonly aside: number;
}

/**
 * Serves a queue until the signal.
 *
 * @throws {BackendError} where the device is lost or hangs: its jobs go back to the queue.
 * @throws {InputError} where the queue cannot be used, or results cannot be kept
 */
export async function serveQueue(service: QueueService): Promise<Served> {
  const { url, remark, signal, onProgress, seal } = service;
  const tuning = tuningOf(service.tuning);
  const stopping = stopOf(signal);
  const link = await openLink(url, remark, { signal, silence: tuning.silence }).catch((error: unknown) => {
    if (signal.aborted) return undefined;
    throw error;
  });
  if (link === undefined) return { done: 0, aside: 0 };
  const engine = new EngineLink(service.engine, remark, tuning.hang);
  try {
    const device = await Promise.race([engine.open(service.request, service.out), stopping]);
    if (device === undefined) return { done: 0, aside: 0 };
    const runner = new JobRunner({ link, engine, seal, remark, onProgress: (progress) => onProgress?.(progress) });
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
    worker.on('error', (error) => link.patience.tell(error));
    remark(`serving ${link.shown} with ${device}`);
    try {
      await Promise.race([stopping, engine.broken]);
    } finally {
      // A job that ends now may go back; none is fetched any more.
      runner.stop();
      engine.drain();
      const closed = worker.close();
      await engine.untilIdle();
      await within(PATIENCE, closed);
      await within(PATIENCE / 5, signs.stop());
    }
    return { done: runner.done, aside: runner.aside };
  } finally {
    engine.close();
    link.end();
  }
}

function stopOf(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener('abort', () => {
      resolve(undefined);
    });
  });
}

/** Waits for something, but not for ever: a server that is gone, or comes and goes, is not waited for. */
async function within(milliseconds: number, act: Promise<unknown>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([act.catch(() => undefined), over]);
  clearTimeout(timer);
}
