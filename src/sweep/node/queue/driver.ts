/**
 * The driver's loop. The set of valid results says what is done, never a job's state: states only say whether somebody
 * is still at it. Notices of finished jobs make it quick; comparing the store with what was asked for, now and then and
 * after every lost connection, makes it sure.
 */
import type { Queue } from 'bullmq';
import type { RunProgress } from '../../../engine/backend.js';
import { smallestOf } from '../../../numeric/extremes.js';
import type { Assembly } from '../../assembly.js';
import type { Sweep } from '../../points.js';
import type { Shard } from '../../shards.js';
import type { ShardStore } from '../../store.js';
import type { FailedShard } from '../run-local.js';
import { Backlog } from './backlog.js';
import { Collector } from './collector.js';
import type { Link } from './connection.js';
import { popTexts } from './guarded.js';
import { documentText, hashOf, KEEP_SECONDS, KEYS, MOST_TEXT, readNotice } from './names.js';
import { clearQueue, failedReason, newJob, ownJobs } from './own-jobs.js';
import type { Recheck } from './recheck.js';
import { Retries } from './retries.js';
import type { Vain } from './retries.js';
import type { Seal } from './seal.js';
import { MOST_SHARDS_A_JOB, MOST_SHARDS_QUEUED } from './tuning.js';
import type { QueueTuning } from './tuning.js';
import { WorkerWatch } from './workers.js';

/** Longest and shortest pause between two looks for notices, milliseconds, and notices taken at once. */
const PAUSE = 100;
const LEAST_PAUSE = 5;
const NOTICES = 100;

/** What a sweep's work is, and who is told of it. */
export interface SweepWork {
  readonly sweep: Sweep;
  /** By the key that workers share, if there is one. */
  readonly seal?: Seal | undefined;
  /** The folder's ledger, where results end. */
  readonly store: ShardStore;
  readonly assembly: Assembly;
  readonly signal: AbortSignal;
  /** Says what a person should know: no worker is there, the connection is lost. */
  readonly remark: (text: string) => void;
  readonly onProgress?: (progress: RunProgress) => void;
}

interface DriverParts extends SweepWork {
  readonly link: Link;
  readonly recheck: Recheck;
  readonly queue: Queue;
  readonly tuning: QueueTuning;
}

/** A job that workers have, or should have. */
interface Asked {
  readonly shards: readonly Shard[];
  /** When a worker was first seen at it, or it last gave a result. */
  heldAt: number | undefined;
  /**
   * Looks at which nobody was at it any more, and yet no result was there: folders that are shared show new files late.
   */
  looks: number;
}

export class Driver {
  readonly failed: FailedShard[] = [];
  private readonly asked = new Map<string, Asked>();
  private readonly backlog: Backlog;
  private readonly retries = new Retries();
  /** Shards whose results workers gave. */
  private readonly taken: Shard[] = [];
  private readonly collector: Collector;
  private stopped = false;
  private pause = LEAST_PAUSE;
  private readonly epoch = Date.now().toString(36);
  private readonly document: ReturnType<typeof documentText>;
  private readonly total: number;
  private readonly slots: number;
  private readonly start = performance.now();
  private jobs = 0;
  private readonly workers: WorkerWatch;
  private reconciledAt = -Infinity;

  constructor(
    private readonly shards: readonly Shard[],
    private readonly parts: DriverParts,
  ) {
    this.backlog = new Backlog(shards);
    this.document = documentText(parts.sweep.file);
    const { horizons } = parts.sweep.file;
    this.slots = horizons[horizons.length - 1];
    this.total = shards.reduce((sum, { paths }) => sum + paths * this.slots, 0);
    const { link, store, assembly, seal, remark, recheck, tuning } = parts;
    this.workers = new WorkerWatch(link, tuning.heartbeat, remark);
    this.collector = new Collector({
      ...link,
      ...{ store, assembly, seal, remark, sweep: this.document.sweep },
      onKept: (shard, result) => {
        this.taken.push(shard);
        recheck.take(shard, result);
      },
    });
  }

  /** The connection was lost and is back: who knows what was missed. */
  reconnected(): void {
    this.reconciledAt = -Infinity;
  }

  /** Begins nothing any more. */
  stop(): void {
    this.stopped = true;
  }

