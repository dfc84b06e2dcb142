/**
 * Two scenarios whose paths are paired by number. The words of a path are the same in both; where the laws that they
 * are read with are near each other too, the mean of A − B is known far better than from independent runs, and
 * `varianceReduction` says by how much. Here are exact sums over pairs of paths, which come in chunks and merge by
 * addition, and what they say of A − B.
 */
import { InputError } from '../errors.js';
import { binomialTwoSided, clopperPearson } from './binomial.js';
import type { Interval } from './binomial.js';
import { normalCritical, normalSurvival } from '../numeric/normal.js';

/** Exact sums over pairs of paths, in quanta of each side. */
export interface PairedSums {
  /** Joules (or what is compared) of one step of A and of B. */
  readonly quantumA: number;
  readonly quantumB: number;
  readonly pairs: number;
  readonly sumA: bigint;
  readonly sumB: bigint;
  readonly squaresA: bigint;
  readonly squaresB: bigint;
  readonly products: bigint;
  /** Pairs with A < B, and with A > B. Unlike quanta are compared in doubles, where 1e-16 may pass for nothing. */
  readonly less: number;
  readonly greater: number;
}

/** Quanta beyond these would take the sums of squares out of what a double holds. */
const LEAST_QUANTUM = 1e-30;
const MOST_QUANTUM = 1e30;

/** Sums over no pairs. */
export function emptyPairedSums(quantumA: number, quantumB = quantumA): PairedSums {
  for (const [side, quantum] of [
    ['A', quantumA],
    ['B', quantumB],
  ] as const) {
    if (!(quantum >= LEAST_QUANTUM && quantum <= MOST_QUANTUM)) {
      const field = `quantum${side}`;
      throw new InputError(
        `${field}: got ${quantum}, expected a number from ${LEAST_QUANTUM} to ${MOST_QUANTUM}`,
        field,
      );
    }
  }
  const none = { sumA: 0n, sumB: 0n, squaresA: 0n, squaresB: 0n, products: 0n };
  return { quantumA, quantumB, pairs: 0, ...none, less: 0, greater: 0 };
}

/** Pairs whose products of 31 and 16 bits a double sums exactly: 2^47 each, up to 2^53. */
const BLOCK = 64;

/**
 * The sums with more pairs.
 * @param a quanta of A, one a path
 * @param b quanta of B, of the same paths in the same order
 */
export function addPairs(sums: PairedSums, a: Int32Array, b: Int32Array): PairedSums {
  if (a.length !== b.length) {
    throw new InputError(`pairs: got ${a.length} paths of A and ${b.length} of B, expected as many of each`, 'pairs');
  }
  const { quantumA, quantumB } = sums;
  const equalQuanta = quantumA === quantumB;
  let { sumA, sumB, squaresA, squaresB, products, less, greater } = sums;
  for (let start = 0; start < a.length; start += BLOCK) {
    const end = Math.min(start + BLOCK, a.length);
    // Products in two limbs of the second factor: its upper half, signed, and its lower 16 bits.
    let [x, y, xxHigh, xxLow, yyHigh, yyLow, xyHigh, xyLow] = [0, 0, 0, 0, 0, 0, 0, 0];
    for (let i = start; i < end; i++) {
      const p = a[i];
      const q = b[i];
      x += p;
      y += q;
      xxHigh += p * (p >> 16);
      xxLow += p * (p & 0xffff);
      yyHigh += q * (q >> 16);
      yyLow += q * (q & 0xffff);
      xyHigh += p * (q >> 16);
      xyLow += p * (q & 0xffff);
      const difference = equalQuanta ? p - q : p * quantumA - q * quantumB;
      if (difference < 0) less++;
      else if (difference > 0) greater++;
    }
    sumA += BigInt(x);
    sumB += BigInt(y);
    squaresA += (BigInt(xxHigh) << 16n) + BigInt(xxLow);
    squaresB += (BigInt(yyHigh) << 16n) + BigInt(yyLow);
    products += (BigInt(xyHigh) << 16n) + BigInt(xyLow);
  }
  const pairs = sums.pairs + a.length;
  return { quantumA, quantumB, pairs, sumA, sumB, squaresA, squaresB, products, less, greater };
}

