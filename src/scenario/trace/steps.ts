/**
 * Whether the times of a trace go on in equal steps. Missing rows are gaps, which the caller may fill; everything else
 * is refused: rows out of order, twice, between the steps, or moved by daylight saving.
 */
import { InputError } from '../../errors.js';
import { formatSpan, formatTime, type TimeKind } from './times.js';

/** Times of the rows in file order, and their lines; equally long. */
export interface RowTimes {
  readonly name: string;
  readonly kind: TimeKind;
  readonly milliseconds: Float64Array;
  readonly lines: Uint32Array;
}

/** `missing` rows after row `row` (from 0). */
export interface Gap {
  readonly row: number;
  readonly missing: number;
}

export interface Steps {
  readonly stepMilliseconds: number;
  readonly gaps: readonly Gap[];
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** The commonest positive difference between rows, the smaller of two as common, and how often it comes. */
function commonestStep(milliseconds: Float64Array): { step: number; count: number } {
  const counts = new Map<number, number>();
  for (let i = 1; i < milliseconds.length; i++) {
    const difference = milliseconds[i] - milliseconds[i - 1];
    if (difference > 0) counts.set(difference, (counts.get(difference) ?? 0) + 1);
  }
  let best = { step: 0, count: 0 };
  for (const [step, count] of counts) {
    if (count > best.count || (count === best.count && step < best.step)) best = { step, count };
  }
  return best;
}

/**
 * Clocks are put forward and back by an hour in the night to a Sunday, between 23:00 and 04:00, in spring and autumn of
 * either hemisphere. Times without offset then skip an hour or repeat one.
 */
function clockChange(before: number, after: number, step: number): 'skipped' | 'repeated' | undefined {
  const inNight = [before, after].some((time) => new Date(time).getUTCDay() === 0 && (time % DAY) / HOUR <= 4);
  const month = new Date(after).getUTCMonth();
  if (!inNight || step > HOUR || ![1, 2, 3, 8, 9, 10].includes(month)) return undefined;
  if (after - before === step + HOUR) return 'skipped';
  return after - before === step - HOUR ? 'repeated' : undefined;
}

/**
 * The step of the rows, and where rows are missing.
 *
 * @param given the step that the user says, in milliseconds; without it the commonest one. At least two rows are needed
 * then.
 * @throws {InputError} that names the line, its time and the time before it.
 */
export function stepsOf(times: RowTimes, given: number | undefined): Steps {
  const { name, kind, milliseconds, lines } = times;
  const show = (row: number): string => formatTime({ kind, milliseconds: milliseconds[row] });
  const { step: commonest, count } = commonestStep(milliseconds);
  const rows = milliseconds.length;
  const step = given ?? commonest;
  const complain = (row: number, what: string): InputError =>
    new InputError(`${name}: line ${lines[row]}: ${what}`, name);

  const gaps: Gap[] = [];
  for (let i = 1; i < rows; i++) {
    const difference = milliseconds[i] - milliseconds[i - 1];
    if (difference === step) continue;
    const pair = `got ${show(i)} after ${show(i - 1)} (line ${lines[i - 1]})`;
    const change = kind === 'local' ? clockChange(milliseconds[i - 1], milliseconds[i], commonest) : undefined;
    if (change !== undefined) {
      throw complain(
        i,
        `${pair}, so an hour is ${change}: times look like local time with daylight saving; give them in UTC or with offsets`,
      );
    }
    if (difference === 0)
      throw complain(i, `got ${show(i)} twice (before in line ${lines[i - 1]}), expected each time once`);
    if (difference < 0) throw complain(i, `${pair}, expected times in ascending order: sort the rows by time`);
    const later = `${pair}, ${formatSpan(difference)} later`;
    if (given !== undefined && commonest !== given) {
      throw complain(i, `${later}, expected steps of secondsPerValue ${given / 1000} s`);
    }
    if (count * 2 < rows - 1) {
      throw complain(i, `${later}, expected one step between all rows: resample the trace`);
    }
    if (difference % step !== 0) {
      const most = `a step of ${formatSpan(step)} as in most rows`;
      throw complain(i, `${later}, expected ${most}: mend the time or resample the trace`);
    }
    gaps.push({ row: i - 1, missing: difference / step - 1 });
  }
  // A few gaps are gaps, even in a short file; many are another step.
  if (gaps.length > 2 && gaps.length * 4 > rows) {
    const { row } = gaps[0];
    throw complain(
      row + 1,
      `got ${show(row + 1)} after ${show(row)}, and ${gaps.length} of ${rows - 1} steps differ from ${formatSpan(step)}, expected one step: resample the trace`,
    );
  }
  return { stepMilliseconds: step, gaps };
}
