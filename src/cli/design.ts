/** `batterywalk design`: the smallest harvest or battery, or the largest error rate, that keeps the risk of auxiliary energy to a target. */
import { host } from '#host';
import { openBackend } from '../engine/open-backend.js';
import { InputError } from '../errors.js';
import { designDocument, designText } from '../report/design-report.js';
import { parseChoice, parseList, parseNumber } from '../scenario/values.js';
import { searchDesign } from '../stats/design-search.js';
import { neighboursOf } from '../stats/failure-agreement.js';
import { takesScenario } from './context.js';
import type { CommandContext, CommandSpec } from './context.js';
import { designParameter, FINDS } from './design-parameters.js';
import type { DesignParameter } from './design-parameters.js';
import { compareDesigns, isSiteAt, riskByPaths, scenarioAt } from './design-risk.js';
import type { DesignQuestion } from './design-risk.js';

/** Failures expected of a design at the target in its first paths, and in all that are taken where `--trials` says nothing. */
const FIRST_FAILURES = 10;
const ALL_FAILURES = 100;
const TOLERANCE = 0.01;
/** Most paths that two neighbouring designs are paired on. */
const PAIRED_PATHS = 2 ** 24;

export const design: CommandSpec = {
  name: 'design',
  describe: 'the smallest harvest or battery, or largest error rate, that meets a risk: --risk 1e-3 --vary PATH',
  configure(command) {
    takesScenario(command);
    command
      .option('--risk <R>', 'risk of auxiliary energy within T slots that may not be exceeded')
      .option(
        '--vary <PATH>',
        'what to vary, such as harvest.mean.timesDemand, battery.capacityJoules, routing.errorRate',
      )
      .option('--budget <JOULES>', 'auxiliary energy that is no failure (default: 0)')
      .option('--find <WHICH>', `${FINDS.join(' or ')} value that meets the risk (default: as the path is known)`)
      .option('--between <LO,HI>', 'where to start looking (default: around the scenario’s value)')
      .option('--step <S>', 'the value is a multiple of this, from its lower limit or 0 (default: any)')
      .option('--full', 'the battery starts full (default: with the scenario’s charge, at most its capacity)')
      .option('--tolerance <X>', `relative width of the interval that is narrow enough (default: ${TOLERANCE})`);
  },
  async run(context) {
    const { slots, seed, horizons, json } = context.options;
    if (context.text('horizons') !== undefined && horizons.length > 1) {
      throw new InputError(
        `--horizons: got ${horizons.length} of them, expected one: design answers for one T`,
        '--horizons',
      );
    }
    const risk = required(context, 'risk', 'a probability between 0 and 1, such as 1e-3', (x) => x > 0 && x < 1);
    const path = context.text('vary');
    if (path === undefined)
      throw new InputError('--vary: missing, expected what to vary, such as harvest.mean.timesDemand', '--vary');
    const budgetJoules = number(context, 'budget', 'joules, at least 0', (x) => x >= 0) ?? 0;
    const tolerance = number(context, 'tolerance', 'a number between 0 and 1', (x) => x > 0 && x < 1) ?? TOLERANCE;
    const step = number(context, 'step', 'a number above 0', (x) => x > 0);
    const find = context.text('find');
    const scenario = context.scenario();
    const parameter = designParameter(scenario, path, slots, {
      find: find === undefined ? undefined : parseChoice('--find', find, FINDS),
      between: between(context),
    });
    const full = context.own.full === true;
    const question: DesignQuestion = { scenario, path, budgetJoules, full, slots, seed };
    const trials = context.text('trials') === undefined ? Math.ceil(ALL_FAILURES / risk) : context.options.trials;
    for (const x of parameter.bracket) scenarioAt(question, x);
    const asSite = isSiteAt(question, parameter.bracket);
    context.prepareFolder();
    const backend = await openBackend(host, context.options);
    try {
      const start = performance.now();
      const result = await searchDesign({
        evaluate: riskByPaths(context, backend, question, asSite),
        risk,
        direction: parameter.find === 'smallest' ? 'falling' : 'rising',
        bracket: parameter.bracket,
        limits: parameter.limits,
        tolerance,
        step,
        firstTrials: Math.min(trials, Math.ceil(FIRST_FAILURES / risk)),
        maximumTrials: trials,
      }).catch((error: unknown) => {
        throw asOptions(error, parameter);
      });
      const falling = parameter.find === 'smallest';
      const looked = result.evaluations.map(({ x }) => x);
      const pair = neighboursOf(result.value, looked, (a, b) => (falling ? a > b : a < b));
      const paired = Math.min(result.at.trials, PAIRED_PATHS);
      const neighbours =
        pair && (await compareDesigns(context, backend, question, asSite, { ...pair, trials: paired }));
      const elapsedSeconds = (performance.now() - start) / 1000;
      const { name, adapter } = backend;
      const run = {
        ...question,
        find: parameter.find,
        risk,
        trials,
        tolerance,
        backend: name,
        adapter,
        elapsedSeconds,
        result,
        neighbours,
      };
      const document = designDocument(run);
      context.save('design.json', `${JSON.stringify(document, null, 2)}\n`);
      if (json) context.printJson(document);
      else context.print(designText(run));
      return 0;
    } finally {
      await backend.release();
    }
  },
};

function number(
  context: CommandContext,
  name: string,
  expected: string,
  holds: (x: number) => boolean,
): number | undefined {
  const text = context.text(name);
  return text === undefined ? undefined : parseNumber(`--${name}`, text, expected, holds);
}

function required(context: CommandContext, name: string, expected: string, holds: (x: number) => boolean): number {
  const value = number(context, name, expected, holds);
  if (value === undefined) throw new InputError(`--${name}: missing, expected ${expected}`, `--${name}`);
  return value;
}

function between(context: CommandContext): readonly [number, number] | undefined {
  const text = context.text('between');
  if (text === undefined) return undefined;
  const [low, high, ...more] = parseList('--between', text, parseNumber);
  if (low < high && more.length === 0) return [low, high];
  throw new InputError(`--between: got ${JSON.stringify(text)}, expected two numbers, the lower first`, '--between');
}

/** What the search says of its own fields, by the names of the options. */
const OPTIONS: Readonly<Record<string, string>> = {
  bracket: '--between',
  maximumTrials: '--trials',
  step: '--step',
  direction: '--find',
};

function asOptions(error: unknown, { path, find }: DesignParameter): unknown {
  if (!(error instanceof InputError) || error.field === undefined || !Object.hasOwn(OPTIONS, error.field)) return error;
  const option = OPTIONS[error.field];
  const message = error.message
    .replace(`${error.field}: got a risk`, `--vary ${path}: got a risk`)
    .replace(`${error.field}:`, `${option}:`)
    .replace(/"(falling|rising)"/, find);
  return new InputError(message, option, { cause: error });
}
