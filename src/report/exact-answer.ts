/** What `exact` says: laws alone, without a run. */
import { restReference } from '../theory/site-reference.js';
import type { Theory } from '../study/study.js';
import type { HorizonTheory } from '../theory/walk-theory.js';
import type { Scenario } from '../scenario/scenario.js';
import type { WalkLaw } from '../fleet/walk-law.js';
import type { Answer } from './answer.js';
import { slotLaw } from './document-parts.js';
import { QUANTILES, exactDocument, horizonRows, lawDocument } from './documents.js';
import { formatKnown } from './estimate.js';
import { notesText, slotsNote } from './notes.js';
import { missingText } from './run-text.js';
import { siteExactDocument } from './site-document.js';
import { siteExactText } from './site-exact-text.js';
import { formatQuantity, formatTable, scaleFor } from './table.js';

export interface ExactAnswer extends Pick<Answer, 'document' | 'rows' | 'text'> {
  /** Whether something that was asked for is missing. */
  readonly isUnanswered: boolean;
}

/** @param at energies at which the distribution function is asked for, joules */
export function exactAnswer(
  { scenario, walk }: { readonly scenario: Scenario; readonly walk: WalkLaw },
  theory: Theory,
  at: readonly number[] | undefined,
): ExactAnswer {
  const points = at ?? [];
  if (theory.kind === 'site') {
    const { reference } = theory;
    const rest = reference.kind === 'exact' ? restReference(reference) : undefined;
    const document = siteExactDocument(scenario, reference, rest, at);
    const isMissing =
      reference.kind === 'exact' &&
      [...reference.horizons, ...(reference.missing ?? [])].some(({ missing }) => missing !== undefined);
    return {
      ...{ document, rows: horizonRows(document), isUnanswered: at !== undefined && isMissing },
      text: () => siteExactText(document, reference, rest, points),
    };
  }
  const { horizons } = theory;
  const document = {
    schemaVersion: 1,
    scenario,
    law: slotLaw(walk),
    constants: theory.empty.constants,
    horizons: horizons.map((horizon) => horizonDocument(horizon, points, at !== undefined)),
  };
  return {
    ...{ document, rows: horizonRows(document) },
    text: () => walkText(scenario, horizons, points),
    // Moments are an answer; values of a CDF that is missing, asked for with --at, are none.
    isUnanswered: horizons.some(
      ({ exact: law }) => law.missing?.what === 'law' || (law.missing !== undefined && at !== undefined),
    ),
  };
}

function horizonDocument({ slots, ...rungs }: HorizonTheory, points: readonly number[], wantsCdf: boolean) {
  const withCdf = (law: HorizonTheory['corrected']) => ({
    ...lawDocument(law),
    ...(wantsCdf ? { cdf: Object.fromEntries(points.map((d) => [String(d), law.cdf(d)])) } : {}),
  });
  return {
    slots,
    exact: {
      ...exactDocument(rungs.exact),
      ...(wantsCdf ? exactCdf(rungs.exact, points) : {}),
    },
    corrected: withCdf(rungs.corrected),
    brownian: withCdf(rungs.brownian),
  };
}

/** P(D ≤ d) with its own error at every point; NaN, null in JSON, where the distribution is missing. */
function exactCdf(law: HorizonTheory['exact'], points: readonly number[]) {
  const valueAt = (d: number): number => (law.missing === undefined ? law.cdf(d) : NaN);
  const errorAt = (d: number): number => law.cdfErrorAt?.(d) ?? law.error.cdf;
  return {
    cdf: Object.fromEntries(points.map((d) => [String(d), valueAt(d)])),
    cdfError: Object.fromEntries(points.map((d) => [String(d), errorAt(d)])),
  };
}

function walkText(
  { name, slotSeconds }: Scenario,
  horizons: readonly HorizonTheory[],
  points: readonly number[],
): string {
  const { unit, factor } = scaleFor(
    horizons.map((h) => (Number.isNaN(h.exact.mean) ? h.corrected.mean : h.exact.mean)),
    'J',
  );
  const rows = horizons.flatMap(({ slots, exact: exactly, corrected, brownian }) =>
    [exactly, corrected, brownian].map((law, i) => {
      const error = law === exactly ? exactly.error : undefined;
      const isMissing = law === exactly && exactly.missing !== undefined;
      const quantile = (p: number): string => {
        const value = law.quantile(p);
        return formatKnown(value, (error?.quantile ?? 0) * value, factor);
      };
      return [
        i === 0 ? String(slots) : '',
        law.rung,
        formatKnown(law.mean, error?.mean ?? 0, factor),
        formatKnown(law.standardDeviation, error?.standardDeviation ?? 0, factor),
        formatKnown(law.probabilityZero, error?.probabilityZero ?? 0, 1, 6),
        ...QUANTILES.map(quantile),
        ...points.map((d) =>
          formatKnown(isMissing ? NaN : law.cdf(d), error === undefined ? 0 : (exactly.cdfErrorAt?.(d) ?? error.cdf)),
        ),
      ];
    }),
  );
  const columns = [
    { header: 'slots' },
    { header: 'law', align: 'left' as const, isKey: true },
    { header: `E[D] ${unit}` },
    { header: `SD ${unit}` },
    { header: 'P(D = 0)' },
    ...QUANTILES.map((p) => ({ header: `q${p}` })),
    ...points.map((d) => ({ header: `P(D ≤ ${formatQuantity(d, 'J')})` })),
  ];
  const note = notesText(
    slotsNote(slotSeconds),
    'exact: of the discrete walk; corrected, brownian: its diffusions; SD: standard deviation; ' +
      `q0.9: nine in ten need no more, ${unit}; ` +
      'an exact number ends where its own error begins',
  );
  return `${name}\n\n${formatTable(columns, rows, note)}${horizons.map(({ slots, exact }) => missingText(slots, exact.missing)).join('')}`;
}
