/**
 * Whether the times of a trace go on in equal steps. Missing rows are gaps, which the caller may fill; everything else
 * is refused: rows out of order, twice, between the steps, or moved by daylight saving.
 */
import { TraceRefusal } from './refusal.js';
import { formatSpan, formatTime, type TimeKind } from './stamps.js';

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

/** So many equal steps in a row are no gap. */
const RUN = 3;

/** Where one step ends and another begins, each going on for some rows; undefined where none does. */
function stepChange(milliseconds: Float64Array): { row: number; before: number; after: number } | undefined {
  const runs: { row: number; step: number; length: number }[] = [];
  for (let i = 1; i < milliseconds.length; i++) {
    const step = milliseconds[i] - milliseconds[i - 1];
    const last = runs.at(-1);
    if (last?.step === step) last.length++;
    else runs.push({ row: i, step, length: 1 });
    // Of uneven times there are too many runs to be told.
    if (runs.length > milliseconds.length / 4 + 8) return undefined;
  }
  const long = runs.filter(({ length, step }) => length >= RUN && step > 0);
  const at = long.findIndex(({ step }, i) => i > 0 && step !== long[i - 1].step);
  return at < 0 ? undefined : { row: long[at].row, before: long[at - 1].step, after: long[at].step };
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
 *   then.
 * @param whereHint what to add where a time comes twice.
 * @throws {TraceRefusal} that names the line, its time and the time before it.
 */
export function stepsOf(times: RowTimes, given: number | undefined, whereHint = ''): Steps {
  const { name, kind, milliseconds, lines } = times;
  const show = (row: number): string => formatTime({ kind, milliseconds: milliseconds[row] });
  const { step: commonest, count } = commonestStep(milliseconds);
  const rows = milliseconds.length;
  const step = given ?? commonest;
  const complain = (row: number, what: string, key: string): TraceRefusal =>
    new TraceRefusal(name, `line ${lines[row]}: ${what}`, key);
  const changed = stepChange(milliseconds);
  const resample = 'resample the trace, as "resample": 3600 does';

  const gaps: Gap[] = [];
  for (let i = 1; i < rows; i++) {
    const difference = milliseconds[i] - milliseconds[i - 1];
    if (difference === step && step > 0) continue;
    const pair = `got ${show(i)} after ${show(i - 1)} (line ${lines[i - 1]})`;
    const change = kind === 'local' ? clockChange(milliseconds[i - 1], milliseconds[i], commonest) : undefined;
    if (change !== undefined) {
      throw complain(
        i,
        `${pair}, so an hour is ${change}: times look like local time with daylight saving; ` +
          'give them in UTC or with offsets, or give "timeZone": "Europe/Berlin" or the like',
        'timeZone',
      );
    }
    if (difference === 0)
      throw complain(
        i,
        `got ${show(i)} twice (before in line ${lines[i - 1]}), expected each time once${whereHint}`,
        whereHint === '' ? 'timeColumn' : 'where',
      );
    if (difference < 0) {
      const key = whereHint === '' ? 'timeColumn' : 'where';
      throw complain(i, `${pair}, expected times in ascending order: sort the rows by time${whereHint}`, key);
    }
    if (changed !== undefined && given === undefined) {
      const { row, before, after } = changed;
      throw complain(
        row,
        `got a step of ${formatSpan(after)} at ${show(row)}, expected one step, of ${formatSpan(before)} as in the rows ` +
          'before: the step changes here; give "resample" with the seconds of one step for all, ' +
          `such as ${Math.max(before, after) / 1000}`,
        'resample',
      );
    }
    if (given !== undefined && commonest !== given) {
      throw complain(
        i,
        `${pair}, ${formatSpan(difference)} later, expected steps of secondsPerValue ${given / 1000} s`,
        'secondsPerValue',
      );
    }
    if (count * 2 < rows - 1) {
      throw complain(
        i,
        `${pair}, ${formatSpan(difference)} later, expected one step between all rows: ${resample}`,
        'resample',
      );
    }
    if (difference % step !== 0) {
      throw complain(
        i,
        `${pair}, ${formatSpan(difference)} later, expected a step of ${formatSpan(step)} as in most rows: ` +
          `mend the time or ${resample}`,
        'resample',
      );
    }
    gaps.push({ row: i - 1, missing: difference / step - 1 });
  }
  // A few gaps are gaps, even in a short file; many are another step, unless the user says the step.
  if (given === undefined && gaps.length > 2 && gaps.length * 4 > rows) {
    const { row } = gaps[0];
    throw complain(
      row + 1,
      `got ${show(row + 1)} after ${show(row)}, and ${gaps.length} of ${rows - 1} steps differ from ` +
        `${formatSpan(step)}, expected one step: ${resample}; or give "gaps" and "secondsPerValue": ` +
        `${step / 1000}, if rows are left out`,
      'resample',
    );
  }
  return { stepMilliseconds: step, gaps };
}
