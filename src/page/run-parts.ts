/**
 * A run of the page: the run loop on a backend that is opened when the first part begins, with so much patience after a
 * stop and no more. No DOM.
 */
import type { Backend } from '../engine/backend.js';
import type { Job } from '../engine/job.js';
import { nothingWalked, walkParts } from '../study/run.js';
import type { Walked } from '../study/run.js';

export interface PartsControl {
  readonly signal: AbortSignal;
  /** What earlier parts found: the run goes on after their paths. */
  readonly before: Walked | undefined;
  /** Seconds of one part, about. */
  readonly partSeconds: number;
  readonly onOpened: (backend: Backend) => void;
  readonly onPart: (walked: Walked) => void;
}

/**
 * A part that is in hand when the run is stopped has so long to end, ms; then it is given up, and what was finished
 * before is kept.
 */
const GRACE_MS = 1000;
const FIRST_PATH_SLOTS = 250_000;

/** Runs a job to its end, or until it is stopped. */
export async function runInParts(job: Job, open: () => Promise<Backend>, control: PartsControl): Promise<Walked> {
  const { signal, before, partSeconds, onOpened, onPart } = control;
  const { slots } = job.horizons[job.horizons.length - 1];
  const patience = new StopPatience(signal);
  let opening: Promise<Backend> | undefined;
  /** What the page was told of; a device that fails may be followed by another one. */
  let shown: Backend['adapter'] | undefined;
  const run: Backend['run'] = async (part, of) => {
    opening ??= open();
    const backend = await patience.race(opening);
    if (backend !== undefined && backend.adapter !== shown) onOpened(backend);
    shown = backend?.adapter;
    return (backend && (await patience.race(backend.run(part, of)))) ?? nothingWalked(part).partials;
  };
  try {
    return await walkParts({ run }, job, {
      ...{ signal, before, onPart },
      sizes: { first: Math.ceil(FIRST_PATH_SLOTS / slots), least: 1, growth: 4, seconds: partSeconds },
    });
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
