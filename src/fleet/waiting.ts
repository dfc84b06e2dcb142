/**
 * Tasks that may wait (eqs. 18–20 at later slots): for each class of arrivals, what serving it costs after each number
 * of slots waited. A class is a kind of task with the outcomes of its routing error and, where tasks that failed are
 * served again, of its tries, both drawn as the task arrives: so policies that dispatch the same task at different
 * times see the same draws. How long a task waits is the policy's business, not this file's.
 */
import { InputError } from '../errors.js';
import { commonMultiple } from '../numeric/whole.js';
import type { FleetScenario, Scenario } from '../scenario/scenario.js';
import { serviceAt } from './dispatch.js';
import type { Service } from './dispatch.js';
import { spentOn } from './task-kinds.js';
import { isInTime } from './task-table.js';
import type { TaskRow, TaskTable } from './task-table.js';

/** What serving a task costs that is dispatched now. */
export interface WaitingOption {
  /** The model's name; undefined where the energy was given outright. */
  readonly model: string | undefined;
  /** Joules of all its tries, the dispatcher's overhead included. */
  readonly energyJoules: number;
  /** Joules burned in each service slot, the first of which is the slot of dispatch; sums to `energyJoules`. */
  readonly profileJoules: Float64Array;
  /** Probability that its last try fails: 0 where another would have followed. Undefined where the energy was given. */
  readonly failureProbability: number | undefined;
}

/** Arrivals of one kind of task with one outcome of the routing error. */
export interface WaitingClass {
  readonly task: string;
  /** Number of its type among the scenario's tasks. */
  readonly type: number;
  /** Classes that its type has at an error rate above 0. */
  readonly classesOfType: number;
  /**
   * 0: routed to its minimum and served once. From 1: misrouted, to which of the other feasible models the rank says,
   * or served again; each stretch of tries has ranks of its own.
   */
  readonly rank: number;
  /** Probability that an arrival is of this class; over all classes they sum to 1. */
  readonly probability: number;
  /** Most slots that a task of this class may wait. */
  readonly mostWait: number;
  /** By slots waited, length `mostWait + 1`. Waits after which a task is served alike share one object. */
  readonly options: readonly WaitingOption[];
  /**
   * Joules that a task of this kind burns at least, whenever it is dispatched and to whichever feasible model. Where a
   * task's whole energy counts in the slot of its dispatch, consumption up to the end of slot t is at least the sum of
   * these over the tasks that had to be dispatched by then (arrival slot + mostWait ≤ t): the consumption of the latest
   * feasible minimum-energy dispatch. Dispatching at `mostWait` attains it where no task is misrouted and minima do not
   * depend on slack. Feasible models only drop out as slack shrinks, so this is the minimum at arrival. Spread over the
   * slots in service it holds for no single number.
   */
  readonly latestBoundJoules: number;
}

/** Most slots that a task may wait, which the engine's queue keeps apart. Longer waits are cut to it. */
export const MAXIMUM_WAIT_SLOTS = 1023;

/** Classes that one task's routing errors may make. */
const MAXIMUM_RANKS = 2520;

/**
 * The waiting classes of a scenario at its error rate η, in the order of its tasks and by rank, those of probability 0
 * left out.
 *
 * A task that has waited w slots has slack deadline − wΔ − τ_φ; feasible are the models whose latency fits (by the
 * scenario's rule), and its minimum is the one of least energy among them, the first of equals. It may wait as long as
 * some model is feasible, at most `maximumWaitSlots`. A task whose energy was given outright costs the same whenever it
 * is dispatched and may wait its `patienceSlots`.
 *
 * With probability 1 − η an arrival is of rank 0 and goes to its minimum. Else its rank is uniform on 1..L, and with n
 * feasible models other than the minimum it goes to number (rank − 1) mod n of them, in the fleet's order, or to the
 * minimum where n = 0. L is the least common multiple of all the n > 0 that the task may meet, so that the choice is
 * uniform whenever it is made. A task that never has another feasible model has rank 0 alone. At wait 0 this is the mix
 * of `taskKinds`.
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
          const profileJoules = Float64Array.of(energyJoules);
          const option = { model: undefined, energyJoules, profileJoules, failureProbability: undefined };
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
  type: number,
  maximumWaitSlots: number,
): WaitingClass[] {
  const { errorRate, retries, overheadJoules } = scenario.routing;
  const routes = routesByWait(scenario, row, maximumWaitSlots);
  const ranks = routes.map((r) => r.others.length).reduce((l, n) => (n === 0 ? l : commonMultiple(l, n)), 1);
  const mayErr = routes[0].others.length > 0;
  const misroutes = errorRate > 0 && mayErr;
  if (misroutes && ranks > MAXIMUM_RANKS) throw tooManyRanks(row, routes[0].others.length, ranks);
  const served = new ServedByWait(scenario, table, row);
  const routesOf = mayErr ? ranks + 1 : 1;
  // One stretch where no tries are drawn, whatever the rank.
  const stretchesOf = (rank: number): readonly number[] =>
    retries === undefined ? [1] : served.stretches(routes.map((r) => routed(r, rank)));
  const classesOfType =
    retries === undefined
      ? routesOf
      : Array.from({ length: routesOf }, (_, rank) => stretchesOf(rank).length).reduce((a, b) => a + b, 0);
  const classesAt = (rank: number, probability: number): WaitingClass[] =>
    stretchesOf(rank).map((above, k, ends) => {
      const below = ends[k + 1] ?? 0;
      return {
        task: row.name,
        type,
        classesOfType,
        rank: k * routesOf + rank,
        probability: probability * (above - below),
        mostWait: routes.length - 1,
        options: probability === 0 ? [] : routes.map((r, wait) => served.option(routed(r, rank), wait, below)),
        latestBoundJoules: row.energyJoules + overheadJoules,
      };
    });
  if (!misroutes) return classesAt(0, row.probability);
  const share = (row.probability * errorRate) / ranks;
  return Array.from({ length: ranks + 1 }, (_, rank) =>
    classesAt(rank, rank === 0 ? row.probability * (1 - errorRate) : share),
  ).flat();
}

function tooManyRanks(row: TaskRow, others: number, ranks: number): InputError {
  const field = `tasks[${row.task?.place ?? 0}]`;
  return new InputError(
    `${field}: got up to ${others} feasible models besides the minimum, which task ${JSON.stringify(row.name)} loses ` +
      `one by one as it waits: ${ranks} ways to be misrouted, expected at most ${MAXIMUM_RANKS}: ` +
      'take fewer models or a shorter wait',
    field,
  );
}

/**
 * How one kind of task is served after each wait, each way once. One uniform variable says how often, whatever the
 * wait: more than r times where it is below the probability of that. Where fewer tries fit into the time that is left,
 * the last of them stands for the rest.
 */
