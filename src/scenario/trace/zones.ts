/** Time zones: IANA names (luxon), offsets such as `+01:00`, and abbreviations that mean one offset. */
import { IANAZone } from 'luxon';

/** A zone: how far its clocks are ahead of UTC at an instant. */
export interface Zone {
  /** `UTC`, `+01:00` or an IANA name. */
  readonly name: string;
  /** Minutes ahead of UTC. @param instant milliseconds since 1970 */
  readonly offsetAt: (instant: number) => number;
}

const MINUTE = 60_000;
const DAY = 86_400_000;

/** Minutes ahead of UTC. What has two meanings (CST, IST) is left out. */
const ABBREVIATIONS: Readonly<Record<string, number>> = {
  ...{ Z: 0, UTC: 0, UT: 0, GMT: 0, WET: 0, WEST: 60, BST: 60, CET: 60, MEZ: 60, CEST: 120, MESZ: 120 },
  ...{ EET: 120, EEST: 180, MSK: 180, JST: 540, AEST: 600, AEDT: 660, ACST: 570, AWST: 480, NZST: 720, NZDT: 780 },
  ...{ EST: -300, EDT: -240, CDT: -300, MST: -420, MDT: -360, PST: -480, PDT: -420, AKST: -540, HST: -600 },
};

/** Names of both of a country's times, as files write them. */
const BOTH: readonly (readonly [RegExp, string])[] = [
  [/^(cet ?\/ ?cest|mez ?\/ ?mesz|cet[_ ]cest)$/i, 'Europe/Berlin'],
  [/^(eet ?\/ ?eest)$/i, 'Europe/Helsinki'],
  [/^(wet ?\/ ?west)$/i, 'Europe/Lisbon'],
  [/^(gmt ?\/ ?bst)$/i, 'Europe/London'],
  [/^(est ?\/ ?edt|ept|eastern prevailing time|epr)$/i, 'America/New_York'],
  [/^(cst ?\/ ?cdt|cpt|central prevailing time)$/i, 'America/Chicago'],
  [/^(mst ?\/ ?mdt|mpt)$/i, 'America/Denver'],
  [/^(pst ?\/ ?pdt|ppt|pacific prevailing time)$/i, 'America/Los_Angeles'],
];

const OFFSET = /^(?:UTC|GMT|Etc\/UTC)? ?([+\u2212-])(\d{1,2})(?::?([0-5]\d))?$/i;

/** An offset of so many minutes as it is written: `UTC`, `+05:30`. */
export function offsetName(minutes: number): string {
  if (minutes === 0) return 'UTC';
  const whole = Math.abs(minutes);
  const two = (n: number): string => String(Math.floor(n)).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${two(whole / 60)}:${two(whole % 60)}`;
}

/** A zone that never changes. */
export const fixedZone = (minutes: number): Zone => ({ name: offsetName(minutes), offsetAt: () => minutes });

/** Minutes of `Z`, `+0100`, `CEST`; undefined where it is none of them. */
export function offsetOf(text: string): number | undefined {
  const known = ABBREVIATIONS[text.toUpperCase()];
  if (Object.hasOwn(ABBREVIATIONS, text.toUpperCase())) return known;
  const found = OFFSET.exec(text);
  if (found === null) return undefined;
  const minutes = Number(found[2]) * 60 + Number((found[3] as string | undefined) ?? 0);
  if (minutes > 15 * 60) return undefined;
  return found[1] === '+' ? minutes : -minutes;
}

/** An IANA zone whose offsets are asked for once a day. */
function namedZone(name: string): Zone | undefined {
  const zone = IANAZone.create(name);
  if (!zone.isValid) return undefined;
  const days = new Map<number, number>();
  const offsetAt = (instant: number): number => {
    const day = Math.floor(instant / DAY);
    let known = days.get(day);
    if (known === undefined) {
      const first = zone.offset(day * DAY);
      known = first === zone.offset((day + 1) * DAY) ? first : NaN;
      days.set(day, known);
    }
    return Number.isNaN(known) ? zone.offset(instant) : known;
  };
  return { name, offsetAt };
}

/** The zone of a text: an IANA name, an offset, an abbreviation; undefined where it is none. */
export function zoneOf(text: string): Zone | undefined {
  const plain = text.trim();
  const both = BOTH.find(([pattern]) => pattern.test(plain));
  if (both !== undefined) return namedZone(both[1]);
  const minutes = offsetOf(plain);
  if (minutes !== undefined) return fixedZone(minutes);
  return /[/]/.test(plain) ? namedZone(plain) : undefined;
}

/**
 * The instant at which clocks of a zone show a time; where they show it twice the first that is later than `after`.
 *
 * @param wall milliseconds of the clock's time as if it were UTC.
 * @returns undefined where clocks skip that time.
 */
export function instantOf(wall: number, zone: Zone, after = -Infinity): number | undefined {
  const [before, later] = [zone.offsetAt(wall - DAY), zone.offsetAt(wall + DAY)];
  if (before === later) return wall - before * MINUTE;
  const instants = [Math.max(before, later), Math.min(before, later)]
    .map((offset) => ({ offset, instant: wall - offset * MINUTE }))
    .filter(({ offset, instant }) => zone.offsetAt(instant) === offset);
  return (instants.find(({ instant }) => instant > after) ?? instants.at(-1))?.instant;
}
