/**
 * The risk of a design, by simulation: on how many of the first paths is more auxiliary energy needed than is allowed?
 * And of two designs: on which?
 */
import { resolveScenario } from '../fleet/resolve.js';
import type { Backend } from '../engine/backend.js';
import type { JobRequest } from '../engine/job-request.js';
import { allIdentical, sharedDraws } from './shared-draws.js';
import { SITE_ROWS, splitSite } from '../engine/site-job.js';
import { prepareRun, prepareSite } from './plan.js';
import type { PreparedRun, PreparedSite } from './plan.js';
import { InputError } from '../errors.js';
import { formatNumber } from '../numeric/format.js';
import { parseScenario } from '../scenario/parse.js';
import type { Scenario } from '../scenario/scenario.js';
import { sideRows } from '../stats/comparison.js';
import { failureAgreement } from '../stats/failure-agreement.js';
import { addPairs, emptyPairedSums } from '../stats/paired.js';
import type { FailureAgreement } from '../stats/failure-agreement.js';
import type { SharedDraw } from './shared-draws.js';
import type { EvaluateRisk } from '../stats/risk-probe.js';
import { withValue } from '../scenario/document-path.js';
import type { StudyControl } from './control.js';

/** The answer and the value looked at beside it, path by path. */
export interface NeighbouringDesigns extends FailureAgreement {
  readonly worse: number;
  readonly better: number;
  readonly draws: readonly SharedDraw[];
  /**
   * That a path which fails at the better design fails at the worse is certain: the draws are the same, and more
   * battery never lacks more.
   */
  readonly monotone: boolean;
}

/** Values of a site that are kept at a time: 16 MiB. */
const CHUNK_VALUES = 2 ** 22;

/** What is varied, and how a path fails. */
export interface DesignQuestion {
  readonly scenario: Scenario;
  readonly path: string;
  /** Auxiliary energy up to T that is no failure. */
  readonly budgetJoules: number;
  /** The battery starts full, whatever its capacity. */
  readonly full: boolean;
  readonly slots: number;
  readonly seed: string;
}

/** The scenario at a value. A battery that is smaller than its charge starts full. @throws {InputError} */
export function scenarioAt({ scenario, path, full }: DesignQuestion, x: number): Scenario {
  const changed = withValue(scenario, path, x, '--vary') as Scenario;
  const { capacityJoules, initialJoules } = changed.battery;
  if (full && capacityJoules === undefined) {
    throw new InputError(
      '--full: got a battery without capacityJoules, expected a capacity that it can start with',
      '--full',
    );
  }
  const most = capacityJoules ?? Infinity;
  const charge = full ? most : path === 'battery.capacityJoules' ? Math.min(initialJoules, most) : initialJoules;
  try {
    return parseScenario({ ...changed, battery: { ...changed.battery, initialJoules: charge } });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(`--vary ${path} = ${formatNumber(x, 6)}: ${error.message}`, '--vary', { cause: error });
  }
}

/** Whether a design is a site at any of these values: all are then run as sites, for one kernel's draws are common. */
export function isSiteAt(question: DesignQuestion, values: readonly number[]): boolean {
  return values.some((x) => {
    const scenario = scenarioAt(question, x);
    return resolveScenario(scenario).isSite;
  });
}

/** Paths that were walked, and how many of them failed. */
export interface Failures {
  readonly failures: number;
  readonly trials: number;
}

/**
 * Counts failures: paths of one number see the same words at every value. A design looked at again walks only the paths
 * that are new.
 * @param onLook told of each look as soon as it is over, and of what there is of one that was stopped
 */
export function riskByPaths(
  control: StudyControl,
  backend: Backend,
  question: DesignQuestion,
  asSite: boolean,
  onLook: (x: number, seen: Failures) => void,
): EvaluateRisk {
  const seen = new Map<number, Failures>();
  return async (x, trials) => {
    const before = seen.get(x) ?? { failures: 0, trials: 0 };
    if (before.trials >= trials) return before;
    const running: Control = {
      signal: control.signal,
      onProgress: ({ done, total, elapsedSeconds }) => {
        control.onProgress(`at ${formatNumber(x, 6)}`, done, total, elapsedSeconds);
      },
    };
    const request = { firstPath: before.trials, trials: trials - before.trials };
    const more = await countFailures(backend, question, x, asSite, request, running);
    const now = { failures: before.failures + more.failures, trials: before.trials + more.trials };
    // After a stop with what was finished of it.
    if (more.trials > 0) onLook(x, now);
    control.signal.throwIfAborted();
    seen.set(x, now);
    return now;
  };
}

