/**
 * The run loop: a job walked part after part, so that it can be shown, kept, stopped and gone on with, or walked until
 * a precision target is met. Paths have streams of their own: parts give the bytes of one run.
 */
import type { Backend, RunControl } from '../engine/backend.js';
import type { Job } from '../engine/job.js';
import { emptyPartials, mergePartials } from '../engine/partials.js';
import type { Partials } from '../engine/partials.js';
import { jobRows } from '../engine/rows.js';
import { InputError, StoppedError } from '../errors.js';
import { SequentialPrecision } from '../stats/precision.js';
import type { PrecisionOptions, PrecisionState, PrecisionTarget } from '../stats/precision.js';
import { outcomeOf } from './finished.js';
import type { FinishedRun, Outcome } from './finished.js';
import type { PreparedRun } from './plan.js';
import type { Tallies } from './model.js';
import { NOTHING_FINISHED } from './progress.js';

/** What has been walked of a job, and how long that took. */
export interface Walked {
  readonly partials: Partials;
  readonly elapsedSeconds: number;
  /** Where a precision target has got to. */
  readonly precision?: PrecisionState;
}

/** Of a job that has not begun. */
export function nothingWalked(job: Job): Walked {
  return { partials: emptyPartials(jobRows(job)), elapsedSeconds: 0 };
}

/** Paths that were walked. */
export function countOf({ partials }: Pick<Walked, 'partials'>): number {
  return partials.horizons[0].count;
}

/** How parts of a run are sized. */
export interface PartSizes {
  /** Paths of the first part. */
  readonly first: number;
  /** The fewest of any; `first` where left out: where beginning a part is what takes long, smaller ones only add. */
  readonly least?: number;
  /** Most that a part is larger than the one before it: the first ones of a device are slow. */
  readonly growth: number;
  /** What a part is to take. */
  readonly seconds: number;
}

/** Paths of the part after one of so many paths that took so many seconds. */
export function nextPart(paths: number, took: number, { first, least = first, growth, seconds }: PartSizes): number {
  return Math.max(least, Math.min(growth * paths, Math.ceil((paths * seconds) / Math.max(took, 1e-3))));
}

export interface PartsControl {
  readonly signal?: AbortSignal | undefined;
  /** What has been walked of the job before. */
  readonly before?: Walked | undefined;
  /** Left out, what is left is one part. */
  readonly sizes?: PartSizes | undefined;
  /** Told of all that is walked after each part that added paths. */
  readonly onPart?: (walked: Walked) => void;
  /** Path-slots walked so far, of those of the whole job. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Walks a job. After a stop what is finished comes back, a first part of its paths. */
export async function walkParts(backend: Pick<Backend, 'run'>, job: Job, control: PartsControl): Promise<Walked> {
  const { signal, sizes, onPart, onProgress } = control;
  const { slots } = job.horizons[job.horizons.length - 1];
  let walked = control.before ?? nothingWalked(job);
  let size = sizes?.first ?? job.paths;
  while (countOf(walked) < job.paths && signal?.aborted !== true) {
    const done = countOf(walked);
    const left = job.paths - done;
    // Parts of a fixed least size end with a larger one, rather than with one that is all but empty.
    const paths = left < 2 * size && sizes?.least === undefined ? left : Math.min(left, size);
    const start = performance.now();
    const part = await backend.run(
      { ...job, firstPath: job.firstPath + done, paths },
      {
        ...(signal === undefined ? {} : { signal }),
        ...(onProgress && {
          onProgress: ({ done: now }) => {
            onProgress(done * slots + now, job.paths * slots);
          },
        }),
      },
    );
    const seconds = (performance.now() - start) / 1000;
    walked = {
      ...walked,
      partials: mergePartials(walked.partials, part),
      elapsedSeconds: walked.elapsedSeconds + seconds,
    };
    if (countOf(walked) > done) onPart?.(walked);
    if (sizes !== undefined) size = nextPart(paths, seconds, sizes);
  }
  return walked;
}

/** A precision target and the rows that it looks at. */
export interface PrecisionPlan extends Pick<PrecisionOptions, 'mostTrials' | 'leastTrials'> {
  readonly target: PrecisionTarget;
  readonly tallies: Tallies;
}

/** Walks part after part until the target is met, the trials are spent or a stop comes. */
async function walkUntil(
  backend: Pick<Backend, 'run'>,
  job: Job,
  { target, tallies, ...options }: PrecisionPlan,
  control: PartsControl,
): Promise<{ readonly walked: Walked; readonly precision: Outcome['precision'] }> {
  let walked = control.before;
  const rule = new SequentialPrecision(target, { ...options, state: walked?.precision });
  const tally = tallies[target.quantity ?? Object.keys(tallies)[0]];
  let precision: Outcome['precision'];
  for (;;) {
    const { state } = rule;
    if (state === undefined || (walked !== undefined && control.signal?.aborted === true)) break;
    const own = { ...job, paths: state.next };
    walked = await walkParts(backend, own, {
      ...control,
      before: { ...(walked ?? nothingWalked(own)), precision: state },
    });
    if (countOf(walked) === 0) break;
    const rows = tally.rows(walked.partials);
    precision = { target, look: rule.look(rows[rows.length - 1], tally.unit) };
  }
  if (walked === undefined) throw new InputError('the precision target leaves nothing to run', '--until');
  return { walked, precision };
}

export const nothingFinished = (): StoppedError => new StoppedError(`${NOTHING_FINISHED}: nothing to report`);

/**
 * Walks what a study planned, to a precision where one is asked for. After a stop what is finished comes back.
 * @throws {StoppedError} where nothing is
 */
export async function walkStudy(
  backend: Backend,
  job: Job,
  plan: PrecisionPlan | undefined,
  control: PartsControl,
): Promise<Outcome> {
  await backend.ready(job);
  const { walked, precision } =
    plan === undefined
      ? { walked: await walkParts(backend, job, control), precision: undefined }
      : await walkUntil(backend, job, plan, control);
  if (countOf(walked) === 0) throw nothingFinished();
  const outcome = await outcomeOf(backend, walked.partials, walked.elapsedSeconds);
  return precision === undefined ? outcome : { ...outcome, precision };
}

/** Runs a prepared walk on an open backend. */
export async function runPrepared(
  prepared: PreparedRun,
  backend: Backend,
  control: RunControl = {},
): Promise<FinishedRun> {
  await backend.ready(prepared.job);
  const start = performance.now();
  const partials = await backend.run(prepared.job, control);
  const outcome = await outcomeOf(backend, partials, (performance.now() - start) / 1000);
  return { ...prepared, ...outcome };
}
