/**
 * The jobs of a feed over several attempts, each on a device that may fail. What was read of a job's first paths is
 * kept; the rest is a job of the next attempt. Paths have streams of their own, so what comes out is that of one
 * attempt.
 */
import { append } from '../numeric/extremes.js';
import type { JobFeed, RunControl } from './backend.js';
import type { Job } from './job.js';
import { emptyPartials, mergePartials } from './partials.js';
import type { Partials } from './partials.js';
import { jobRows } from './rows.js';

/** A job that was taken and is not finished. */
interface InHand {
  readonly number: number;
  readonly job: Job;
  /** Of its first paths. */
  kept: Partials | undefined;
}

/** What one backend is given of the run. */
export interface Attempt {
  readonly feed: JobFeed;
  readonly control: RunControl;
  /**
   * Ends it: what it says later is not heard.
   * @param isWrong whether nothing that it said of the jobs in hand is believed
   */
  close(isWrong: boolean): void;
}

const countOf = (kept: Partials | undefined): number => kept?.horizons[0].count ?? 0;
const slotsOf = ({ horizons }: Job): number => horizons[horizons.length - 1].slots;

export class LastingRun {
  private readonly start = performance.now();
  private readonly waiting: InHand[] = [];
  private taken = 0;
  /** Jobs that were handed over. */
  finished = 0;
  /** Paths that are kept, of all jobs, and their path-slots. */
  private paths = 0;
  private pathSlots = 0;

  /** @param onKept told when paths were kept that no loss can take away */
  constructor(
    private readonly outer: JobFeed,
    private readonly control: RunControl,
    private readonly onKept: () => void,
  ) {}

  attempt(): Attempt {
    const { outer, control, paths, pathSlots } = this;
    const inHand = new Map<number, InHand>();
    let given = 0;
    let isClosed = false;
    return {
      feed: {
        pathSlots: outer.pathSlots - pathSlots,
        next: () => {
          const entry = isClosed ? undefined : (this.waiting.shift() ?? this.take());
          if (entry === undefined) return undefined;
          inHand.set(given++, entry);
          return restOf(entry);
        },
        done: (number, partials) => {
          const entry = inHand.get(number);
          if (isClosed || entry === undefined) return;
          inHand.delete(number);
          this.keep(entry, partials);
        },
      },
      control: {
        ...control,
        ...(control.onProgress === undefined
          ? {}
          : {
              onProgress: (progress) => {
                if (isClosed) return;
                control.onProgress?.({
                  done: pathSlots + progress.done,
                  total: outer.pathSlots,
                  paths: paths + progress.paths,
                  elapsedSeconds: (performance.now() - this.start) / 1000,
                });
              },
            }),
      },
      close: (isWrong) => {
        isClosed = true;
        append(this.waiting, [...inHand.values()]);
        if (isWrong) for (const entry of this.waiting) this.forget(entry);
      },
    };
  }

  /** Hands over what there is of jobs that nobody finishes: the run was stopped. */
  end(): void {
    for (const entry of this.waiting.splice(0)) this.handOver(entry);
  }

  private take(): InHand | undefined {
    const job = this.outer.next();
    return job === undefined ? undefined : { number: this.taken++, job, kept: undefined };
  }

  private keep(entry: InHand, partials: Partials): void {
    const { job } = entry;
    const count = countOf(partials);
    if (count > 0) {
      entry.kept = entry.kept === undefined ? partials : mergePartials(entry.kept, partials);
      this.paths += count;
      this.pathSlots += count * slotsOf(job);
      this.onKept();
    }
    if (countOf(entry.kept) === job.paths) this.handOver(entry);
    else this.waiting.push(entry);
  }

  private forget(entry: InHand): void {
    const count = countOf(entry.kept);
    this.paths -= count;
    this.pathSlots -= count * slotsOf(entry.job);
    entry.kept = undefined;
  }

  private handOver({ number, job, kept }: InHand): void {
    this.finished++;
    this.outer.done(number, kept ?? emptyPartials(jobRows(job)));
  }
}

/** The paths of a job that are not kept. */
function restOf({ job, kept }: InHand): Job {
  const count = countOf(kept);
  return count === 0 ? job : { ...job, firstPath: job.firstPath + count, paths: job.paths - count };
}
