/** The times of a table's rows, in milliseconds: of which zone, and where in its interval each stands. */
import { quoted, TraceRefusal, type Teller } from './refusal.js';
import { dateOrder } from './date-order.js';
import { formatStamp, NUMBER, readStamp, type DateOrder, type Stamp, type TimeKind } from './stamps.js';
import { columnLabel, type StampPlace, type Table } from './table.js';
import type { TimeColumns } from './time-columns.js';
import { direction, isYearsByMonth, oneYear } from './typical-year.js';
import { stampIn, zoneIn } from './vocabulary.js';
import { fixedZone, instantOf, zoneOf, type Zone } from './zones.js';

export interface ClockChoice {
  readonly timeZone?: string | undefined;
  readonly stamp?: StampPlace | undefined;
  readonly dateOrder?: DateOrder | undefined;
}

/** Times row by row. */
export interface Clock {
  readonly kind: TimeKind;
  readonly milliseconds: Float64Array;
  /** Of instants: where clocks are read; undefined where stamps have offsets that differ, or there is none. */
  readonly zone: Zone | undefined;
  readonly stamp: StampPlace;
  /** Length of the intervals that the file itself gives, in milliseconds. */
  readonly interval: number | undefined;
  readonly column: number;
  /** Whether rows came newest first and `milliseconds` are to be read from the end. */
  readonly isReversed: boolean;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const OTHER_TIME_UNIT = /(?:^|[\s_[(])(h|hrs?|hours?|min|minutes?|d|days?)[\])]?$/i;

type Complain = (row: number, column: number, expected: string) => TraceRefusal;

interface Walls {
  /** The clock's times as if they were UTC. */
  readonly walls: Float64Array;
  /** Minutes ahead of UTC; undefined where stamps have none. */
  readonly offsets: Float64Array | undefined;
  readonly ends: Float64Array | undefined;
  readonly is24: boolean;
  readonly hasMidnight: boolean;
}

const CLOCK = /^(\d{1,2}):(\d\d)(?::(\d\d))?(?: ?([ap])m)?$/i;

/** Milliseconds of a time of day: `07:30`, `7:30 PM`, `HE07`, `7`; NaN where it is none. */
function timeOfDay(text: string): number {
  const found: readonly (string | undefined)[] | null = CLOCK.exec(text);
  if (found === null) {
    const hour = /^(?:HE ?|h)?(\d{1,2})(?:\.0*)?$/i.exec(text)?.[1];
    return hour === undefined || Number(hour) > 25 ? NaN : Number(hour) * HOUR;
  }
  const [, hour, minute, second = '0', half] = found;
  const h = half === undefined ? Number(hour) : (Number(hour) % 12) + (half.toLowerCase() === 'p' ? 12 : 0);
  return h > 24 || Number(minute) > 59 ? NaN : h * HOUR + Number(minute) * MINUTE + Number(second) * 1000;
}

const RANGE = / [-–] | ?\/ ?(?=\d{4}-)| to | bis /;

/** Stamps of one column, with an hour's or an end's column beside it. */
function stampWalls(
  table: Table,
  columns: Extract<TimeColumns, { kind: 'stamp' }>,
  order: DateOrder,
  complain: Complain,
): Walls {
  const { column, hour, end } = columns;
  const rows = table.rows.length;
  const walls = new Float64Array(rows);
  let offsets: Float64Array | undefined;
  let ends = end === undefined ? undefined : new Float64Array(rows);
  let [is24, hasMidnight] = [false, false];
  const read = (text: string, i: number, at: number): Stamp => {
    const stamp = readStamp(text, order);
    if (typeof stamp === 'string') throw complain(i, at, `${stamp}; or give "timeColumn": "none" and secondsPerValue`);
    return stamp;
  };
  const ofDay = (text: string, i: number, at: number): number => {
    const time = timeOfDay(text);
    if (Number.isNaN(time)) throw complain(i, at, 'expected a time of day such as 07:30 or an hour');
    return time;
  };
  for (let i = 0; i < rows; i++) {
    const row = table.rows[i];
    const text = row[column] ?? '';
    const range = text.length > 15 ? text.split(RANGE) : [text];
    const stamp = read(range[0], i, column);
    let wall = stamp.wall;
    is24 ||= stamp.is24;
    if (hour !== undefined) {
      const halves = row[hour].split(/ ?[-–] ?/);
      const time = ofDay(halves[0], i, hour);
      wall += time;
      is24 ||= time === DAY;
      if (halves.length > 1) (ends ??= new Float64Array(rows))[i] = stamp.wall + ofDay(halves[1], i, hour);
    } else if (range.length === 2) (ends ??= new Float64Array(rows))[i] = read(range[1], i, column).wall;
    hasMidnight ||= !stamp.is24 && wall % DAY === 0;
    if (end !== undefined && ends !== undefined && row[end] !== '') {
      ends[i] = hour === undefined ? read(row[end], i, end).wall : stamp.wall + ofDay(row[end], i, end);
    }
    walls[i] = wall;
    if (i === 0 && stamp.offset !== undefined) offsets = new Float64Array(rows);
    if ((offsets === undefined) !== (stamp.offset === undefined)) {
      const style = stamp.offset === undefined ? 'a time without offset' : 'a time with offset or Z';
      const before = stamp.offset === undefined ? 'a time with offset or Z' : 'a time without offset';
      throw complain(i, column, `which is ${style}, expected ${before} as in the rows before`);
    }
    if (offsets !== undefined) offsets[i] = stamp.offset ?? NaN;
  }
  return { walls, offsets, ends, is24, hasMidnight };
}

/** Year, month, day, hour, minute and second from columns of their own. */
function partWalls(table: Table, parts: readonly (number | undefined)[], complain: Complain): Walls {
  const rows = table.rows.length;
  const walls = new Float64Array(rows);
  let [is24, hasMidnight] = [false, false];
  const value = (i: number, part: number, least: number, most: number): number => {
    const column = parts[part];
    if (column === undefined) return least;
    const x = Number(table.rows[i][column]);
    if (!Number.isInteger(x) || x < least || x > most || table.rows[i][column] === '') {
      throw complain(i, column, `expected a whole number from ${least} to ${most}`);
    }
    return x;
  };
  const minutes = new Set<number>();
  for (let i = 0; i < rows; i++) {
    const hour = value(i, 3, 0, 24);
    const minute = value(i, 4, 0, 60);
    minutes.add(minute);
    is24 ||= hour === 24;
    hasMidnight ||= hour === 0;
    walls[i] =
      Date.UTC(value(i, 0, 1, 9999), value(i, 1, 1, 12) - 1, value(i, 2, 1, 31)) + hour * HOUR + minute * MINUTE;
    walls[i] += value(i, 5, 0, 60) * 1000;
  }
  // Hours from 1 to 24 whose minute is 60 throughout (EPW) are meant without it.
  if (minutes.size === 1 && minutes.has(60)) walls.forEach((wall, i) => (walls[i] = wall - HOUR));
  return { walls, offsets: undefined, ends: undefined, is24, hasMidnight };
}

/** Excel counts days from 1899-12-30: so many lie before 1970. */
const DAYS_BEFORE_1970 = 25_569;

function numberTimes(table: Table, column: number, complain: Complain): Pick<Clock, 'kind' | 'milliseconds' | 'zone'> {
  const { rows, headers } = table;
  const header = headers?.[column] ?? '';
  const milliseconds = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) {
    const text = rows[i][column] ?? '';
    if (!NUMBER.test(text))
      throw complain(i, column, 'expected seconds as a number; or give "timeColumn": "none" and secondsPerValue');
    milliseconds[i] = Number(text);
  }
  if (OTHER_TIME_UNIT.test(header)) {
    const label = columnLabel(column, headers);
    throw complain(
      -1,
      column,
      `${label}: got numbers whose header names another unit, expected seconds or ISO 8601; ` +
        'or give "timeColumn": "none" and secondsPerValue',
    );
  }
  const [first, second = first + 1] = milliseconds;
  const size = Math.abs(first);
  const isSerial =
    /date|time|datum|zeit/i.test(header) && size > 20_000 && size < 80_000 && Math.abs(second - first) <= 1;
  if (isSerial) {
    return {
      kind: 'local',
      milliseconds: milliseconds.map((x) => Math.round((x - DAYS_BEFORE_1970) * 86_400) * 1000),
      zone: undefined,
    };
  }
  const isEpoch = size >= 1e8;
  const scale =
    size < 1e11 ? (/\bms\b|_ms$|millis/i.test(header) ? 1 : 1e3) : size < 1e14 ? 1 : size < 1e17 ? 1e-3 : 1e-6;
  const exact = milliseconds.map((x) => Math.round(x * scale));
  return isEpoch
    ? { kind: 'zoned', milliseconds: exact, zone: fixedZone(0) }
    : { kind: 'seconds', milliseconds: exact, zone: undefined };
}

