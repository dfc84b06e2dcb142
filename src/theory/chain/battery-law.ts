/**
 * The exact law of the controlled battery after T slots: auxiliary energy, waste, slots in deficit, first passage and level, from chains on
 * three lattices and Richardson's extrapolation.
 */
import { extrapolate, extrapolateTable } from './extrapolate.js';
import type { Estimate } from './extrapolate.js';
import { LatticeChain } from './lattice-chain.js';
import type { LatticeResult, LevelResult } from './lattice-chain.js';
import { coarseLevels, finer, higher } from './levels.js';
import { checkBattery, checkHorizons, checkProcess } from './model.js';
import type { ChainModel } from './model.js';
import { tabulatedLaw } from './tabulated.js';
import type { TabulatedLaw } from './tabulated.js';

/** The law of the level B_T, joules. */
export interface LevelLaw extends TabulatedLaw {
  readonly mean: Estimate;
  readonly probabilityEmpty: Estimate;
  /** P(B_T = capacity); 0 without one. */
  readonly probabilityFull: Estimate;
}

/** What the controlled battery has come to after `slots` slots. */
export interface BatteryHorizon {
  readonly slots: number;
  /** E A_T and its standard deviation, joules. */
  readonly auxiliary: Estimate;
  readonly auxiliaryDeviation: Estimate;
  /** E of the harvest wasted, joules. */
  readonly waste: Estimate;
  /** P(A_T = 0), which is P(first passage > T). */
  readonly probabilityZero: Estimate;
  /** Mean number of slots with auxiliary energy. */
  readonly deficitSlots: Estimate;
  readonly level: LevelLaw;
}

/** Weight at the top of an unlimited battery's lattice that is let pass. */
const OPEN_TOP = 1e-12;

/** The law at each horizon, ascending. Throws InputError for a model that is none, PlanError where the lattice would be too large. */
export function batteryLaw(model: ChainModel, horizons: readonly number[]): BatteryHorizon[] {
  checkProcess(model);
  checkBattery(model.battery);
  const slots = checkHorizons(horizons);
  const unlimited = model.battery.capacityJoules === Infinity;
  let levels = coarseLevels(model, slots[slots.length - 1]);
  let coarse = new LatticeChain(model, levels).run(slots);
  while (unlimited && coarse.some((result) => result.top > OPEN_TOP)) {
    levels = higher(levels);
    coarse = new LatticeChain(model, levels).run(slots);
  }
  const middle = new LatticeChain(model, finer(levels)).run(slots);
  const fine = new LatticeChain(model, finer(finer(levels))).run(slots);
  return coarse.map((result, i) => horizon([result, middle[i], fine[i]], levels.step / 2, unlimited));
}

type Three = readonly [LatticeResult, LatticeResult, LatticeResult];

const ZERO: Estimate = { value: 0, error: 0 };

function horizon(results: Three, step: number, unlimited: boolean): BatteryHorizon {
  const [coarse, middle, fine] = results;
  const of = (read: (result: LatticeResult) => number): Estimate => extrapolate(read(coarse), read(middle), read(fine));
  return {
    slots: coarse.slots,
    auxiliary: of((r) => r.auxiliary),
    auxiliaryDeviation: of((r) => Math.sqrt(Math.max(0, r.auxiliarySquare - r.auxiliary ** 2))),
    waste: of((r) => r.waste),
    probabilityZero: of((r) => r.survival),
    deficitSlots: of((r) => r.deficitSlots),
    level: levelLaw(results, step, unlimited),
  };
}

/** The level's law from those on three lattices, the middle one of the given step. */
export function levelLaw(
  [coarse, middle, fine]: readonly [LevelResult, LevelResult, LevelResult],
  step: number,
  unlimited: boolean,
): LevelLaw {
  const of = (read: (result: LevelResult) => number): Estimate => extrapolate(read(coarse), read(middle), read(fine));
  const full = unlimited ? ZERO : of((r) => r.full);
  const { values, errors } = extrapolateTable(coarse.levelCdf, middle.levelCdf, fine.levelCdf);
  const atoms = extrapolateTable(coarse.levelAtoms, middle.levelAtoms, fine.levelAtoms).values;
  values[values.length - 1] = 1 - full.value;
  errors[errors.length - 1] = full.error;
  return {
    mean: of((r) => r.level),
    probabilityEmpty: of((r) => r.levelCdf[0]),
    probabilityFull: full,
    ...tabulatedLaw({ step, values }, atoms, { step: 2 * step, values: errors }),
  };
}
