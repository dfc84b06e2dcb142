/**
 * What verdicts on a site allow for: that the sampled site is not quite the true one (law/site-error.ts), to which the
 * exact laws belong.
 */
import type { ExactSiteHorizon } from '../theory/site-reference.js';
import { FEW, sampledOff } from './allowance.js';
import type { SiteUnits } from './site-summary.js';

/** Absolute; joules, shares, or slots. */
export type SiteAllowance = ReturnType<typeof siteAllowance>;

export function siteAllowance(exact: ExactSiteHorizon, units: SiteUnits) {
  const { samplingError: error, quantumJoules, levelJoules, volatilityJoules: sigma } = units;
  const { slots, auxiliary, auxiliaryDeviation, probabilityZero, waste, deficitSlots, level } = exact;
  const { drifted, overshoot, moment, chance, cdf } = sampledOff(error, sigma, slots);
  // A charge is rounded to a quantum, and each time that the battery is emptied or filled its ends are.
  const rounding = Math.max(quantumJoules, error.battery * sigma) * (1 + deficitSlots.value);
  return {
    auxiliary: {
      mean: moment(auxiliary.value) + rounding,
      standardDeviation: moment(auxiliaryDeviation.value) + rounding,
      probabilityZero: chance(probabilityZero.value),
      cdf,
    },
    waste: { mean: moment(waste.value) + rounding },
    deficitSlots: { mean: FEW * error.kolmogorov * deficitSlots.value },
    level: {
      mean: drifted + overshoot + Math.max(levelJoules, error.battery * sigma),
      probabilityZero: chance(level.probabilityEmpty.value),
      probabilityFull: chance(level.probabilityFull.value),
      cdf,
    },
  };
}
