/**
 * The tables by which a site is judged: its rules, simulated beside exact, the tests, or the limit where there is no
 * law.
 */
import { largestOf } from '../numeric/extremes.js';
import type { ExactSiteHorizon } from '../theory/site-reference.js';
import type { SiteSummary, SiteViolation } from '../stats/site-summary.js';
import type { SiteQuantity, SiteVerdict } from '../stats/site-verdict.js';
import type { Estimate } from '../theory/chain/extrapolate.js';
import { QUANTILES } from './documents.js';
import { formatEstimate, formatKnown, formatLike, formatWithInterval, shownMean, withError } from './estimate.js';
import { notesText, slotsNote } from './notes.js';
import { comparedQuantities, comparedScales, exactOf } from './site-comparison.js';
import type { AsymptoticDocument, SiteDocument, SiteValidateDocument } from './site-document.js';
import { QUANTITIES, TESTS, VIOLATIONS, siteTestLabel } from './site-names.js';
import { scaleOf } from './site-tables.js';
import { NONE, SLOTS, column, left, meanCell, tableOf, valueOf } from './table-model.js';
import type { Table } from './table-model.js';
import { formatCount, formatNumber } from '../numeric/format.js';
import { formatP, formatQuantity } from './table.js';
import { passText, testsTable } from './walk-tables.js';

/** What every path was checked for, and on how many it failed by the last horizon, for a report. */
export function rulesTable({ horizons }: SiteSummary): Table {
  const last = horizons[horizons.length - 1];
  const rows = (Object.keys(VIOLATIONS) as SiteViolation[]).map((name) => ({
    name,
    paths: largestOf(horizons.map((h) => h.violations[name])),
  }));
  return tableOf(rows, {
    caption: `Rules that ${formatCount(last.trials)} paths were checked for in every slot`,
    columns: [
      left('broken where', ({ name }) => VIOLATIONS[name]),
      column('paths that broke it', ({ paths }) => formatCount(paths)),
      left('verdict', ({ paths }) => ({ pass: paths === 0, shown: paths === 0 ? 'kept' : 'BROKEN' })),
    ],
  });
}

/** Simulated beside exact, at horizons whose law is known. */
export function comparisonTable({ horizons, confidence }: SiteSummary, document: SiteDocument): Table {
  const rows = horizons.flatMap((h, i) => {
    const exact = exactOf(document.horizons[i]);
    const compared = exact === undefined ? [] : comparedQuantities(h, exact, confidence);
    return compared.map((quantity, place) => ({ ...quantity, place, slots: h.slots }));
  });
  // A quantity has one unit throughout, so that its horizons compare.
  const scales = comparedScales(rows);
  return tableOf(
    rows.map((row) => ({ ...row, scale: scales(row) })),
    {
      caption: 'Simulated beside exact',
      isFirst: ({ place }) => place === 0,
      columns: [
        SLOTS,
        { ...left('quantity', ({ name, scale: { unit } }) => (unit === '' ? name : `${name} ${unit}`)), isKey: true },
        column({ header: 'simulated, 95 %', title: 'simulated' }, ({ simulated, scale }) =>
          formatWithInterval(simulated, scale.factor),
        ),
        column('exact', ({ exact, error, scale }) => formatKnown(exact, error, scale.factor)),
        column({ header: 'its error', title: 'error of the exact value' }, ({ error, scale }) =>
          formatNumber(error / scale.factor, 1),
        ),
      ],
      note:
        'exact: of the battery’s chain on the lattice; its error: how far theory says that it may be off itself; ' +
        '0 where that is more than the value',
    },
  );
}

