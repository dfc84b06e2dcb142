/** What a trace says of one slot, without when: its mean and variance. */
import type { Trace } from '../scenario/scenario.js';
import { traceSlots } from '../scenario/trace/slots.js';

/** Mean and variance of one slot's harvest over the whole trace, its noise included; joules, joules². */
export function traceMoments(trace: Trace, slotSeconds: number): { readonly mean: number; readonly variance: number } {
  const { joulesPerValue } = traceSlots(trace, slotSeconds);
  const count = joulesPerValue.length;
  const mean = joulesPerValue.reduce((a, b) => a + b, 0) / count;
  const square = joulesPerValue.reduce((a, b) => a + b * b, 0) / count;
  const noisy = trace.noiseShape === undefined ? square : square * (1 + 1 / trace.noiseShape);
  return { mean, variance: noisy - mean * mean };
}
