/** `batterywalk design`: the smallest harvest or battery, or the largest error rate, that keeps the risk of auxiliary energy to a target. */
import { InputError, StoppedError } from '../errors.js';
import { designDocument, designRows, designText } from '../report/design-report.js';
import { dimensionOf } from '../scenario/quantities.js';
import type { Dimension } from '../scenario/quantities.js';
import { parseChoice, parseList, parseMeasure, parseNumber } from '../scenario/values.js';
import { formatCount, formatNumber, formatTable } from '../report/table.js';
import { searchDesign } from '../stats/design-search.js';
import { neighboursOf } from '../stats/failure-agreement.js';
import type { CommandContext, CommandSpec } from './context.js';
import { WALKING } from './options.js';
import { designParameter, FINDS } from './design-parameters.js';
import type { DesignParameter } from './design-parameters.js';
import { compareDesigns, isSiteAt, riskByPaths, scenarioAt } from './design-risk.js';
import type { DesignQuestion, Failures } from './design-risk.js';
import { openAsked } from './running.js';

/** Failures expected of a design at the target in its first paths, and in all that are taken where `--trials` says nothing. */
const FIRST_FAILURES = 10;
const ALL_FAILURES = 100;
const TOLERANCE = 0.01;
/** Most paths that two neighbouring designs are paired on. */
const PAIRED_PATHS = 2 ** 24;

