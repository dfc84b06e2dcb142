/**
 * The detector of figure 4 as the paper's appendix B has it: for each candidate breakpoint τ least squares of c√T at T
 * ≤ τ and of a line with an intercept of its own, a + bT, above, against one c√T throughout. Each model has the score
 *
 *     n log(RSS/n) + w k log n,
 *
 * n the number of horizons, and the break is accepted where its score is the lower one. All horizons weigh alike, in
 * joules, so that the longest decide; nothing is known of the error of the means. regimes.ts knows it.
 *
 * The paper's k and w are lost. Ours: k = 1 (c) and 4 (c, a, b and τ), w = 2. With w = 2 a critical walk of 65,536
 * slots bends in none of 300 draws of the noise of 40,000 paths; with 1, at 4,096 slots, in 2 %. The weight is the
 * same at every τ: it accepts or refuses a break and never moves it.
 *
 * The break is one of the horizons. It depends on them, and on the last of all: a longer run gives a later break, up to
 * about half of (σ/μ)², which it reaches where the last horizon is some hundred times (σ/μ)².
 */
import { InputError } from '../errors.js';

/** Horizons that must lie at or before a breakpoint, and beyond it: a line through two fits whatever they are. */
export const LEAST_POINTS = 3;
/** k of the two models. */
const ROOT_PARAMETERS = 1;
const BROKEN_PARAMETERS = 4;
const PENALTY_WEIGHT = 2;
/** Weights of which a detection says what they find. */
const WEIGHTS: readonly number[] = [0.5, 1, 2, 4, 8, 16, 32];
/** Residuals below this share of the values are rounding. */
const ROUNDING = 1e-12;

/** c√T up to a horizon and a + bT above it. */
export interface PaperBreak {
  /** τ, the last horizon of the root. */
  readonly slots: number;
  /** c, joules per √slot. */
  readonly rootCoefficient: number;
  /** a, joules, and b, joules a slot. */
  readonly intercept: number;
  readonly slope: number;
  /** No later break was possible at these horizons: read it as `slots` or later. */
  readonly atLastCandidate: boolean;
}

export interface PaperDetection {
  readonly horizons: number;
  readonly lastSlots: number;
  /** c of the pure root, joules per √slot. */
  readonly rootCoefficient: number;
  readonly rootParameters: number;
  readonly brokenParameters: number;
  readonly penaltyWeight: number;
  readonly rootBic: number;
  readonly brokenBic: number;
  /** The break of the lowest score, accepted or not: the same for every weight. */
  readonly best: PaperBreak;
  /** The break is accepted at every weight below this one; where it is negative, at none. */
  readonly acceptedBelowWeight: number;
  /** What other weights find: the break, or none. */
  readonly byWeight: readonly { readonly penaltyWeight: number; readonly slots: number | null }[];
  /** Undefined where the pure root has the lower score. */
  readonly transition: PaperBreak | undefined;
}

/**
 * Holds the two models against each other.
 *
 * @param slots T, ascending, at least six
 * @param means E[D_T] at each, joules: of a run, or exact
 * @throws {InputError} for fewer horizons than six or another number of means
 */
export function detectPaperTransition(
  slots: readonly number[],
  means: readonly number[],
  penaltyWeight = PENALTY_WEIGHT,
): PaperDetection {
  const n = slots.length;
  if (n < 2 * LEAST_POINTS || means.length !== n) {
    throw new InputError(
      `horizons: got ${n} with ${means.length} means, expected at least ${2 * LEAST_POINTS} and a mean of each`,
      'horizons',
    );
  }
  const floor = means.reduce((sum, y) => sum + (ROUNDING * y) ** 2, Number.MIN_VALUE);
  const misfit = (residual: number): number => n * Math.log(Math.max(residual, floor) / n);
  const root = rootFit(slots, means);
  let best: PaperBreak | undefined;
  let least = Infinity;
  const last = n - LEAST_POINTS;
  for (let i = LEAST_POINTS; i <= last; i++) {
    const before = rootFit(slots.slice(0, i), means.slice(0, i));
    const after = lineFit(slots.slice(i), means.slice(i));
    const residual = before.residual + after.residual;
    if (!(residual < least)) continue;
    least = residual;
    best = {
      slots: slots[i - 1],
      rootCoefficient: before.coefficient,
      intercept: after.intercept,
      slope: after.slope,
      atLastCandidate: i === last,
    };
  }
  if (best === undefined) throw new InputError('means: got one that is no number, expected numbers of joules', 'means');
  const found = best;
  const scores = (weight: number): { rootBic: number; brokenBic: number } => ({
    rootBic: misfit(root.residual) + ROOT_PARAMETERS * weight * Math.log(n),
    brokenBic: misfit(least) + BROKEN_PARAMETERS * weight * Math.log(n),
  });
  const accepts = (weight: number): boolean => scores(weight).brokenBic < scores(weight).rootBic;
  return {
    horizons: n,
    lastSlots: slots[n - 1],
    rootCoefficient: root.coefficient,
    rootParameters: ROOT_PARAMETERS,
    brokenParameters: BROKEN_PARAMETERS,
    penaltyWeight,
    ...scores(penaltyWeight),
    best,
    acceptedBelowWeight:
      (misfit(root.residual) - misfit(least)) / ((BROKEN_PARAMETERS - ROOT_PARAMETERS) * Math.log(n)),
    byWeight: WEIGHTS.map((weight) => ({ penaltyWeight: weight, slots: accepts(weight) ? found.slots : null })),
    transition: accepts(penaltyWeight) ? best : undefined,
  };
}

function rootFit(slots: readonly number[], means: readonly number[]): { coefficient: number; residual: number } {
  let [product, square] = [0, 0];
  slots.forEach((t, i) => {
    product += Math.sqrt(t) * means[i];
    square += t;
  });
  const coefficient = product / square;
  const residual = slots.reduce((sum, t, i) => sum + (means[i] - coefficient * Math.sqrt(t)) ** 2, 0);
  return { coefficient, residual };
}

function lineFit(
  slots: readonly number[],
  means: readonly number[],
): { intercept: number; slope: number; residual: number } {
  const n = slots.length;
  const centre = slots.reduce((sum, t) => sum + t, 0) / n;
  const middle = means.reduce((sum, y) => sum + y, 0) / n;
  let [product, square] = [0, 0];
  slots.forEach((t, i) => {
    product += (t - centre) * (means[i] - middle);
    square += (t - centre) ** 2;
  });
  const slope = product / square;
  const residual = slots.reduce((sum, t, i) => sum + (means[i] - middle - slope * (t - centre)) ** 2, 0);
  return { intercept: middle - slope * centre, slope, residual };
}
