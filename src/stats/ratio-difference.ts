/**
 * Ratios of two totals, such as joules a task, of two scenarios whose paths are paired by number: the mean of the one
 * total over the mean of the other, and their difference by the delta method, from exact sums over pairs of paths.
 */
import type { Interval } from './binomial.js';
import { normalCritical, normalSurvival } from './normal.js';
import { addPairs, emptyPairedSums } from './paired.js';
import type { PairedSums } from './paired.js';

/** Quanta of the numerator and of the denominator of one side. */
export interface RatioQuanta {
  readonly numerator: number;
  readonly denominator: number;
}

/** Both totals of some paths, one entry a path. */
export interface RatioTotals {
  readonly numerator: Int32Array;
  readonly denominator: Int32Array;
}

/** All pairs among the four totals: n and d of the sides A and B. */
export interface RatioSums {
  readonly aa: PairedSums;
  readonly bb: PairedSums;
  readonly nn: PairedSums;
  readonly dd: PairedSums;
  readonly nd: PairedSums;
  readonly dn: PairedSums;
}

/** Sums over no pairs. */
export function emptyRatioSums(a: RatioQuanta, b: RatioQuanta): RatioSums {
  return {
    aa: emptyPairedSums(a.numerator, a.denominator),
    bb: emptyPairedSums(b.numerator, b.denominator),
    nn: emptyPairedSums(a.numerator, b.numerator),
    dd: emptyPairedSums(a.denominator, b.denominator),
    nd: emptyPairedSums(a.numerator, b.denominator),
    dn: emptyPairedSums(a.denominator, b.numerator),
  };
}

/** The sums with more pairs: the same paths of both sides in the same order. */
export function addRatioPairs(sums: RatioSums, a: RatioTotals, b: RatioTotals): RatioSums {
  return {
    aa: addPairs(sums.aa, a.numerator, a.denominator),
    bb: addPairs(sums.bb, b.numerator, b.denominator),
    nn: addPairs(sums.nn, a.numerator, b.numerator),
    dd: addPairs(sums.dd, a.denominator, b.denominator),
    nd: addPairs(sums.nd, a.numerator, b.denominator),
    dn: addPairs(sums.dn, a.denominator, b.numerator),
  };
}

/** What pairs of paths say of the ratio of A minus that of B; NaN throughout where a denominator never occurs. */
export interface RatioDifference {
  readonly pairs: number;
  readonly ratioA: number;
  readonly ratioB: number;
  readonly difference: number;
  /** By the delta method: right for many paths. */
  readonly standardError: number;
  readonly interval: Interval;
  /** Two-sided, of no difference: normal. */
  readonly pValue: number;
  /** Pairs that differ in either total, counted at least once and at most twice each. */
  readonly differing: number;
  /** Of the errors of the two ratios over paths; NaN where one of them has none. */
  readonly correlation: number;
  /**
   * Times as many paths as independent runs would need for the same standard error; NaN where both ratios have no
   * error.
   */
  readonly varianceReduction: number;
}

/** Estimates from sums over at least two pairs. */
export function ratioDifference(sums: RatioSums, confidence = 0.95): RatioDifference {
  const { aa, bb, nn, dd, nd, dn } = sums;
  const pairs = aa.pairs;
  const differing = nn.less + nn.greater + dd.less + dd.greater;
  const [numeratorA, denominatorA] = meansOf(aa);
  const [numeratorB, denominatorB] = meansOf(bb);
  const ratioA = over(numeratorA, denominatorA);
  const ratioB = over(numeratorB, denominatorB);
  // The gradient of nA/dA − nB/dB, and the covariances of the four totals.
  const gradient = [1 / denominatorA, -ratioA / denominatorA, -1 / denominatorB, ratioB / denominatorB];
  const covariances = [
    [variances(aa)[0], covariance(aa), covariance(nn), covariance(nd)],
    [covariance(aa), variances(aa)[1], covariance(dn), covariance(dd)],
    [covariance(nn), covariance(dn), variances(bb)[0], covariance(bb)],
    [covariance(nd), covariance(dd), covariance(bb), variances(bb)[1]],
  ];
  const varianceOf = (weights: readonly number[]): number =>
    weights.reduce((sum, x, i) => sum + x * weights.reduce((row, y, j) => row + y * covariances[i][j], 0), 0);
  const varianceA = varianceOf([gradient[0], gradient[1], 0, 0]);
  const varianceB = varianceOf([0, 0, gradient[2], gradient[3]]);
  const variance = differing === 0 ? 0 : Math.max(0, varianceOf(gradient));
  // Paths that are equal throughout differ by nothing; rounding need not say so. Without tasks there is no ratio, and
  // no error of one.
  const standardError = differing === 0 ? 0 : Math.sqrt(variance / pairs);
  const difference = differing === 0 ? 0 * ratioA : ratioA - ratioB;
  const halfWidth = normalCritical(1 - confidence) * standardError;
  const pValue = Math.min(1, 2 * normalSurvival(Math.abs(difference) / standardError));
  return {
    pairs,
    ratioA,
    ratioB,
    difference,
    standardError,
    interval: { lower: difference - halfWidth, upper: difference + halfWidth },
    pValue: difference === 0 ? 1 : pValue,
    differing,
    correlation: (varianceA + varianceB - variance) / 2 / Math.sqrt(varianceA) / Math.sqrt(varianceB),
    varianceReduction: (varianceA + varianceB) / variance,
  };
}

const over = (numerator: number, denominator: number): number => (denominator === 0 ? NaN : numerator / denominator);

function meansOf({ sumA, sumB, quantumA, quantumB, pairs }: PairedSums): [number, number] {
  return [(Number(sumA) / pairs) * quantumA, (Number(sumB) / pairs) * quantumB];
}

/** Unbiased: n²·(population covariance) is an exact integer before it becomes a double. */
function covariance({ sumA, sumB, products, quantumA, quantumB, pairs }: PairedSums): number {
  return (Number(BigInt(pairs) * products - sumA * sumB) / pairs / (pairs - 1)) * quantumA * quantumB;
}

function variances({ sumA, sumB, squaresA, squaresB, quantumA, quantumB, pairs }: PairedSums): [number, number] {
  const of = (squares: bigint, sum: bigint, quantum: number): number =>
    (Number(BigInt(pairs) * squares - sum * sum) / pairs / (pairs - 1)) * quantum ** 2;
  return [of(squaresA, sumA, quantumA), of(squaresB, sumB, quantumB)];
}