/** Walks the first paths at two designs, and pairs them. Undefined of fewer than two paths. */
export async function compareDesigns(
  control: StudyControl,
  backend: Backend,
  question: DesignQuestion,
  asSite: boolean,
  { worse, better, trials }: { readonly worse: number; readonly better: number; readonly trials: number },
): Promise<NeighbouringDesigns | undefined> {
  if (trials < 2) return undefined;
  const [a, b] = [worse, better].map((x) => preparedAt(question, x, asSite, { trials }));
  const chunk = chunkOf(asSite);
  const start = performance.now();
  let sums = emptyPairedSums(1);
  for (let done = 0; done < trials; done += chunk) {
    const paths = { firstPath: done, trials: Math.min(chunk, trials - done) };
    const running = { signal: control.signal };
    const atWorse = await failuresByPath(backend, a, question, worse, paths, running);
    const atBetter = await failuresByPath(backend, b, question, better, paths, running);
    control.signal.throwIfAborted();
    sums = addPairs(sums, atWorse, atBetter);
    control.onProgress('pairing', done + paths.trials, trials, (performance.now() - start) / 1000);
  }
  const draws = sharedDraws(a, b);
  return { worse, better, ...failureAgreement(sums), draws, monotone: allIdentical(draws) && isMonotone(question) };
}

/**
 * Whether the parameter is the battery's alone, under a router that does not look at it. With losses roundings depend
 * on what was before.
 */
function isMonotone({ path, scenario: { battery, routing } }: DesignQuestion): boolean {
  const { chargeEfficiency = 1, dischargeEfficiency = 1, leakPerSlot = 0 } = battery;
  const lossless = chargeEfficiency === 1 && dischargeEfficiency === 1 && leakPerSlot === 0;
  const router = routing.policy?.kind ?? 'myopic';
  return BATTERY.includes(path) && lossless && (router === 'myopic' || router === 'latest');
}

const BATTERY: readonly string[] = ['battery.capacityJoules', 'battery.initialJoules'];

interface Paths {
  readonly firstPath: number;
  readonly trials: number;
}

type Control = Parameters<Backend['run']>[1];

/**
 * The design made ready. Of the paper's walk auxiliary energy (D − b)⁺ exceeds the budget where a charge larger by it
 * does not suffice.
 */
function preparedAt(
  question: DesignQuestion,
  x: number,
  asSite: boolean,
  paths: Omit<JobRequest, 'horizons' | 'seed'>,
): PreparedRun | PreparedSite {
  const scenario = scenarioAt(question, x);
  const request = { ...paths, horizons: [question.slots], seed: question.seed };
  if (asSite) return prepareSite(resolveScenario(scenario), request);
  const initialJoules = scenario.battery.initialJoules + question.budgetJoules;
  return prepareRun(resolveScenario({ ...scenario, battery: { ...scenario.battery, initialJoules } }), request);
}

async function countFailures(
  backend: Backend,
  question: DesignQuestion,
  x: number,
  asSite: boolean,
  paths: Paths,
  control: Control,
): Promise<Failures> {
  const prepared = preparedAt(question, x, asSite, paths);
  if (!('site' in prepared) || question.budgetJoules === 0) {
    const partials = await backend.run(prepared.job, control);
    const rows = 'site' in prepared ? splitSite(partials) : { auxiliary: partials.horizons, violations: undefined };
    const clean = rows.violations?.[0];
    if (clean !== undefined && clean.zeros < clean.count) throw broken(x);
    const [{ count, zeros }] = rows.auxiliary;
    return { failures: count - zeros, trials: count };
  }
  const chunk = chunkOf(true);
  const all = { failures: 0, trials: 0 };
  while (all.trials < paths.trials) {
    const part = { firstPath: paths.firstPath + all.trials, trials: Math.min(chunk, paths.trials - all.trials) };
    const fails = await failuresByPath(backend, prepared, question, x, part, control);
    // Of a part that was stopped not all paths were walked.
    if (control?.signal?.aborted === true) break;
    all.failures += fails.reduce((sum, one) => sum + one, 0);
    all.trials += part.trials;
  }
  return all;
}

/** Paths whose values are kept at a time. */
const chunkOf = (asSite: boolean): number => (asSite ? Math.floor(CHUNK_VALUES / SITE_ROWS.length) : CHUNK_VALUES);

/** 1 for each path that fails, 0 for each that does not. */
async function failuresByPath(
  backend: Backend,
  prepared: PreparedRun | PreparedSite,
  { budgetJoules }: DesignQuestion,
  x: number,
  { firstPath, trials: paths }: Paths,
  control: Control,
): Promise<Int32Array> {
  const values = await backend.deficits({ ...prepared.job, firstPath, paths }, control);
  if (!('site' in prepared)) return values.map((deficit) => (deficit > 0 ? 1 : 0));
  const rows = sideRows(values, 1, paths, 0);
  if (rows('violations').some((flags) => flags !== 0)) throw broken(x);
  const budget = budgetJoules / prepared.law.quantumJoules;
  return rows('auxiliary').map((auxiliary) => (auxiliary > budget ? 1 : 0));
}

/** A fault of the engine, or a plan too short for its integers: no number of such a run is to be believed. */
function broken(x: number): Error {
  return new Error(`a deadline or a bound was broken on some path at ${formatNumber(x, 6)}`);
}
