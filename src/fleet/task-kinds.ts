/**
 * Arrivals as the tasks kernel draws them: each kind of task on each model that may serve it, with its probability, its
 * energy and how that energy is spread over the slots in service. The lumped walk needs none of it (`demand.ts` merges
 * equal energies).
 */
import { InputError } from '../errors.js';
import type { Scenario } from '../scenario/scenario.js';
import { routeProbabilities } from './demand.js';
import { serviceAt, triesLaw } from './dispatch.js';
import type { Service } from './dispatch.js';
import { energyProfile } from './service.js';
import type { TaskRow, TaskTable } from './task-table.js';

/** One kind of task on one model. */
export interface TaskKind {
  readonly task: string;
  /** Number of its type among the scenario's tasks. */
  readonly type: number;
  /** Whether it goes to its minimum and is served once; if not, its routing erred or its first try failed. */
  readonly isMain: boolean;
  /** Kinds that its type has at an error rate above 0. */
  readonly kindsOfType: number;
  /** The model's name; undefined where the energy was given outright. */
  readonly model: string | undefined;
  /** Probability that an arrival is of this kind and goes to this model; over all kinds they sum to 1. */
  readonly probability: number;
  /** Joules of all its tries, the dispatcher's overhead included. */
  readonly energyJoules: number;
  /** Joules burned in each service slot, the first of which is the slot of arrival; sums to `energyJoules`. */
  readonly profileJoules: Float64Array;
  /** Probability that its last try fails: 0 where another would have followed. Undefined where the energy was given. */
  readonly failureProbability?: number | undefined;
}

/** Slots that a service may last: what the engine keeps a path's future for. */
const MAXIMUM_SERVICE_SLOTS = 256;

/**
 * The kinds of a scenario at its error rate, by ascending energy, those of probability 0 left out. The dispatcher's
 * overhead burns in the first slot (it is spent when the task arrives) and its latency does not delay the service: it
 * shrinks the slack, no more. A task whose energy was given outright burns it all as it arrives.
 *
 * @param isLumped whether energy counts as tasks arrive alone, so that no slots need be told apart
 * @throws {InputError} where a service lasts more than 256 slots.
 */
export function taskKinds(scenario: Scenario, table: TaskTable, isLumped = false): TaskKind[] {
  const overhead = scenario.routing.overheadJoules;
  const kinds: TaskKind[] = [];
  for (const [type, row] of table.tasks.entries()) {
    if (row.chosen === undefined) {
      const energyJoules = row.energyJoules + overhead;
      const profileJoules = Float64Array.of(energyJoules);
      const { name: task, probability } = row;
      const alone = { type, isMain: true, kindsOfType: 1, model: undefined, failureProbability: undefined };
      kinds.push({ task, ...alone, probability, energyJoules, profileJoules });
      continue;
    }
    const shares = routeProbabilities(row, scenario.routing.errorRate);
    const services = row.models.map(({ feasible }, i) => (feasible ? serviceAt(scenario, table, row, i) : undefined));
    const kindsOfType = services.reduce((sum, service) => sum + (service?.mostTries ?? 0), 0);
    services.forEach((service, i) => {
      if (service === undefined || shares[i] === 0) return;
      const { model } = row.models[i];
      triesLaw(service).forEach((chance, r) => {
        const probability = row.probability * shares[i] * chance;
        if (probability === 0) return;
        const isMain = i === row.chosen && r === 0;
        const served = spentOn(scenario, table, row, { index: i, service, tries: r + 1, isLumped });
        const failureProbability = r === service.mostTries - 1 ? service.failureProbability : 0;
        const named = { task: row.name, type, isMain, kindsOfType, model, probability };
        kinds.push({ ...named, ...served, failureProbability });
      });
    });
  }
  return kinds.sort((a, b) => a.energyJoules - b.energyJoules);
}

/** A task on model `index` of the fleet, how it is served, and how often. */
interface Spending {
  readonly index: number;
  readonly service: Service;
  readonly tries: number;
  /** Whether its energy counts as it arrives alone. */
  readonly isLumped: boolean;
}

/**
 * What a task of this row burns when it is served so many times, one after the other, the
 * dispatcher's overhead in its first slot. Where that is all that counts and its slots would be too many, they are one.
 *
 * @throws {InputError} where its services last more than 256 slots.
 */
export function spentOn(
  scenario: Scenario,
  table: TaskTable,
  row: TaskRow,
  { index, service, tries, isLumped }: Spending,
): Pick<TaskKind, 'energyJoules' | 'profileJoules'> {
  const { routing, slotSeconds } = scenario;
  const energyJoules = tries * service.energyJoules + routing.overheadJoules;
  const slots = tries * service.serviceSlots;
  if (tries > 1 && isLumped && slots > MAXIMUM_SERVICE_SLOTS) {
    return { energyJoules, profileJoules: Float64Array.of(energyJoules) };
  }
  if (slots > MAXIMUM_SERVICE_SLOTS) {
    const times = tries === 1 ? '' : `${tries} times, `;
    const fewer = tries === 1 ? '' : ' or fewer retries (routing.retries.most)';
    throw new InputError(
      `slotSeconds: got ${slotSeconds} s, in which task ${JSON.stringify(row.name)} on ` +
        `${JSON.stringify(row.models[index].model)} is served ${times}for ${slots} slots; expected at most ${MAXIMUM_SERVICE_SLOTS}: take longer slots${fewer}`,
      'slotSeconds',
    );
  }
  const once = energyProfile(table.costs[index], service.tokens, slotSeconds);
  const profileJoules = Float64Array.from({ length: slots }, (_, j) => once[j % once.length]);
  profileJoules[0] += routing.overheadJoules;
  return { energyJoules, profileJoules };
}
