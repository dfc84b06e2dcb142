/** Where conditions begin to hold and functions are 0: by halves, by false positions, by steps that a caller knows. */

/**
 * The least whole number of low … high at which a condition holds that stays true once it is; `high` where none does.
 */
export function firstWhole(low: number, high: number, holds: (n: number) => boolean): number {
  let [from, to] = [low, high];
  while (from < to) {
    const middle = from + Math.floor((to - from) / 2);
    if (holds(middle)) to = middle;
    else from = middle + 1;
  }
  return from;
}

/** The place of the first of ascending numbers that is above x; their number where none is. */
export function firstAbove(ascending: Float64Array | Int32Array, x: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle] > x) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * Where a condition that stays true once it is begins to hold between `low`, where it does not, and `high`: by so many
 * halvings, or until the two are within `settle` of the upper. Returns the upper end, at which it holds.
 */
export function bisect(
  low: number,
  high: number,
  holds: (x: number) => boolean,
  { halvings = 1100, settle = 0 }: { readonly halvings?: number; readonly settle?: number } = {},
): number {
  let [from, to] = [low, high];
  for (let i = 0; i < halvings && to - from > settle * to; i++) {
    const middle = 0.5 * (from + to);
    if (middle <= from || middle >= to) break;
    if (holds(middle)) to = middle;
    else from = middle;
  }
  return to;
}

/**
 * Where a rising function that is negative at `low` and positive at `high`, perhaps infinite, is 0, to a relative 1e-9
 * or a value of 1e-11: the false position, Illinois (Dowell and Jarratt 1971), begun with `guess`.
 */
export function risingRoot(low: number, guess: number, high: number, f: (x: number) => number): number {
  let [from, to] = [low, high];
  let [atFrom, atTo] = [f(low), f(high)];
  let before = 0;
  for (let x = guess; to - from > 1e-9 * to;) {
    if (!(x > from && x < to)) x = 0.5 * (from + to);
    const value = f(x);
    if (Math.abs(value) < 1e-11) return x;
    const side = Math.sign(value);
    if (side < 0) {
      [from, atFrom] = [x, value];
      if (before === side) atTo /= 2;
    } else {
      [to, atTo] = [x, value];
      if (before === side) atFrom /= 2;
    }
    before = side;
    x = from + ((to - from) * atFrom) / (atFrom - atTo);
  }
  return 0.5 * (from + to);
}

/**
 * Where a rising function is 0 in low < high, of which the latter may be infinite: by the caller's steps (Newton's,
 * say) from x to `guess(x, f(x))`, halved or doubled where they leave what is left of the bracket, until one is below
 * `settle`, relatively.
 */
export function guidedRoot(
  { low, high, x }: { readonly low: number; readonly high: number; readonly x: number },
  f: (x: number) => number,
  guess: (x: number, value: number) => number,
  settle: number,
): number {
  let [from, to, at] = [low, high, x];
  for (let i = 0; i < 200; i++) {
    const value = f(at);
    if (value < 0) from = at;
    else to = at;
    if (to < Infinity && to - from <= 4e-16 * to) break;
    const wanted = guess(at, value);
    const inside = wanted > from && wanted < to;
    const next = inside ? wanted : to === Infinity ? 2 * at : 0.5 * (from + to);
    if (inside && Math.abs(next - at) <= settle * at) return next;
    at = next;
  }
  return to;
}

/** What steps x → next(x) settle at: until one is no more than `tolerance` of where it led, or after sixty. */
export function settled(x: number, next: (x: number) => number, tolerance: (x: number) => number): number {
  let at = x;
  for (let i = 0; i < 60; i++) {
    const to = next(at);
    const moved = Math.abs(to - at);
    at = to;
    if (!(moved > tolerance(at))) break;
  }
  return at;
}
