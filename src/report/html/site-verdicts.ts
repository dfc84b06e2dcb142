/** By what a site is judged: the rules of every path, simulated beside exact, the tests, or why there are none. */
import type { SiteSummary } from '../../stats/site-summary.js';
import { isJudged, missingSentences, noLawOf } from '../site-comparison.js';
import type { SiteDocument } from '../site-document.js';
import { asymptoticTable, comparisonTable, rulesTable, siteTestsTable } from '../site-verdict-tables.js';
import { html } from './markup.js';
import type { Markup } from './markup.js';
import { tableHtml } from './table.js';

export function siteVerdicts(document: SiteDocument, summary: SiteSummary): Markup {
  const rules = tableHtml(rulesTable(summary));
  if (!isJudged(document)) return rules;
  const noLaw = noLawOf(document);
  const { horizons, tests } = document;
  const asymptotic = 'noExactLaw' in document ? document.asymptotic : undefined;
  return html`${rules} ${noLaw === undefined && tableHtml(comparisonTable(summary, document))}
    ${tests > 0 && tableHtml(siteTestsTable(document))}
    ${asymptotic !== undefined && tableHtml(asymptoticTable(asymptotic, horizons))}
    ${missingSentences(horizons).map((text) => html`<p class="note">${text}</p>`)}
    <p class="note">${noLaw === undefined ? STATISTICS : `There is no exact law of this site: ${noLaw}.`}</p>`;
}

const STATISTICS =
  'The statistic is in standard deviations for means, standard deviations and probabilities, X² for χ², and √n·sup for ' +
  'Kolmogorov; theory’s own error is allowed for, doubled. A test fails where its p-value is not above its α.';
