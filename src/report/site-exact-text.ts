/** `exact` of a site for a terminal. */
import type { SiteReference } from '../theory/site-reference.js';
import type { Estimate } from '../theory/chain/extrapolate.js';
import type { RestLaw } from '../theory/chain/rest-law.js';
import type { MissingPart } from '../theory/deficit-law.js';
import { QUANTILES } from './documents.js';
import { formatKnown } from './estimate.js';
import { notesText, slotsNote } from './notes.js';
import { linesText } from './run-text.js';
import { missingSentences } from './site-comparison.js';
import type { siteExactDocument } from './site-document.js';
import { scaleOf } from './site-tables.js';
import { noLawText } from './site-text.js';
import { formatNumber } from '../numeric/format.js';
import { formatQuantity, formatTable } from './table.js';
import type { Scaled } from './table.js';

const ONE: Scaled = { unit: '', factor: 1 };

/** The tables of `exact`. */
export function siteExactText(
  document: ReturnType<typeof siteExactDocument>,
  reference: SiteReference,
  rest: RestLaw | MissingPart | undefined,
  at: readonly number[],
): string {
  const { name, slotSeconds } = document.scenario;
  if ('noExactLaw' in document) return `${name}\n\n${noLawText(document.noExactLaw, document.asymptotic)}`;
  const horizons = reference.kind === 'exact' ? reference.horizons : [];
  const energy = scaleOf(horizons.map((h) => h.auxiliary.value));
  const surplus = scaleOf(horizons.map((h) => h.waste.value));
  const level = scaleOf(horizons.map((h) => h.level.mean.value));
  const known = ({ value, error }: Estimate, { factor } = ONE): string => formatKnown(value, error, factor, 6);
  const table = formatTable(
    [
      { header: 'slots' },
      { header: `E[A] ${energy.unit}` },
      { header: `SD ${energy.unit}` },
      { header: 'P(A = 0)' },
      ...QUANTILES.map((p) => ({ header: `q${p}` })),
      ...at.map((a) => ({ header: `P(A ≤ ${formatQuantity(a, 'J')})` })),
      { header: `waste ${surplus.unit}` },
      { header: 'deficit slots' },
      { header: `level ${level.unit}` },
      { header: 'P(empty)' },
      { header: 'P(full)' },
    ],
    horizons.map((h) => [
      String(h.slots),
      known(h.auxiliary, energy),
      known(h.auxiliaryDeviation, energy),
      known(h.probabilityZero),
      ...QUANTILES.map((p) => formatKnown(h.auxiliaryLaw?.quantile(p) ?? NaN, 0, energy.factor, 6)),
      ...at.map((a) => formatKnown(h.auxiliaryLaw?.cdf(a) ?? NaN, h.auxiliaryLaw?.cdfErrorAt(a) ?? 0, 1, 6)),
      known(h.waste, surplus),
      known(h.deficitSlots),
      known(h.level.mean, level),
      known(h.level.probabilityEmpty),
      known(h.level.probabilityFull),
    ]),
    notesText(
      slotsNote(slotSeconds),
      'A: auxiliary energy up to T; SD: its standard deviation; q0.9: nine in ten need no more; ' +
        'deficit slots: how many lack energy on average; level: charge at T; 0 where theory’s own error is larger',
    ),
  );
  return `${name}\n\n${table}${linesText(missingSentences(document.horizons))}${rest === undefined ? '' : `\n${restText(rest)}`}`;
}

function restText(rest: RestLaw | MissingPart): string {
  if ('reason' in rest) return `The law at rest is missing: ${rest.reason}.\n`;
  const { auxiliaryPerSlot, wastePerSlot, deficitFraction, level } = rest;
  return (
    `At rest, a slot: auxiliary ${formatQuantity(auxiliaryPerSlot.value, 'J')}, ` +
    `waste ${formatQuantity(wastePerSlot.value, 'J')}, ` +
    `in deficit ${formatNumber(100 * deficitFraction.value)} % of the slots; ` +
    `level at the end of a period ${formatQuantity(level.mean.value, 'J')}.\n`
  );
}
