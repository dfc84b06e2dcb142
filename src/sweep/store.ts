/** Where results of shards are kept, by hash: a folder, or Redis while a queue works. The set of valid results says what is done, nothing else does. */
import type { ShardResult } from './shard-result.js';
import type { Shard } from './shards.js';

export interface ShardStore {
  /** The result of a shard, if there is a valid one; one that is not whole counts as none. */
  get(shard: Shard): Promise<ShardResult | undefined>;
  /** Keeps a result, whole or not at all. @throws where it cannot be kept. */
  put(result: ShardResult): Promise<void>;
}
