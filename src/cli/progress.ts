/** Progress on stderr: a live line on a terminal, JSON lines otherwise, nothing when quiet. It only shows; it measures nothing. */
import { formatCount, formatDuration, formatQuantity } from '../report/table.js';

export interface Progress {
  /** What is being done, such as `simulating`. */
  readonly label: string;
  /** Work done and in all, in whatever unit the rate counts. */
  readonly done: number;
  readonly total: number;
  /** Work a second. */
  readonly rate: number;
  readonly etaSeconds: number;
}

export interface ProgressReporter {
  /** Shows a state, unless one was shown just before; the end (done = total) is always shown. */
  report(progress: Progress): void;
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

/** @param now milliseconds of a clock that does not go back. */
export function progressReporter(
  sink: TextSink,
  quiet: boolean,
  now: () => number = () => performance.now(),
): ProgressReporter {
  if (quiet) return { report: () => undefined, finish: () => undefined };
  const live = sink.isTTY === true;
  let shownAt = -Infinity;
  let shown = false;
  return {
    report(progress) {
      const time = now();
      const due = time - shownAt >= (live ? LIVE_MILLISECONDS : LINE_MILLISECONDS);
      if (!due && progress.done < progress.total) return;
      shownAt = time;
      if (!live) {
        const { label, done, total, rate, etaSeconds } = progress;
        sink.write(`${JSON.stringify({ label, done, total, rate, etaSeconds })}\n`);
        return;
      }
      shown = true;
      // One column stays free: some terminals wrap as soon as the last is written.
      sink.write(`\r\u001b[2K${liveLine(progress).slice(0, (sink.columns ?? 80) - 1)}`);
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
