/** The least value of a function of one number that falls and then rises: the golden section (Kiefer 1953). */

const GOLDEN = (Math.sqrt(5) - 1) / 2;

/**
 * Least value found between `low` and `high` after so many sections, each of which leaves 0.618 of the interval, and
 * where.
 */
export function goldenSection(
  f: (x: number) => number,
  low: number,
  high: number,
  sections: number,
): { readonly at: number; readonly value: number } {
  let [from, to] = [low, high];
  let left = to - GOLDEN * (to - from);
  let right = from + GOLDEN * (to - from);
  let [atLeft, atRight] = [f(left), f(right)];
  for (let i = 0; i < sections; i++) {
    if (atLeft < atRight) {
      to = right;
      right = left;
      atRight = atLeft;
      left = to - GOLDEN * (to - from);
      atLeft = f(left);
    } else {
      from = left;
      left = right;
      atLeft = atRight;
      right = from + GOLDEN * (to - from);
      atRight = f(right);
    }
  }
  return atRight < atLeft ? { at: right, value: atRight } : { at: left, value: atLeft };
}
