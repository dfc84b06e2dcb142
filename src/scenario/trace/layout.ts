/**
 * Where in a delimited file the table is: a preamble before it, one header row or several, a row of units, a footer.
 * Rows of the table have a time, or else numbers, in the columns in which most rows have them.
 */
import type { About, FileFormat, Table } from './table.js';
import { isMissing, isNumeric } from './numbers.js';
import { separatorName, type Rows } from './csv.js';
import { readStamp } from './stamps.js';
import { TraceRefusal, type TraceWarning } from './refusal.js';
import { unitOf } from './units.js';

/** What a field looks like: a time, a number, missing, or text. */
type Look = 'T' | 'N' | '-' | 'S';

const SHAPE = /^(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4})(?:[T ,:]|$)/;

const RANGE = / ?(?:\/| - | – | to | bis ) ?/;

/** Whether a field is a date, with or without a time of day, or an interval of two. */
export function isDated(text: string): boolean {
  const isCompact = /^[12]\d{3}[01]\d[0-3]\d(?:\d{4}|\d{6})$/.test(text) || /^\d{1,4}[-/.]\d{1,2}[-/.]\d/.test(text);
  if (text.length < 6 || (isNumeric(text) && !isCompact)) return false;
  // One of no calendar is to be told, not taken for text.
  if (SHAPE.test(text)) return true;
  const parts = text.includes(' - ') || text.includes(' – ') ? text.split(/ [-–] /) : [text];
  if (parts.every((part) => typeof readStamp(part.trim(), 'dayFirst') !== 'string')) return true;
  if (parts.every((part) => typeof readStamp(part.trim(), 'monthFirst') !== 'string')) return true;
  const halves = text.split(RANGE);
  return halves.length === 2 && halves.every((half) => typeof readStamp(half, 'dayFirst') !== 'string');
}

function lookOf(text: string): Look {
  if (text === '' || isMissing(text)) return '-';
  if (isDated(text)) return 'T';
  return isNumeric(text) ? 'N' : 'S';
}

const HEAD_ROWS = 300;
const TAIL_ROWS = 60;

interface Pattern {
  readonly width: number;
  /** Columns in which rows of the table have times, or else numbers. */
  readonly marks: readonly number[];
  readonly look: 'T' | 'N';
}

/** The commonest width among rows, and the columns that tell a row of the table. */
function patternOf(rows: readonly (readonly string[])[]): Pattern | undefined {
  const sample = [...rows.slice(0, HEAD_ROWS), ...rows.slice(Math.max(HEAD_ROWS, rows.length - TAIL_ROWS))];
  const looks = sample.map((row) => row.map(lookOf));
  const tabular = looks.filter((row) => row.some((look) => look === 'T' || look === 'N'));
  const widths = new Map<number, number>();
  for (const { length } of tabular) widths.set(length, (widths.get(length) ?? 0) + 1);
  let width = 0;
  // Of widths that are as common, that of the header and other texts too.
  const all = (w: number): number => sample.filter(({ length }) => length === w).length;
  for (const [w, count] of widths) {
    const best = widths.get(width) ?? 0;
    if (count > best || (count === best && (all(w) - all(width) || w - width) > 0)) width = w;
  }
  const same = tabular.filter(({ length }) => length === width);
  if (same.length === 0) return undefined;
  const columns = Array.from({ length: width }, (_, i) => i);
  const share = (i: number, look: Look): number => same.filter((row) => row[i] === look).length / same.length;
  for (const look of ['T', 'N'] as const) {
    const marks = columns.filter((i) => share(i, look) >= 0.5);
    if (marks.length > 0) return { width, marks, look };
  }
  return { width, marks: columns.filter((i) => share(i, 'N') > 0), look: 'N' };
}

/** Whether a row is one of the table: has a time (or numbers) where others have. */
function isOfTable(row: readonly string[], { marks, look }: Pattern, isFirst: boolean): boolean {
  if (look === 'T') return marks.some((i) => i < row.length && lookOf(row[i]) === 'T');
  const looks = marks.map((i) => lookOf(row[i] ?? ''));
  return isFirst ? looks.includes('N') && !looks.includes('S') : looks.includes('N');
}

const isUnitCell = (text: string): boolean => {
  const plain = text.replaceAll(/^[[(]|[\])]$/g, '');
  return (
    unitOf(plain) !== undefined ||
    /^(?:|-|–|°?[CFK]|deg.*|m\/s|%|hPa|mbar|Pa|mm|utc|local|h|hh:mm.*|yyyy.*|dd.*|€\/.*|eur\/.*)$/i.test(plain)
  );
};

const isUnitRow = (row: readonly string[]): boolean =>
  row.some((text) => unitOf(text.replaceAll(/^[[(]|[\])]$/g, '')) !== undefined) && row.every(isUnitCell);

const isHeaderRow = (row: readonly string[]): boolean =>
  row.some((text) => text !== '') &&
  row.every((text) => !isDated(text) && !(isNumeric(text) && /^[\d.,+-]+$/.test(text)));

