/** The rows of a trace's CSV as numbers: one value and, where there is a column of times, one time each, with their lines. */
import { InputError } from '../../errors.js';
import { chooseColumns, columnLabel, type ColumnChoice, type Columns } from './columns.js';
import { csvRows, type CsvRow } from './csv.js';
import type { RowTimes } from './steps.js';
import { NUMBER, readTime, type TimeKind } from './times.js';

/** The columns' numbers row by row. */
export interface Rows {
  readonly columns: Columns;
  /** NaN where a value is missing and gaps are filled. */
  readonly values: Float64Array;
  readonly lines: Uint32Array;
  /** Undefined without a time column. */
  readonly times: RowTimes | undefined;
}

const MISSING = /^(?:|nan|na|n\/a|null|none|-|--)$/i;
const DECIMAL_COMMA = /^([+-]?\d+),(\d+)$/;
/** Units of numeric times that are not seconds, at the end of a header. */
const OTHER_TIME_UNIT = /(?:^|[\s_[(])(h|hrs?|hours?|min|minutes?|ms|milliseconds?|d|days?)[\])]?$/i;

/** The value of a field, NaN where it is missing; a text says what was expected instead. */
function readValue(text: string): number | string {
  if (MISSING.test(text)) return NaN;
  const plain = text.replace(DECIMAL_COMMA, '$1.$2');
  if (!NUMBER.test(plain)) {
    return /^[+-]?inf(inity)?$/i.test(text)
      ? 'a finite number'
      : 'a number ≥ 0 such as 12.5, without unit or thousands mark';
  }
  const value = Number(plain);
  if (!Number.isFinite(value)) return 'a finite number';
  if (value < 0) return 'a number ≥ 0: a harvest is never negative (set night-time offsets of a meter to 0)';
  return value + 0;
}

/** At least as many as there are lines. */
function linesOf(text: string): number {
  const end = text.includes('\n') ? '\n' : '\r';
  let count = 1;
  for (let at = text.indexOf(end); at >= 0; at = text.indexOf(end, at + 1)) count++;
  return count;
}

/**
 * Reads every row.
 *
 * @param fills whether missing values are let pass as NaN.
 * @throws {InputError} with line and column.
 */
export function readRows(text: string, name: string, choice: ColumnChoice, fills: boolean): Rows {
  const all = csvRows(text, name);
  const next = (): CsvRow | undefined => {
    const { value, done } = all.next() as IteratorResult<CsvRow, undefined>;
    return done === true ? undefined : value;
  };
  const first = next();
  const second = next();
  if (first === undefined) throw new InputError(`${name}: got no rows, expected a CSV with one value a row`, name);
  const columns = chooseColumns(first, second, choice, name);
  const { value: valueAt, time: timeAt, headers } = columns;
  const complain = (row: CsvRow, column: number, expected: string): InputError => {
    const place = `${name}: line ${row.line}, ${columnLabel(column, headers)}`;
    const field = row.fields[column];
    return new InputError(`${place}: got ${field === '' ? 'nothing' : JSON.stringify(field)}, ${expected}`, name);
  };

  const capacity = linesOf(text);
  const values = new Float64Array(capacity);
  const lines = new Uint32Array(capacity);
  const milliseconds = new Float64Array(timeAt === undefined ? 0 : capacity);
  let kind: TimeKind | undefined;
  let count = 0;
  for (let row = headers === undefined ? first : second; row !== undefined; row = row === first ? second : next()) {
    const value = readValue(row.fields[valueAt]);
    if (typeof value === 'string') throw complain(row, valueAt, `expected ${value}`);
    if (Number.isNaN(value) && !fills) {
      throw complain(
        row,
        valueAt,
        'expected a number ≥ 0; or give "gaps": "zero" or "interpolate" to fill what is missing',
      );
    }
    if (timeAt !== undefined) {
      const time = readTime(row.fields[timeAt]);
      if (typeof time === 'string') {
        throw complain(row, timeAt, `${time}; or give "timeColumn": "none" and secondsPerValue`);
      }
      kind ??= time.kind;
      if (time.kind !== kind) {
        const style = { zoned: 'a time with offset or Z', local: 'a time without offset', seconds: 'seconds' };
        throw complain(row, timeAt, `which is ${style[time.kind]}, expected ${style[kind]} as in the rows before`);
      }
      milliseconds[count] = time.milliseconds;
    }
    values[count] = value;
    lines[count] = row.line;
    count++;
  }
  if (count === 0) throw new InputError(`${name}: got a header and no values, expected one value a row`, name);
  if (timeAt !== undefined && kind === 'seconds' && OTHER_TIME_UNIT.test(headers?.[timeAt] ?? '')) {
    throw new InputError(
      `${name}: ${columnLabel(timeAt, headers)}: got numbers whose header names another unit, expected seconds or ISO 8601; ` +
        'or give "timeColumn": "none" and secondsPerValue',
      name,
    );
  }
  const lineOf = lines.subarray(0, count);
  const times = kind && { name, kind, milliseconds: milliseconds.subarray(0, count), lines: lineOf };
  return { columns, values: values.subarray(0, count), lines: lineOf, times };
}
