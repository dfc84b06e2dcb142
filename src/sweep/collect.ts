/** From the results of shards to those of points: sums, which no order of work can change. */
import { InputError } from '../errors.js';
import { mergePartials } from '../engine/partials.js';
import type { Partials } from '../engine/partials.js';
import type { Sweep, SweepPoint } from './points.js';
import type { Shard } from './shards.js';
import type { ShardStore } from './store.js';

/** All that was counted at one point. */
export interface PointResult {
  readonly point: SweepPoint;
  readonly partials: Partials;
  readonly quantumJoules: number;
  readonly tablesSha256: string;
}

/** Results of all points, or the shards that have none yet. */
export interface Collected {
  readonly results: readonly PointResult[];
  readonly missing: readonly Shard[];
}

/** Reads every shard's result and adds them up. @throws {InputError} where shards of one point were drawn from different tables. */
export async function collect(sweep: Sweep, shards: readonly Shard[], store: ShardStore): Promise<Collected> {
  const results: PointResult[] = [];
  const missing: Shard[] = [];
  let own: PointResult | undefined;
  for (const shard of shards) {
    const found = await store.get(shard);
    if (found === undefined) {
      missing.push(shard);
      continue;
    }
    if (own?.point !== shard.point) {
      const { partials, quantumJoules, tablesSha256 } = found;
      own = { point: shard.point, partials, quantumJoules, tablesSha256 };
      results.push(own);
      continue;
    }
    if (found.tablesSha256 !== own.tablesSha256) {
      throw new InputError(
        `point ${shard.point.index}: its shards were drawn from different tables (${own.tablesSha256.slice(0, 12)}…, ` +
          `${found.tablesSha256.slice(0, 12)}…), expected one law: machines with different versions of Node round differently; run the point on one of them`,
        `point ${shard.point.index}`,
      );
    }
    own = { ...own, partials: mergePartials(own.partials, found.partials) };
    results[results.length - 1] = own;
  }
  const complete = missing.length === 0 && results.length === sweep.points.length;
  return { results: complete ? results : [], missing };
}
