/** A site's quantities against the horizon, as plain data for charts; the page makes them while a run goes on. */
import { errorInterval, shareInterval } from '../stats/site-summary.js';
import type { MeanEstimate, SiteHorizon, SiteSummary } from '../stats/site-summary.js';
import type { HorizonSummary } from '../stats/summary.js';
import type { SeriesPoint, SiteSeries } from './charts/site.js';
import type { ExactSiteDocument } from './site-document.js';

/** Every horizon's quantities. @param exact by horizon, where known */
export function siteSeries(
  { horizons, confidence }: SiteSummary,
  exact: readonly (ExactSiteDocument | undefined)[],
): SiteSeries {
  const line = (of: (h: SiteHorizon, exact: ExactSiteDocument | undefined) => Omit<SeriesPoint, 'slots'>) =>
    horizons.map((h, i) => ({ slots: h.slots, ...of(h, exact[i]) }));
  const mean = (own: HorizonSummary, known?: number) => ({
    simulated: own.meanDeficit,
    lower: own.meanInterval.lower,
    upper: own.meanInterval.upper,
    exact: known ?? null,
  });
  const estimate = (own: MeanEstimate, known?: number) => ({
    simulated: own.mean,
    ...errorInterval(own, confidence),
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
