/**
 * Figure 4: the mean auxiliary energy and its spread against the horizon for several routing error rates η, with the
 * detected transitions from √T to linear growth, by the paper's detector (stats/paper-regimes.ts) and by ours
 * (stats/regimes.ts), and the theory's crossover scale (σ/μ)². Here: which walks are needed and what the figure shows.
 * routing-error-chart.ts draws it; running them is for others.
 */
import { InputError } from '../../errors.js';
import { drift, volatility } from '../../fleet/walk-law.js';
import type { WalkLaw } from '../../fleet/walk-law.js';
import type { Scenario } from '../../scenario/scenario.js';
import { addPairs, emptyPairedSums, pairedDifference } from '../../stats/paired.js';
import { detectPaperTransition, LEAST_POINTS } from '../../stats/paper-regimes.js';
import type { PaperDetection } from '../../stats/paper-regimes.js';
import { detectTransition } from '../../stats/regimes.js';
import type { RegimeDetection } from '../../stats/regimes.js';
import type { HorizonSummary } from '../../stats/summary.js';
import { criticalMean } from '../../theory/brownian.js';
import { compoundIncrement } from '../../theory/compound-increment.js';
import { auxiliaryMoments } from '../../theory/exact/auxiliary.js';
import { exactMoments } from '../../theory/exact/moments.js';
import { consumption } from '../../theory/regimes.js';

/** Error rates of the curves, unless others are asked for. */
export const ERROR_RATES: readonly number[] = [0, 0.01, 0.02, 0.05, 0.1];
/** Horizons in an octave. */
const PER_OCTAVE = 2;
const FIRST_HORIZON = 16;

/** Horizons, two an octave from 16 to `slots`, which is the last. */
export function figureHorizons(slots: number): number[] {
  if (slots < 128) {
    throw new InputError(
      `--slots: got ${slots}, expected at least 128 for figure 4: transitions need several horizons`,
      '--slots',
    );
  }
  const count = Math.round(PER_OCTAVE * Math.log2(slots / FIRST_HORIZON));
  return Array.from({ length: count + 1 }, (_, i) =>
    Math.round(FIRST_HORIZON * (slots / FIRST_HORIZON) ** (i / count)),
  );
}

/** Horizons that were asked for. @throws {InputError} where they are too few for a transition */
export function askedHorizons(horizons: readonly number[]): readonly number[] {
  if (horizons.length >= 2 * LEAST_POINTS) return horizons;
  throw new InputError(
    `--horizons: got ${horizons.length}, expected at least ${2 * LEAST_POINTS} for figure 4: transitions need ` +
      'several horizons',
    '--horizons',
  );
}

/**
 * The scenario at one error rate, lumped; its harvest and its charge are its own. @throws {InputError} where there is
 * no second model
 */
export function misroutedScenario(scenario: Scenario, errorRate: number): Scenario {
  if (scenario.fleet === undefined || scenario.fleet.models.length < 2) {
    throw new InputError(
      'fleet: got no second model, expected two or more for figure 4: routing errs by choosing another; add models, or draw another figure',
      'fleet',
    );
  }
  return { ...scenario, routing: { ...scenario.routing, errorRate }, accounting: 'lumped' };
}

/** One curve of the figure. Joules and slots. */
export interface RoutingErrorCurve {
  readonly errorRate: number;
  readonly driftJoulesPerSlot: number;
  readonly volatilityJoules: number;
  /** (σ/μ)²: infinite (null in JSON) where there is no drift. No horizon enters it. */
  readonly crossoverSlots: number;
  readonly points: readonly {
    readonly slots: number;
    readonly seconds: number;
    readonly trials: number;
    readonly meanDeficit: number;
    /** 95 % interval of the mean, of this curve alone: curves share their paths. */
    readonly lower: number;
    readonly upper: number;
    readonly standardDeviation: number;
    readonly exactMean: number;
    readonly exactStandardDeviation: number;
  }[];
  /** Of our detector; undefined where the battery starts with a charge, of which it knows no offset. */
  readonly regime: RegimeDetection | undefined;
  /** Of the paper's detector, on the means of the run and on the exact ones. */
  readonly paperRegime: PaperDetection;
  readonly paperRegimeExact: PaperDetection;
  readonly longGrid: LongGrid | undefined;
}

