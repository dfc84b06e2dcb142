/** Feeds of jobs: from a list, and one job after the other where a backend cannot run several at once. */
import type { Backend, JobFeed, RunControl } from './backend.js';
import type { Job } from './job.js';
import { emptyPartials } from './partials.js';
import type { Partials } from './partials.js';
import { jobRows } from './rows.js';

/** Gives jobs in order; `done` is told of each that is finished, with its place in the list. */
export function feedOf(jobs: readonly Job[], done: (index: number, partials: Partials) => void): JobFeed {
  // Jobs without paths are done without a backend.
  const real = jobs.map((_, index) => index).filter((index) => jobs[index].paths > 0);
  let given = 0;
  return {
    pathSlots: real.reduce((sum, index) => sum + pathSlotsOf(jobs[index]), 0),
    next: () => (given < real.length ? jobs[real[given++]] : undefined),
    done: (taken, partials) => {
      done(real[taken], partials);
    },
  };
}

/** Paths × slots of a job. */
export function pathSlotsOf({ paths, horizons }: Job): number {
  return paths * horizons[horizons.length - 1].slots;
}

/** Runs a job by a backend's way to run many. */
export async function runAlone(runAll: Backend['runAll'], job: Job, control?: RunControl): Promise<Partials> {
  let result = emptyPartials(jobRows(job));
  await runAll(
    feedOf([job], (_, partials) => (result = partials)),
    control,
  );
  return result;
}

/** Of a run that no stop cuts short: deficits are wanted of every path. */
export function withoutSignal(control: RunControl): RunControl {
  const copy = { ...control };
  delete (copy as { signal?: AbortSignal }).signal;
  return copy;
}

/** Runs a feed by running its jobs one by one. */
export async function runInTurn(run: Backend['run'], feed: JobFeed, control: RunControl = {}): Promise<void> {
  const start = performance.now();
  let before = { done: 0, paths: 0 };
  for (let taken = 0; control.signal?.aborted !== true; taken++) {
    const job = feed.next();
    if (job === undefined) return;
    const partials = await run(job, {
      ...control,
      onProgress({ done, paths }) {
        control.onProgress?.({
          done: before.done + done,
          total: feed.pathSlots,
          paths: before.paths + paths,
          elapsedSeconds: (performance.now() - start) / 1000,
        });
      },
    });
    before = { done: before.done + pathSlotsOf(job), paths: before.paths + job.paths };
    feed.done(taken, partials);
  }
}
