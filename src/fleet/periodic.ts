/** Profiles put together: factors that multiply become one list over their common period. */
import { InputError } from '../errors.js';
import { commonDivisor, commonMultiple } from '../numeric/whole.js';
import type { Profile } from '../scenario/scenario.js';

/** Factors over one period: slot t has values[⌊t / slotsPerValue⌋ mod length]; their mean is 1. */
export interface PeriodicFactors {
  readonly values: Float64Array;
  readonly slotsPerValue: number;
}

/** Longest list that profiles are put together to. */
const MAXIMUM_FACTORS = 2 ** 20;

/** Without a profile: the factor 1 always. */
export const EVEN: PeriodicFactors = { values: Float64Array.of(1), slotsPerValue: 1 };

/**
 * The product of profiles, each over its own mean, then over the mean of the product.
 * @param field of the profile, for errors.
 * @throws {InputError} where the common period needs more than 2^20 values or no slot has a factor above 0.
 */
export function multiplyProfiles(profiles: readonly Profile[] | undefined, field: string): PeriodicFactors {
  if (profiles === undefined || profiles.length === 0) return EVEN;
  const slotsPerValue = profiles.map((p) => p.slotsPerValue).reduce(commonDivisor);
  const period = profiles.map((p) => p.slotsPerValue * p.values.length).reduce(commonMultiple);
  const count = period / slotsPerValue;
  if (!(count <= MAXIMUM_FACTORS)) {
    throw new InputError(
      `${field}: got profiles that together repeat after ${count} values of ${slotsPerValue} slots, expected at most ${MAXIMUM_FACTORS}: ` +
        'let the period of one be a multiple of the other',
      field,
    );
  }
  const values = new Float64Array(count).fill(1);
  for (const profile of profiles) {
    const repeat = profile.slotsPerValue / slotsPerValue;
    for (let i = 0; i < count; i++) values[i] *= profile.values[Math.floor(i / repeat) % profile.values.length];
  }
  const mean = values.reduce((a, b) => a + b, 0) / count;
  if (!(mean > 0)) {
    throw new InputError(`${field}: got profiles whose product is 0 in every slot, expected some slot above 0`, field);
  }
  if (values.every((x) => x === values[0])) return EVEN;
  return { values: values.map((x) => x / mean), slotsPerValue };
}

/** Σ of the factors of slots 0 … T − 1. */
export function factorSum({ values, slotsPerValue }: PeriodicFactors, slots: number): number {
  const period = values.length * slotsPerValue;
  const whole = Math.floor(slots / period);
  let sum = whole * period;
  for (let t = 0, left = slots - whole * period; left > 0; t++) {
    const own = Math.min(left, slotsPerValue);
    sum += values[t] * own;
    left -= own;
  }
  return sum;
}
