/** A backend and a run as a command has them: told on stderr, with progress and an estimate of its time. */
import { host } from '#host';
import type { Backend, RunProgress } from '../engine/backend.js';
import type { Job } from '../engine/job.js';
import { openBackend } from '../engine/open-backend.js';
import type { BackendRequest } from '../engine/open-backend.js';
import { adapterWords } from '../report/adapter-words.js';
import { formatCount } from '../numeric/format.js';
import { formatDuration } from '../report/table.js';
import type { StudyControl } from '../study/control.js';
import type { CommandContext } from './context.js';
import { progressAt } from './progress.js';

/** A run that is to take longer says so, as soon as its speed is known: after so many seconds. */
const LONG_SECONDS = 30;
const MEASURED_SECONDS = 1;

/** Opens the backend that the options ask for, as a stage of its own. */
export function openAsked(context: CommandContext): Promise<Backend> {
  context.stage('starting the backend');
  return openTold(context, context.options);
}

/** The same once the folder of `--out` is there. */
export function openPrepared(context: CommandContext): Promise<Backend> {
  context.prepareFolder();
  return openAsked(context);
}

/** How a study tells of itself on stderr, and is stopped by Ctrl-C. */
export function controlOf(context: CommandContext): StudyControl {
  return {
    signal: context.signal,
    onStage: (label) => {
      context.stage(label);
    },
    onProgress: (label, done, total, seconds) => {
      context.progress.report(progressAt(label, { done, total }, done, seconds));
    },
    onRemark: (text) => {
      context.remark(text);
    },
  };
}

/** Opens a backend that tells on stderr where a worker stayed silent and was replaced. */
export function openTold(context: CommandContext, request: Omit<BackendRequest, 'onRemark'>): Promise<Backend> {
  const onRemark = (text: string): void => {
    context.remark(text);
  };
  return openBackend(host, { ...request, onRemark });
}

/**
 * Progress of a backend as the terminal shows it.
 * @param part of several equal runs that are shown as one: which, and of how many
 */
export function reportProgress(
  context: CommandContext,
  label: string,
  part: { readonly index: number; readonly count: number } = { index: 0, count: 1 },
): (progress: Pick<RunProgress, 'done' | 'total' | 'elapsedSeconds'>) => void {
  return ({ done, total, elapsedSeconds }) => {
    const all = { done: part.index * total + done, total: part.count * total };
    context.progress.report(progressAt(label, all, done, elapsedSeconds));
  };
}

/** Tells of a stop. */
export function tellStop(context: CommandContext, count: number): void {
  if (context.signal.aborted) context.remark(`stopped: ${formatCount(count)} paths were finished and are reported`);
}

/** Shows how far a run is, and says once how long a long one will take. */
export class Meter {
  private readonly start = performance.now();
  private first: number | undefined;
  private told = false;

  constructor(
    private readonly context: CommandContext,
    private readonly backend: Backend,
    private readonly label: string,
  ) {}

  /** @param done path-slots, of so many in all; what the first report begins with was walked before */
  report(done: number, total: number): void {
    const { context, label } = this;
    this.first ??= done;
    const seconds = (performance.now() - this.start) / 1000;
    const progress = progressAt(label, { done, total }, done - this.first, seconds);
    if (!this.told && seconds > MEASURED_SECONDS) {
      this.told = true;
      const { etaSeconds } = progress;
      if (etaSeconds > LONG_SECONDS) context.remark(`${label}: about ${aboutText(etaSeconds, this.backend)}`);
    }
    context.progress.report(progress);
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
