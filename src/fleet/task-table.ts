/**
 * The task table: what each kind of task costs on each model, which models can serve it in time and which is its
 * minimum (eqs. 18–22, 40–45). It knows the fleet, not the walk: `demand.ts` makes the walk's law of it.
 */
import { InputError } from '../errors.js';
import { largestOf } from '../numeric/extremes.js';
import type { DifficultyTask, Fleet, FleetScenario, Model, Scenario } from '../scenario/scenario.js';
import { fitsInto, stepsWithin } from '../numeric/whole.js';
import { frontierLoss } from './loss.js';
import { serviceCost, serviceEnergy, serviceSlots, serviceTime } from './service.js';
import type { ServiceCost } from './service.js';
import { chainSuccess, skillOdds } from './success.js';
import type { SkillOdds } from './success.js';
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
  /** Whether the latency fits the deadline less the dispatcher's own time (eqs. 18, 19), by the deadline rule. */
  readonly feasible: boolean;
  /** P of success within k* tokens (eq. 44): 1 − ε, or more where skills alone take as many; NaN at k* = Infinity. */
  readonly taskSuccessProbability: number;
}

/** A task of a fleet with one tolerance. */
export interface ServedTask extends DifficultyTask {
  readonly tolerance: number;
  /** Its place among the scenario's tasks. */
  readonly place: number;
  /** Seconds that it may be in service from its arrival: its deadline less the dispatcher's latency (eq. 18). */
  readonly slackSeconds: number;
}

/** One kind of task. Of a task whose tolerance is drawn, each tolerance is a kind of its own. */
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
  /** What is served; undefined where the energy was given. */
  readonly task: ServedTask | undefined;
}

/** What each kind of task costs on each model, and which model serves it with the least energy. */
export interface TaskTable {
  /** Costs of each model, in the fleet's order, for `energyProfile`; empty where energies were given outright. */
  readonly costs: readonly ServiceCost[];
  readonly tasks: readonly TaskRow[];
}

/**
 * Builds the table of a scenario.
 *
 * @throws {InputError} naming the task if no model can serve it in time, with its deadline and each model's time.
 */
export function buildTaskTable(scenario: Scenario): TaskTable {
  if (scenario.fleet === undefined) {
    const probabilities = normalised(scenario.tasks.map((task) => task.weight));
    const tasks = scenario.tasks.map(({ name, weight, energyJoules }, i) => {
      const given = { models: [], chosen: undefined, task: undefined };
      return { name, weight, probability: probabilities[i], energyJoules, ...given };
    });
    return { costs: [], tasks };
  }
  const { fleet } = scenario;
  const costs = fleet.models.map((model) => serviceCost(fleet, model));
  const served = servedTasks(scenario);
  const probabilities = normalised(served.map((task) => task.weight));
  const tasks = served.map((task, i): TaskRow => {
    const models = fleet.models.map((_, index) => modelProfile(scenario, task, index, costs[index]));
    const chosen = arrivalFeasibleMinimum(models);
    if (chosen === undefined) throw infeasible(scenario, task, models);
    const { name, weight } = task;
    const { energyJoules } = models[chosen];
    return { name, weight, probability: probabilities[i], energyJoules, models, chosen, task };
  });
  return { costs, tasks };
}

/** A fleet's tasks, each with one tolerance: a law over several is as many kinds, with shares of the weight. */
export function servedTasks({ tasks, routing }: FleetScenario): ServedTask[] {
  return tasks.flatMap((task, place): ServedTask[] => {
    const common = { ...task, place, slackSeconds: task.deadlineSeconds - routing.overheadSeconds };
    const { tolerance } = task;
    if (typeof tolerance === 'number') return [{ ...common, tolerance }];
    const shares = normalised(tolerance.weights);
    return tolerance.values.map((value, i) => {
      return { ...common, name: `${task.name}, ε ${value}`, weight: task.weight * shares[i], tolerance: value };
    });
  });
}

/** Odds of one attempt at a skill of a task on a model (eq. 45). */
export function oddsOf({ scaling }: Fleet, model: Model, task: DifficultyTask): SkillOdds {
  return skillOdds(scaling.steepness, frontierLoss(scaling, model.parameters), task.difficulty);
}

/** The profile of one task on model `index` of the fleet. */
export function modelProfile(
  scenario: FleetScenario,
  task: ServedTask,
  index: number,
  cost: ServiceCost,
): ModelProfile {
  const { fleet, slotSeconds } = scenario;
  const model = fleet.models[index];
  const odds = oddsOf(fleet, model, task);
  const tokens = tokenBudget(odds, task.skills, task.tokensPerSkill, task.tolerance);
  const latencySeconds = serviceTime(cost, tokens);
  const service = { latencySeconds, serviceSlots: serviceSlots(latencySeconds, slotSeconds) };
  return {
    model: model.name,
    successProbability: odds.success,
    tokens,
    energyJoules: serviceEnergy(cost, tokens),
    ...service,
    feasible: isInTime(scenario, service, task.slackSeconds),
    taskSuccessProbability: tokens === Infinity ? NaN : chainSuccess(odds, task.skills, task.tokensPerSkill, tokens),
  };
}

/** Whether a service that begins now ends in time (eq. 19): by its seconds, or by whole slots (section IV-B). */
export function isInTime(
  { routing, slotSeconds }: Scenario,
  service: Pick<ModelProfile, 'latencySeconds' | 'serviceSlots'>,
  slackSeconds: number,
): boolean {
  return routing.deadlineRule === 'slots'
    ? service.serviceSlots <= stepsWithin(slackSeconds, slotSeconds)
    : fitsInto(service.latencySeconds, slackSeconds);
}

/** Index of the feasible model of least energy, the first of equals (eqs. 20–22); undefined if none is feasible. */
function arrivalFeasibleMinimum(models: readonly ModelProfile[]): number | undefined {
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

function infeasible(scenario: FleetScenario, task: ServedTask, models: readonly ModelProfile[]): InputError {
  const field = `tasks[${task.place}].deadlineSeconds`;
  const { overheadSeconds, deadlineRule } = scenario.routing;
  const inSlots = (n: number): string =>
    deadlineRule === 'slots' ? ` in ${n} slots of ${scenario.slotSeconds} s` : '';
  const seconds = ({ latencySeconds: t, serviceSlots: n }: ModelProfile): string =>
    Number.isFinite(t) ? `${Number(t.toPrecision(4))} s${inSlots(n)}` : 'more tokens than any';
  const times = models.map((m) => `${m.model} ${seconds(m)}`).join(', ');
  const less = overheadSeconds === 0 ? '' : ` less ${overheadSeconds} s of routing`;
  return new InputError(
    `${field}: got ${task.deadlineSeconds} s${less} for task ${JSON.stringify(task.name)}, expected at least one model's time (${times}): ` +
      'no model can serve the task in time; give it a later deadline, more tolerance or a faster model',
    field,
  );
}
