/**
 * One job after the other, from its payload to its notice. A job whose worker ended is run shard by shard, each alone and counted before it starts: so a
 * shard that ends every worker is found, told by name, and left out.
 */
import { WaitingError } from 'bullmq';
import type { Job } from 'bullmq';
import type { Redis } from 'ioredis';
import { BatterywalkError, InputError } from '../../../errors.js';
import { VERSION } from '../../../version.js';
import type { EngineLink, Outcome } from './engine-link.js';
import { hashOf, KEEP_SECONDS, KEYS, readPayload } from './names.js';
import type { Notice, Payload } from './names.js';
import { Turnstile } from './turnstile.js';
import { MOST_DEATHS, SWEEPS_KEPT } from './tuning.js';

export class JobRunner {
  /** Shards finished, and taken. */
  done = 0;
  private taken = 0;
  private readonly start = performance.now();
  /** Rejects when this worker cannot do what the driver asks. */
  readonly refused: Promise<never>;
  private refuse: (error: Error) => void = () => undefined;
  private stopped = false;
  private readonly hashes = new Map<string, readonly string[]>();
  private readonly turnstile = new Turnstile();

  constructor(
    private readonly redis: Redis,
    private readonly engine: EngineLink,
    private readonly onProgress: (progress: { done: number; total: number; rate: number }) => void,
  ) {
    this.refused = new Promise((_, reject) => (this.refuse = reject));
    this.refused.catch(() => undefined);
  }

  /** Begins nothing any more. */
  stop(): void {
    this.stopped = true;
  }

  async process(job: Job<unknown>, token: string | undefined): Promise<void> {
    if (this.stopped) return putBack(job, token);
    try {
      await this.work(job, token);
    } catch (error) {
      // The engine is broken, or this worker is not the one for it; other errors are the job's own.
      if (error instanceof BatterywalkError) return putBack(job, token);
      throw error;
    }
  }

  private async work(job: Job<unknown>, token: string | undefined): Promise<void> {
    const payload = readPayload(job.data);
    if (payload === undefined) throw this.leave(versionOf(job.data));
    const hashes = await this.hashesOf(payload);
    // The driver has ended and taken its document with it.
    if (hashes === undefined) return;
    const [first, count] = payload.shards;
    const own = hashes.slice(first, first + count);
    if (hashOf(own.map((hash) => ({ hash }))) !== payload.hashes) {
      throw this.leave(payload.batterywalk);
    }
    const indices = await this.missing(payload, hashes);
    this.taken += indices.length;
    this.progress();
    const deaths = await this.deathsOf(payload.sweep, indices);
    const suspected = job.stalledCounter > 0 || deaths.some((n) => n > 0);
    const left = suspected
      ? await this.runAlone(payload, hashes, indices, deaths)
      : await this.runTogether(payload, hashes, indices);
    if (left.length > 0) return putBack(job, token);
    await this.tell(payload, job.id ?? '');
  }

  private progress(): void {
    const rate = this.done / ((performance.now() - this.start) / 1000);
    this.onProgress({ done: this.done, total: this.taken, rate });
  }

  /** Shards of a job whose results are not on their way already. */
  private async missing({ shards: [first, count] }: Payload, hashes: readonly string[]): Promise<number[]> {
    const there = this.redis.pipeline();
    const indices = Array.from({ length: count }, (_, i) => first + i);
    for (const index of indices) there.exists(KEYS.result(hashes[index]));
    const answers = (await there.exec()) ?? [];
    return indices.filter((_, i) => answers[i]?.[1] !== 1);
  }

  private async deathsOf(sweep: string, indices: readonly number[]): Promise<number[]> {
    if (indices.length === 0) return [];
    const found = await this.redis.hmget(KEYS.deaths(sweep), ...indices.map(String));
    return found.map((text) => Number(text ?? 0));
  }

  private async runTogether(
    payload: Payload,
    hashes: readonly string[],
    indices: readonly number[],
  ): Promise<readonly number[]> {
    if (indices.length === 0) return [];
    const { sweep } = payload;
    const outcome = await this.turnstile
      .enter(false, () => this.engine.run(sweep, indices))
      .catch(async (error: unknown) => {
        // One of them may be what broke the device. A folder that takes nothing is no shard's fault.
        if (!(error instanceof InputError)) await this.count(sweep, indices, 1);
        throw error;
      });
    return this.keep(payload, hashes, outcome);
  }

