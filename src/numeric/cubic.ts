/** Cubic interpolation of tables on equal steps: Lagrange's, through four neighbours. */

/** Four-point Lagrange interpolation at a fractional index with one entry on its left and two on its right. */
export function interpolate(values: Float64Array, position: number): number {
  const i = Math.floor(position);
  const t = position - i;
  // The weights of `cubicWeights`, factor by factor: no array is made at the millions of points.
  const outer = (t * (t - 1)) / 6;
  const inner = ((t + 1) * (t - 2)) / 2;
  return (
    (t + 1) * outer * values[i + 2] -
    (t - 2) * outer * values[i - 1] +
    inner * ((t - 1) * values[i] - t * values[i + 1])
  );
}

/** `interpolate` at `count` positions from `first` on, `spacing` apart; `below` before 1, `above` from `last` on. */
export function interpolateAlong(
  values: Float64Array,
  first: number,
  spacing: number,
  { below, above, last }: { readonly below: number; readonly above: number; readonly last: number },
  count: number,
  into: Float64Array,
): void {
  let from = Math.min(count, Math.max(0, Math.ceil((1 - first) / spacing)));
  while (from < count && first + from * spacing < 1) from++;
  let to = Math.min(count, Math.max(from, Math.ceil((last - first) / spacing)));
  while (to > from && first + (to - 1) * spacing >= last) to--;
  into.fill(below, 0, from);
  for (let c = from; c < to; c++) {
    const position = first + c * spacing;
    const i = Math.floor(position);
    const t = position - i;
    // As in `interpolate`, written out: a call would make a number object of each value.
    const outer = (t * (t - 1)) / 6;
    const inner = ((t + 1) * (t - 2)) / 2;
    into[c] =
      (t + 1) * outer * values[i + 2] -
      (t - 2) * outer * values[i - 1] +
      inner * ((t - 1) * values[i] - t * values[i + 1]);
  }
  into.fill(above, to, count);
}

/** Lagrange weights on the points −1, 0, 1, 2 for an argument t in [0, 1): they keep the moments up to the third. */
export function cubicWeights(t: number): [number, number, number, number] {
  return [
    (-t * (t - 1) * (t - 2)) / 6,
    ((t + 1) * (t - 1) * (t - 2)) / 2,
    (-(t + 1) * t * (t - 2)) / 2,
    ((t + 1) * t * (t - 1)) / 6,
  ];
}

/** Four-point interpolation within [k, k + 1], by points inside the table at its ends. */
export function cubicAt(values: Float64Array, k: number, t: number): number {
  const first = Math.min(values.length - 4, Math.max(0, k - 1));
  const weights = cubicWeights(k + t - first - 1);
  let sum = 0;
  for (let j = 0; j < 4; j++) sum += weights[j] * values[first + j];
  return sum;
}
