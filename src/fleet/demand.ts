/**
 * From the task table to the walk's law of one slot (docs/model.md section 2): how routing and its errors mix the
 * energies of tasks, and what harvest the scenario asks for. Lumped accounting: a task's whole energy falls in the
 * slot of its arrival.
 */
import { InputError } from '../errors.js';
import type { Excess, Scenario } from '../scenario/scenario.js';
import { lastFailure, meanTries, serviceAt, triesLaw } from './dispatch.js';
import { traceMoments } from './trace-moments.js';
import type { TaskRow, TaskTable } from './task-table.js';
import type { DemandLaw, HarvestLaw } from './walk-law.js';
import { consumptionCumulant } from './walk-law.js';

/**
 * Probability with which a task of this row goes to each model: 1 − η to its minimum and η spread evenly over the other
 * feasible models; all to the minimum where there is no other. Length of `row.models`.
 */
export function routeProbabilities(row: TaskRow, errorRate: number): Float64Array {
  const shares = new Float64Array(row.models.length);
  if (row.chosen === undefined) return shares;
  const others = row.models.filter((m, i) => m.feasible && i !== row.chosen).length;
  row.models.forEach((m, i) => {
    if (i === row.chosen) shares[i] = others === 0 ? 1 : 1 - errorRate;
    else if (m.feasible) shares[i] = errorRate / others;
  });
  return shares;
}

/**
 * Demand of one slot at an error rate: the mix of energies, each as often as a task is served, with the dispatcher's
 * overhead once; equal energies are merged.
 *
 * @throws {InputError} as `serviceAt` does
 */
export function demandLaw(scenario: Scenario, table: TaskTable, errorRate = scenario.routing.errorRate): DemandLaw {
  const overhead = scenario.routing.overheadJoules;
  const mix = new Map<number, number>();
  const add = (energy: number, probability: number): void => {
    if (probability > 0) mix.set(energy + overhead, (mix.get(energy + overhead) ?? 0) + probability);
  };
  for (const row of table.tasks) {
    if (row.chosen === undefined) {
      add(row.energyJoules, row.probability);
      continue;
    }
    const shares = routeProbabilities(row, errorRate);
    shares.forEach((share, i) => {
      if (share === 0) return;
      const service = serviceAt(scenario, table, row, i);
      triesLaw(service).forEach((chance, r) => {
        add((r + 1) * service.energyJoules, row.probability * share * chance);
      });
    });
  }
  const sorted = [...mix].sort(([a], [b]) => a - b);
  const total = sorted.reduce((sum, [, p]) => sum + p, 0);
  const { ratePerSlot, dispersion = 1 } = scenario.arrivals;
  return {
    ratePerSlot,
    ...(dispersion === 1 ? {} : { dispersion }),
    energiesJoules: Float64Array.from(sorted, ([energy]) => energy),
    probabilities: Float64Array.from(sorted, ([, p]) => p / total),
  };
}

/** Mean and variance of what a slot brings or takes: joules and joules². */
export interface Moments {
  readonly mean: number;
  readonly variance: number;
}

/** Mean and variance of one slot's demand: λE[e] joules and, of Poisson counts, λE[e²] joules² (eqs. 27–29). */
export function demandMoments(demand: DemandLaw): Moments {
  return {
    mean: consumptionCumulant(demand, 1),
    variance: consumptionCumulant(demand, 2),
  };
}

/** A scenario whose router burns nothing beyond the least but what is named. */
export function withExcess(scenario: Scenario, kept: readonly Excess[]): Scenario {
  const { errorRate, overheadJoules, overheadSeconds, thinking, retries, ...others } = scenario.routing;
  const routing = {
    ...others,
    errorRate: kept.includes('errors') ? errorRate : 0,
    overheadJoules: kept.includes('overhead') ? overheadJoules : 0,
    overheadSeconds: kept.includes('overhead') ? overheadSeconds : 0,
    ...(kept.includes('thinking') && thinking !== undefined ? { thinking } : {}),
    ...(kept.includes('retries') && retries !== undefined ? { retries } : {}),
  };
  return { ...scenario, routing };
}

