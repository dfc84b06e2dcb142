/**
 * What the exact laws of the finite battery are made of: the slots' laws, which of them a slot has, and the battery.
 * All independent from slot to slot but for the state of the weather, a Markov chain.
 */
import { InputError } from '../../errors.js';
import type { BatteryLaw } from '../../fleet/site.js';
import type { DemandLaw, HarvestLaw } from '../../fleet/walk-law.js';
import { energyMoment } from '../../fleet/walk-law.js';

/** The law of one slot's H − C, H and C independent. */
export interface SlotLaw {
  /** C: compound Poisson; a rate of 0 is allowed. */
  readonly demand: DemandLaw;
  /** H: a Gamma law, or a constant in joules; 0 is a night. */
  readonly harvest: HarvestLaw | number;
}

/** The walk's slots: their laws and the weather that chooses among them. */
export interface SlotProcess {
  readonly laws: readonly SlotLaw[];
  /** Index into `laws` of slot t (from 0) in a state. */
  readonly lawOf: (slot: number, state: number) => number;
  readonly states: number;
  /** Probabilities of the states in slot 0. */
  readonly initial: ArrayLike<number>;
  /** transitions[i][j]: probability of j after i; rows sum to 1. */
  readonly transitions: readonly ArrayLike<number>[];
  /** The weather steps before every slot t > 0 with t mod slotsPerStep = 0. */
  readonly slotsPerStep: number;
}

/** A controlled battery under a process of slots. */
export interface ChainModel extends SlotProcess {
  readonly battery: BatteryLaw;
}

/** E[H − C], joules. */
export function slotDrift({ demand, harvest }: SlotLaw): number {
  const mean = typeof harvest === 'number' ? harvest : harvest.shape * harvest.scaleJoules;
  return mean - demand.ratePerSlot * energyMoment(demand, 1);
}

/** Var[H − C], joules². */
export function slotVariance({ demand, harvest }: SlotLaw): number {
  const variance = typeof harvest === 'number' ? 0 : harvest.shape * harvest.scaleJoules ** 2;
  return variance + demand.ratePerSlot * energyMoment(demand, 2);
}

/** Root mean square of the laws' standard deviations, joules: the length by which lattices are chosen. */
export function typicalVolatility(laws: readonly SlotLaw[]): number {
  return Math.sqrt(laws.reduce((sum, law) => sum + slotVariance(law), 0) / laws.length);
}

/** Whether all that a walk can do is a sum of tasks and constants: laws of levels and totals then have no density. */
export function isAtomic(laws: readonly SlotLaw[]): boolean {
  return laws.every((law) => typeof law.harvest === 'number');
}

/** Before slot `slot`, does the weather step? */
export function stepsBefore(process: SlotProcess, slot: number): boolean {
  return process.states > 1 && slot > 0 && slot % process.slotsPerStep === 0;
}

const closeToOne = (sum: number): boolean => Math.abs(sum - 1) < 1e-9;

function checkProbabilities(values: ArrayLike<number>, count: number, field: string): void {
  const list = Array.from(values);
  if (list.length !== count || !list.every((p) => p >= 0) || !closeToOne(list.reduce((a, b) => a + b, 0))) {
    throw new InputError(`${field}: got [${list.join(', ')}], expected ${count} probabilities that sum to 1`, field);
  }
}

/** Throws InputError where a process is not one. */
export function checkProcess(process: SlotProcess): void {
  const { laws, states, initial, transitions, slotsPerStep } = process;
  if (laws.length === 0) throw new InputError('laws: got none, expected at least one', 'laws');
  laws.forEach(({ demand, harvest }, i) => {
    const harvestHolds =
      typeof harvest === 'number'
        ? harvest >= 0 && harvest < Infinity
        : harvest.shape > 0 && harvest.scaleJoules > 0 && harvest.shape * harvest.scaleJoules < Infinity;
    if (!harvestHolds) {
      const field = `laws[${i}].harvest`;
      throw new InputError(`${field}: got ${JSON.stringify(harvest)}, expected a Gamma law or joules ≥ 0`, field);
    }
    if (!(demand.ratePerSlot >= 0 && demand.ratePerSlot < Infinity)) {
      const field = `laws[${i}].demand.ratePerSlot`;
      throw new InputError(`${field}: got ${demand.ratePerSlot}, expected a number ≥ 0`, field);
    }
  });
  if (!(Number.isInteger(states) && states >= 1)) {
    throw new InputError(`states: got ${states}, expected a whole number from 1 on`, 'states');
  }
  checkProbabilities(initial, states, 'initial');
  if (transitions.length !== states) {
    throw new InputError(`transitions: got ${transitions.length} rows, expected ${states}`, 'transitions');
  }
  transitions.forEach((row, i) => {
    checkProbabilities(row, states, `transitions[${i}]`);
  });
  if (!(Number.isInteger(slotsPerStep) && slotsPerStep >= 1)) {
    throw new InputError(`slotsPerStep: got ${slotsPerStep}, expected a whole number from 1 on`, 'slotsPerStep');
  }
}

/** Throws InputError unless a period is of whole slots and of whole steps of the weather. */
export function checkPeriod({ states, slotsPerStep }: SlotProcess, period: number): void {
  if (Number.isInteger(period) && period >= 1 && (states === 1 || period % slotsPerStep === 0)) return;
  const expected = `a multiple of the ${slotsPerStep} slots of a step of the weather`;
  throw new InputError(`period: got ${period}, expected ${expected}`, 'period');
}

/** Throws InputError where a battery is not one. */
export function checkBattery(battery: BatteryLaw): void {
  const check = (holds: boolean, field: keyof BatteryLaw, expected: string): void => {
    if (!holds)
      throw new InputError(`battery.${field}: got ${battery[field]}, expected ${expected}`, `battery.${field}`);
  };
  const { initialJoules, capacityJoules, chargeEfficiency, dischargeEfficiency, leakPerSlot } = battery;
  check(capacityJoules > 0, 'capacityJoules', 'more than 0');
  check(
    initialJoules >= 0 && initialJoules <= capacityJoules && initialJoules < Infinity,
    'initialJoules',
    'from 0 to the capacity',
  );
  check(chargeEfficiency > 0 && chargeEfficiency <= 1, 'chargeEfficiency', 'a number in (0, 1]');
  check(dischargeEfficiency > 0 && dischargeEfficiency <= 1, 'dischargeEfficiency', 'a number in (0, 1]');
  check(leakPerSlot >= 0 && leakPerSlot < 1, 'leakPerSlot', 'a number in [0, 1)');
  check(battery.chargeLimitJoules > 0, 'chargeLimitJoules', 'more than 0');
  check(battery.dischargeLimitJoules > 0, 'dischargeLimitJoules', 'more than 0');
}

/** Horizons in ascending order. Throws InputError unless they are whole numbers of slots from 1 on. */
export function checkHorizons(horizons: readonly number[]): number[] {
  for (const slots of horizons) {
    if (!(Number.isInteger(slots) && slots >= 1)) {
      throw new InputError(`horizons: got ${slots}, expected whole numbers of slots from 1 on`, 'horizons');
    }
  }
  return [...new Set(horizons)].sort((a, b) => a - b);
}
