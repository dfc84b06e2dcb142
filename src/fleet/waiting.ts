/**
 * Tasks that may wait (eqs. 18–20 at later slots): for each class of arrivals, what serving it costs after each number of slots waited. A
 * class is a kind of task with the outcome of its routing error, which is drawn as the task arrives: so policies that dispatch the same
 * task at different times see the same draws. How long a task waits is the policy's business, not this file's.
 */
import { InputError } from '../errors.js';
import type { FleetScenario, Scenario } from '../scenario/scenario.js';
import { serviceOf } from './task-kinds.js';
import { slackAtArrival } from './task-table.js';
import type { TaskRow, TaskTable } from './task-table.js';

/** What serving a task costs that is dispatched now. */
export interface WaitingOption {
  /** The model's name; undefined where the energy was given outright. */
  readonly model: string | undefined;
  /** Joules, the dispatcher's overhead included. */
  readonly energyJoules: number;
  /** Joules burned in each service slot, the first of which is the slot of dispatch; sums to `energyJoules`. */
  readonly profileJoules: Float64Array;
}

/** Arrivals of one kind of task with one outcome of the routing error. */
export interface WaitingClass {
  readonly task: string;
  /** Number of its type among the scenario's tasks. */
  readonly type: number;
  /** Classes that its type has at an error rate above 0. */
  readonly classesOfType: number;
  /** 0: routed to its minimum. From 1: misrouted, to which of the other feasible models the rank says. */
  readonly rank: number;
  /** Probability that an arrival is of this class; over all classes they sum to 1. */
  readonly probability: number;
  /** Most slots that a task of this class may wait. */
  readonly mostWait: number;
  /** By slots waited, length `mostWait + 1`. Waits that dispatch to one model share one object. */
  readonly options: readonly WaitingOption[];
  /**
   * Joules that a task of this kind burns at least, whenever it is dispatched and to whichever feasible model. Where a task's whole energy
   * counts in the slot of its dispatch, consumption up to the end of slot t is at least the sum of these over the tasks that had to be
   * dispatched by then (arrival slot + mostWait ≤ t): the consumption of the latest feasible minimum-energy dispatch. Dispatching at
   * `mostWait` attains it where no task is misrouted and minima do not depend on slack. Feasible models only drop out as slack shrinks, so
   * this is the minimum at arrival. Spread over the slots in service it holds for no single number: see `leastBurned`.
   */
  readonly latestBoundJoules: number;
}

/** Slots that a task may wait at most, whatever its deadline: what the engine's queue keeps apart. Longer waits are cut to it. */
export const MAXIMUM_WAIT_SLOTS = 1023;

/** Classes that one task's routing errors may make. */
const MAXIMUM_RANKS = 2520;

/**
 * The waiting classes of a scenario at its error rate η, in the order of its tasks and by rank, those of probability 0 left out.
 *
 * A task that has waited w slots has slack deadline − wΔ − τ_φ; feasible are the models whose latency fits, and its minimum is the one of
 * least energy among them, the first of equals. It may wait as long as some model is feasible, at most `maximumWaitSlots`. A task whose
 * energy was given outright costs the same whenever it is dispatched and may wait its `patienceSlots`.
 *
 * With probability 1 − η an arrival is of rank 0 and goes to its minimum. Else its rank is uniform on 1..L, and with n feasible models
 * other than the minimum it goes to number (rank − 1) mod n of them, in the fleet's order, or to the minimum where n = 0. L is the least
 * common multiple of all the n > 0 that the task may meet, so that the choice is uniform whenever it is made. A task that never has another
 * feasible model has rank 0 alone. At wait 0 this is the mix of `taskKinds`.
 *
 * @param maximumWaitSlots whole, ≥ 0; more than 1023 is taken for 1023.
 * @throws {InputError} where a service lasts more than 256 slots, or a task's errors make more than 2520 classes.
 */
export function waitingClasses(
  scenario: Scenario,
  table: TaskTable,
  maximumWaitSlots = MAXIMUM_WAIT_SLOTS,
): WaitingClass[] {
  const most = Math.min(maximumWaitSlots, MAXIMUM_WAIT_SLOTS);
  const classes =
    scenario.fleet === undefined
      ? scenario.tasks.map((task, i): WaitingClass => {
          const energyJoules = task.energyJoules + scenario.routing.overheadJoules;
          const option = { model: undefined, energyJoules, profileJoules: Float64Array.of(energyJoules) };
          const mostWait = Math.min(task.patienceSlots ?? 0, most);
          const options = new Array<WaitingOption>(mostWait + 1).fill(option);
          const { name, probability } = table.tasks[i];
          const alone = { type: i, classesOfType: 1, rank: 0 };
          return { task: name, ...alone, probability, mostWait, options, latestBoundJoules: energyJoules };
        })
      : table.tasks.flatMap((row, i) => fleetClasses(scenario, table, row, i, most));
  return classes.filter((c) => c.probability > 0);
}

