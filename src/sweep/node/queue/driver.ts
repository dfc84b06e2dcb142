/**
 * The driver's loop. The set of valid results says what is done, never a job's state: states only say whether somebody is still at it. Notices of
 * finished jobs make it quick; comparing the store with what was asked for, now and then and after every lost connection, makes it sure.
 */
import type { Queue } from 'bullmq';
import type { RunProgress } from '../../../engine/backend.js';
import { VERSION } from '../../../version.js';
import type { Shard } from '../../shards.js';
import type { FailedShard } from '../run-local.js';
import { printable } from '../../../printable.js';
import { Collector } from './collector.js';
import type { Link } from './connection.js';
import type { QueueDrive } from './drive.js';
import { fieldsOf, popTexts } from './guarded.js';
import { clearQueue } from './leftovers.js';
import {
  documentText,
  hashOf,
  KEEP_SECONDS,
  KEYS,
  MOST_TEXT,
  readFailure,
  readNotice,
  readPayload,
  sealedPayload,
} from './names.js';
import type { Recheck } from './recheck.js';
import { ATTEMPTS, MOST_PAYLOAD, MOST_SHARDS_A_JOB, MOST_SHARDS_QUEUED } from './tuning.js';
import type { QueueTuning } from './tuning.js';
import { WorkerWatch } from './workers.js';

/** Longest and shortest pause between two looks for notices, milliseconds, and notices taken at once. */
const PAUSE = 100;
const LEAST_PAUSE = 5;
const NOTICES = 100;
/** Queued jobs that are looked through at once for those of an earlier driver. */
const PAGE = 500;

interface DriverParts extends Omit<QueueDrive, 'recheck'> {
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
  /** Looks at which nobody was at it any more, and yet no result was there: folders that are shared show new files late. */
  looks: number;
}

export class Driver {
  readonly failed: FailedShard[] = [];
  private readonly todo: Shard[];
  private readonly asked = new Map<string, Asked>();
  /** Shards without a result, and not failed. */
  private readonly open: Set<Shard>;
  private readonly byIndex: ReadonlyMap<number, Shard>;
  private readonly tries = new Map<Shard, number>();
  /** Why results of shards were refused last. */
  private readonly refused = new Map<Shard, string>();
  /** How often shards were asked for again because a worker held them for too long. */
  private readonly givenUp = new Map<Shard, number>();
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
  /** Paths of the shards that are finished or failed. */
  private paths = 0;
  private readonly workers: WorkerWatch;
  private reconciledAt = -Infinity;

