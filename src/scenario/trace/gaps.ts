/** What to do where values are missing: refuse, count them as zero, or draw a line between their neighbours. */
import { InputError } from '../../errors.js';
import { fitsInto } from '../../numeric/whole.js';

export type GapRule = 'refuse' | 'zero' | 'interpolate';

export const GAP_RULES: readonly GapRule[] = ['refuse', 'zero', 'interpolate'];

/** Longest gap that is filled unless the user says otherwise: a day, in seconds. */
export const LARGEST_GAP_SECONDS = 86_400;

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
 * @throws {InputError} on a run longer than the largest gap, and where a line has only one end.
 */
export function fillGaps(values: Float64Array, fill: GapFill): number {
  const { rule, largestGapSeconds, secondsPerValue, name, placeOf } = fill;
  let filled = 0;
  for (let i = 0; i < values.length; i++) {
    if (!Number.isNaN(values[i])) continue;
    let end = i;
    while (end < values.length && Number.isNaN(values[end])) end++;
    const missing = end - i;
    const gap = `got a gap of ${missing} ${missing === 1 ? 'value' : 'values'} (${missing * secondsPerValue} s) at ${placeOf(i)}`;
    if (!fitsInto(missing * secondsPerValue, largestGapSeconds)) {
      throw new InputError(
        `${name}: ${gap}, expected at most largestGapSeconds ${largestGapSeconds}: allow longer gaps or cut the trace there`,
        name,
      );
    }
    if (rule === 'interpolate' && (i === 0 || end === values.length)) {
      throw new InputError(
        `${name}: ${gap}, expected a value on either side to interpolate between: cut the trace there or give "gaps": "zero"`,
        name,
      );
    }
    for (let k = i; k < end; k++) {
      values[k] = rule === 'zero' ? 0 : values[i - 1] + ((values[end] - values[i - 1]) * (k - i + 1)) / (missing + 1);
    }
    filled += missing;
    i = end;
  }
  return filled;
}
