/**
 * report.html of a site, in the manner of report.ts: what was run, what came of it with intervals, the verdicts beside
 * exact values where there is a law, or why there is none, and the rules that every path was checked for.
 */
import type { SiteSummary } from '../../stats/site-summary.js';
import type { FileRead } from '../../scenario/trace/inspect.js';
import type { ChartSetting } from '../charts/chart.js';
import type { SurvivalData } from '../charts/distribution.js';
import { serverDocument } from '../charts/server-document.js';
import { distributionFigure, siteFigures } from '../charts/site-figures.js';
import type { SiteFigure } from '../charts/site-figures.js';
import { exactOf } from '../site-comparison.js';
import type { SiteDocument } from '../site-document.js';
import { batteryTable, chanceTable, quantityTable, tasksTable } from '../site-tables.js';
import { formatQuantity } from '../table.js';
import { horizonWords } from '../words.js';
import { standalonePage } from './frame.js';
import { html } from './markup.js';
import type { Markup } from './markup.js';
import { facts, filesRead, figure, provenance, shorterHorizons } from './parts.js';
import { siteVerdicts } from './site-verdicts.js';
import { siteFacts, siteOutcome, siteVerdictWords } from './site-words.js';
import { tableHtml } from './table.js';

/** What a report of a site shows. */
export interface SiteReportContent {
  readonly document: SiteDocument;
  readonly summary: SiteSummary;
  /** The auxiliary energy's law at each horizon, in the same order. */
  readonly distributions: readonly SurvivalData[];
  /** Hash of what can be repeated (manifest.json, `hashed.sha256`). */
  readonly manifestSha256: string;
  /** What was read of files of measured values; left out, nothing. */
  readonly read?: readonly FileRead[];
}

/** The page as text. */
export function siteReportHtml(content: SiteReportContent): string {
  const { document, summary, distributions, manifestSha256, read } = content;
  if (summary.horizons.length !== distributions.length)
    throw new RangeError('one distribution for each horizon was expected');
  const setting: ChartSetting = { document: serverDocument() };
  const { scenario } = document;
  const { slotSeconds, battery } = scenario;
  const last = summary.horizons.length - 1;
  const drawn = ({ title, caption, draw }: SiteFigure): Markup => figure(title, caption, draw(setting));
  const body = html`
    <h1>${scenario.name}</h1>
    ${facts(document, siteFacts(document))}${filesRead(read)} ${siteVerdictWords(document, summary)}

    <h2>Estimates</h2>
    ${tableHtml(batteryTable(summary, slotSeconds))} ${tableHtml(tasksTable(summary))}
    <div class="charts">
      ${drawn(distributionFigure(distributions[last]))}
      ${siteFigures(summary, battery.capacityJoules ?? Infinity, document.horizons.map(exactOf)).map(drawn)}
    </div>

    <h2>After ${horizonWords(summary.horizons[last].slots, slotSeconds)}</h2>
    ${tableHtml(quantityTable(summary, last))} ${tableHtml(chanceTable(summary, last))}
    ${shorterHorizons(
      summary.horizons,
      slotSeconds,
      (i) =>
        html`<div class="charts">${drawn(distributionFigure(distributions[i]))}</div>
          ${tableHtml(quantityTable(summary, i))} ${tableHtml(chanceTable(summary, i))}`,
    )}

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
