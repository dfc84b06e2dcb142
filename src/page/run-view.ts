/** What a run's view is, whatever is run. */
import type { SiteFigure } from '../report/charts/site-figures.js';
import type { Markup } from '../report/html/markup.js';
import type * as charts from './charts.js';

/** The charts, which are loaded when the first one is drawn. */
export type Charts = typeof charts;

export interface RunView {
  /** Estimates, and beside exact values once there is a verdict. */
  readonly tables: () => Markup;
  /** Undefined before there is one. */
  readonly verdict: () => Markup | undefined;
  /** Charts, each to be drawn for itself. */
  readonly figures: (charts: Charts) => readonly SiteFigure[];
}
