/** How far work is, and how much time is left: counted here, for whoever shows it. */
import type { StudyControl } from './control.js';

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

/**
 * How far something is, and when it will be over.
 * @param walked work that these seconds took: all that is done, unless some was done before
 */
export function progressAt(
  label: string,
  { done, total }: Pick<Progress, 'done' | 'total'>,
  walked: number,
  seconds: number,
): Progress {
  const rate = seconds > 0 ? walked / seconds : 0;
  return { label, done, total, rate, etaSeconds: rate > 0 ? (total - done) / rate : Infinity };
}

/** What is said of a stop that came too soon. */
export const NOTHING_FINISHED = 'stopped before any path was finished';

/**
 * Tells of equal runs, one after the other, as of one; what the first report begins with was walked before.
 * @returns what the run loop is to tell, of each run by its place
 */
export function runsTold(
  { onProgress }: Pick<StudyControl, 'onProgress'>,
  label: string,
  count = 1,
): (index?: number) => (done: number, total: number) => void {
  const start = performance.now();
  let before: number | undefined;
  return (index = 0) =>
    (done, total) => {
      const all = index * total + done;
      before ??= all;
      onProgress(label, all, count * total, (performance.now() - start) / 1000, all - before);
    };
}
