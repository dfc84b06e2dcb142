/** The three rungs of theory at each horizon, as the results show them (contract: `exact`, `corrected`, `brownian`). Joules. */
import type { WalkLaw } from '../fleet/walk-law.js';
import type { SampledLaw } from '../law/sampled-law.js';
import { brownianLaw } from '../theory/brownian.js';
import { compoundIncrement } from '../theory/compound-increment.js';
import { correctedLaw, walkConstants } from '../theory/corrected.js';
import type { WalkConstants } from '../theory/corrected.js';
import type { DeficitLaw } from '../theory/deficit-law.js';
import { exactMoments } from '../theory/exact/moments.js';
import type { ExactMoments } from '../theory/exact/moments.js';
import { brownianConstants } from '../theory/increment.js';
import { latticeIncrement } from '../theory/lattice-increment.js';

/** One rung at one horizon. */
export interface RungValues {
  readonly meanDeficit: number;
  readonly standardDeviation: number;
  readonly probabilityZero: number;
  readonly quantiles?: Readonly<Record<string, number>>;
}

/** All of theory at one horizon. */
export interface HorizonTheory {
  readonly slots: number;
  /** Of the scenario's own law. */
  readonly exact: ExactMoments;
  readonly corrected: DeficitLaw;
  readonly brownian: DeficitLaw;
}

export interface WalkTheory {
  readonly constants: WalkConstants;
  readonly horizons: readonly HorizonTheory[];
}

/** Theory of the scenario's own walk. */
export function walkTheory(walk: WalkLaw, horizons: readonly number[]): WalkTheory {
  const increment = compoundIncrement(walk);
  const constants = walkConstants(increment);
  const exact = exactMoments(increment, horizons);
  return {
    constants,
    horizons: horizons.map((slots, i) => ({
      slots,
      exact: exact[i],
      corrected: correctedLaw(constants, slots),
      brownian: brownianLaw(brownianConstants(increment), slots),
    })),
  };
}

/** Exact moments of the law that was sampled: what the engine is judged by. */
export function sampledTheory(law: SampledLaw, horizons: readonly number[]): ExactMoments[] {
  return exactMoments(latticeIncrement(law.mixture), horizons);
}
