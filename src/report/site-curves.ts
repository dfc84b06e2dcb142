/** The law of a site's auxiliary energy at one horizon, as plain data for a chart. */
import type { HorizonPartials } from '../engine/partials.js';
import { binDeficits } from '../stats/binned.js';
import type { ExactSiteHorizon } from '../theory/site-reference.js';
import { boundedOnBins } from '../stats/site-verdict.js';
import type { SurvivalData } from './charts/distribution.js';
import { chosenPoints, pathsBelow } from './curves.js';
import { QUANTILES } from './documents.js';

/**
 * The simulated law of the auxiliary energy of one horizon, beside the exact one where that is at hand, else beside
 * P(A > 0) where that is known.
 * Throws InputError where no path was counted.
 * @param horizon the row `auxiliary`
 */
export function siteDistribution(
  horizon: HorizonPartials,
  quantumJoules: number,
  exact?: ExactSiteHorizon,
): SurvivalData {
  const binned = binDeficits(horizon, quantumJoules);
  const n = binned.trials;
  const below = (i: number): number => pathsBelow(binned, i);
  const cdf = Float64Array.from(binned.edges.subarray(0, -1), (_, i) => below(i) / n);
  const law = exact?.auxiliaryLaw === undefined ? undefined : boundedOnBins(exact.auxiliaryLaw, binned).onBins;
  const { pick, ...shared } = chosenPoints(horizon.slots, binned, law ?? { cdf, survival: cdf.map((p) => 1 - p) });
  return {
    ...shared,
    survival: {
      simulated: pick((i) => (n - below(i)) / n),
      ...(law === undefined ? {} : { exact: pick((i) => law.survival[i]) }),
    },
    exactPoints: exact === undefined ? [] : exactPoints(exact),
  };
}

/** The atom at 0, and the quantiles where the whole law is known. */
function exactPoints({ probabilityZero, auxiliaryLaw }: ExactSiteHorizon): NonNullable<SurvivalData['exactPoints']> {
  const quantiles =
    auxiliaryLaw === undefined
      ? []
      : QUANTILES.map((p) => ({ value: auxiliaryLaw.quantile(p), survival: 1 - p })).filter(({ value }) => value > 0);
  return [{ value: 0, survival: 1 - probabilityZero.value }, ...quantiles];
}
