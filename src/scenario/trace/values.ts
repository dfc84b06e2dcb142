/** The numbers of one column: marks and units of the cells, what is missing, what is negative. */
import { cellOf, isMissing, marksOf, numberReader, type MarkChoice } from './numbers.js';
import { quoted, TraceRefusal, type Teller } from './refusal.js';
import { columnLabel, type Table } from './table.js';

export type NegativeRule = 'refuse' | 'zero';

export interface ValueChoice extends MarkChoice {
  /** Numbers that mean that there is none. */
  readonly missing?: readonly number[] | undefined;
  readonly negative?: NegativeRule | undefined;
  /** Whether values may be below 0, as a temperature is. */
  readonly isSigned?: boolean | undefined;
}

export interface ColumnValues {
  /** NaN where a value is missing. */
  readonly values: Float64Array;
  /** What stands after the number in every cell; '' where nothing does. */
  readonly cellUnit: string;
}

const PLAIN = 'a number ≥ 0 such as 12.5, without unit or thousands mark';
/** Codes that loggers write for nothing; as a value they stand far above the others. */
const SENTINEL = /^-?9{3,}(?:\.9+|\.0+)?$/;
const FAR = 2;

/** Numbers of other columns, of the head of the file. */
function* otherNumbers(table: Table, column: number): Generator<string> {
  for (const row of table.rows.slice(0, 2000)) {
    for (let i = 0; i < row.length; i++) {
      const text = row[i];
      if (i !== column && /^[+-]?[\d.,]+$/.test(text) && /[.,]/.test(text)) yield text;
    }
  }
}

/**
 * Reads a column.
 *
 * @param isFilled whether what is missing is filled later; without it that is refused
 * @throws {TraceRefusal} with line and column
 */
export function readColumn(
  table: Table,
  column: number,
  choice: ValueChoice,
  isFilled: boolean,
  teller: Teller,
): ColumnValues {
  const { name, warnings } = teller;
  const { rows, lines, headers, about } = table;
  const place = (row: number): string => `line ${lines[row]}, ${columnLabel(column, headers)}`;
  const refuse = (row: number, expected: string, key: string | undefined): TraceRefusal =>
    new TraceRefusal(name, `${place(row)}: got ${quoted(rows[row][column] ?? '')}, ${expected}`, key);

  let cellUnit: string | undefined;
  const numbers = rows.map((row, i) => {
    const text = row[column] ?? '';
    if (isMissing(text)) return '';
    const cell = cellOf(text);
    if (cell === undefined) {
      throw refuse(i, `expected ${/^[+-]?inf(inity)?$/i.test(text) ? 'a finite number' : PLAIN}`, 'missing');
    }
    cellUnit ??= cell.unit;
    if (cell.unit !== cellUnit) throw refuse(i, `expected ${PLAIN} (or with the same unit in every row)`, 'missing');
    return cell.number;
  });
  const marks = marksOf(numbers, otherNumbers(table, column), choice, { name, separator: table.separator, place });
  const toNumber = numberReader(marks);
  const isAbsent = about.missingIn?.(headers?.[column] ?? '');
  const declared = new Set(choice.missing ?? []);
  const largest = new Largest();
  const values = Float64Array.from(numbers, (text, i) => {
    let value = text === '' ? NaN : toNumber(text);
    if (text !== '' && Number.isNaN(value)) throw refuse(i, `expected ${PLAIN}`, 'thousands');
    if (value === Infinity || value === -Infinity) throw refuse(i, 'expected a finite number', undefined);
    const isCode = declared.has(value) || isAbsent?.(value) === true;
    if (isCode) value = NaN;
    if (Number.isNaN(value)) {
      if (isFilled) return NaN;
      const why = isCode && !declared.has(Number(text)) ? `which is missing in ${table.format}, ` : '';
      throw refuse(
        i,
        `${why}expected a number ≥ 0; or give "gaps": "zero", "sameHour" or "interpolate" to fill what is missing`,
        'gaps',
      );
    }
    if (value < 0 && choice.isSigned !== true) {
      if (choice.negative === 'zero') return 0;
      const code = SENTINEL.test(text) ? `; or "missing": [${value}], if it means none` : '';
      const expected = 'expected a number ≥ 0: a harvest is never negative (set night-time offsets of a meter to 0)';
      throw refuse(i, `${expected}, or give "negative": "zero"${code}`, SENTINEL.test(text) ? 'missing' : 'negative');
    }
    largest.add(value, SENTINEL.test(text), i);
    return value + 0;
  });
  const { code, plain, count, row } = largest;
  if (code !== undefined && (code > FAR * plain || count > 2)) {
    const others = plain > 0 ? `beside at most ${plain}` : 'beside zeros';
    const message =
      `${place(row)}: got ${code}${count > 1 ? ` (${count} times)` : ''} ${others}: ` +
      `is it a code for none? Then give "missing": [${code}]`;
    warnings.push({ code: 'sentinel', message, key: 'missing' });
  }
  if (marks.found && marks.thousands !== 'none') {
    const shown = marks.thousands === ' ' ? 'spaces' : JSON.stringify(marks.thousands);
    warnings.push({
      code: 'thousands',
      message: `${columnLabel(column, headers)}: ${shown} part thousands, ${JSON.stringify(marks.decimal)} is decimal`,
      key: 'thousands',
    });
  }
  return { values, cellUnit: cellUnit ?? '' };
}

/** The largest value, and the largest that looks like a code. */
class Largest {
  plain = 0;
  code: number | undefined;
  count = 0;
  row = 0;
  add(value: number, isCode: boolean, row: number): void {
    if (!isCode) {
      if (value > this.plain) this.plain = value;
      return;
    }
    if (value > (this.code ?? -1)) [this.code, this.count, this.row] = [value, 0, row];
    if (value === this.code) this.count++;
  }
}
