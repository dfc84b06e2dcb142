/**
 * Progress on stderr: a live line on a terminal, JSON lines otherwise, nothing when quiet. A stage that cannot say how
 * far it is (laws, charts, files) is named, and shown with its time once it lasts. It only shows; it measures nothing.
 */
import { formatCount } from '../numeric/format.js';
import { formatDuration, formatQuantity } from '../report/table.js';
import type { Progress } from '../study/progress.js';

export interface ProgressReporter {
  /** Shows a state, unless one was shown just before; the end (done = total) is always shown. */
  report(progress: Progress): void;
  /** A stage begins, such as `exact laws`; the one before it is over. Nothing is shown yet. */
  stage(label: string): void;
  /** To be called a few times a second: shows the stage where nothing else was shown for a while. */
  tick(): void;
  /** Clears the live line, so that other output can follow. */
  finish(): void;
}

/** A stream of text: what of `process.stderr` is used. */
export interface TextSink {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

const LIVE_MILLISECONDS = 100;
const LINE_MILLISECONDS = 1000;
/** Lines of one stage off a terminal come at intervals that double up to this. */
const MOST_LINE_MILLISECONDS = 10_000;

/** @param now milliseconds of a clock that does not go back. */
export function progressReporter(
  sink: TextSink,
  quiet: boolean,
  now: () => number = () => performance.now(),
): ProgressReporter {
  const nothing = (): void => undefined;
  if (quiet) return { report: nothing, stage: nothing, tick: nothing, finish: nothing };
  const live = sink.isTTY === true;
  let shownAt = -Infinity;
  let shown = false;
  let stage = { label: '', since: now(), wait: LINE_MILLISECONDS };
  const begin = (label: string): void => {
    if (label !== stage.label) stage = { label, since: now(), wait: LINE_MILLISECONDS };
  };
  const show = (line: string, document: object): void => {
    shownAt = now();
    if (!live) {
      sink.write(`${JSON.stringify(document)}\n`);
      return;
    }
    shown = true;
    // One column stays free: some terminals wrap as soon as the last is written.
    sink.write(`\r\u001b[2K${line.slice(0, (sink.columns ?? 80) - 1)}`);
  };
  return {
    report(progress) {
      begin(progress.label);
      const due = now() - shownAt >= (live ? LIVE_MILLISECONDS : LINE_MILLISECONDS);
      if (!due && progress.done < progress.total) return;
      const { label, done, total, rate, etaSeconds } = progress;
      show(liveLine(progress), { label, done, total, rate, etaSeconds });
    },
    stage: begin,
    tick() {
      const time = now();
      const { label, since, wait } = stage;
      if (label === '' || time - Math.max(since, shownAt) < (live ? LINE_MILLISECONDS : wait)) return;
      stage.wait = Math.min(2 * wait, MOST_LINE_MILLISECONDS);
      const elapsedSeconds = Math.round((time - since) / 100) / 10;
      show(`${label}  ${formatDuration(elapsedSeconds)}`, { label, elapsedSeconds });
    },
    finish() {
      if (shown) sink.write('\r\u001b[2K');
      shown = false;
    },
  };
}

function liveLine({ label, done, total, rate, etaSeconds }: Progress): string {
  const share = total > 0 ? `${((100 * done) / total).toFixed(1).padStart(5)} %` : '';
  const speed = formatQuantity(rate, '/s', 3);
  return `${label} ${share}  ${formatCount(done)} of ${formatCount(total)}  ${speed}  ${formatDuration(etaSeconds)} left`;
}
