/**
 * `batterywalk figure`: the paper's figures 2, 3 and 4 as SVG with their data as JSON; what each shows is in
 * report/figures.
 */
import { resolveScenario } from '../fleet/resolve.js';
import type { Backend } from '../engine/backend.js';
import { walksOfFigure } from '../study/figures.js';
import { refuseSite } from '../study/plan.js';
import { InputError } from '../errors.js';
import { serverDocument } from '../report/charts/server-document.js';
import {
  driftedScenario,
  deviationData,
  deviationFigure,
  deviationPoint,
  SIMULATED_DRIFTS,
} from '../report/figures/deviation.js';
import type { DeviationPoint } from '../report/figures/deviation.js';
import { crossingsText, difficultyData, difficultyFigure } from '../report/figures/difficulty.js';
import { routingErrorFigure } from '../report/figures/routing-error-chart.js';
import { bendWords, ownSupplyWords, transitionsTable } from '../report/figures/routing-error-words.js';
import {
  ERROR_RATES,
  askedHorizons,
  figureHorizons,
  misroutedScenario,
  routingErrorCurve,
  routingErrorData,
} from '../report/figures/routing-error.js';
import type { PilotDeficits, RoutingErrorCurve } from '../report/figures/routing-error.js';
import { figuresHtml } from '../report/html/figures-page.js';
import type { DrawnFigure } from '../report/html/figures-page.js';
import { formatCorrelation } from '../report/shared-draws.js';
import { tableText } from '../report/table-model.js';
import type { Table } from '../report/table-model.js';
import { SERIES } from '../report/figures/panels.js';
import type { Scenario } from '../scenario/scenario.js';
import { pilotMeanCovariance } from '../stats/mean-covariance.js';
import { VERSION } from '../version.js';
import { CommandContext, settingsOf, takesSettings } from './context.js';
import type { CommandSpec } from './context.js';
import { WALKING } from './options.js';
import { asking, openAsked } from './running.js';
import { readScenario } from './scenario-source.js';
import { parseChoice, parseMeasure, parseNumbers } from '../scenario/values.js';

/** A figure is drawn whole or not at all. */
const STOPPED = 'stopped before the figure was finished; figures already written are kept';

const FIGURES = ['2', '3', '4', 'all'] as const;
type FigureName = DrawnFigure['name'];
/** T of figure 2, where neither --slots nor --horizons says another. */
const DEVIATION_SLOTS = 4096;
/** Paths from which the covariance over horizons is estimated: their deficits are all kept in memory. */
const PILOT_PATHS = 10_000;

interface Drawn {
  readonly data: object;
  readonly svg: string;
  /** What it found, for the terminal. */
  readonly text: string;
  readonly note?: string;
  readonly found?: Table;
}

/** What the figures are drawn at. */
interface Plan {
  readonly deviationHorizons: readonly number[];
  readonly routingHorizons: readonly number[];
  readonly errorRates: readonly number[];
}

/** Checks what was asked for, for the figures that are to be drawn. @throws {InputError} naming the option */
function planOf(context: CommandContext, names: readonly FigureName[]): Plan {
  const { slots, horizons } = context.options;
  const [named, long] = [context.text('horizons') !== undefined, context.text('slots') !== undefined];
  const draws4 = names.includes('4');
  setAside(context, names);
  return {
    deviationHorizons: named ? horizons : [long ? slots : DEVIATION_SLOTS],
    routingHorizons: !draws4 ? [] : named ? askedHorizons(horizons) : figureHorizons(slots),
    errorRates: draws4 ? errorRatesOf(context.text('errorRates')) : [],
  };
}

/** Says which options mean nothing to the figures that are asked for. */
function setAside(context: CommandContext, names: readonly FigureName[]): void {
  const own = names.includes('4') ? [] : [['errorRates', '--error-rates']];
  const walking = names.every((name) => name === '3') ? WALKING.map((name) => [name, `--${name}`]) : [];
  for (const [name, option] of [...walking, ...own]) {
    if (context.text(name) === undefined) continue;
    context.remark(`${option} means nothing to figure ${names.join(' and ')} and is set aside`);
  }
}

