/** Takes results to the driver's folder: from Redis, where they are removed afterwards, or from the folder itself, which workers may share. */
import type { Redis } from 'ioredis';
import { InputError } from '../../../errors.js';
import type { Assembly } from '../../assembly.js';
import { decodeShardResult } from '../../shard-result.js';
import type { Shard } from '../../shards.js';
import type { ShardStore } from '../../store.js';
import { nodeDeflate } from '../deflate.js';
import { KEYS } from './names.js';

/** Results asked for at once. */
const AT_ONCE = 64;

export interface Kept {
  readonly store: ShardStore;
  readonly assembly: Assembly;
  readonly remark: (text: string) => void;
}

/** Collects what there is of some shards' results. @returns the shards that have none. @throws where a result cannot be kept */
export async function collect(redis: Redis, shards: readonly Shard[], kept: Kept): Promise<Shard[]> {
  const missing: Shard[] = [];
  for (let i = 0; i < shards.length; i += AT_ONCE) {
    const some = shards.slice(i, i + AT_ONCE).filter((shard) => !kept.assembly.has(shard));
    if (some.length === 0) continue;
    const found = await redis.mgetBuffer(...some.map(({ hash }) => KEYS.result(hash)));
    const there = await Promise.all(some.map((shard, k) => take(redis, shard, found[k], kept)));
    missing.push(...some.filter((_, k) => !there[k]));
  }
  return missing;
}

async function take(redis: Redis, shard: Shard, bytes: Buffer | null, kept: Kept): Promise<boolean> {
  const { store, assembly, remark } = kept;
  if (bytes !== null) {
    try {
      const result = decodeShardResult(bytes, shard, nodeDeflate);
      await store.put(result);
      assembly.add(shard, result);
    } catch (error) {
      if (!(error instanceof InputError) || error.field !== shard.hash) throw error;
      remark(`${error.message}: it is run again`);
    }
    await redis.del(KEYS.result(shard.hash));
    if (assembly.has(shard)) return true;
  }
  const result = await store.get(shard);
  if (result === undefined) return false;
  assembly.add(shard, result);
  return true;
}
