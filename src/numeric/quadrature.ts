/** Integrals by Gauss–Legendre rules on [−1, 1], made once by Newton's method on the Legendre polynomial. */

export interface GaussRule {
  readonly nodes: Float64Array;
  readonly weights: Float64Array;
}

/** The n-point rule, nodes ascending. */
export function gaussLegendre(n: number): GaussRule {
  const nodes = new Float64Array(n);
  const weights = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let x = -Math.cos((Math.PI * (i + 0.75)) / (n + 0.5));
    let slope = 0;
    for (let step = 0; step < 12; step++) {
      let before = 1;
      let value = x;
      for (let k = 2; k <= n; k++) [before, value] = [value, ((2 * k - 1) * x * value - (k - 1) * before) / k];
      slope = (n * (x * value - before)) / (x * x - 1);
      const shift = value / slope;
      x -= shift;
      if (Math.abs(shift) < 1e-16) break;
    }
    nodes[i] = x;
    weights[i] = 2 / ((1 - x * x) * slope * slope);
  }
  return { nodes, weights };
}

/** A rule's nodes on [from, to]. */
export function nodesOn({ nodes }: GaussRule, from: number, to: number): Float64Array {
  return nodes.map((t) => from + 0.5 * (to - from) * (1 + t));
}

/** ∫ f from `from` to `to` by a rule. */
export function integrate({ nodes, weights }: GaussRule, f: (x: number) => number, from: number, to: number): number {
  const half = 0.5 * (to - from);
  let sum = 0;
  for (let i = 0; i < nodes.length; i++) sum += weights[i] * f(from + half * (1 + nodes[i]));
  return half * sum;
}
