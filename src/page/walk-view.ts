/** What the Validate tab shows of a run of the paper's walk. */
import { CURVE_NAMES } from '../report/charts/theme.js';
import type { CurveName } from '../report/charts/theme.js';
import { html } from '../report/html/markup.js';
import type { Markup } from '../report/html/markup.js';
import { tableHtml } from '../report/html/table.js';
import { distributedWords } from '../report/html/distributed-words.js';
import { limitWords, verdictWords } from '../report/html/words.js';
import { formatEstimate, formatLike, shownMean, shownZero } from '../report/estimate.js';
import type { Format } from '../report/estimate.js';
import { slotsCell } from '../report/table-model.js';
import { scaleFor } from '../report/table.js';
import { estimatesTable, limitTable, shapeTable, walkTestsTable } from '../report/walk-tables.js';
import type { ReportContent } from '../report/html/report.js';
import type { WalkSnapshot } from './protocol.js';
import type { Charts, RunView } from './run-view.js';

export interface Showing {
  /** Place of the horizon whose distribution is shown. */
  readonly shown: number;
  /** Whether laws that are not known yet may still come. */
  readonly isAwaited: boolean;
}

export function walkView(
  snapshot: WalkSnapshot,
  judged: ReportContent | undefined,
  { shown, isAwaited }: Showing,
): RunView {
  return {
    tables: () => (judged === undefined ? liveTable(snapshot, isAwaited) : judgedTables(judged)),
    verdict: () => judged && verdict(judged),
    figures: (charts) => walkFigures(charts, snapshot, judged, { shown, isAwaited }),
  };
}

/**
 * Where energy is burned over the service, its own verdict comes first; all else is of the lumped walk on the same
 * draws.
 */
function verdict({ document, distributed }: ReportContent): Markup {
  return html`${distributed !== undefined && distributedWords(distributed)}
  ${verdictWords(document, distributed !== undefined)} ${limitWords(document)}`;
}

function judgedTables({ document, curves }: ReportContent): Markup {
  return html`${[estimatesTable(document), shapeTable(document), walkTestsTable(document)].map(tableHtml)}
    <div id="limit">${tableHtml(limitTable(document, curves))}</div>`;
}

function walkFigures(
  { cdfChart, survivalChart, meanChart, meanErrorChart, residualChart }: Charts,
  snapshot: WalkSnapshot,
  judged: ReportContent | undefined,
  { shown, isAwaited }: Showing,
): ReturnType<RunView['figures']> {
  const judgedCurves = judged?.curves[shown];
  const curves = judgedCurves ?? snapshot.curves;
  const means = judged?.means ?? snapshot.means;
  const names = (known: (name: CurveName) => boolean): CurveName[] => CURVE_NAMES.filter(known);
  const figures: ReturnType<RunView['figures']>[number][] = [];
  if (curves !== undefined) {
    const exact = judgedCurves !== undefined || snapshot.exactKnown;
    const known = names((n) => exact || n !== 'exact');
    figures.push({
      title: 'Distribution of the deficit',
      caption: !exact && isAwaited ? 'The exact law is being solved…' : 'Probability that the deficit is at most d.',
      draw: (setting) => cdfChart(curves, setting, known),
    });
  }
  if (means.some((p) => p.brownian > 0)) {
    const known = names((name) => means.every((p) => !Number.isNaN(p[name])));
    figures.push({
      title: 'Mean deficit against the horizon',
      caption: 'Auxiliary energy that is needed on average.',
      draw: (setting) => meanChart(means, setting, known),
    });
  }
  if (judgedCurves !== undefined) {
    figures.push(
      {
        title: 'Tail',
        caption: 'Probability that the deficit exceeds d, logarithmic.',
        draw: (setting) => survivalChart(judgedCurves, setting),
      },
      {
        title: 'Simulated less exact',
        caption: 'Within the band is what chance alone does.',
        draw: (setting) => residualChart(judgedCurves, setting),
      },
      {
        title: 'The means relative to the exact ones',
        caption: 'Bars are 95 % intervals.',
        draw: (setting) => meanErrorChart(means, setting),
      },
    );
  }
  return figures;
}

const LAWS = ['exact', 'brownian'] as const;
const LAW_HEADS = { exact: 'exact', brownian: 'Brownian' } as const;

/**
 * Estimates while there is no verdict, beside what is known of the laws. Of what will never be known there is no
 * column.
 */
function liveTable({ summary, means }: Pick<WalkSnapshot, 'summary' | 'means'>, isAwaited: boolean): Markup {
  const { unit, factor } = scaleFor(
    summary.horizons.map((h) => h.meanDeficit),
    'J',
  );
  const laws = LAWS.filter((name) => isAwaited || means.some((mean) => !Number.isNaN(mean[name])));
  const known = (value: number, format: Format): string =>
    Number.isNaN(value) ? (isAwaited ? '…' : '—') : format(value);
  return tableHtml({
    caption: `Mean deficit E[D], ${unit}`,
    columns: [
      { header: 'slots' },
      { header: 'simulated' },
      { header: '± 95 %' },
      ...laws.map((name) => ({ header: LAW_HEADS[name] })),
      { header: 'P(D = 0)' },
    ],
    rows: summary.horizons.map((h, i) => {
      const format = formatLike(shownMean(h), factor);
      return {
        cells: [
          slotsCell(h.slots),
          format(h.meanDeficit),
          format(h.meanInterval.upper - h.meanDeficit),
          ...laws.map((name) => known(means[i][name], format)),
          formatEstimate(shownZero(h)),
        ],
      };
    }),
  });
}
