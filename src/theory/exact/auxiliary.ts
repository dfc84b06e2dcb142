/**
 * Exact mean and spread of the auxiliary energy (D_T − b)⁺ of the discrete walk, by the quickest way that there is
 * for the charge b.
 */
import { chargedLaw } from '../charged.js';
import type { CompoundIncrement } from '../increment.js';
import { exactLaw } from './law.js';
import { exactMoments } from './moments.js';

/** Joules. */
export interface AuxiliaryMoments {
  readonly slots: number;
  readonly mean: number;
  readonly standardDeviation: number;
}

/**
 * At each horizon. From an empty battery some hundredths of a second each; with a charge they need the whole law, which
 * takes about a second. @throws {AccuracyError} where the law cannot be had
 */
export function auxiliaryMoments(
  increment: CompoundIncrement,
  slots: readonly number[],
  charge: number,
): readonly AuxiliaryMoments[] {
  if (charge === 0) return exactMoments(increment, slots);
  return slots.map((t) => chargedLaw(exactLaw(increment, t), charge));
}
