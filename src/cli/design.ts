/**
 * `batterywalk design`: the smallest harvest or battery, or the largest error rate, that keeps the risk of auxiliary
 * energy to a target.
 */
import { InputError, StoppedError } from '../errors.js';
import { designDocument, designRows, designText } from '../report/design-report.js';
import { dimensionOf } from '../scenario/quantities.js';
import type { Dimension } from '../scenario/quantities.js';
import { parseChoice, parseList, parseMeasure, parseNumber } from '../scenario/values.js';
import { formatCount, formatNumber } from '../numeric/format.js';
import { formatTable } from '../report/table.js';
import type { CommandContext, CommandSpec } from './context.js';
import { WALKING } from './options.js';
import { designParameter, FINDS } from '../study/design-parameters.js';
import type { DesignParameter } from '../study/design-parameters.js';
import { findDesign, TOLERANCE } from '../study/design.js';
import type { DesignRequest, SeenDesign } from '../study/design.js';
import { checkTakesNumber, withinReach } from '../study/design-reach.js';
import type { DesignQuestion } from '../study/design-risk.js';
import { jsonText } from '../report/run-files.js';
import { asking } from './running.js';

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
    const request = designRequest(context);
    const { question, risk } = request;
    const { open, control } = asking(context);
    const seen: SeenDesign[] = [];
    const onLook = (look: SeenDesign): void => {
      seen.push(look);
      offerSeen(context, question, risk, seen);
    };
    try {
      const run = await findDesign(request, open, control, onLook).catch((error: unknown) => {
        throw asOptions(error, request.parameter);
      });
      const document = designDocument(run);
      context.save('design.json', jsonText(document));
      context.show(document, designRows(run), () => designText(run));
      return 0;
    } catch (error) {
      if (!context.signal.aborted || seen.length === 0) throw error;
      // What was looked at is printed; the search itself has no answer.
      const { text, document } = seenSoFar(question, risk, seen);
      context.show(document, document.looks, () => text);
      throw new StoppedError(stoppedWords(seen));
    }
  },
};

/** What the options ask for. @throws {InputError} */
function designRequest(context: CommandContext): DesignRequest {
  const { slots, seed, horizons, trials } = context.options;
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
  const tolerance = number(context, 'tolerance', 'share', 'a number between 0 and 1', isShare);
  const find = context.text('find');
  if (path.includes('=')) {
    throw new InputError(
      `--vary: got ${JSON.stringify(path)}, expected a path alone, such as harvest.mean.timesDemand: its values are ` +
        'looked for, from --between LO,HI on where that is given',
      '--vary',
    );
  }
  const scenario = context.scenario();
  const { slotSeconds } = scenario;
  const question = { scenario, path, budgetJoules, full: context.own.full === true, slots, seed };
  checkTakesNumber(question);
  const dimension = dimensionOf(path);
  const step = number(context, 'step', dimension, 'a number above 0', (x) => x > 0, slotSeconds);
  const parameter = designParameter(scenario, path, slots, {
    find: find === undefined ? undefined : parseChoice('--find', find, FINDS),
    between: between(context, dimension, slotSeconds),
  });
  return {
    question,
    trials: context.text('trials') === undefined ? undefined : trials,
    ...{ risk, tolerance, ...withinReach(question, parameter, step, context.text('between') !== undefined) },
  };
}

const isShare = (x: number): boolean => x > 0 && x < 1;

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
