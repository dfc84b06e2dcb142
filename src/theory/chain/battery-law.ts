/**
 * The exact law of the controlled battery after T slots: auxiliary energy, waste, slots in deficit, first passage and
 * level, from chains on three lattices and Richardson's extrapolation.
 */
import { PlanError } from '../../errors.js';
import type { MissingPart } from '../deficit-law.js';
import type { LevelLattice } from './battery-kernel.js';
import { between, constantBounds } from './constant-law.js';
import type { ConstantBounds } from './constant-law.js';
import { extrapolate, extrapolateConstants, limitsOf, tablesOf } from './extrapolate.js';
import type { Estimate, Three } from './extrapolate.js';
import { LatticeChain } from './lattice-chain.js';
import type { LatticeResult, LevelResult } from './lattice-chain.js';
import { coarseLevels, exactLevels, higher, threeLattices } from './levels.js';
import { checkBattery, checkHorizons, checkProcess, isAtomic } from './model.js';
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
  /** Joules that no path's level leaves by any horizon: the capacity, or less where it never binds. */
  readonly highest: number;
}

/** A horizon without a law. */
export interface MissingHorizon {
  readonly slots: number;
  readonly missing: MissingPart;
}

/** Weight at the top of an unlimited battery's lattice that is let pass. */
const OPEN_TOP = 1e-12;

/**
 * The law at each horizon, ascending. A capacity that no path meets is none: levels are then as fine as the slots ask
 * for, not the capacity. Throws InputError for a model that is none, PlanError where the lattice would be too large.
 */
export function batteryLaw(model: ChainModel, horizons: readonly number[]): BatteryHorizon[] {
  checkProcess(model);
  checkBattery(model.battery);
  const slots = checkHorizons(horizons);
  const exact = exactly(model, slots);
  if (exact !== undefined) return exact;
  const open = openLevels(model, slots);
  const last = slots[slots.length - 1];
  const { chain, levels, coarse } = open ?? limited(model, coarseLevels(model, last), slots);
  const [middle, fine] = threeLattices(levels)
    .slice(1)
    .map((lattice) => new LatticeChain(chain, lattice).run(slots));
  // A lattice on a capacity ends at it, but for rounding.
  const isLimited = open === undefined && model.battery.capacityJoules < Infinity;
  const highest = isLimited ? model.battery.capacityJoules : levels.nodes * levels.step;
  const isConstant = isAtomic(model.laws);
  const bounds = isConstant ? constantBounds(model, slots) : undefined;
  return coarse.map((result, i) => {
    const three: Three<LatticeResult> = [result, middle[i], fine[i]];
    const law = horizon(three, levels.step / 2, open !== undefined, isConstant ? extrapolateConstants : extrapolate);
    return { ...(bounds === undefined ? law : bounded(law, bounds[i])), highest };
  });
}

/**
 * What lattices say of constants that they do not hold, between what two walks of states say: chances and the law of
 * the level by these alone; means by whichever claims less, for lattices keep them.
 */
function bounded(
  law: Omit<BatteryHorizon, 'highest'>,
  { auxiliary, waste, deficitSlots, never, empty, full, meanLevel, level }: ConstantBounds,
): Omit<BatteryHorizon, 'highest'> {
  const least = (own: Estimate, ends: readonly [number, number]): Estimate => {
    const { value, error } = between(own.value, ends);
    return error < own.error ? { value, error } : { value, error: own.error };
  };
  return {
    ...law,
    auxiliary: least(law.auxiliary, auxiliary),
    waste: least(law.waste, waste),
    probabilityZero: between(law.probabilityZero.value, never),
    deficitSlots: between(law.deficitSlots.value, deficitSlots),
    level: {
      ...level,
      mean: least(law.level.mean, meanLevel),
      probabilityEmpty: between(law.level.probabilityEmpty.value, empty),
      probabilityFull: between(law.level.probabilityFull.value, full),
    },
  };
}

/** Horizons whose law is there, and those without, both ascending. */
export interface BatteryLaws {
  readonly laws: readonly BatteryHorizon[];
  readonly missing: readonly MissingHorizon[];
}

/** As `batteryLaw`, but horizons that are too long for a lattice are named with the reason and take no other along. */
export function batteryLaws(model: ChainModel, horizons: readonly number[]): BatteryLaws {
  const kept = checkHorizons(horizons);
  const missing: MissingHorizon[] = [];
  while (kept.length > 0) {
    try {
      return { laws: batteryLaw(model, kept), missing };
    } catch (error) {
      if (!(error instanceof PlanError)) throw error;
      missing.unshift({ slots: kept[kept.length - 1], missing: { what: 'law', reason: error.message } });
      kept.pop();
    }
  }
  return { laws: [], missing };
}