/** `exact` of a site. @param at energies at which the distribution function is asked for, joules */
export function exactTable(horizons: readonly ExactSiteHorizon[], at: readonly number[], slotSeconds: number): Table {
  const energy = scaleOf(horizons.map((h) => h.auxiliary.value));
  const surplus = scaleOf(horizons.map((h) => h.waste.value));
  const level = scaleOf(horizons.map((h) => h.level.mean.value));
  const known = ({ value, error }: Estimate, factor = 1): string => formatKnown(value, error, factor, 6);
  return tableOf(horizons, {
    caption: 'What is known exactly',
    columns: [
      SLOTS,
      column(`E[A] ${energy.unit}`, (h) => known(h.auxiliary, energy.factor)),
      column(`SD ${energy.unit}`, (h) => known(h.auxiliaryDeviation, energy.factor)),
      column('P(A = 0)', (h) => known(h.probabilityZero)),
      QUANTILES.map((p) =>
        column(`q${p}`, ({ auxiliaryLaw: law }) => formatKnown(law?.quantile(p) ?? NaN, 0, energy.factor, 6)),
      ),
      at.map((a) =>
        column(`P(A ≤ ${formatQuantity(a, 'J')})`, ({ auxiliaryLaw: law }) =>
          formatKnown(law?.cdf(a) ?? NaN, law?.cdfErrorAt(a) ?? 0, 1, 6),
        ),
      ),
      column(`waste ${surplus.unit}`, (h) => known(h.waste, surplus.factor)),
      column('deficit slots', (h) => known(h.deficitSlots)),
      column(`level ${level.unit}`, (h) => known(h.level.mean, level.factor)),
      column('P(empty)', (h) => known(h.level.probabilityEmpty)),
      column('P(full)', (h) => known(h.level.probabilityFull)),
    ],
    note: notesText(
      slotsNote(slotSeconds),
      'A: auxiliary energy up to T; SD: its standard deviation; q0.9: nine in ten need no more; ' +
        'deficit slots: how many lack energy on average; level: charge at T; 0 where theory’s own error is larger',
    ),
  });
}

/** The tests in as few columns as a terminal has: the p-values by quantity. */
export function siteVerdictsTable({ horizons }: SiteValidateDocument): Table {
  const quantities = Object.keys(QUANTITIES) as SiteQuantity[];
  const rows = horizons
    .filter(({ verdicts }) => verdicts.length > 0)
    .flatMap(({ slots, verdicts }) =>
      quantities.map((quantity) => ({ slots, quantity, own: verdicts.filter((v) => v.quantity === quantity) })),
    );
  return tableOf(rows, {
    caption: 'p-values',
    isFirst: ({ quantity }) => quantity === quantities[0],
    columns: [
      SLOTS,
      left('of', ({ quantity }) => QUANTITIES[quantity]),
      left('verdict', ({ own }) => passText(own)),
      left('p-values', ({ own }) =>
        own.map(({ name, pValue, pass }) => `${TESTS[name]} ${pass ? '' : 'FAIL '}${formatP(pValue)}`).join(', '),
      ),
    ],
    note:
      'p: the chance that a right engine lies as far from the exact law; ' +
      'deficit: the number of slots that lack energy',
  });
}

/** Every test of every horizon, for a report. */
export const siteTestsTable = ({ horizons }: SiteValidateDocument): Table =>
  testsTable<SiteVerdict>('Tests against the exact law of the battery’s chain', horizons, siteTestLabel);

/** The diffusion limit's mean, beside the simulated one where there was a run. */
export function asymptoticTable({ horizons }: AsymptoticDocument, simulated?: SiteDocument['horizons']): Table {
  const { unit, factor } = scaleOf(horizons.map((law) => law.meanDeficit));
  const rows = horizons.map((law, i) => {
    const seen = simulated?.[i];
    return { ...law, seen, shown: seen && shownMean(seen) };
  });
  return tableOf(rows, {
    caption: `The diffusion limit’s mean, ${unit}: asymptotic, it judges nothing`,
    columns: [
      SLOTS,
      column({ header: `limit’s E[A] ${unit}`, title: 'limit' }, ({ meanDeficit, shown }, i) =>
        valueOf(
          meanDeficit,
          `/asymptotic/horizons/${i}/meanDeficit`,
          shown === undefined ? (x) => formatNumber(x / factor, 5) : formatLike(shown, factor),
        ),
      ),
      simulated === undefined
        ? []
        : [
            column({ header: 'simulated, 95 %', title: 'simulated' }, ({ seen, shown }, i) => {
              if (seen === undefined || shown === undefined) return NONE;
              const at = `/horizons/${i}`;
              return meanCell(shown, `${at}/meanDeficit`, seen.meanInterval, `${at}/meanInterval`, factor);
            }),
            column({ header: 'difference', only: 'text' }, ({ meanDeficit, seen }) => {
              if (seen === undefined) return NONE;
              const off = 100 / seen.meanDeficit;
              const half = off * (seen.meanInterval.upper - seen.meanDeficit);
              return `${formatEstimate(withError(off * meanDeficit - 100, half))} %`;
            }),
          ],
    ],
    note: 'limit: of the diffusion, which is right for long horizons only; difference: the limit less what was simulated',
  });
}
