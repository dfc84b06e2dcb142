/**
 * One time as people write it: ISO 8601, 31.12.2026 23:00, 12/31/2026 11:00 PM, 20261231:2300, 1 Jan 2026. Exactly, in
 * milliseconds.
 */
import { offsetOf } from './zones.js';

/** Which of the first two numbers of 01/02/2026 is the day. */
export type DateOrder = 'dayFirst' | 'monthFirst';

export interface Stamp {
  /** Milliseconds of the clock's time since 1970-01-01T00:00, as if it were UTC. */
  readonly wall: number;
  /** Minutes ahead of UTC, where the stamp says so. */
  readonly offset: number | undefined;
  /** Whether it has a time of day. */
  readonly timed: boolean;
  /** Whether midnight is written as 24:00. */
  readonly is24: boolean;
}

export const TIME_EXPECTED =
  'a time such as 2026-01-31T13:00Z, 2026-01-31T13:00+01:00 or 2026-01-31 13:00 (ISO 8601), or seconds as a number';

export const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

const CLOCK = String.raw`(?:(?:T|,? +|:|_)(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(?: ?([AP])\.?M\.?)?)?`;
const ZONE = String.raw`(?: ?\(?(Z|[A-Z]{2,4}|(?:UTC|GMT)?[+-]\d\d(?::?\d\d)?)\)?(?:\[[\w/+-]+\])?)?`;
const DATED = new RegExp(String.raw`^(\d{1,4})([-/.])(\d{1,2})\2(\d{1,4})${CLOCK}${ZONE}$`, 'i');
const COMPACT = new RegExp(
  String.raw`^([12]\d{3})([01]\d)([0-3]\d)(?:[T:_ -]?([0-2]\d):?([0-5]\d)(?::?([0-5]\d)(?:[.,](\d{1,9}))?)?)?${ZONE}$`,
  'i',
);
const MONTHS = ['jan', 'feb', 'm[aä]r', 'apr', 'ma[iy]', 'jun', 'jul', 'aug', 'sep', 'o[ck]t', 'nov', 'de[cz]'];
const MONTH = new RegExp(`(?<![A-Za-z])(?:${MONTHS.map((name) => `(${name})`).join('|')})[a-zä]*\\.?(?![A-Za-z])`, 'i');
const WEEKDAY =
  /^(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun|mo|di|mi|do|fr|sa|so)(?:day|tag)?[,.]? +(?=\d|[A-Za-z]{3,} ?\d)/i;

type Groups = readonly (string | undefined)[];

/** A date with its month in letters, in numbers. */
function inNumbers(text: string): string {
  const found = MONTH.exec(text);
  if (found === null) return text;
  const month = found.slice(1).findIndex((group: string | undefined) => group !== undefined) + 1;
  const before = text.slice(0, found.index).trim();
  const after = text.slice(found.index + found[0].length).trim();
  const [, own = '', rest = ''] = /^[-/ ]?(\d{1,2})(?:st|nd|rd|th)?,? *(.*)$/.exec(after) ?? [];
  if (before === '') {
    const year = /^(\d{4}),?(.*)$/.exec(rest);
    return year === null ? text : `${year[1]}-${month}-${own}${year[2]}`;
  }
  const year = /^[-/ ]?(\d{2,4}),?(.*)$/.exec(after);
  const day = /^(\d{1,2})(?:st|nd|rd|th)?\.?[-/ ]?$/.exec(before);
  return year === null || day === null ? text : `${fullYear(year[1])}-${month}-${day[1]}${year[2]}`;
}

const fullYear = (text: string): number =>
  text.length <= 2 ? 2000 + Number(text) - (Number(text) > 68 ? 100 : 0) : Number(text);

