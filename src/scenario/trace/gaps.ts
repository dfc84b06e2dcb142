/**
 * What to do where values are missing: refuse, count them as zero, draw a line between their neighbours (over a few
 * hours and never through a night), or take the mean of the same hour of the nearest days.
 */
import { fitsInto } from '../../numeric/whole.js';
import { TraceRefusal } from './refusal.js';

export type GapRule = 'refuse' | 'zero' | 'interpolate' | 'sameHour';

export const GAP_RULES: readonly GapRule[] = ['refuse', 'zero', 'interpolate', 'sameHour'];

/** Longest gap that is filled unless the user says otherwise: a day, in seconds. */
export const LARGEST_GAP_SECONDS = 86_400;

/** A line over more than this says nothing of what was there. */
export const LONGEST_LINE_SECONDS = 6 * 3600;

const DAY_SECONDS = 86_400;
/** Days whose same hour is taken, of the nearest that have one. */
const NEAREST_DAYS = 7;

export interface GapFill {
  readonly rule: Exclude<GapRule, 'refuse'>;
  readonly largestGapSeconds: number;
  readonly secondsPerValue: number;
  readonly name: string;
  /** What to call the place of a value in messages. */
  readonly placeOf: (index: number) => string;
}

/**
 * Fills runs of NaN in place.
 *
 * @returns how many values were filled.
 * @throws {TraceRefusal} on a run longer than the largest gap, where a line has only one end or goes through a night,
 *   where no other day has the hour.
 */
export function fillGaps(values: Float64Array, fill: GapFill): number {
  const { rule, largestGapSeconds, secondsPerValue, name, placeOf } = fill;
  const known = values.slice();
  let filled = 0;
  for (let i = 0; i < values.length; i++) {
    if (!Number.isNaN(values[i])) continue;
    let end = i;
    while (end < values.length && Number.isNaN(values[end])) end++;
    const missing = end - i;
    const counted = `${missing} ${missing === 1 ? 'value' : 'values'} (${missing * secondsPerValue} s)`;
    const gap = `got a gap of ${counted} at ${placeOf(i)}`;
    if (!fitsInto(missing * secondsPerValue, largestGapSeconds)) {
      throw new TraceRefusal(
        name,
        `${gap}, expected at most largestGapSeconds ${largestGapSeconds}: allow longer gaps or cut the trace there`,
        'largestGapSeconds',
      );
    }
    if (rule === 'interpolate') refuseLine(known, i, end, gap, fill);
    for (let k = i; k < end; k++) {
      if (rule === 'zero') values[k] = 0;
      else if (rule === 'interpolate') values[k] = lineAt(known, i, end, k);
      else {
        const mean = sameHour(known, k, secondsPerValue);
        if (mean === undefined) {
          throw new TraceRefusal(
            name,
            `${gap}, expected another day with a value at the same hour; give "gaps": "zero"`,
            'gaps',
          );
        }
        values[k] = mean;
      }
    }
    filled += missing;
    i = end;
  }
  return filled;
}

const lineAt = (known: Float64Array, from: number, end: number, k: number): number =>
  known[from - 1] + ((known[end] - known[from - 1]) * (k - from + 1)) / (end - from + 1);

function refuseLine(known: Float64Array, from: number, end: number, gap: string, fill: GapFill): void {
  const { name, secondsPerValue } = fill;
  if (from === 0 || end === known.length) {
    throw new TraceRefusal(
      name,
      `${gap}, expected a value on either side to interpolate between: cut the trace there or give "gaps": "zero"`,
      'gaps',
    );
  }
  const isLong = (end - from) * secondsPerValue > LONGEST_LINE_SECONDS && secondsPerValue < DAY_SECONDS;
  let isNight = false;
  for (let k = from; k < end && !isNight; k++) {
    isNight = lineAt(known, from, end, k) > 0 && sameHour(known, k, secondsPerValue) === 0;
  }
  if (!isLong && !isNight) return;
  const why = isNight ? 'through hours that are 0 on other days' : `of more than ${LONGEST_LINE_SECONDS / 3600} h`;
  throw new TraceRefusal(
    name,
    `${gap}, expected no line ${why}: give "gaps": "sameHour" (the same hour of other days) or "zero"`,
    'gaps',
  );
}

/** The mean at the same hour of the nearest days that have one; undefined where none has. */
function sameHour(known: Float64Array, index: number, secondsPerValue: number): number | undefined {
  const perDay = DAY_SECONDS / secondsPerValue;
  if (!Number.isInteger(perDay)) return undefined;
  let [sum, count] = [0, 0];
  for (let days = 1; count < NEAREST_DAYS; days++) {
    const around = [index - days * perDay, index + days * perDay].filter((i) => i >= 0 && i < known.length);
    if (around.length === 0) break;
    for (const i of around) {
      if (Number.isNaN(known[i])) continue;
      sum += known[i];
      count++;
    }
  }
  return count === 0 ? undefined : sum / count;
}
