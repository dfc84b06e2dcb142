/** What the Validate tab shows of a run, whatever is run: tables and charts while it goes on, then the verdict with all of them. */
import type { SiteFigure } from '../report/charts/site-figures.js';
import type { Markup } from '../report/html/markup.js';
import type * as charts from './charts.js';
import type { Judged, Snapshot } from './protocol.js';
import { siteView } from './site-view.js';
import { walkView } from './walk-view.js';

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

/** What of a run decides its view. */
export interface Viewed {
  readonly judged: Judged | undefined;
  /** Why there will be no verdict; undefined while one may come. */
  readonly unjudged: string | undefined;
}

/** The view of a run. @param shown place of the horizon whose distribution is shown */
export function viewOf({ judged, unjudged }: Viewed, snapshot: Snapshot, shown: number): RunView {
  if (snapshot.kind === 'site') return siteView(snapshot, judged?.kind === 'site' ? judged : undefined, shown);
  const walk = judged?.kind === 'walk' ? judged : undefined;
  return walkView(snapshot, walk, { shown, isAwaited: unjudged === undefined });
}
