/**
 * Partials and exact values → Verdicts: is the engine right? Judged against the exact law of the walk that was sampled,
 * never against the diffusion limit, of which a right engine falls foul (distance.ts measures that).
 *
 * The null law is known, so its own variance and skewness stand in each test, not the sample's: a sample with few
 * deficits knows neither. Where the caller has no law but only moments, the higher ones are taken from the histogram.
 */
import { AccuracyError, InputError } from '../errors.js';
import type { HorizonPartials, Partials } from '../engine/partials.js';
import { append } from '../numeric/extremes.js';
import type { DeficitLaw } from '../theory/deficit-law.js';
import { shrink, standardise, testShare } from './allowance.js';
import { binDeficits, momentsAbout, skewness } from './binned.js';
import type { BinnedDeficits, CentralMoments } from './binned.js';
import { equiprobableCells } from './cells.js';
import type { Cells } from './cells.js';
import { FAMILY_ALPHA, decideTogether } from './family.js';
import type { Decision, FamilyVerdict } from './family.js';
import { chiSquareTest, groupedKolmogorovTest } from './goodness-of-fit.js';
import { lawOnBins } from './law-on-bins.js';
import type { LawOnBins } from './law-on-bins.js';
import { skewedTwoSided } from './tails.js';
import { sampleMoments, varianceOfVariance } from './summary.js';

export type VerdictName = 'mean' | 'standardDeviation' | 'probabilityZero' | 'chiSquare' | 'kolmogorov';

/** A test before the family's level is shared out. */
export interface Test {
  readonly name: VerdictName;
  /**
   * Standard deviations between seen and expected for mean, standardDeviation, probabilityZero; X² for chiSquare;
   * √n·sup for kolmogorov.
   */
  readonly statistic: number;
  readonly pValue: number;
  /** Set where there are too many trials for this law: the test has lost power to what is allowed for. */
  readonly coarse?: Coarse;
}

/** One test of one horizon (contract). */
export interface Verdict extends Test, Decision {}

/** What theory claims of its own error in a test, above a tenth of what the trials can see, in one unit. */
export interface Coarse {
  readonly error: number;
  readonly samplingError: number;
}

/** Part of the sampling error that theory's own may be without a word. */
const UNSEEN = 0.1;

/** What theory says exactly of one horizon; joules. */
export interface ExactReference {
  readonly slots: number;
  readonly mean: number;
  readonly standardDeviation: number;
  readonly probabilityZero: number;
  /** Bounds on how far the values above are themselves off; 0 where left out. `cdf` is that of `law`, absolute. */
  readonly error?: {
    readonly mean?: number;
    readonly standardDeviation?: number;
    readonly probabilityZero?: number;
    readonly cdf?: number;
  };
  /** The whole law of the sampled walk: adds the tests of the distribution. */
  readonly law?: DeficitLaw;
  /**
   * Why there is no such law where one was wanted; where the moments are NaN too, nothing is judged at this horizon.
   */
  readonly missing?: string;
}

/** The tests of one horizon. */
export interface HorizonVerdicts {
  readonly slots: number;
  readonly verdicts: readonly Verdict[];
}

/** All tests of a run, and whether they pass together. */
export interface Judgement extends FamilyVerdict {
  readonly horizons: readonly HorizonVerdicts[];
}

/** How strictly a run is judged. */
export interface JudgeOptions {
  /** Chance that a right run fails anywhere, at most; see family.ts. */
  readonly familyAlpha?: number;
}

/**
 * A mean against a value that may be off by `error`.
 * @param variance of the mean itself under the law, as is its `skewed`
 * @param samplingError its root
 */
export function testMean(
  difference: number,
  error: number,
  variance: number,
  skewed: number,
  samplingError = Math.sqrt(variance),
): Test & { readonly name: 'mean' } {
  const statistic = standardise(shrink(difference, error), variance);
  return { name: 'mean', statistic, pValue: skewedTwoSided(statistic, skewed), ...coarseness(error, samplingError) };
}