  private async runAlone(
    payload: Payload,
    hashes: readonly string[],
    indices: readonly number[],
    deaths: readonly number[],
  ): Promise<readonly number[]> {
    const { sweep } = payload;
    const left: number[] = [];
    for (const [i, index] of indices.entries()) {
      if (this.stopped) {
        left.push(index);
      } else if (deaths[i] >= MOST_DEATHS) {
        const message = `every worker that ran it ended (${deaths[i] + 1} of them): killed, out of memory, or its device lost`;
        await this.redis.hset(KEYS.failed(sweep), String(index), message);
      } else {
        const outcome = await this.turnstile.enter(true, async () => {
          await this.count(sweep, [index], 1);
          try {
            return await this.engine.run(sweep, [index]);
          } catch (error) {
            if (error instanceof InputError) await this.count(sweep, [index], -1);
            throw error;
          }
        });
        left.push(...(await this.keep(payload, hashes, outcome)));
        await this.count(sweep, [index], -1);
      }
    }
    return left;
  }

  private async count(sweep: string, indices: readonly number[], by: 1 | -1): Promise<void> {
    const counts = this.redis.pipeline();
    for (const index of indices) counts.hincrby(KEYS.deaths(sweep), String(index), by);
    counts.expire(KEYS.deaths(sweep), KEEP_SECONDS);
    await counts.exec();
  }

  /** Hands results on. @returns the shards that were not begun. */
  private async keep(
    { sweep }: Payload,
    hashes: readonly string[],
    { results, failed, left }: Outcome,
  ): Promise<readonly number[]> {
    const writes = this.redis.pipeline();
    for (const [index, bytes] of results) {
      if (bytes !== undefined) writes.set(KEYS.result(hashes[index]), Buffer.from(bytes), 'EX', KEEP_SECONDS);
    }
    for (const [index, message] of failed) writes.hset(KEYS.failed(sweep), String(index), message);
    if (failed.size > 0) writes.expire(KEYS.failed(sweep), KEEP_SECONDS);
    for (const [error] of (await writes.exec()) ?? []) if (error !== null) throw error;
    this.done += results.size;
    this.taken -= left.length + failed.size;
    this.progress();
    return left;
  }

  private async tell({ sweep, shards }: Payload, id: string): Promise<void> {
    const notice: Notice = { job: id, shards };
    await this.redis
      .pipeline()
      .rpush(KEYS.done(sweep), JSON.stringify(notice))
      .expire(KEYS.done(sweep), KEEP_SECONDS)
      .exec();
  }

  /** Hashes of all shards of a sweep; nothing where its document is gone. */
  private async hashesOf({ sweep, batterywalk }: Payload): Promise<readonly string[] | undefined> {
    const known = this.hashes.get(sweep);
    if (known !== undefined) return known;
    const text = await this.redis.get(KEYS.document(sweep));
    if (text === null) return undefined;
    const hashes = await this.engine.plan(sweep, text);
    if (typeof hashes === 'string') {
      // The driver could plan it.
      throw this.leave(batterywalk, hashes);
    }
    // As many as the engine keeps, and the same ones.
    for (const oldest of this.hashes.keys()) if (this.hashes.size >= SWEEPS_KEPT) this.hashes.delete(oldest);
    this.hashes.set(sweep, hashes);
    return hashes;
  }

  /** This worker is of another version: it goes, the job stays for others. */
  private leave(driver: string, why?: string): InputError {
    this.stopped = true;
    const error = mismatch(driver, why);
    this.refuse(error);
    return error;
  }
}

/** Gives a job back; others find it first in the line. */
async function putBack(job: Job<unknown>, token: string | undefined): Promise<never> {
  await job.moveToWait(token);
  throw new WaitingError();
}

function versionOf(data: unknown): string {
  const found = typeof data === 'object' && data !== null && 'batterywalk' in data ? data.batterywalk : undefined;
  return typeof found === 'string' ? found : 'an unknown version';
}

function mismatch(driver: string, why = 'their shards differ'): InputError {
  const ours = driver === VERSION ? `${VERSION} of another build` : VERSION;
  return new InputError(
    `--queue: the driver is batterywalk ${driver}, this worker is ${ours} (${why}), expected the same version on both sides; its jobs are left to others`,
    '--queue',
  );
}