/**
 * The paper's detector on the exact means of an empty battery, so far out that a longer grid moves the break no more.
 */
export interface LongGrid {
  /** Horizons two an octave from 16 to this one. */
  readonly lastSlots: number;
  readonly transitionSlots: number | undefined;
  /** The break over (σ/μ)². */
  readonly shareOfCrossover: number | undefined;
}

/** A curve beside the first: what their paths have in common at the last horizon, as measured on the pilot's. */
export interface CommonPaths {
  readonly errorRate: number;
  readonly paths: number;
  readonly correlation: number;
  /** Times as many paths as independent curves would need for the same error of the difference. */
  readonly varianceReduction: number;
}

/** What the curves' intervals are good for. */
const COMMON_PATHS_NOTE =
  'The curves are of one seed and share the words of their paths, so that they do not err independently. ' +
  'Each interval is of its own curve and says nothing of the difference between two: ' +
  'that is known better by as much as their paths have in common, and takes paired differences. ' +
  'The bootstrap of each transition has random numbers of its own, but the paths that it starts from are shared.';

/** What finds the transitions, and how far each is to be trusted. */
export const DETECTORS = {
  paperRegime:
    'The paper’s: least squares of c√T up to a horizon and of a + bT above it, against one c√T, by n ' +
    'log(RSS/n) + w k log n ' +
    'with k = 1 and 4 and w = 2, which are ours, for the paper’s are lost. The weight w accepts a break or ' +
    'refuses it ' +
    '(acceptedBelowWeight) and does not move it.',
  regime:
    'Ours: generalised least squares with the covariance of the means over the horizons, about the exact ' +
    'offset of the discrete walk; ' +
    'c√T up to τ and a line that continues it, k = 1 and 3, w = 2.',
  note:
    'A break depends on the grid of horizons and on the last of them: a longer run gives a later one. ' +
    'An interval is of the noise of the means at these horizons and of nothing else; intervals of two grids ' +
    'need not overlap. ' +
    'A break at the last candidate is read as that or later. ' +
    '(σ/μ)² depends on no horizon, nor does the break on the long grid.',
} as const;

/** The figure's data. */
export interface RoutingErrorData {
  readonly detectors: typeof DETECTORS;
  readonly curves: readonly RoutingErrorCurve[];
  readonly note: string;
  /** Of all curves but the first, with it. */
  readonly commonPaths: readonly CommonPaths[];
}

/** Deficits of the same paths at the last horizon, with their quantum. */
export interface PilotDeficits {
  readonly errorRate: number;
  readonly quantumJoules: number;
  readonly deficits: Int32Array;
}

/** The data of curves and of what their pilots have in common. */
export function routingErrorData(
  curves: readonly RoutingErrorCurve[],
  pilots: readonly PilotDeficits[],
): RoutingErrorData {
  const [first, ...others] = pilots;
  const commonPaths = others.map(({ errorRate, quantumJoules, deficits }): CommonPaths => {
    const sums = addPairs(emptyPairedSums(quantumJoules, first.quantumJoules), deficits, first.deficits);
    const { pairs: paths, correlation, varianceReduction } = pairedDifference(sums);
    return { errorRate, paths, correlation, varianceReduction };
  });
  return { detectors: DETECTORS, curves, note: COMMON_PATHS_NOTE, commonPaths };
}

/** Drift below this share of consumption is rounding. */
const NO_DRIFT = 1e-9;
/** Where the long grid ends, in (σ/μ)²: from about 64 on the break stays. */
const LONG_CROSSOVERS = 256;
/** Where exact moments end. */
const LONGEST = 1e9;

