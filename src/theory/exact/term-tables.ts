/**
 * Functions of x = a − d, singular at 0, held as tables. What is dear is one value of all functions at one x: they are
 * found at the Gauss nodes of a few panels, graded towards 0. From there an even table is filled, which Lagrange's
 * interpolation through eight neighbours reads quickly; panels in log|x| near 0 are made where a point first falls into
 * them, and read as they are.
 */
import { barycentric, lagrangeBasis } from '../../numeric/lagrange.js';
import { gaussLegendre } from '../../numeric/quadrature.js';

/** Intervals over the whole extent. */
const WIDE = 4096;
const POINTS = 8;
/** Neighbours before the interval that a point lies in. */
const BEFORE = POINTS / 2 - 1;
/** 1/Π (i − k) over the other neighbours. */
const WEIGHTS = Float64Array.from({ length: POINTS }, (_, i) => {
  let product = 1;
  for (let k = 0; k < POINTS; k++) if (k !== i) product *= i - k;
  return 1 / product;
});

/** Nodes of a panel: enough for the phase, in units of one over the window's end, and for a singularity at ¼ of it. */
const RULE = gaussLegendre(32);
const BARYCENTRIC = barycentric(RULE);
const PHASE = 16;
const GRADING = 4;
/** Panels on either side of 0 in log|x|. */
const CLOSE = 7;

/** Values of all functions at a panel's nodes, function by function. */
type Panel = Float64Array;

export class TermTables {
  private readonly wide: readonly Float64Array[];
  private readonly above: Panel[] = [];
  private readonly below: Panel[] = [];
  /** Length of a panel in log|x|. */
  private readonly length: number;
  private readonly basis = new Float64Array(RULE.nodes.length);

  /**
   * `count` functions for |x| ≤ reach, which turn by less than |x|/unit; `fill` gives them all at one x. From `near` on
   * towards 0, as far as `nearest`, in log|x|.
   */
  constructor(
    private readonly count: number,
    private readonly reach: number,
    unit: number,
    private readonly near: number,
    nearest: number,
    private readonly fill: (x: number, out: Float64Array) => void,
  ) {
    this.length = Math.log(near / nearest) / CLOSE;
    this.wide = Array.from({ length: count }, () => new Float64Array(WIDE + POINTS));
    const beyond = this.place(WIDE + POINTS);
    for (const side of [1, -1]) {
      // Half of `near` holds the neighbours of the least |x| that is read here.
      for (let from = 0.5 * near; from < beyond;) {
        const to = Math.min(GRADING * from, from + PHASE * unit);
        this.spread(side * from, side * to);
        from = to;
      }
    }
  }

  /** x at the i-th point of the even tables. */
  private place(i: number): number {
    return this.reach * ((2 * (i - BEFORE)) / WIDE - 1);
  }

  /** All functions at the nodes of a panel, at x(t) for its t ∈ [−1, 1]. */
  private panel(x: (t: number) => number): Panel {
    const n = RULE.nodes.length;
    const panel = new Float64Array(this.count * n);
    const out = new Float64Array(this.count);
    for (let b = 0; b < n; b++) {
      this.fill(x(RULE.nodes[b]), out);
      for (let j = 0; j < this.count; j++) panel[j * n + b] = out[j];
    }
    return panel;
  }

  /** Fills the even tables between two points from a panel of its own. */
  private spread(from: number, to: number): void {
    const [middle, half] = [0.5 * (from + to), 0.5 * (to - from)];
    const panel = this.panel((t) => middle + half * t);
    const [low, high] = [Math.min(from, to), Math.max(from, to)];
    const first = Math.max(0, Math.ceil(((low + this.reach) / (2 * this.reach)) * WIDE) + BEFORE);
    for (let i = first; i < WIDE + POINTS && this.place(i) <= high; i++) {
      lagrangeBasis(RULE.nodes, BARYCENTRIC, (this.place(i) - middle) / half, this.basis);
      for (let j = 0; j < this.count; j++) this.wide[j][i] = this.onPanel(panel, j);
    }
  }

  /** The j-th function, from 0 on, at the point of the basis. */
  private onPanel(panel: Panel, j: number): number {
    const { basis } = this;
    let sum = 0;
    for (let b = 0, at = j * basis.length; b < basis.length; b++, at++) sum += basis[b] * panel[at];
    return sum;
  }

  /** The j-th function, from 1 on, at nearest ≤ |x| ≤ reach. */
  at(j: number, x: number): number {
    const size = Math.abs(x);
    if (size >= this.near) return between(this.wide[j - 1], ((x + this.reach) / (2 * this.reach)) * WIDE);
    const place = Math.min(CLOSE, Math.log(this.near / size) / this.length);
    const k = Math.min(CLOSE - 1, Math.floor(place));
    const side = x > 0 ? this.above : this.below;
    const sign = Math.sign(x);
    const panel = (side[k] ??= this.panel((t) => sign * this.near * Math.exp(-(k + 0.5 * (1 + t)) * this.length)));
    lagrangeBasis(RULE.nodes, BARYCENTRIC, 2 * (place - k) - 1, this.basis);
    return this.onPanel(panel, j - 1);
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