  async run(): Promise<void> {
    const { redis, patience } = this.parts.link;
    const { sweep } = this.document;
    // What an earlier driver was told of failures does not count any more.
    await patience.persist(() => redis.del(KEYS.failed(sweep), KEYS.deaths(sweep), KEYS.done(sweep)));
    await this.adopt();
    while (this.backlog.open.size > 0 && !this.isStopped) {
      await this.workers.look();
      if (performance.now() - this.reconciledAt >= this.parts.tuning.reconcileInterval) await this.reconcile();
      await this.fill();
      this.report();
      if (this.backlog.open.size > 0) await this.listen();
    }
    await this.takeBack();
    if (this.backlog.open.size === 0 && !this.isStopped) {
      const keys = [KEYS.document(sweep), KEYS.failed(sweep), KEYS.deaths(sweep), KEYS.done(sweep)];
      await patience.persist(() => redis.del(...keys));
      await this.finishRecheck();
      await clearQueue(this.parts.queue, redis, this.jobPrefix);
    }
    this.report();
  }

  /** Takes the jobs back that nobody has begun. */
  async takeBack(): Promise<void> {
    await Promise.all([...this.asked.keys()].map((id) => this.parts.queue.remove(id).catch(() => 0)));
  }

  /** All that workers gave counts as missing. */
  async putAside(): Promise<void> {
    await this.parts.store.putAside([...this.taken]);
  }

  private get isStopped(): boolean {
    return this.stopped || this.parts.signal.aborted;
  }

  /** How the names of this sweep's jobs begin. */
  private get jobPrefix(): string {
    return `${this.document.sweep.slice(0, 12)}-`;
  }

  private async finishRecheck(): Promise<void> {
    const { recheck, remark, signal } = this.parts;
    if (recheck.left > 0) remark(`${recheck.left} of the workers' shards are walked again here to check them`);
    await Promise.race([
      recheck.finish(),
      new Promise((resolve) => {
        signal.addEventListener('abort', resolve);
      }),
    ]);
  }

  /** Jobs of an earlier driver of this sweep, which ended without taking them back, go on as this one's. */
  private async adopt(): Promise<void> {
    await this.settle(this.shards);
    const { queue, link } = this.parts;
    for await (const { id, payload } of ownJobs(queue, link, this.document.sweep, this.jobPrefix)) {
      const shards = this.backlog.neighbours(payload.shards);
      if (hashOf(shards) === payload.hashes) this.asked.set(id, { shards, looks: 0, heldAt: undefined });
    }
    this.settleBacklog();
  }

  private settleBacklog(): void {
    this.backlog.settle(new Set([...this.asked.values()].flatMap(({ shards }) => shards)));
  }

  /** Takes shards off the list, save those that have no result. @returns why results were refused */
  private async settle(shards: readonly Shard[]): Promise<ReadonlyMap<Shard, string>> {
    const { missing, refused } = await this.collector.collect(shards);
    const left = new Set(missing);
    for (const shard of shards) if (!left.has(shard)) this.backlog.close(shard);
    for (const [shard, why] of refused) this.retries.refuse(shard, why);
    return refused;
  }

  /** Queues jobs up to the window, which bounds the results that wait in Redis as well. */
  private async fill(): Promise<void> {
    const { tuning, queue, seal, link } = this.parts;
    const workers = Math.max(1, this.workers.live.length);
    const window = tuning.jobsAhead * workers;
    const jobs: ReturnType<typeof newJob>[] = [];
    while (this.asked.size < window && this.backlog.length > 0) {
      const shards = this.backlog.cut(this.shardsOfJob(window, workers * tuning.concurrency));
      const id = `${this.jobPrefix}${this.epoch}-${this.jobs++}`;
      this.asked.set(id, { shards, looks: 0, heldAt: undefined });
      jobs.push(newJob(id, shards, this.document.sweep, seal));
    }
    // A name that is queued already is not queued again.
    if (jobs.length > 0) await link.patience.persist(() => queue.addBulk(jobs));
  }

  /**
   * Shards of the next job: as many as the slowest worker does in the time of one, and fewer towards the end, so that
   * all end together.
   */
  private shardsOfJob(window: number, hands: number): number {
    const { first, length } = this.backlog;
    const speeds = this.workers.live.map(({ speed }) => speed).filter((speed) => speed > 0);
    if (first === undefined || speeds.length === 0 || this.retries.has(first)) return 1;
    const inTime = (smallestOf(speeds) * this.parts.tuning.jobMilliseconds) / 1000 / (first.paths * this.slots);
    const fair = length / (2 * hands);
    return Math.max(1, Math.floor(Math.min(inTime, fair, MOST_SHARDS_A_JOB, MOST_SHARDS_QUEUED / window)));
  }

