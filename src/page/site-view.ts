/** What the Validate tab shows of a site's run: the report's tables and charts. */
import { html } from '../report/html/markup.js';
import { siteChanceTable, siteMeansTable, siteQuantityTable } from '../report/html/site-tables.js';
import { siteVerdicts } from '../report/html/site-verdicts.js';
import { siteVerdictWords } from '../report/html/site-words.js';
import { exactOf } from '../report/site-comparison.js';
import type { SiteReportContent } from '../report/html/site-report.js';
import type { SiteSnapshot } from './protocol.js';
import type { RunView } from './run-view.js';

export function siteView(snapshot: SiteSnapshot, judged: SiteReportContent | undefined, shown: number): RunView {
  const { slotSeconds, capacityJoules } = snapshot;
  const summary = judged?.summary ?? snapshot.summary;
  return {
    tables: () =>
      html`${siteMeansTable(summary, slotSeconds)} ${siteQuantityTable(summary, shown)}
      ${siteChanceTable(summary, shown)} ${judged !== undefined && siteVerdicts(judged.document, summary)}`,
    verdict: () => judged && siteVerdictWords(judged.document, summary),
    figures: ({ distributionFigure, siteFigures }) => [
      distributionFigure(judged?.distributions[shown] ?? snapshot.distribution),
      ...siteFigures(summary, capacityJoules, judged === undefined ? [] : judged.document.horizons.map(exactOf)),
    ],
  };
}
