/** `batterywalk figure`: the paper's figures 2, 3 and 4 as SVG with their data as JSON; what each shows is in report/figures. */
import type { Backend } from '../engine/backend.js';
import { prepareRun, refuseSite, runPrepared } from '../engine/simulate.js';
import type { PreparedRun } from '../engine/simulate.js';
import { StoppedError } from '../errors.js';
import { buildTaskTable } from '../fleet/task-table.js';
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
import {
  ERROR_RATES,
  figureHorizons,
  misroutedScenario,
  routingErrorCurve,
  routingErrorData,
  routingErrorFigure,
} from '../report/figures/routing-error.js';
import type { PilotDeficits, RoutingErrorCurve } from '../report/figures/routing-error.js';
import { figuresHtml } from '../report/html/figures-page.js';
import type { DrawnFigure } from '../report/html/figures-page.js';
import { formatCorrelation } from '../report/shared-draws.js';
import type { Scenario } from '../scenario/scenario.js';
import { pilotMeanCovariance } from '../stats/mean-covariance.js';
import { summarize } from '../stats/summary.js';
import type { Summary } from '../stats/summary.js';
import { VERSION } from '../version.js';
import { CommandContext } from './context.js';
import type { CommandSpec } from './context.js';
import { WALKING } from './options.js';
import { openAsked } from './running.js';
import { readScenario } from './scenario-source.js';
import { parseChoice } from '../scenario/values.js';

/** A figure is drawn whole or not at all. */
const STOPPED = 'stopped before the figure was finished; figures already written are kept';

const FIGURES = ['2', '3', '4', 'all'] as const;
type FigureName = DrawnFigure['name'];
/** Slots of figure 2, where the run's T is not shorter. */
const DEVIATION_SLOTS = 4096;
/** Paths from which the covariance over horizons is estimated: their deficits are all kept in memory. */
const PILOT_PATHS = 10_000;

interface Drawn {
  readonly data: object;
  readonly svg: string;
  /** What it found, for the terminal. */
  readonly text: string;
  readonly note?: string;
}

