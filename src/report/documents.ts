/** The JSON documents of `run`, `validate` and `exact` (docs/contract.md). Joules; numbers, not strings. */
import type { FinishedRun } from '../study/finished.js';
import type { Scenario } from '../scenario/scenario.js';
import type { HorizonSummary, QuantileEstimate, Summary } from '../stats/summary.js';
import type { Judgement } from '../stats/verdict.js';
import type { DeficitLaw } from '../theory/deficit-law.js';
import type { ExactLaw } from '../theory/exact/law.js';
import { documentEnd, walkedHead } from './document-parts.js';
import type { CsvRow } from './csv.js';
import type { JudgedHorizon } from '../study/references.js';
import type { HorizonTheory } from '../theory/walk-theory.js';

/** Quantiles that are reported, and the keys under which they stand. */
export const QUANTILES = [0.1, 0.5, 0.9, 0.99] as const;

/** Rows of a document for a table of its own: one a horizon, with the length of a slot. */
export function horizonRows(document: {
  readonly scenario: Pick<Scenario, 'slotSeconds'>;
  readonly horizons?: readonly (CsvRow & { readonly slots: number })[];
}): CsvRow[] {
  const { slotSeconds } = document.scenario;
  return (document.horizons ?? []).map(({ slots, ...row }) => ({ slots, slotSeconds, ...row }));
}

/** The document of `run`. */
export function runDocument(simulation: FinishedRun, summary: Summary) {
  return {
    ...walkedHead(simulation, simulation.walk),
    horizons: summary.horizons.map(horizonDocument),
    ...documentEnd(simulation),
  };
}

export type RunDocument = ReturnType<typeof runDocument>;

/** The document of `validate`. */
export function validateDocument(
  simulation: FinishedRun,
  summary: Summary,
  judgement: Judgement,
  judged: readonly JudgedHorizon[],
) {
  return {
    ...walkedHead(simulation, simulation.walk),
    pass: judgement.pass,
    familyAlpha: judgement.familyAlpha,
    horizons: summary.horizons.map((horizon, i) => ({
      ...horizonDocument(horizon),
      ...theoryDocument(judged[i].theory),
      brownianDistance: judged[i].brownianDistance,
      verdicts: judgement.horizons[i].verdicts,
    })),
    ...documentEnd(simulation),
  };
}

export type ValidateDocument = ReturnType<typeof validateDocument>;

/** The rungs of one horizon. */
function theoryDocument(theory: HorizonTheory) {
  return {
    exact: exactDocument(theory.exact),
    corrected: lawDocument(theory.corrected),
    brownian: lawDocument(theory.brownian),
  };
}

/** The exact rung, with its errors and with what is missing of it; what is missing stands as NaN, null in JSON. */
export function exactDocument(law: ExactLaw) {
  return {
    ...lawDocument(law),
    error: law.error,
    ...(law.missing === undefined ? {} : { missing: law.missing }),
  };
}

/** One rung of one horizon. */
export function lawDocument(law: DeficitLaw) {
  return {
    meanDeficit: law.mean,
    standardDeviation: law.standardDeviation,
    probabilityZero: law.probabilityZero,
    quantiles: Object.fromEntries(QUANTILES.map((p) => [String(p), law.quantile(p)])),
  };
}

function horizonDocument(horizon: HorizonSummary) {
  return { slots: horizon.slots, trials: horizon.trials, ...estimateDocument(horizon) };
}

/** What a run says of one quantity at one horizon: estimates, and the 95 % interval of each. */
export function estimateDocument(h: HorizonSummary) {
  const byProbability = <T>(of: (quantile: QuantileEstimate) => T) =>
    Object.fromEntries(h.quantiles.map((q) => [String(q.probability), of(q)]));
  return {
    meanDeficit: h.meanDeficit,
    standardError: h.standardError,
    meanInterval: h.meanInterval,
    standardDeviation: h.standardDeviation,
    standardDeviationInterval: h.standardDeviationInterval,
    probabilityZero: h.probabilityZero,
    probabilityZeroInterval: h.probabilityZeroInterval,
    quantiles: byProbability((q) => q.value),
    quantileIntervals: byProbability((q) => q.interval),
  };
}
