/**
 * Whether the paths that fail at a design also fail at a worse one. A design search spends its chance of being wrong as
 * if all of them did (risk-probe.ts); here is what two neighbouring designs say of it, path by path.
 */
import { pairedDifference } from './paired.js';
import type { PairedSums } from './paired.js';

/** What paths of one number did at two designs. */
export interface FailureAgreement {
  readonly paths: number;
  readonly failuresAtWorse: number;
  readonly failuresAtBetter: number;
  /** Paths that fail at the better design and do not at the worse. */
  readonly violations: number;
  /** Of the failures at the better design; NaN where there are none. */
  readonly violationShare: number;
  /** Of the failures over paths; NaN where at one of them all paths fail, or none. */
  readonly correlation: number;
  /**
   * Times as many paths as independent runs would need for the same error of the risks' difference; NaN where neither
   * varies.
   */
  readonly varianceReduction: number;
}

/** From sums over pairs, in ones: A is 1 where the path fails at the worse design, B where it fails at the better. */
export function failureAgreement(sums: PairedSums): FailureAgreement {
  const { correlation, varianceReduction } = pairedDifference(sums);
  const failuresAtBetter = Number(sums.sumB);
  return {
    paths: sums.pairs,
    failuresAtWorse: Number(sums.sumA),
    failuresAtBetter,
    violations: sums.less,
    violationShare: sums.less / failuresAtBetter,
    correlation,
    varianceReduction,
  };
}

/**
 * Of the values looked at the answer and its neighbour on the worse side; on the better where it is the worst.
 * Undefined of one value.
 */
export function neighboursOf(
  value: number,
  looked: readonly number[],
  better: (a: number, b: number) => boolean,
): { readonly worse: number; readonly better: number } | undefined {
  const nearest = (values: readonly number[]): number | undefined =>
    values.reduce<number | undefined>((best, x) => {
      return best === undefined || Math.abs(x - value) < Math.abs(best - value) ? x : best;
    }, undefined);
  const below = nearest(looked.filter((x) => better(value, x)));
  if (below !== undefined) return { worse: below, better: value };
  const above = nearest(looked.filter((x) => better(x, value)));
  return above === undefined ? undefined : { worse: value, better: above };
}
