/**
 * How accurate must a router be before it pays? A router that costs e_φ joules and τ_φ seconds a task and errs with
 * probability η is held against a plain one that costs nothing, by mean joules a task. That mean is linear in η, so the
 * break-even is exact, without simulation. It says nothing of the deficit, which also depends on how energies scatter.
 */
import { resolveScenario } from '../fleet/resolve.js';
import { InputError } from '../errors.js';
import { joulesOn, meanExcessJoules } from '../fleet/demand.js';
import type { TaskTable } from '../fleet/task-table.js';
import type { FleetScenario, Scenario } from '../scenario/scenario.js';

/**
 * A router without overhead: every task to the cheapest single model that meets all deadlines, to a model by name, or
 * to a random one of the models that meet the task's own deadline.
 */
export type PlainRouter = 'cheapest' | 'random' | { readonly model: string };

/** What the plain router costs. */
export interface Baseline {
  /** The model that serves every task; undefined where models are random. */
  readonly model: string | undefined;
  /** Mean joules a task. */
  readonly joules: number;
}

export interface BreakEven {
  readonly overheadJoules: number;
  readonly overheadSeconds: number;
  readonly baselineJoules: number;
  /** Mean joules a task of the router at error rate 0, overhead included; Infinity where it is `late`. */
  readonly joulesWithoutErrors: number;
  /**
   * Mean joules that a misrouted task burns above its minimum, over the task mix: the slope in the error rate. NaN
   * where `late`.
   */
  readonly excessJoules: number;
  /** Largest error rate in [0, 1] at which the router burns no more than the plain one; undefined where none is. */
  readonly errorRate: number | undefined;
  /**
   * `late`: the router's own time leaves some task without a model that meets its deadline. `below`: up to `errorRate`,
   * which is below 1.
   */
  readonly pays: 'always' | 'below' | 'never' | 'late';
}

/**
 * Mean joules a task of a plain router.
 *
 * @throws {InputError} where tasks have no fleet, no task has a feasible model, or the model misses a deadline.
 */
export function plainRouter(scenario: Scenario, router: PlainRouter): Baseline {
  const fleet = fleetOf(scenario);
  const bare = withOverhead(fleet, 0, 0);
  const table = resolveScenario(bare).table;
  const { tasks } = table;
  const burnt = joulesOn(bare, table);
  const mean = (joules: (task: (typeof tasks)[number]) => number): number =>
    tasks.reduce((sum, task) => sum + task.probability * joules(task), 0);
  if (router === 'random') {
    const joules = mean((task) => {
      const feasible = task.models.flatMap((m, i) => (m.feasible ? [i] : []));
      return feasible.reduce((sum, i) => sum + burnt(task, i), 0) / feasible.length;
    });
    return { model: undefined, joules };
  }
  const singles = fleet.fleet.models.map(({ name }, i): Baseline & { late: string | undefined } => ({
    model: name,
    joules: mean((task) => burnt(task, i)),
    late: tasks.find((task) => !task.models[i].feasible)?.name,
  }));
  if (router !== 'cheapest') {
    const named = singles.find((s) => s.model === router.model);
    const expected = `expected a model of the fleet that meets all deadlines`;
    const got = `baseline: got ${JSON.stringify(router.model)}`;
    if (named === undefined) throw new InputError(`${got}, which is none of the fleet's; ${expected}`, 'baseline');
    if (named.late !== undefined) {
      throw new InputError(`${got}, which is late for task ${JSON.stringify(named.late)}; ${expected}`, 'baseline');
    }
    return { model: named.model, joules: named.joules };
  }
  const inTime = singles.filter((s) => s.late === undefined);
  if (inTime.length === 0) {
    const late = singles.map((s) => `${s.model ?? ''} for ${s.late ?? ''}`).join(', ');
    throw new InputError(
      `baseline: got a fleet of which every model is late for some task (${late}), expected one that meets all deadlines: compare with a random ` +
        'feasible model',
      'baseline',
    );
  }
  const { model, joules } = inTime.reduce((best, s) => (s.joules < best.joules ? s : best));
  return { model, joules };
}

/**
 * The largest error rate at which a router of this overhead a task pays: one row an overhead in seconds, one column an
 * overhead in joules.
 * @throws {InputError} as `plainRouter` does
 */
export function breakEvenMap(
  scenario: Scenario,
  overheadsJoules: readonly number[],
  overheadsSeconds: readonly number[],
  baseline: PlainRouter = 'cheapest',
): BreakEven[][] {
  for (const [field, values] of Object.entries({
    overheadJoules: overheadsJoules,
    overheadSeconds: overheadsSeconds,
  })) {
    const wrong = values.find((value) => !(value >= 0 && value < Infinity));
    if (wrong !== undefined) throw new InputError(`${field}: got ${wrong}, expected a number ≥ 0`, field);
  }
  const fleet = fleetOf(scenario);
  const { joules } = plainRouter(scenario, baseline);
  return overheadsSeconds.map((seconds) => {
    const routed = withOverhead(fleet, 0, seconds);
    const table = tableInTime(routed);
    const work = table === undefined ? undefined : workOf(routed, table);
    return overheadsJoules.map((overhead) => cell(work, overhead, seconds, joules));
  });
}

/** What a router's tasks burn, mean joules a task: without errors, and more by a misrouted one. */
interface Work {
  readonly minimum: number;
  readonly excess: number;
}

function workOf(scenario: FleetScenario, table: TaskTable): Work {
  const burnt = joulesOn(scenario, table);
  const minimum = table.tasks.reduce((sum, task) => sum + task.probability * burnt(task, task.chosen ?? 0), 0);
  return { minimum, excess: meanExcessJoules(table, burnt) };
}

function cell(
  work: Work | undefined,
  overheadJoules: number,
  overheadSeconds: number,
  baselineJoules: number,
): BreakEven {
  const common = { overheadJoules, overheadSeconds, baselineJoules };
  if (work === undefined) {
    return { ...common, joulesWithoutErrors: Infinity, excessJoules: NaN, errorRate: undefined, pays: 'late' };
  }
  const joulesWithoutErrors = work.minimum + overheadJoules;
  const excessJoules = work.excess;
  const numbers = { ...common, joulesWithoutErrors, excessJoules };
  const gain = baselineJoules - joulesWithoutErrors;
  if (gain < 0) return { ...numbers, errorRate: undefined, pays: 'never' };
  if (gain >= excessJoules) return { ...numbers, errorRate: 1, pays: 'always' };
  return { ...numbers, errorRate: gain / excessJoules, pays: 'below' };
}

/** The task table, or undefined where some task has no feasible model left. */
function tableInTime(scenario: FleetScenario): TaskTable | undefined {
  try {
    return resolveScenario(scenario).table;
  } catch (error) {
    if (error instanceof InputError && error.field?.endsWith('.deadlineSeconds') === true) return undefined;
    throw error;
  }
}

function fleetOf(scenario: Scenario): FleetScenario {
  if (scenario.fleet !== undefined) return scenario;
  throw new InputError('tasks: got tasks that give energyJoules, expected a fleet of models to route among', 'tasks');
}

const withOverhead = (scenario: FleetScenario, overheadJoules: number, overheadSeconds: number): FleetScenario => ({
  ...scenario,
  routing: { ...scenario.routing, overheadJoules, overheadSeconds },
});
