/** From rows with times to values in equal steps: the grid, gaps, counters, another step. */
import { fillGaps, LARGEST_GAP_SECONDS, LONGEST_LINE_SECONDS, type GapRule } from './gaps.js';
import { TraceRefusal, type Teller } from './refusal.js';
import { resampled } from './resample.js';
import { stepsOf, type RowTimes } from './steps.js';
import { formatTime } from './stamps.js';
import type { Series, SeriesRows } from './series-rows.js';
import type { StampPlace } from './table.js';
import { isEnergy, type FileUnit } from './units.js';
import { isCounterHeader } from './vocabulary.js';

export interface SeriesChoice {
  readonly secondsPerValue?: number | undefined;
  readonly gaps?: GapRule | undefined;
  readonly largestGapSeconds?: number | undefined;
  readonly counter?: boolean | undefined;
  /** Seconds of the steps to make; true: the coarsest of the file. */
  readonly resample?: number | true | undefined;
  /** Whether what is missing stays so. */
  readonly isKept?: boolean | undefined;
}

/** Values on the grid of equal steps, NaN where rows are missing. */
function onGrid(rows: SeriesRows, times: RowTimes, choice: SeriesChoice): { values: Float64Array; seconds: number } {
  const { name, kind, lines } = times;
  const given =
    choice.secondsPerValue ??
    (rows.values.length < 2 && rows.interval !== undefined ? rows.interval / 1000 : undefined);
  const refuse = (message: string, key: string): TraceRefusal => new TraceRefusal(name, message, key);
  if (rows.values.length < 2 && given === undefined) {
    throw refuse('got one row, expected secondsPerValue to be given or a second row to tell it', 'secondsPerValue');
  }
  const { stepMilliseconds: step, gaps } = stepsOf(
    times,
    given === undefined ? undefined : Math.round(given * 1000),
    rows.whereHint,
  );
  const at = (milliseconds: number): string => formatTime({ kind, milliseconds });
  const largest = choice.largestGapSeconds ?? LARGEST_GAP_SECONDS;
  if (gaps.length > 0 && choice.isKept !== true && (choice.gaps ?? 'refuse') === 'refuse') {
    const { row, missing } = gaps[0];
    const from = at(times.milliseconds[row] + step);
    const to = at(times.milliseconds[row + 1]);
    const others = gaps.length - 1;
    const more = others === 0 ? '' : `; ${others} more ${others === 1 ? 'gap follows' : 'gaps follow'}`;
    const isLong = gaps.some((gap) => gap.missing * step > LONGEST_LINE_SECONDS * 1000);
    const rules = isLong
      ? '"zero" or "sameHour" (the same hour of other days)'
      : '"zero" or "interpolate" or "sameHour"';
    throw refuse(
      `line ${lines[row + 1]}: got a gap of ${missing} ${missing === 1 ? 'row' : 'rows'}, from ${from} up to ${to}, ` +
        `expected a row every ${step / 1000} s${more}; give "gaps": ${rules} to fill them`,
      'gaps',
    );
  }
  const total = (times.milliseconds[times.milliseconds.length - 1] - times.milliseconds[0]) / step + 1;
  if (gaps.length === 0) return { values: rows.values, seconds: step / 1000 };
  const longest = gaps.reduce((a, b) => (b.missing > a.missing ? b : a));
  // Looked at before the grid is made: one wrong year would make it huge.
  if ((longest.missing * step) / 1000 > largest) {
    throw refuse(
      `line ${lines[longest.row + 1]}: got a gap of ${longest.missing} rows ` +
        `(${(longest.missing * step) / 1000} s) before ` +
        `${at(times.milliseconds[longest.row + 1])}, expected at most largestGapSeconds ${largest}`,
      'largestGapSeconds',
    );
  }
  const values = new Float64Array(total).fill(NaN);
  rows.values.forEach((value, i) => (values[(times.milliseconds[i] - times.milliseconds[0]) / step] = value));
  return { values, seconds: step / 1000 };
}

/**
 * What speaks for a meter's counter rather than energies: it never falls, and starts far from 0 or goes on by night.
 */
function looksLikeCounter(values: Float64Array, unit: FileUnit | undefined, seconds: number, header: string): boolean {
  if (unit === undefined || !isEnergy(unit)) return false;
  const known = values.filter((value) => !Number.isNaN(value));
  let [rises, falls, resets] = [0, 0, 0];
  for (let i = 1; i < known.length; i++) {
    if (known[i] > known[i - 1]) rises++;
    else if (known[i] < known[i - 1]) {
      falls++;
      if (known[i] <= 0.1 * known[i - 1]) resets++;
    }
  }
  const [first, last] = [known[0], known[known.length - 1]];
  const days = (values.length * seconds) / 86_400;
  if (falls === 0 && rises > 1) {
    const isFar = first > 2 * (last - first) && known.length > 3;
    return isFar || days >= 1 || (isCounterHeader(header) && known.length > 3);
  }
  // A yield of the day rises, and falls to 0 at midnight alone.
  return falls === resets && days >= 1 && falls <= days + 1 && rises > 3 * falls;
}

