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
  /**
   * Results are not to be trusted: they count as missing from now on.
   * @param others shards whose results are kept where they stand in one file with these; left out, only results that
   * were kept by themselves are put aside
   */
  putAside(shards: readonly Shard[], others?: readonly Shard[]): Promise<void>;
  /** Nothing more comes for now: what waits for others to be kept with is kept at once. */
  flush(): void;
}