/** The zone in which clocks of a column without offsets are read. */
function zoneFor(table: Table, column: number, given: string | undefined, name: string): Zone | undefined {
  if (given !== undefined) {
    const zone = zoneOf(given);
    if (zone !== undefined) return zone;
    const expected = 'an IANA zone such as "Europe/Berlin", "UTC" or an offset such as "+01:00"';
    throw new TraceRefusal(name, `timeZone: got ${JSON.stringify(given)}, expected ${expected}`, 'timeZone');
  }
  const header = table.headers?.[column] ?? '';
  const said =
    zoneIn(header) ?? table.about.unitIn?.(header) ?? (/local/i.test(header) ? undefined : table.about.timeZone);
  return said === undefined ? undefined : zoneOf(said);
}

/** Clock times as instants. @throws {TraceRefusal} at a time that the zone's clocks skip */
function instants(
  walls: Float64Array,
  zone: Zone,
  complain: (row: number, text: string) => TraceRefusal,
): Float64Array {
  let last = -Infinity;
  return walls.map((wall, i) => {
    const instant = instantOf(wall, zone, last);
    if (instant === undefined) {
      const text =
        `which clocks of ${zone.name} skip, expected times that there are; give "timeZone" as UTC or an offset, ` +
        'if clocks never change';
      throw complain(i, text);
    }
    last = instant;
    return instant;
  });
}

