/** Where results of shards are kept, by hash. The set of valid results says what is done, nothing else does. */
import type { ShardResult } from './shard-result.js';
import type { Shard } from './shards.js';

export interface ShardStore {
  /** The valid results that there are of some shards, in any order. */
  results(shards: readonly Shard[]): AsyncIterable<ShardResult>;
  /** The result of a shard that was kept by itself, if there is a valid one; one that is not whole counts as none. */
  get(shard: Shard): Promise<ShardResult | undefined>;
  /** Keeps a result, whole or not at all. @throws where it cannot be kept. */
  put(result: ShardResult): Promise<void>;
  /** A result that was kept by itself is not to be trusted: it counts as missing from now on. */
  putAside(shard: Shard): Promise<void>;
  /** Nothing more comes for now: what waits for others to be kept with is kept at once. */
  flush(): void;
}
