/** What the Validate tab shows of a site's run: the report's tables and charts. */
import { html } from '../report/html/markup.js';
import { tableHtml } from '../report/html/table.js';
import { siteVerdicts } from '../report/html/site-verdicts.js';
import { siteVerdictWords } from '../report/html/site-words.js';
import { exactOf } from '../report/site-comparison.js';
import { batteryTable, chanceTable, quantityTable, tasksTable } from '../report/site-tables.js';
import type { SiteReportContent } from '../report/html/site-report.js';
import type { SiteSnapshot } from './protocol.js';
import type { RunView } from './run-view.js';

export function siteView(snapshot: SiteSnapshot, judged: SiteReportContent | undefined, shown: number): RunView {
  const { slotSeconds, capacityJoules } = snapshot;
  const summary = judged?.summary ?? snapshot.summary;
  return {
    tables: () =>
      html`${[
        batteryTable(summary, slotSeconds),
        tasksTable(summary),
        quantityTable(summary, shown),
        chanceTable(summary, shown),
      ].map(tableHtml)}
      ${judged !== undefined && siteVerdicts(judged.document, summary)}`,
    verdict: () => judged && siteVerdictWords(judged.document, summary),
    figures: ({ distributionFigure, siteFigures }) => [
      distributionFigure(judged?.distributions[shown] ?? snapshot.distribution),
      ...siteFigures(summary, capacityJoules, judged === undefined ? [] : judged.document.horizons.map(exactOf)),
    ],
  };
}
