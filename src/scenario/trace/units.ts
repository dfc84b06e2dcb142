/**
 * Units of a file's values: powers in watts, energies of one value's interval in joules, irradiance in watts a square
 * metre; and how headers, rows of units and cells write them.
 */

import { energyUnit, isFraction, nearest, powerUnit } from '../units.js';

export const TRACE_UNITS = ['W', 'kW', 'MW', 'GW', 'J', 'kJ', 'MJ', 'Wh', 'kWh', 'MWh', 'GWh'] as const;

export type TraceUnit = (typeof TRACE_UNITS)[number];

/** Irradiance, as a power or as an energy of the interval. */
export const IRRADIANCE_UNITS = ['W/m²', 'kW/m²', 'Wh/m²', 'kWh/m²', 'J/m²', 'kJ/m²', 'MJ/m²'] as const;

/** What the values of a file may be: a harvest, or what one is made of. */
export type FileUnit = TraceUnit | (typeof IRRADIANCE_UNITS)[number];

/** Metres a second of each unit of wind speed; kn: knots, mph: miles an hour. */
const SPEEDS = { 'm/s': 1, 'km/h': 1 / 3.6, kn: 1852 / 3600, mph: 0.44704 } as const;

export type SpeedUnit = keyof typeof SPEEDS;

export const SPEED_UNITS = Object.keys(SPEEDS) as readonly SpeedUnit[];

export const metresPerSecondOf = (unit: SpeedUnit): number => SPEEDS[unit];

export const isSpeed = (unit: FileUnit | SpeedUnit): unit is SpeedUnit => Object.hasOwn(SPEEDS, unit);

const SPEED_SPELLINGS: readonly (readonly [RegExp, SpeedUnit])[] = [
  [/^m(?:\/s| s-1| ?s\^-1|ps|\.s-1)$/i, 'm/s'],
  [/^k(?:m\/h|m\/hr|ph|mh)$/i, 'km/h'],
  [/^(?:kn|kt|kts|knots?)$/i, 'kn'],
  [/^(?:mph|mi\/h)$/i, 'mph'],
];

/** The unit of wind speed that a text is; undefined where it is none. */
export const speedUnitOf = (text: string): SpeedUnit | undefined =>
  SPEED_SPELLINGS.find(([pattern]) => pattern.test(text.trim()))?.[1];

/** Joules of one unit held or spread over `seconds`. */
export function joulesOf(unit: TraceUnit, seconds: number): number {
  const watts = siOf(unit, powerUnit);
  return watts === undefined ? (siOf(unit, energyUnit) ?? NaN) : watts * seconds;
}

/** Watts, or watts a square metre, of one unit over `seconds`. */
export function wattsOf(unit: FileUnit, seconds: number): number {
  const [plain] = unit.split('/');
  return joulesOf(plain as TraceUnit, seconds) / seconds;
}

/** Whether a value is the energy of its interval, rather than its mean power. */
export const isEnergy = (unit: FileUnit): boolean => siOf(unit.split('/')[0], energyUnit) !== undefined;

export const isIrradiance = (unit: FileUnit | SpeedUnit): unit is (typeof IRRADIANCE_UNITS)[number] =>
  (IRRADIANCE_UNITS as readonly string[]).includes(unit);

function siOf(word: string, sizeOf: typeof energyUnit): number | undefined {
  const size = sizeOf(word);
  return isFraction(size) ? nearest(size) : undefined;
}

/** The unit of a word, in whatever spelling is understood elsewhere (units.ts). */
function plainUnitOf(word: string): TraceUnit | undefined {
  for (const sizeOf of [powerUnit, energyUnit]) {
    const size = siOf(word, sizeOf);
    if (size !== undefined) return TRACE_UNITS.find((unit) => siOf(unit, sizeOf) === size);
  }
  return undefined;
}

const AREA = /^(.+?) ?(?:\/|\*|·| per )? ?m(?:²|\^?-?2|\*\*-?2|⁻²)$/i;

/** The unit that a word is: `kW`, `Wh/m2`, `W.m-2`; undefined where it is none of ours. */
export function unitOf(word: string): FileUnit | undefined {
  const plain = word.trim();
  const area = AREA.exec(plain.replace(/(?<=[a-z])\.(?=m)/i, '/'));
  if (area === null) return plainUnitOf(plain);
  const above = plainUnitOf(area[1].trim());
  return IRRADIANCE_UNITS.find((unit) => unit === `${above ?? ''}/m²`);
}

const MARKS = /\[[^\]]*\]|\([^)]*\)|(?<=\bin )\S+$|(?<=, ?)[^,]+$/g;
/** A price, a specific yield or an intensity: a unit below the line is not the value's. */
const BELOW_LINE = /(?:\/|\bper[\s_]?|_per_)\s*-?[kmgt]?w(?:h|p|_?peak)?\b/i;
/** Words of one letter are units only at the end. */
const WITHIN = /^[kMGT]Wh?$/;

/**
 * The unit that a header names, as in `power_W`, `P [kW]`, `energy (kWh)`, `ghi [W/m2]`; undefined where it names none.
 */
export function unitInHeader(header: string): FileUnit | undefined {
  if (BELOW_LINE.test(header)) return undefined;
  const marked = [...header.matchAll(MARKS)].map(([text]) => unitOf(text.replace(/^[[(]|[\])]$/g, '').trim()));
  const unit = marked.find((found) => found !== undefined);
  if (unit !== undefined) return unit;
  const words = header
    .replaceAll(/\[[^\]]*\]|\([^)]*\)/g, ' ')
    .trim()
    .split(/[\s_,:.-]+/);
  const last = /[[(]/.test(header) ? undefined : unitOf(words.at(-1) ?? '');
  return last ?? plainUnitOf(words.slice(1).findLast((word) => WITHIN.test(word)) ?? '');
}
