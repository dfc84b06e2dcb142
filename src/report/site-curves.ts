/** What the charts of a site show, as plain data: the law of the auxiliary energy at one horizon, and the site's quantities against the horizon. */
import type { HorizonPartials } from '../engine/partials.js';
import { binDeficits } from '../stats/binned.js';
import { clopperPearson } from '../stats/binomial.js';
import type { ExactSiteHorizon } from '../stats/site-reference.js';
import type { MeanEstimate, SiteHorizon, SiteSummary } from '../stats/site-summary.js';
import { boundedOnBins } from '../stats/site-verdict.js';
import { normalCritical } from '../stats/normal.js';
import type { HorizonSummary } from '../stats/summary.js';
import type { SurvivalData } from './charts/distribution.js';
import type { SeriesPoint, SiteSeries } from './charts/site.js';
import { CONFIDENCE, chooseEdges, edgePosition, pathsBelow } from './curves.js';
import { QUANTILES } from './documents.js';
import type { ExactSiteDocument } from './site-document.js';

/**
 * The simulated law of the auxiliary energy of one horizon, beside the exact one where that is at hand, else beside P(A > 0) where that is known.
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
  const { indices, start, end } = chooseEdges(binned, law ?? { cdf, survival: cdf.map((p) => 1 - p) }, below, []);
  const pick = (of: (i: number) => number): number[] => indices.map(of);
  const intervals = indices.map((i) => clopperPearson(n - below(i), n, CONFIDENCE));
  return {
    slots: horizon.slots,
    trials: n,
    deficits: pick((i) => edgePosition(binned, i)),
    survival: {
      simulated: pick((i) => (n - below(i)) / n),
      ...(law === undefined ? {} : { exact: pick((i) => law.survival[i]) }),
    },
    survivalInterval: { lower: intervals.map((x) => x.lower), upper: intervals.map((x) => x.upper) },
    confidence: CONFIDENCE,
    bulk: [edgePosition(binned, start), edgePosition(binned, end)],
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

/** Every horizon's quantities. @param exact by horizon, where known */
export function siteSeries(
  { horizons, confidence }: SiteSummary,
  exact: readonly (ExactSiteDocument | undefined)[],
): SiteSeries {
  const z = normalCritical(1 - confidence);
  const line = (of: (h: SiteHorizon, exact: ExactSiteDocument | undefined) => Omit<SeriesPoint, 'slots'>) =>
    horizons.map((h, i) => ({ slots: h.slots, ...of(h, exact[i]) }));
  const mean = (own: HorizonSummary, known?: number) => ({
    simulated: own.meanDeficit,
    lower: own.meanInterval.lower,
    upper: own.meanInterval.upper,
    exact: known ?? null,
  });
  const estimate = ({ mean: value, standardError }: MeanEstimate, known?: number) => ({
    simulated: value,
    lower: Math.max(0, value - z * standardError),
    upper: value + z * standardError,
    exact: known ?? null,
  });
  const share = (p: number, trials: number, known?: number) => {
    const { lower, upper } = shareInterval(p, trials, confidence);
    return { simulated: p, lower, upper, exact: known ?? null };
  };
  const limited = horizons.every((h) => h.level.probabilityFull !== null);
  return {
    auxiliary: line((h, e) => mean(h.auxiliary, e?.meanDeficit)),
    waste: line((h, e) => mean(h.waste, e?.waste.value)),
    consumption: line((h) => estimate(h.consumption)),
    level: line((h, e) => mean(h.level, e?.level.mean.value)),
    levelRange: horizons.map((h) => {
      const at = (p: number): number => h.level.quantiles.find((q) => q.probability === p)?.value ?? NaN;
      return { slots: h.slots, lower: at(0.1), upper: at(0.9) };
    }),
    needed: line((h, e) =>
      share(1 - h.auxiliary.probabilityZero, h.trials, e === undefined ? undefined : 1 - e.probabilityZero),
    ),
    empty: line((h, e) => share(h.level.probabilityEmpty, h.trials, e?.level.probabilityEmpty.value)),
    full: limited
      ? line((h, e) => share(h.level.probabilityFull ?? NaN, h.trials, e?.level.probabilityFull.value))
      : [],
    deficit: line((h, e) => estimate(h.deficitFraction, e === undefined ? undefined : e.deficitSlots.value / h.slots)),
  };
}

/** Clopper–Pearson interval of a share of so many paths. */
export function shareInterval(share: number, trials: number, confidence: number) {
  return clopperPearson(Math.round(share * trials), trials, confidence);
}
