/**
 * The laws of a walk at its horizons, as results show them (docs/contract.md: `exact`, `corrected`, `brownian`), where
 * one of them is missing too. Joules.
 */
import { AccuracyError } from '../errors.js';
import type { WalkLaw } from '../fleet/walk-law.js';
import { brownianLaw } from './brownian.js';
import { chargedLaw } from './charged.js';
import { compoundIncrement } from './compound-increment.js';
import { correctedLaw, walkConstants } from './corrected.js';
import type { WalkConstants } from './corrected.js';
import type { DeficitLaw } from './deficit-law.js';
import { exactLaw } from './exact/law.js';
import type { ExactLaw } from './exact/law.js';
import { brownianConstants } from './increment.js';
import type { CompoundIncrement } from './increment.js';

/** All of theory at one horizon. */
export interface HorizonTheory {
  readonly slots: number;
  /** Of the scenario's own law, with estimates of its own errors. */
  readonly exact: ExactLaw;
  readonly corrected: DeficitLaw;
  readonly brownian: DeficitLaw;
}

/** The three laws of a walk at its horizons: exact, corrected, Brownian. */
export interface WalkTheory {
  readonly increment: CompoundIncrement;
  readonly constants: WalkConstants;
  /** For a battery that starts empty. */
  readonly horizons: readonly HorizonTheory[];
}

/**
 * Theory of the scenario's own walk, from an empty battery.
 * @param onHorizon told of each horizon as soon as it is known, the last first
 */
export function walkTheory(
  walk: WalkLaw,
  horizons: readonly number[],
  onHorizon?: (theory: HorizonTheory) => void,
): WalkTheory {
  const increment = compoundIncrement(walk);
  const constants = walkConstants(increment);
  const lastFirst = [...horizons].reverse().map((slots) => {
    const theory = theoryAt(increment, constants, slots);
    onHorizon?.(theory);
    return theory;
  });
  return { increment, constants, horizons: lastFirst.reverse() };
}

export function theoryAt(increment: CompoundIncrement, constants: WalkConstants, slots: number): HorizonTheory {
  return {
    slots,
    exact: exactOrMissing(increment, constants, slots),
    corrected: correctedLaw(constants, slots),
    brownian: brownianLaw(brownianConstants(increment), slots),
  };
}

/** The approximations with a charge: known at once. */
export function cheapLaws(walk: WalkLaw, slots: number, charge: number): Pick<HorizonTheory, 'corrected' | 'brownian'> {
  const increment = compoundIncrement(walk);
  return {
    corrected: chargedLaw(correctedLaw(walkConstants(increment), slots), charge),
    brownian: chargedLaw(brownianLaw(brownianConstants(increment), slots), charge),
  };
}

/**
 * The exact law; where there is none, the corrected one in its place, without its numbers and marked as missing, so
 * that other horizons stay.
 */
export function exactOrMissing(increment: CompoundIncrement, constants: WalkConstants, slots: number): ExactLaw {
  try {
    return exactLaw(increment, slots);
  } catch (error) {
    if (!(error instanceof AccuracyError)) throw error;
    const corrected = correctedLaw(constants, slots);
    const unknown = { mean: NaN, standardDeviation: NaN, probabilityZero: NaN };
    return {
      ...corrected,
      ...unknown,
      rung: 'exact',
      quantile: () => NaN,
      survivalGrid: (from, step, count) =>
        Float64Array.from({ length: count }, (_, j) => corrected.survival(from + j * step)),
      error: { ...unknown, cdf: NaN, quantile: NaN },
      missing: { what: 'law', reason: error.message },
    };
  }
}

/** The same laws where the battery starts with `charge` joules. */
export function chargedTheory(theory: HorizonTheory, charge: number): HorizonTheory {
  const { slots, exact, corrected, brownian } = theory;
  return {
    slots,
    exact:
      charge > 0 && exact.missing !== undefined ? withoutMoments(chargedLaw(exact, charge)) : chargedLaw(exact, charge),
    corrected: chargedLaw(corrected, charge),
    brownian: chargedLaw(brownian, charge),
  };
}

/** A charged battery's moments come from the distribution, and are missing with it. */
function withoutMoments(law: ExactLaw): ExactLaw {
  return { ...law, mean: NaN, standardDeviation: NaN, probabilityZero: NaN };
}
