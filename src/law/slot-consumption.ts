/** What the slots of a site consume, each drawn at once: a table (consumption-table.ts) for every rate of arrivals. */
import type { Site } from '../fleet/site.js';
import type { DemandLaw } from '../fleet/walk-law.js';
import { quantaOf } from './common-measure.js';
import { consumptionTable } from './consumption-table.js';
import type { ConsumptionTable } from './consumption-table.js';
import { consumptionReach } from './reach.js';

/** The tables, and the number of its table for every value of the arrivals. */
export interface SlotConsumption {
  readonly tables: readonly ConsumptionTable[];
  readonly numbers: readonly number[];
}

/** −log of the chance that a slot consumes more than its table reaches: below a unit of weight. */
const REACH_EXPONENT = 36;
/** Different rates of arrivals that have tables: 2 MiB. */
const MOST_TABLES = 64;
/** Mean number of tasks of the busiest slot up to which its law is made in less than a second. */
const MOST_TASKS = 512;
/** Most that a table may be off (Kolmogorov distance): what sampling-bounds.ts promises. */
const MOST_OFF = 1e-4;

/** Why a site cannot be walked without its tasks, as words after "a site"; undefined where it can. */
export function needsTasks({ policy, accounting, classes, arrivals, walk }: Site): string | undefined {
  if (policy.kind !== 'myopic' || classes.some(({ mostWait }) => mostWait > 0)) return 'whose tasks may wait';
  if (accounting !== 'lumped') return 'whose tasks burn their energy over their service';
  const rates = new Set(arrivals.values);
  if (rates.size > MOST_TABLES) return `of ${rates.size} different rates of arrivals (at most ${MOST_TABLES})`;
  const busiest = walk.demand.ratePerSlot * arrivals.values.reduce((a, b) => Math.max(a, b), 0);
  if (busiest > MOST_TASKS) return `of ${busiest} tasks in the busiest slot (at most ${MOST_TASKS})`;
  return undefined;
}

/** Whether tables say what slots consume as exactly as sampled laws promise. */
export function isFaithful({ tables }: SlotConsumption): boolean {
  return tables.every(({ error }) => error.kolmogorov <= MOST_OFF);
}

/** Of a site that needs no tasks. Energies are whole numbers of 2^−fractionBits quanta. */
export function slotConsumption(
  { classes, arrivals, walk }: Site,
  quantumJoules: number,
  fractionBits: number,
): SlotConsumption {
  const unit = 2 ** fractionBits;
  const kinds = classes.map(({ probability, options: [{ energyJoules }] }) => {
    return { probability, energy: quantaOf(energyJoules, quantumJoules) * unit };
  });
  const demand: DemandLaw = walk.demand;
  const numbers = new Map<number, number>();
  const tables: ConsumptionTable[] = [];
  for (const factor of arrivals.values) {
    if (numbers.has(factor)) continue;
    const ratePerSlot = demand.ratePerSlot * factor;
    const reach = ratePerSlot > 0 ? consumptionReach({ ...demand, ratePerSlot }, REACH_EXPONENT) / quantumJoules : 0;
    numbers.set(factor, tables.length);
    tables.push(consumptionTable(ratePerSlot, kinds, reach * unit));
  }
  return { tables, numbers: Array.from(arrivals.values, (factor) => numbers.get(factor) ?? 0) };
}