/** What one curve is made of, beside the scenario's walk. */
export interface CurveRun {
  readonly errorRate: number;
  readonly slotSeconds: number;
  readonly initialJoules: number;
  readonly summaries: readonly HorizonSummary[];
  /** Of the means over the horizons (stats/mean-covariance.ts), joules². */
  readonly covariance: Float64Array;
  readonly seed: string;
}

/** One curve from the run of its walk. */
export function routingErrorCurve(walk: WalkLaw, run: CurveRun): RoutingErrorCurve {
  const { errorRate, slotSeconds, initialJoules, summaries, covariance, seed } = run;
  const slots = summaries.map((h) => h.slots);
  const means = summaries.map((h) => h.meanDeficit);
  const exact = auxiliaryMoments(compoundIncrement(walk), slots, initialJoules);
  const mu = drift(walk);
  const sigma = volatility(walk);
  const crossoverSlots = Math.abs(mu) < NO_DRIFT * consumption(walk) ? Infinity : (sigma / mu) ** 2;
  return {
    errorRate,
    driftJoulesPerSlot: mu,
    volatilityJoules: sigma,
    crossoverSlots,
    points: summaries.map((h, i) => ({
      slots: h.slots,
      seconds: h.slots * slotSeconds,
      trials: h.trials,
      meanDeficit: h.meanDeficit,
      lower: h.meanInterval.lower,
      upper: h.meanInterval.upper,
      standardDeviation: h.standardDeviation,
      exactMean: exact[i].mean,
      exactStandardDeviation: exact[i].standardDeviation,
    })),
    regime:
      initialJoules > 0
        ? undefined
        : detectTransition(
            { slots, means, covariance, offset: discreteness(walk, slots) },
            // The bootstrap of a curve is its own: its key is neither that of the paths nor that of another curve.
            { seed: `${seed}/figure 4/${errorRate}` },
          ),
    paperRegime: detectPaperTransition(slots, means),
    paperRegimeExact: detectPaperTransition(
      slots,
      exact.map((m) => m.mean),
    ),
    longGrid: longGrid(walk, crossoverSlots),
  };
}

/** The break far out; nothing where there is no drift to bend the curve, or where exact moments do not reach so far. */
export function longGrid(walk: WalkLaw, crossoverSlots: number): LongGrid | undefined {
  const octaves = Math.ceil(Math.log2(Math.max(128, LONG_CROSSOVERS * crossoverSlots) / FIRST_HORIZON));
  const lastSlots = FIRST_HORIZON * 2 ** octaves;
  if (!(lastSlots <= LONGEST)) return undefined;
  const slots = figureHorizons(lastSlots);
  const means = exactMoments(compoundIncrement(walk), slots).map((m) => m.mean);
  const transitionSlots = detectPaperTransition(slots, means).transition?.slots;
  const shareOfCrossover = transitionSlots === undefined ? undefined : transitionSlots / crossoverSlots;
  return { lastSlots, transitionSlots, shareOfCrossover };
}

/**
 * How far the mean of a discrete walk lies from σ√(2T/π) were its harvest critical (its variance kept): −K for large T.
 * The part of the mean that is neither √T nor drift, exactly; what drift itself adds is left for the fits to find.
 */
export function discreteness(walk: WalkLaw, slots: readonly number[]): number[] {
  const { demand, harvest } = walk;
  const mean = consumption(walk);
  const variance = harvest.shape * harvest.scaleJoules ** 2;
  const critical: WalkLaw = { demand, harvest: { shape: mean ** 2 / variance, scaleJoules: variance / mean } };
  const sigma = volatility(critical);
  return exactMoments(compoundIncrement(critical), slots).map((m, i) => m.mean - criticalMean(sigma, slots[i]));
}
