/** Tests against values that may themselves be off: a difference counts only as far as it exceeds what theory says of its own error. */
import { binomialTwoSided } from './binomial.js';

/** What is left of a difference when theory may be off by `error`: the smallest that any value within it leaves. */
export function shrink(difference: number, error: number): number {
  return Math.sign(difference) * Math.max(0, Math.abs(difference) - error);
}

/** A difference in standard deviations; one that a law without spread does not allow is as far off as numbers go. */
export function standardise(difference: number, variance: number): number {
  if (difference === 0) return 0;
  return variance > 0 ? difference / Math.sqrt(variance) : Math.sign(difference) * Number.MAX_VALUE;
}

/** A share of `count` paths by the exact binomial test, whatever the expected count; where the exact value is uncertain, by the nearest to what
 *  was seen of the values that it may have. */
export function testShare(
  paths: number,
  count: number,
  probability: number,
  error = 0,
): { readonly statistic: number; readonly pValue: number } {
  const seen = paths / count;
  const shift = shrink(seen - probability, error);
  const expected = Math.min(shift === 0 ? probability : seen - shift, 1);
  return {
    // Where the law leaves no room for chance, one path counts as one standard deviation.
    statistic: (shift * count) / Math.sqrt(expected * (1 - expected) * count || 1),
    pValue: shift === 0 ? 1 : binomialTwoSided(paths, count, expected),
  };
}
