/** The smallest or largest value of a parameter that keeps a risk to a target, by common random numbers. */
import type { Backend } from '../engine/backend.js';
import type { Scenario } from '../scenario/scenario.js';
import { searchDesign } from '../stats/design-search.js';
import type { DesignResult } from '../stats/design-search.js';
import type { StudyControl } from './control.js';
import type { DesignParameter } from './design-parameters.js';
import { compareDesigns, isSiteAt, riskByPaths, scenarioAt } from './design-risk.js';
import type { DesignQuestion, Failures, NeighbouringDesigns } from './design-risk.js';
import { neighboursOf } from '../stats/failure-agreement.js';

/** A search that is over. */
export interface FinishedDesign {
  readonly scenario: Scenario;
  readonly path: string;
  readonly find: 'smallest' | 'largest';
  readonly risk: number;
  readonly budgetJoules: number;
  readonly full: boolean;
  readonly slots: number;
  readonly seed: string;
  /** Most paths of one evaluation. */
  readonly trials: number;
  readonly tolerance: number;
  readonly backend: Backend['name'];
  readonly adapter: Backend['adapter'];
  readonly elapsedSeconds: number;
  readonly result: DesignResult;
  /** Undefined where there was but one value. */
  readonly neighbours: NeighbouringDesigns | undefined;
}

/** Failures expected of a design at the target in its first paths, and in all that are taken where nothing is said. */
const FIRST_FAILURES = 10;
const ALL_FAILURES = 100;
/** Most paths that two neighbouring designs are paired on. */
const PAIRED_PATHS = 2 ** 24;
/** Relative width of the interval that is narrow enough, where nothing is said. */
export const TOLERANCE = 0.01;

/** A search. */
export interface DesignRequest {
  readonly question: DesignQuestion;
  readonly parameter: DesignParameter;
  readonly risk: number;
  /** Left out: as many as let a hundred fail at the target. */
  readonly trials?: number | undefined;
  readonly tolerance?: number | undefined;
  /** The value is a multiple of this, from its lower limit or 0. */
  readonly step?: number | undefined;
}

/** A design that was looked at. */
export interface SeenDesign extends Failures {
  readonly x: number;
}

/**
 * Searches. A stop throws; what was looked at by then was told.
 * @param open asked for a backend once both ends of the bracket are found to be fit to run
 * @param onLook told of every look as soon as it is over
 * @throws {InputError} that names a field of the search: `bracket`, `maximumTrials`, `step`, `direction`
 */
export async function findDesign(
  { question, parameter, risk, tolerance = TOLERANCE, step, ...request }: DesignRequest,
  open: () => Promise<Backend>,
  control: StudyControl,
  onLook: (seen: SeenDesign) => void = () => undefined,
): Promise<FinishedDesign> {
  const trials = request.trials ?? Math.ceil(ALL_FAILURES / risk);
  for (const x of parameter.bracket) scenarioAt(question, x);
  const asSite = isSiteAt(question, parameter.bracket);
  const falling = parameter.find === 'smallest';
  const backend = await open();
  try {
    const start = performance.now();
    const result = await searchDesign({
      evaluate: riskByPaths(control, backend, question, asSite, (x, found) => {
        onLook({ x, ...found });
      }),
      ...{ risk, tolerance, step, bracket: parameter.bracket, limits: parameter.limits },
      direction: falling ? 'falling' : 'rising',
      firstTrials: Math.min(trials, Math.ceil(FIRST_FAILURES / risk)),
      maximumTrials: trials,
    });
    control.onStage('comparing neighbours');
    const looked = result.evaluations.map(({ x }) => x);
    const pair = neighboursOf(result.value, looked, (a, b) => (falling ? a > b : a < b));
    const paired = Math.min(result.at.trials, PAIRED_PATHS);
    const neighbours = pair && (await compareDesigns(control, backend, question, asSite, { ...pair, trials: paired }));
    const elapsedSeconds = (performance.now() - start) / 1000;
    const { name, adapter } = backend;
    return {
      ...{ ...question, find: parameter.find, risk, trials, tolerance },
      ...{ backend: name, adapter, elapsedSeconds, result, neighbours },
    };
  } finally {
    await backend.release();
  }
}