/** Says what of the scenario the figures that are asked for are not of. */
function sayFixed(context: CommandContext, names: readonly FigureName[], scenario: Scenario): void {
  const { accounting, battery, routing } = scenario;
  const { thinking, retries, errorRate } = routing;
  const atArrival = 'of energy that is burned at arrival: accounting "distributed" is set aside';
  const once = 'of tasks that are served once, with the fewest tokens:';
  const fixed: readonly (readonly [FigureName, boolean, string])[] = [
    ['2', battery.initialJoules > 0, 'of a battery that starts empty'],
    ['2', accounting === 'distributed', atArrival],
    ['3', thinking !== undefined, `${once} routing.thinking is set aside`],
    ['3', retries !== undefined, `${once} routing.retries is set aside`],
    ['4', accounting === 'distributed', atArrival],
    ['4', errorRate > 0, `of the error rates of --error-rates: routing.errorRate ${errorRate} is set aside`],
  ];
  for (const [name, holds, words] of fixed) {
    if (holds && names.includes(name)) context.remark(`figure ${name} is ${words}`);
  }
}

function errorRatesOf(text: string | undefined): readonly number[] {
  if (text === undefined) return ERROR_RATES;
  const rates = parseNumbers('--error-rates', text, (option, value) =>
    parseMeasure(option, value, 'share', { expected: 'error rates from 0 to 1', holds: (x) => x >= 0 && x <= 1 }),
  ).sort((a, b) => a - b);
  if (rates.length <= SERIES.length) return rates;
  throw new InputError(
    `--error-rates: got ${rates.length}, expected at most ${SERIES.length}, which a reader can tell apart`,
    '--error-rates',
  );
}

export const figure: CommandSpec = {
  name: 'figure',
  describe: 'the paper’s figures 2, 3 and 4 as SVG with their data as JSON, and figures.html (default folder: figures)',
  defaults: { trials: 40_000, slots: 65_536 },
  applies: [...WALKING, 'json', 'out'],
  examples: [
    'figure 3',
    'figure all --out figures',
    'figure 2 surplus --slots 1d --trials 1e4',
    'figure 4 --error-rates 0,1%,5% --slots 2e4',
  ],
  slotLength: (args, raw) => readScenario(args[1] ?? 'reference', settingsOf(raw)).slotSeconds,
  configure(command) {
    command.argument('<FIGURE>', FIGURES.join(', '));
    command.argument('[SCENARIO]', 'a scenario file or a preset (default: reference)');
    takesSettings(command, 'the scenario');
    command.option(
      '--error-rates <LIST>',
      `error rates of figure 4, at most ${SERIES.length} (default: ${ERROR_RATES.join(',')})`,
    );
  },
  async run(context) {
    const wanted = parseChoice('figure', context.args[0], FIGURES);
    const names: readonly FigureName[] = wanted === 'all' ? ['2', '3', '4'] : [wanted];
    const scenario = readScenario(context.args[1] ?? 'reference', settingsOf(context.own), context.readings);
    context.doubt(scenario);
    refuseSite(resolveScenario(scenario));
    const plan = planOf(context, names);
    sayFixed(context, names, scenario);
    const writer = new CommandContext(
      context.args,
      { ...context.options, out: context.options.out ?? 'figures' },
      context.own,
      context.io,
      () => context.signal,
      context.program,
    );
    const simulates = names.some((name) => name !== '3');
    const backend = simulates ? await openAsked(context) : undefined;
    const documents: object[] = [];
    const drawn: DrawnFigure[] = [];
    try {
      for (const name of names) {
        context.offer(STOPPED);
        context.stage(`figure ${name}`);
        const { data, svg, text, note, found } = await draw(name, plan, context, scenario, backend);
        const document = {
          schemaVersion: 1,
          figure: Number(name),
          scenario,
          ...(name === '3' || backend === undefined
            ? { engine: { version: VERSION } }
            : {
                seed: context.options.seed,
                engine: { version: VERSION, backend: backend.name, adapter: backend.adapter },
              }),
          ...data,
        };
        writer.save(`figure${name}.svg`, `${svg}\n`);
        writer.save(`figure${name}.json`, `${JSON.stringify(document, null, 2)}\n`);
        documents.push(document);
        drawn.push({ name, svg, text, note, found });
        if (!context.options.json) context.print(`figure${name}.svg, figure${name}.json: ${text}\n${foundText(found)}`);
      }
    } finally {
      await backend?.release();
    }
    context.stage('figures.html');
    writer.save('figures.html', figuresHtml(scenario, drawn));
    if (context.options.json) context.printJson({ schemaVersion: 1, figures: documents });
    return 0;
  },
};

function foundText(found: Table | undefined): string {
  return found === undefined ? '' : `\n${found.caption}\n${tableText(found)}\n`;
}

