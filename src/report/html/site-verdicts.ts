/** The tables by which a site is judged: the rules of every path, simulated beside exact, the tests, or why there are none. */
import { largestOf } from '../../numeric/extremes.js';
import type { SiteSummary, SiteViolation } from '../../stats/site-summary.js';
import type { SiteVerdict } from '../../stats/site-verdict.js';
import { formatKnown, formatLike, formatWithInterval } from '../estimate.js';
import { comparedQuantities, comparedScales, exactOf, isJudged, noLawOf } from '../site-comparison.js';
import type { SiteDocument, SiteValidateDocument } from '../site-document.js';
import { VIOLATIONS, missingSentence } from '../site-names.js';
import { formatCount, formatNumber, scaleFor } from '../table.js';
import { html } from './markup.js';
import type { Markup } from './markup.js';
import { siteTestLabel } from './site-words.js';
import { number, table, testTable } from './tables.js';
import type { Row } from './tables.js';

/** The rules, and the tests beside exact values, or why there are none. */
export function siteVerdicts(document: SiteDocument, summary: SiteSummary): Markup {
  return html`${siteRulesTable(summary)}
  ${
    isJudged(document) &&
    html`${siteComparisonTable(summary, document)} ${siteVerdictTable(document)} ${siteLimitTable(document)}
      ${missingLaws(document).map((text) => html`<p class="note">${text}</p>`)}
      <p class="note">${verdictNote(document)}</p>`
  }`;
}

function missingLaws({ horizons }: SiteValidateDocument): string[] {
  return horizons.flatMap((h) => {
    if (!('exact' in h) || h.exact.missing === undefined) return [];
    return [missingSentence(h.slots, h.exact.missing)];
  });
}

function verdictNote(document: SiteDocument): string {
  const noLaw = noLawOf(document);
  return noLaw === undefined
    ? 'The statistic is in standard deviations for means, standard deviations and probabilities, X² for χ², and √n·sup for Kolmogorov; theory’s ' +
        'own error is allowed for, doubled. A test fails where its p-value is not above its α.'
    : `There is no exact law of this site: ${noLaw}.`;
}

/** What every path was checked for, and on how many it failed by the last horizon. */
function siteRulesTable({ horizons }: SiteSummary): Markup {
  const last = horizons[horizons.length - 1];
  return table(
    `Rules that ${formatCount(last.trials)} paths were checked for in every slot`,
    [{ header: 'broken where', text: true }, { header: 'paths that broke it' }, { header: 'verdict', text: true }],
    (Object.keys(VIOLATIONS) as SiteViolation[]).map((name) => {
      const paths = largestOf(horizons.map((h) => h.violations[name]));
      return {
        cells: [
          VIOLATIONS[name],
          formatCount(paths),
          html`<span class="${paths === 0 ? 'pass' : 'failed'}">${paths === 0 ? 'kept' : 'BROKEN'}</span>`,
        ],
      };
    }),
  );
}

/** Simulated beside exact; nothing where no exact law is known. */
function siteComparisonTable(
  { horizons, confidence }: SiteSummary,
  document: SiteValidateDocument,
): Markup | undefined {
  if (noLawOf(document) !== undefined) return undefined;
  const compared = horizons.map((h, i) => {
    const exact = exactOf(document.horizons[i]);
    return { slots: h.slots, quantities: exact === undefined ? [] : comparedQuantities(h, exact, confidence) };
  });
  // A quantity has one unit throughout, so that its horizons compare.
  const scaleOf = comparedScales(compared.flatMap(({ quantities }) => quantities));
  return table(
    'Simulated beside exact',
    [
      { header: 'slots' },
      { header: 'quantity', text: true },
      { header: 'simulated' },
      { header: 'exact' },
      { header: 'error of the exact value' },
    ],
    compared.flatMap(({ slots, quantities }) =>
      quantities.map((quantity, k): Row => {
        const { name, simulated, exact, error } = quantity;
        const { unit, factor } = scaleOf(quantity);
        return {
          first: k === 0,
          cells: [
            formatCount(slots),
            unit === '' ? name : `${name}, ${unit}`,
            formatWithInterval(simulated, factor),
            formatKnown(exact, error, factor),
            formatNumber(error / factor, 1),
          ],
        };
      }),
    ),
  );
}

/** Every test of every horizon; nothing where none was made. */
function siteVerdictTable({ horizons, tests }: SiteValidateDocument): Markup | undefined {
  if (tests === 0) return undefined;
  return testTable<SiteVerdict>('Tests against the exact law of the battery’s chain', horizons, siteTestLabel);
}

/** The diffusion limit's mean beside the simulated one, where there is only that. */
function siteLimitTable(document: SiteDocument): Markup | undefined {
  if (!('asymptotic' in document)) return undefined;
  const { asymptotic, horizons } = document;
  const { unit, factor } = scaleFor(
    horizons.map((h) => h.meanDeficit),
    'J',
  );
  return table(
    `The diffusion limit’s mean, ${unit}: asymptotic, it judges nothing`,
    [{ header: 'slots' }, { header: 'simulated' }, { header: '95\u00a0% interval' }, { header: 'limit' }],
    asymptotic.horizons.map((law, i) => {
      const { meanDeficit, meanInterval } = horizons[i];
      const format = formatLike({ value: meanDeficit, ...meanInterval }, factor);
      const shown = (value: number, at: string): Markup => number(value, at, format(value));
      const at = `/horizons/${i}`;
      return {
        cells: [
          formatCount(law.slots),
          shown(meanDeficit, `${at}/meanDeficit`),
          html`${shown(meanInterval.lower, `${at}/meanInterval/lower`)} …
          ${shown(meanInterval.upper, `${at}/meanInterval/upper`)}`,
          shown(law.meanDeficit, `/asymptotic/horizons/${i}/meanDeficit`),
        ],
      };
    }),
  );
}
