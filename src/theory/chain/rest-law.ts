/**
 * The controlled battery at rest: the law to which the level at the end of a period settles, and what a slot then costs
 * on average.
 */
import { InputError } from '../../errors.js';
import { limitsOf } from './extrapolate.js';
import type { Estimate, Three } from './extrapolate.js';
import { fixedPoint } from './fixed-point.js';
import { LatticeChain } from './lattice-chain.js';
import type { Joint } from './level-laws.js';
import type { LevelResult } from './lattice-chain.js';
import { coarseLevels, threeLattices } from './levels.js';
import type { LevelLattice } from './battery-kernel.js';
import { levelLaw } from './battery-law.js';
import type { LevelLaw } from './battery-law.js';
import { checkBattery, checkPeriod, checkProcess } from './model.js';
import type { ChainModel } from './model.js';

/** Averages over a period at rest, a slot. */
export interface RestLaw {
  readonly auxiliaryPerSlot: Estimate;
  readonly wastePerSlot: Estimate;
  /** Fraction of slots with auxiliary energy. */
  readonly deficitFraction: Estimate;
  /** The level at the end of a period. */
  readonly level: LevelLaw;
}

/** How far the law may move in a period, in total variation, to be at rest. */
const AT_REST = 3e-13;
/** Slots for which the law at rest is followed, at least, to find its atoms. */
const LEAST_WARM = 24;

interface LatticeRest extends LevelResult {
  readonly auxiliary: number;
  readonly waste: number;
  readonly deficit: number;
}

/**
 * The law at rest for slots whose laws and weather steps repeat after `period` slots. Throws InputError for an
 * unlimited battery, or where the period is no multiple of the weather's step.
 */
export function restLaw(model: ChainModel, period: number): RestLaw {
  checkProcess(model);
  checkBattery(model.battery);
  if (model.battery.capacityJoules === Infinity) {
    throw new InputError(
      'battery.capacityJoules: got none, expected one: without it nothing need come to rest',
      'battery.capacityJoules',
    );
  }
  checkPeriod(model, period);
  const levels = coarseLevels(model, 1);
  let start: Float64Array | undefined;
  const results = threeLattices(levels).map((lattice) => {
    const { law, result } = atRest(model, lattice, period, start);
    start = refined(law, model.states);
    return result;
  });
  const three: Three<LatticeRest> = [results[0], results[1], results[2]];
  const of = limitsOf(three);
  return {
    auxiliaryPerSlot: of((rest) => rest.auxiliary, Infinity),
    wastePerSlot: of((rest) => rest.waste, Infinity),
    deficitFraction: of((rest) => rest.deficit, 1),
    level: levelLaw(three, levels.step / 2, false),
  };
}

/** The joint law of state and level at a period's end, states one after the other. */
function atRest(
  model: ChainModel,
  lattice: LevelLattice,
  period: number,
  start: Float64Array | undefined,
): { law: Float64Array; result: LatticeRest } {
  const chain = new LatticeChain(model, lattice);
  const size = lattice.nodes + 1;
  const split = (x: Float64Array): Float64Array[] =>
    Array.from({ length: model.states }, (_, i) => x.slice(i * size, (i + 1) * size));
  const join = (joint: readonly Float64Array[]): Float64Array => {
    const out = new Float64Array(model.states * size);
    joint.forEach((part, i) => {
      out.set(part, i * size);
    });
    return out;
  };
  // Slot `period` stands for slot 0: before it too the weather steps.
  const slotOf = (t: number): number => (t % period) + period;
  const onePeriod = (x: Float64Array): Float64Array => {
    let joint: Joint = split(x);
    for (let t = 0; t < period; t++) {
      joint = chain.move(slotOf(t), chain.found(slotOf(t), joint));
    }
    // Rounding must not add up over thousands of slots.
    const law = join(joint);
    let sum = 0;
    for (let k = 0; k < law.length; k++) sum += law[k];
    for (let k = 0; k < law.length; k++) law[k] /= sum;
    return law;
  };
  const law = fixedPoint(onePeriod, start ?? join(chain.start().total), AT_REST);
  // Where any slot has a density, atoms are few slots old: enough periods to have all. Where the first slot neither
  // asks for them nor keeps any, it makes all there are.
  let now = chain.lawOf(split(law));
  const warm = chain.forgets(slotOf(0)) ? 0 : period * Math.max(1, Math.ceil(LEAST_WARM / period));
  for (let t = 0; t < warm; t++) [now] = chain.after(slotOf(t), [['all', chain.foundLaw(slotOf(t), now)]]).laws;
  const sums = { auxiliary: 0, waste: 0, deficitSlots: 0 };
  let last = now;
  for (let t = 0; t < period; t++) {
    last = chain.foundLaw(slotOf(t), now);
    chain.addSlot(slotOf(t), last, sums);
    [now] = chain.after(slotOf(t), [['all', last]]).laws;
  }
  return {
    law,
    result: {
      auxiliary: sums.auxiliary / period,
      waste: sums.waste / period,
      deficit: sums.deficitSlots / period,
      ...chain.levelLaw(slotOf(period - 1), last, now),
    },
  };
}

/** A joint law on the next finer lattice, as a start there. */
function refined(law: Float64Array, states: number): Float64Array {
  const size = law.length / states;
  const fine = 2 * size - 1;
  const out = new Float64Array(states * fine);
  for (let i = 0; i < states; i++) {
    for (let k = 0; k < size; k++) {
      const p = law[i * size + k];
      // Half of a point's weight to the middles beside it, as a piecewise linear density has it; the ends keep theirs.
      if (k === 0 || k === size - 1) out[i * fine + 2 * k] += p;
      else {
        out[i * fine + 2 * k] += p / 2;
        out[i * fine + 2 * k - 1] += p / 4;
        out[i * fine + 2 * k + 1] += p / 4;
      }
    }
  }
  return out;
}
