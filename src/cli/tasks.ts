/** `batterywalk tasks`: the task table, as text or JSON. */
import { demandLaw, demandMoments, harvestLaw, walkLaw } from '../fleet/demand.js';
import { buildTaskTable } from '../fleet/task-table.js';
import type { TaskTable } from '../fleet/task-table.js';
import { drift, volatility } from '../fleet/walk-law.js';
import type { CsvRow } from '../report/csv.js';
import { formatFixed, formatNumber, formatQuantity, formatTable, scaleFor } from '../report/table.js';
import { slotWords } from '../report/notes.js';
import type { Scenario } from '../scenario/scenario.js';
import type { CommandSpec } from './context.js';

export const tasks: CommandSpec = {
  name: 'tasks',
  describe: 'the task table: tokens, energy, latency, feasible models',
  scenario: 'reference',
  applies: ['json', 'csv', 'out'],
  examples: ['tasks', 'tasks mine.json --csv'],
  run(context) {
    const scenario = context.scenario();
    const table = buildTaskTable(scenario);
    const json = tasksJson(scenario, table);
    context.save('tasks.json', `${JSON.stringify(json, null, 2)}\n`);
    context.show(json, taskRows(json), () => tasksText(scenario, table));
    return 0;
  },
};

/** The document of `tasks --json` (contract). Where tasks give energies there are no models, and each task has its `energyJoules`. */
export function tasksJson(scenario: Scenario, table: TaskTable) {
  const demand = demandMoments(demandLaw(scenario, table));
  return {
    tasks: table.tasks.map(({ name, weight, chosen, models, energyJoules }) => ({
      name,
      weight,
      ...(chosen === undefined ? { chosen: null, energyJoules } : { chosen: models[chosen].model }),
      models,
    })),
    meanDemandJoules: demand.mean,
    demandStandardDeviationJoules: Math.sqrt(demand.variance),
  };
}

/** A row a task and model; of tasks that give their energies a row a task. */
function taskRows({ tasks: all }: ReturnType<typeof tasksJson>): CsvRow[] {
  return all.flatMap(({ models, name, ...task }): CsvRow[] =>
    models.length === 0 ? [{ task: name, ...task }] : models.map((own) => ({ task: name, ...task, ...own })),
  );
}

/** The table for a terminal, one line a task and model; `*` marks the arrival-feasible minimum. */
export function tasksText(scenario: Scenario, table: TaskTable): string {
  const energies = table.tasks.flatMap((task) => [task.energyJoules, ...task.models.map((m) => m.energyJoules)]);
  const { unit, factor } = scaleFor(energies, 'J');
  return `${scenario.name}: ${scenario.tasks.length} kinds of task\n\n${
    scenario.fleet === undefined
      ? energyTable(table, unit, factor)
      : fleetTable(table, unit, factor, scenario.slotSeconds)
  }\n${slotSummary(scenario, table)}`;
}

/** A number as a person would have written it: six digits, no trailing zeros. */
const plain = (value: number): string => String(Number(value.toPrecision(6)));

function fleetTable(table: TaskTable, unit: string, factor: number, slotSeconds: number): string {
  const rows = table.tasks.flatMap((task) =>
    task.models.map((m, i) => [
      ...(i === 0 ? [task.name, plain(task.weight)] : ['', '']),
      i === task.chosen ? '*' : '',
      m.model,
      formatNumber(m.successProbability),
      formatFixed(m.tokens, 0),
      formatFixed(m.energyJoules / factor, 3),
      formatFixed(m.latencySeconds, 1),
      formatFixed(m.serviceSlots, 0),
      m.feasible ? 'yes' : 'no',
    ]),
  );
  const columns = [
    { header: 'task', align: 'left' },
    { header: 'weight' },
    { header: '' },
    { header: 'model', align: 'left' },
    { header: 'success' },
    { header: 'tokens' },
    { header: `energy ${unit}` },
    { header: 'latency s' },
    { header: 'slots' },
    { header: 'in time', align: 'left' },
  ] as const;
  const note =
    'weight: of how likely the kind is; *: the model of least energy among those in time; ' +
    'success: chance that one attempt at a skill succeeds; tokens, energy, latency: of a task; ' +
    `slots: of ${slotWords(slotSeconds)} each, that it is served; ` +
    'in time: whether it meets its deadline';
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

function slotSummary(scenario: Scenario, table: TaskTable): string {
  const joules = (value: number): string => formatQuantity(value, 'J');
  const demand = demandMoments(demandLaw(scenario, table));
  const { shape, scaleJoules } = harvestLaw(scenario, table);
  const law = walkLaw(scenario, table);
  const sigma = volatility(law);
  // A critical drift is zero but for rounding: print it as zero.
  const mu = Math.abs(drift(law)) < 1e-12 * sigma ? 0 : drift(law);
  return [
    `demand   mean ${joules(demand.mean)} a slot, standard deviation ${joules(Math.sqrt(demand.variance))}`,
    `harvest  mean ${joules(shape * scaleJoules)} a slot, standard deviation ${joules(Math.sqrt(shape) * scaleJoules)}`,
    `walk     drift ${joules(mu)} a slot, volatility ${joules(sigma)}`,
    '',
  ].join('\n');
}
