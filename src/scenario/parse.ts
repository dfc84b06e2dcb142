/** From an unknown value (parsed JSON) to a checked Scenario, or one InputError that says what is wrong and where. */
import { InputError } from '../errors.js';
import { inputError, schemaError } from './problems.js';
import { inBaseUnits } from './quantities.js';
import type { DifficultyTask, EnergyTask, Scenario } from './scenario.js';
import { describeValue } from './schema-parts.js';
import { energyScenarioSchema, fleetScenarioSchema } from './schema.js';

/** Whether tasks give energies outright, all of them; a mixture is refused. */
function givesEnergies(document: object): boolean {
  const tasks: unknown = 'tasks' in document ? document.tasks : undefined;
  // Without tasks, a scenario without a fleet lacks its tasks alone.
  if (!Array.isArray(tasks)) return !('fleet' in document);
  const gives = (task: unknown): boolean => typeof task === 'object' && task !== null && 'energyJoules' in task;
  const first = gives(tasks[0]);
  const odd = tasks.findIndex((task) => gives(task) !== first);
  if (odd < 0) return tasks.length === 0 ? !('fleet' in document) : first;
  const [here, there] = first ? ['no energyJoules', 'energyJoules'] : ['energyJoules', 'no energyJoules'];
  throw inputError([
    {
      field: `tasks[${odd}]`,
      message: `got a task with ${here}, expected ${there} as in tasks[0]: either every task gives its energy or none does`,
    },
  ]);
}

/**
 * Checks a scenario document (schema version 1), puts its quantities into base units and fills in its defaults. Parsing
 * the result again gives an equal Scenario.
 *
 * @param json what `JSON.parse` gave; never changed.
 * @throws {InputError} whose first line names the first problem as `field: got …, expected …` and whose `field` is that
 *   path.
 */
export function parseScenario(json: unknown): Scenario {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new InputError(
      `got ${describeValue(json)}, expected a scenario: a JSON object with schemaVersion, arrivals, tasks, harvest`,
    );
  }
  const document = inBaseUnits(json) as object;
  if (givesEnergies(document)) {
    const { data, error } = energyScenarioSchema.safeParse(document);
    if (error !== undefined) throw schemaError(error);
    return { ...data, tasks: named<EnergyTask>(data.tasks) };
  }
  const { data, error } = fleetScenarioSchema.safeParse(document);
  if (error !== undefined) throw schemaError(error);
  return { ...data, tasks: named<DifficultyTask>(data.tasks) };
}

/** Tasks without a name are called by their place, from 1. */
function named<T extends { name: string }>(tasks: readonly (Omit<T, 'name'> & { name?: string | undefined })[]): T[] {
  return tasks.map((task, i) => ({ ...task, name: task.name ?? `task${i + 1}` }) as T);
}