function made(year: number, month: number, day: number, clock: Groups): Stamp | string {
  const [hourText, minute = '0', second = '0', fraction, half, zone] = clock;
  let hour = Number(hourText ?? 0);
  if (half !== undefined) {
    if (hour < 1 || hour > 12) return 'expected hours from 1 to 12 with AM or PM';
    hour = (hour % 12) + (half.toLowerCase() === 'p' ? 12 : 0);
  }
  if (second === '60') return 'expected no leap seconds: give the second before or after';
  const is24 = hour === 24 && Number(minute) === 0 && Number(second) === 0;
  const date = Date.UTC(year, month - 1, day);
  if (month < 1 || month > 12 || new Date(date).getUTCDate() !== day) return 'expected a day of the calendar';
  if ((hour > 23 && !is24) || Number(minute) > 59 || Number(second) > 59) {
    return 'expected hours to 23, minutes to 59 and seconds to 59';
  }
  const offset = zone === undefined ? undefined : offsetOf(zone);
  if (zone !== undefined && offset === undefined)
    return `expected a zone that is known instead of ${zone}: Z, +01:00, CET`;
  const part = fraction === undefined ? 0 : Math.round(Number(`0.${fraction}`) * 1000);
  const wall = date + hour * 3_600_000 + Number(minute) * 60_000 + Number(second) * 1000 + part;
  return { wall, offset, timed: hourText !== undefined, is24 };
}

/** Reads one time; a text says why it is none. @param order of day and month where the year is not first */
export function readStamp(text: string, order: DateOrder): Stamp | string {
  let found: Groups | null = DATED.exec(text);
  if (found === null) {
    const compact: Groups | null = COMPACT.exec(text);
    if (compact !== null) {
      const [, year, month, day, hour, minute, second, fraction, zone] = compact;
      return made(Number(year), Number(month), Number(day), [hour, minute, second, fraction, undefined, zone]);
    }
    found = DATED.exec(inNumbers(text.replace(WEEKDAY, '')));
    if (found === null) return `expected ${TIME_EXPECTED}`;
  }
  const [, first = '', separator, middle, last = '', ...clock] = found;
  if (first.length === 4) return made(Number(first), Number(middle), Number(last), clock);
  if (first.length === 3 || last.length === 3 || last.length === 1) return `expected ${TIME_EXPECTED}`;
  const dayFirst = separator === '.' || order === 'dayFirst';
  const [day, month] = dayFirst ? [first, middle] : [middle, first];
  return made(fullYear(last), Number(month), Number(day), clock);
}

const ORDERED = /^(?:\D+ )?(\d{1,2})[-/](\d{1,2})[-/](?:\d{4}|\d\d)(?!\d)/;

/** What the numbers of dates say of their order; undefined where they could be either, or the year comes first. */
export function orderOf(texts: Iterable<string>): { readonly order: DateOrder | undefined; readonly open: boolean } {
  let open = false;
  for (const text of texts) {
    const found = ORDERED.exec(text);
    if (found === null) {
      // The rows of a column are written alike.
      if (!open && text !== '') return { order: undefined, open: false };
      continue;
    }
    open = true;
    if (Number(found[1]) > 12) return { order: 'dayFirst', open: false };
    if (Number(found[2]) > 12) return { order: 'monthFirst', open: false };
  }
  return { order: undefined, open };
}

/** As a person would write it. @param offset minutes ahead of UTC; undefined where there is no zone */
export function formatStamp(wall: number, offset: number | undefined): string {
  const short = new Date(wall)
    .toISOString()
    .replace(/(:\d\d)(?::00)?\.000Z$/, '$1')
    .replace(/Z$/, '');
  if (offset === undefined) return short;
  if (offset === 0) return `${short}Z`;
  const whole = Math.abs(offset);
  const two = (n: number): string => String(Math.floor(n)).padStart(2, '0');
  return `${short}${offset < 0 ? '-' : '+'}${two(whole / 60)}:${two(whole % 60)}`;
}

/** A span in the largest unit that is whole. */
export function formatSpan(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  for (const [unit, size] of [
    ['d', 86_400],
    ['h', 3600],
    ['min', 60],
  ] as const) {
    if (seconds >= size && seconds % size === 0) return `${seconds / size} ${unit} (${seconds} s)`;
  }
  return `${seconds} s`;
}

/**
 * `zoned`: an instant; `local`: a clock's time without zone, counted as if the day never shifts; `seconds`: since any
 * start.
 */
export type TimeKind = 'zoned' | 'local' | 'seconds';

/** A time of a row as a person would write it; instants in UTC. */
export function formatTime({ kind, milliseconds }: { readonly kind: TimeKind; readonly milliseconds: number }): string {
  if (kind === 'seconds') return `${milliseconds / 1000} s`;
  return formatStamp(milliseconds, kind === 'zoned' ? 0 : undefined);
}
