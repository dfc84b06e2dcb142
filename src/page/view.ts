/**
 * What the Validate tab shows of a run, whatever is run: tables and charts while it goes on, then the verdict with all
 * of them.
 */
import type { Judged, Snapshot } from './protocol.js';
import type { RunView } from './run-view.js';
import { siteView } from './site-view.js';
import { walkView } from './walk-view.js';

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
