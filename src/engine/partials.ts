/**
 * Partials: the exact integers to which a run is reduced at each checkpoint horizon. Merging is addition, so batches,
 * slices, shards and machines give the same bytes whatever the order. Units are quanta (see SampledLaw.quantumJoules).
 */

/** How deficits are binned at one horizon: bin i counts the positive deficits D with offset + i·2^shift ≤ D < offset + (i+1)·2^shift
 *  (in quanta); the first and last bins also take all that lies below or above. Paths with D = 0 are counted apart. */
export interface BinLayout {
  readonly offset: number;
  readonly shift: number;
}

/** What is kept of all paths at one horizon. */
export interface HorizonPartials {
  /** T: slots walked. */
  readonly slots: number;
  readonly bins: BinLayout;
  /** Paths counted, an integer ≤ 2^53. */
  count: number;
  /** Paths with D = 0. */
  zeros: number;
  /** ΣD, quanta. */
  sum: bigint;
  /** ΣD², quanta². */
  sumOfSquares: bigint;
  /** Positive deficits by bin; integers ≤ 2^53. */
  readonly histogram: Float64Array;
}

export interface Partials {
  readonly horizons: readonly HorizonPartials[];
}

/** Number of histogram bins at each horizon. */
export const BIN_COUNT = 4096;
