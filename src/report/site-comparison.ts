/** What of a site is known exactly, beside what was simulated: one list for every report. */
import { largestOf } from '../numeric/extremes.js';
import { normalCritical } from '../numeric/normal.js';
import type { SiteHorizon } from '../stats/site-summary.js';
import type { MissingPart } from '../theory/deficit-law.js';
import { shownMean, shownZero, withError } from './estimate.js';
import type { Shown } from './estimate.js';
import { missingSentence } from './site-names.js';
import { shareInterval } from '../stats/site-summary.js';
import { scaleFor } from './table.js';
import type { Scaled } from './table.js';
import type { ExactSiteDocument, SiteDocument, SiteValidateDocument } from './site-document.js';

/** One quantity. Joules, or plain numbers where there is no unit. */
export interface ComparedQuantity {
  readonly name: string;
  readonly unit: 'J' | '';
  readonly simulated: Shown;
  readonly exact: number;
  /** Theory's estimate of its own error. */
  readonly error: number;
}

/** The quantities of one horizon of which the exact value is known. */
export function comparedQuantities(h: SiteHorizon, exact: ExactSiteDocument, confidence: number): ComparedQuantity[] {
  const { level } = exact;
  const of = (
    name: string,
    unit: ComparedQuantity['unit'],
    simulated: Shown,
    { value, error }: { readonly value: number; readonly error: number },
  ): ComparedQuantity => ({ name, unit, simulated, exact: value, error });
  const share = (p: number): Shown => ({ value: p, ...shareInterval(p, h.trials, confidence) });
  const { mean, standardError } = h.deficitFraction;
  const deficitSlots = withError(mean * h.slots, normalCritical(1 - confidence) * standardError * h.slots);
  return [
    of('E[A]', 'J', shownMean(h.auxiliary), { value: exact.meanDeficit, error: exact.error.mean }),
    of('P(A = 0)', '', shownZero(h.auxiliary), { value: exact.probabilityZero, error: exact.error.probabilityZero }),
    of('waste', 'J', shownMean(h.waste), exact.waste),
    of('deficit slots', '', deficitSlots, exact.deficitSlots),
    of('level', 'J', shownMean(h.level), level.mean),
    of('P(empty)', '', share(h.level.probabilityEmpty), level.probabilityEmpty),
    ...(h.level.probabilityFull === null
      ? []
      : [of('P(full)', '', share(h.level.probabilityFull), level.probabilityFull)]),
  ];
}

/** The unit in which a quantity is shown: one throughout, so that its horizons compare. */
export function comparedScales(quantities: readonly ComparedQuantity[]): (quantity: ComparedQuantity) => Scaled {
  return ({ name, unit }) => {
    if (unit === '') return { unit, factor: 1 };
    const own = quantities.filter((quantity) => quantity.name === name);
    return scaleFor([largestOf(own.map(({ simulated, exact }) => Math.max(simulated.value, exact)))], unit);
  };
}

/** Whether a document is of `validate`. */
export function isJudged(document: SiteDocument): document is SiteValidateDocument {
  return 'tests' in document;
}

/** Why there is no exact law to judge by; undefined where there is one, or where theory was not asked. */
export function noLawOf(document: SiteDocument): string | undefined {
  return 'noExactLaw' in document ? document.noExactLaw : undefined;
}

/** What is missing of the horizons' exact laws, and why, a sentence each. */
export function missingSentences(
  horizons: readonly { readonly slots: number; readonly exact?: { readonly missing?: MissingPart | undefined } }[],
): string[] {
  return horizons.flatMap(({ slots, exact }) =>
    exact?.missing === undefined ? [] : [missingSentence(slots, exact.missing)],
  );
}

/** What is known exactly of one horizon of a document; undefined where its law is missing. */
export function exactOf(horizon: SiteDocument['horizons'][number]): ExactSiteDocument | undefined {
  return 'exact' in horizon && 'meanDeficit' in horizon.exact ? horizon.exact : undefined;
}
