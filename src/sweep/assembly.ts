/**
 * From the results of shards to the rows of points: sums, which no order of work can change. A point's counts are let
 * go as soon as all of its shards are there, so that a sweep takes no more memory than what is unfinished.
 */
import { InputError } from '../errors.js';
import { partialsSha256 } from '../engine/partials-codec.js';
import { mergePartials } from '../engine/partials.js';
import { sha256Text } from '../hash.js';
import type { Sweep, SweepPoint } from './points.js';
import { estimatedRows } from './results.js';
import type { PointResult, SweepRow } from './results.js';
import type { ShardResult } from './shard-result.js';
import type { Shard } from './shards.js';

interface FinishedPoint {
  readonly partialsSha256: string;
  readonly rows: readonly SweepRow[];
}

export class Assembly {
  private readonly open = new Map<SweepPoint, PointResult>();
  private readonly finished = new Map<SweepPoint, FinishedPoint>();
  private readonly left = new Map<SweepPoint, Set<string>>();

  /** @param shards all of the sweep, whoever runs them. */
  constructor(
    private readonly sweep: Sweep,
    shards: readonly Shard[],
  ) {
    for (const { point, hash } of shards) {
      const hashes = this.left.get(point);
      if (hashes === undefined) this.left.set(point, new Set([hash]));
      else hashes.add(hash);
    }
  }

  /** Whether a shard's result is in. */
  has({ point, hash }: Shard): boolean {
    return this.left.get(point)?.has(hash) !== true;
  }

  /**
   * Adds a result; one that is in already changes nothing.
   * @throws {InputError} where shards of one point were drawn from different tables.
   */
  add(shard: Shard, result: ShardResult): void {
    const { point, hash } = shard;
    if (this.has(shard)) return;
    const before = this.open.get(point);
    if (before !== undefined && before.tablesSha256 !== result.tablesSha256) {
      throw new InputError(
        `point ${point.index}: its shards were drawn from different tables (${before.tablesSha256.slice(0, 12)}…, ` +
          `${result.tablesSha256.slice(0, 12)}…), expected one law: machines with other versions of Node may round otherwise; run the point on one kind of them`,
        `point ${point.index}`,
      );
    }
    const { quantumJoules, tablesSha256 } = result;
    const partials = before === undefined ? result.partials : mergePartials(before.partials, result.partials);
    const own = { point, partials, quantumJoules, tablesSha256 };
    const left = this.left.get(point) as Set<string>;
    left.delete(hash);
    if (left.size > 0) {
      this.open.set(point, own);
      return;
    }
    this.open.delete(point);
    const rows = estimatedRows(this.sweep, own);
    this.finished.set(point, { partialsSha256: partialsSha256(partials), rows });
  }

  /** Takes back all that was added at the point of some shards, which are all of its shards that were ever added. */
  forget(shards: readonly Shard[]): void {
    for (const { point, hash } of shards) {
      this.open.delete(point);
      this.finished.delete(point);
      this.left.get(point)?.add(hash);
    }
  }

  /** Points of which all shards are in. */
  get finishedPoints(): number {
    return this.finished.size;
  }

  /** Rows of the finished points, in the points' order; those of one point each. */
  rows(): (readonly SweepRow[])[] {
    return this.sweep.points.flatMap((point) => {
      const own = this.finished.get(point);
      return own === undefined ? [] : [own.rows];
    });
  }

  /** SHA-256 over those of all points' partials, in order. */
  partialsSha256(): string {
    return sha256Text(this.sweep.points.map((point) => this.finished.get(point)?.partialsSha256 ?? '').join('\n'));
  }
}
