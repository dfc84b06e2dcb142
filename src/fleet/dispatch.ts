/**
 * How a task is served that is dispatched to a model (eqs. 2–6): how long it thinks, how likely it then fails, and how
 * often it is served again. The least that meets its tolerance is in the task table; a router may ask for more.
 */
import { InputError } from '../errors.js';
import { MAXIMUM_RETRIES } from '../scenario/service-schema.js';
import type { Scenario } from '../scenario/scenario.js';
import { stepsWithin } from '../numeric/whole.js';
import { serviceEnergy, serviceSlots, serviceTime, tokensAfter } from './service.js';
import type { ServiceCost } from './service.js';
import { chainFailure } from './success.js';
import { oddsOf } from './task-table.js';
import type { ServedTask, TaskRow, TaskTable } from './task-table.js';
import { tokenBudget } from './token-budget.js';

/** One service of a task on a model. */
export interface Service {
  /** Tokens that it thinks, real; at least k* of eq. 42. */
  readonly tokens: number;
  readonly energyJoules: number;
  readonly latencySeconds: number;
  readonly serviceSlots: number;
  /** 1 − P at these tokens (eqs. 4, 44). */
  readonly failureProbability: number;
  /** Times that it is served at most: 1 where failures are left as they are. */
  readonly mostTries: number;
}

/**
 * The service of a task on model `index` of the fleet, dispatched after so many slots. It is feasible there.
 *
 * @throws {InputError} where tries without limit would be too many to be told apart.
 */
export function serviceAt(
  scenario: Scenario,
  { costs }: TaskTable,
  { task, models }: TaskRow,
  index: number,
  waitSlots = 0,
): Service {
  const { fleet, slotSeconds, routing } = scenario;
  if (task === undefined || fleet === undefined) {
    throw new RangeError('tasks: got a task that gives its energy, expected one that a fleet serves');
  }
  const least = models[index];
  const slack = task.slackSeconds - waitSlots * slotSeconds;
  const odds = oddsOf(fleet, fleet.models[index], task);
  const wanted = routing.thinking === undefined ? least.tokens : wantedTokens(scenario, task, index, least.tokens);
  const once = wanted <= least.tokens ? least : longer(costs[index], wanted, slack, scenario, least.tokens);
  const failureProbability = chainFailure(odds, task.skills, task.tokensPerSkill, once.tokens);
  const { tokens, energyJoules, latencySeconds, serviceSlots: slots } = once;
  const service = { tokens, energyJoules, latencySeconds, serviceSlots: slots, failureProbability };
  return { ...service, mostTries: mostTries(scenario, task, service, slack) };
}

/** Tokens that the router asks for, whatever the deadline; Infinity where no number of tokens is enough. */
function wantedTokens({ fleet, routing }: Scenario, task: ServedTask, index: number, least: number): number {
  const { thinking } = routing;
  if (thinking === undefined || fleet === undefined) return least;
  if ('factor' in thinking) return least * thinking.factor;
  if (thinking.tolerance >= task.tolerance) return least;
  return tokenBudget(oddsOf(fleet, fleet.models[index], task), task.skills, task.tokensPerSkill, thinking.tolerance);
}

/** More tokens than the least, as far as they are done in time. */
function longer(
  cost: ServiceCost,
  wanted: number,
  slackSeconds: number,
  { slotSeconds, routing }: Scenario,
  least: number,
): Pick<Service, 'tokens' | 'energyJoules' | 'latencySeconds' | 'serviceSlots'> {
  const left = routing.deadlineRule === 'slots' ? stepsWithin(slackSeconds, slotSeconds) * slotSeconds : slackSeconds;
  const tokens = Math.max(least, Math.min(wanted, tokensAfter(cost, Math.max(0, left))));
  const latencySeconds = serviceTime(cost, tokens);
  return {
    tokens,
    energyJoules: serviceEnergy(cost, tokens),
    latencySeconds,
    serviceSlots: serviceSlots(latencySeconds, slotSeconds),
  };
}

/** What is left of a probability after so many halvings is next to nothing beside any of 2^−32. */
const HALVINGS = 70;

/** A try begins in the slot after the one before it has ended: its outcome is known then. */
function mostTries(
  { routing: { retries, deadlineRule }, slotSeconds }: Scenario,
  task: ServedTask,
  { latencySeconds, serviceSlots: slots, failureProbability: failure }: Omit<Service, 'mostTries'>,
  slackSeconds: number,
): number {
  if (retries === undefined || failure === 0) return 1;
  const inTime =
    retries.deadline === 'ignore'
      ? Infinity
      : deadlineRule === 'slots'
        ? stepsWithin(stepsWithin(slackSeconds, slotSeconds), slots)
        : 1 + Math.max(0, stepsWithin(slackSeconds - latencySeconds, slots * slotSeconds));
  const asked = retries.most === 'unlimited' ? Math.ceil((-HALVINGS * Math.LN2) / Math.log(failure)) : retries.most + 1;
  const most = Math.max(1, Math.min(inTime, asked));
  if (most <= MAXIMUM_RETRIES + 1) return most;
  throw new InputError(
    `routing.retries.most: got "unlimited" with task ${JSON.stringify(task.name)}, which fails with probability ` +
      `${Number(failure.toPrecision(6))}, expected a number of at most ${MAXIMUM_RETRIES}`,
    'routing.retries.most',
  );
}

/** Probabilities that a task is served once, twice, …, `mostTries` times; they sum to 1. */
export function triesLaw({ failureProbability, mostTries: most }: Service): Float64Array {
  const law = new Float64Array(most);
  let reached = 1;
  for (let r = 0; r < most; r++) {
    law[r] = r === most - 1 ? reached : reached * (1 - failureProbability);
    reached *= failureProbability;
  }
  return law;
}

/** E[tries] = (1 − q^R)/(1 − q): 1 + q + … + q^(R−1). */
export function meanTries({ failureProbability, mostTries: most }: Service): number {
  let sum = 0;
  let reached = 1;
  for (let r = 0; r < most; r++) {
    sum += reached;
    reached *= failureProbability;
  }
  return sum;
}

/** Probability that all tries fail: q^R. */
export function lastFailure({ failureProbability, mostTries: most }: Service): number {
  return failureProbability ** most;
}