  /** Takes the notices that are there; where there is none, the wait is longer each time. */
  private async listen(): Promise<void> {
    const { redis, patience } = this.parts.link;
    const key = KEYS.done(this.document.sweep);
    const texts = await patience.persist(() => popTexts(redis, key, NOTICES, MOST_TEXT));
    for (const text of texts) {
      const notice = readNotice(text);
      if (notice !== undefined) await this.take(notice.job, this.backlog.neighbours(notice.shards));
    }
    this.pause = texts.length > 0 ? LEAST_PAUSE : Math.min(PAUSE, 2 * this.pause);
    if (texts.length === 0) await new Promise((resolve) => setTimeout(resolve, this.pause));
  }

  /**
   * What came of a job. One that left shards without result or failure stays asked for, until it is looked at again.
   *
   * @param said the shards that its notice names, which count only where the job is none of this driver's.
   */
  private async take(id: string, said: readonly Shard[] = []): Promise<readonly Shard[]> {
    const own = this.asked.get(id);
    const shards = own?.shards ?? said;
    const openBefore = this.backlog.open.size;
    const refused = await this.settle(shards);
    if (own === undefined) return [];
    if (this.backlog.open.size < openBefore) own.heldAt = undefined;
    let missing = shards.filter((shard) => this.backlog.open.has(shard));
    if (missing.length > 0) {
      for (const [shard, message] of await this.collector.failures(missing)) this.fail(shard, message);
      missing = missing.filter((shard) => this.backlog.open.has(shard));
    }
    // What was refused is gone: a job that says it is finished will not make it again.
    if (missing.length > 0 && missing.every((shard) => refused.has(shard))) {
      for (const shard of missing) this.askAgain(shard, 'refused');
      missing = [];
    }
    if (missing.length === 0) this.asked.delete(id);
    return missing;
  }

  private fail(shard: Shard, message: string): void {
    if (this.backlog.close(shard)) this.failed.push({ shard, message });
  }

  /** Compares the store with what was asked for. */
  private async reconcile(): Promise<void> {
    const { queue, link } = this.parts;
    const { redis, patience } = link;
    const { sweep, text } = this.document;
    await patience.persist(() => redis.set(KEYS.document(sweep), text, 'EX', KEEP_SECONDS));
    for (const [id, own] of [...this.asked]) {
      const missing = await this.take(id);
      if (missing.length === 0 || this.isStopped) continue;
      const state = await patience.persist(() => queue.getJobState(id));
      if (state === 'active') {
        this.watch(id, own, missing);
        continue;
      }
      own.heldAt = undefined;
      if (state !== 'completed' && state !== 'failed' && state !== 'unknown') {
        own.looks = 0;
        continue;
      }
      if (++own.looks < 2) continue;
      this.asked.delete(id);
      const why = state === 'failed' ? await patience.persist(() => failedReason(queue, redis, id)) : undefined;
      // Whatever hides where a result should be, a worker must not take it for one.
      await patience.persist(() => redis.del(...missing.map(({ hash }) => KEYS.result(hash))));
      for (const shard of missing) this.askAgain(shard, state, why);
    }
    this.settleBacklog();
    this.reconciledAt = performance.now();
  }

  /** A worker holds a job and may do so for ever: after a while its shards are asked for again, by whoever is free. */
  private watch(id: string, own: Asked, missing: readonly Shard[]): void {
    const { tuning, remark } = this.parts;
    const now = performance.now();
    own.heldAt ??= now;
    if (now - own.heldAt < this.retries.patience(missing, tuning.giveUp)) return;
    this.asked.delete(id);
    remark(
      `a worker has had ${missing.length} shards for ${Math.round((now - own.heldAt) / 1000)} s without a result ` +
        `(job ${id}): they are asked for again`,
    );
    this.retries.giveUp(missing);
    for (const shard of missing) this.backlog.add(shard);
  }

  private askAgain(shard: Shard, how: Vain, reason?: string): void {
    const enough = this.retries.count(shard, how, reason);
    if (enough === undefined) this.backlog.add(shard);
    else this.fail(shard, enough);
  }

  private report(): void {
    const elapsedSeconds = (performance.now() - this.start) / 1000;
    const progress: RunProgress = {
      done: this.backlog.paths * this.slots,
      total: this.total,
      paths: this.backlog.paths,
      elapsedSeconds,
    };
    this.parts.onProgress?.(progress);
  }
}
