/**
 * How an estimate and its interval read, wherever they stand: in text, in HTML, on the page, in a chart. One rule: the
 * half-width shows two digits, and the estimate, the ends of its interval and whatever is compared with it end at the
 * same decimal place. What theory knows with an error of its own ends where that error begins. Computes no interval.
 */
import { largestOf } from '../numeric/extremes.js';
import type { Interval } from '../stats/binomial.js';
import { normalCritical } from '../numeric/normal.js';
import type { HorizonSummary, QuantileEstimate } from '../stats/summary.js';
import { formatNumber } from '../numeric/format.js';

/** An estimate with its interval. */
export interface Shown extends Interval {
  readonly value: number;
}

/** Digits of a half-width. */
const ERROR_DIGITS = 2;
/** Digits of what has no interval, or one of no width. */
const PLAIN_DIGITS = 4;
/** Decimals that are still written out; finer numbers take an exponent. */
const MOST_DECIMALS = 8;
/** Digits of a computed number, however small its error. */
const MOST_DIGITS = 7;

/** A number as text. */
export type Format = (x: number) => string;

/** Decimal exponent of the last digit that is shown of a number with `digits` of them. */
function lastPlace(x: number, digits: number): number {
  // Rounding comes first: 0.0997 is 0.10.
  return Math.floor(Math.log10(Number(Math.abs(x).toPrecision(digits)))) - digits + 1;
}

/** Writes numbers to one decimal place, 10^place. Zero itself is `0`; what has no bound is `∞`; what is none is `—`. */
function toPlace(place: number): Format {
  return (x) => {
    if (Number.isNaN(x)) return '—';
    if (!Number.isFinite(x)) return x > 0 ? '∞' : '-∞';
    if (x === 0) return '0';
    if (place > 0) return (Math.round(x / 10 ** place) * 10 ** place).toFixed(0);
    if (-place <= MOST_DECIMALS) return unsignedZero(x.toFixed(-place));
    const size = Math.floor(Math.log10(Math.abs(x)));
    return size < place ? '0' : x.toExponential(Math.min(100, size - place));
  };
}

/** A minus before nothing but zeros says nothing. */
const unsignedZero = (text: string): string => (/^-[0.]+$/.test(text) ? text.slice(1) : text);

/**
 * Writes an estimate, the ends of its interval and what is compared with it, after division by `factor`. The wider side
 * of the interval sets the place; a side without bound does not count.
 */
export function formatLike({ value, lower, upper }: Shown, factor = 1): Format {
  const half = largestOf([0, value - lower, upper - value].filter((side) => Number.isFinite(side))) / factor;
  const format = half > 0 ? toPlace(lastPlace(half, ERROR_DIGITS)) : plain;
  return (x) => format(x / factor);
}

const plain: Format = (x) => (Number.isFinite(x) ? formatNumber(x, PLAIN_DIGITS) : toPlace(0)(x));

/** `238.53 ± 0.43`: an estimate with the half-width of an even interval; alone where it has none. */
export function formatPlusMinus(shown: Shown, factor = 1): string {
  const format = formatLike(shown, factor);
  const half = shown.upper - shown.value;
  return half === 0 ? format(shown.value) : `${format(shown.value)} ± ${format(half)}`;
}

/** `238.53 ± 0.43`, or `0.9965 (0.9930 … 0.9985)` where the interval is not as wide above as below. */
export function formatWithInterval(shown: Shown, factor = 1): string {
  const format = formatLike(shown, factor);
  const { value, lower, upper } = shown;
  const isEven = Math.abs(upper + lower - 2 * value) <= 1e-9 * (upper - lower);
  return isEven ? formatPlusMinus(shown, factor) : `${format(value)} (${formatRange(shown, factor)})`;
}

/** `1.132 … 1.165`. */
export function formatRange(shown: Shown, factor = 1): string {
  const format = formatLike(shown, factor);
  return `${format(shown.lower)} … ${format(shown.upper)}`;
}

/** An estimate with as much to either side. */
export function withError(value: number, half: number): Shown {
  return { value, lower: value - half, upper: value + half };
}

/** A computed number that may be off by `error`: to the place at which the error begins, in seven digits at most. */
export function formatKnown(value: number, error: number, factor = 1, digits = MOST_DIGITS): string {
  const [x, off] = [value / factor, Math.abs(error) / factor];
  if (!Number.isFinite(x) || x === 0) return toPlace(0)(x);
  const place = off > 0 ? Math.max(lastPlace(off, 1), lastPlace(x, digits)) : lastPlace(x, digits);
  return Math.abs(x) < 0.5 * 10 ** place ? '0' : toPlace(place)(x);
}

/** An estimate alone, to the place of its interval. */
export function formatEstimate(shown: Shown, factor = 1): string {
  return formatLike(shown, factor)(shown.value);
}

/** A horizon's mean with its interval: cut at 0 below, but as wide as above. */
export function shownMean({ meanDeficit, meanInterval }: Pick<HorizonSummary, 'meanDeficit' | 'meanInterval'>): Shown {
  return withError(meanDeficit, meanInterval.upper - meanDeficit);
}

/** P(D = 0) with its interval. */
export function shownZero({
  probabilityZero,
  probabilityZeroInterval,
}: Pick<HorizonSummary, 'probabilityZero' | 'probabilityZeroInterval'>): Shown {
  return { value: probabilityZero, ...probabilityZeroInterval };
}

/** A standard deviation with its interval. */
export function shownDeviation({
  standardDeviation,
  standardDeviationInterval,
}: Pick<HorizonSummary, 'standardDeviation' | 'standardDeviationInterval'>): Shown {
  return { value: standardDeviation, ...standardDeviationInterval };
}

/** A quantile with its interval. */
export function shownQuantile({ value, interval }: QuantileEstimate): Shown {
  return { value, ...interval };
}

/** The same of a document, by its key there. */
export function shownQuantileOf(
  {
    quantiles,
    quantileIntervals,
  }: {
    readonly quantiles: Readonly<Record<string, number>>;
    readonly quantileIntervals: Readonly<Record<string, Interval>>;
  },
  key: string,
): Shown {
  return { value: quantiles[key], ...quantileIntervals[key] };
}

/** Standard errors of the half-width of a 95 % interval. */
export const NORMAL_95 = normalCritical(0.05);

/** A mean with its 95 % interval, of which the standard error alone is kept. */
export function shownError({
  meanDeficit,
  standardError,
}: Pick<HorizonSummary, 'meanDeficit' | 'standardError'>): Shown {
  return withError(meanDeficit, NORMAL_95 * standardError);
}
