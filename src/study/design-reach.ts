/**
 * What a scenario takes at the path that a design varies: whether numbers, whether whole ones alone, and how far they
 * go. It is found by asking the scenario's own checks, so that the search never looks where there is no scenario.
 */
import { InputError } from '../errors.js';
import { resolveScenario } from '../fleet/resolve.js';
import { valueAt } from '../scenario/document-path.js';
import type { DesignParameter } from './design-parameters.js';
import { scenarioAt } from './design-risk.js';
import type { DesignQuestion } from './design-risk.js';

/** What a share, a count and an amount take, one of them. */
const TRIED = [1, 0.5, 1e-3];
/** As far as expansions of a bracket go (stats/design-scale.ts). */
const FAR = 4 ** 31;
const HALVINGS = 60;

/** @throws {InputError} where the path leads to no number, with what is expected there */
export function checkTakesNumber(question: DesignQuestion): void {
  const { scenario, path } = question;
  if (typeof valueAt(scenario, path, '--vary') === 'number') return;
  const refusals = TRIED.map((x) => refusalAt(question, x));
  const [first] = refusals;
  if (first === undefined || refusals.includes(undefined)) return;
  // That there is no such path is said where it is looked at.
  if (first.message.includes('unknown key')) return;
  const why = (first.cause instanceof Error ? first.cause : first).message;
  throw new InputError(
    `--vary: got ${JSON.stringify(path)}, expected a path that takes a number (${why.split('\n')[0]})`,
    '--vary',
    { cause: first },
  );
}

/**
 * A parameter within what the scenario takes, and the step of whole numbers where it takes no others.
 * @param isGiven its bracket was asked for, and is told where it reaches too far
 */
export function withinReach(
  question: DesignQuestion,
  parameter: DesignParameter,
  step: number | undefined,
  isGiven = false,
): { readonly parameter: DesignParameter; readonly step: number | undefined } {
  const { bracket, limits } = parameter;
  const takes = (x: number): boolean => refusalAt(question, x) === undefined;
  const isWhole = bracket.some((x) => takes(Math.round(x)) && !takes(Math.round(x) + 0.5));
  // Steps are counted from the lower limit: one that was only found here would move them.
  if (step !== undefined && !isWhole) return { parameter, step };
  const given = isWhole ? wholeBracket(bracket, takes) : bracket;
  const from = given.find(takes);
  if (from === undefined) return { parameter, step };
  const end = (far: number): number | undefined => (takes(far) ? undefined : edge(from, far, isWhole, takes));
  const lower = limits.lower ?? (from > 0 ? end(isWhole ? 0 : from / FAR) : undefined);
  const upper = limits.upper ?? (from > 0 ? end(from * FAR) : undefined);
  const within = (x: number): number => Math.min(Math.max(x, lower ?? -Infinity), upper ?? Infinity);
  return {
    parameter: {
      ...parameter,
      limits: { ...(lower === undefined ? {} : { lower }), ...(upper === undefined ? {} : { upper }) },
      bracket: isGiven ? given : [within(given[0]), within(given[1])],
    },
    step: isWhole ? Math.max(1, Math.round(step ?? 1)) : step,
  };
}

/** Whole numbers about a bracket. */
function wholeBracket([low, high]: DesignParameter['bracket'], takes: (x: number) => boolean) {
  const down = Math.floor(low);
  return [takes(down) ? down : Math.ceil(low), Math.max(Math.ceil(high), Math.ceil(low) + 1)] as const;
}

/** The last value that is taken on the way from one that is to one that is not. */
function edge(from: number, far: number, isWhole: boolean, takes: (x: number) => boolean): number {
  let [taken, refused] = [from, far];
  for (let i = 0; i < HALVINGS && taken !== refused; i++) {
    const middle = taken > 0 && refused > 0 ? Math.sqrt(taken) * Math.sqrt(refused) : (taken + refused) / 2;
    const x = isWhole ? Math.round(middle) : middle;
    if (x === taken || x === refused) break;
    if (takes(x)) taken = x;
    else refused = x;
  }
  // Whole neighbours may round onto an end of theirs.
  const next = taken + Math.sign(refused - taken);
  return isWhole && next !== refused && takes(next) ? next : taken;
}

function refusalAt(question: DesignQuestion, x: number): InputError | undefined {
  try {
    resolveScenario(scenarioAt(question, x));
    return undefined;
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
}
