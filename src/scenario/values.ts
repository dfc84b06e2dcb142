/**
 * Values as people write them, on the command line or into a field: numbers, lists and names, each checked with one
 * clear message.
 */
import { InputError } from '../errors.js';
import { likelyMeant } from './nearest.js';
import { parseQuantity, startsAsQuantity } from './quantities.js';
import type { Dimension, SlotLength } from './quantities.js';

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

function complain(option: string, text: string, expected: string): InputError {
  return new InputError(`${option}: got ${JSON.stringify(text)}, expected ${expected}`, option);
}

/** A finite number; 1e6 is one. `holds` and `expected` may narrow it. @throws {InputError} */
export function parseNumber(
  option: string,
  text: string,
  expected = 'a number such as 0.5 or 1e6',
  holds: (x: number) => boolean = () => true,
): number {
  const value = NUMBER.test(text.trim()) ? Number(text) : NaN;
  if (!Number.isFinite(value) || !holds(value)) throw complain(option, text, expected);
  return value;
}

/** A whole number ≥ 1 that a double holds exactly; 1e6 is one. @throws {InputError} */
export function parseCount(option: string, text: string): number {
  const positive = (x: number): boolean => Number.isInteger(x) && x >= 1;
  const value = parseNumber(option, text, 'a whole number ≥ 1, such as 4096 or 1e6', positive);
  if (!Number.isSafeInteger(value)) throw complain(option, text, 'at most 2^53 − 1');
  return value;
}

/** What narrows a measure, and what the quantity of it may need. */
interface MeasureRule {
  /** Completes "got …, expected …". */
  readonly expected: string;
  readonly holds?: (x: number) => boolean;
  readonly slotLength?: SlotLength;
}

/** A number in the option's own unit, or a quantity with its unit: `5e6` or `5MJ`. @throws {InputError} */
export function parseMeasure(
  option: string,
  text: string,
  dimension: Dimension,
  { expected, holds = () => true, slotLength }: MeasureRule,
): number {
  if (NUMBER.test(text.trim()) || !startsAsQuantity(text)) return parseNumber(option, text, expected, holds);
  const value = parseQuantity(option, text.trim(), dimension, slotLength);
  if (!holds(value)) throw complain(option, text, expected);
  return value;
}

/** A number of slots ≥ 1, or a time that is a whole number of them: `4096` or `7d`. @throws {InputError} */
export function parseSlots(option: string, text: string, slotLength?: SlotLength): number {
  if (NUMBER.test(text.trim()) || !startsAsQuantity(text)) return parseCount(option, text);
  return parseCount(option, String(parseQuantity(option, text.trim(), 'slots', slotLength)));
}

/** Values set apart by commas, at least one. @throws {InputError} */
export function parseList<T>(option: string, text: string, item: (option: string, text: string) => T): T[] {
  if (text.trim() === '') throw complain(option, text, 'values set apart by commas');
  return text.split(',').map((part) => item(option, part));
}

/**
 * Numbers set apart by commas, at least one and each once: one that comes twice is a slip, and as a test of its own
 * would take from the others. @throws {InputError}
 */
export function parseNumbers(option: string, text: string, item: (option: string, text: string) => number): number[] {
  const numbers = parseList(option, text, item);
  const again = numbers.find((x, i) => numbers.indexOf(x) !== i);
  if (again !== undefined) throw complain(option, text, `each value once, but ${again} comes twice`);
  return numbers;
}

/** One of a few names. @throws {InputError} with the nearest name, where one is near. */
export function parseChoice<T extends string>(option: string, text: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === text);
  if (found !== undefined) return found;
  const meant = likelyMeant(text, choices);
  const hint = meant === undefined ? '' : ` (did you mean ${JSON.stringify(meant)}?)`;
  throw complain(option, text, `one of ${choices.join(', ')}${hint}`);
}

/** Horizons as written, in slots or times, strictly ascending. @throws {InputError} */
export function parseHorizons(option: string, text: string, slotLength?: SlotLength): readonly number[] {
  const horizons = parseList(option, text, (name, part) => parseSlots(name, part, slotLength));
  for (let i = 1; i < horizons.length; i++) {
    if (horizons[i] > horizons[i - 1]) continue;
    const what = horizons[i] === horizons[i - 1] ? `${horizons[i]} twice` : `${horizons[i]} after ${horizons[i - 1]}`;
    throw new InputError(`${option}: got ${what}, expected horizons in strictly ascending order`, option);
  }
  return horizons;
}

/** Default horizons: 16, 64, 256, … while at most half of T, then T. */
export function horizonLadder(slots: number): readonly number[] {
  const ladder: number[] = [];
  for (let t = 16; 2 * t <= slots; t *= 4) ladder.push(t);
  return [...ladder, slots];
}
