/** `batterywalk tasks`: the task table, as text or JSON. */
import { resolveScenario } from '../fleet/resolve.js';
import { demandMoments, outcomes } from '../fleet/demand.js';
import type { Outcome } from '../fleet/demand.js';
import { meanTries, serviceAt } from '../fleet/dispatch.js';
import type { TaskRow, TaskTable } from '../fleet/task-table.js';
import { drift, volatility } from '../fleet/walk-law.js';
import type { CsvRow } from '../report/csv.js';
import { formatNumber } from '../numeric/format.js';
import { formatFixed, formatQuantity, formatTable, scaleFor } from '../report/table.js';
import { slotWords } from '../report/notes.js';
import type { Scenario } from '../scenario/scenario.js';
import type { Resolved } from '../fleet/resolve.js';
import type { CommandSpec } from './context.js';

export const tasks: CommandSpec = {
  name: 'tasks',
  describe: 'the task table: tokens, energy, latency, feasible models',
  scenario: 'reference',
  applies: ['json', 'csv', 'out'],
  examples: ['tasks', 'tasks mine.json --csv'],
  run(context) {
    const resolved = resolveScenario(context.scenario());
    const json = tasksJson(resolved);
    context.save('tasks.json', `${JSON.stringify(json, null, 2)}\n`);
    context.show(json, taskRows(json), () => tasksText(resolved));
    return 0;
  },
};

/**
 * The document of `tasks --json` (docs/contract.md). Where tasks give energies there are no models, and each task has
 * its `energyJoules`. Models have what the tolerance takes at least; where the router has tasks think longer or serves
 * them again, those in time also have how it serves them.
 */
export function tasksJson(resolved: Resolved) {
  const { scenario, table } = resolved;
  const demand = demandMoments(resolved.walk.demand);
  const fates = outcomes(scenario, table);
  return {
    tasks: table.tasks.map((row, i) => {
      const { name, weight, chosen, models, energyJoules } = row;
      return {
        name,
        weight,
        ...(chosen === undefined ? { chosen: null, energyJoules } : { chosen: models[chosen].model }),
        ...(fates === undefined ? {} : fates[i]),
        models: models.map((model, index) => {
          const served = servedOn(scenario, table, row, index);
          return served === undefined ? model : { ...model, served };
        }),
      };
    }),
    meanDemandJoules: demand.mean,
    demandStandardDeviationJoules: Math.sqrt(demand.variance),
    leastDemandJoules: demandMoments(resolved.demandWith([])).mean,
    ...(fates === undefined ? {} : { failuresPerSlot: failuresPerSlot(scenario, table, fates) }),
  };
}

/** How the router serves a task beyond the least, on a model that is in time; undefined where it does neither. */
function servedOn(scenario: Scenario, table: TaskTable, row: TaskRow, index: number) {
  const { thinking, retries } = scenario.routing;
  if ((thinking ?? retries) === undefined || !row.models[index].feasible) return undefined;
  const service = serviceAt(scenario, table, row, index);
  return { ...service, meanTries: meanTries(service) };
}

/** λ Σ p q: tasks a slot that fail for good, on average. */
function failuresPerSlot({ arrivals }: Scenario, { tasks: rows }: TaskTable, fates: readonly Outcome[]): number {
  return arrivals.ratePerSlot * rows.reduce((sum, row, i) => sum + row.probability * fates[i].failureProbability, 0);
}

/** A row a task and model; of tasks that give their energies a row a task. */
function taskRows({ tasks: all }: ReturnType<typeof tasksJson>): CsvRow[] {
  return all.flatMap(({ models, name, ...task }): CsvRow[] =>
    models.length === 0 ? [{ task: name, ...task }] : models.map((own) => ({ task: name, ...task, ...own })),
  );
}

/** The table for a terminal, one line a task and model; `*` marks the arrival-feasible minimum. */
export function tasksText(resolved: Resolved): string {
  const { scenario, table } = resolved;
  const energies = table.tasks.flatMap((task) => [task.energyJoules, ...task.models.map((m) => m.energyJoules)]);
  const { unit, factor } = scaleFor(energies, 'J');
  return `${scenario.name}: ${scenario.tasks.length} kinds of task\n\n${
    scenario.fleet === undefined ? energyTable(table, unit, factor) : fleetTable(scenario, table, unit, factor)
  }\n${slotSummary(resolved)}`;
}

