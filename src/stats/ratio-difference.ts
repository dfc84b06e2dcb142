/**
 * Ratios of two totals, such as joules a task, of two scenarios whose paths are paired by number: the mean of the one
 * total over the mean of the other, and their difference by the delta method, from exact sums over pairs of paths.
 */
import type { Interval } from './binomial.js';
import { addPairs, commonUnit, emptyPairedSums, normalDifference } from './paired.js';
import type { PairedSums } from './paired.js';

/** Of the two totals of one side. */
export interface Ratio<T> {
  readonly numerator: T;
  readonly denominator: T;
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

/** Every pair among the totals of two sides. */
function everyPair<T>(
  a: Ratio<T>,
  b: Ratio<T>,
  sumsOf: (pair: keyof RatioSums, first: T, second: T) => PairedSums,
): RatioSums {
  return {
    aa: sumsOf('aa', a.numerator, a.denominator),
    bb: sumsOf('bb', b.numerator, b.denominator),
    nn: sumsOf('nn', a.numerator, b.numerator),
    dd: sumsOf('dd', a.denominator, b.denominator),
    nd: sumsOf('nd', a.numerator, b.denominator),
    dn: sumsOf('dn', a.denominator, b.numerator),
  };
}

/** Sums over no pairs, from the quanta of each side. */
export function emptyRatioSums(a: Ratio<number>, b: Ratio<number>): RatioSums {
  return everyPair(a, b, (_, first, second) => emptyPairedSums(first, second));
}

/** The sums with more pairs: the same paths of both sides in the same order. */
export function addRatioPairs(sums: RatioSums, a: Ratio<Int32Array>, b: Ratio<Int32Array>): RatioSums {
  return everyPair(a, b, (pair, first, second) => addPairs(sums[pair], first, second));
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
  const { aa, bb, nn, dd } = sums;
  const pairs = aa.pairs;
  const differing = nn.less + nn.greater + dd.less + dd.greater;
  const [ratioA, ratioB] = [ratioOfMeans(aa), ratioOfMeans(bb)];
  const [varianceA, varianceB, variance] = variancesOf(sums);
  // Paths that are equal throughout differ by nothing; rounding need not say so. Without tasks there is no ratio, and
  // no error of one.
  const standardError = differing === 0 ? 0 : Math.sqrt(variance / pairs);
  const difference = differing === 0 ? 0 * ratioA : ratioA - ratioB;
  return {
    pairs,
    ratioA,
    ratioB,
    difference,
    standardError,
    ...normalDifference(difference, standardError, confidence),
    differing,
    correlation: (varianceA + varianceB - variance) / 2 / Math.sqrt(varianceA) / Math.sqrt(varianceB),
    varianceReduction: (varianceA + varianceB) / variance,
  };
}

/** One total over the other; NaN over nothing. */
function ratioOfMeans({ sumA, sumB, quantumA, quantumB }: PairedSums): number {
  return sumB === 0n ? NaN : (Number(sumA) / Number(sumB)) * (quantumA / quantumB);
}

/**
 * Unbiased variances over paths of the errors of both ratios and of their difference, by the delta method. A path's
 * error is n·e/D² quanta with the integer e = nᵢ·D − dᵢ·N of its totals and of all paths' N and D: sums of squares
 * and products of these are exact, so that a ratio that is the same on every path has no error at all.
 */
function variancesOf({ aa, bb, nn, dd, nd, dn }: RatioSums): [number, number, number] {
  const { pairs, sumA: numeratorA, sumB: denominatorA } = aa;
  const { sumA: numeratorB, sumB: denominatorB } = bb;
  const squaresA =
    denominatorA ** 2n * aa.squaresA - 2n * denominatorA * numeratorA * aa.products + numeratorA ** 2n * aa.squaresB;
  const squaresB =
    denominatorB ** 2n * bb.squaresA - 2n * denominatorB * numeratorB * bb.products + numeratorB ** 2n * bb.squaresB;
  const products =
    denominatorA * denominatorB * nn.products -
    denominatorA * numeratorB * nd.products -
    numeratorA * denominatorB * dn.products +
    numeratorA * numeratorB * dd.products;
  const [stepA, stepB, unit] = commonUnit(aa.quantumA / aa.quantumB, bb.quantumA / bb.quantumB);
  const [weightA, weightB] = [stepA * denominatorB ** 2n, stepB * denominatorA ** 2n];
  const common = denominatorA ** 2n * denominatorB ** 2n;
  const of = (sum: bigint): number => ratioOf(sum * BigInt(pairs) ** 2n, common ** 2n) * (unit ** 2 / (pairs - 1));
  const partA = weightA ** 2n * squaresA;
  const partB = weightB ** 2n * squaresB;
  return [of(partA), of(partB), of(partA + partB - 2n * weightA * weightB * products)];
}

/** A ratio of integers that need not fit into doubles; NaN over 0. */
function ratioOf(numerator: bigint, denominator: bigint): number {
  if (denominator === 0n) return NaN;
  // 64 bits of the quotient, and its sign.
  const shift = BigInt(64 + denominator.toString(2).length - numerator.toString(2).length);
  return shift > 0n
    ? Number((numerator << shift) / denominator) / 2 ** Number(shift)
    : Number(numerator / (denominator << -shift)) * 2 ** Number(-shift);
}
