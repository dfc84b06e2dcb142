/**
 * The exact law of the total auxiliary energy A_T of a controlled battery: state by state where all is constant and
 * states are few, else from its transforms on three lattices and Richardson's extrapolation.
 */
import { InputError } from '../../errors.js';
import { largestOf } from '../../numeric/extremes.js';
import { AuxiliaryTransform } from './auxiliary-transform.js';
import type { LatticeCdf } from './auxiliary-transform.js';
import type { LevelLattice } from './battery-kernel.js';
import { gridSize } from './battery-kernel.js';
import { constantTotals } from './constant-law.js';
import type { AuxiliaryLaw } from './constant-law.js';
import { limitsOf, tablesOf } from './extrapolate.js';
import type { Three } from './extrapolate.js';
import { LatticeChain } from './lattice-chain.js';
import type { LatticeResult } from './lattice-chain.js';
import { coarseLevels, threeLattices } from './levels.js';
import { checkBattery, checkHorizons, checkProcess, isAtomic } from './model.js';
import type { ChainModel } from './model.js';
import { loosened, tabulatedLaw } from './tabulated.js';

/** Steps of the coarsest lattice in a slot's typical deviation: the first within BUDGET, or the last. */
const STEPS_PER_SIGMA = [16, 8, 4];
/** Slots · states · frequencies · transform's size · its logarithm on the finest lattice: some seconds. */
const BUDGET = 6e8;
/** Standard deviations of A given A > 0 that its lattice holds on either side of the mean. */
const REACH = 12;
/** Standard deviations that constants may be off their points after all slots. */
const ASTRAY = 4;

/** The law at each horizon, ascending. Throws InputError for an unlimited battery: deficit-chain.ts has its law. */
export function auxiliaryLaw(model: ChainModel, horizons: readonly number[]): AuxiliaryLaw[] {
  checkProcess(model);
  checkBattery(model.battery);
  const slots = checkHorizons(horizons);
  const constant = constantTotals(model, slots);
  const others = slots.slice(constant.length);
  return others.length === 0 ? constant : [...constant, ...transformed(model, others)];
}

/** By transforms, whatever the model: one pass for all horizons on each lattice. */
export function transformed(model: ChainModel, slots: readonly number[]): AuxiliaryLaw[] {
  if (model.battery.capacityJoules === Infinity) {
    throw new InputError(
      'battery.capacityJoules: got none, expected one; the law of an unlimited battery is that of the deficit',
      'battery.capacityJoules',
    );
  }
  const { levels, step, points, firsts } = affordable(model, slots);
  const lattices = threeLattices(levels).map((lattice, j) => {
    const chain = new LatticeChain(model, lattice);
    const moments = chain.run(slots);
    const scale = 2 ** j;
    const transform = new AuxiliaryTransform(chain, points * scale);
    const tables = transform.cdfs(
      moments,
      firsts.map((first) => first * scale),
    );
    return { moments, tables };
  });
  return slots.map((horizon, i) => {
    const [coarse, middle, fine] = lattices.map(({ moments, tables }) => ({ ...tables[i], ...moments[i] }));
    const three: Three<LatticeResult & LatticeCdf> = [coarse, middle, fine];
    const tables = tablesOf(three);
    const zero = limitsOf(three)((r) => r.survival, 1);
    const { values, errors } = tables((r) => r.cdf);
    const atoms = tables((r) => r.atoms).values;
    const law = tabulatedLaw({ step: step / 2, values }, atoms, { step, values: errors });
    if (!isAtomic(model.laws)) return { slots: horizon, probabilityZero: zero, ...law };
    const astray = ASTRAY * Math.sqrt(horizon) * strayOf(model, step / 4);
    const loosest = loosened(law, astray);
    // A lattice takes what lacks less than a step for nothing: of so little, all may lack something.
    const loose = {
      ...loosest,
      cdfErrorAt: (v: number) => Math.max(loosest.cdfErrorAt(v), v <= astray ? loosest.cdf(v) : 0),
    };
    return {
      slots: horizon,
      probabilityZero: { value: zero.value, error: zero.error + loose.cdfErrorAt(0) },
      ...loose,
    };
  });
}

/**
 * Root mean square, in joules, of how far a lattice moves the sum of a slot's constants: each goes to the points beside
 * it with the weights that keep its mean.
 */
function strayOf({ laws }: ChainModel, step: number): number {
  const spread = (energy: number): number => {
    const part = energy / step - Math.floor(energy / step);
    return part * (1 - part);
  };
  const squares = laws.map(({ demand, harvest }) => {
    const { ratePerSlot, energiesJoules, probabilities } = demand;
    const tasks = energiesJoules.reduce((sum, energy, k) => sum + probabilities[k] * spread(energy), 0);
    return ratePerSlot * tasks + spread(typeof harvest === 'number' ? harvest : 0);
  });
  // And a step for the ends of the battery and its limits.
  return step * Math.sqrt(1 / 12 + squares.reduce((a, b) => a + b, 0) / laws.length);
}

/** The points of A's lattice that are inverted for: first, …, first + points − 1; a power of two of them. */
interface Window {
  readonly first: number;
  readonly points: number;
}

/** A window that holds the law of A but for about 1e-8 of it. */
function windowOf(moments: LatticeResult, step: number): Window {
  const positive = Math.max(1e-12, 1 - moments.survival);
  const mean = moments.auxiliary / positive;
  const deviation = Math.sqrt(Math.max(0, moments.auxiliarySquare / positive - mean * mean));
  const first = moments.survival > 1e-13 ? 0 : Math.max(0, Math.floor((mean - REACH * deviation) / step));
  const end = mean + REACH * deviation + 64 * step;
  return { first, points: 2 ** Math.ceil(Math.log2(end / step - first)) };
}

/** The coarsest lattice, with the step of A's, and windows of one length. */
interface Plan {
  readonly levels: LevelLattice;
  readonly step: number;
  readonly points: number;
  readonly firsts: readonly number[];
}

/** The finest lattices within the budget, and the windows at the horizons. */
function affordable(model: ChainModel, horizons: readonly number[]): Plan {
  const fitted = (stepsPerSigma: number): Plan & { readonly cost: number } => {
    const fineness = { stepsPerSigma, cheapStepsPerSigma: stepsPerSigma, cheapNodes: 0, leastNodes: 4 * stepsPerSigma };
    const levels = coarseLevels(model, 1, fineness);
    const step = levels.step * model.battery.dischargeEfficiency;
    const windows = new LatticeChain(model, levels).run(horizons).map((moments) => windowOf(moments, step));
    const size = 4 * gridSize(levels.nodes);
    const points = largestOf(windows.map((window) => window.points));
    const cost = 2 * points * horizons[horizons.length - 1] * model.states * size * Math.log2(size);
    return { levels, step, points, firsts: windows.map(({ first }) => first), cost };
  };
  const [finest, ...others] = STEPS_PER_SIGMA;
  let choice = fitted(finest);
  for (const steps of others) if (choice.cost > BUDGET) choice = fitted(steps);
  return choice;
}
