/** Which columns of a CSV hold values and times: as the user says, else as headers and first fields show. */
import { InputError } from '../../errors.js';
import { likelyMeant } from '../nearest.js';
import type { CsvRow } from './csv.js';
import { NUMBER, readTime } from './times.js';
import { unitInHeader } from './units.js';

/** A header's text or the number of the column, from 1. */
export type ColumnName = string | number;

export interface Columns {
  /** Index from 0. */
  readonly value: number;
  /** Index from 0; undefined without times. */
  readonly time: number | undefined;
  /** The header row's fields; undefined where the first row is data. */
  readonly headers: readonly string[] | undefined;
}

export interface ColumnChoice {
  readonly column?: ColumnName | undefined;
  /** `none`: the file's times are not looked at. */
  readonly timeColumn?: ColumnName | undefined;
}

const TIME_HEADER =
  /^(?:time|times|timestamp|date|datetime|date[ _-]?time|utc|local[ _-]?time|unix|epoch)(?:$|[\s_([-])/i;
const isDated = (text: string): boolean => !NUMBER.test(text) && typeof readTime(text) !== 'string';
const isNumber = (text: string): boolean => NUMBER.test(text) || /^[+-]?\d+,\d+$/.test(text);

/** What to call a column in messages: `column 2` or `column "power_W"`. */
export function columnLabel(index: number, headers: readonly string[] | undefined): string {
  const header = headers?.[index] ?? '';
  return header === '' ? `column ${index + 1}` : `column ${JSON.stringify(header)}`;
}

function listed(headers: readonly string[] | undefined, width: number): string {
  return headers === undefined
    ? `a number from 1 to ${width}`
    : `one of ${headers.map((h) => JSON.stringify(h)).join(', ')}`;
}

function find(
  key: string,
  wanted: ColumnName,
  headers: readonly string[] | undefined,
  width: number,
  name: string,
): number {
  if (typeof wanted === 'number') {
    if (Number.isInteger(wanted) && wanted >= 1 && wanted <= width) return wanted - 1;
    throw new InputError(`${name}: ${key}: got ${wanted}, expected a column from 1 to ${width}`, name);
  }
  const same = (a: string): boolean => a.toLowerCase() === wanted.trim().toLowerCase();
  const exact = headers?.indexOf(wanted) ?? -1;
  const index = exact >= 0 ? exact : (headers?.findIndex(same) ?? -1);
  if (index >= 0) return index;
  const meant = headers === undefined ? undefined : likelyMeant(wanted, headers);
  const hint = meant === undefined ? '' : ` (did you mean ${JSON.stringify(meant)}?)`;
  const none = headers === undefined ? ', and the file has no header' : '';
  throw new InputError(
    `${name}: ${key}: got ${JSON.stringify(wanted)}${none}${hint}, expected ${listed(headers, width)}`,
    name,
  );
}

/**
 * @param first the first row: a header, unless a field of it is a number or a time.
 * @param second the row after it, if there is one.
 * @throws {InputError} where a column that is asked for is not there, or where it is not clear which one holds the values.
 */
export function chooseColumns(first: CsvRow, second: CsvRow | undefined, choice: ColumnChoice, name: string): Columns {
  const width = first.fields.length;
  const headers = first.fields.some((field) => isNumber(field) || isDated(field)) ? undefined : first.fields;
  const sample = headers === undefined ? first : second;
  const everyColumn = Array.from({ length: width }, (_, i) => i);

  let time: number | undefined;
  if (choice.timeColumn !== undefined && choice.timeColumn !== 'none') {
    time = find('timeColumn', choice.timeColumn, headers, width, name);
  } else if (choice.timeColumn === undefined) {
    time =
      everyColumn.find((i) => sample !== undefined && isDated(sample.fields[i])) ??
      (width > 1 ? everyColumn.find((i) => headers !== undefined && TIME_HEADER.test(headers[i])) : undefined);
  }
  if (choice.column !== undefined) return { value: find('column', choice.column, headers, width, name), time, headers };

  const others = everyColumn.filter((i) => i !== time);
  const withUnit = others.filter((i) => headers !== undefined && unitInHeader(headers[i]) !== undefined);
  const candidates = withUnit.length > 0 ? withUnit : others;
  if (candidates.length === 1) return { value: candidates[0], time, headers };
  const came =
    candidates.length === 0 ? 'no column of values' : `${candidates.length} columns that could hold the values`;
  throw new InputError(`${name}: got ${came}, expected column to be given: ${listed(headers, width)}`, name);
}