/** For a test whose law may be off by `error` where chance alone makes `samplingError`. */
export function coarseness(error: number, samplingError: number): { readonly coarse?: Coarse } {
  return samplingError > 0 && error > UNSEEN * samplingError ? { coarse: { error, samplingError } } : {};
}

/**
 * Judges a run against exact values, one for each horizon in the same order. Throws InputError where the horizons do
 * not match or hold no path, AccuracyError where a value of theory is no finite number: nothing can be judged by it.
 */
export function judge(
  partials: Partials,
  quantumJoules: number,
  exact: readonly ExactReference[],
  { familyAlpha = FAMILY_ALPHA }: JudgeOptions = {},
): Judgement {
  const all = partials.horizons.map((horizon, i) => {
    const reference = exact.at(i);
    if (exact.length !== partials.horizons.length || reference?.slots !== horizon.slots) {
      throw new InputError(
        `The run has horizons ${partials.horizons.map((h) => h.slots).join(', ')} but the exact values are for ` +
          `${exact.map((e) => e.slots).join(', ')}: give one exact value for each horizon, in the same order.`,
        'horizons',
      );
    }
    return testHorizon(horizon, quantumJoules, reference);
  });
  const { pass, tests, groups } = decideTogether(all, familyAlpha);
  const horizons = groups.map((verdicts, i) => ({ slots: partials.horizons[i].slots, verdicts }));
  return { pass, familyAlpha, tests, horizons };
}

function testHorizon(horizon: HorizonPartials, quantumJoules: number, exact: ExactReference): Test[] {
  if (exact.missing !== undefined && Number.isNaN(exact.mean)) return [];
  for (const name of ['mean', 'standardDeviation', 'probabilityZero'] as const) {
    if (!Number.isFinite(exact[name]) || exact[name] < 0) {
      throw new AccuracyError(
        `The exact ${name} at ${exact.slots} slots is ${exact[name]}; a finite number ≥ 0 was expected, and nothing can be judged by this one.`,
      );
    }
  }
  const binned = binDeficits(horizon, quantumJoules);
  const law = exact.law === undefined ? undefined : lawOnBins(exact.law, binned);
  const { zeros, count } = horizon;
  const empty = exact.probabilityZero;
  const emptyError = exact.error?.probabilityZero ?? 0;
  const tests: Test[] = [
    ...testMoments(horizon, quantumJoules, exact, binned, law),
    {
      name: 'probabilityZero',
      ...testShare(zeros, count, empty, emptyError),
      ...coarseness(emptyError, Math.max(Math.sqrt((empty * (1 - empty)) / count), 1 / count)),
    },
  ];
  if (law !== undefined) append(tests, shapeTests(equiprobableCells(binned, law), exact.error?.cdf ?? 0));
  for (const { name, pValue } of tests) {
    if (Number.isNaN(pValue))
      throw new AccuracyError(`The p-value of ${name} at ${exact.slots} slots is not a number.`);
  }
  return tests;
}

/** The tests of the whole distribution: a cell's probability has an error at either end. */
export function shapeTests(cells: Cells, error: number): Test[] {
  const least = cells.probabilities.reduce((a, b) => Math.min(a, b), 1);
  return [
    {
      name: 'chiSquare',
      ...chiSquareTest(cells, error),
      ...coarseness(2 * error, Math.sqrt((least * (1 - least)) / cells.trials)),
    },
    {
      name: 'kolmogorov',
      ...groupedKolmogorovTest(cells, error),
      ...coarseness(error, 0.5 / Math.sqrt(cells.trials)),
    },
  ];
}

/**
 * Mean and SD. The mean has variance σ²/n and skewness γ/√n under the exact law; s² has the variance of its exact
 * formula and, to leading order, the skewness of the mean of (D − μ)². Both are far from normal where few paths have
 * deficits, which `skewedTwoSided` allows for.
 */
