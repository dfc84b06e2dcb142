/**
 * Arrivals as the tasks kernel draws them: each kind of task on each model that may serve it, with its probability, its energy and how that
 * energy is spread over the slots in service. The lumped walk needs none of it (`demand.ts` merges equal energies).
 */
import { InputError } from '../errors.js';
import type { Scenario } from '../scenario/scenario.js';
import { routeProbabilities } from './demand.js';
import { energyProfile } from './service.js';
import type { TaskRow, TaskTable } from './task-table.js';

/** One kind of task on one model. */
export interface TaskKind {
  readonly task: string;
  /** Number of its type among the scenario's tasks. */
  readonly type: number;
  /** Whether it goes to its minimum; if not, its routing erred. */
  readonly isMain: boolean;
  /** Kinds that its type has at an error rate above 0. */
  readonly kindsOfType: number;
  /** The model's name; undefined where the energy was given outright. */
  readonly model: string | undefined;
  /** Probability that an arrival is of this kind and goes to this model; over all kinds they sum to 1. */
  readonly probability: number;
  /** Joules, the dispatcher's overhead included. */
  readonly energyJoules: number;
  /** Joules burned in each service slot, the first of which is the slot of arrival; sums to `energyJoules`. */
  readonly profileJoules: Float64Array;
}

/** Slots that a service may last: what the engine keeps a path's future for. */
export const MAXIMUM_SERVICE_SLOTS = 256;

/**
 * The kinds of a scenario at its error rate, by ascending energy, those of probability 0 left out. The dispatcher's overhead burns in the
 * first slot (it is spent when the task arrives) and its latency does not delay the service: it shrinks the slack, no more. A task whose
 * energy was given outright burns it all as it arrives.
 *
 * @throws {InputError} where a service lasts more than 256 slots.
 */
export function taskKinds(scenario: Scenario, table: TaskTable): TaskKind[] {
  const overhead = scenario.routing.overheadJoules;
  const kinds: TaskKind[] = [];
  for (const [type, row] of table.tasks.entries()) {
    if (row.chosen === undefined) {
      const energyJoules = row.energyJoules + overhead;
      const profileJoules = Float64Array.of(energyJoules);
      const { name: task, probability } = row;
      const alone = { type, isMain: true, kindsOfType: 1, model: undefined };
      kinds.push({ task, ...alone, probability, energyJoules, profileJoules });
      continue;
    }
    const shares = routeProbabilities(row, scenario.routing.errorRate);
    const kindsOfType = row.models.filter(({ feasible }) => feasible).length;
    row.models.forEach((profile, i) => {
      const probability = row.probability * shares[i];
      if (probability === 0) return;
      const { energyJoules, profileJoules } = serviceOf(scenario, table, row, i);
      const { model } = profile;
      const isMain = i === row.chosen;
      kinds.push({ task: row.name, type, isMain, kindsOfType, model, probability, energyJoules, profileJoules });
    });
  }
  return kinds.sort((a, b) => a.energyJoules - b.energyJoules);
}

/**
 * What a task of this row burns on model `index` of the fleet, the dispatcher's overhead in its first slot.
 *
 * @throws {InputError} where the service lasts more than 256 slots.
 */
export function serviceOf(
  scenario: Scenario,
  table: TaskTable,
  row: TaskRow,
  index: number,
): Pick<TaskKind, 'energyJoules' | 'profileJoules'> {
  const profile = row.models[index];
  if (profile.serviceSlots > MAXIMUM_SERVICE_SLOTS) {
    throw new InputError(
      `slotSeconds: got ${scenario.slotSeconds} s, in which task ${JSON.stringify(row.name)} on ${JSON.stringify(profile.model)} is served ` +
        `for ${profile.serviceSlots} slots; expected at most ${MAXIMUM_SERVICE_SLOTS}: take longer slots`,
      'slotSeconds',
    );
  }
  const profileJoules = energyProfile(table.costs[index], profile.tokens, scenario.slotSeconds);
  profileJoules[0] += scenario.routing.overheadJoules;
  return { energyJoules: profile.energyJoules + scenario.routing.overheadJoules, profileJoules };
}
