/**
 * Quantities with units, as people write them ("500 kWh", "200 kW", "50/min", "7 d", "0.1%"): the one place that turns
 * them into the base units that a checked scenario has. A number without a unit keeps the unit that its key names.
 */
import { InputError } from '../errors.js';
import { isObject } from './schema-parts.js';
import { AMBIGUOUS, decimal, divided, energyUnit, isFraction, nearest, powerUnit, product } from './units.js';
import { quotient, timeUnit } from './units.js';
import type { Fraction, Unit } from './units.js';

/** What a key or option may be given in. */
export type Dimension = 'energy' | 'power' | 'time' | 'share' | 'rate' | 'slots' | 'slotEnergy' | 'square' | 'speed';

interface Kind {
  /** The unit of a number without one; the empty text where it has none. */
  readonly base: string;
  readonly example: string;
  /** What is understood. */
  readonly units: string;
  /** The unit's size in the base unit. */
  readonly size: (unit: string) => Unit;
  /** Where the unit is of a time, which slots are cut from: the value times or over seconds of a slot. */
  readonly bySlot?: (unit: string) => 'times' | 'over' | undefined;
}

const ONE: Fraction = { n: 1n, d: 1n };
const ENERGY = 'J, kJ, MJ, GJ, TJ, Wh, kWh, MWh, GWh, TWh (and pJ, nJ, µJ)';
const POWER = 'W, kW, MW, GW, J/s, kWh/h, MWh/d and the like';
const TIME = 'ms, s, min, h, d, week';
const isSlot = (text: string): boolean => /^slots?$/i.test(text);

const KINDS: Readonly<Record<Dimension, Kind>> = {
  energy: { base: 'joules', example: '500 kWh', units: ENERGY, size: energyUnit },
  power: { base: 'watts', example: '200 kW', units: POWER, size: powerUnit },
  time: { base: 'seconds', example: '15 min', units: TIME, size: timeUnit },
  share: { base: '', example: '0.1%', units: '%', size: (unit) => (unit === '%' ? { n: 1n, d: 100n } : undefined) },
  rate: {
    base: 'tasks a slot',
    example: '50/min',
    units: '/s, /min, /h, /d, /slot, "tasks per minute" and the like',
    size: (unit) => inverse(tasksBelow(unit)),
    bySlot: (unit) => (isSlot(tasksBelow(unit)) ? undefined : 'times'),
  },
  slots: {
    base: 'slots',
    example: '7 d',
    units: `slots, ${TIME}`,
    size: (unit) => (isSlot(unit) ? ONE : timeUnit(unit)),
    bySlot: (unit) => (isSlot(unit) ? undefined : 'over'),
  },
  slotEnergy: {
    base: 'joules a slot',
    example: '200 kW',
    units: `${POWER}, kJ/slot and the like`,
    size: (unit) => (isSlot(divided(unit)?.below ?? '') ? energyUnit(divided(unit)?.above ?? '') : powerUnit(unit)),
    bySlot: (unit) => (isSlot(divided(unit)?.below ?? '') ? undefined : 'times'),
  },
  square: { base: 'joules²', example: '4 kJ²', units: 'J², kJ², MJ², kWh² (or J^2)', size: squared },
  speed: { base: 'a second', example: '20 TFLOP/s', units: '/s, TFLOP/s, TFLOPS, GFLOP/s and the like', size: speed },
};

/** What may be written with a unit, for who asks what is understood. */
const TOLD = {
  energy: 'an energy',
  power: 'a power',
  time: 'a time',
  slots: 'slots',
  rate: 'arrivals',
  slotEnergy: 'a harvest',
  square: 'a variance',
  share: 'a share',
  speed: 'a speed',
} as const satisfies Record<Dimension, string>;

/** The kinds of quantity with an example, the unit of a plain number, and the units that are understood. */
export const quantityKinds = () =>
  Object.entries(TOLD).map(([dimension, kind]) => {
    const { base, example, units } = KINDS[dimension as Dimension];
    return { kind, example, base, units };
  });

/** What stands below the line of `tasks per minute`, `/min` or `a minute`. */
function tasksBelow(unit: string): string {
  const { above = '?', below = '' } = divided(unit) ?? {};
  return /^(tasks?|requests?|)$/i.test(above) ? below : '';
}

