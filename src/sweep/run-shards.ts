/**
 * Runs shards on a backend: laws made ahead and shared where equal, many shards on the device at once, each result
 * handed on as soon as it is whole.
 */
import type { Backend, RunProgress } from '../engine/backend.js';
import type { Job } from '../engine/job.js';
import { BatterywalkError } from '../errors.js';
import { LawCache, SIDE_BY_SIDE } from './law-cache.js';
import type { SweepPoint } from './points.js';
import type { PointLaw } from './point-law.js';
import type { ShardResult } from './shard-result.js';
import type { Shard } from './shards.js';

export interface ShardRun {
  readonly horizons: readonly number[];
  readonly signal: AbortSignal;
  /** A shard is finished. */
  onResult(shard: Shard, result: ShardResult): void;
  /** A shard cannot be run: its law cannot be made. */
  onFailure(shard: Shard, error: BatterywalkError): void;
  readonly onProgress?: (progress: RunProgress) => void;
  /** Laws of an earlier run of the same sweep, where one follows the other, and the threads that make them. */
  readonly laws?: LawCache;
}

/** Where shards come from that are not all known at the start. */
export interface ShardSource {
  /** The next shard; nothing where there is none now: it may be asked again. */
  next(): Shard | undefined;
  /** No shard is to be begun any more, whatever was taken before; those at work are finished. */
  readonly ended: boolean;
}

/** Runs shards to their end, or until the signal: what is unfinished then is not reported. @throws BackendError */
export async function runShards(
  backend: Backend,
  shards: readonly Shard[] | ShardSource,
  run: ShardRun,
): Promise<void> {
  const slots = run.horizons[run.horizons.length - 1];
  const ready = new LookAhead('next' in shards ? shards : sourceOf(shards), run);
  const pathSlots = 'next' in shards ? Infinity : shards.reduce((sum, { paths }) => sum + paths * slots, 0);
  try {
    // A shard may come just after the backend was told that there is none.
    do {
      const taken = new Map<number, Ready>();
      let given = 0;
      await backend.runAll(
        {
          pathSlots,
          next() {
            const entry = ready.next();
            if (entry !== undefined) taken.set(given++, entry);
            return entry?.job;
          },
          done(number, partials) {
            const { shard, law } = taken.get(number) as Ready;
            taken.delete(number);
            if (partials.horizons[0].count < shard.paths) return;
            run.onResult(shard, { hash: shard.hash, ...law, partials });
          },
        },
        { signal: run.signal, ...(run.onProgress === undefined ? {} : { onProgress: run.onProgress }) },
      );
    } while (ready.holds && !run.signal.aborted);
  } finally {
    ready.stop();
  }
}

interface Ready {
  readonly shard: Shard;
  readonly job: Job;
  readonly law: PointLaw['law'];
}

function sourceOf(shards: readonly Shard[]): ShardSource {
  const ordered = sideBySide(shards);
  let given = 0;
  return { next: () => (given < ordered.length ? ordered[given++] : undefined), ended: false };
}

/** A few points after the other: first ranges of paths first. */
function sideBySide(shards: readonly Shard[]): readonly Shard[] {
  const places = new Map<SweepPoint, number>();
  for (const { point } of shards) if (!places.has(point)) places.set(point, places.size);
  const block = ({ point }: Shard): number => Math.floor((places.get(point) ?? 0) / SIDE_BY_SIDE);
  return shards.toSorted((a, b) => block(a) - block(b) || a.firstPath - b.firstPath || a.index - b.index);
}

/** Jobs, of whose laws some are made before they are asked for: on threads, or between the events of this one. */
class LookAhead {
  /** Taken from the source and not given yet, in its order. */
  private readonly held: Shard[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;
  private stopped = false;
  private readonly laws: LawCache;

  constructor(
    private readonly source: ShardSource,
    private readonly run: ShardRun,
  ) {
    this.laws = run.laws ?? new LawCache();
    // The first laws are made while the backend starts.
    this.fill();
  }

  /** The next job: one whose law is known, else one whose law this thread can make. */
  next(): Ready | undefined {
    for (;;) {
      if (this.stopped || this.source.ended) return undefined;
      this.fill();
      if (this.held.length === 0) return undefined;
      const { horizons } = this.run;
      const places = (['known', 'unknown'] as const).map((state) =>
        this.held.findIndex((shard) => this.laws.stateOf(shard) === state),
      );
      // Where threads are at all that are left, the first of them is made here too.
      const [shard] = this.held.splice(places.find((place) => place >= 0) ?? 0, 1);
      this.fill();
      try {
        const { job, law } = this.laws.of(shard, horizons);
        return { shard, law, job: { ...job, firstPath: shard.firstPath, paths: shard.paths } };
      } catch (error) {
        if (!(error instanceof BatterywalkError)) throw error;
        this.run.onFailure(shard, error);
      }
    }
  }

  /** Whether a job is left that nobody has asked for. */
  get holds(): boolean {
    return this.held.length > 0 && !this.source.ended;
  }

  stop(): void {
    clearTimeout(this.timer);
    this.stopped = true;
  }

  private fill(): void {
    const { laws, held, source } = this;
    while (held.length < laws.ahead) {
      const shard = source.ended ? undefined : source.next();
      if (shard === undefined) break;
      held.push(shard);
    }
    if (laws.begin(held, this.run.horizons)) return;
    if (this.timer !== undefined || this.stopped || held.length === 0) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      if (!this.stopped && !source.ended && laws.makeOne(held, this.run.horizons)) this.fill();
    });
  }
}
