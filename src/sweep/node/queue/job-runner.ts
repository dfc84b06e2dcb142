/**
 * One job after the other, from its payload to its notice. A job whose worker ended is run shard by shard, each alone
 * and counted before it starts: so a shard that ends every worker is found, told by name, and left out. A job that is
 * not for this worker is set aside.
 */
import { WaitingError } from 'bullmq';
import type { Job } from 'bullmq';
import { BatterywalkError, InputError } from '../../../errors.js';
import { append } from '../../../numeric/extremes.js';
import { sha256Text } from '../../../hash.js';
import { Asides, mismatch, NotOurs, versionOf } from './asides.js';
import type { Link } from './connection.js';
import type { EngineLink, Outcome } from './engine-link.js';
import { fieldsOf, replacing, valuesOf } from './guarded.js';
import {
  failureText,
  hashOf,
  isSealedPayload,
  KEEP_SECONDS,
  KEYS,
  MOST_DOCUMENT,
  MOST_TEXT,
  readPayload,
} from './names.js';
import type { Notice, Payload } from './names.js';
import { answersOf } from './patience.js';
import { sealedResult } from './seal.js';
import type { Seal } from './seal.js';
import { Turnstile } from './turnstile.js';
import { MOST_DEATHS, SWEEPS_KEPT } from './tuning.js';

interface RunnerParts {
  readonly link: Link;
  readonly engine: EngineLink;
  readonly seal: Seal | undefined;
  readonly remark: (text: string) => void;
  readonly onProgress: (progress: { done: number; total: number; rate: number }) => void;
}

export class JobRunner {
  /** Shards finished, and taken. */
  done = 0;
  private taken = 0;
  private readonly start = performance.now();
  private stopped = false;
  private readonly hashes = new Map<string, readonly string[]>();
  private readonly turnstile = new Turnstile();
  private readonly asides: Asides;

  constructor(private readonly parts: RunnerParts) {
    this.asides = new Asides(parts.link, parts.remark);
  }