/** Rows of numbers between the header and the first row with a time: their times are of no kind, to be told. */
function unreadBefore(rows: Rows['fields'], first: number, width: number): number {
  let at = first - 1;
  while (at > 0 && rows[at].length === width && !isHeaderRow(rows[at]) && rows[at].some(isNumeric)) at--;
  const isHeader = at >= 0 && rows[at].length === width && isHeaderRow(rows[at]);
  return isHeader && rows[at].every((text) => text !== '') ? first - 1 - at : 0;
}

/** Header rows right before the table: their texts joined, where the lowest does not tell columns apart. */
function headersOf(
  rows: Rows,
  first: number,
  width: number,
): { headers: readonly string[] | undefined; line: number; units: readonly (string | undefined)[] } {
  const fits = (row: readonly string[] | undefined): row is readonly string[] =>
    row !== undefined && (row.length === width || (row.length > width && row.slice(width).every((x) => x === '')));
  let at = first - 1;
  let units: readonly (string | undefined)[] = [];
  const last = rows.fields[at] as readonly string[] | undefined;
  if (at > 0 && fits(last) && isUnitRow(last) && fits(rows.fields[at - 1])) {
    units = last.map((text) => text.replaceAll(/^[[(]|[\])]$/g, '') || undefined);
    at--;
  }
  const row = rows.fields[at] as readonly string[] | undefined;
  if (!fits(row) || !isHeaderRow(row)) {
    const comment = rows.comments
      .at(-1)
      ?.split(rows.separator)
      .map((text) => text.trim());
    const isHeader = first === 0 && comment?.length === width && width > 1 && isHeaderRow(comment);
    return { headers: isHeader ? comment : undefined, line: isHeader ? 1 : 0, units };
  }
  let headers = row.slice(0, width);
  const above = rows.fields[at - 1] as readonly string[] | undefined;
  const isUnique = new Set(headers).size === headers.length && !headers.slice(1).includes('');
  if (!isUnique && fits(above) && isHeaderRow(above)) {
    let group = '';
    headers = headers.map((text, i) => {
      if (above[i] !== '') group = above[i];
      return group === '' || group === text ? text : `${group} ${text}`.trim();
    });
  }
  return { headers, line: rows.lines[at], units };
}

/**
 * The table of a delimited file.
 *
 * @throws {TraceRefusal} where there is none, and on a row of the table with more or fewer fields.
 */
export function tableOf(rows: Rows, name: string, format: FileFormat = 'csv', about: About = {}): Table {
  const refuse = (message: string): TraceRefusal => new TraceRefusal(name, message, undefined);
  if (rows.fields.length === 0) throw refuse('got no rows, expected a CSV with one value a row');
  const pattern = patternOf(rows.fields);
  if (pattern === undefined) {
    const text = rows.fields.length === 1 ? 'got a header and no values' : 'got text and no values';
    throw refuse(`${text}, expected one value a row`);
  }
  const { width } = pattern;
  const all = rows.fields;
  let first = all.findIndex((row) => row.length >= width && isOfTable(row, pattern, true));
  if (first < 0) first = all.findIndex((row) => isOfTable(row, pattern, false));
  first -= unreadBefore(all, first, width);
  let end = all.length;
  while (end > first + 1 && !isOfTable(all[end - 1], pattern, false) && !isLost(all[end - 1], pattern)) end--;
  const { headers, line, units } = headersOf(rows, first, width);
  const expected = headers === undefined ? rows.lines[first] : line;
  const body = all.slice(first, end);
  const lines = rows.lines.subarray(first, end);
  for (let i = 0; i < body.length; i++) {
    const row = body[i];
    if (row.length === width) continue;
    if (row.length > width && row.slice(width).every((text) => text === '')) continue;
    const comma = rows.separator === ',' && row.length > width ? ' (decimal commas in a file that commas part?)' : '';
    throw refuse(
      `line ${lines[i]}: got ${row.length} ${row.length === 1 ? 'field' : 'fields'}, expected ${width} as in line ` +
        `${expected}, separated by ${separatorName(rows.separator)}${comma}`,
    );
  }
  const footer = all.slice(end).filter((row) => row.length === width && row.some(isNumeric));
  const warnings: TraceWarning[] =
    footer.length === 0
      ? []
      : [
          {
            code: 'footer',
            message:
              `line ${rows.lines[end]} and what follows, ${JSON.stringify(footer[0].join(' '))}, ` +
              'are taken for a footer and left out',
            key: 'csv',
          },
        ];
  return {
    ...{ format, headers, headerLine: line, units, rows: body, lines, separator: rows.separator, width },
    ...{ comments: rows.comments, about, warnings },
  };
}

/** A row of one number that lost its time, or that begins as a number does, is no footer: to be told. */
const isLost = (row: readonly string[], { look, width }: Pattern): boolean =>
  look === 'N' ? row.length === width : /^\d{1,4}[-/.]\d/.test(row[0]);
