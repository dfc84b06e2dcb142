/** A backend and a run as a command has them: told on stderr, with progress and an estimate of its time. */
import { host } from '#host';
import type { Backend, RunProgress } from '../engine/backend.js';
import type { Job } from '../engine/job.js';
import { openBackend } from '../engine/open-backend.js';
import type { BackendRequest } from '../engine/open-backend.js';
import { adapterWords } from '../report/adapter-words.js';
import { formatDuration } from '../report/table.js';
import type { StudyControl } from '../study/control.js';
import { progressAt } from '../study/progress.js';
import type { CommandContext } from './context.js';

/** A run that is to take longer says so, as soon as its speed is known: after so many seconds. */
const LONG_SECONDS = 30;
const MEASURED_SECONDS = 1;

/** Opens the backend that the options ask for, as a stage of its own. */
export function openAsked(context: CommandContext): Promise<Backend> {
  context.stage('starting the backend');
  return openTold(context, context.options);
}

/** What a study is given by a command. */
export interface Asking {
  /** Opens the backend that the options ask for, once the folder of `--out` is there. */
  readonly open: () => Promise<Backend>;
  /** How the study tells of itself on stderr, and is stopped by Ctrl-C. */
  readonly control: StudyControl;
}

/** A study as a command asks it; one that is to take longer says so once, as soon as its speed is known. */
export function asking(context: CommandContext): Asking {
  let backend: Backend | undefined;
  let isTold = false;
  return {
    open: async () => {
      context.prepareFolder();
      backend = await openAsked(context);
      return backend;
    },
    control: {
      // Asked for as soon as it is heeded, and no sooner (CommandContext.signal).
      get signal() {
        return context.signal;
      },
      onStage: (label) => {
        context.stage(label);
      },
      onProgress: (label, done, total, seconds, walked = done) => {
        const progress = progressAt(label, { done, total }, walked, seconds);
        if (!isTold && backend !== undefined && seconds > MEASURED_SECONDS) {
          isTold = true;
          const { etaSeconds } = progress;
          if (etaSeconds > LONG_SECONDS) context.remark(`${label}: about ${aboutText(etaSeconds, backend)}`);
        }
        context.progress.report(progress);
      },
      onRemark: (text) => {
        context.remark(text);
      },
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

/** Progress of a backend as the terminal shows it. */
export function reportProgress(context: CommandContext, label: string): (progress: RunProgress) => void {
  return ({ done, total, elapsedSeconds }) => {
    context.progress.report(progressAt(label, { done, total }, done, elapsedSeconds));
  };
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