  constructor(
    private readonly shards: readonly Shard[],
    private readonly parts: DriverParts,
  ) {
    this.todo = [...shards];
    this.open = new Set(shards);
    this.byIndex = new Map(shards.map((shard) => [shard.index, shard]));
    this.document = documentText(parts.sweep.file);
    const { horizons } = parts.sweep.file;
    this.slots = horizons[horizons.length - 1];
    this.total = shards.reduce((sum, { paths }) => sum + paths * this.slots, 0);
    const { link, store, assembly, seal, remark, recheck, tuning } = parts;
    this.workers = new WorkerWatch(link, tuning.heartbeat, remark);
    this.collector = new Collector({
      ...link,
      ...{ store, assembly, seal, remark },
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
    while (this.open.size > 0 && !this.isStopped) {
      await this.workers.look();
      if (performance.now() - this.reconciledAt >= this.parts.tuning.reconcileInterval) await this.reconcile();
      await this.fill();
      this.report();
      if (this.open.size > 0) await this.listen();
    }
    await this.takeBack();
    if (this.open.size === 0 && !this.isStopped) {
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
    for (const shard of this.taken) await this.parts.store.putAside(shard);
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
    if (recheck.left > 0) remark(`${recheck.left} of the workers' shards are walked again here, then the sweep is done`);
    await Promise.race([recheck.finish(), new Promise((resolve) => { signal.addEventListener('abort', resolve); })]);
  }

  /** Jobs of an earlier driver of this sweep, which ended without taking them back, go on as this one's. */
  private async adopt(): Promise<void> {
    await this.settle(this.shards);
    const { queue, link } = this.parts;
    for (let from = 0; from < MOST_SHARDS_QUEUED * 4; from += PAGE) {
      const jobs = await link.patience.persist(() => queue.getJobs(['wait', 'active', 'delayed'], from, from + PAGE - 1));
      for (const job of jobs) {
        // A job may be gone between its listing and its reading.
        const payload = readPayload((job as typeof job | undefined)?.data);
        if (payload?.sweep !== this.document.sweep || payload.batterywalk !== VERSION || job.id === undefined) continue;
        const shards = this.neighbours(payload.shards);
        if (job.id.startsWith(this.jobPrefix) && hashOf(shards) === payload.hashes) {
          this.asked.set(job.id, { shards, looks: 0, heldAt: undefined });
        }
      }
      if (jobs.length === 0) break;
    }
    const theirs = new Set([...this.asked.values()].flatMap(({ shards }) => shards));
    this.keepTodo((shard) => !theirs.has(shard));
  }

  private keepTodo(keep: (shard: Shard) => boolean): void {
    const kept = this.todo.filter((shard) => this.open.has(shard) && keep(shard));
    this.todo.length = 0;
    for (const shard of kept) this.todo.push(shard);
  }

  /** Of the shards that were asked for, those with indices from `first` on. */
  private neighbours([first, count]: readonly [number, number]): Shard[] {
    return Array.from({ length: count }, (_, i) => this.byIndex.get(first + i)).filter((shard) => shard !== undefined);
  }

  /** Takes shards off the list, save those that have no result. @returns why results were refused */
  private async settle(shards: readonly Shard[]): Promise<ReadonlyMap<Shard, string>> {
    const { missing, refused } = await this.collector.collect(shards);
    const left = new Set(missing);
    for (const shard of shards) if (!left.has(shard)) this.close(shard);
    for (const [shard, why] of refused) this.refused.set(shard, why);
    return refused;
  }

  /** Queues jobs up to the window, which bounds the results that wait in Redis as well. */
  private async fill(): Promise<void> {
    const { tuning, queue, seal, link } = this.parts;
    const workers = Math.max(1, this.workers.live.length);
    const window = tuning.jobsAhead * workers;
    const jobs: Parameters<Queue['addBulk']>[0] = [];
    while (this.asked.size < window && this.todo.length > 0) {
      const shards = this.cut(this.shardsOfJob(window, workers * tuning.concurrency));
      const [first] = shards;
      const id = `${this.jobPrefix}${this.epoch}-${this.jobs++}`;
      const data = sealedPayload(seal, {
        format: 1,
        batterywalk: VERSION,
        sweep: this.document.sweep,
        shards: [first.index, shards.length],
        hashes: hashOf(shards),
      });
      this.asked.set(id, { shards, looks: 0, heldAt: undefined });
      jobs.push({
        name: 'shards',
        data,
        opts: {
          jobId: id,
          attempts: ATTEMPTS,
          backoff: { type: 'fixed', delay: 200 },
          sizeLimit: MOST_PAYLOAD,
          stackTraceLimit: 1,
        },
      });
    }
    // A name that is queued already is not queued again.
    if (jobs.length > 0) await link.patience.persist(() => queue.addBulk(jobs));
  }

  /** Shards of the next job: as many as the slowest worker does in the time of one, and fewer towards the end, so that all end together. */
  private shardsOfJob(window: number, hands: number): number {
    const speeds = this.workers.live.map(({ speed }) => speed).filter((speed) => speed > 0);
    if (speeds.length === 0 || this.tries.has(this.todo[0])) return 1;
    const inTime = (Math.min(...speeds) * this.parts.tuning.jobMilliseconds) / 1000 / (this.todo[0].paths * this.slots);
    const fair = this.todo.length / (2 * hands);
    return Math.max(1, Math.floor(Math.min(inTime, fair, MOST_SHARDS_A_JOB, MOST_SHARDS_QUEUED / window)));
  }

  /** Takes at most `most` shards from the list, neighbours in the sweep. */
  private cut(most: number): Shard[] {
    let count = 1;
    while (count < most && count < this.todo.length && this.todo[count].index === this.todo[0].index + count) count++;
    return this.todo.splice(0, count);
  }

  /** Takes the notices that are there; where there is none, the wait is longer each time. */
  private async listen(): Promise<void> {
    const { redis, patience } = this.parts.link;
    const key = KEYS.done(this.document.sweep);
    const texts = await patience.persist(() => popTexts(redis, key, NOTICES, MOST_TEXT));
    for (const text of texts) {
      const notice = readNotice(text);
      if (notice !== undefined) await this.take(notice.job, this.neighbours(notice.shards));
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
    const openBefore = this.open.size;
    const refused = await this.settle(shards);
    if (own === undefined) return [];
    if (this.open.size < openBefore) own.heldAt = undefined;
    let missing = shards.filter((shard) => this.open.has(shard));
    if (missing.length > 0) {
      await this.readFailures(missing);
      missing = missing.filter((shard) => this.open.has(shard));
    }
    // What was refused is gone: a job that says it is finished will not make it again.
    if (missing.length > 0 && missing.every((shard) => refused.has(shard))) {
      for (const shard of missing) this.askAgain(shard, 'refused', undefined);
      missing = [];
    }
    if (missing.length === 0) this.asked.delete(id);
    return missing;
  }

  private async readFailures(shards: readonly Shard[]): Promise<void> {
    const { seal, link } = this.parts;
    const { sweep } = this.document;
    const fields = shards.map(({ index }) => String(index));
    const found = await link.patience.persist(() => fieldsOf(link.redis, KEYS.failed(sweep), fields, MOST_TEXT));
    for (const shard of shards) {
      const message = readFailure(seal, sweep, shard.index, found.get(String(shard.index)) ?? '');
      if (message !== undefined) this.fail(shard, message);
    }
  }

  private fail(shard: Shard, message: string): void {
    if (this.close(shard)) this.failed.push({ shard, message });
  }

  private close(shard: Shard): boolean {
    if (!this.open.delete(shard)) return false;
    this.paths += shard.paths;
    return true;
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
      const over = state === 'completed' || state === 'failed' || state === 'unknown';
      own.looks = over ? own.looks + 1 : 0;
      if (own.looks < 2) continue;
      this.asked.delete(id);
      const job = state === 'failed' ? await patience.persist(() => queue.getJob(id)) : undefined;
      // Whatever hides where a result should be, a worker must not take it for one.
      await patience.persist(() => redis.del(...missing.map(({ hash }) => KEYS.result(hash))));
      for (const shard of missing) this.askAgain(shard, state, job?.failedReason);
    }
    this.keepTodo(() => true);
    // None may be lost between the two, whatever went wrong.
    const known = new Set([...this.todo, ...[...this.asked.values()].flatMap(({ shards }) => shards)]);
    for (const shard of this.open) if (!known.has(shard)) this.todo.push(shard);
    this.todo.sort((a, b) => a.index - b.index);
    this.reconciledAt = performance.now();
  }

  /** A worker holds a job and may do so for ever: after a while its shards are asked for again, by whoever is free. */
  private watch(id: string, own: Asked, missing: readonly Shard[]): void {
    const { tuning, remark } = this.parts;
    const now = performance.now();
    own.heldAt ??= now;
    const times = Math.max(...missing.map((shard) => this.givenUp.get(shard) ?? 0));
    if (now - own.heldAt < tuning.giveUp * 2 ** times) return;
    this.asked.delete(id);
    remark(
      `a worker has had ${missing.length} shards for ${Math.round((now - own.heldAt) / 1000)} s without a result ` +
        `(job ${id}): they are asked for again`,
    );
    for (const shard of missing) {
      this.givenUp.set(shard, times + 1);
      this.enqueue(shard);
    }
  }

  private askAgain(shard: Shard, state: string, reason: string | undefined): void {
    // A server that lost its memory is no fault of the shard.
    const tries = (this.tries.get(shard) ?? 0) + (state === 'unknown' ? 0 : 1);
    if (tries >= ATTEMPTS) {
      const why = this.refused.get(shard) ?? (reason === undefined ? undefined : printable(reason));
      this.fail(shard, why ?? 'workers say that it is finished, and its result is not there; is their --out this folder?');
      return;
    }
    if (tries > 0) this.tries.set(shard, tries);
    this.enqueue(shard);
  }

  private enqueue(shard: Shard): void {
    if (this.todo.includes(shard)) return;
    this.todo.unshift(shard);
    this.todo.sort((a, b) => a.index - b.index);
  }

  private report(): void {
    const elapsedSeconds = (performance.now() - this.start) / 1000;
    const progress: RunProgress = {
      done: this.paths * this.slots,
      total: this.total,
      paths: this.paths,
      elapsedSeconds,
    };
    this.parts.onProgress?.(progress);
  }
}
