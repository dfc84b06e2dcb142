/**
 * Functions of x = a − d, singular at 0, held as tables: evenly over the extent within which they count, and in log|x|
 * near 0 on either side. Lagrange's interpolation through eight neighbours.
 */

/** Intervals over the whole extent, and on either side of 0 in the logarithm. */
const WIDE = 4096;
const CLOSE = 512;
const POINTS = 8;
/** Neighbours before the interval that a point lies in. */
const BEFORE = POINTS / 2 - 1;
/** 1/Π (i − k) over the other neighbours. */
const WEIGHTS = Float64Array.from({ length: POINTS }, (_, i) => {
  let product = 1;
  for (let k = 0; k < POINTS; k++) if (k !== i) product *= i - k;
  return 1 / product;
});

export class TermTables {
  private readonly wide: Float64Array[];
  private readonly above: Float64Array[];
  private readonly below: Float64Array[];
  private readonly step: number;

  /** `count` functions for |x| ≤ reach; `fill` gives them all at one x. From `near` on towards 0, as far as `nearest`, in log|x|. */
  constructor(
    count: number,
    private readonly reach: number,
    private readonly near: number,
    nearest: number,
    fill: (x: number, out: Float64Array) => void,
  ) {
    const table = (size: number): Float64Array[] => Array.from({ length: count }, () => new Float64Array(size));
    this.wide = table(WIDE + POINTS);
    this.above = table(CLOSE + POINTS);
    this.below = table(CLOSE + POINTS);
    this.step = Math.log(near / nearest) / CLOSE;
    const out = new Float64Array(count);
    const at = (x: number, into: readonly Float64Array[], i: number): void => {
      fill(x, out);
      for (let j = 0; j < count; j++) into[j][i] = out[j];
    };
    for (let i = 0; i < WIDE + POINTS; i++) {
      const x = reach * ((2 * (i - BEFORE)) / WIDE - 1);
      if (Math.abs(x) > 0.5 * near) at(x, this.wide, i);
    }
    for (let i = 0; i < CLOSE + POINTS; i++) {
      const x = near * Math.exp((BEFORE - i) * this.step);
      at(x, this.above, i);
      at(-x, this.below, i);
    }
  }

  /** The j-th function, from 1 on, at nearest ≤ |x| ≤ reach. */
  at(j: number, x: number): number {
    const size = Math.abs(x);
    if (size >= this.near) return between(this.wide[j - 1], ((x + this.reach) / (2 * this.reach)) * WIDE);
    const side = x > 0 ? this.above : this.below;
    return between(side[j - 1], -Math.log(size / this.near) / this.step);
  }
}

/** At a place counted from the table's first point that has all its neighbours. */
function between(table: Float64Array, place: number): number {
  const first = Math.min(table.length - POINTS, Math.max(0, Math.floor(place)));
  const t = place - first + BEFORE;
  let after = 1;
  let sum = 0;
  // Π over the neighbours before, times Π over those after: from both ends.
  RESTS[POINTS - 1] = 1;
  for (let i = POINTS - 1; i > 0; i--) RESTS[i - 1] = RESTS[i] * (t - i);
  for (let i = 0; i < POINTS; i++) {
    sum += WEIGHTS[i] * after * RESTS[i] * table[first + i];
    after *= t - i;
  }
  return sum;
}

const RESTS = new Float64Array(POINTS);
