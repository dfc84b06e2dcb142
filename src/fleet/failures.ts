/** How many tasks fail for good on average (eqs. 4, 5): an expectation, for what fails burns no less. */
import type { Site } from './site.js';

/**
 * Expected failures among the tasks that arrive in some slots: between these two, by how long tasks are let wait;
 * equal where that does not matter.
 */
export interface ExpectedFailures {
  readonly least: number;
  readonly most: number;
}

/**
 * Of the tasks that arrive in the first so many slots, those that fail; undefined where energies are given, and with
 * them no success.
 */
export function expectedFailures({ classes, arrivals, walk }: Site, slots: number): ExpectedFailures | undefined {
  let [least, most] = [0, 0];
  for (const { probability, options } of classes) {
    let [low, high] = [Infinity, 0];
    for (const { failureProbability } of options) {
      if (failureProbability === undefined) return undefined;
      low = Math.min(low, failureProbability);
      high = Math.max(high, failureProbability);
    }
    least += probability * low;
    most += probability * high;
  }
  const tasks = walk.demand.ratePerSlot * factorSum(arrivals, slots);
  return { least: tasks * least, most: tasks * most };
}

/** Sum of the factors of the first slots. */
function factorSum({ values, slotsPerValue }: Site['arrivals'], slots: number): number {
  const period = values.length * slotsPerValue;
  const whole = Math.floor(slots / period);
  let left = slots - whole * period;
  let sum = 0;
  values.forEach((value) => {
    const used = Math.min(left, slotsPerValue);
    left -= used;
    sum += value * (whole * slotsPerValue + used);
  });
  return sum;
}
