/**
 * A distribution function as cells, each uniform on a run of lattice points: what cells.ts makes and tabulate.ts reads.
 */

/** Where the core lies: quantum in joules, cells of 2^shift lattice points from `start` on. */
export interface CoreLayout {
  readonly quantum: number;
  readonly shift: number;
  readonly start: number;
}

/** One residual cell: 2^shift lattice points from `start` on, with its probability. */
export interface ResidualCell {
  readonly start: number;
  readonly shift: number;
  readonly mass: number;
}

export interface Cells {
  readonly layout: CoreLayout;
  /** Probabilities of the 4095 core cells; where residual cells lie within one, what they leave it. */
  readonly core: Float64Array;
  readonly residual: readonly ResidualCell[];
}
