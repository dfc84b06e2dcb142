/**
 * The walks behind a figure, one after the other on one backend. What a figure is of stands in report/figures; here it
 * is run.
 */
import type { Backend } from '../engine/backend.js';
import { StoppedError } from '../errors.js';
import { resolveScenario } from '../fleet/resolve.js';
import type { Scenario } from '../scenario/scenario.js';
import { summarize } from '../stats/summary.js';
import type { Summary } from '../stats/summary.js';
import type { StudyControl } from './control.js';
import { prepareRun } from './plan.js';
import type { PreparedRun, RunRequest } from './plan.js';
import { runsTold } from './progress.js';
import { walkStudy } from './run.js';

/** One walk of a figure. */
export interface FigureWalk {
  readonly scenario: Scenario;
  readonly request: RunRequest;
}

export interface WalkedOfFigure {
  readonly prepared: PreparedRun;
  readonly summary: Summary;
  /** Quanta of the first paths at every horizon, as `Backend.deficits` gives them; empty where none are wanted. */
  readonly pilot: Int32Array;
}

/** How the walks of a figure are told, and which of their paths are wanted by themselves. */
export interface FigurePlan {
  readonly label: string;
  /** What is said after a stop. */
  readonly stopped: string;
  /** Paths whose deficits are wanted, at most: they are all kept in memory. */
  readonly pilotPaths: number;
}

/** Walks them all. @throws {StoppedError} after a stop: a figure is drawn whole or not at all */
export async function* walksOfFigure(
  walks: readonly FigureWalk[],
  { label, stopped, pilotPaths }: FigurePlan,
  backend: Backend,
  control: StudyControl,
): AsyncGenerator<WalkedOfFigure> {
  const { signal } = control;
  const told = runsTold(control, label, walks.length);
  const goOn = (): void => {
    if (signal.aborted) throw new StoppedError(stopped);
  };
  for (const [i, { scenario, request }] of walks.entries()) {
    goOn();
    const prepared = prepareRun(resolveScenario(scenario), request);
    const { job, law } = prepared;
    const { partials } = await walkStudy(backend, job, undefined, { signal, onProgress: told(i) });
    goOn();
    const paths = Math.min(request.trials, pilotPaths);
    const pilot = paths === 0 ? new Int32Array() : await backend.deficits({ ...job, paths }, { signal });
    goOn();
    yield { prepared, summary: summarize(partials, law.quantumJoules), pilot };
  }
}
