/**
 * What verdicts on a site allow for: that the sampled site is not quite the true one (law/site-error.ts), to which
   the exact
 * laws belong. The same rules as for a walk drawn task by task (study/theory.ts).
 */
import type { ExactSiteHorizon } from '../theory/site-reference.js';
import type { SiteUnits } from './site-summary.js';

/** Absolute; joules, shares, or slots. */
export interface SiteAllowance {
  readonly auxiliary: {
    readonly mean: number;
    readonly standardDeviation: number;
    readonly probabilityZero: number;
    readonly cdf: number;
  };
  readonly waste: { readonly mean: number };
  readonly deficitSlots: { readonly mean: number };
  readonly level: {
    readonly mean: number;
    readonly probabilityZero: number;
    readonly probabilityFull: number;
    readonly cdf: number;
  };
}

/** A step that is off by δ somewhere moves a chance by a few δ of itself, and by δ at most in the first slot. */
const FEW = 4;

export function siteAllowance(exact: ExactSiteHorizon, units: SiteUnits): SiteAllowance {
  const { samplingError: error, quantumJoules, levelJoules, volatilityJoules: sigma } = units;
  const { slots, auxiliary, auxiliaryDeviation, probabilityZero, waste, deficitSlots, level } = exact;
  // Drift moves means by at most its sum; variance scales them by its root; a step that is off somewhere moves what
  // is cut off.
  const drifted = slots * error.mean * sigma;
  const spread = Math.abs(error.variance) / 2;
  const overshoot = error.kolmogorov * sigma;
  // A charge is rounded to a quantum, and each time that the battery is emptied or filled its ends are.
  const rounding = Math.max(quantumJoules, error.battery * sigma) * (1 + deficitSlots.value);
  const chance = (p: number): number => error.kolmogorov * Math.min(1, FEW * p);
  const cdf = error.kolmogorov + Math.abs(error.variance);
  return {
    auxiliary: {
      mean: drifted + spread * auxiliary.value + overshoot + rounding,
      standardDeviation: drifted + spread * auxiliaryDeviation.value + overshoot + rounding,
      probabilityZero: chance(probabilityZero.value),
      cdf,
    },
    waste: { mean: drifted + spread * waste.value + overshoot + rounding },
    deficitSlots: { mean: FEW * error.kolmogorov * deficitSlots.value },
    level: {
      mean: drifted + overshoot + Math.max(levelJoules, error.battery * sigma),
      probabilityZero: chance(level.probabilityEmpty.value),
      probabilityFull: chance(level.probabilityFull.value),
      cdf,
    },
  };
}