export function testMoments(
  horizon: HorizonPartials,
  quantumJoules: number,
  exact: ExactReference,
  binned: BinnedDeficits,
  law: LawOnBins | undefined,
): Test[] {
  const n = horizon.count;
  const { mean, variance } = sampleMoments(horizon, quantumJoules);
  const m =
    law === undefined
      ? momentsWithoutLaw(exact, binned)
      : momentsAbout(exact.mean, law.cdf[0], law.probabilities, binned);
  const nullVariance = exact.standardDeviation ** 2;
  const skewed = skewness(m) / Math.sqrt(n);
  const samplingError = exact.standardDeviation / Math.sqrt(n);
  const tests: Test[] = [testMean(mean - exact.mean, exact.error?.mean ?? 0, nullVariance / n, skewed, samplingError)];
  // One path has no spread to judge; of few deficits whose law is not known it may be anything.
  const expected = n * (1 - exact.probabilityZero);
  if (n === 1 || (law === undefined && expected > 0 && expected < FEW_OF_UNKNOWN_LAW)) return tests;

  const spreadOfSquare = m.fourth - m.second ** 2;
  const skewnessOfSquare =
    spreadOfSquare > 0 ? (m.sixth - 3 * m.fourth * m.second + 2 * m.second ** 3) / spreadOfSquare ** 1.5 : 0;
  const varianceError = 2 * exact.standardDeviation * (exact.error?.standardDeviation ?? 0);
  const spread = nullVariance === 0 ? 0 : varianceOfVariance(m.fourth, nullVariance, n);
  const varianceZ = standardise(shrink(variance - nullVariance, varianceError), spread);
  tests.push({
    name: 'standardDeviation',
    statistic: varianceZ,
    pValue: skewedTwoSided(varianceZ, skewnessOfSquare / Math.sqrt(n)),
    // Of the SD, which the variance moves by 1/(2 SD).
    ...coarseness(exact.error?.standardDeviation ?? 0, Math.sqrt(spread) / (2 * exact.standardDeviation)),
  });
  return tests;
}

/**
 * Below this many expected deficits the histogram knows too little of the higher moments: at 2000 exponential deficits
 * the SD's p-values near 1e-3 came out three times too often.
 */
const FEW_DEFICITS = 10_000;

/** Fewer expected deficits than these do not show how their squares spread: sizes that are atoms have no gamma law. */
const FEW_OF_UNKNOWN_LAW = 100;

/**
 * Higher moments about the exact mean where no law is given: the histogram's, or where few paths have deficits those of
 * the gamma law that the exact moments give to the positive deficits. A run in which, rightly, no path had a deficit
 * must not be taken to have no spread.
 */
function momentsWithoutLaw(exact: ExactReference, binned: BinnedDeficits): CentralMoments {
  const positive = 1 - exact.probabilityZero;
  if (positive * binned.trials >= FEW_DEFICITS || positive <= 0 || exact.mean === 0) {
    return momentsAbout(exact.mean, binned.zeros, binned.counts, binned);
  }
  const mean = exact.mean / positive;
  const spread = (exact.standardDeviation ** 2 + exact.mean ** 2) / positive - mean ** 2;
  const scale = Math.max(spread, 0) / mean;
  // Raw moments of D: E D^(k+1) = E D^k · (mean + k·scale); central ones by the binomial theorem.
  const raw = [1, exact.mean];
  for (let k = 1; k < 6; k++) raw.push(raw[k] * (mean + k * scale));
  const about = (order: number): number => {
    let sum = 0;
    let choose = 1;
    for (let k = 0; k <= order; k++) {
      sum += choose * raw[k] * (-exact.mean) ** (order - k);
      choose = (choose * (order - k)) / (k + 1);
    }
    return sum;
  };
  return { second: about(2), third: about(3), fourth: about(4), sixth: about(6) };
}