class ServedByWait {
  private readonly services = new Map<string, TriedService>();
  private readonly options = new Map<string, WaitingOption>();

  constructor(
    private readonly scenario: FleetScenario,
    private readonly table: TaskTable,
    private readonly row: TaskRow,
  ) {}

  /** Where the number of tries changes, after any wait: ends of stretches, from 1 down. `models`: by wait. */
  stretches(models: readonly number[]): number[] {
    const ends = new Set<number>([1]);
    models.forEach((model, wait) => {
      for (const end of this.service(model, wait).chancesOfMore) ends.add(end);
    });
    return [...ends].sort((a, b) => b - a);
  }

  /** @param below lower end of a stretch */
  option(model: number, wait: number, below: number): WaitingOption {
    const service = this.service(model, wait);
    const tries = 1 + service.chancesOfMore.filter((chance) => chance > below).length;
    const key = `${model} ${service.tokens} ${service.mostTries} ${tries}`;
    const known = this.options.get(key);
    if (known !== undefined) return known;
    const isLumped = this.scenario.accounting === 'lumped';
    const option: WaitingOption = {
      model: this.row.models[model].model,
      ...spentOn(this.scenario, this.table, this.row, { index: model, service, tries, isLumped }),
      failureProbability: tries === service.mostTries ? service.failureProbability : 0,
    };
    this.options.set(key, option);
    return option;
  }

  private service(model: number, wait: number): TriedService {
    const { thinking, retries } = this.scenario.routing;
    // Only what fits into the time left depends on the wait.
    const key = thinking === undefined && retries === undefined ? String(model) : `${model} ${wait}`;
    const known = this.services.get(key);
    if (known !== undefined) return known;
    const once = serviceAt(this.scenario, this.table, this.row, model, wait);
    const service = { ...once, chancesOfMore: chancesOfMore(once) };
    this.services.set(key, service);
    return service;
  }
}

/** A service with the probabilities of more than one try, more than two, …: descending, those of 0 left out. */
interface TriedService extends Service {
  readonly chancesOfMore: readonly number[];
}

function chancesOfMore({ failureProbability, mostTries }: Service): number[] {
  let chance = 1;
  return Array.from({ length: mostTries - 1 }, () => (chance *= failureProbability)).filter((c) => c > 0);
}

/** Where a task may go after some wait: indices into the fleet's models. */
interface Routes {
  readonly minimum: number;
  /** Feasible models other than the minimum, in the fleet's order. */
  readonly others: readonly number[];
}

/** By slots waited, as long as some model is feasible; at arrival as the table has it. */
function routesByWait(scenario: FleetScenario, row: TaskRow, maximumWaitSlots: number): Routes[] {
  const slackSeconds = row.task?.slackSeconds ?? 0;
  const routes: Routes[] = [];
  let feasible = row.models.flatMap((m, i) => (m.feasible ? [i] : []));
  while (feasible.length > 0 && routes.length <= maximumWaitSlots) {
    const minimum = feasible.reduce((best, i) =>
      row.models[i].energyJoules < row.models[best].energyJoules ? i : best,
    );
    routes.push({ minimum, others: feasible.filter((i) => i !== minimum) });
    const slack = slackSeconds - routes.length * scenario.slotSeconds;
    feasible = feasible.filter((i) => isInTime(scenario, row.models[i], slack));
  }
  return routes;
}

const routed = ({ minimum, others }: Routes, rank: number): number =>
  rank === 0 || others.length === 0 ? minimum : others[(rank - 1) % others.length];
