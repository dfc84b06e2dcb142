/**
 * Tests against values that may themselves be off: a difference counts only as far as it exceeds what theory says of
 * its own error, and what sampling adds to that.
 */
import { binomialTwoSided } from './binomial.js';

/** A step that is off by δ somewhere moves a chance by a few δ of itself, and by δ at most in the first slot. */
export const FEW = 4;

/** How far a sampled law of one slot is from the true one: as `SamplingError`, in standard deviations of a slot. */
interface SlotError {
  readonly mean: number;
  readonly variance: number;
  readonly kolmogorov: number;
}

/** How far numbers after so many slots may be off where slots are. */
export interface SampledOff {
  /** Joules by which drift and overshoot move a mean or a standard deviation. */
  readonly drifted: number;
  readonly overshoot: number;
  /** Of a mean or a standard deviation, joules. @param own what theory says of its own error */
  readonly moment: (value: number, own?: number) => number;
  readonly chance: (probability: number) => number;
  /** Of a distribution function. */
  readonly cdf: number;
}

/**
 * Where the true law stands for the one that was sampled: drift moves a mean by at most its sum, variance scales it by
 * its root, and a step that is off somewhere moves what is overshot or cut off by so much.
 * @param sigma of a slot's increment, joules
 */
export function sampledOff({ mean, variance, kolmogorov }: SlotError, sigma: number, slots: number): SampledOff {
  const drifted = slots * mean * sigma;
  const spread = Math.abs(variance) / 2;
  const overshoot = kolmogorov * sigma;
  return {
    ...{ drifted, overshoot, cdf: kolmogorov + Math.abs(variance) },
    moment: (value, own = 0) => own + drifted + spread * value + overshoot,
    chance: (probability) => kolmogorov * Math.min(1, FEW * probability),
  };
}

/** What is left of a difference when theory may be off by `error`: the smallest that any value within it leaves. */
export function shrink(difference: number, error: number): number {
  return Math.sign(difference) * Math.max(0, Math.abs(difference) - error);
}

/** A difference in standard deviations; one that a law without spread does not allow is as far off as numbers go. */
export function standardise(difference: number, variance: number): number {
  if (difference === 0) return 0;
  return variance > 0 ? difference / Math.sqrt(variance) : Math.sign(difference) * Number.MAX_VALUE;
}

/**
 * A share of `count` paths by the exact binomial test, whatever the expected count; where the exact value is uncertain,
 * by the nearest to what was seen of the values that it may have.
 */
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