/**
 * The harvest that the scenario asks for, in a slot of factor 1: what profiles, weather and correlation do to it is in
 * `harvest-process.ts`. Of a trace, the Gamma law of its mean and variance, which stands for it where a law of one slot
 * is asked for.
 *
 * @param sizedFor mean and variance of the demand that `critical`, `matched` and `timesDemand` refer to
 * @throws {InputError} if mean and variance make no Gamma law that doubles can hold.
 */
export function harvestLaw({ harvest, slotSeconds }: Scenario, sizedFor: () => Moments): HarvestLaw {
  if ('shape' in harvest) return { shape: harvest.shape, scaleJoules: harvest.scaleJoules };
  const demand = sizedFor();
  const trace = 'trace' in harvest ? traceMoments(harvest.trace, slotSeconds) : undefined;
  const own = trace?.mean ?? demand.mean;
  const { mean = own } = harvest;
  let joules: number;
  if (mean === 'critical') joules = demand.mean;
  else if (typeof mean === 'number') joules = mean;
  else joules = mean.timesDemand * demand.mean;
  const asked = 'variance' in harvest ? harvest.variance : (trace?.variance ?? 0) * (joules / own) ** 2;
  const variance = asked === 'matched' ? demand.variance : asked;
  const law = { shape: (joules / variance) * joules, scaleJoules: variance / joules };
  if (!(law.shape > 0 && law.scaleJoules > 0 && law.shape < Infinity && law.scaleJoules < Infinity)) {
    throw new InputError(
      `harvest: got mean ${joules} J and variance ${variance} J², expected a Gamma law with finite positive shape and scale`,
      'harvest',
    );
  }
  return law;
}

/** Mean joules that a task burns on a model, without the dispatcher's overhead. */
export type JoulesOn = (row: TaskRow, model: number) => number;

/** The least on each model (eq. 20). */
const leastOn: JoulesOn = (row, model) => row.models[model].energyJoules;

/** As the scenario's router has tasks think and serves them again: Infinity where a model is late. */
export function joulesOn(scenario: Scenario, table: TaskTable): JoulesOn {
  return (row, model) => {
    if (!row.models[model].feasible) return Infinity;
    const service = serviceAt(scenario, table, row, model);
    return meanTries(service) * service.energyJoules;
  };
}

/** E[excess]: mean joules of a misrouted task above its minimum; drift falls by λ η times this. */
export function meanExcessJoules(table: TaskTable, joules = leastOn): number {
  let sum = 0;
  for (const row of table.tasks) {
    const { chosen } = row;
    if (chosen === undefined) continue;
    routeProbabilities(row, 1).forEach((share, i) => {
      if (share > 0 && i !== chosen) sum += row.probability * share * (joules(row, i) - joules(row, chosen));
    });
  }
  return sum;
}

/** How one kind of task fares if it is dispatched as it arrives, over its routing. */
export interface Outcome {
  /** Probability that it fails, and all tries after that too (eqs. 4, 5). */
  readonly failureProbability: number;
  /** Mean times that it is served. */
  readonly meanTries: number;
  /** Mean joules that it burns, the dispatcher's overhead included. */
  readonly meanJoules: number;
}

/** By kind of task, in the table's order; undefined where energies are given, and with them no success. */
export function outcomes(scenario: Scenario, table: TaskTable): readonly Outcome[] | undefined {
  if (scenario.fleet === undefined) return undefined;
  const { errorRate, overheadJoules } = scenario.routing;
  return table.tasks.map((row): Outcome => {
    let failureProbability = 0;
    let tries = 0;
    let joules = overheadJoules;
    routeProbabilities(row, errorRate).forEach((share, i) => {
      if (share === 0) return;
      const service = serviceAt(scenario, table, row, i);
      failureProbability += share * lastFailure(service);
      tries += share * meanTries(service);
      joules += share * meanTries(service) * service.energyJoules;
    });
    return { failureProbability, meanTries: tries, meanJoules: joules };
  });
}