function draw(
  name: FigureName,
  plan: Plan,
  context: CommandContext,
  scenario: Scenario,
  backend: Backend | undefined,
): Drawn | Promise<Drawn> {
  if (name === '3' || backend === undefined) return drawDifficulty(scenario);
  return (name === '2' ? drawDeviation : drawRoutingError)(plan, context, scenario, backend);
}

async function drawDeviation(
  { deviationHorizons: horizons }: Plan,
  context: CommandContext,
  scenario: Scenario,
  backend: Backend,
): Promise<Drawn> {
  const { trials, seed } = context.options;
  const last = horizons[horizons.length - 1];
  // The drift is that of the last horizon: at those before it the same walk has less of it, relative to √T.
  const walks = SIMULATED_DRIFTS.map((relative, i) => ({
    scenario: driftedScenario(scenario, relative, last),
    // A stream of its own for each point: intervals then miss independently.
    request: { trials, horizons, seed: `${seed}/figure 2/${i}` },
  }));
  const plan = { label: 'figure 2', stopped: STOPPED, pilotPaths: 0 };
  const points: DeviationPoint[] = [];
  for await (const { prepared, summary } of walksOfFigure(walks, plan, backend, asking(context).control)) {
    for (const h of summary.horizons) points.push(deviationPoint(prepared.walk, h));
  }
  const data = deviationData(horizons.length === 1 ? last : horizons, points);
  const covered = points.filter((p) => p.lower <= p.exact && p.exact <= p.upper).length;
  const at = horizons.length === 1 ? `T = ${last}` : `T = ${horizons.join(', ')}, which share their paths`;
  const text = `${covered} of ${points.length} intervals (95 %) hold the exact value; ${at}, ${trials} paths a point`;
  return { data, svg: deviationFigure(data, serverDocument()), text };
}

function drawDifficulty(scenario: Scenario): Drawn {
  const data = difficultyData(scenario);
  return { data, svg: difficultyFigure(data, serverDocument()), text: crossingsText(data) };
}

async function drawRoutingError(
  { routingHorizons: horizons, errorRates }: Plan,
  context: CommandContext,
  scenario: Scenario,
  backend: Backend,
): Promise<Drawn> {
  const { trials, seed } = context.options;
  const { slotSeconds, battery } = scenario;
  const own = ownSupplyWords(scenario, resolveScenario(misroutedScenario(scenario, 0)).walk);
  if (own !== undefined) context.remark(`figure 4: ${own}`);
  if (trials <= horizons.length) {
    throw new InputError(
      `--trials: got ${trials}, expected more than the ${horizons.length} horizons of figure 4`,
      '--trials',
    );
  }
  // One seed for all: the curves share the words of their paths, and what that comes to is measured on the pilots.
  const request = { trials, horizons, seed };
  const walks = errorRates.map((errorRate) => ({ scenario: misroutedScenario(scenario, errorRate), request }));
  const plan = { label: 'figure 4', stopped: STOPPED, pilotPaths: PILOT_PATHS };
  const curves: RoutingErrorCurve[] = [];
  const pilots: PilotDeficits[] = [];
  for await (const { prepared, summary, pilot } of walksOfFigure(walks, plan, backend, asking(context).control)) {
    const errorRate = errorRates[curves.length];
    const quantum = prepared.law.quantumJoules;
    const covariance = pilotMeanCovariance(pilot, horizons.length, quantum, trials);
    context.stage(`figure 4, η = ${errorRate}: exact means`);
    const run = {
      ...{ errorRate, slotSeconds, seed, covariance },
      ...{ initialJoules: battery.initialJoules, summaries: summary.horizons },
    };
    curves.push(routingErrorCurve(prepared.walk, run));
    // A copy: the other horizons are not kept.
    const deficits = pilot.slice(-pilot.length / horizons.length);
    pilots.push({ errorRate, quantumJoules: quantum, deficits });
  }
  const data = routingErrorData(curves, pilots);
  const last = data.commonPaths.at(-1);
  const common =
    last === undefined || Number.isNaN(last.correlation)
      ? ''
      : ` (η = ${last.errorRate} against ${errorRates[0]}: correlation ${formatCorrelation(last.correlation)})`;
  const text =
    `${curves.map(bendWords).join('; ')} (the paper’s detector); ` +
    `the curves share their paths${common}, their intervals are of each alone${own === undefined ? '' : `; ${own}`}`;
  return {
    data: { ...data, ...(own === undefined ? {} : { ownSupply: own }) },
    svg: routingErrorFigure(curves, slotSeconds, serverDocument()),
    text,
    note: data.note,
    found: transitionsTable(curves, slotSeconds),
  };
}
