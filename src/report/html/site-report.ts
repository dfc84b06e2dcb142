/**
 * report.html of a site, in the manner of report.ts: what was run, what came of it with intervals, the verdicts beside exact values where there is a law, or why there is none,
 * and the rules that every path was checked for. Takes the results and the curves as data.
 */
import type { SiteSummary } from '../../stats/site-summary.js';
import type { ChartSetting } from '../charts/chart.js';
import { survivalChart } from '../charts/distribution.js';
import type { SurvivalData } from '../charts/distribution.js';
import { serverDocument } from '../charts/server-document.js';
import { chanceChart, energyChart, levelChart } from '../charts/site.js';
import { siteSeries } from '../site-curves.js';
import { exactOf, noLawOf } from '../site-document.js';
import type { SiteDocument } from '../site-document.js';
import { formatCount, formatQuantity } from '../table.js';
import { html } from './markup.js';
import type { Markup } from './markup.js';
import { factEntries, figure, provenance, standalonePage } from './parts.js';
import {
  siteChanceTable,
  siteComparisonTable,
  siteLimitTable,
  siteMeansTable,
  siteQuantityTable,
  siteRulesTable,
  siteVerdictTable,
} from './site-tables.js';
import { isJudged, siteFacts, siteOutcome, siteVerdictWords } from './site-words.js';
import { horizonWords } from './words.js';

/** What a report of a site shows. */
export interface SiteReportContent {
  readonly document: SiteDocument;
  readonly summary: SiteSummary;
  /** The auxiliary energy's law at each horizon, in the same order. */
  readonly distributions: readonly SurvivalData[];
  /** Hash of what can be repeated (manifest.json, `hashed.sha256`). */
  readonly manifestSha256: string;
}

/** A chart with its words, drawn when asked for: it takes some ten milliseconds. */
export interface SiteFigure {
  readonly title: string;
  readonly caption: string;
  readonly draw: (setting: ChartSetting) => string;
}

/** The page as text. */
export function siteReportHtml(content: SiteReportContent): string {
  const { document, summary, distributions, manifestSha256 } = content;
  if (summary.horizons.length !== distributions.length)
    throw new RangeError('one distribution for each horizon was expected');
  const setting: ChartSetting = { document: serverDocument() };
  const { scenario } = document;
  const { slotSeconds } = scenario;
  const last = summary.horizons.length - 1;
  const drawn = ({ title, caption, draw }: SiteFigure): Markup => figure(title, caption, draw(setting));
  const body = html`
    <h1>${scenario.name}</h1>
    <dl class="facts">${factEntries(siteFacts(document))}</dl>
    ${siteVerdictWords(document, summary)}

    <h2>Estimates</h2>
    ${siteMeansTable(summary, slotSeconds)}
    <div class="charts">
      ${drawn(distributionFigure(distributions[last]))} ${siteFigures(document, summary).map(drawn)}
    </div>

    <h2>After ${horizonWords(summary.horizons[last].slots, slotSeconds)}</h2>
    ${siteQuantityTable(summary, last)} ${siteChanceTable(summary, last)} ${last > 0 && html`<h3>Shorter horizons</h3>`}
    ${summary.horizons
      .slice(0, -1)
      .map(
        (h, i) =>
          html`<details>
            <summary>${horizonWords(h.slots, slotSeconds)}</summary>
            <div class="charts">${drawn(distributionFigure(distributions[i]))}</div>
            ${siteQuantityTable(summary, i)} ${siteChanceTable(summary, i)}
          </details>`,
      )
      .reverse()}

    <h2>Verdicts</h2>
    ${siteVerdicts(document, summary)}
    <footer>
      <p>
        The quantities are those of the sampled site: energies are multiples of
        ${formatQuantity(document.law.quantumJoules, 'J', 3)}. Intervals of means are normal, those of probabilities are
        of Clopper and Pearson, those of quantiles of order statistics; each holds for itself.
      </p>
      ${provenance(document, manifestSha256)}
    </footer>
  `;
  return standalonePage(`${scenario.name}: ${siteOutcome(document)}`, body);
}

/** The tail of the auxiliary energy at one horizon. */
export function distributionFigure(data: SurvivalData): SiteFigure {
  const known = data.survival.exact !== undefined;
  const marked = (data.exactPoints ?? []).length > 0;
  return {
    title: `Auxiliary energy after ${formatCount(data.slots)} slots`,
    caption:
      `Probability that it exceeds a, logarithmic.` +
      (known
        ? ' A plus marks an exact quantile, or the chance of any.'
        : marked
          ? ' The plus at a = 0 is the exact chance of any; the rest of the exact law is not known here.'
          : ''),
    draw: (setting) => survivalChart(data, setting, { noun: 'auxiliary energy', symbol: 'A' }),
  };
}

/** The site's quantities against the horizon. @param document the results, where they are judged: exact values are then shown beside them */
export function siteFigures(
  document: Pick<SiteDocument, 'scenario'> & Partial<Pick<SiteDocument, 'horizons'>>,
  summary: SiteSummary,
): SiteFigure[] {
  const series = siteSeries(summary, document.horizons === undefined ? [] : document.horizons.map(exactOf));
  const { capacityJoules = Infinity } = document.scenario.battery;
  return [
    {
      title: 'Energies against the horizon',
      caption: 'What is needed from outside, wasted and consumed on average, logarithmic.',
      draw: (setting) => energyChart(series, setting),
    },
    {
      title: 'Charge left',
      caption:
        capacityJoules === Infinity
          ? 'In the battery at the horizon.'
          : `In the battery at the horizon. The axis ends at its capacity, ${formatQuantity(capacityJoules, 'J')}.`,
      draw: (setting) => levelChart(series, capacityJoules, setting),
    },
    {
      title: 'How likely',
      caption: 'Any auxiliary energy by the horizon, an empty or full battery at it; the share of slots in deficit.',
      draw: (setting) => chanceChart(series, setting),
    },
  ];
}

/** The rules, and the tests beside exact values, or why there are none. */
export function siteVerdicts(document: SiteDocument, summary: SiteSummary): Markup {
  return html`${siteRulesTable(summary)}
  ${
    isJudged(document) &&
    html`${siteComparisonTable(summary, document)} ${siteVerdictTable(document)} ${siteLimitTable(document)}
      <p class="note">${verdictNote(document)}</p>`
  }`;
}

function verdictNote(document: SiteDocument): string {
  const noLaw = noLawOf(document);
  return noLaw === undefined
    ? 'The statistic is in standard deviations for means, standard deviations and probabilities, X² for χ², and √n·sup for Kolmogorov; theory’s ' +
        'own error is allowed for, doubled. A test fails where its p-value is not above its α.'
    : `There is no exact law of this site: ${noLaw}.`;
}
