/** Times of a trace: ISO 8601 with an offset, Z or neither, or seconds as a number. Read to milliseconds, exactly. */

/** `zoned`: an instant; `local`: without offset, as if the day never shifts; `seconds`: since any start. */
export type TimeKind = 'zoned' | 'local' | 'seconds';

export interface Time {
  readonly kind: TimeKind;
  /** Since 1970-01-01T00:00 or since the start that seconds count from. Whole. */
  readonly milliseconds: number;
}

const TIME_EXPECTED =
  'a time such as 2026-01-31T13:00Z, 2026-01-31T13:00+01:00 or 2026-01-31 13:00 (ISO 8601), or seconds as a number';

const ISO =
  /^([1-9]\d{3})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)? ?(?:(Z|UTC)|([+-])(\d\d)(?::?(\d\d))?)?)?$/i;
export const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

const MINUTE = 60_000;

/** Reads one time; a text says why it is none. */
export function readTime(text: string): Time | string {
  const found: readonly (string | undefined)[] | null = ISO.exec(text);
  if (found === null) return NUMBER.test(text) ? readSeconds(Number(text)) : `expected ${TIME_EXPECTED}`;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '0', zulu, sign] = found;
  if (second === '60') return 'expected no leap seconds: give the second before or after';
  const midnight = hour === '24' && Number(minute) === 0 && Number(second) === 0;
  const date = Date.UTC(Number(year), Number(month) - 1, Number(day));
  const isDay = new Date(date).getUTCDate() === Number(day) && Number(month) >= 1 && Number(month) <= 12;
  if (!isDay) return 'expected a day of the calendar';
  if ((Number(hour) > 23 && !midnight) || Number(minute) > 59 || Number(second) > 59) {
    return 'expected hours to 23, minutes to 59 and seconds to 59';
  }
  const clock = Number(hour) * 60 + Number(minute);
  const offset = sign === undefined ? 0 : (Number(found[10]) * 60 + Number(found[11] ?? 0)) * (sign === '-' ? -1 : 1);
  const milliseconds =
    date + (clock - offset) * MINUTE + Number(second) * 1000 + Math.round(Number(`0.${fraction}`) * 1000);
  return { kind: zulu === undefined && sign === undefined ? 'local' : 'zoned', milliseconds };
}

/** From here on a number of seconds would be past the year 5138: it is milliseconds. */
const TOO_MANY_SECONDS = 1e11;

function readSeconds(seconds: number): Time | string {
  if (!(Math.abs(seconds) < TOO_MANY_SECONDS)) return 'expected seconds: this looks like milliseconds, divide by 1000';
  return { kind: 'seconds', milliseconds: Math.round(seconds * 1000) };
}

/** As a person would write it. */
export function formatTime({ kind, milliseconds }: Time): string {
  if (kind === 'seconds') return `${milliseconds / 1000} s`;
  const iso = new Date(milliseconds).toISOString();
  const short = iso.replace(/(:\d\d)(?::00)?\.000Z$/, '$1').replace(/Z$/, '');
  return kind === 'zoned' ? `${short}Z` : short;
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
