/** `compare` and `design` of any scenario. */
import { comparisonDocument, comparisonText } from '../report/comparison-report.js';
import { designDocument, designText } from '../report/design-report.js';
import { parseScenario } from '../scenario/parse.js';
import { compareVariants } from '../study/comparing.js';
import type { FinishedComparison, Variant } from '../study/comparing.js';
import { findDesign } from '../study/design.js';
import type { FinishedDesign } from '../study/design.js';
import { designParameter } from '../study/design-parameters.js';
import type { Find } from '../study/design-parameters.js';
import { usualVariants } from '../study/policies.js';
import { controlOf, opened } from './options.js';
import type { RunOptions, ScenarioInput } from './options.js';

/** A scenario by the name that results call it. */
export interface NamedScenario {
  readonly name: string;
  readonly scenario: ScenarioInput;
}

export interface CompareOptions extends RunOptions {
  /** Paths of each scenario; 20,000 where left out. */
  readonly trials?: number;
  /** Slots of each horizon, ascending; 1024 where left out. */
  readonly horizons?: readonly number[];
  /** All intervals are right at once but for this chance; 0.05 where left out. */
  readonly familyAlpha?: number;
  /** Slots after which routers that postpone work are compared; found by itself where left out. */
  readonly from?: number;
}

/** What a comparison says: its differences, the document of `compare --json`, and the tables as text. */
export interface ComparisonResult extends FinishedComparison {
  readonly document: object;
  /** The tables that the command line prints. */
  readonly text: () => string;
}

/**
 * Compares scenarios path by path on common random numbers, each with the first; of one scenario its usual routers.
 * @throws {InputError}, {PlanError} that name the scenario; {StoppedError} where a stop left too little finished
 */
export async function compare(
  scenarios: ScenarioInput | readonly NamedScenario[],
  { trials = 20_000, horizons = [1024], seed = '1', familyAlpha = 0.05, from, ...options }: CompareOptions = {},
): Promise<ComparisonResult> {
  const variants: readonly Variant[] = Array.isArray(scenarios)
    ? (scenarios as readonly NamedScenario[]).map(({ name, scenario }) => ({ name, scenario: parseScenario(scenario) }))
    : usualVariants(parseScenario(scenarios));
  const request = { variants, trials, horizons, seed, familyAlpha, from };
  const result = await compareVariants(request, () => opened(options), controlOf(options));
  return { ...result, document: comparisonDocument(result), text: () => comparisonText(result) };
}

export interface DesignOptions extends RunOptions {
  /** What is varied, by its path: `battery.capacityJoules`, `harvest.mean.timesDemand`. */
  readonly vary: string;
  /** Probability of auxiliary energy within `slots` that may not be exceeded. */
  readonly risk: number;
  /** 1024 where left out. */
  readonly slots?: number;
  /** Most paths of one look; as many as let a hundred fail at the target where left out. */
  readonly trials?: number;
  /** Auxiliary energy that is no failure, joules; 0 where left out. */
  readonly budgetJoules?: number;
  /** The battery starts full. */
  readonly full?: boolean;
  /** Which value meets the risk; as the path is known where left out. */
  readonly find?: Find;
  /** Where to start looking; about the scenario's own value where left out. */
  readonly between?: readonly [number, number];
  /** The value is a multiple of this. */
  readonly step?: number;
  /** Relative width of the interval that is narrow enough; 0.01 where left out. */
  readonly tolerance?: number;
}

/** What a search says: the value with its interval, the document of `design --json`, and text. */
export interface DesignSearchResult extends FinishedDesign {
  readonly document: object;
  /** The tables that the command line prints. */
  readonly text: () => string;
}

/**
 * The smallest or largest value of a parameter that keeps the risk of auxiliary energy to a target.
 * @throws {InputError}, {PlanError} for what cannot be searched; the signal's reason after a stop
 */
export async function design(scenario: ScenarioInput, options: DesignOptions): Promise<DesignSearchResult> {
  const { vary: path, risk, slots = 1024, trials, budgetJoules = 0, full = false, find, between, ...more } = options;
  const { step, tolerance, seed = '1', ...run } = more;
  const checked = parseScenario(scenario);
  const parameter = designParameter(checked, path, slots, { find, between });
  const question = { scenario: checked, path, budgetJoules, full, slots, seed };
  const request = { question, parameter, risk, trials, tolerance, step };
  const result = await findDesign(request, () => opened(run), controlOf(run));
  return { ...result, document: designDocument(result), text: () => designText(result) };
}
