/** The risk of a design, by simulation: on how many of the first paths is more auxiliary energy needed than is allowed? */
import type { Backend } from '../engine/backend.js';
import { SITE_ROWS, splitSite } from '../engine/site-job.js';
import { prepareRun, prepareSite } from '../engine/simulate.js';
import { InputError } from '../errors.js';
import { isSite } from '../fleet/site.js';
import { buildTaskTable } from '../fleet/task-table.js';
import { formatNumber } from '../report/table.js';
import { parseScenario } from '../scenario/parse.js';
import type { Scenario } from '../scenario/scenario.js';
import { sideRows } from '../stats/comparison.js';
import type { EvaluateRisk } from '../stats/risk-probe.js';
import { withValue } from '../sweep/document.js';
import type { CommandContext } from './context.js';
import { reportProgress } from './simulating.js';

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

/** The scenario at a value of the parameter. A battery that is smaller than its charge starts full. @throws {InputError} */
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
    return isSite(scenario, buildTaskTable(scenario));
  });
}

/** Counts failures: paths of one number share their draws at every value. A design looked at again walks only the paths that are new. */
export function riskByPaths(
  context: CommandContext,
  backend: Backend,
  question: DesignQuestion,
  asSite: boolean,
): EvaluateRisk {
  const seen = new Map<number, { failures: number; trials: number }>();
  const count = asSite ? siteFailures : walkFailures;
  return async (x, trials) => {
    const before = seen.get(x) ?? { failures: 0, trials: 0 };
    if (before.trials >= trials) return before;
    const control = { signal: context.signal, onProgress: reportProgress(context, `at ${formatNumber(x, 6)}`) };
    const request = { firstPath: before.trials, trials: trials - before.trials };
    const more = await count(backend, question, x, request, control);
    context.signal.throwIfAborted();
    const now = { failures: before.failures + more, trials };
    seen.set(x, now);
    return now;
  };
}

interface Paths {
  readonly firstPath: number;
  readonly trials: number;
}

type Control = Parameters<Backend['run']>[1];

/** The paper's walk: auxiliary energy (D − b)⁺ exceeds the budget where a charge larger by it does not suffice. */
async function walkFailures(
  backend: Backend,
  question: DesignQuestion,
  x: number,
  paths: Paths,
  control: Control,
): Promise<number> {
  const scenario = scenarioAt(question, x);
  const initialJoules = scenario.battery.initialJoules + question.budgetJoules;
  const { job } = prepareRun(
    { ...scenario, battery: { ...scenario.battery, initialJoules } },
    { ...paths, horizons: [question.slots], seed: question.seed },
  );
  const { count, zeros } = (await backend.run(job, control)).horizons[0];
  return count - zeros;
}

async function siteFailures(
  backend: Backend,
  question: DesignQuestion,
  x: number,
  paths: Paths,
  control: Control,
): Promise<number> {
  const { job, law } = prepareSite(scenarioAt(question, x), {
    ...paths,
    horizons: [question.slots],
    seed: question.seed,
  });
  if (question.budgetJoules === 0) {
    const { auxiliary, violations } = splitSite(await backend.run(job, control));
    const [{ count, zeros }] = auxiliary;
    if (violations[0].zeros < violations[0].count) throw broken(x);
    return count - zeros;
  }
  const chunk = Math.floor(CHUNK_VALUES / SITE_ROWS.length);
  const budget = question.budgetJoules / law.quantumJoules;
  let failures = 0;
  for (let done = 0; done < paths.trials && control?.signal?.aborted !== true; done += chunk) {
    const count = Math.min(chunk, paths.trials - done);
    const rows = sideRows(
      await backend.deficits({ ...job, firstPath: paths.firstPath + done, paths: count }, control),
      1,
      count,
      0,
    );
    if (rows('violations').some((flags) => flags !== 0)) throw broken(x);
    for (const auxiliary of rows('auxiliary')) if (auxiliary > budget) failures++;
  }
  return failures;
}

/** A fault of the engine, or a plan too short for its integers: no number of such a run is to be believed. */
function broken(x: number): Error {
  return new Error(`a deadline or a bound was broken on some path at ${formatNumber(x, 6)}`);
}
