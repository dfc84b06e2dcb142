/**
 * The task table: what each kind of task costs on each model, which models can serve it in time and which is its minimum
 * (eqs. 18–22, 40–45). It knows the fleet, not the walk: `demand.ts` makes the walk's law of it.
 */
import { InputError } from '../errors.js';
import { largestOf } from '../extremes.js';
import type { DifficultyTask, FleetScenario, Scenario } from '../scenario/scenario.js';
import { frontierLoss } from './loss.js';
import { serviceCost, serviceEnergy, serviceSlots, serviceTime } from './service.js';
import type { ServiceCost } from './service.js';
import { skillOdds } from './success.js';
import { tokenBudget } from './token-budget.js';

/** One task on one model, dispatched at arrival. */
export interface ModelProfile {
  readonly model: string;
  /** p: success of one skill attempt (eq. 45). */
  readonly successProbability: number;
  /** k*, real (eq. 42); Infinity, as are energy, latency and slots, where the tolerance is out of reach. */
  readonly tokens: number;
  readonly energyJoules: number;
  readonly latencySeconds: number;
  /** ⌈latency/Δ⌉. */
  readonly serviceSlots: number;
  /** Whether the latency fits the deadline less the dispatcher's own time (eqs. 18, 19). */
  readonly feasible: boolean;
}

/** One kind of task. */
export interface TaskRow {
  readonly name: string;
  readonly weight: number;
  /** Probability that an arrival is of this kind: weight over the sum of weights. */
  readonly probability: number;
  /** Joules of the arrival-feasible minimum (eq. 22), or as given; without the dispatcher's overhead. */
  readonly energyJoules: number;
  /** Profiles in the fleet's order; empty where the energy was given outright. */
  readonly models: readonly ModelProfile[];
  /** Index in `models` of the arrival-feasible minimum, the first of equals; undefined where the energy was given. */
  readonly chosen: number | undefined;
}

export interface TaskTable {
  /** Costs of each model, in the fleet's order: what `energyProfile` takes; empty where energies were given outright. */
  readonly costs: readonly ServiceCost[];
  readonly tasks: readonly TaskRow[];
}

/**
 * Builds the table of a scenario.
 *
 * @throws {InputError} naming the task if no model can serve it in time, with its deadline and each model's time.
 */
export function buildTaskTable(scenario: Scenario): TaskTable {
  const probabilities = normalised(scenario.tasks.map((task) => task.weight));
  if (scenario.fleet === undefined) {
    const tasks = scenario.tasks.map(({ name, weight, energyJoules }, i) => {
      return { name, weight, probability: probabilities[i], energyJoules, models: [], chosen: undefined };
    });
    return { costs: [], tasks };
  }
  const { fleet } = scenario;
  const costs = fleet.models.map((model) => serviceCost(fleet, model));
  const tasks = scenario.tasks.map((task, i): TaskRow => {
    const models = fleet.models.map((_, index) => modelProfile(scenario, task, index, costs[index]));
    const chosen = arrivalFeasibleMinimum(models);
    if (chosen === undefined) throw infeasible(scenario, i, models);
    const { name, weight } = task;
    return { name, weight, probability: probabilities[i], energyJoules: models[chosen].energyJoules, models, chosen };
  });
  return { costs, tasks };
}

/** Seconds that a task may be in service if it is dispatched as it arrives: its deadline less the dispatcher's latency (eq. 18). */
export function slackAtArrival(scenario: FleetScenario, task: DifficultyTask): number {
  return task.deadlineSeconds - scenario.routing.overheadSeconds;
}

/** The profile of one task on model `index` of the fleet. */
export function modelProfile(
  scenario: FleetScenario,
  task: DifficultyTask,
  index: number,
  cost: ServiceCost,
): ModelProfile {
  const { scaling, models } = scenario.fleet;
  const model = models[index];
  const odds = skillOdds(scaling.steepness, frontierLoss(scaling, model.parameters), task.difficulty);
  const tokens = tokenBudget(odds, task.skills, task.tokensPerSkill, task.tolerance);
  const latencySeconds = serviceTime(cost, tokens);
  return {
    model: model.name,
    successProbability: odds.success,
    tokens,
    energyJoules: serviceEnergy(cost, tokens),
    latencySeconds,
    serviceSlots: serviceSlots(latencySeconds, scenario.slotSeconds),
    feasible: latencySeconds <= slackAtArrival(scenario, task),
  };
}

/** Index of the feasible model of least energy, the first of equals (eqs. 20–22); undefined if none is feasible. */
export function arrivalFeasibleMinimum(models: readonly ModelProfile[]): number | undefined {
  let best: number | undefined;
  models.forEach((profile, i) => {
    if (profile.feasible && (best === undefined || profile.energyJoules < models[best].energyJoules)) best = i;
  });
  return best;
}

/** Divides by the largest first, so that no finite weights overflow. */
function normalised(weights: readonly number[]): readonly number[] {
  const largest = largestOf(weights);
  const scaled = weights.map((w) => w / largest);
  const sum = scaled.reduce((a, b) => a + b, 0);
  return scaled.map((w) => w / sum);
}

function infeasible(scenario: FleetScenario, index: number, models: readonly ModelProfile[]): InputError {
  const task = scenario.tasks[index];
  const field = `tasks[${index}].deadlineSeconds`;
  const seconds = (t: number): string =>
    Number.isFinite(t) ? `${Number(t.toPrecision(4))} s` : 'more tokens than any';
  const times = models.map((m) => `${m.model} ${seconds(m.latencySeconds)}`).join(', ');
  const { overheadSeconds } = scenario.routing;
  const less = overheadSeconds === 0 ? '' : ` less ${overheadSeconds} s of routing`;
  return new InputError(
    `${field}: got ${task.deadlineSeconds} s${less} for task ${JSON.stringify(task.name)}, expected at least one model's time (${times}): ` +
      'no model can serve the task in time; give it a later deadline, more tolerance or a faster model',
    field,
  );
}
