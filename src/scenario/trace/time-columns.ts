/** Which columns of a table hold its times: one stamp, a start and an end, a date beside an hour, or year … minute. */
import { likelyMeant } from '../nearest.js';
import { isDated } from './layout.js';
import { isNumeric } from './numbers.js';
import { quoted, TraceRefusal } from './refusal.js';
import { TIME_EXPECTED } from './stamps.js';
import { columnLabel, type Table } from './table.js';
import { isTimeHeader, meaningOf, stampIn, zoneIn } from './vocabulary.js';

/** A header's text or the number of the column, from 1. */
export type ColumnName = string | number;

/** Columns from 0. */
export type TimeColumns =
  | {
      readonly kind: 'stamp';
      readonly column: number;
      readonly hour: number | undefined;
      readonly end: number | undefined;
    }
  | { readonly kind: 'number'; readonly column: number }
  | { readonly kind: 'parts'; readonly column: number; readonly parts: readonly (number | undefined)[] };

const SAMPLE_ROWS = 60;
/** As a header of numbers that are times must be; other headers need stamps below them. */
const NUMBERED =
  /^(?:time|times|timestamp|date|datetime|date[ _-]?time|utc|local[ _-]?time|unix|epoch)(?:$|[\s_([-])|unix|epoch|arriv/i;
const CLOCK = /^\d{1,2}:\d\d(?::\d\d)?(?: ?[ap]m)?(?: ?[-–] ?\d{1,2}:\d\d(?::\d\d)?(?: ?[ap]m)?)?$/i;
const HOUR = /^(?:HE ?|h)?\d{1,2}$/i;
const DATE_NUMBER = /^(?:19|20)\d\d[01]\d[0-3]\d$/;

/**
 * The column that a key names: by number, by its text, or by the only header that begins or goes on so.
 * @throws {TraceRefusal}
 */
export function findColumn(key: string, wanted: ColumnName, table: Table, name: string): number {
  const { headers, width } = table;
  if (typeof wanted === 'number') {
    if (Number.isInteger(wanted) && wanted >= 1 && wanted <= width) return wanted - 1;
    throw new TraceRefusal(name, `${key}: got ${wanted}, expected a column from 1 to ${width}`, key);
  }
  const plain = (text: string): string => text.trim().toLowerCase().replaceAll(/\s+/g, ' ');
  const bare = (text: string): string => plain(text.replaceAll(/\[[^\]]*\]|\([^)]*\)/g, ' '));
  const tests: readonly ((header: string) => boolean)[] = [
    (header) => header === wanted,
    (header) => plain(header) === plain(wanted),
    (header) => bare(header) === bare(wanted) && bare(wanted) !== '',
    (header) => bare(header).startsWith(`${bare(wanted)} `) && bare(wanted) !== '',
  ];
  for (const test of tests) {
    const found = (headers ?? []).flatMap((header, i) => (test(header) ? [i] : []));
    const likely = found.filter((i) => meaningOf(headers?.[i] ?? '') !== 'other');
    if (found.length === 1 || (found.length > 1 && test === tests[0])) return found[0];
    if (likely.length === 1) return likely[0];
  }
  const meant = headers === undefined ? undefined : likelyMeant(wanted, headers);
  const hint = meant === undefined ? '' : ` (did you mean ${JSON.stringify(meant)}?)`;
  const none = headers === undefined ? ', and the file has no header' : '';
  throw new TraceRefusal(
    name,
    `${key}: got ${JSON.stringify(wanted)}${none}${hint}, expected ${listed(headers, width)}`,
    key,
  );
}

/** The columns that there are, for messages. */
export const listed = (headers: readonly string[] | undefined, width: number): string =>
  headers === undefined
    ? `a number from 1 to ${width}`
    : `one of ${headers.map((header) => JSON.stringify(header)).join(', ')}`;

/** Texts of a column in some rows from its head. */
const sampled = (table: Table, column: number): readonly string[] =>
  table.rows
    .slice(0, SAMPLE_ROWS)
    .map((row) => row[column] ?? '')
    .filter((text) => text !== '');

const most = (texts: readonly string[], holds: (text: string) => boolean): boolean =>
  texts.length > 0 && texts.filter(holds).length * 2 >= texts.length;

/** Year, month, day and what follows, as columns of their own. */
function partsOf({ headers = [] }: Table): (number | undefined)[] | undefined {
  const at = (pattern: RegExp): number | undefined => {
    const index = headers.findIndex((header) => pattern.test(header.trim()));
    return index < 0 ? undefined : index;
  };
  const parts = [
    at(/^(?:year|jahr|yyyy|yr|a[nñ]n?[eo]e?)$/i),
    at(/^(?:month|monat|mm|mo|mes|mois)$/i),
    at(/^(?:day|tag|dd|dy|d[ií]a|jour|day ?of ?month)$/i),
    at(/^(?:hour|stunde|hh|hr|hora|heure|he|hour[ _-]?ending)$/i),
    at(/^(?:minute|min|mi)$/i),
    at(/^(?:second|sec|ss)$/i),
  ];
  return parts[0] === undefined || parts[1] === undefined || parts[2] === undefined ? undefined : parts;
}

