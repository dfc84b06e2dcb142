/** The three rungs of theory at each horizon, as the results show them (contract: `exact`, `corrected`, `brownian`). Joules. */
import type { WalkLaw } from '../fleet/walk-law.js';
import type { SampledLaw } from '../law/sampled-law.js';
import { brownianLaw } from '../theory/brownian.js';
import { compoundIncrement } from '../theory/compound-increment.js';
import { correctedLaw, walkConstants } from '../theory/corrected.js';
import type { WalkConstants } from '../theory/corrected.js';
import type { DeficitLaw } from '../theory/deficit-law.js';
import { chargedLaw } from '../theory/charged.js';
import { exactLaw } from '../theory/exact/law.js';
import type { ExactLaw } from '../theory/exact/law.js';
import { exactMoments } from '../theory/exact/moments.js';
import type { ExactMoments } from '../theory/exact/moments.js';
import { brownianConstants } from '../theory/increment.js';
import { latticeIncrement } from '../theory/lattice-increment.js';

/** All of theory at one horizon. */
export interface HorizonTheory {
  readonly slots: number;
  /** Of the scenario's own law, with estimates of its own errors. */
  readonly exact: ExactLaw;
  readonly corrected: DeficitLaw;
  readonly brownian: DeficitLaw;
}

export interface WalkTheory {
  readonly constants: WalkConstants;
  readonly horizons: readonly HorizonTheory[];
}

/** Theory of the scenario's own walk, for a battery that starts with `charge` joules. */
export function walkTheory(walk: WalkLaw, horizons: readonly number[], charge = 0): WalkTheory {
  const increment = compoundIncrement(walk);
  const constants = walkConstants(increment);
  return {
    constants,
    horizons: horizons.map((slots) => ({
      slots,
      exact: chargedLaw(exactLaw(increment, slots), charge),
      corrected: chargedLaw(correctedLaw(constants, slots), charge),
      brownian: chargedLaw(brownianLaw(brownianConstants(increment), slots), charge),
    })),
  };
}

/** Exact moments of the law that was sampled: what the engine is judged by. */
export function sampledTheory(law: SampledLaw, horizons: readonly number[]): ExactMoments[] {
  return exactMoments(latticeIncrement(law.mixture), horizons);
}
