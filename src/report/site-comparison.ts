/** What of a site is known exactly, beside what was simulated: one list for every report. */
import type { SiteHorizon } from '../stats/site-summary.js';
import type { ExactSiteDocument, SiteDocument, SiteValidateDocument } from './site-document.js';

/** One quantity. Joules, or plain numbers where there is no unit. */
export interface ComparedQuantity {
  readonly name: string;
  readonly unit: 'J' | '';
  readonly simulated: number;
  readonly exact: number;
  /** Theory's estimate of its own error. */
  readonly error: number;
}

/** The quantities of one horizon of which the exact value is known. */
export function comparedQuantities(h: SiteHorizon, exact: ExactSiteDocument): ComparedQuantity[] {
  const { level } = exact;
  const of = (
    name: string,
    unit: ComparedQuantity['unit'],
    simulated: number,
    { value, error }: { readonly value: number; readonly error: number },
  ): ComparedQuantity => ({ name, unit, simulated, exact: value, error });
  return [
    of('E[A]', 'J', h.auxiliary.meanDeficit, { value: exact.meanDeficit, error: exact.error.mean }),
    of('P(A = 0)', '', h.auxiliary.probabilityZero, {
      value: exact.probabilityZero,
      error: exact.error.probabilityZero,
    }),
    of('waste', 'J', h.waste.meanDeficit, exact.waste),
    of('deficit slots', '', h.deficitFraction.mean * h.slots, exact.deficitSlots),
    of('level', 'J', h.level.meanDeficit, level.mean),
    of('P(empty)', '', h.level.probabilityEmpty, level.probabilityEmpty),
    ...(h.level.probabilityFull === null ? [] : [of('P(full)', '', h.level.probabilityFull, level.probabilityFull)]),
  ];
}

/** Whether a document is of `validate`. */
export function isJudged(document: SiteDocument): document is SiteValidateDocument {
  return 'tests' in document;
}

/** Why there is no exact law to judge by; undefined where there is one, or where theory was not asked. */
export function noLawOf(document: SiteDocument): string | undefined {
  return 'noExactLaw' in document ? document.noExactLaw : undefined;
}

/** What is known exactly of one horizon of a document. */
export function exactOf(horizon: SiteDocument['horizons'][number]): ExactSiteDocument | undefined {
  return 'exact' in horizon ? horizon.exact : undefined;
}
