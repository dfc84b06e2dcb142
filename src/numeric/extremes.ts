/**
 * Lists of any length where JavaScript would take them as arguments: `Math.max(...values)` and `list.push(...items)`
 * put each on the stack, which ends at some 60,000.
 */

/** The largest; −Infinity of none, NaN where one is. */
export function largestOf(values: Iterable<number>): number {
  let largest = -Infinity;
  for (const value of values) largest = Math.max(largest, value);
  return largest;
}

/** The smallest; Infinity of none, NaN where one is. */
export function smallestOf(values: Iterable<number>): number {
  let smallest = Infinity;
  for (const value of values) smallest = Math.min(smallest, value);
  return smallest;
}

/** Adds items to the end of a list. */
export function append<T>(list: T[], items: Iterable<T>): void {
  for (const item of items) list.push(item);
}