/** How well a column of stamps serves: UTC and offsets before local time, starts before ends, none of publishing. */
function score(table: Table, column: number): number {
  const header = table.headers?.[column] ?? '';
  const hasOffset = most(sampled(table, column), (text) => /\d(?:Z|[+-]\d\d:?\d\d)$/i.test(text));
  return (
    (hasOffset ? 4 : 0) +
    (/utc|gmt/i.test(header) || /utc|gmt/i.test(table.about.unitIn?.(header) ?? '')
      ? 5
      : zoneIn(header) === undefined
        ? 0
        : 2) +
    (isTimeHeader(header) ? 2 : 0) -
    (/publish|updat|creat|changed|retriev|download|issue|forecast/i.test(header) ? 8 : 0) -
    (/local/i.test(header) ? 1 : 0) -
    (stampIn(header) === 'end' ? 1 : 0)
  );
}

function withPartners(table: Table, column: number, columns: readonly number[]): TimeColumns {
  const texts = sampled(table, column);
  const end = columns.find(
    (i) => i !== column && stampIn(table.headers?.[i] ?? '') === 'end' && most(sampled(table, i), isDated),
  );
  const isDay = most(texts, (text) => !/\d[:T ]\d/.test(text) && !/^\d{12}/.test(text));
  if (!isDay) return { kind: 'stamp', column, hour: undefined, end };
  const header = (i: number): string => table.headers?.[i] ?? '';
  const hours = columns.filter(
    (i) =>
      i !== column &&
      (most(sampled(table, i), (text) => CLOCK.test(text)) ||
        (/hour|stunde|^h$|^he$|^hr$|time|uhr|zeit|heure|hora/i.test(header(i)) &&
          most(sampled(table, i), (text) => HOUR.test(text)))),
  );
  return { kind: 'stamp', column, hour: hours[0], end: hours[1] ?? undefined };
}

/**
 * The columns of times; undefined where there are none.
 *
 * @param wanted by the user; `none`: times are not looked at
 * @throws {TraceRefusal} where a column that seems to hold times cannot be read
 */
export function timeColumns(table: Table, wanted: ColumnName | undefined, name: string): TimeColumns | undefined {
  if (wanted === 'none') return undefined;
  const columns = Array.from({ length: table.width }, (_, i) => i);
  const header = (i: number): string => table.headers?.[i] ?? '';
  const isDateNumber = (i: number): boolean =>
    /date|datum|day|tag|time/i.test(header(i)) && most(sampled(table, i), (text) => DATE_NUMBER.test(text));
  const dated = columns.filter((i) => most(sampled(table, i), isDated) || isDateNumber(i));
  if (wanted !== undefined) {
    const column = findColumn('timeColumn', wanted, table, name);
    const isPlain = most(sampled(table, column), isNumeric) && !dated.includes(column);
    return isPlain ? { kind: 'number', column } : withPartners(table, column, columns);
  }
  const parts = partsOf(table);
  if (parts !== undefined) return { kind: 'parts', column: parts[0] ?? 0, parts };
  if (dated.length > 0) {
    const best = dated.reduce((a, b) => (score(table, b) > score(table, a) ? b : a));
    return withPartners(table, best, columns);
  }
  const numbered = columns.find(
    (i) => table.width > 1 && NUMBERED.test(header(i)) && most(sampled(table, i), isNumeric),
  );
  if (numbered !== undefined) return { kind: 'number', column: numbered };
  refuseUnread(table, columns, name);
  return undefined;
}

/**
 * A column of texts with digits that differ from row to row, or with a header of times, is most likely one of times.
 */
function refuseUnread(table: Table, columns: readonly number[], name: string): void {
  if (table.width < 2) return;
  const unread = columns.find((i) => {
    const texts = sampled(table, i);
    const isText = most(texts, (text) => !isNumeric(text) && /\d/.test(text));
    return isText && (isTimeHeader(table.headers?.[i] ?? '') || new Set(texts).size * 2 > texts.length);
  });
  if (unread === undefined) return;
  const row = table.rows.findIndex((fields) => fields[unread] !== '');
  throw new TraceRefusal(
    name,
    `line ${table.lines[row]}, ${columnLabel(unread, table.headers)}: got ${quoted(table.rows[row][unread])}, ` +
      `expected ${TIME_EXPECTED}; or give "timeColumn": "none" and secondsPerValue`,
    'timeColumn',
  );
}
