/**
 * The driver's loop. The set of valid results says what is done, never a job's state: states only say whether somebody is still at it. Notices of
 * finished jobs make it quick; comparing the store with what was asked for, now and then and after every lost connection, makes it sure.
 */
import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import type { RunProgress } from '../../../engine/backend.js';
import { VERSION } from '../../../version.js';
import type { Shard } from '../../shards.js';
import type { FailedShard } from '../run-local.js';
import { collect } from './collector.js';
import type { QueueDrive } from './drive.js';
import { hashOf, KEEP_SECONDS, KEYS, documentText, readNotice, readPayload } from './names.js';
import type { Payload } from './names.js';
import { ATTEMPTS, MOST_PAYLOAD, MOST_SHARDS_A_JOB, MOST_SHARDS_QUEUED } from './tuning.js';
import type { QueueTuning } from './tuning.js';
import { liveWorkers } from './workers.js';
import type { WorkerSign } from './names.js';

/** Seconds that one wait for a notice lasts, and notices taken at once. */
const WAIT_SECONDS = 1;
const NOTICES = 100;
/** Signs of life that are waited for before a lack of workers is told. */
const GRACE = 3;

interface DriverParts extends QueueDrive {
  readonly redis: Redis;
  readonly listener: Redis;
  readonly queue: Queue;
  readonly shown: string;
  readonly tuning: QueueTuning;
}