/**
 * Reads the times of a table.
 *
 * @throws {TraceRefusal} with line and column
 */
export function readClock(table: Table, columns: TimeColumns, choice: ClockChoice, teller: Teller): Clock {
  const { name, warnings } = teller;
  const { column } = columns;
  const header = table.headers?.[column] ?? '';
  const key = (expected: string): string => (expected.includes('timeZone') ? 'timeZone' : 'timeColumn');
  const complain: Complain = (row, at, expected) => {
    if (row < 0) return new TraceRefusal(name, expected, 'timeColumn');
    const came = quoted(table.rows[row][at] ?? '');
    return new TraceRefusal(
      name,
      `line ${table.lines[row]}, ${columnLabel(at, table.headers)}: got ${came}, ${expected}`,
      key(expected),
    );
  };
  const said = choice.stamp ?? stampIn(header) ?? table.about.stamp;
  const told = (found: Pick<Clock, 'kind' | 'milliseconds' | 'zone' | 'interval' | 'stamp'>): Clock => {
    const { falls, rises } = direction(found.milliseconds);
    const isReversed = falls > 0 && rises === 0;
    if (isReversed)
      warnings.push({ code: 'newestFirst', message: 'rows come newest first and are turned round', key: 'timeColumn' });
    return { ...found, column, isReversed };
  };
  if (columns.kind === 'number') {
    return told({ ...numberTimes(table, column, complain), interval: undefined, stamp: said ?? 'start' });
  }
  const order = columns.kind === 'parts' ? 'dayFirst' : dateOrder(table, column, choice.dateOrder, name);
  const read =
    columns.kind === 'parts' ? partWalls(table, columns.parts, complain) : stampWalls(table, columns, order, complain);
  const turned = direction(read.walls);
  const isMixed = turned.falls > 0 && turned.rises > 0;
  const walls =
    read.offsets === undefined && (table.about.isTypicalYear === true || isYearsByMonth(read.walls, isMixed))
      ? oneYear(read.walls)
      : read.walls;
  const hourHeader =
    columns.kind === 'stamp' && columns.hour !== undefined ? (table.headers?.[columns.hour] ?? '') : header;
  const found24 = read.is24 && !read.hasMidnight;
  const stamp: StampPlace =
    read.ends !== undefined ? (choice.stamp ?? 'start') : (said ?? stampIn(hourHeader) ?? (found24 ? 'end' : 'start'));
  const interval = read.ends === undefined ? undefined : commonest(read.ends.map((end, i) => end - walls[i]));
  if (read.offsets !== undefined) {
    const { offsets } = read;
    const isOne = offsets.every((offset) => offset === offsets[0]);
    const zone = isOne ? fixedZone(offsets[0]) : undefined;
    return told({
      kind: 'zoned',
      milliseconds: walls.map((wall, i) => wall - offsets[i] * MINUTE),
      zone,
      interval,
      stamp,
    });
  }
  const zone = zoneFor(table, column, choice.timeZone, name);
  if (zone === undefined) return told({ kind: 'local', milliseconds: walls, zone, interval, stamp });
  const isFalling = turned.falls > turned.rises;
  const forward = isFalling ? walls.toReversed() : walls;
  const at = (row: number): number => (isFalling ? walls.length - 1 - row : row);
  const inZone = instants(forward, zone, (row, text) => complain(at(row), column, text));
  return told({ kind: 'zoned', milliseconds: isFalling ? inZone.toReversed() : inZone, zone, interval, stamp });
}

function commonest(spans: Float64Array): number | undefined {
  const counts = new Map<number, number>();
  for (const span of spans) if (span > 0) counts.set(span, (counts.get(span) ?? 0) + 1);
  let best: number | undefined;
  for (const [span, count] of counts) if (best === undefined || count > (counts.get(best) ?? 0)) best = span;
  return best;
}

/** An instant or a clock's time as it is told: in the zone's own time, with its offset. */
export function formatInstant(clock: Pick<Clock, 'kind' | 'zone'>, milliseconds: number): string {
  if (clock.kind === 'seconds') return `${milliseconds / 1000} s`;
  if (clock.kind === 'local') return formatStamp(milliseconds, undefined);
  const offset = clock.zone?.offsetAt(milliseconds) ?? 0;
  return formatStamp(milliseconds + offset * MINUTE, offset);
}
