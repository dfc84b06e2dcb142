/** Shards that were asked for in vain: how often, why, and when enough is enough. */
import { largestOf } from '../../../numeric/extremes.js';
import { printable } from '../../../printable.js';
import type { Shard } from '../../shards.js';
import { ATTEMPTS } from './tuning.js';

/** What became of the job that had them, and came to nothing. */
export type Vain = 'completed' | 'failed' | 'unknown' | 'refused';

export class Retries {
  private readonly tries = new Map<Shard, number>();
  /** Why results of shards were refused last. */
  private readonly refused = new Map<Shard, string>();
  /** How often shards were asked for again because a worker held them for too long. */
  private readonly held = new Map<Shard, number>();

  /** Whether a shard is under suspicion: it goes alone. */
  has(shard: Shard): boolean {
    return this.tries.has(shard);
  }

  /** Its result was there and could not be taken. */
  refuse(shard: Shard, why: string): void {
    this.refused.set(shard, why);
  }

  /** Counts one more try. @returns why the shard is not to be asked for again; nothing where it is */
  count(shard: Shard, how: Vain, reason?: string): string | undefined {
    // A server that lost its memory is no fault of the shard.
    const tries = (this.tries.get(shard) ?? 0) + (how === 'unknown' ? 0 : 1);
    if (tries > 0) this.tries.set(shard, tries);
    if (tries < ATTEMPTS) return undefined;
    const said = reason === undefined ? undefined : printable(reason);
    return (
      this.refused.get(shard) ??
      said ??
      'workers say that it is finished, and its result is not there; is their --out this folder?'
    );
  }

  /**
   * Milliseconds that a worker may hold shards without a result, where the first time is `first`: doubled each time.
   */
  patience(shards: readonly Shard[], first: number): number {
    return first * 2 ** largestOf(shards.map((shard) => this.held.get(shard) ?? 0));
  }

  /** They were held for too long. */
  giveUp(shards: readonly Shard[]): void {
    for (const shard of shards) this.held.set(shard, (this.held.get(shard) ?? 0) + 1);
  }
}
