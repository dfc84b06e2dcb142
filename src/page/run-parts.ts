/**
 * A run in parts: each a job of its own over the next paths, merged as it comes. So results can be shown while the run
 * goes on, and it can be stopped and continued. Paths have streams of their own, hence the bytes are those of one run. No DOM.
 */
import type { Backend } from '../engine/backend.js';
import type { Job } from '../engine/job.js';
import { emptyPartials, mergePartials } from '../engine/partials.js';
import type { Partials } from '../engine/partials.js';
import { jobRows } from '../engine/rows.js';

export interface PartsControl {
  readonly signal: AbortSignal;
  /** What earlier parts found: the run goes on after their paths. */
  readonly from: Partials | undefined;
  /** Seconds of one part, about. */
  readonly partSeconds: number;
  onOpened(backend: Backend): void;
  onPart(partials: Partials, elapsedSeconds: number): void;
}

/** A run that failed, with what was finished before. */
export class InterruptedRunError extends Error {
  constructor(
    override readonly cause: Error,
    readonly partials: Partials,
    readonly elapsedSeconds: number,
  ) {
    super(cause.message, { cause });
    this.name = cause.name;
  }
}

/** A part that is in hand when the run is stopped has so long to end, ms; then it is given up, and what was finished before is kept. */
const GRACE_MS = 1000;
const FIRST_PATH_SLOTS = 250_000;
/** Runs a job to its end, or until it is stopped. @throws InterruptedRunError */
export async function runInParts(
  job: Job,
  open: () => Promise<Backend>,
  control: PartsControl,
): Promise<{ readonly partials: Partials; readonly elapsedSeconds: number }> {
  const slots = job.horizons[job.horizons.length - 1].slots;
  let partials = control.from ?? emptyPartials(jobRows(job));
  let elapsedSeconds = 0;
  let size = Math.ceil(FIRST_PATH_SLOTS / slots);
  const done = (): number => partials.horizons[0].count;
  const patience = new StopPatience(control.signal);
  let opening: Promise<Backend> | undefined;
  /** What the page was told of; a device that fails may be followed by another one. */
  let shown: Backend['adapter'] | undefined;
  try {
    while (done() < job.paths && !control.signal.aborted) {
      opening ??= open();
      const backend = await patience.race(opening);
      if (backend === undefined) break;
      if (backend.adapter !== shown) control.onOpened(backend);
      shown = backend.adapter;
      const part = { ...job, firstPath: job.firstPath + done(), paths: Math.min(size, job.paths - done()) };
      const start = performance.now();
      const found = await patience.race(backend.run(part, { signal: control.signal }));
      if (found === undefined) break;
      const seconds = (performance.now() - start) / 1000;
      elapsedSeconds += seconds;
      partials = mergePartials(partials, found);
      control.onPart(partials, elapsedSeconds);
      size = Math.max(1, Math.floor(size * Math.min(4, control.partSeconds / Math.max(seconds, 1e-3))));
    }
    return { partials, elapsedSeconds };
  } catch (error) {
    throw new InterruptedRunError(error instanceof Error ? error : new Error(String(error)), partials, elapsedSeconds);
  } finally {
    // A device that does not even give up is not waited for.
    await patience.race(opening?.then((backend) => backend.release()).catch(() => undefined) ?? Promise.resolve());
    patience.end();
  }
}

/** Waits for things, but after a stop only so long. */
class StopPatience {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly over: Promise<undefined>;
  private readonly begin: () => void;

  constructor(private readonly signal: AbortSignal) {
    let giveUp: (nothing: undefined) => void = () => undefined;
    this.over = new Promise((resolve) => (giveUp = resolve));
    this.begin = () => {
      this.timer = setTimeout(() => {
        giveUp(undefined);
      }, GRACE_MS);
    };
    if (signal.aborted) this.begin();
    else signal.addEventListener('abort', this.begin, { once: true });
  }

  /** What comes of it, or undefined where it takes too long after a stop. */
  race<T>(work: Promise<T>): Promise<T | undefined> {
    return Promise.race([work, this.over]);
  }

  end(): void {
    this.signal.removeEventListener('abort', this.begin);
    clearTimeout(this.timer);
  }
}