  /** Times that a job was set aside. */
  get aside(): number {
    return this.asides.times;
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
      if (error instanceof NotOurs) return this.asides.setAside(job, token, error.message);
      // The engine is broken, or this worker is not the one for it; other errors are the job's own.
      if (error instanceof BatterywalkError) return putBack(job, token);
      throw error;
    }
  }

  private async work(job: Job<unknown>, token: string | undefined): Promise<void> {
    const payload = this.payloadOf(job);
    const hashes = await this.hashesOf(payload);
    // The driver has ended and taken its document with it.
    if (hashes === undefined) return;
    const [first, count] = payload.shards;
    const own = hashes.slice(first, first + count);
    if (own.length < count || hashOf(own.map((hash) => ({ hash }))) !== payload.hashes) {
      throw new NotOurs(mismatch(payload.batterywalk));
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

  /** @throws {NotOurs} */
  private payloadOf(job: Job<unknown>): Payload {
    const payload = readPayload(job.data);
    if (payload === undefined) throw new NotOurs(mismatch(versionOf(job.data), 'its job has another form'));
    if (!isSealedPayload(this.parts.seal, payload)) {
      throw new NotOurs('its seal is missing or another, expected one by the key of this worker');
    }
    return payload;
  }

  private progress(): void {
    const rate = this.done / ((performance.now() - this.start) / 1000);
    this.parts.onProgress({ done: this.done, total: this.taken, rate });
  }

  /** Shards of a job whose results are not on their way already. */
  private async missing({ shards: [first, count] }: Payload, hashes: readonly string[]): Promise<number[]> {
    const { redis, patience } = this.parts.link;
    const indices = Array.from({ length: count }, (_, i) => first + i);
    const answers = await patience.persist(() => {
      const there = redis.pipeline();
      for (const index of indices) there.exists(KEYS.result(hashes[index]));
      return answersOf(there.exec());
    });
    return indices.filter((_, i) => answers[i] !== 1);
  }

  private async deathsOf(sweep: string, indices: readonly number[]): Promise<number[]> {
    const { redis, patience } = this.parts.link;
    const fields = indices.map(String);
    const found = await patience.persist(() => fieldsOf(redis, KEYS.deaths(sweep), fields, MOST_TEXT));
    return fields.map((field) => Number(found.get(field) ?? 0));
  }

  private async runTogether(
    payload: Payload,
    hashes: readonly string[],
    indices: readonly number[],
  ): Promise<readonly number[]> {
    if (indices.length === 0) return [];
    const { sweep } = payload;
    const outcome = await this.turnstile
      .enter(false, () => this.parts.engine.run(sweep, indices))
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
        await this.tellFailure(sweep, index, message);
      } else {
        const outcome = await this.turnstile.enter(true, async () => {
          await this.count(sweep, [index], 1);
          try {
            return await this.parts.engine.run(sweep, [index]);
          } catch (error) {
            if (error instanceof InputError) await this.count(sweep, [index], -1);
            throw error;
          }
        });
        append(left, await this.keep(payload, hashes, outcome));
        await this.count(sweep, [index], -1);
      }
    }
    return left;
  }

  private async count(sweep: string, indices: readonly number[], by: 1 | -1): Promise<void> {
    const { redis, patience } = this.parts.link;
    const key = KEYS.deaths(sweep);
    await patience.persist(async () => {
      const counts = redis.pipeline();
      for (const index of indices) counts.hincrby(key, String(index), by);
      counts.expire(key, KEEP_SECONDS);
      try {
        await answersOf(counts.exec());
      } catch (error) {
        // What stands there is no count, and nobody's.
        if (!/not an integer|WRONGTYPE|overflow/.test(String(error))) throw error;
        await redis.del(key);
      }
    });
  }

  /** Hands results on. @returns the shards that were not begun. */
  private async keep(
    { sweep }: Payload,
    hashes: readonly string[],
    { results, failed, left, forgotten }: Outcome,
  ): Promise<readonly number[]> {
    const { redis, patience } = this.parts.link;
    const { seal } = this.parts;
    if (forgotten) this.hashes.delete(sweep);
    const found = [...results].filter(([, bytes]) => bytes !== undefined);
    // Whoever drives has an end behind it where its document is gone: nobody would fetch what comes now.
    if (found.length > 0 && (await patience.persist(() => redis.exists(KEYS.document(sweep)))) === 1) {
      await patience.persist(() => {
        const writes = redis.pipeline();
        for (const [index, bytes] of found) {
          if (bytes === undefined) continue;
          writes.set(KEYS.result(hashes[index]), sealedResult(seal, hashes[index], bytes), 'EX', KEEP_SECONDS);
        }
        return answersOf(writes.exec());
      });
    }
    for (const [index, message] of failed) await this.tellFailure(sweep, index, message);
    this.done += results.size;
    this.taken -= left.length + failed.size;
    this.progress();
    return left;
  }

  private async tellFailure(sweep: string, index: number, message: string): Promise<void> {
    const { redis } = this.parts.link;
    const key = KEYS.failed(sweep);
    const text = failureText(this.parts.seal, sweep, index, message);
    await replacing(this.parts.link, key, () =>
      answersOf(redis.pipeline().hset(key, String(index), text).expire(key, KEEP_SECONDS).exec()),
    );
  }

  private async tell({ sweep, shards }: Payload, id: string): Promise<void> {
    const { redis } = this.parts.link;
    const key = KEYS.done(sweep);
    const notice: Notice = { job: id, shards };
    await replacing(this.parts.link, key, () =>
      answersOf(redis.pipeline().rpush(key, JSON.stringify(notice)).expire(key, KEEP_SECONDS).exec()),
    );
  }

  /** Hashes of all shards of a sweep; nothing where its document is gone. */
  private async hashesOf({ sweep, batterywalk }: Payload): Promise<readonly string[] | undefined> {
    const known = this.hashes.get(sweep);
    if (known !== undefined) return known;
    const { redis, patience } = this.parts.link;
    const [found] = await patience.persist(() => valuesOf(redis, [KEYS.document(sweep)], MOST_DOCUMENT));
    if (found === undefined) return undefined;
    const text = found.toString();
    // Somebody else's text: the driver puts its own there again.
    if (found === 'unfit' || sha256Text(text) !== sweep)
      throw new NotOurs('the sweep in Redis is not the one that it names');
    const hashes = await this.parts.engine.plan(sweep, text);
    // The driver could plan it.
    if (typeof hashes === 'string') throw new NotOurs(mismatch(batterywalk, hashes));
    // As many as the engine keeps, and the same ones.
    this.hashes.delete(sweep);
    for (const oldest of this.hashes.keys()) if (this.hashes.size >= SWEEPS_KEPT) this.hashes.delete(oldest);
    this.hashes.set(sweep, hashes);
    return hashes;
  }
}

/** Gives a job back; others find it first in the line. */
async function putBack(job: Job<unknown>, token: string | undefined): Promise<never> {
  await job.moveToWait(token);
  throw new WaitingError();
}
