/** The charts of a site with their titles and captions: for the report, and for the page while a run goes on. */
import type { SiteSummary } from '../../stats/site-summary.js';
import type { ExactSiteDocument } from '../site-document.js';
import { formatCount } from '../../numeric/format.js';
import { formatQuantity } from '../table.js';
import type { ChartSetting } from './chart.js';
import { survivalChart } from './distribution.js';
import type { SurvivalData } from './distribution.js';
import { chanceChart, energyChart, levelChart, siteSeries } from './site.js';

/** A chart with its words, drawn when asked for: it takes some ten milliseconds. */
export interface SiteFigure {
  readonly title: string;
  readonly caption: string;
  readonly draw: (setting: ChartSetting) => string;
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

/** The site's quantities against the horizon. @param exact by horizon, where known: shown beside the simulated ones */
export function siteFigures(
  summary: SiteSummary,
  capacityJoules: number,
  exact: readonly (ExactSiteDocument | undefined)[],
): SiteFigure[] {
  const series = siteSeries(summary, exact);
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
