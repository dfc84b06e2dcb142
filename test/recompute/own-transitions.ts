/** What the paper's detector should say of a curve, and where the bend lies on a grid that goes on long enough. */
import type { LongGrid } from '../../src/report/figures/routing-error.js';
import type { PaperDetection } from '../../src/stats/paper-regimes.js';
import { ownPaperFit } from '../stats/own-paper-fit.js';
import { driftOf, ownMeansBeyond, sigmaOf } from './own-moments.js';
import type { OwnLaw } from './own-moments.js';

const WEIGHT = 2;
const WEIGHTS = [0.5, 1, 2, 4, 8, 16, 32];
/** k of √T alone, and of what breaks. */
const PARAMETERS = [1, 4] as const;

export function ownDetection(slots: readonly number[], means: readonly number[]): PaperDetection {
  const at = (w: number) => ownPaperFit(slots, means, w);
  const isAccepted = (w: number): boolean => at(w).score < at(w).root;
  const { tau, c, a, b, score, root, rootCoefficient } = at(WEIGHT);
  const n = slots.length;
  const best = {
    ...{ slots: tau, rootCoefficient: c, intercept: a, slope: b },
    // Three horizons lie beyond it.
    atLastCandidate: tau === slots[n - 4],
  };
  const [k, other] = PARAMETERS;
  return {
    ...{ horizons: n, lastSlots: slots[n - 1], rootCoefficient, rootParameters: k, brokenParameters: other },
    ...{ penaltyWeight: WEIGHT, rootBic: root, brokenBic: score, best },
    // Where both scores are equal: each grows with w by k log n.
    acceptedBelowWeight: (at(0).root - at(0).score) / ((other - k) * Math.log(n)),
    byWeight: WEIGHTS.map((w) => ({ penaltyWeight: w, slots: isAccepted(w) ? tau : null })),
    transition: isAccepted(WEIGHT) ? best : undefined,
  };
}

/** (σ/μ)². */
export const crossoverOf = (law: OwnLaw): number => (sigmaOf(law) / driftOf(law)) ** 2;

/** The first horizon, and how many times (σ/μ)² the last one is at least. */
const [FIRST, CROSSOVERS] = [16, 256];

/** @param means E[D_T] at the first of the horizons, two an octave from 16 on, of which the last is known best */
export function ownLongGrid(law: OwnLaw, means: readonly number[]): LongGrid {
  let octaves = 3;
  while (FIRST * 2 ** octaves < CROSSOVERS * crossoverOf(law)) octaves++;
  const slots = Array.from({ length: 2 * octaves + 1 }, (_, i) => Math.round(FIRST * 2 ** (i / 2)));
  const known = means.slice(0, slots.length);
  const last = known.length - 1;
  const all = [...known, ...ownMeansBeyond(law, slots[last], known[last], slots.slice(known.length))];
  const transitionSlots = ownDetection(slots, all).transition?.slots;
  return {
    lastSlots: slots[slots.length - 1],
    transitionSlots,
    shareOfCrossover: transitionSlots === undefined ? undefined : transitionSlots / crossoverOf(law),
  };
}
