/**
 * Runs shards on a backend: laws made ahead and shared where equal, many shards on the device at once, each result
 * handed on as soon as it is whole.
 */
import { resolveScenario } from '../fleet/resolve.js';
import type { Backend, RunProgress } from '../engine/backend.js';
import { studyAs } from '../study/study.js';
import type { Job } from '../engine/job.js';
import type { JobRequest } from '../engine/job-request.js';
import { plannedTablesSha256 } from '../report/manifest.js';
import { BatterywalkError } from '../errors.js';
import type { SweepPoint } from './points.js';
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
  /** Laws of an earlier run of the same sweep, where one follows the other. */
  readonly laws?: LawCache;
}

/** Where shards come from that are not all known at the start. */
export interface ShardSource {
  /** The next shard; nothing where there is none now: it may be asked again. */
  next(): Shard | undefined;
  /** No shard is to be begun any more, whatever was taken before; those at work are finished. */
  readonly ended: boolean;
}

/** Laws prepared ahead of the backend's asking. */
const AHEAD = 4;
/**
 * Points whose shards take turns, so that paths which see the same words are walked side by side
 * (engine/cpu/together.ts).
 */
const SIDE_BY_SIDE = 4;
/** Laws kept: those of points side by side, and those that are ahead. */
const LAWS = SIDE_BY_SIDE + AHEAD;

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

interface PointLaw {
  readonly job: Job;
  readonly law: Pick<ShardResult, 'tablesSha256' | 'quantumJoules'>;
}

/** The law and the job of a point. @throws {InputError}, {PlanError} */
export function pointLaw({ scenario, kind }: SweepPoint, request: JobRequest): PointLaw {
  const { planned } = studyAs(kind, resolveScenario(scenario), request, 'point');
  return {
    job: planned.job,
    law: { tablesSha256: plannedTablesSha256(planned), quantumJoules: planned.law.quantumJoules },
  };
}

interface Ready {
  readonly shard: Shard;
  readonly job: Job;
  readonly law: PointLaw['law'];
}

/** The laws made last: the shards of a point come soon after each other. */
export class LawCache {
  private readonly laws = new Map<SweepPoint, PointLaw>();

  of({ point, paths }: Shard, horizons: readonly number[]): PointLaw {
    const known = this.laws.get(point);
    if (known !== undefined) return known;
    const own = pointLaw(point, { trials: paths, horizons, seed: point.seed });
    for (const oldest of this.laws.keys()) if (this.laws.size >= LAWS) this.laws.delete(oldest);
    this.laws.set(point, own);
    return own;
  }
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

/** Jobs in order, some of them made before they are asked for, between the events that the backend waits for. */
class LookAhead {
  private readonly queue: Ready[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;
  private stopped = false;
  private readonly laws: LawCache;

  constructor(
    private readonly source: ShardSource,
    private readonly run: ShardRun,
  ) {
    this.laws = run.laws ?? new LawCache();
    // The first laws are made while the backend starts.
    this.schedule();
  }

  next(): Ready | undefined {
    if (this.source.ended) return undefined;
    const entry = this.queue.shift() ?? this.make();
    this.schedule();
    return entry;
  }

  /** Whether a job is ready that nobody has asked for. */
  get holds(): boolean {
    return this.queue.length > 0 && !this.source.ended;
  }

  stop(): void {
    clearTimeout(this.timer);
    this.stopped = true;
  }

  private schedule(): void {
    if (this.timer !== undefined || this.queue.length >= AHEAD || this.stopped) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      const entry = this.make();
      if (entry === undefined) return;
      this.queue.push(entry);
      this.schedule();
    });
  }

  /** The next job that can be made. */
  private make(): Ready | undefined {
    while (!this.stopped && !this.source.ended) {
      const shard = this.source.next();
      if (shard === undefined) return undefined;
      try {
        const { job, law } = this.laws.of(shard, this.run.horizons);
        return { shard, law, job: { ...job, firstPath: shard.firstPath, paths: shard.paths } };
      } catch (error) {
        if (!(error instanceof BatterywalkError)) throw error;
        this.run.onFailure(shard, error);
      }
    }
    return undefined;
  }
}
