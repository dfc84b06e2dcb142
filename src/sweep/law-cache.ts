/** The laws of a sweep's points while they are in use, and those that are made ahead of it, by threads or by none. */
import type { JobRequest } from '../engine/job-request.js';
import { ThreadLost } from './point-threads.js';
import type { PointThreads } from './point-threads.js';
import { pointLaw } from './point-law.js';
import type { PointLaw } from './point-law.js';
import type { SweepPoint } from './points.js';
import type { Shard } from './shards.js';

/**
 * Points whose shards take turns, so that paths which see the same words are walked side by side
 * (engine/cpu/together.ts).
 */
export const SIDE_BY_SIDE = 4;
/** Shards that are looked at ahead of the backend's asking, beyond those that threads are at. */
const AHEAD = 4;

type Made = PointLaw | { readonly failure: Error };

/** The laws made last: the shards of a point come soon after each other. */
export class LawCache {
  private readonly laws = new Map<SweepPoint, Made>();
  private readonly begun = new Set<SweepPoint>();

  /** @param threads that make laws; without them laws are made in this thread */
  constructor(private readonly threads?: PointThreads) {}

  /** Shards to look at ahead. */
  get ahead(): number {
    return AHEAD + 2 * (this.threads?.most ?? 0);
  }

  stateOf({ point }: Shard): 'known' | 'begun' | 'unknown' {
    if (this.laws.has(point)) return 'known';
    return this.begun.has(point) ? 'begun' : 'unknown';
  }

  /**
   * Has threads make the laws of shards that come, and goes on with these as threads have room again.
   *
   * @param shards may change meanwhile
   * @returns whether there are threads
   */
  begin(shards: readonly Shard[], horizons: readonly number[]): boolean {
    const { threads, begun } = this;
    if (threads === undefined || threads.most === 0) return false;
    for (const shard of shards) {
      if (!threads.hasRoom) break;
      if (this.stateOf(shard) !== 'unknown') continue;
      const { point } = shard;
      begun.add(point);
      void threads
        .law(point, requestOf(shard, horizons))
        .catch((error: unknown) => (error instanceof ThreadLost ? undefined : { failure: error as Error }))
        .then((made) => {
          begun.delete(point);
          // It may have been asked for, and made here, before the thread was done with it.
          if (made !== undefined && !this.laws.has(point)) this.keep(point, made);
          this.begin(shards, horizons);
        });
    }
    return true;
  }

  /** Makes the first law that lacks, in this thread. @returns false where none does */
  makeOne(shards: readonly Shard[], horizons: readonly number[]): boolean {
    const shard = shards.find((one) => this.stateOf(one) === 'unknown');
    if (shard !== undefined) this.made(shard, horizons);
    return shard !== undefined;
  }

  /** The law of a shard's point. @throws {InputError}, {PlanError} where it has none */
  of(shard: Shard, horizons: readonly number[]): PointLaw {
    const made = this.laws.get(shard.point) ?? this.made(shard, horizons);
    if ('failure' in made) throw made.failure;
    return made;
  }

  private made(shard: Shard, horizons: readonly number[]): Made {
    let made: Made;
    try {
      made = pointLaw(shard.point, requestOf(shard, horizons));
    } catch (error) {
      made = { failure: error as Error };
    }
    this.keep(shard.point, made);
    return made;
  }

  private keep(point: SweepPoint, made: Made): void {
    const most = SIDE_BY_SIDE + this.ahead;
    for (const oldest of this.laws.keys()) if (this.laws.size >= most) this.laws.delete(oldest);
    this.laws.set(point, made);
  }
}

const requestOf = ({ point, paths }: Shard, horizons: readonly number[]): JobRequest => ({
  trials: paths,
  horizons,
  seed: point.seed,
});
