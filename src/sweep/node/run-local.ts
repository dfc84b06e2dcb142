/**
 * A sweep on this machine: what the ledger has is read, the rest is run, and every result is kept before the run ends.
 */
import type { Backend, RunProgress } from '../../engine/backend.js';
import { BatterywalkError } from '../../errors.js';
import type { Assembly } from '../assembly.js';
import type { LawCache } from '../law-cache.js';
import { runShards } from '../run-shards.js';
import { append } from '../../numeric/extremes.js';
import { Expectations } from '../expectation.js';
import type { SweepPoint } from '../points.js';
import type { ShardResult } from '../shard-result.js';
import type { Shard } from '../shards.js';
import type { ShardStore } from '../store.js';

/** A shard that could not be run. */
export interface FailedShard {
  readonly shard: Shard;
  readonly message: string;
}

/** What was read of one point: all from the same tables. */
interface ReadPoint {
  readonly tables: Pick<ShardResult, 'tablesSha256' | 'quantumJoules'>;
  readonly shards: Shard[];
}

/**
 * Reads the results that a store has. Where those of one point were drawn from different tables, as by machines that
 * round otherwise, only those of this machine's tables count; so where a point is still to be finished here. The others
 * are put aside.
 *
 * @param remark is told of results that are put aside
 * @returns the shards that have none, in order.
 */
export async function readFinished(
  shards: readonly Shard[],
  store: ShardStore,
  assembly: Assembly,
  remark: (text: string) => void = () => undefined,
): Promise<Shard[]> {
  // Equal points have equal shards.
  const byHash = new Map<string, Shard[]>();
  for (const shard of shards) byHash.set(shard.hash, [...(byHash.get(shard.hash) ?? []), shard]);
  const points = new Map<SweepPoint, ReadPoint>();
  const laws = new Expectations();
  const isOwn = (shard: Shard, tables: ReadPoint['tables']): boolean => {
    try {
      return laws.tablesFault(shard, tables) === undefined;
    } catch (error) {
      // That the point has no law here is told where it is run.
      if (error instanceof BatterywalkError) return true;
      throw error;
    }
  };
  const bad: Shard[] = [];
  const drop = (read: ReadPoint): void => {
    assembly.forget(read.shards);
    append(bad, read.shards);
    points.delete(read.shards[0].point);
  };
  for await (const result of store.results(shards)) {
    for (const shard of byHash.get(result.hash) ?? []) {
      const before = points.get(shard.point);
      if (before !== undefined && before.tables.tablesSha256 !== result.tablesSha256) {
        if (!isOwn(shard, result)) {
          bad.push(shard);
          continue;
        }
        drop(before);
      }
      assembly.add(shard, result);
      const { tablesSha256, quantumJoules } = result;
      const read = points.get(shard.point) ?? { tables: { tablesSha256, quantumJoules }, shards: [] };
      read.shards.push(shard);
      points.set(shard.point, read);
    }
  }
  for (const { point } of shards.filter((shard) => !assembly.has(shard))) {
    const read = points.get(point);
    if (read !== undefined && !isOwn(read.shards[0], read.tables)) drop(read);
  }
  if (bad.length > 0) {
    await store.putAside(bad, shards);
    const of = new Set(bad.map(({ point }) => `point ${point.index}`));
    const named = of.size > NAMED ? `${of.size} points` : [...of].join(', ');
    remark(
      `${bad.length} results of ${named} were drawn from other tables than this machine makes ` +
        '(machines with other versions of Node may round otherwise): they are put aside and run again',
    );
  }
  return shards.filter((shard) => !assembly.has(shard));
}

/** Most points that a remark names. */
const NAMED = 8;

export interface LocalRun {
  readonly backend: Backend;
  readonly store: ShardStore;
  readonly assembly: Assembly;
  readonly horizons: readonly number[];
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: RunProgress) => void;
  /** Where laws are made; left out, in this thread. */
  readonly laws?: LawCache;
}

/**
 * Runs shards and keeps their results. After a stop what was finished is kept.
 * @throws where a result cannot be kept
 */
export async function runLocal(shards: readonly Shard[], run: LocalRun): Promise<FailedShard[]> {
  const { backend, store, assembly, horizons, signal, onProgress, laws } = run;
  const failed: FailedShard[] = [];
  const writes = new Set<Promise<void>>();
  const stop = new AbortController();
  let broken: unknown;
  await runShards(backend, shards, {
    horizons,
    signal: AbortSignal.any([signal, stop.signal]),
    ...(onProgress === undefined ? {} : { onProgress }),
    ...(laws === undefined ? {} : { laws }),
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
