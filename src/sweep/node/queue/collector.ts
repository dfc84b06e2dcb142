/**
 * Takes results to the driver's folder: from Redis, where they are removed afterwards, or from the folder itself, which
 * workers may share. What comes by Redis may be anybody's: it is measured before it is fetched, and checked before it
 * is kept.
 */
import type { Redis } from 'ioredis';
import { BatterywalkError, InputError } from '../../../errors.js';
import { largestOf } from '../../../numeric/extremes.js';
import { printable } from '../../../printable.js';
import type { Assembly } from '../../assembly.js';
import { Expectations } from '../../expectation.js';
import { decodeShardResult, mostStoredBytes } from '../../shard-result.js';
import type { ShardResult } from '../../shard-result.js';
import type { Shard } from '../../shards.js';
import type { ShardStore } from '../../store.js';
import { nodeDeflate } from '../deflate.js';
import { fieldsOf, valuesOf } from './guarded.js';
import { KEYS, MOST_TEXT, readFailure } from './names.js';
import type { Patience } from './patience.js';
import { openedResult, SEAL_BYTES } from './seal.js';
import type { Seal } from './seal.js';

/** Results asked for at once. */
const AT_ONCE = 64;

interface Kept {
  readonly redis: Redis;
  readonly patience: Patience;
  readonly store: ShardStore;
  readonly assembly: Assembly;
  readonly seal: Seal | undefined;
  /** The sweep's name in Redis. */
  readonly sweep: string;
  readonly remark: (text: string) => void;
  /** A result came from a worker and is kept. */
  readonly onKept: (shard: Shard, result: ShardResult) => void;
}

/** What came of looking for results: those that have none, and why some that were there could not be taken. */
export interface Collected {
  readonly missing: Shard[];
  readonly refused: Map<Shard, string>;
}

export class Collector {
  private readonly expectations = new Expectations();

  constructor(private readonly kept: Kept) {}

  /** Collects what there is of some shards' results. @throws where a result cannot be kept */
  async collect(shards: readonly Shard[]): Promise<Collected> {
    const { assembly, redis, patience } = this.kept;
    const collected: Collected = { missing: [], refused: new Map() };
    for (let i = 0; i < shards.length; i += AT_ONCE) {
      const some = shards.slice(i, i + AT_ONCE).filter((shard) => !assembly.has(shard));
      if (some.length === 0) continue;
      const most = SEAL_BYTES + largestOf(some.map(mostStoredBytes));
      const names = some.map(({ hash }) => KEYS.result(hash));
      const found = await patience.persist(() => valuesOf(redis, names, most));
      await Promise.all(some.map((shard, k) => this.take(shard, found[k], collected)));
    }
    return collected;
  }

  /** Shards of these that workers say cannot be run, and why. */
  async failures(shards: readonly Shard[]): Promise<ReadonlyMap<Shard, string>> {
    const { redis, patience, seal, sweep } = this.kept;
    const fields = shards.map(({ index }) => String(index));
    const found = await patience.persist(() => fieldsOf(redis, KEYS.failed(sweep), fields, MOST_TEXT));
    const failed = new Map<Shard, string>();
    for (const shard of shards) {
      const message = readFailure(seal, sweep, shard.index, found.get(String(shard.index)) ?? '');
      if (message !== undefined) failed.set(shard, message);
    }
    return failed;
  }

  private async take(shard: Shard, value: Buffer | 'unfit' | undefined, collected: Collected): Promise<void> {
    const { redis, patience, store, assembly, remark, onKept } = this.kept;
    if (value !== undefined) {
      try {
        const result = this.read(shard, value);
        // Added first: what does not go with the rest of its point is not to be kept.
        assembly.add(shard, result);
        await store.put(result);
        onKept(shard, result);
      } catch (error) {
        if (!(error instanceof InputError) || error.field !== shard.hash) throw error;
        collected.refused.set(shard, error.message);
        remark(`${printable(error.message)}: it is run again`);
      }
      await patience.persist(() => redis.del(KEYS.result(shard.hash)));
      if (assembly.has(shard)) return;
    }
    const result = await store.get(shard);
    if (result === undefined) {
      collected.missing.push(shard);
      return;
    }
    assembly.add(shard, result);
    onKept(shard, result);
  }

  /** @throws {InputError} with the shard's hash as its field, where this is not its result */
  private read(shard: Shard, value: Buffer | 'unfit'): ShardResult {
    const { seal } = this.kept;
    const refuse = (why: string): InputError =>
      new InputError(`the result ${shard.hash.slice(0, 12)}… ${why}`, shard.hash);
    if (value === 'unfit') throw refuse('is longer than a result of this sweep can be, or no text at all');
    const result = decodeShardResult(openedResult(seal, shard.hash, value), shard, nodeDeflate);
    // Who has the key is believed the law, and a sample is walked again: laws take longer than all else here.
    const fault = seal === undefined ? this.lawFault(shard, result) : undefined;
    if (fault !== undefined) throw refuse(fault);
    return result;
  }

  private lawFault(shard: Shard, result: ShardResult): string | undefined {
    try {
      return this.expectations.lawFault(shard, result);
    } catch (error) {
      if (!(error instanceof BatterywalkError)) throw error;
      return `is of a point that has no law here (${error.message})`;
    }
  }
}
