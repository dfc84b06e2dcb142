/**
 * How far a sampled site is from the true one: the laws of its slots, from their final integers, and what rounding
   makes
 * of its battery. What of a quantum a harvest has is lost, but not that it has something (engine/cpu/site.ts).
 */
import type { HarvestProcessLaw } from '../fleet/harvest-process.js';
import type { Site } from '../fleet/site.js';
import { energyMoment, volatility } from '../fleet/walk-law.js';
import type { ConsumptionError } from './consumption-table.js';
import type { HarvestTables } from './harvest-tables.js';
import type { SamplingError } from './sampling-error.js';
import type { SlotConsumption } from './slot-consumption.js';
import { drawnVariation } from './task-law.js';
import type { WaitingTables } from './waiting-tables.js';

/** Largest over the laws of the slots; `mean` is that of a slot's net increment. */
export interface SiteSamplingError extends SamplingError {
  /** Largest rounding of charge, capacity and power limits, in σ of a slot. */
  readonly battery: number;
}

const WORD = 2 ** 32;

/** Distances of the tables from the site. */
export function siteSamplingError(site: Site, harvest: HarvestTables, demand: DemandError): SiteSamplingError {
  const sigma = volatility(site.walk);
  const supply = harvest.errors();
  const most = (read: (error: SamplingError) => number): number =>
    supply.reduce((worst, error) => Math.max(worst, Math.abs(read(error))), 0);
  return {
    mean: (supplyMeanError(site.harvest, harvest) + demand.meanJoules) / sigma,
    variance: most((error) => error.variance) + demand.variance / sigma ** 2,
    kolmogorov: most((error) => error.kolmogorov) + demand.variation,
    finestMass: most((error) => error.finestMass),
    battery: batteryRounding(site, harvest.quantumJoules) / sigma,
  };
}

/** Largest error of a slot's mean harvest, joules: its table's, times its factor, and the factor's. */
function supplyMeanError(
  process: HarvestProcessLaw,
  { factors, errors, units, quantumJoules, mode }: HarvestTables,
): number {
  if (process.kind === 'trace' && process.noiseShape === undefined) return 0;
  const own = errors();
  const values = process.kind === 'trace' ? process.joules : process.factors.values;
  const laws =
    process.kind === 'trace'
      ? [{ shape: process.noiseShape ?? 1, scaleJoules: 1 / (process.noiseShape ?? 1) }]
      : process.laws;
  const [steady] = laws;
  if (mode === 'table') return Math.abs(own[0].mean) * Math.sqrt(steady.shape) * steady.scaleJoules;
  let worst = 0;
  values.forEach((value, v) => {
    laws.forEach(({ shape, scaleJoules }, s) => {
      if (units[s] === 0 || value === 0) return;
      const played = (factors[v * laws.length + s] / WORD) * (quantumJoules / units[s]);
      const mean = Math.abs(played - value) * shape * scaleJoules;
      worst = Math.max(worst, mean + value * Math.abs(own[s].mean) * Math.sqrt(shape) * scaleJoules);
    });
  });
  return worst;
}

/** How far what is consumed in a slot is from its law, the largest over the slots. */
export interface DemandError {
  /** Of the mean. */
  readonly meanJoules: number;
  /** Of the variance, joules². */
  readonly variance: number;
  /** Kolmogorov distance or total variation, which is no less. */
  readonly variation: number;
}

/** Of tables for whole slots. */
export function lumpedError({ tables }: SlotConsumption, unitJoules: number): DemandError {
  const most = (read: (error: ConsumptionError) => number): number =>
    tables.reduce((worst, { error }) => Math.max(worst, Math.abs(read(error))), 0);
  return {
    meanJoules: most(({ mean }) => mean) * unitJoules,
    variance: most(({ variance }) => variance) * unitJoules ** 2,
    variation: most(({ kolmogorov }) => kolmogorov),
  };
}

/** Of tasks that are each drawn: total variation of counts and kinds, whose spread is theirs. */
export function demandError(
  { walk, classes, arrivals }: Site,
  { drawn }: WaitingTables,
  unitJoules: number,
): DemandError {
  const busiest = walk.demand.ratePerSlot * arrivals.values.reduce((a, b) => Math.max(a, b), 0);
  let mean = 0;
  for (const { weight, energy } of drawn) mean += (weight / WORD) * energy * unitJoules;
  return {
    meanJoules: busiest * Math.abs(mean - energyMoment(walk.demand, 1)),
    variance: 0,
    variation: drawnVariation(busiest, classes, drawn),
  };
}

/** Largest distance of what the battery is from the lattice, joules. */
function batteryRounding({ battery }: Site, quantum: number): number {
  const { initialJoules, capacityJoules, dischargeEfficiency, chargeLimitJoules, dischargeLimitJoules } = battery;
  const lengths = [
    initialJoules * dischargeEfficiency,
    capacityJoules * dischargeEfficiency,
    chargeLimitJoules,
    dischargeLimitJoules,
  ];
  return lengths
    .filter((x) => x < Infinity)
    .reduce((worst, x) => Math.max(worst, Math.abs(Math.round(x / quantum) * quantum - x)), 0);
}
