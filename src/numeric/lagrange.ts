/** Lagrange's interpolation of functions on points of any distance: by the basis on Gauss nodes, and point by point. */
import type { GaussRule } from './quadrature.js';

/** Barycentric weights of Gauss nodes: (−1)^b √((1 − t²) w). */
export function barycentric({ nodes, weights }: GaussRule): Float64Array {
  return nodes.map((t, b) => (b % 2 === 0 ? 1 : -1) * Math.sqrt((1 - t * t) * weights[b]));
}

/** Lagrange basis at t of any nodes with their barycentric weights, into `out`. */
export function lagrangeBasis(nodes: Float64Array, weights: Float64Array, t: number, out: Float64Array): void {
  let sum = 0;
  for (let b = 0; b < nodes.length; b++) {
    const gap = t - nodes[b];
    if (gap === 0) {
      out.fill(0);
      out[b] = 1;
      return;
    }
    out[b] = weights[b] / gap;
    sum += out[b];
  }
  for (let b = 0; b < nodes.length; b++) out[b] *= 1 / sum;
}

/** At x, the polynomial through a few points (x_a, y_a). */
export function throughPoints(xs: readonly number[], ys: readonly number[], x: number): number {
  let sum = 0;
  for (let a = 0; a < xs.length; a++) {
    let term = ys[a];
    for (let b = 0; b < xs.length; b++) if (b !== a) term *= (x - xs[b]) / (xs[a] - xs[b]);
    sum += term;
  }
  return sum;
}
