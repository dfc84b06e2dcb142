/** A run as the Validate tab knows it: what it has found, and from it what can be pressed and what is said. No DOM. */
import type { BackendName } from '../engine/backend.js';
import { formatCount } from '../numeric/format.js';
import { documentOf } from './protocol.js';
import type { Adapter, Found, Judged, RunSettings, Snapshot } from './protocol.js';

/** A run and what it has found. */
export interface Run {
  readonly settings: RunSettings;
  opened: { readonly backend: BackendName; readonly adapter: Adapter } | undefined;
  snapshot: Snapshot | undefined;
  ended: (Found & { readonly sha256: string }) | undefined;
  judged: Judged | undefined;
  /** Why there will be no verdict; undefined while one may come. */
  unjudged: string | undefined;
}

/** What the page waits for: each can be stopped. */
export type Waiting = 'nothing' | 'run' | 'verdict' | 'report';

/** What decides, beside the run, what can be pressed. */
export interface Stage {
  readonly waiting: Waiting;
  /** Whether the run is asked to stop and has not ended yet. */
  readonly isStopping: boolean;
  /** Whether the result of this run is there to be saved. */
  readonly hasResult: boolean;
  /** Whether a report of this run can be made. */
  readonly hasReport: boolean;
}

/** What can be pressed and what is to be seen. */
export interface Controls {
  /** Nothing of the form can be changed while a run goes on. */
  readonly canRun: boolean;
  readonly canStop: boolean;
  readonly canContinue: boolean;
  readonly continueText: string;
  readonly canReport: boolean;
  readonly showsProgress: boolean;
  readonly showsResult: boolean;
  readonly showsReport: boolean;
}

export function newRun(settings: RunSettings): Run {
  return {
    settings,
    opened: undefined,
    snapshot: undefined,
    ended: undefined,
    judged: undefined,
    unjudged: undefined,
  };
}

export function controlsOf(run: Run | undefined, { waiting, isStopping, hasResult, hasReport }: Stage): Controls {
  const isRunning = waiting === 'run';
  const goal = run === undefined ? undefined : goalOf(run);
  return {
    canRun: !isRunning,
    canStop: waiting !== 'nothing' && !isStopping,
    canContinue: !isRunning && goal !== undefined,
    continueText: goal === undefined ? 'Continue' : `Continue to ${formatCount(goal)} paths`,
    canReport: waiting !== 'report',
    showsProgress: run?.snapshot !== undefined || isRunning,
    showsResult: hasResult,
    showsReport: hasReport,
  };
}

/** Paths that an ended run has; undefined before its end. */
export function pathsOf({ ended }: Run): number | undefined {
  return ended?.partials.horizons[0].count;
}

/**
 * How many paths Continue goes on to: all that were asked for, or twice as many; undefined where there is nothing to go
 * on from.
 */
export function goalOf(run: Run): number | undefined {
  const { trials } = run.settings;
  const done = pathsOf(run);
  if (done === undefined) return undefined;
  return done < trials ? trials : 2 * trials;
}

/** What is saved of a run: its document, or its estimates where it is not judged; undefined before there are any. */
export function resultOf(run: Run) {
  const { settings, snapshot, ended } = run;
  const read = settings.read === undefined ? {} : { read: settings.read };
  if (run.judged !== undefined) return { ...documentOf(run.judged), ...read };
  if (snapshot === undefined) return undefined;
  return {
    schemaVersion: 1,
    ...{ scenario: settings.document, seed: settings.seed },
    horizons: snapshot.summary.horizons,
    partialsSha256: ended?.sha256,
    ...read,
  };
}

/** The status line of a verdict. */
export function verdictLine(judged: Judged, paths: number): string {
  const document = documentOf(judged);
  const { pass, partialsSha256, horizons } = document;
  const what = 'noExactLaw' in document ? 'by the rules of paths alone, at' : 'judged at';
  return (
    `${pass ? 'PASS' : 'FAIL'}: ${formatCount(paths)} paths, ${what} ${horizons.length} horizons. ` +
    `Partials ${partialsSha256.slice(0, 12)}….`
  );
}
