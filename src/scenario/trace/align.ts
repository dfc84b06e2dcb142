/**
 * Slot 0 on the clock: a trace whose times are known begins at the scenario's `startTime`, what is before it comes
 * after its end. Files of one site in two zones, or stamped at starts and at ends, so give the same values.
 */
import { InputError } from '../../errors.js';
import { formatInstant } from './clock.js';
import type { Reading } from './reading.js';
import { TraceRefusal, type TraceWarning } from './refusal.js';
import { readStamp } from './stamps.js';
import { isEnergy } from './units.js';
import { instantOf, zoneOf, type Zone } from './zones.js';

/** A time of a clock, and of which zone; undefined where it is not said. */
export interface StartTime {
  readonly wall: number;
  readonly zone: Zone | undefined;
}

export const START_EXPECTED =
  'a time such as "2026-06-01T00:00Z", "2026-06-01T00:00+02:00" or "2026-06-01T00:00 Europe/Berlin"';

const DAY = 86_400_000;
/** A trace so long is a year: another year's date is found in it by month and day. */
const YEAR = 364 * DAY;
/** More values than this are not made where a start parts intervals. */
const MOST_VALUES = 5e6;

/** The start of a study; undefined where the text is none. */
export function startTimeOf(text: string): StartTime | undefined {
  const found = /^(.*?)[ []([A-Z][A-Za-z_]+\/[\w/+-]+)\]?$/.exec(text.trim());
  const [plain, zoneName] = found === null ? [text.trim(), undefined] : [found[1], found[2]];
  const stamp = readStamp(plain.trim(), 'dayFirst');
  if (typeof stamp === 'string' || !/^\d{4}-/.test(plain)) return undefined;
  const named = zoneName === undefined ? undefined : zoneOf(zoneName);
  if (zoneName !== undefined && named === undefined) return undefined;
  const { wall, offset } = stamp;
  const zone = named ?? (offset === undefined ? undefined : { name: 'offset', offsetAt: () => offset });
  if (named !== undefined && offset !== undefined)
    return { wall: wall + (named.offsetAt(wall - offset * 60_000) - offset) * 60_000, zone };
  return zone !== undefined && instantOf(wall, zone) === undefined ? undefined : { wall, zone };
}

/** The start on the same clock as the trace's times. @throws {TraceRefusal} where one of the two has no zone */
function startOn(reading: Reading, start: StartTime): number {
  const { name, clock } = reading;
  if (clock?.kind === 'local') {
    if (start.zone === undefined) return start.wall;
    throw new TraceRefusal(
      name,
      'timeZone: missing, and the times of the file name none; expected an IANA zone or an offset, ' +
        'as startTime has one',
      'timeZone',
    );
  }
  if (start.zone === undefined) {
    throw new TraceRefusal(
      name,
      `startTime: got a time without zone, and the file's times have one; expected ${START_EXPECTED}`,
      'startTime',
    );
  }
  return instantOf(start.wall, start.zone) ?? start.wall;
}

/** The same month, day and time in a trace of a year that is another one. */
function inItsYear(start: number, first: number, period: number, offset: number): number {
  const date = new Date(start + offset);
  const year = new Date(first + offset).getUTCFullYear();
  for (const y of [year, year + 1]) {
    const moved = Date.UTC(y, date.getUTCMonth(), date.getUTCDate()) + ((start + offset) % DAY) - offset;
    if (moved >= first && moved < first + period) return moved;
  }
  return first + ((((start - first) % DAY) + DAY) % DAY);
}

/** A reading whose first value is that of the start. @throws {TraceRefusal} */
export function aligned<R extends Reading>(reading: R, text: string | undefined): R {
  if (text === undefined) return reading;
  const start = startTimeOf(text);
  if (start === undefined)
    throw new InputError(`startTime: got ${JSON.stringify(text)}, expected ${START_EXPECTED}`, 'startTime');
  const { clock, first, values, secondsPerValue, warnings, name, unit } = reading;
  if (clock === undefined || first === undefined || clock.kind === 'seconds') {
    const message = 'the file has no clock times: its first value is taken for slot 0, whatever startTime says';
    return { ...reading, warnings: [...warnings, { code: 'notAligned', message, key: 'timeColumn' }] };
  }
  const step = secondsPerValue * 1000;
  const period = values.length * step;
  const told: TraceWarning[] = [];
  let at = startOn(reading, start);
  if (at < first || at >= first + period) {
    const isYear = period >= YEAR;
    const zoneOffset = (clock.zone?.offsetAt(first) ?? 0) * 60_000;
    const whole = period % DAY === 0 ? period : DAY;
    at = isYear ? inItsYear(at, first, period, zoneOffset) : first + ((((at - first) % whole) + whole) % whole);
    if (at >= first + period) at = first;
    const message = `startTime ${text} is not within the file: it is begun at ${formatInstant(clock, at)}`;
    told.push({ code: 'startOutside', message, key: 'startTime' });
  }
  const parts = step / divisor(step, Math.round(at - first));
  if (parts * values.length > MOST_VALUES) {
    throw new TraceRefusal(
      name,
      `startTime: got ${text}, expected a start of one of its intervals of ${secondsPerValue} s`,
      'startTime',
    );
  }
  const shift = Math.round((at - first) / (step / parts));
  const each = unit !== undefined && isEnergy(unit) ? 1 / parts : 1;
  const length = values.length * parts;
  const turned = Float64Array.from({ length }, (_, i) => {
    const value = values[Math.floor(((i + shift) % length) / parts)];
    return parts === 1 ? value : value * each;
  });
  return {
    ...reading,
    values: turned,
    secondsPerValue: secondsPerValue / parts,
    first: at,
    warnings: [...warnings, ...told],
  };
}

/** The greatest common divisor of a step and an offset; the step where there is none. */
function divisor(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y !== 0) [x, y] = [y, x % y];
  return x;
}