/** A number as a person would have written it: six digits, no trailing zeros. */
const plain = (value: number): string => String(Number(value.toPrecision(6)));

function fleetTable(scenario: Scenario, table: TaskTable, unit: string, factor: number): string {
  const { thinking, retries } = scenario.routing;
  const rows = table.tasks.flatMap((task) =>
    task.models.map((m, i) => {
      const served = servedOn(scenario, table, task, i);
      const { tokens, energyJoules, latencySeconds, serviceSlots } = served ?? m;
      const fails = served?.failureProbability ?? 1 - m.taskSuccessProbability;
      return [
        ...(i === 0 ? [task.name, plain(task.weight)] : ['', '']),
        i === task.chosen ? '*' : m.feasible ? '' : 'late',
        m.model,
        formatNumber(m.successProbability),
        formatFixed(tokens, 0),
        formatFixed(energyJoules / factor, 3),
        formatFixed(latencySeconds, 1),
        formatFixed(serviceSlots, 0),
        Number.isNaN(fails) ? '' : formatNumber(100 * fails, 3),
        ...(retries === undefined ? [] : [served === undefined ? '' : formatNumber(served.meanTries, 4)]),
      ];
    }),
  );
  const columns = [
    { header: 'task', align: 'left' },
    { header: 'weight' },
    { header: 'choice', align: 'left' },
    { header: 'model', align: 'left' },
    { header: 'success' },
    { header: 'tokens' },
    { header: `energy ${unit}` },
    { header: 'time s' },
    { header: 'slots' },
    { header: 'fails %' },
    ...(retries === undefined ? [] : [{ header: 'tries' }]),
  ] as const;
  const least = thinking === undefined ? '' : ', with the thinking that the router asks for where it is in time';
  const note =
    'weight: of how likely the kind is; choice: * the model of least energy among those in time, late past the deadline; ' +
    `success: chance that one attempt at a skill succeeds; tokens, energy, time: of a task served once${least}; ` +
    `slots: of ${slotWords(scenario.slotSeconds)} each, that it is served; fails: chance that it fails, served once` +
    (retries === undefined ? '' : '; tries: mean times that it is served');
  return formatTable(columns, rows, note);
}

function energyTable(table: TaskTable, unit: string, factor: number): string {
  const rows = table.tasks.map((task) => [
    task.name,
    plain(task.weight),
    formatFixed(100 * task.probability, 2),
    formatFixed(task.energyJoules / factor, 3),
  ]);
  const columns = [
    { header: 'task', align: 'left' },
    { header: 'weight' },
    { header: 'share %' },
    { header: `energy ${unit}` },
  ] as const;
  return formatTable(columns, rows, 'share: of the tasks that are of this kind; energy: of one task');
}

function slotSummary(resolved: Resolved): string {
  const { scenario, table, walk: law } = resolved;
  const joules = (value: number): string => formatQuantity(value, 'J');
  const demand = demandMoments(law.demand);
  const { shape, scaleJoules } = law.harvest;
  const sigma = volatility(law);
  // A critical drift is zero but for rounding: print it as zero.
  const mu = Math.abs(drift(law)) < 1e-12 * sigma ? 0 : drift(law);
  const excess = demand.mean - demandMoments(resolved.demandWith([])).mean;
  const fates = outcomes(scenario, table);
  const failures = fates === undefined ? 0 : failuresPerSlot(scenario, table, fates);
  const share = failures / scenario.arrivals.ratePerSlot;
  return [
    `demand   mean ${joules(demand.mean)} a slot, standard deviation ${joules(Math.sqrt(demand.variance))}`,
    ...(excess > 1e-12 * demand.mean
      ? [`excess   ${joules(excess)} a slot of it, beyond the least that tasks need`]
      : []),
    ...(fates === undefined
      ? []
      : [`failures ${formatNumber(failures, 3)} a slot expected, ${formatNumber(100 * share, 3)} % of tasks`]),
    `harvest  mean ${joules(shape * scaleJoules)} a slot, standard deviation ${joules(Math.sqrt(shape) * scaleJoules)}`,
    `walk     drift ${joules(mu)} a slot, volatility ${joules(sigma)}`,
    '',
  ].join('\n');
}