/** A job that workers have, or should have. */
interface Asked {
  readonly shards: readonly Shard[];
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
  private readonly epoch = Date.now().toString(36);
  private readonly document: ReturnType<typeof documentText>;
  private readonly total: number;
  private readonly slots: number;
  private readonly start = performance.now();
  private jobs = 0;
  /** Paths of the shards that are finished or failed. */
  private paths = 0;
  private workers: readonly WorkerSign[] = [];
  private workersAt = -Infinity;
  private reconciledAt = -Infinity;
  private told = '';

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
  }

  /** The connection was lost and is back: who knows what was missed. */
  reconnected(): void {
    this.reconciledAt = -Infinity;
  }

  async run(): Promise<void> {
    const { signal, redis } = this.parts;
    const { sweep } = this.document;
    // What an earlier driver was told of failures does not count any more.
    await redis.del(KEYS.failed(sweep), KEYS.deaths(sweep), KEYS.done(sweep));
    await this.adopt();
    while (this.open.size > 0 && !signal.aborted) {
      await this.lookAtWorkers();
      if (performance.now() - this.reconciledAt >= this.parts.tuning.reconcileInterval) await this.reconcile();
      await this.fill();
      this.report();
      if (this.open.size > 0) await this.listen();
    }
    await this.takeBack();
    if (this.open.size === 0) {
      await redis.del(KEYS.document(sweep), KEYS.failed(sweep), KEYS.deaths(sweep), KEYS.done(sweep));
    }
    this.report();
  }

  /** Takes the jobs back that nobody has begun. */
  async takeBack(): Promise<void> {
    await Promise.all([...this.asked.keys()].map((id) => this.parts.queue.remove(id).catch(() => 0)));
  }

  /** Jobs of an earlier driver of this sweep, which ended without taking them back, go on as this one's. */
  private async adopt(): Promise<void> {
    this.settle(this.shards, await this.collect(this.shards));
    for (const job of await this.parts.queue.getJobs(['wait', 'active', 'delayed'])) {
      const payload = readPayload(job.data);
      if (payload?.sweep !== this.document.sweep || payload.batterywalk !== VERSION || job.id === undefined) continue;
      this.asked.set(job.id, { shards: this.neighbours(payload.shards), looks: 0 });
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

  private collect(shards: readonly Shard[]): Promise<Shard[]> {
    return collect(this.parts.redis, shards, this.parts);
  }

  /** Takes shards off the list, save those that are missing. */
  private settle(shards: readonly Shard[], missing: readonly Shard[]): void {
    const left = new Set(missing);
    for (const shard of shards) if (!left.has(shard)) this.close(shard);
  }

  /** Queues jobs up to the window, which bounds the results that wait in Redis as well. */
  private async fill(): Promise<void> {
    const { tuning, queue } = this.parts;
    const workers = Math.max(1, this.workers.length);
    const window = tuning.jobsAhead * workers;
    const jobs: Parameters<Queue['addBulk']>[0] = [];
    while (this.asked.size < window && this.todo.length > 0) {
      const shards = this.cut(this.shardsOfJob(window, workers * tuning.concurrency));
      const [first] = shards;
      const id = `${this.document.sweep.slice(0, 12)}-${this.epoch}-${this.jobs++}`;
      const data: Payload = {
        format: 1,
        batterywalk: VERSION,
        sweep: this.document.sweep,
        shards: [first.index, shards.length],
        hashes: hashOf(shards),
      };
      this.asked.set(id, { shards, looks: 0 });
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
    if (jobs.length > 0) await queue.addBulk(jobs);
  }

  /** Shards of the next job: as many as the slowest worker does in the time of one, and fewer towards the end, so that all end together. */
  private shardsOfJob(window: number, hands: number): number {
    const speeds = this.workers.map(({ speed }) => speed).filter((speed) => speed > 0);
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

  /** Waits for a notice, and takes all that are there. */
  private async listen(): Promise<void> {
    const { redis, listener, signal } = this.parts;
    const key = KEYS.done(this.document.sweep);
    const first = await listener.blpop(key, WAIT_SECONDS).catch((error: unknown) => {
      if (signal.aborted) return null;
      throw error;
    });
    if (first === null) return;
    const more = (await redis.lpop(key, NOTICES)) ?? [];
    for (const text of [first[1], ...more]) {
      const notice = readNotice(text);
      if (notice === undefined) continue;
      await this.take(notice.job, this.neighbours(notice.shards));
    }
  }

  /** What came of a job. One that left shards without result or failure stays asked for, until it is looked at again. */
  private async take(id: string, shards: readonly Shard[]): Promise<Shard[]> {
    this.settle(shards, await this.collect(shards));
    let missing = shards.filter((shard) => this.open.has(shard));
    if (missing.length > 0) {
      await this.readFailures();
      missing = missing.filter((shard) => this.open.has(shard));
    }
    if (missing.length === 0) this.asked.delete(id);
    return missing;
  }

  private async readFailures(): Promise<void> {
    const found = await this.parts.redis.hgetall(KEYS.failed(this.document.sweep));
    for (const [index, message] of Object.entries(found)) {
      const shard = this.byIndex.get(Number(index));
      if (shard !== undefined) this.fail(shard, message);
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
    const { redis, queue } = this.parts;
    const { sweep, text } = this.document;
    await redis.set(KEYS.document(sweep), text, 'EX', KEEP_SECONDS);
    for (const [id, own] of [...this.asked]) {
      const missing = await this.take(id, own.shards);
      if (missing.length === 0) continue;
      const state = await queue.getJobState(id);
      const over = state === 'completed' || state === 'failed' || state === 'unknown';
      own.looks = over ? own.looks + 1 : 0;
      if (own.looks < 2) continue;
      this.asked.delete(id);
      const reason = state === 'failed' ? (await queue.getJob(id))?.failedReason : undefined;
      for (const shard of missing) this.askAgain(shard, state, reason);
    }
    this.keepTodo(() => true);
    this.reconciledAt = performance.now();
  }

  private askAgain(shard: Shard, state: string, reason: string | undefined): void {
    // A server that lost its memory is no fault of the shard.
    const tries = (this.tries.get(shard) ?? 0) + (state === 'unknown' ? 0 : 1);
    if (tries >= ATTEMPTS) {
      this.fail(
        shard,
        reason ?? 'workers say that it is finished, and its result is not there; is their --out this folder?',
      );
      return;
    }
    if (tries > 0) this.tries.set(shard, tries);
    this.todo.unshift(shard);
    this.todo.sort((a, b) => a.index - b.index);
  }

  /** Who is there, and what a person should know of it. */
  private async lookAtWorkers(): Promise<void> {
    const { tuning, redis, remark, shown } = this.parts;
    const now = performance.now();
    if (now - this.workersAt < tuning.heartbeat) return;
    this.workersAt = now;
    this.workers = await liveWorkers(redis, tuning.heartbeat);
    if (this.workers.length === 0 && now - this.start < GRACE * tuning.heartbeat) return;
    const others = this.workers.find(({ batterywalk }) => batterywalk !== VERSION);
    const devices = this.workers.map(({ device }) => device).sort();
    const text =
      devices.length === 0
        ? `no worker is at ${shown}; start one with: batterywalk worker --queue URL`
        : `${devices.length} ${devices.length === 1 ? 'worker' : 'workers'}: ${devices.join('; ')}`;
    const wrong =
      others === undefined ? '' : `; ${others.host} has batterywalk ${others.batterywalk}, expected ${VERSION} as here`;
    if (this.told === text + wrong) return;
    this.told = text + wrong;
    remark(text + wrong);
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
