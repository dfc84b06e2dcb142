/**
 * The units that quantities are written in, as exact fractions of the base units (joules, watts, seconds). Letter case
 * is forgiven where it can mean one thing only: `kw` is kW, but `mw` could be milliwatts or megawatts and is refused.
 */

/** An exact fraction; the denominator is above 0. */
export interface Fraction {
  readonly n: bigint;
  readonly d: bigint;
}

export const product = (a: Fraction, b: Fraction): Fraction => ({ n: a.n * b.n, d: a.d * b.d });
export const quotient = (a: Fraction, b: Fraction): Fraction => ({ n: a.n * b.d, d: a.d * b.n });

/** Beyond this neither digits nor exponents are of use to a double. */
const MOST_DIGITS = 400;
const DECIMAL = /^(?<sign>[+-]?)(?<whole>\d*)\.?(?<part>\d*)(?:e(?<exponent>[+-]?\d+))?$/i;

/** The exact value of a decimal such as `-1.5e-3`; undefined where it is none, or absurdly long. */
export function decimal(text: string): Fraction | undefined {
  const { sign = '', whole = '', part = '', exponent = '0' } = DECIMAL.exec(text)?.groups ?? {};
  const digits = whole + part;
  const scale = Number(exponent) - part.length;
  if (digits === '' || digits.length > MOST_DIGITS || Math.abs(scale) > 2 * MOST_DIGITS) return undefined;
  const n = BigInt(digits) * (sign === '-' ? -1n : 1n);
  return scale < 0 ? { n, d: 10n ** BigInt(-scale) } : { n: n * 10n ** BigInt(scale), d: 1n };
}

/** Digits that decide how a double rounds, and some to spare. */
const KEPT = 40;

/** The double that is nearest to a fraction. */
export function nearest({ n, d }: Fraction): number {
  if (n < 0n) return -nearest({ n: -n, d });
  const scale = KEPT - (String(n).length - String(d).length);
  const [above, below] = scale < 0 ? [n, d * 10n ** BigInt(-scale)] : [n * 10n ** BigInt(scale), d];
  const rest = above % below === 0n ? '' : '1';
  return Number(`${above / below}${rest}e${-scale - rest.length}`);
}

/** Powers of ten of the prefixes; milli is left out, for it is too easily taken for mega. */
const PREFIXES = { p: -12, n: -9, µ: -6, u: -6, '': 0, k: 3, M: 6, G: 9, T: 12 } as const;
const WORDS: Readonly<Record<string, keyof typeof PREFIXES>> = { kilo: 'k', mega: 'M', giga: 'G', tera: 'T' };
type Base = 'J' | 'W' | 'Wh';
const BASES: Readonly<Record<Base, bigint>> = { J: 1n, W: 1n, Wh: 3600n };

const SYMBOL = /^(?<prefix>[pnµuμkKmMgGtT]?)(?<base>j|w|wh)$/i;
const NAME = /^(?<prefix>kilo|mega|giga|tera|)[ -]?(?<base>joules?|watts?|watt[ -]?hours?)$/i;

/** What `mw` and `mJ` are: units that could be meant in two ways. */
export const AMBIGUOUS = 'ambiguous';

function prefixed(text: string, wanted: readonly Base[]): Fraction | typeof AMBIGUOUS | undefined {
  const symbol = SYMBOL.exec(text)?.groups;
  const name = NAME.exec(text)?.groups;
  const groups = symbol ?? name;
  if (groups === undefined) return undefined;
  const named = groups['base'].toLowerCase();
  const base: Base =
    name === undefined ? bySymbol(named) : named.startsWith('j') ? 'J' : /h/.test(named.slice(4)) ? 'Wh' : 'W';
  if (!wanted.includes(base)) return undefined;
  const written = groups['prefix'];
  // A capital P is peta, and a small m is milli: neither is taken for what it looks like.
  if (symbol !== undefined && /[PN]/.test(written)) return undefined;
  if (symbol !== undefined && written === 'm') return AMBIGUOUS;
  const exponent = PREFIXES[prefixOf(written)];
  const factor = BASES[base];
  return exponent < 0 ? { n: factor, d: 10n ** BigInt(-exponent) } : { n: factor * 10n ** BigInt(exponent), d: 1n };
}

const bySymbol = (text: string): Base => (text === 'j' ? 'J' : text === 'w' ? 'W' : 'Wh');

function prefixOf(written: string): keyof typeof PREFIXES {
  if (written === 'K') return 'k';
  if (written === 'g' || written === 't') return written === 'g' ? 'G' : 'T';
  if (written === 'μ' || written === 'U') return 'µ';
  return WORDS[written.toLowerCase()] ?? (written as keyof typeof PREFIXES);
}

export type Unit = Fraction | typeof AMBIGUOUS | undefined;

/** Joules of a unit of energy. */
export const energyUnit = (text: string): Unit => prefixed(text, ['J', 'Wh']);

const TIMES: readonly (readonly [RegExp, bigint])[] = [
  [/^(s|sec|secs|seconds?)$/i, 1n],
  [/^(min|mins|minutes?)$/i, 60n],
  [/^(h|hr|hrs|hours?)$/i, 3600n],
  [/^(d|days?)$/i, 86_400n],
  [/^weeks?$/i, 604_800n],
];

/** Seconds of a unit of time. `m` could be minutes or months, and is none. */
export function timeUnit(text: string): Unit {
  if (/^(ms|milliseconds?)$/.test(text)) return { n: 1n, d: 1000n };
  const n = TIMES.find(([pattern]) => pattern.test(text))?.[1];
  return n === undefined ? undefined : { n, d: 1n };
}

const PER = /^(?<above>.*?)\s*(?:\/|\bper\b|\ban?\b)\s*(?<below>[^/]+)$/i;

/** `kWh/d`, `kWh per day`, `tasks a minute`: what stands above and below; undefined where there is no such division. */
export function divided(text: string): { readonly above: string; readonly below: string } | undefined {
  const groups: Partial<Record<'above' | 'below', string>> = PER.exec(text)?.groups ?? {};
  const { above, below } = groups;
  return above === undefined || below === undefined ? undefined : { above: above.trim(), below: below.trim() };
}

/** Watts of a unit of power: also an energy over a time. */
export function powerUnit(text: string): Unit {
  const parts = divided(text);
  if (parts === undefined) return prefixed(text, ['W']);
  const energy = energyUnit(parts.above);
  const time = timeUnit(parts.below);
  return isFraction(energy) && isFraction(time) ? quotient(energy, time) : energy === AMBIGUOUS ? AMBIGUOUS : undefined;
}

export const isFraction = (unit: Unit): unit is Fraction => typeof unit === 'object';
