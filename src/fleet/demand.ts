/**
 * From the task table to the walk's law of one slot (model.md section 2): how routing and its errors mix the energies of tasks, and
 * what harvest the scenario asks for. Lumped accounting: a task's whole energy falls in the slot of its arrival.
 */
import { InputError } from '../errors.js';
import type { Scenario } from '../scenario/scenario.js';
import { traceMoments } from './trace-moments.js';
import { buildTaskTable } from './task-table.js';
import type { TaskRow, TaskTable } from './task-table.js';
import type { DemandLaw, HarvestLaw, WalkLaw } from './walk-law.js';
import { energyMoment } from './walk-law.js';

/**
 * Probability with which a task of this row goes to each model: 1 − η to its minimum and η spread evenly over the other feasible
 * models; all to the minimum where there is no other. Length of `row.models`.
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

/** Demand of one slot at an error rate: the mix of energies, each with the dispatcher's overhead; equal energies are merged. */
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
    row.models.forEach((m, i) => {
      add(m.energyJoules, row.probability * shares[i]);
    });
  }
  const sorted = [...mix].sort(([a], [b]) => a - b);
  const total = sorted.reduce((sum, [, p]) => sum + p, 0);
  return {
    ratePerSlot: scenario.arrivals.ratePerSlot,
    energiesJoules: Float64Array.from(sorted, ([energy]) => energy),
    probabilities: Float64Array.from(sorted, ([, p]) => p / total),
  };
}

/** Mean and variance of one slot's demand: λE[e] joules and λE[e²] joules² (eqs. 27–29). */
export function demandMoments(demand: DemandLaw): { readonly mean: number; readonly variance: number } {
  return {
    mean: demand.ratePerSlot * energyMoment(demand, 1),
    variance: demand.ratePerSlot * energyMoment(demand, 2),
  };
}

/**
 * The harvest that the scenario asks for, in a slot of factor 1: what profiles, weather and correlation do to it is in `harvest-process.ts`. Of a trace, the
 * Gamma law of its mean and variance, which stands for it where a law of one slot is asked for. `critical`, `matched` and `timesDemand` refer to the demand at error rate 0 *including* the
 * dispatcher's overhead: routing every task right still costs e_φ, and the supply is sized for that.
 *
 * @throws {InputError} if mean and variance make no Gamma law that doubles can hold.
 */
export function harvestLaw(scenario: Scenario, table: TaskTable): HarvestLaw {
  const { harvest } = scenario;
  if ('shape' in harvest) return { shape: harvest.shape, scaleJoules: harvest.scaleJoules };
  const demand = demandMoments(demandLaw(scenario, table, 0));
  const trace = 'trace' in harvest ? traceMoments(harvest.trace, scenario.slotSeconds) : undefined;
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

/** The scenario's true law of one slot, lumped (eqs. 24, 26). @throws {InputError} as `buildTaskTable` and `harvestLaw` do. */
export function walkLaw(scenario: Scenario, table: TaskTable = buildTaskTable(scenario)): WalkLaw {
  return { demand: demandLaw(scenario, table), harvest: harvestLaw(scenario, table) };
}

/** E[excess]: mean joules that a misrouted task burns above its minimum, over the task mix; drift falls by λ η times this. */
export function meanExcessJoules(table: TaskTable): number {
  let sum = 0;
  for (const row of table.tasks) {
    const shares = routeProbabilities(row, 1);
    row.models.forEach((m, i) => {
      if (shares[i] > 0) sum += row.probability * shares[i] * (m.energyJoules - row.energyJoules);
    });
  }
  return sum;
}