/** What pairs of paths say of A − B; in the unit of the quanta, joules as a rule. */
export interface PairedDifference {
  readonly pairs: number;
  readonly meanA: number;
  readonly meanB: number;
  /** Of A − B. */
  readonly meanDifference: number;
  /** Of the mean difference: SD of A − B over √pairs. */
  readonly standardError: number;
  /** Normal, of the mean difference. Too narrow where only a few pairs (below some 30) differ at all. */
  readonly interval: Interval;
  /** Of the intervals, each for itself: 1 − α/m in a family of m comparisons. */
  readonly confidence: number;
  /** Two-sided, of a mean difference of 0: normal; 1 where no pair differs. */
  readonly pValue: number;
  /** Of A and B over paths; NaN where one of them never varies. */
  readonly correlation: number;
  /**
   * (Var A + Var B)/Var(A − B): times as many paths as independent runs would need for the same standard error. NaN
   * where both vary not at all.
   */
  readonly varianceReduction: number;
  readonly sign: SignTest;
}

/** On how many paths A is less than B. */
export interface SignTest {
  readonly less: number;
  readonly equal: number;
  readonly greater: number;
  /** less/(less + greater); NaN where no pair differs. */
  readonly share: number;
  /** Clopper–Pearson, at the difference's confidence; all of [0, 1] where no pair differs. */
  readonly interval: Interval;
  /** Two-sided binomial, of a share of a half. */
  readonly pValue: number;
}

/** Estimates from sums over at least two pairs, with intervals at this confidence. */
export function pairedDifference(sums: PairedSums, confidence = 0.95): PairedDifference {
  const { pairs: n, quantumA, quantumB, sumA, sumB, squaresA, squaresB, products } = sums;
  if (n < 2) throw new InputError(`pairs: got ${n}, expected at least 2 for a standard error`, 'pairs');
  const [stepsA, stepsB, unit] = commonUnit(quantumA, quantumB);
  // n²·(population variance) is an exact integer in units², whatever cancels.
  const scatter = (squares: bigint, sum: bigint): bigint => BigInt(n) * squares - sum * sum;
  const sumOfDifferences = stepsA * sumA - stepsB * sumB;
  const squaresOfDifferences =
    stepsA * stepsA * squaresA + stepsB * stepsB * squaresB - 2n * stepsA * stepsB * products;
  const scatterA = Number(stepsA * stepsA * scatter(squaresA, sumA));
  const scatterB = Number(stepsB * stepsB * scatter(squaresB, sumB));
  const scatterD = Number(scatter(squaresOfDifferences, sumOfDifferences));
  const covariance = Number(stepsA * stepsB * (BigInt(n) * products - sumA * sumB));

  const meanDifference = (Number(sumOfDifferences) / n) * unit;
  const standardError = (Math.sqrt(scatterD / (n - 1)) / n) * unit;
  return {
    pairs: n,
    meanA: (Number(sumA) / n) * quantumA,
    meanB: (Number(sumB) / n) * quantumB,
    meanDifference,
    standardError,
    ...normalDifference(meanDifference, standardError, confidence),
    confidence,
    correlation: covariance / Math.sqrt(scatterA) / Math.sqrt(scatterB),
    varianceReduction: (scatterA + scatterB) / scatterD,
    sign: signTest(sums, confidence),
  };
}

function signTest({ pairs, less, greater }: PairedSums, confidence: number): SignTest {
  const differing = less + greater;
  const none = differing === 0;
  return {
    less,
    equal: pairs - differing,
    greater,
    share: less / differing,
    interval: none ? { lower: 0, upper: 1 } : clopperPearson(less, differing, confidence),
    pValue: none ? 1 : binomialTwoSided(less, differing, 0.5),
  };
}

/** Interval and two-sided p-value, of no difference, of one that is normal. */
export function normalDifference(
  difference: number,
  standardError: number,
  confidence: number,
): { readonly interval: Interval; readonly pValue: number } {
  const halfWidth = normalCritical(1 - confidence) * standardError;
  return {
    interval: { lower: difference - halfWidth, upper: difference + halfWidth },
    pValue: difference === 0 ? 1 : Math.min(1, 2 * normalSurvival(Math.abs(difference) / standardError)),
  };
}

/** Two doubles as whole numbers of one unit, a power of two: every double is one. */
export function commonUnit(a: number, b: number): [bigint, bigint, number] {
  let exponent = 0;
  while (!Number.isInteger(a * 2 ** exponent) || !Number.isInteger(b * 2 ** exponent)) exponent++;
  return [BigInt(a * 2 ** exponent), BigInt(b * 2 ** exponent), 2 ** -exponent];
}
