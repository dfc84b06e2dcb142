/**
 * A law of the deficit read at the edges of a histogram: the one place where a DeficitLaw is evaluated for comparison with
 * counts, so that each edge is evaluated once for all tests of a horizon.
 */
import { BIN_COUNT } from '../engine/partials.js';
import type { DeficitLaw } from '../theory/deficit-law.js';
import type { BinnedDeficits } from './binned.js';

export interface LawOnBins {
  /** P(D < edges[i]), i = 0 … BIN_COUNT − 1; [0] is the atom at D = 0 with what lies below ½q. */
  readonly cdf: Float64Array;
  /** P(D ≥ edges[i]), computed as a tail. */
  readonly survival: Float64Array;
  /** Probability of each bin, a difference of whichever of the two is smaller; the last bin has all that lies above its start. */
  readonly probabilities: Float64Array;
}

/**
 * Evaluates a law at a histogram's edges. Edges lie half a quantum between lattice points, so a law on the lattice and a
 * continuous one are both met where P(D < edge) = P(D ≤ edge). Values are clipped to [0, 1] and made monotone (the corrected rung
 * need not be).
 */
export function lawOnBins(law: DeficitLaw, binned: Pick<BinnedDeficits, 'edges'>): LawOnBins {
  const cdf = new Float64Array(BIN_COUNT);
  const survival = new Float64Array(BIN_COUNT);
  const probabilities = new Float64Array(BIN_COUNT);
  for (let i = 0; i < BIN_COUNT; i++) {
    if (i > 0 && binned.edges[i] === binned.edges[i - 1]) {
      cdf[i] = cdf[i - 1];
      survival[i] = survival[i - 1];
      continue;
    }
    // Each side of the median is read from the smaller function; the law is evaluated once an edge.
    if (i > 0 && cdf[i - 1] > 0.5) {
      survival[i] = Math.min(clip(law.survival(binned.edges[i])), survival[i - 1]);
      cdf[i] = Math.max(1 - survival[i], cdf[i - 1]);
    } else {
      cdf[i] = Math.max(clip(law.cdf(binned.edges[i])), i === 0 ? 0 : cdf[i - 1]);
      const above = cdf[i] <= 0.5 ? 1 - cdf[i] : clip(law.survival(binned.edges[i]));
      survival[i] = i === 0 ? above : Math.min(above, survival[i - 1]);
    }
    if (i > 0) probabilities[i - 1] = Math.max(0, cdf[i] <= 0.5 ? cdf[i] - cdf[i - 1] : survival[i - 1] - survival[i]);
  }
  probabilities[BIN_COUNT - 1] = survival[BIN_COUNT - 1];
  return { cdf, survival, probabilities };
}

function clip(p: number): number {
  return Math.min(Math.max(p, 0), 1);
}
