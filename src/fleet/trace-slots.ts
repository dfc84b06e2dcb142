/** A trace as the walk sees it: joules harvested in one slot of each value, and the slots that a value lasts. */
import { InputError } from '../errors.js';
import type { Trace } from '../scenario/scenario.js';

export interface TraceSlots {
  /** Joules in one slot, by value. */
  readonly joules: Float64Array;
  readonly slotsPerValue: number;
}

/** Joules of one unit over a whole value; of a power, over one second. */
const JOULES: Record<Trace['unit'], { readonly joules: number; readonly aSecond: boolean }> = {
  W: { joules: 1, aSecond: true },
  kW: { joules: 1e3, aSecond: true },
  J: { joules: 1, aSecond: false },
  kWh: { joules: 3.6e6, aSecond: false },
};

/** How near to a whole number a ratio of durations must be. */
const RATIO_TOLERANCE = 1e-9;

/**
 * Cuts a trace into slots: a value that lasts several slots is spread evenly over them, several values within a slot are summed.
 * @throws {InputError} where neither of the two durations is a whole multiple of the other.
 */
export function traceSlots({ values, unit, secondsPerValue }: Trace, slotSeconds: number): TraceSlots {
  const { joules, aSecond } = JOULES[unit];
  const perValue = joules * (aSecond ? secondsPerValue : 1);
  const slots = secondsPerValue / slotSeconds;
  if (isWhole(slots)) {
    const slotsPerValue = Math.round(slots);
    return { joules: Float64Array.from(values, (x) => (x * perValue) / slotsPerValue), slotsPerValue };
  }
  const inSlot = Math.round(slotSeconds / secondsPerValue);
  if (isWhole(slotSeconds / secondsPerValue) && values.length % inSlot === 0) {
    const sums = new Float64Array(values.length / inSlot);
    values.forEach((x, i) => (sums[Math.floor(i / inSlot)] += x * perValue));
    return { joules: sums, slotsPerValue: 1 };
  }
  throw new InputError(
    `slotSeconds: got ${slotSeconds} s with a trace of ${values.length} values of ${secondsPerValue} s each, expected whole slots in a value, or whole values in ` +
      'a slot and whole slots in the trace',
    'slotSeconds',
  );
}

function isWhole(ratio: number): boolean {
  return ratio >= 1 - RATIO_TOLERANCE && Math.abs(ratio - Math.round(ratio)) <= RATIO_TOLERANCE * ratio;
}

/** Mean and variance of one slot's harvest over the whole trace, its noise included; joules, joules². */
export function traceMoments(trace: Trace, slotSeconds: number): { readonly mean: number; readonly variance: number } {
  const { joules } = traceSlots(trace, slotSeconds);
  const mean = joules.reduce((a, b) => a + b, 0) / joules.length;
  const square = joules.reduce((a, b) => a + b * b, 0) / joules.length;
  const noisy = trace.noiseShape === undefined ? square : square * (1 + 1 / trace.noiseShape);
  return { mean, variance: noisy - mean * mean };
}
