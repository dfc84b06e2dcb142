/** The JSON documents of a site's `run`, `validate` and `exact`. Joules, watts where said; numbers, not strings. */
import type { FinishedSite } from '../study/finished.js';
import { siteUnits } from '../study/site.js';
import type { Scenario } from '../scenario/scenario.js';
import { siteAllowance } from '../stats/site-allowance.js';
import { exactAt, isKnown } from '../theory/site-reference.js';
import type { AsymptoticSite, ExactSiteHorizon, SiteReference } from '../theory/site-reference.js';
import type { MeanEstimate, SiteHorizon, SiteSummary } from '../stats/site-summary.js';
import type { SiteJudgement } from '../stats/site-verdict.js';
import type { HorizonSummary } from '../stats/summary.js';
import type { RestLaw } from '../theory/chain/rest-law.js';
import type { MissingHorizon } from '../theory/chain/battery-law.js';
import type { MissingPart } from '../theory/deficit-law.js';
import { documentEnd, walkedHead } from './document-parts.js';
import { QUANTILES, estimateDocument, lawDocument } from './documents.js';
import { errorInterval, shareInterval } from '../stats/site-summary.js';

/** The document of `run`. */
export function siteRunDocument(run: FinishedSite, summary: SiteSummary, judgement: SiteJudgement) {
  return {
    ...walkedHead(run, run.site.walk),
    kernel: run.law.form,
    pass: judgement.pass,
    horizons: summary.horizons.map((h, i) => ({
      ...horizonDocument(h, summary.confidence),
      violations: judgement.horizons[i].violations,
    })),
    ...documentEnd(run),
  };
}

/** The document of `validate`. */
export function siteValidateDocument(
  run: FinishedSite,
  summary: SiteSummary,
  reference: SiteReference,
  judgement: SiteJudgement,
) {
  return {
    ...walkedHead(run, run.site.walk),
    kernel: run.law.form,
    pass: judgement.pass,
    familyAlpha: judgement.familyAlpha,
    tests: judgement.tests,
    ...(reference.kind === 'exact'
      ? {}
      : { noExactLaw: reference.reason, ...asymptoticDocument(reference.asymptotic) }),
    horizons: summary.horizons.map((h, i) => ({
      ...horizonDocument(h, summary.confidence),
      ...(reference.kind === 'exact' ? ofExact(exactAt(reference, h.slots), run) : {}),
      ...judgement.horizons[i],
    })),
    ...documentEnd(run),
  };
}

export type SiteValidateDocument = ReturnType<typeof siteValidateDocument>;
export type SiteDocument = ReturnType<typeof siteRunDocument> | SiteValidateDocument;

/** The document of `exact`. */
export function siteExactDocument(
  scenario: Scenario,
  reference: SiteReference,
  rest: RestLaw | MissingPart | undefined,
  at: readonly number[] | undefined,
) {
  if (reference.kind === 'none') {
    return { schemaVersion: 1, scenario, noExactLaw: reference.reason, ...asymptoticDocument(reference.asymptotic) };
  }
  return {
    schemaVersion: 1,
    scenario,
    horizons: [
      ...reference.horizons.map((h) => ({ slots: h.slots, exact: exactDocument(h, at) })),
      ...(reference.missing ?? []).map(({ slots, missing }) => ({ slots, exact: { missing } })),
    ],
    ...(rest === undefined ? {} : { atRest: restDocument(rest) }),
  };
}

/** What is exact of a horizon that was run. */
function ofExact(exact: ExactSiteHorizon | MissingHorizon, run: FinishedSite) {
  if (!isKnown(exact)) return { exact: { missing: exact.missing } };
  return { exact: exactDocument(exact), allowance: siteAllowance(exact, siteUnits(run)) };
}

function restDocument(rest: RestLaw | MissingPart) {
  if ('reason' in rest) return { missing: rest };
  const { level, ...perSlot } = rest;
  return { ...perSlot, level: levelDocument(level) };
}

