/**
 * The driver's own look at what workers say: it walks some of their shards again, picked at random when their results
 * come, and compares all integers. Forged counts and a device that errs are found so; nothing else finds them.
 */
import { randomInt } from 'node:crypto';
import type { Backend } from '../../../engine/backend.js';
import { partialsSha256 } from '../../../engine/partials-codec.js';
import { BackendError } from '../../../errors.js';
import type { BatterywalkError } from '../../../errors.js';
import { runShards } from '../../run-shards.js';
import type { ShardResult } from '../../shard-result.js';
import type { Shard } from '../../shards.js';

export interface RecheckPlan {
  /** Share of the shards that are walked again, 0 to 1; above 0 at least one of them is. */
  readonly share: number;
  /** Opens what walks them; it is given back at the end. */
  open(): Promise<Backend>;
}

/** Shards that wait to be walked, at most: results come faster than one processor walks. */
const MOST_WAITING = 64;

export class Recheck {
  /** Shards that were walked again and found equal. */
  done = 0;
  /** A shard was walked again and differs. */
  hasDiffered = false;
  /** Rejects where a shard differs, or none can be walked here. */
  readonly differs: Promise<never>;
  private report: (error: Error) => void = () => undefined;
  private readonly waiting: { readonly shard: Shard; readonly result: ShardResult }[] = [];
  private seen = 0;
  private picked = 0;
  private running: Promise<void> | undefined;
  private backend: Promise<Backend> | undefined;
  private readonly stop = new AbortController();
  /** The first shard that is picked, whatever chance says: small sweeps have one, too. */
  private readonly first: number;

  /** @param expected shards whose results are to come. */
  constructor(
    private readonly plan: RecheckPlan,
    expected: number,
  ) {
    this.differs = new Promise((_, reject) => (this.report = reject));
    this.differs.catch(() => undefined);
    this.first = expected > 0 ? randomInt(expected) : 0;
  }

  /** A result that a worker gave. */
  take(shard: Shard, result: ShardResult): void {
    const isFirst = this.seen++ === this.first;
    const { share } = this.plan;
    if (share === 0 || this.stop.signal.aborted) return;
    if (!isFirst && (this.waiting.length >= MOST_WAITING || randomInt(2 ** 32) >= share * 2 ** 32)) return;
    this.picked++;
    this.waiting.push({ shard, result });
    this.running ??= this.work().finally(() => (this.running = undefined));
  }

  /** Shards that were picked and are not walked yet. */
  get left(): number {
    return this.picked - this.done;
  }

  /** Resolves when all that were picked are walked. */
  async finish(): Promise<void> {
    while (this.running !== undefined) await this.running;
  }

  async close(): Promise<void> {
    this.stop.abort();
    await this.finish().catch(() => undefined);
    const backend = await this.backend?.catch(() => undefined);
    await backend?.release();
  }

  private async work(): Promise<void> {
    try {
      const backend = await (this.backend ??= this.plan.open());
      for (let next = this.waiting.shift(); next !== undefined; next = this.waiting.shift()) {
        if (this.stop.signal.aborted) return;
        await this.walk(backend, next.shard, next.result);
      }
    } catch (error) {
      this.report(error instanceof Error ? error : new Error(String(error)));
      this.waiting.length = 0;
    }
  }

  /** @throws {BackendError} where what comes differs */
  private async walk(backend: Backend, shard: Shard, theirs: ShardResult): Promise<void> {
    const found: { own?: ShardResult; failure?: BatterywalkError } = {};
    await runShards(backend, [shard], {
      horizons: shard.horizons,
      signal: this.stop.signal,
      onResult: (_, result) => (found.own = result),
      onFailure: (_, error) => (found.failure = error),
    });
    if (this.stop.signal.aborted) return;
    const { own, failure } = found;
    if (own !== undefined && sameResult(own, theirs)) {
      this.done++;
      return;
    }
    this.hasDiffered = true;
    const why = failure === undefined ? 'other integers' : `no result (${failure.message})`;
    const paths = `point ${shard.point.index}, paths from ${shard.firstPath}`;
    throw new BackendError(
      `--queue: a worker's result of shard ${shard.index} (${paths}) is not what this machine comes to (${why}): ` +
        'a device errs, or somebody else writes to Redis (--queue-key shuts them out). All results that came by this ' +
        `queue are put aside: find out which it is, then run the sweep again. The result is ${shard.hash}`,
    );
  }
}

function sameResult(a: ShardResult, b: ShardResult): boolean {
  return (
    a.tablesSha256 === b.tablesSha256 &&
    a.quantumJoules === b.quantumJoules &&
    partialsSha256(a.partials) === partialsSha256(b.partials)
  );
}