/** The law on one lattice that holds all levels, without a capacity that no path meets; undefined without such. */
function exactly(model: ChainModel, slots: readonly number[]): BatteryHorizon[] | undefined {
  const last = slots[slots.length - 1];
  const { capacityJoules } = model.battery;
  const chain = { ...model, battery: { ...model.battery, capacityJoules: Infinity } };
  const open = exactLevels(chain, last);
  const isOpen = open !== undefined && open.nodes * open.step < capacityJoules;
  const [own, levels] = isOpen ? [chain, open] : [model, exactLevels(model, last)];
  if (levels === undefined) return undefined;
  const highest = levels.nodes * levels.step;
  return new LatticeChain(own, levels).run(slots).map((result) => ({
    ...horizon([thinned(result, 4), thinned(result, 2), result], 2 * levels.step, isOpen),
    highest,
  }));
}

/** Every so manieth level of a law; what its sums say stays. */
function thinned(result: LatticeResult, by: number): LatticeResult {
  const some = (table: Float64Array): Float64Array => table.filter((_, k) => k % by === 0);
  return { ...result, levelCdf: some(result.levelCdf), levelAtoms: some(result.levelAtoms) };
}

interface CoarseRun {
  readonly chain: ChainModel;
  readonly levels: LevelLattice;
  readonly coarse: readonly LatticeResult[];
}

function limited(chain: ChainModel, levels: LevelLattice, slots: readonly number[]): CoarseRun {
  return { chain, levels, coarse: new LatticeChain(chain, levels).run(slots) };
}

/** A run without the capacity on a lattice that no path leaves; undefined where that would reach the capacity. */
function openLevels(model: ChainModel, slots: readonly number[]): CoarseRun | undefined {
  const { capacityJoules } = model.battery;
  const chain = { ...model, battery: { ...model.battery, capacityJoules: Infinity } };
  const fits = ({ nodes, step }: LevelLattice): boolean => nodes * step < capacityJoules;
  let levels = unlessTooFine(() => coarseLevels(chain, slots[slots.length - 1]), capacityJoules);
  while (levels !== undefined && fits(levels)) {
    const run = limited(chain, levels, slots);
    if (!run.coarse.some((result) => result.top > OPEN_TOP)) return run;
    const before = levels;
    levels = unlessTooFine(() => higher(before), capacityJoules);
  }
  return undefined;
}

/** Levels, or nothing where they would be too many and a capacity may yet make them fewer. */
function unlessTooFine(make: () => LevelLattice, capacityJoules: number): LevelLattice | undefined {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof PlanError) || capacityJoules === Infinity) throw error;
    return undefined;
  }
}

const ZERO: Estimate = { value: 0, error: 0 };

function horizon(
  results: Three<LatticeResult>,
  step: number,
  unlimited: boolean,
  limit = extrapolate,
): Omit<BatteryHorizon, 'highest'> {
  const { slots, ties } = results[2];
  const highest = (results[1].levelCdf.length - 1) * step;
  const level = levelLaw(results, step, unlimited, limit);
  const of = limitsOf(results, limit);
  return {
    slots,
    auxiliary: of((r) => r.auxiliary, Infinity, highest),
    auxiliaryDeviation: of((r) => Math.sqrt(Math.max(0, r.auxiliarySquare - r.auxiliary ** 2))),
    waste: of((r) => r.waste, Infinity, highest),
    probabilityZero: withTies(
      of((r) => r.survival, 1),
      ties.surviving,
    ),
    deficitSlots: withTies(
      of((r) => r.deficitSlots, slots),
      ties.all,
    ),
    level: {
      ...level,
      probabilityEmpty: withTies(level.probabilityEmpty, ties.empty),
      probabilityFull: withTies(level.probabilityFull, ties.full),
    },
  };
}

/** A chance, or a number of slots, with what the finest lattice cannot tell, which no difference shows. */
function withTies({ value, error }: Estimate, ties: number): Estimate {
  return { value, error: error + ties };
}

/** The level's law from those on three lattices, the middle one of the given step. */
export function levelLaw(results: Three<LevelResult>, step: number, unlimited: boolean, limit = extrapolate): LevelLaw {
  const of = limitsOf(results, limit);
  const tables = tablesOf(results);
  const full = unlimited ? ZERO : of((r) => r.full, 1);
  const { values, errors } = tables((r) => r.levelCdf);
  const atoms = tables((r) => r.levelAtoms).values;
  values[values.length - 1] = 1 - full.value;
  errors[errors.length - 1] = full.error;
  return {
    mean: of((r) => r.level, Infinity),
    probabilityEmpty: of((r) => r.levelCdf[0], 1),
    probabilityFull: full,
    ...tabulatedLaw({ step, values }, atoms, { step: 2 * step, values: errors }),
  };
}
