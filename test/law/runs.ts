/** Sampled laws as runs of equally likely lattice points: the distribution function, run by run, apart from src/law. */

/** Equally likely lattice points, `stride` apart; the weight is a probability. */
export interface WeightedRun {
  readonly first: number;
  readonly stride: number;
  readonly count: number;
  readonly weight: number;
}

/** P(X < n) under runs of which any two with equal `layer` do not overlap. */
export function probabilityBelow(layers: readonly (readonly WeightedRun[])[]): (n: number) => number {
  const parts = layers.map((runs) => {
    const order = [...runs].filter(({ weight }) => weight > 0).sort((a, b) => a.first - b.first);
    const below = new Float64Array(order.length + 1);
    order.forEach(({ weight }, r) => (below[r + 1] = below[r] + weight));
    return { order, below };
  });
  return (n) =>
    parts.reduce((sum, { order, below }) => {
      let low = 0;
      let high = order.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        const { first, stride, count } = order[middle];
        if (first + stride * (count - 1) < n) low = middle + 1;
        else high = middle;
      }
      if (low === order.length || order[low].first >= n) return sum + below[low];
      const { first, stride, count, weight } = order[low];
      return sum + below[low] + (Math.ceil((n - first) / stride) / count) * weight;
    }, 0);
}