export const figure: CommandSpec = {
  name: 'figure',
  describe: 'the paper’s figures 2, 3 and 4 as SVG with their data as JSON, and figures.html (default folder: figures)',
  defaults: { trials: 40_000, slots: 65_536 },
  applies: [...WALKING, 'json', 'out'],
  examples: ['figure 3', 'figure all --out figures', 'figure 2 surplus --slots 1d --trials 1e4'],
  slotLength: (args) => readScenario(args[1] ?? 'reference').slotSeconds,
  configure(command) {
    command.argument('<FIGURE>', FIGURES.join(', '));
    command.argument('[SCENARIO]', 'a scenario file or a preset (default: reference)');
  },
  async run(context) {
    const wanted = parseChoice('figure', context.args[0], FIGURES);
    const names: readonly FigureName[] = wanted === 'all' ? ['2', '3', '4'] : [wanted];
    const scenario = readScenario(context.args[1] ?? 'reference');
    context.doubt(scenario);
    refuseSite(scenario, buildTaskTable(scenario));
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
        const { data, svg, text, note } = await draw(name, context, scenario, backend);
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
        drawn.push({ name, svg, text, note });
        if (!context.options.json) context.print(`figure${name}.svg, figure${name}.json: ${text}\n`);
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

function draw(
  name: FigureName,
  context: CommandContext,
  scenario: Scenario,
  backend: Backend | undefined,
): Drawn | Promise<Drawn> {
  if (name === '3' || backend === undefined) return drawDifficulty(scenario);
  return name === '2' ? drawDeviation(context, scenario, backend) : drawRoutingError(context, scenario, backend);
}

async function drawDeviation(context: CommandContext, scenario: Scenario, backend: Backend): Promise<Drawn> {
  const { trials, seed, slots: most } = context.options;
  const slots = Math.min(DEVIATION_SLOTS, most);
  const points: DeviationPoint[] = [];
  for (const [i, relative] of SIMULATED_DRIFTS.entries()) {
    const drifted = driftedScenario(scenario, relative, slots);
    // A stream of its own for each point: intervals then miss independently.
    const prepared = prepareRun(drifted, { trials, horizons: [slots], seed: `${seed}/figure 2/${i}` });
    const summary = await simulated(context, prepared, backend, 'figure 2', i, SIMULATED_DRIFTS.length);
    points.push(deviationPoint(prepared.walk, summary.horizons[0]));
  }
  const data = deviationData(slots, points);
  const covered = points.filter((p) => p.lower <= p.exact && p.exact <= p.upper).length;
  const text = `${covered} of ${points.length} intervals (95 %) hold the exact value; T = ${slots}, ${trials} paths a point`;
  return { data, svg: deviationFigure(data, serverDocument()), text };
}

function drawDifficulty(scenario: Scenario): Drawn {
  const data = difficultyData(scenario);
  return { data, svg: difficultyFigure(data, serverDocument()), text: crossingsText(data) };
}

async function drawRoutingError(context: CommandContext, scenario: Scenario, backend: Backend): Promise<Drawn> {
  const { trials, seed, slots } = context.options;
  const horizons = figureHorizons(slots);
  const curves: RoutingErrorCurve[] = [];
  const pilots: PilotDeficits[] = [];
  for (const [i, errorRate] of ERROR_RATES.entries()) {
    // One seed for all: the curves share the words of their paths, and what that comes to is measured on the pilots.
    const prepared = prepareRun(misroutedScenario(scenario, errorRate), { trials, horizons, seed });
    const summary = await simulated(context, prepared, backend, 'figure 4', i, ERROR_RATES.length);
    const pilot = { ...prepared.job, paths: Math.min(trials, PILOT_PATHS) };
    const deficits = await backend.deficits(pilot, { signal: context.signal });
    stopIfAsked(context);
    const quantum = prepared.law.quantumJoules;
    const covariance = pilotMeanCovariance(deficits, horizons.length, quantum, trials);
    curves.push(routingErrorCurve(errorRate, prepared.walk, summary.horizons, covariance, seed));
    // A copy: the other horizons are not kept.
    pilots.push({ errorRate, quantumJoules: quantum, deficits: deficits.slice(-pilot.paths) });
  }
  const data = routingErrorData(curves, pilots);
  const found = curves.map(({ errorRate, regime: { transition } }) =>
    transition === undefined
      ? `η = ${errorRate}: √T`
      : `η = ${errorRate}: bends at ${Math.round(transition.slots)} slots${transition.atLastCandidate ? ' or later' : ''}`,
  );
  const { correlation, errorRate } = data.commonPaths[data.commonPaths.length - 1];
  const common = Number.isNaN(correlation)
    ? ''
    : ` (η = ${errorRate} against none: correlation ${formatCorrelation(correlation)})`;
  const text = `${found.join('; ')}; the curves share their paths${common}, their intervals are of each alone`;
  return { data, svg: routingErrorFigure(curves, serverDocument()), text, note: data.note };
}

/** Runs one walk of several. @throws {InputError} after Ctrl-C: a figure is drawn whole or not at all */
async function simulated(
  context: CommandContext,
  prepared: PreparedRun,
  backend: Backend,
  label: string,
  index: number,
  count: number,
): Promise<Summary> {
  const { partials } = await runPrepared(prepared, backend, {
    signal: context.signal,
    onProgress: ({ done, total, elapsedSeconds }) => {
      const rate = elapsedSeconds > 0 ? done / elapsedSeconds : 0;
      const left = total * count - (index * total + done);
      context.progress.report({
        label,
        done: index * total + done,
        total: total * count,
        rate,
        etaSeconds: rate > 0 ? left / rate : Infinity,
      });
    },
  });
  stopIfAsked(context);
  return summarize(partials, prepared.law.quantumJoules);
}

function stopIfAsked(context: CommandContext): void {
  if (context.signal.aborted) throw new StoppedError(STOPPED);
}
