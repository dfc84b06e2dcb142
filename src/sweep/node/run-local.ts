/** A sweep on this machine: what the ledger has is read, the rest is run, and every result is kept before the run ends. */
import type { Backend, RunProgress } from '../../engine/backend.js';
import type { BatterywalkError } from '../../errors.js';
import type { Assembly } from '../assembly.js';
import { runShards } from '../run-shards.js';
import type { Shard } from '../shards.js';
import type { ShardStore } from '../store.js';

/** A shard that could not be run. */
export interface FailedShard {
  readonly shard: Shard;
  readonly message: string;
}

/** Reads the results that a store has. @returns the shards that have none, in order. */
export async function readFinished(shards: readonly Shard[], store: ShardStore, assembly: Assembly): Promise<Shard[]> {
  // Equal points have equal shards.
  const byHash = new Map<string, Shard[]>();
  for (const shard of shards) byHash.set(shard.hash, [...(byHash.get(shard.hash) ?? []), shard]);
  for await (const result of store.results(shards)) {
    for (const shard of byHash.get(result.hash) ?? []) assembly.add(shard, result);
    byHash.delete(result.hash);
  }
  return shards.filter(({ hash }) => byHash.has(hash));
}

export interface LocalRun {
  readonly backend: Backend;
  readonly store: ShardStore;
  readonly assembly: Assembly;
  readonly horizons: readonly number[];
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: RunProgress) => void;
}

/** Runs shards and keeps their results. After a stop what was finished is kept. @throws where a result cannot be kept */
export async function runLocal(shards: readonly Shard[], run: LocalRun): Promise<FailedShard[]> {
  const { backend, store, assembly, horizons, signal, onProgress } = run;
  const failed: FailedShard[] = [];
  const writes = new Set<Promise<void>>();
  const stop = new AbortController();
  let broken: unknown;
  await runShards(backend, shards, {
    horizons,
    signal: AbortSignal.any([signal, stop.signal]),
    ...(onProgress === undefined ? {} : { onProgress }),
    onResult(shard, result) {
      const write = store.put(result).then(
        () => {
          writes.delete(write);
        },
        (error: unknown) => {
          broken ??= error;
          stop.abort();
        },
      );
      writes.add(write);
      assembly.add(shard, result);
    },
    onFailure(shard, error: BatterywalkError) {
      failed.push({ shard, message: error.message });
    },
  });
  store.flush();
  await Promise.all(writes);
  if (broken !== undefined) throw broken as Error;
  return failed;
}
