/** The tables by which a site is judged: its rules, simulated beside exact, the tests, or the limit where there is no law. */
import { largestOf } from '../numeric/extremes.js';
import type { SiteSummary, SiteViolation } from '../stats/site-summary.js';
import type { SiteQuantity, SiteVerdict } from '../stats/site-verdict.js';
import { formatEstimate, formatKnown, formatLike, formatWithInterval, shownMean, withError } from './estimate.js';
import { comparedQuantities, comparedScales, exactOf } from './site-comparison.js';
import type { AsymptoticDocument, SiteDocument, SiteValidateDocument } from './site-document.js';
import { QUANTITIES, TESTS, VIOLATIONS, siteTestLabel } from './site-names.js';
import { scaleOf } from './site-tables.js';
import { meanCell, slotsCell, valueOf } from './table-model.js';
import type { Row, Table } from './table-model.js';
import { formatCount, formatNumber } from '../numeric/format.js';
import { formatP } from './table.js';
import { testsTable } from './walk-tables.js';

/** What every path was checked for, and on how many it failed by the last horizon, for a report. */
export function rulesTable({ horizons }: SiteSummary): Table {
  const last = horizons[horizons.length - 1];
  return {
    caption: `Rules that ${formatCount(last.trials)} paths were checked for in every slot`,
    columns: [
      { header: 'broken where', align: 'left' },
      { header: 'paths that broke it' },
      { header: 'verdict', align: 'left' },
    ],
    rows: (Object.keys(VIOLATIONS) as SiteViolation[]).map((name) => {
      const paths = largestOf(horizons.map((h) => h.violations[name]));
      const pass = paths === 0;
      return { cells: [VIOLATIONS[name], formatCount(paths), { pass, shown: pass ? 'kept' : 'BROKEN' }] };
    }),
  };
}

/** Simulated beside exact, at horizons whose law is known. */
export function comparisonTable({ horizons, confidence }: SiteSummary, document: SiteDocument): Table {
  const compared = horizons.map((h, i) => {
    const exact = exactOf(document.horizons[i]);
    return exact === undefined ? [] : comparedQuantities(h, exact, confidence);
  });
  // A quantity has one unit throughout, so that its horizons compare.
  const scales = comparedScales(compared.flat());
  return {
    caption: 'Simulated beside exact',
    columns: [
      { header: 'slots' },
      { header: '', title: 'quantity', align: 'left', isKey: true },
      { header: 'simulated, 95 %', title: 'simulated' },
      { header: 'exact' },
      { header: 'its error', title: 'error of the exact value' },
    ],
    rows: horizons.flatMap(({ slots }, i) =>
      compared[i].map((quantity, k): Row => {
        const { name, simulated, exact, error } = quantity;
        const { unit, factor } = scales(quantity);
        return {
          continues: k > 0,
          cells: [
            slotsCell(slots),
            unit === '' ? name : `${name} ${unit}`,
            formatWithInterval(simulated, factor),
            formatKnown(exact, error, factor),
            formatNumber(error / factor, 1),
          ],
        };
      }),
    ),
    note:
      'exact: of the battery’s chain on the lattice; its error: how far theory says that it may be off itself; ' +
      '0 where that is more than the value',
  };
}

/** The tests in as few columns as a terminal has: the p-values by quantity. */
export function siteVerdictsTable({ horizons }: SiteValidateDocument): Table {
  return {
    caption: 'p-values',
    columns: [
      { header: 'slots' },
      { header: 'of', align: 'left' },
      { header: 'verdict', align: 'left' },
      { header: 'p-values', align: 'left' },
    ],
    rows: horizons
      .filter(({ verdicts }) => verdicts.length > 0)
      .flatMap(({ slots, verdicts }) =>
        (Object.keys(QUANTITIES) as SiteQuantity[]).map((quantity, i): Row => {
          const own = verdicts.filter((verdict) => verdict.quantity === quantity);
          return {
            continues: i > 0,
            cells: [
              slotsCell(slots),
              QUANTITIES[quantity],
              own.every((verdict) => verdict.pass) ? 'pass' : 'FAIL',
              own.map(({ name, pValue, pass }) => `${TESTS[name]} ${pass ? '' : 'FAIL '}${formatP(pValue)}`).join(', '),
            ],
          };
        }),
      ),
    note: 'p: the chance that a right engine lies as far from the exact law; deficit: the number of slots that lack energy',
  };
}

/** Every test of every horizon, for a report. */
export const siteTestsTable = ({ horizons }: SiteValidateDocument): Table =>
  testsTable<SiteVerdict>('Tests against the exact law of the battery’s chain', horizons, siteTestLabel);

/** The diffusion limit's mean, beside the simulated one where there was a run. */
export function asymptoticTable({ horizons }: AsymptoticDocument, simulated?: SiteDocument['horizons']): Table {
  const { unit, factor } = scaleOf(horizons.map((law) => law.meanDeficit));
  return {
    caption: `The diffusion limit’s mean, ${unit}: asymptotic, it judges nothing`,
    columns: [
      { header: 'slots' },
      { header: `limit’s E[A] ${unit}`, title: 'limit' },
      ...(simulated === undefined
        ? []
        : [
            { header: 'simulated, 95 %', title: 'simulated' },
            { header: 'difference', only: 'text' as const },
          ]),
    ],
    rows: horizons.map(({ slots, meanDeficit }, i) => {
      const at = `/asymptotic/horizons/${i}/meanDeficit`;
      const seen = simulated?.[i];
      if (seen === undefined) {
        return { cells: [slotsCell(slots), valueOf(meanDeficit, at, (x) => formatNumber(x / factor, 5))] };
      }
      const shown = shownMean(seen);
      const off = 100 / seen.meanDeficit;
      const difference = withError(off * meanDeficit - 100, off * (seen.meanInterval.upper - seen.meanDeficit));
      return {
        cells: [
          slotsCell(slots),
          valueOf(meanDeficit, at, formatLike(shown, factor)),
          meanCell(shown, `/horizons/${i}/meanDeficit`, seen.meanInterval, `/horizons/${i}/meanInterval`, factor),
          `${formatEstimate(difference)} %`,
        ],
      };
    }),
    note: 'limit: of the diffusion, which is right for long horizons only; difference: the limit less what was simulated',
  };
}
