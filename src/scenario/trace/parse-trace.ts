/**
 * From CSV text to a trace: values ≥ 0 in equal steps of time. Every row is checked; what is wrong is told with its
 * line and column. A time is that of the start of its value's interval. A million rows take about two seconds.
 */
import { InputError } from '../../errors.js';
import type { ColumnChoice, Columns } from './columns.js';
import { fillGaps, LARGEST_GAP_SECONDS, type GapRule } from './gaps.js';
import { readRows, type Rows } from './rows.js';
import { stepsOf, type RowTimes } from './steps.js';
import { formatTime } from './times.js';
import { TRACE_UNITS, unitInHeader, type TraceUnit } from './units.js';

/** How a file of measured values is to be read. */
export interface TraceOptions extends ColumnChoice {
  /** What to call the text in messages; default `trace`. */
  readonly name?: string | undefined;
  /** Needed where the header names no unit; must agree with it where it does. */
  readonly unit?: TraceUnit | undefined;
  /** Needed without a time column; must agree with the times where there is one. */
  readonly secondsPerValue?: number | undefined;
  /** Default `refuse`. */
  readonly gaps?: GapRule | undefined;
  /** Longest run of missing values to fill; default a day. */
  readonly largestGapSeconds?: number | undefined;
}

/** A series that was read from a file: values of one length each. */
export interface Trace {
  /** One value a step, ≥ 0, at least one > 0. */
  readonly values: Float64Array;
  readonly unit: TraceUnit;
  readonly secondsPerValue: number;
  /** Start of the first value's interval: ISO 8601 (Z where the file has offsets) or `… s`; undefined without times. */
  readonly firstTime: string | undefined;
  /** Values that were missing and filled. */
  readonly filled: number;
}

function unitOf({ headers, value }: Columns, given: TraceUnit | undefined, name: string): TraceUnit {
  const header = headers?.[value] ?? '';
  const named = unitInHeader(header);
  if (given !== undefined && named !== undefined && given !== named) {
    throw new InputError(
      `${name}: unit: got ${JSON.stringify(given)}, expected ${JSON.stringify(named)} as the header ${JSON.stringify(header)} says; ` +
        'mend whichever is wrong',
      name,
    );
  }
  const unit = given ?? named;
  if (unit !== undefined) return unit;
  const where = header === '' ? '' : `, and the header ${JSON.stringify(header)} names none`;
  throw new InputError(`${name}: unit: missing${where}, expected one of ${TRACE_UNITS.join(', ')}`, name);
}

/** Values on the grid of equal steps, NaN where rows are missing. */
function onGrid(rows: Rows, times: RowTimes, options: TraceOptions): { values: Float64Array; seconds: number } {
  const { name, kind, lines } = times;
  const given = options.secondsPerValue;
  if (rows.values.length < 2 && given === undefined) {
    throw new InputError(`${name}: got one row, expected secondsPerValue to be given or a second row to tell it`, name);
  }
  const { stepMilliseconds: step, gaps } = stepsOf(times, given === undefined ? undefined : Math.round(given * 1000));
  if (gaps.length > 0 && (options.gaps ?? 'refuse') === 'refuse') {
    const { row, missing } = gaps[0];
    const from = formatTime({ kind, milliseconds: times.milliseconds[row] + step });
    const to = formatTime({ kind, milliseconds: times.milliseconds[row + 1] });
    const others = gaps.length - 1;
    const more = others === 0 ? '' : `; ${others} more ${others === 1 ? 'gap follows' : 'gaps follow'}`;
    throw new InputError(
      `${name}: line ${lines[row + 1]}: got a gap of ${missing} ${missing === 1 ? 'row' : 'rows'}, from ${from} up to ${to}, ` +
        `expected a row every ${step / 1000} s${more}; give "gaps": "zero" or "interpolate" to fill them`,
      name,
    );
  }
  const total = (times.milliseconds[times.milliseconds.length - 1] - times.milliseconds[0]) / step + 1;
  if (gaps.length === 0) return { values: rows.values, seconds: step / 1000 };
  const longest = gaps.reduce((a, b) => (b.missing > a.missing ? b : a));
  const largest = options.largestGapSeconds ?? LARGEST_GAP_SECONDS;
  // Looked at before the grid is made: one wrong year would make it huge.
  if ((longest.missing * step) / 1000 > largest) {
    throw new InputError(
      `${name}: line ${lines[longest.row + 1]}: got a gap of ${longest.missing} rows (${(longest.missing * step) / 1000} s) before ` +
        `${formatTime({ kind, milliseconds: times.milliseconds[longest.row + 1] })}, expected at most largestGapSeconds ${largest}`,
      name,
    );
  }
  const values = new Float64Array(total).fill(NaN);
  rows.values.forEach((value, i) => (values[(times.milliseconds[i] - times.milliseconds[0]) / step] = value));
  return { values, seconds: step / 1000 };
}

/**
 * Parses a trace.
 *
 * @param text CSV; the whole of it is read, and each of its rows is checked.
 * @throws {InputError} `file: line 7, column "power_W": got …, expected …`; its `field` is the file's name.
 */
export function parseTrace(text: string, options: TraceOptions = {}): Trace {
  const name = options.name ?? 'trace';
  const rule = options.gaps ?? 'refuse';
  const rows = readRows(text, name, options, rule !== 'refuse');
  const unit = unitOf(rows.columns, options.unit, name);
  const { times } = rows;
  if (times === undefined && options.secondsPerValue === undefined) {
    throw new InputError(
      `${name}: secondsPerValue: missing, and the file has no column of times, expected seconds > 0 from one value to the next`,
      name,
    );
  }
  const { values, seconds } =
    times === undefined
      ? { values: rows.values, seconds: options.secondsPerValue ?? NaN }
      : onGrid(rows, times, options);
  const timeOf = (i: number): string =>
    times === undefined
      ? `line ${rows.lines[i]}`
      : formatTime({ kind: times.kind, milliseconds: times.milliseconds[0] + i * seconds * 1000 });
  const filled =
    rule === 'refuse'
      ? 0
      : fillGaps(values, {
          rule,
          largestGapSeconds: options.largestGapSeconds ?? LARGEST_GAP_SECONDS,
          secondsPerValue: seconds,
          name,
          placeOf: timeOf,
        });
  if (!values.some((value) => value > 0)) {
    throw new InputError(`${name}: got ${values.length} values, all 0, expected at least one above 0`, name);
  }
  return { values, unit, secondsPerValue: seconds, firstTime: times && timeOf(0), filled };
}