/** Energies of the intervals between a counter's readings; a reading below the one before it counts from 0. */
function differences(readings: Float64Array, { name, warnings }: Teller): Float64Array {
  let resets = 0;
  const energies = new Float64Array(Math.max(0, readings.length - 1));
  for (let i = 0; i < energies.length; i++) {
    const difference = readings[i + 1] - readings[i];
    if (difference < 0) resets++;
    energies[i] = difference < 0 ? readings[i + 1] : rounded(difference, readings[i + 1]);
  }
  if (energies.length === 0)
    throw new TraceRefusal(name, 'got one reading of a counter, expected two or more', 'counter');
  if (resets > 0) {
    const times = resets === 1 ? 'once' : `${resets} times`;
    warnings.push({
      code: 'counterReset',
      message: `the counter falls ${times}: what it then reads counts from 0`,
      key: 'counter',
    });
  }
  return energies;
}

/** A difference without the noise of the last digits of what it is of. */
function rounded(difference: number, reading: number): number {
  const digits = Math.ceil(Math.log10(Math.max(1, reading)));
  return Number(difference.toFixed(Math.max(0, 13 - digits)));
}

/** Where the first interval starts, by where a stamp stands in its own. */
function startOf(first: number, step: number, stamp: StampPlace): number {
  if (stamp === 'end') return first - step;
  if (stamp === 'start') return first;
  // A stamp within its interval: of the clock's grid, unless it stands on that.
  return first % step === 0 ? first - step / 2 : Math.floor(first / step) * step;
}

/**
 * The series of a column.
 *
 * @throws {TraceRefusal} on what is out of order, on gaps that are not allowed, on a counter that is not said to be one
 */
export function seriesOf(rows: SeriesRows, choice: SeriesChoice, teller: Teller): Series {
  const { name, warnings } = teller;
  const { times, header } = rows;
  if (times === undefined && choice.secondsPerValue === undefined) {
    const message =
      'secondsPerValue: missing, and the file has no column of times, expected seconds > 0 from one value to the next';
    throw new TraceRefusal(name, message, 'secondsPerValue');
  }
  if (choice.resample !== undefined && times !== undefined)
    return fill(resampled(rows, times, choice.resample, name), rows, choice, teller);
  const { values, seconds } =
    times === undefined ? { values: rows.values, seconds: choice.secondsPerValue ?? NaN } : onGrid(rows, times, choice);
  const step = seconds * 1000;
  let unit = rows.unit;
  let measured = values;
  let stamp = rows.stamp;
  if (choice.counter === true) {
    measured = differences(values, teller);
    stamp = 'start';
  } else if (choice.counter === undefined && looksLikeCounter(values, unit, seconds, header)) {
    throw new TraceRefusal(
      name,
      `column ${JSON.stringify(header)}: got values in ${unit ?? ''} that never fall, ` +
        `from ${values[0]} to ${values[values.length - 1]}, ` +
        'as a meter counts; give "counter": true to read their differences, or false if they are energies',
      'counter',
    );
  }
  const first = times === undefined ? undefined : startOf(times.milliseconds[0], step, stamp);
  const off =
    times === undefined || times.kind === 'seconds' || stamp !== 'start' || step < 60_000 || 86_400_000 % step !== 0
      ? 0
      : times.milliseconds[0] % step;
  if (off !== 0 && off === step / 2) {
    warnings.push({
      code: 'stamp',
      message: 'times stand in the middle of the clock’s intervals and are read as their starts',
      key: 'stamp',
    });
  }
  unit = rows.unit;
  return fill({ measured, unit, secondsPerValue: seconds, first }, rows, choice, teller);
}

function fill(
  series: Pick<Series, 'measured' | 'unit' | 'secondsPerValue' | 'first'>,
  rows: SeriesRows,
  choice: SeriesChoice,
  { name, warnings }: Teller,
): Series {
  const { measured, secondsPerValue, first } = series;
  const { times, lines } = rows;
  const rule = choice.gaps ?? 'refuse';
  const missing = measured.findIndex((value) => Number.isNaN(value));
  if (missing < 0 || choice.isKept === true) return { ...series, values: measured, filled: 0 };
  const placeOf = (i: number): string =>
    times === undefined
      ? `line ${lines[i]}`
      : formatTime({ kind: times.kind, milliseconds: (first ?? 0) + i * secondsPerValue * 1000 });
  if (rule === 'refuse') {
    throw new TraceRefusal(
      name,
      `got a gap at ${placeOf(missing)}, expected a value; give "gaps": "zero" or "sameHour" to fill it`,
      'gaps',
    );
  }
  const values = measured.slice();
  const largestGapSeconds = choice.largestGapSeconds ?? LARGEST_GAP_SECONDS;
  const filled = fillGaps(values, { rule, largestGapSeconds, secondsPerValue, name, placeOf });
  const how = { zero: 'with 0', interpolate: 'by lines', sameHour: 'by the same hour of other days' }[rule];
  const share = ((100 * filled) / values.length).toPrecision(2);
  warnings.push({
    code: 'filled',
    message: `${filled} of ${values.length} values (${share} %) are missing and filled ${how}`,
    key: 'gaps',
  });
  return { ...series, values, filled };
}
