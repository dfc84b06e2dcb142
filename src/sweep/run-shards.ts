/** Runs shards on a backend: laws made ahead and shared where equal, many shards on the device at once, each result handed on as soon as it is whole. */
import type { Backend, RunProgress } from '../engine/backend.js';
import { prepareRun } from '../engine/simulate.js';
import type { PreparedRun } from '../engine/simulate.js';
import type { Job } from '../engine/job.js';
import { tablesSha256 } from '../report/manifest.js';
import { BatterywalkError } from '../errors.js';
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
}

/** Laws prepared ahead of the backend's asking. */
const AHEAD = 4;

/** Runs shards to their end, or until the signal: what is unfinished then is not reported. @throws BackendError */
export async function runShards(backend: Backend, shards: readonly Shard[], run: ShardRun): Promise<void> {
  const slots = run.horizons[run.horizons.length - 1];
  const ready = new LookAhead(shards, run);
  const taken: Ready[] = [];
  try {
    await backend.runAll(
      {
        pathSlots: shards.reduce((sum, { paths }) => sum + paths * slots, 0),
        next() {
          const entry = ready.next();
          if (entry !== undefined) taken.push(entry);
          return entry?.job;
        },
        done(number, partials) {
          const { shard, law } = taken[number];
          if (partials.horizons[0].count < shard.paths) return;
          run.onResult(shard, { hash: shard.hash, ...law, partials });
        },
      },
      { signal: run.signal, ...(run.onProgress === undefined ? {} : { onProgress: run.onProgress }) },
    );
  } finally {
    ready.stop();
  }
}

interface PointLaw {
  readonly prepared: PreparedRun;
  readonly law: Pick<ShardResult, 'tablesSha256' | 'quantumJoules'>;
}

interface Ready {
  readonly shard: Shard;
  readonly job: Job;
  readonly law: PointLaw['law'];
}

/** Jobs in order, some of them made before they are asked for, between the events that the backend waits for. */
class LookAhead {
  private readonly queue: Ready[] = [];
  private given = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** The last law: the shards of a point come one after the other. */
  private last: { readonly point: Shard['point']; readonly own: PointLaw } | undefined;

  constructor(
    private readonly shards: readonly Shard[],
    private readonly run: ShardRun,
  ) {}

  next(): Ready | undefined {
    const entry = this.queue.shift() ?? this.make();
    this.schedule();
    return entry;
  }

  stop(): void {
    clearTimeout(this.timer);
    this.given = this.shards.length;
  }

  private schedule(): void {
    if (this.timer !== undefined || this.queue.length >= AHEAD || this.given >= this.shards.length) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      const entry = this.make();
      if (entry !== undefined) this.queue.push(entry);
      this.schedule();
    });
  }

  /** The next job that can be made. */
  private make(): Ready | undefined {
    while (this.given < this.shards.length) {
      const shard = this.shards[this.given++];
      try {
        const { prepared, law } = this.lawOf(shard);
        return { shard, law, job: { ...prepared.job, firstPath: shard.firstPath, paths: shard.paths } };
      } catch (error) {
        if (!(error instanceof BatterywalkError)) throw error;
        this.run.onFailure(shard, error);
      }
    }
    return undefined;
  }

  private lawOf({ point, paths }: Shard): PointLaw {
    if (this.last?.point === point) return this.last.own;
    const { horizons } = this.run;
    const prepared = prepareRun(point.scenario, { trials: paths, horizons, seed: point.seed });
    const { tables, initialQuanta, quantumJoules } = prepared.law;
    const own = { prepared, law: { tablesSha256: tablesSha256(tables, initialQuanta), quantumJoules } };
    this.last = { point, own };
    return own;
  }
}
