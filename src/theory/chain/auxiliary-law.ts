/** The exact law of the total auxiliary energy A_T of a controlled battery, from its transforms on three lattices and Richardson's extrapolation. */
import { InputError } from '../../errors.js';
import { AuxiliaryTransform } from './auxiliary-transform.js';
import type { AuxiliaryWindow } from './auxiliary-transform.js';
import type { LevelLattice } from './battery-kernel.js';
import { gridSize } from './battery-kernel.js';
import { extrapolate, extrapolateTable, within } from './extrapolate.js';
import type { Estimate } from './extrapolate.js';
import { LatticeChain } from './lattice-chain.js';
import type { LatticeResult } from './lattice-chain.js';
import { coarseLevels, finer } from './levels.js';
import { checkBattery, checkHorizons, checkProcess } from './model.js';
import type { ChainModel } from './model.js';
import { tabulatedLaw } from './tabulated.js';
import type { TabulatedLaw } from './tabulated.js';

/** The law of A_T, joules. */
export interface AuxiliaryLaw extends TabulatedLaw {
  readonly slots: number;
  readonly probabilityZero: Estimate;
}

/** Steps of the coarsest lattice in a typical slot's standard deviation: the first for which all passes cost no more than BUDGET, or the last. */
const STEPS_PER_SIGMA = [16, 8, 4];
/** Slots times states times frequencies times the size of a transform times its logarithm, on the finest lattice: some seconds. */
const BUDGET = 6e8;
/** Standard deviations of A given A > 0 that its lattice holds on either side of the mean. */
const REACH = 12;
/** The law at each horizon, ascending. Every horizon is a pass of its own. Throws InputError for an unlimited battery: deficit-chain.ts has its law. */
export function auxiliaryLaw(model: ChainModel, horizons: readonly number[]): AuxiliaryLaw[] {
  checkProcess(model);
  checkBattery(model.battery);
  if (model.battery.capacityJoules === Infinity) {
    throw new InputError(
      'battery.capacityJoules: got none, expected one; the law of an unlimited battery is that of the deficit',
      'battery.capacityJoules',
    );
  }
  const slots = checkHorizons(horizons);
  const { levels, windows } = affordable(model, slots);
  const lattices = [levels, finer(levels), finer(finer(levels))].map((lattice) => new LatticeChain(model, lattice));
  const moments = lattices.map((chain) => chain.run(slots));
  return slots.map((horizon, i) => {
    const { step, points, first } = windows[i];
    const tables = lattices.map((chain, j) =>
      new AuxiliaryTransform(chain, { points: points * 2 ** j, first: first * 2 ** j }).cdf(moments[j][i]),
    );
    const zero = within(extrapolate(moments[0][i].survival, moments[1][i].survival, moments[2][i].survival), 1);
    const { values, errors } = extrapolateTable(tables[0].cdf, tables[1].cdf, tables[2].cdf);
    const atoms = extrapolateTable(tables[0].atoms, tables[1].atoms, tables[2].atoms).values;
    return {
      slots: horizon,
      probabilityZero: zero,
      ...tabulatedLaw({ step: step / 2, values }, atoms, { step, values: errors }),
    };
  });
}

/** A window on the coarsest lattice, with its step. */
interface SteppedWindow extends AuxiliaryWindow {
  readonly step: number;
}

/** A window that holds the law of A but for about 1e-8 of it. */
function windowOf(moments: LatticeResult, step: number): SteppedWindow {
  const positive = Math.max(1e-12, 1 - moments.survival);
  const mean = moments.auxiliary / positive;
  const deviation = Math.sqrt(Math.max(0, moments.auxiliarySquare / positive - mean * mean));
  const first = moments.survival > 1e-13 ? 0 : Math.max(0, Math.floor((mean - REACH * deviation) / step));
  const end = mean + REACH * deviation + 64 * step;
  return { step, first, points: 2 ** Math.ceil(Math.log2(end / step - first)) };
}

/** The finest lattices within the budget, and the windows at the horizons. */
function affordable(
  model: ChainModel,
  horizons: readonly number[],
): { readonly levels: LevelLattice; readonly windows: readonly SteppedWindow[] } {
  const fitted = (stepsPerSigma: number): { levels: LevelLattice; windows: SteppedWindow[]; cost: number } => {
    const fineness = { stepsPerSigma, cheapStepsPerSigma: stepsPerSigma, cheapNodes: 0, leastNodes: 4 * stepsPerSigma };
    const levels = coarseLevels(model, 1, fineness);
    const step = levels.step * model.battery.dischargeEfficiency;
    const windows = new LatticeChain(model, levels).run(horizons).map((moments) => windowOf(moments, step));
    const size = 4 * gridSize(levels.nodes);
    const passes = windows.reduce((sum, { points }, i) => sum + 2 * points * horizons[i], 0);
    return { levels, windows, cost: passes * model.states * size * Math.log2(size) };
  };
  const [finest, ...others] = STEPS_PER_SIGMA;
  let choice = fitted(finest);
  for (const steps of others) if (choice.cost > BUDGET) choice = fitted(steps);
  return choice;
}
