/** How many tasks fail for good on average (eqs. 4, 5): an expectation, for what fails burns no less. */
import { factorSum } from './periodic.js';
import type { Site } from './site.js';

/** Expected failures among the tasks of some slots: between these two, by how long tasks are let wait. */
export interface ExpectedFailures {
  readonly least: number;
  readonly most: number;
}

/** Of the tasks that arrive in so many slots, those that fail; undefined where energies are given. */
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
