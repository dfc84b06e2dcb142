/** From the values of a trace to joules a slot: a value lasts some slots, or a slot holds some values. */
import { InputError } from '../../errors.js';
import { wholeRatio } from '../../numeric/whole.js';
import { joulesOf, type TraceUnit } from './units.js';

/** Harvest of each slot as a trace gives it: slot t holds joulesPerValue[floor(t / slotsPerValue) mod length]. */
export interface SlotTrace {
  /** Joules harvested in one slot, ≥ 0. */
  readonly joulesPerValue: readonly number[];
  /** Whole, ≥ 1. */
  readonly slotsPerValue: number;
}

/**
 * Resamples. Where a value lasts several slots its power is constant; where a slot holds several values their energies
 * are added.
 *
 * @throws {InputError} where neither a slot nor a value is a whole multiple of the other, or where the values do not
 *   fill whole slots.
 */
export function traceSlots(
  trace: { readonly values: ArrayLike<number>; readonly unit: TraceUnit; readonly secondsPerValue: number },
  slotSeconds: number,
): SlotTrace {
  const { values, unit, secondsPerValue } = trace;
  const joules = joulesOf(unit, secondsPerValue);
  const slotsPerValue = wholeRatio(secondsPerValue / slotSeconds);
  if (slotsPerValue !== undefined) {
    return { joulesPerValue: Array.from(values, (value) => (value * joules) / slotsPerValue), slotsPerValue };
  }
  const valuesPerSlot = wholeRatio(slotSeconds / secondsPerValue);
  if (valuesPerSlot === undefined) {
    throw new InputError(
      `slotSeconds: got ${slotSeconds} with a trace of one value every ${secondsPerValue} s, ` +
        'expected one to be a whole multiple of the other: change slotSeconds or resample the trace',
      'slotSeconds',
    );
  }
  const spare = values.length % valuesPerSlot;
  if (spare !== 0) {
    throw new InputError(
      `slotSeconds: got ${slotSeconds} with a trace of ${values.length} values of ${secondsPerValue} s, ` +
        `expected whole slots of ${valuesPerSlot} values: leave out the last ${spare} or add ${valuesPerSlot - spare}`,
      'slotSeconds',
    );
  }
  const joulesPerValue = Array.from({ length: values.length / valuesPerSlot }, (_, slot) => {
    let sum = 0;
    for (let k = slot * valuesPerSlot; k < (slot + 1) * valuesPerSlot; k++) sum += values[k];
    return sum * joules;
  });
  return { joulesPerValue, slotsPerValue: 1 };
}
