/** Runs a job on a backend with progress and an estimate of its time, in parts that are kept where a folder is given. */
import { host } from '#host';
import type { Backend, RunProgress } from '../engine/backend.js';
import type { Job } from '../engine/job.js';
import { openBackend } from '../engine/open-backend.js';
import type { BackendRequest } from '../engine/open-backend.js';
import { emptyPartials, mergePartials } from '../engine/partials.js';
import { jobRows } from '../engine/rows.js';
import { StoppedError } from '../errors.js';
import { adapterWords } from '../report/adapter-words.js';
import { formatCount, formatDuration } from '../report/table.js';
import type { CommandContext } from './context.js';
import type { KeptRun, Walked } from './kept-run.js';

/** Seconds of work between two times that a run is kept: what a killed one loses at the most. */
const KEPT_SECONDS = 10;
/** Path-slots of the first part, whose speed is not known. */
const FIRST_PATH_SLOTS = 5e7;
/** Most that a part is larger than the one before it: the first ones of a device are slow. */
const GROWTH = 16;
/** A run that is to take longer says so, as soon as its speed is known: after so many seconds. */
const LONG_SECONDS = 30;
const MEASURED_SECONDS = 1;

/** Opens the backend that the options ask for, as a stage of its own. */
export function openAsked(context: CommandContext): Promise<Backend> {
  context.stage('starting the backend');
  return openTold(context, context.options);
}

/** Opens a backend that tells on stderr where a worker stayed silent and was replaced. */
export function openTold(context: CommandContext, request: Omit<BackendRequest, 'onRemark'>): Promise<Backend> {
  const onRemark = (text: string): void => {
    context.remark(text);
  };
  return openBackend(host, { ...request, onRemark });
}

/** Progress of a backend as the terminal shows it. */
export function reportProgress(context: CommandContext, label: string): (progress: RunProgress) => void {
  return ({ done, total, elapsedSeconds }) => {
    const rate = elapsedSeconds > 0 ? done / elapsedSeconds : 0;
    context.progress.report({ label, done, total, rate, etaSeconds: rate > 0 ? (total - done) / rate : Infinity });
  };
}

/** How parts of a run are sized. */
export interface PartSizes {
  /** Paths of the first part, and the fewest of any: where beginning a part is what takes long, smaller ones only add. */
  readonly first: number;
  /** Most that a part is larger than the one before it. */
  readonly growth: number;
  /** What a part is to take. */
  readonly seconds: number;
}

/** Paths of the part after one of so many paths that took so many seconds. */
export function nextPart(paths: number, took: number, { first, growth, seconds }: PartSizes): number {
  return Math.max(first, Math.min(growth * paths, Math.ceil((paths * seconds) / took)));
}

export interface RunOptions {
  /** What is shown of it. */
  readonly label: string;
  /** Where it is kept while it goes on. */
  readonly kept?: KeptRun | undefined;
  /** What has been walked of the job before. */
  readonly before?: Walked | undefined;
}

/** Runs a job. After a stop what is finished comes back, a first part of its paths. */
export async function runJob(
  context: CommandContext,
  backend: Backend,
  job: Job,
  { label, kept, before }: RunOptions,
): Promise<Walked> {
  const { signal } = context;
  const slots = job.horizons[job.horizons.length - 1].slots;
  await backend.ready(job);
  let walked = before ?? nothingWalked(job);
  const first = kept === undefined ? job.paths : Math.max(1, Math.ceil(FIRST_PATH_SLOTS / slots));
  let size = first;
  const meter = new Meter(context, backend, label, job.paths * slots, countOf(walked) * slots);
  while (countOf(walked) < job.paths && !signal.aborted) {
    const done = countOf(walked);
    const left = job.paths - done;
    const paths = left < 2 * size ? left : size;
    const start = performance.now();
    const onProgress = ({ done: now }: RunProgress): void => {
      meter.report(done * slots + now);
    };
    const part = await backend.run({ ...job, firstPath: job.firstPath + done, paths }, { signal, onProgress });
    const seconds = (performance.now() - start) / 1000;
    const { precision } = walked;
    walked = {
      ...{ partials: mergePartials(walked.partials, part), elapsedSeconds: walked.elapsedSeconds + seconds },
      ...(precision === undefined ? {} : { precision }),
    };
    if (countOf(walked) < job.paths && countOf(walked) > done) kept?.save(walked);
    size = nextPart(paths, seconds, { first, growth: GROWTH, seconds: KEPT_SECONDS });
  }
  return walked;
}

/** Of a job that has not begun. */
export function nothingWalked(job: Job): Walked {
  return { partials: emptyPartials(jobRows(job)), elapsedSeconds: 0 };
}

/** Paths that were walked. */
export function countOf({ partials }: Walked): number {
  return partials.horizons[0].count;
}

/** Tells of a stop. @throws {StoppedError} where there is nothing to report */
export function tellStop(context: CommandContext, walked: Walked): void {
  const count = countOf(walked);
  if (count === 0) throw new StoppedError('stopped before any path was finished: nothing to report');
  if (context.signal.aborted) context.remark(`stopped: ${formatCount(count)} paths were finished and are reported`);
}

/** Shows how far a run is, and says once how long a long one will take. */
class Meter {
  private readonly start = performance.now();
  private told = false;

  constructor(
    private readonly context: CommandContext,
    private readonly backend: Backend,
    private readonly label: string,
    private readonly total: number,
    private readonly before: number,
  ) {}

  report(done: number): void {
    const { context, total, label } = this;
    const seconds = (performance.now() - this.start) / 1000;
    const rate = seconds > 0 ? (done - this.before) / seconds : 0;
    const etaSeconds = rate > 0 ? (total - done) / rate : Infinity;
    if (!this.told && seconds > MEASURED_SECONDS) {
      this.told = true;
      if (etaSeconds > LONG_SECONDS) context.remark(`${label}: about ${aboutText(etaSeconds, this.backend)}`);
    }
    context.progress.report({ label, done, total, rate, etaSeconds });
  }
}

/** How long something takes on a backend: `12 min 5 s on cpu, 2 threads`. */
export function aboutText(seconds: number, { name, adapter }: Backend): string {
  return `${formatDuration(seconds)} on ${name}, ${adapterWords(adapter)}`;
}

/** How long a speed is measured, seconds. */
const MEASURE_SECONDS = 0.5;
const MOST_MEASURED_PATHS = 2 ** 24;

/** Path-slots a second: runs that grow until one of them is long enough to be believed. */
export async function measureRate(context: CommandContext, backend: Backend, job: Job): Promise<number> {
  context.stage('measuring the speed');
  const slots = job.horizons[job.horizons.length - 1].slots;
  await backend.ready(job);
  for (let paths = 256; ; paths *= 4) {
    const start = performance.now();
    await backend.run({ ...job, paths }, { signal: context.signal });
    context.signal.throwIfAborted();
    const seconds = (performance.now() - start) / 1000;
    if (seconds > MEASURE_SECONDS || paths >= MOST_MEASURED_PATHS) return (paths * slots) / seconds;
  }
}