export const design: CommandSpec = {
  name: 'design',
  describe: 'the smallest harvest or battery, or largest error rate, that meets a risk: --risk 1e-3 --vary PATH',
  scenario: 'reference',
  applies: [...WALKING, 'json', 'csv', 'out'],
  examples: [
    'design solar-site --risk 0.1% --vary battery.capacityJoules --full --slots 3d --trials 3e4',
    'design surplus --risk 1% --vary harvest.mean.timesDemand --budget 2.5MJ --slots 512',
    'design solar-site --risk 1% --vary battery.capacityJoules --between 5kWh,20kWh --step 500Wh --slots 1d',
  ],
  configure(command) {
    command
      .option('--risk <R>', 'risk of auxiliary energy within T slots that may not be exceeded, such as 0.1%')
      .option(
        '--vary <PATH>',
        'what to vary, such as harvest.mean.timesDemand, battery.capacityJoules, routing.errorRate',
      )
      .option('--budget <ENERGY>', 'auxiliary energy that is no failure, such as 5MJ or in joules (default: 0)')
      .option('--find <WHICH>', `${FINDS.join(' or ')} value that meets the risk (default: as the path is known)`)
      .option('--between <LO,HI>', 'where to start looking, such as 5kWh,20kWh (default: around the scenario’s value)')
      .option('--step <S>', 'the value is a multiple of this, from its lower limit or 0 (default: any)')
      .option('--full', 'the battery starts full (default: with the scenario’s charge, at most its capacity)')
      .option('--tolerance <X>', `relative width of the interval that is narrow enough (default: ${TOLERANCE})`);
  },
  async run(context) {
    const { slots, seed, horizons } = context.options;
    if (context.text('horizons') !== undefined && horizons.length > 1) {
      throw new InputError(
        `--horizons: got ${horizons.length} of them, expected one: design answers for one T`,
        '--horizons',
      );
    }
    const risk = required(context, 'risk', 'share', 'a probability between 0 and 1, such as 1e-3', isShare);
    const path = context.text('vary');
    if (path === undefined)
      throw new InputError('--vary: missing, expected what to vary, such as harvest.mean.timesDemand', '--vary');
    const budgetJoules = number(context, 'budget', 'energy', 'joules, at least 0', (x) => x >= 0) ?? 0;
    const tolerance = number(context, 'tolerance', 'share', 'a number between 0 and 1', isShare) ?? TOLERANCE;
    const find = context.text('find');
    const scenario = context.scenario();
    const { slotSeconds } = scenario;
    const dimension = dimensionOf(path);
    const step = number(context, 'step', dimension, 'a number above 0', (x) => x > 0, slotSeconds);
    const parameter = designParameter(scenario, path, slots, {
      find: find === undefined ? undefined : parseChoice('--find', find, FINDS),
      between: between(context, dimension, slotSeconds),
    });
    const full = context.own.full === true;
    const question: DesignQuestion = { scenario, path, budgetJoules, full, slots, seed };
    const trials = context.text('trials') === undefined ? Math.ceil(ALL_FAILURES / risk) : context.options.trials;
    for (const x of parameter.bracket) scenarioAt(question, x);
    const asSite = isSiteAt(question, parameter.bracket);
    context.prepareFolder();
    const backend = await openAsked(context);
    const seen: SeenDesign[] = [];
    try {
      const start = performance.now();
      const result = await searchDesign({
        evaluate: riskByPaths(context, backend, question, asSite, (x, found) => {
          seen.push({ x, ...found });
          offerSeen(context, question, risk, seen);
        }),
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
      context.stage('comparing neighbours');
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
      context.show(document, designRows(run), () => designText(run));
      return 0;
    } catch (error) {
      if (!context.signal.aborted || seen.length === 0) throw error;
      // What was looked at is printed; the search itself has no answer.
      const { text, document } = seenSoFar(question, risk, seen);
      context.show(document, document.looks, () => text);
      throw new StoppedError(stoppedWords(seen));
    } finally {
      await backend.release();
    }
  },
};

const isShare = (x: number): boolean => x > 0 && x < 1;

/** A design that was looked at. */
interface SeenDesign extends Failures {
  readonly x: number;
}

function offerSeen(context: CommandContext, question: DesignQuestion, risk: number, seen: readonly SeenDesign[]): void {
  context.offer(stoppedWords(seen), () => seenSoFar(question, risk, seen));
}

const stoppedWords = (seen: readonly SeenDesign[]): string =>
  `stopped before the search was over: ${seen.length} looks are reported`;

/** What a stop leaves of a search: the risks that were seen. */
function seenSoFar({ path, slots, seed, scenario }: DesignQuestion, risk: number, seen: readonly SeenDesign[]) {
  const table = formatTable(
    [{ header: path }, { header: 'risk' }, { header: 'failures' }, { header: 'paths' }],
    seen.map(({ x, failures, trials }) => [
      formatNumber(x, 6),
      formatNumber(failures / trials, 3),
      formatCount(failures),
      formatCount(trials),
    ]),
  );
  const looks = seen.map(({ x, failures, trials }) => ({ value: x, failures, trials }));
  return {
    text: `${table}asked for: a risk of at most ${formatNumber(risk, 3)}\n`,
    document: { schemaVersion: 1, scenario, vary: path, risk, slots, seed, looks },
  };
}

function number(
  context: CommandContext,
  name: string,
  dimension: Dimension | undefined,
  expected: string,
  holds: (x: number) => boolean,
  slotLength?: number,
): number | undefined {
  const text = context.text(name);
  if (text === undefined) return undefined;
  const option = `--${name}`;
  if (dimension === undefined) return parseNumber(option, text, expected, holds);
  return parseMeasure(option, text, dimension, { expected, holds, slotLength });
}

function required(
  context: CommandContext,
  name: string,
  dimension: Dimension,
  expected: string,
  holds: (x: number) => boolean,
): number {
  const value = number(context, name, dimension, expected, holds);
  if (value === undefined) throw new InputError(`--${name}: missing, expected ${expected}`, `--${name}`);
  return value;
}

function between(
  context: CommandContext,
  dimension: Dimension | undefined,
  slotLength: number,
): readonly [number, number] | undefined {
  const text = context.text('between');
  if (text === undefined) return undefined;
  const [low, high, ...more] = parseList('--between', text, (option, part) =>
    dimension === undefined
      ? parseNumber(option, part)
      : parseMeasure(option, part, dimension, { expected: 'a number or a quantity', slotLength }),
  );
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