/** The exact law of one horizon. */
export function exactDocument(exact: ExactSiteHorizon, at?: readonly number[]) {
  const { auxiliary, auxiliaryDeviation, probabilityZero, waste, deficitSlots, level } = exact;
  const { auxiliaryLaw: law, missing } = exact;
  return {
    meanDeficit: auxiliary.value,
    standardDeviation: auxiliaryDeviation.value,
    probabilityZero: probabilityZero.value,
    quantiles: law === undefined ? null : quantilesOf(law),
    ...(law === undefined || at === undefined
      ? {}
      : {
          cdf: Object.fromEntries(at.map((a) => [String(a), law.cdf(a)])),
          cdfError: Object.fromEntries(at.map((a) => [String(a), law.cdfErrorAt(a)])),
        }),
    error: {
      mean: auxiliary.error,
      standardDeviation: auxiliaryDeviation.error,
      probabilityZero: probabilityZero.error,
    },
    waste,
    deficitSlots,
    level: levelDocument(level),
    ...(missing === undefined ? {} : { missing }),
  };
}

export type ExactSiteDocument = ReturnType<typeof exactDocument>;

function levelDocument(level: ExactSiteHorizon['level']) {
  const { mean, probabilityEmpty, probabilityFull, cdfError } = level;
  return { mean, probabilityEmpty, probabilityFull, quantiles: quantilesOf(level), cdfError };
}

function quantilesOf(law: { quantile(p: number): number }): Record<string, number> {
  return Object.fromEntries(QUANTILES.map((p) => [String(p), law.quantile(p)]));
}

function asymptoticDocument(asymptotic: AsymptoticSite | undefined): { asymptotic?: AsymptoticDocument } {
  return asymptotic === undefined ? {} : { asymptotic: limitDocument(asymptotic) };
}

function limitDocument({ constants, horizons }: AsymptoticSite) {
  return {
    driftJoulesPerSlot: constants.drift,
    volatilityJoules: constants.volatility,
    seasonalJoules: constants.seasonal,
    horizons: horizons.map((law) => ({ slots: law.slots, ...lawDocument(law) })),
  };
}

export type AsymptoticDocument = ReturnType<typeof limitDocument>;

function horizonDocument(horizon: SiteHorizon, confidence: number) {
  const { slots, trials, auxiliary, peakWatts, waste, level, firstPassage, ...rest } = horizon;
  const { deficitFraction, consumption, dispatched, aboveBound, undone, undoneEnergy, ...others } = rest;
  const interval = (share: number | null) => (share === null ? null : shareInterval(share, trials, confidence));
  const mean = (own: MeanEstimate) => ({ ...own, interval: errorInterval(own, confidence) });
  return {
    slots,
    trials,
    ...estimateDocument(auxiliary),
    site: {
      peakWatts: estimateOf(peakWatts),
      waste: estimateOf(waste),
      level: {
        ...estimateOf(level),
        probabilityEmpty: level.probabilityEmpty,
        probabilityEmptyInterval: interval(level.probabilityEmpty),
        probabilityFull: level.probabilityFull,
        probabilityFullInterval: interval(level.probabilityFull),
      },
      firstPassage: {
        probabilityNone: firstPassage.probabilityNone,
        interval: firstPassage.probabilityNoneInterval,
        slotQuantiles: Object.fromEntries(firstPassage.quantiles.map((q) => [String(q.probability), q.slot])),
      },
      deficitFraction: mean(deficitFraction),
      consumption: mean(consumption),
      dispatched: mean(dispatched),
      aboveBound: mean(aboveBound),
      undone: mean(undone),
      undoneEnergy: mean(undoneEnergy),
      ...others,
    },
  };
}

function estimateOf(h: HorizonSummary) {
  const { meanDeficit: mean, ...rest } = estimateDocument(h);
  return { mean, ...rest };
}