function inverse(unit: string): Unit {
  const size = isSlot(unit) ? ONE : timeUnit(unit);
  return isFraction(size) ? quotient(ONE, size) : size;
}

function squared(unit: string): Unit {
  const size = energyUnit(/^(.*?)(?:²|\^2)$/.exec(unit)?.[1] ?? '');
  return isFraction(size) ? product(size, size) : size;
}

const SPEEDS = { '': 0, M: 6, G: 9, T: 12, P: 15 } as const;

function speed(unit: string): Unit {
  const prefix = /^([MGTP]?)(?:FLOPS|FLOP\/s|\/s|parameters\/s)$/.exec(unit)?.[1];
  if (prefix === undefined) return undefined;
  return { n: 10n ** BigInt(SPEEDS[prefix as keyof typeof SPEEDS]), d: 1n };
}

/** Seconds of a slot; undefined where a duration cannot be told in slots. */
export type SlotLength = number | undefined | (() => number | undefined);

const WRITTEN = /^(?<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*(?<unit>\D.*)?$/i;

/** Whether a text starts as a number does: then it is a quantity, right or wrong. */
export const startsAsQuantity = (text: string): boolean => /^\s*[+-]?\.?\d/.test(text);

/** What is expected at a dimension, in words. */
function expectedQuantity(dimension: Dimension): string {
  const { base, example, units } = KINDS[dimension];
  return `a number${base === '' ? '' : ` (${base})`} or a quantity such as "${example}" in one of ${units}`;
}

/** The unit of numbers at a dimension: `joules`, `watts`; the empty text where there is none. */
export const baseUnit = (dimension: Dimension): string => KINDS[dimension].base;

/**
 * The value of a quantity in the base unit, to the nearest double.
 *
 * @param field what to call it in messages.
 * @throws {InputError}
 */
export function parseQuantity(field: string, text: string, dimension: Dimension, slotLength?: SlotLength): number {
  const refuse = (expected: string): InputError =>
    new InputError(`${field}: got ${JSON.stringify(shortened(text))}, expected ${expected}`, field);
  const groups: Partial<Record<'number' | 'unit', string>> = WRITTEN.exec(text.trim())?.groups ?? {};
  const { number = '', unit } = groups;
  const value = decimal(number);
  if (value === undefined) throw refuse(expectedQuantity(dimension));
  const kind = KINDS[dimension];
  if (unit === undefined)
    throw refuse(`a number without quotes${ofBase(kind)} or a unit with it, such as "${kind.example}"`);
  const name = unit.trim();
  const size = kind.size(name);
  if (size === AMBIGUOUS) throw refuse(`a unit that can be meant in one way only: ${bothWays(name)}`);
  if (!isFraction(size)) throw refuse(unknownUnit(name, dimension));
  const plain = product(value, size);
  const by = kind.bySlot?.(name);
  const whole = by === undefined ? plain : inSlots(plain, by, slotLength, refuse, dimension);
  if (dimension === 'slots' && whole.n % whole.d !== 0n) throw refuse(wholeSlots(whole, slotLength));
  const result = nearest(whole);
  if (!Number.isFinite(result)) throw refuse('a number that a double holds');
  return result;
}

const shortened = (text: string): string => (text.length > 60 ? `${text.slice(0, 57)}…` : text);
const ofBase = ({ base }: Kind): string => (base === '' ? '' : ` (${base})`);

/** `mW` as it could be meant. */
function bothWays(unit: string): string {
  const rest = unit.replace(/^m/, '');
  const word = /^j/i.test(rest) ? 'J' : /h/i.test(rest) ? 'Wh' : 'W';
  const more = /[/\s].*$/.exec(rest)?.[0] ?? '';
  return `write M${word}${more} for mega, or 0.001 ${word}${more} for milli`;
}

function unknownUnit(unit: string, dimension: Dimension): string {
  const { units } = KINDS[dimension];
  if (dimension === 'slotEnergy' && energyUnit(unit) !== undefined) {
    return `an energy of some time, such as "${unit}/slot", "${unit}/d" or a power: one of ${units}`;
  }
  const ofTime = unit === 'm' && /\b(min|slots)\b/.test(units) ? ' (m could be minutes or months: write min)' : '';
  return `a unit that is understood here${ofTime}: ${units}`;
}

function inSlots(
  value: Fraction,
  by: 'times' | 'over',
  slotLength: SlotLength,
  refuse: (expected: string) => InputError,
  dimension: Dimension,
): Fraction {
  const seconds = typeof slotLength === 'function' ? slotLength() : slotLength;
  const length = seconds === undefined || !(seconds > 0) ? undefined : decimal(String(seconds));
  if (length === undefined) throw refuse(`${baseUnit(dimension)}: there is no one length of a slot here to count with`);
  return by === 'times' ? product(value, length) : quotient(value, length);
}

function wholeSlots(slots: Fraction, slotLength: SlotLength): string {
  const below = Math.floor(nearest(slots));
  const seconds = (typeof slotLength === 'function' ? slotLength() : slotLength) ?? NaN;
  const ones = below === 0 ? '' : `${below} ${below === 1 ? 'is' : 'are'} ${below * seconds} s, `;
  const next = `${below + 1} ${below === 0 ? 'is' : 'are'} ${(below + 1) * seconds} s`;
  return `a whole number of slots of ${seconds} s: ${ones}${next}`;
}

const SHARES: ReadonlySet<string> = new Set([
  ...['losses', 'moduleEfficiency', 'inverterEfficiency', 'groundReflectance'],
  ...['errorRate', 'tolerance', 'leakPerSlot', 'chargeEfficiency', 'dischargeEfficiency', 'timesDemand'],
]);

/** What the value at a path of a scenario is measured in, by the name of its key; undefined where it has no unit. */
export function dimensionOf(path: string): Dimension | undefined {
  const plain = path.replaceAll(/\[\d+\]/g, '');
  const key = plain.slice(plain.lastIndexOf('.') + 1);
  if (plain === 'harvest.mean') return 'slotEnergy';
  if (plain === 'harvest.variance') return 'square';
  if (key === 'ratePerSlot') return 'rate';
  if (SHARES.has(key) || plain.endsWith('.tolerance.values')) return 'share';
  if (/Joules$|^joulesPer/.test(key)) return 'energy';
  if (/Watts$/.test(key)) return 'power';
  if (/Seconds$|^secondsPer|^resample$/.test(key)) return 'time';
  if (/Slots$|^slotsPer/.test(key)) return 'slots';
  return /PerSecond$/.test(key) && !/[mM]etresPerSecond$/.test(key) ? 'speed' : undefined;
}

/** Seconds of a slot that a document names; undefined where it names none that can be read. */
export function slotLengthOf(document: unknown): number | undefined {
  if (!isObject(document)) return undefined;
  const { slotSeconds } = document;
  if (typeof slotSeconds === 'number') return slotSeconds;
  if (typeof slotSeconds === 'string' && startsAsQuantity(slotSeconds)) {
    return parseQuantity('slotSeconds', slotSeconds, 'time');
  }
  // Tasks with energies of their own have slots of a second where nothing is said (schema.ts).
  return slotSeconds === undefined && document['fleet'] === undefined ? 1 : undefined;
}

/**
 * A scenario document with every quantity that is a text put into base units; the same document where there is none.
 *
 * @param at where the document stands within a scenario.
 * @throws {InputError} whose `field` is the quantity's path.
 */
export function inBaseUnits(
  document: unknown,
  at = '',
  slotLength: SlotLength = () => slotLengthOf(document),
): unknown {
  if (typeof document === 'string') {
    const dimension = startsAsQuantity(document) ? dimensionOf(at) : undefined;
    return dimension === undefined ? document : parseQuantity(at, document, dimension, slotLength);
  }
  if (Array.isArray(document)) {
    // Lists of numbers may be long, and are in base units as they are.
    if (!document.some((item) => typeof item === 'string' || (typeof item === 'object' && item !== null))) {
      return document;
    }
    const items = document.map((item: unknown, i) => inBaseUnits(item, `${at}[${i}]`, slotLength));
    return items.some((item, i) => item !== document[i]) ? items : document;
  }
  if (!isObject(document)) return document;
  let copy: Record<string, unknown> | undefined;
  for (const [key, value] of Object.entries(document)) {
    // Of a hundred thousand keys, most of them numbers, no paths are made.
    if (typeof value !== 'string' && !isObject(value) && !Array.isArray(value)) continue;
    const inside = inBaseUnits(value, at === '' ? key : `${at}.${key}`, slotLength);
    if (inside !== value) (copy ??= { ...document })[key] = inside;
  }
  return copy ?? document;
}
