/**
 * E exp(zD_T) on a vertical line for the true law: Spitzer's identity with Wiener–Hopf factors, Cauchy integrals over the bent contour, then
 * the coefficient at T: from the power series in s (horizon-series.ts) or on a circle in s (horizon-circle.ts), at a cost that does not grow with T.
 *
 * With L(w) = −log(1 − sM(w)) + log(1 − sM₀(w)):  Σ_T s^T E exp(zD_T) = e^ψ/(1 − s),  ψ(z) = (1/2πi)∫ [L(w) − L(z)] z/(w(w − z)) dw,
 * whichever side of the contour z is on. χ = ψ − L, the transform of the descending factor, does not oscillate: it is found at a few nodes
 * and interpolated, while M(z) itself is taken at every node.
 */
import type { ComplexArray, CompoundIncrement } from '../increment.js';
import { compoundContour } from './contour.js';
import { circleBlock, circleNodes, circleSum, powerSum } from './horizon-circle.js';
import type { HorizonNodes } from './horizon-inversion.js';
import { largestAngle } from './horizon-inversion.js';
import { powerTable, seriesBlock, seriesSum } from './horizon-series.js';
import type { LineNodes } from './spectrum.js';
import { lineFrequencies } from './spectrum.js';

/** The ways to the coefficient at T. */
export type HorizonMethod = 'series' | 'circle';

/** Where and how a transform is to be found. */
export interface DeficitPlan {
  readonly nodes: HorizonNodes;
  /** Where the contour crosses the real axis. */
  readonly crossing: number;
  readonly stretch: number;
  /** The line must lie right of `crossing` and left of the right root of sM = 1. */
  readonly line: LineNodes;
  readonly method: HorizonMethod;
}

/** E exp(zD_T) at every node of the line, from M − 1 there. */
export function deficitTransform(
  law: CompoundIncrement,
  plan: DeficitPlan,
  m: ComplexArray,
): { re: Float64Array<ArrayBuffer>; im: Float64Array<ArrayBuffer> } {
  const { nodes, line, method } = plan;
  const contour = compoundContour(law, {
    crossing: plan.crossing,
    damping: nodes.damping,
    angle: method === 'series' ? Math.PI : largestAngle(nodes),
    stretch: plan.stretch,
    finest: 0.6,
  });
  const u = lineFrequencies(line);
  const out = { re: new Float64Array(u.length), im: new Float64Array(u.length) };
  const top = u[u.length - 1];
  const table = method === 'series' ? powerTable(contour, nodes.slots) : undefined;
  const circle = method === 'circle' ? circleNodes(contour, nodes) : [];

  const solve = (from: number, to: number, depth: number): void => {
    const block = table
      ? seriesBlock(law, contour, table, line.abscissa, from, to)
      : circleBlock(law, contour, circle, line.abscissa, from, to);
    if (!block.smooth && depth < 12) {
      solve(from, 0.5 * (from + to), depth + 1);
      solve(0.5 * (from + to), to, depth + 1);
      return;
    }
    const span = { from, to, first: lowerBound(u, from), last: lowerBound(u, to) };
    if (table) {
      seriesSum(block, nodes.slots, u, span, m, out);
    } else {
      let largest = 0;
      for (let i = span.first; i < span.last; i++) largest = Math.max(largest, (1 + m.re[i]) ** 2 + m.im[i] ** 2);
      const terms = Math.ceil(-33 / Math.log(Math.min(Math.sqrt(largest) * Math.exp(-nodes.damping), 0.9999)));
      if (terms < 0.4 * circle.length) powerSum(block, circle, terms, u, span, m, out);
      else circleSum(block, circle, u, span, m, out);
    }
  };
  let from = 0;
  let to = line.abscissa;
  while (from < top) {
    solve(from, to, 0);
    from = to;
    to *= 1.8;
  }
  return out;
}

function lowerBound(values: Float64Array, at: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle] < at) low = middle + 1;
    else high = middle;
  }
  return low;
}