/** The classes of one kind of task on a fleet. */
function fleetClasses(
  scenario: FleetScenario,
  table: TaskTable,
  row: TaskRow,
  index: number,
  maximumWaitSlots: number,
): WaitingClass[] {
  const { errorRate } = scenario.routing;
  const routes = routesByWait(scenario, row, slackAtArrival(scenario, scenario.tasks[index]), maximumWaitSlots);
  const ranks = routes.map((r) => r.others.length).reduce((l, n) => (n === 0 ? l : leastCommonMultiple(l, n)), 1);
  const mayErr = routes[0].others.length > 0;
  const misroutes = errorRate > 0 && mayErr;
  if (misroutes && ranks > MAXIMUM_RANKS) {
    throw new InputError(
      `tasks[${index}]: got up to ${routes[0].others.length} feasible models besides the minimum, which task ${JSON.stringify(row.name)} loses ` +
        `one by one as it waits: ${ranks} ways to be misrouted, expected at most ${MAXIMUM_RANKS}: take fewer models or a shorter wait`,
      `tasks[${index}]`,
    );
  }
  const services = new Map<number, WaitingOption>();
  const serve = (model: number): WaitingOption => {
    const option = services.get(model) ?? { model: row.models[model].model, ...serviceOf(scenario, table, row, model) };
    services.set(model, option);
    return option;
  };
  const classOf = (rank: number, probability: number): WaitingClass => ({
    task: row.name,
    type: index,
    classesOfType: mayErr ? ranks + 1 : 1,
    rank,
    probability,
    mostWait: routes.length - 1,
    options: probability === 0 ? [] : routes.map((r) => serve(routed(r, rank))),
    latestBoundJoules: row.energyJoules + scenario.routing.overheadJoules,
  });
  if (!misroutes) return [classOf(0, row.probability)];
  const share = (row.probability * errorRate) / ranks;
  return Array.from({ length: ranks + 1 }, (_, rank) =>
    classOf(rank, rank === 0 ? row.probability * (1 - errorRate) : share),
  );
}

/** Where a task may go after some wait: indices into the fleet's models. */
interface Routes {
  readonly minimum: number;
  /** Feasible models other than the minimum, in the fleet's order. */
  readonly others: readonly number[];
}

/** By slots waited, as long as some model is feasible. Feasible at arrival is taken from the table, which saw to it that some model is. */
function routesByWait(scenario: Scenario, row: TaskRow, slackSeconds: number, maximumWaitSlots: number): Routes[] {
  const routes: Routes[] = [];
  let feasible = row.models.flatMap((m, i) => (m.feasible ? [i] : []));
  while (feasible.length > 0 && routes.length <= maximumWaitSlots) {
    const minimum = feasible.reduce((best, i) =>
      row.models[i].energyJoules < row.models[best].energyJoules ? i : best,
    );
    routes.push({ minimum, others: feasible.filter((i) => i !== minimum) });
    const slack = slackSeconds - routes.length * scenario.slotSeconds;
    feasible = feasible.filter((i) => row.models[i].latencySeconds <= slack);
  }
  return routes;
}

const routed = ({ minimum, others }: Routes, rank: number): number =>
  rank === 0 || others.length === 0 ? minimum : others[(rank - 1) % others.length];

function leastCommonMultiple(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y > 0) [x, y] = [y, x % y];
  return (a / x) * b;
}

/**
 * Joules that a task of this class has burned at least by the end of the j-th slot after its arrival, j from 0, where energy is spread over
 * the slots in service: the least over all waits. From the last entry on it stays. Summed over arrivals it bounds the consumption of every
 * dispatch from below; dispatching at `mostWait` attains it where the class's model does not depend on the wait.
 */
export function leastBurned({ mostWait, options }: WaitingClass): Float64Array {
  const longest = options.reduce((l, o) => Math.max(l, o.profileJoules.length), 0);
  const least = new Float64Array(mostWait + longest).fill(Infinity);
  options.forEach(({ profileJoules, energyJoules }, wait) => {
    let burned = 0;
    for (let j = 0; j < least.length; j++) {
      const served = j - wait;
      if (served >= profileJoules.length) burned = energyJoules;
      else if (served >= 0) burned += profileJoules[served];
      least[j] = Math.min(least[j], burned);
    }
  });
  return least;
}
