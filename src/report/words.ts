/** How numbers, verdicts and machines are called wherever a report speaks of them. */
import type { VerdictName } from '../stats/verdict.js';
import { powerOfTen } from './charts/ticks.js';
import { formatEstimate } from './estimate.js';
import type { Shown } from './estimate.js';
import { formatCount, formatNumber } from '../numeric/format.js';
import { formatDuration, formatP, formatQuantity, scaleFor } from './table.js';

/** A quantity in running text, where a number keeps its unit on its line. */
export function quantityWords(value: number, unit: string): string {
  return formatQuantity(value, unit).replace(' ', '\u00a0');
}

/** What each test looks at. */
export const TEST_LABELS: Readonly<Record<VerdictName, string>> = {
  mean: 'mean',
  standardDeviation: 'standard deviation',
  probabilityZero: 'P(D = 0)',
  chiSquare: 'shape (χ², equiprobable cells)',
  kolmogorov: 'shape (Kolmogorov, grouped)',
};

/** A probability as words write it: `0.32`, `3·10⁻⁵`. */
export function formatPValue(p: number): string {
  if (p >= 0.001) return p.toPrecision(2);
  return p === 0 ? '< 10⁻³⁰⁰' : scientific(p);
}

/** `3.1·10⁻⁵`: two significant digits. */
export function scientific(value: number): string {
  const [digits, exponent] = value.toExponential(1).split('e');
  return `${digits}·${powerOfTen(Number(exponent))}`;
}

/** Trials as one speaks of them: two significant digits. */
export function roundTrials(trials: number): string {
  return Number.isFinite(trials) ? formatCount(Number(trials.toPrecision(2))) : 'any number of';
}

/** `4,096 slots (11 h 23 min)`. */
export function horizonWords(slots: number, slotSeconds: number): string {
  return `${formatCount(slots)} slots (${spanWords(slots * slotSeconds)})`;
}

/** A span of time; days where hours are many. */
export function spanWords(seconds: number): string {
  const span = seconds < 48 * 3600 ? formatDuration(seconds) : `${formatNumber(seconds / 86400, 3)} days`;
  return span.replaceAll(' ', '\u00a0');
}

/** An estimate in running text, to the place of its interval. */
export function estimateWords(shown: Shown, unit: string): string {
  const scale = scaleFor([shown.value], unit);
  return `${formatEstimate(shown, scale.factor)}\u00a0${scale.unit}`;
}

/** What each test is called at the head of a column. */
export const TEST_NAMES: Readonly<Record<VerdictName, string>> = {
  mean: 'mean',
  standardDeviation: 'SD',
  probabilityZero: 'P(D=0)',
  chiSquare: 'χ²',
  kolmogorov: 'KS',
};

/** `p 0.32`, or `FAIL 3e-9`. */
export function verdictText({ pValue, pass }: { readonly pValue: number; readonly pass: boolean }): string {
  return `${pass ? 'p' : 'FAIL'} ${formatP(pValue)}`;
}

/** A drift; a critical one is zero but for rounding. */
export function driftText(mu: number, sigma: number): string {
  return Math.abs(mu) < 1e-12 * sigma ? 'critical (0 J)' : formatQuantity(mu, 'J');
}
