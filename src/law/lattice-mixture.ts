/**
 * A law on a lattice as a finite mixture of uniform runs of lattice points: the form in which the sampled law is handed
 * to `theory/`, which needs to know nothing of alias columns.
 *
 * Run r puts `weight[r]`, in equal parts, on the points (first[r] + i·stride[r])·quantum, 0 ≤ i < count[r].
 */
export interface LatticeMixture {
  /** Joules of one lattice step. */
  readonly quantumJoules: number;
  readonly first: Float64Array;
  readonly stride: Float64Array;
  readonly count: Float64Array;
  /** Exact dyadic probabilities; they sum to 1. */
  readonly weight: Float64Array;
}
