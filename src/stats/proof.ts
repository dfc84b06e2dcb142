/**
 * A proof's integers → what they say of each theorem. Path-wise claims (Theorem 1, Lemma 1, the running minimum) hold
 * or fail by counting, with no tolerance; statistical ones (Lemma 2, Theorem 2, the exact mean) share one family-wise
 * α.
 */
import type { HorizonPartials, Partials } from '../engine/partials.js';
import { countViolations, splitProof } from '../engine/proof-job.js';
import type { ViolationName } from '../engine/proof-job.js';
import { consumptionCumulant } from '../fleet/walk-law.js';
import type { WalkLaw } from '../fleet/walk-law.js';
import type { LimitLadder } from '../theory/limit-ladder.js';
import { binDeficits } from './binned.js';
import { FAMILY_ALPHA, decideTogether } from './family.js';
import type { Decision, FamilyVerdict } from './family.js';
import { lawOnBins } from './law-on-bins.js';
import { skewedTwoSided } from './tails.js';
import { sampleMoments, varianceOfVariance } from './summary.js';
import { testMoments } from './verdict.js';
import type { ExactReference } from './verdict.js';

/** A mean deficit, joules. */
export interface MeanEstimate {
  readonly meanDeficit: number;
  readonly standardError: number;
}

/** One statistical test. */
export interface ProofVerdict extends Decision {
  readonly name: string;
  /** What was seen and what theory says; joules or joules². */
  readonly seen: number;
  readonly expected: number;
  /** Standard deviations between them. */
  readonly statistic: number;
  readonly pValue: number;
}

export interface ProofHorizon {
  readonly slots: number;
  readonly trials: number;
  /** Paths with each violation in any slot up to T. */
  readonly violations: Record<ViolationName, number>;
  /** Paths with no violation at all. */
  readonly clean: number;
  readonly lumped: MeanEstimate;
  readonly distributed: MeanEstimate;
  /** The distributed mean with the lumped deficit, whose mean is known exactly, as a control variate. */
  readonly controlled: MeanEstimate;
  /** Lemma 2 and the lumped mean against the exact law. */
  readonly verdicts: readonly ProofVerdict[];
}

/** One regime of Theorem 2 at one horizon. Joules. */
export interface RegimeHorizon {
  readonly slots: number;
  readonly trials: number;
  /**
   * What eq. 37 gives, which is the Brownian motion's; the discrete walk's own limit; and what its exact law does at
   * this T.
   */
  readonly limitMean: number;
  readonly walkLimitMean: number;
  readonly exactMean: number;
  /** exactMean / limitMean − 1, and exactMean / walkLimitMean − 1. */
  readonly finiteGap: number;
  readonly walkGap: number;
  readonly simulated: MeanEstimate;
  /** The simulated mean against the exact one. */
  readonly verdict: ProofVerdict;
}

/**
 * One regime of Theorem 2 at a fixed drift, simulated, and judged in the limit. The numbers of its last horizon stand
 * at the top.
 */
export interface RegimeResult extends RegimeHorizon {
  readonly regime: string;
  readonly driftJoulesPerSlot: number;
  /** b, joules. */
  readonly initialJoules: number;
  readonly horizons: readonly RegimeHorizon[];
  /** Whether eq. 37 is the limit, by exact laws (theory/limit-ladder.ts). */
  readonly ladders: readonly LimitLadder[];
}

/** What came of holding every path to the theorems, and the means to their limits. */
export interface Proof extends FamilyVerdict {
  /** No path breaks a theorem, every statistical verdict passes, and the mean tends to the limits of Theorem 2. */
  readonly pass: boolean;
  readonly horizons: readonly ProofHorizon[];
  readonly regimes: readonly RegimeResult[];
}

/** A regime before the family's level is shared out. */
export interface RegimeRun {
  readonly regime: string;
  readonly driftJoulesPerSlot: number;
  readonly initialJoules: number;
  readonly quantumJoules: number;
  readonly horizons: readonly {
    readonly partials: HorizonPartials;
    readonly limitMean: number;
    readonly walkLimitMean: number;
    /** Of the scenario's own law, joules. */
    readonly exactMean: number;
    /** Of the walk that was sampled. */
    readonly reference: ExactReference;
  }[];
  readonly ladders: readonly LimitLadder[];
}

type Test = Omit<ProofVerdict, 'alpha' | 'pass'>;

/**
 * Judges a proof.
 *
 * @param references exact lumped law at each horizon of the job, in order
 */
export function judgeProof(
  partials: Partials,
  walk: WalkLaw,
  quantumJoules: number,
  references: readonly ExactReference[],
  regimeRuns: readonly RegimeRun[],
  familyAlpha = FAMILY_ALPHA,
): Proof {
  const rows = splitProof(partials);
  const tests: Test[][] = rows.lumped.map((lumped, h) => [
    varianceTest(rows.consumption[h], walk, quantumJoules),
    meanTest('lumpedMean', lumped, quantumJoules, references[h]),
  ]);
  const regimeTests = regimeRuns.map(({ regime, quantumJoules: quantum, horizons: own }) =>
    own.map(({ partials: seen, reference }) => meanTest(`theorem2 ${regime}`, seen, quantum, reference)),
  );
  const family = decideTogether([...tests, ...regimeTests], familyAlpha);
  const horizons = rows.lumped.map((lumped, h): ProofHorizon => {
    const violations = rows.violations[h];
    return {
      slots: lumped.slots,
      trials: lumped.count,
      violations: countViolations(violations),
      clean: violations.zeros,
      lumped: estimate(lumped, quantumJoules),
      distributed: estimate(rows.distributed[h], quantumJoules),
      controlled: controlled(lumped, rows.distributed[h], rows.difference[h], quantumJoules, references[h].mean),
      verdicts: family.groups[h],
    };
  });
  const regimes = regimeRuns.map((run, r): RegimeResult => {
    const verdicts = family.groups[tests.length + r];
    const own = run.horizons.map((horizon, h) => regimeHorizon(horizon, run.quantumJoules, verdicts[h]));
    const { regime, driftJoulesPerSlot, initialJoules, ladders } = run;
    return { regime, driftJoulesPerSlot, initialJoules, ...own[own.length - 1], horizons: own, ladders };
  });
  const pass =
    horizons.every((h) => h.clean === h.trials) &&
    family.pass &&
    regimes.every(({ ladders }) => ladders.every((ladder) => ladder.pass));
  return { pass, familyAlpha, tests: family.tests, horizons, regimes };
}

function regimeHorizon(
  { partials, limitMean, walkLimitMean, exactMean }: RegimeRun['horizons'][number],
  quantumJoules: number,
  verdict: ProofVerdict,
): RegimeHorizon {
  return {
    slots: partials.slots,
    trials: partials.count,
    limitMean,
    walkLimitMean,
    exactMean,
    finiteGap: exactMean / limitMean - 1,
    walkGap: exactMean / walkLimitMean - 1,
    simulated: estimate(partials, quantumJoules),
    verdict,
  };
}

function estimate(row: HorizonPartials, quantumJoules: number): MeanEstimate {
  const { mean, variance } = sampleMoments(row, quantumJoules);
  return { meanDeficit: mean, standardError: Math.sqrt(variance / row.count) };
}

/** Mean of the distributed deficit less β(lumped mean − its exact value), β the regression's slope. */
function controlled(
  lumped: HorizonPartials,
  distributed: HorizonPartials,
  difference: HorizonPartials,
  quantumJoules: number,
  exactMean: number,
): MeanEstimate {
  const control = sampleMoments(lumped, quantumJoules);
  const plain = sampleMoments(distributed, quantumJoules);
  const covariance = (control.variance + plain.variance - sampleMoments(difference, quantumJoules).variance) / 2;
  const slope = control.variance > 0 ? covariance / control.variance : 0;
  const left = Math.max(0, plain.variance - slope * covariance);
  return {
    meanDeficit: plain.mean - slope * (control.mean - exactMean),
    standardError: Math.sqrt(left / distributed.count),
  };
}

/** Lemma 2: consumption has variance T κ₂(C); its fourth cumulant T κ₄(C) says how well n paths show it. */
function varianceTest(row: HorizonPartials, { demand }: WalkLaw, quantumJoules: number): Test {
  const n = row.count;
  const expected = row.slots * consumptionCumulant(demand, 2);
  const { variance } = sampleMoments(row, quantumJoules);
  const fourth = row.slots * consumptionCumulant(demand, 4) + 3 * expected ** 2;
  const statistic = n > 1 ? (variance - expected) / Math.sqrt(varianceOfVariance(fourth, expected, n)) : 0;
  // s² has, to leading order, the skewness of a mean of squares: √8 for normal sums, more where single tasks are heavy.
  const skewness = (Math.sqrt(8) * fourth) / (3 * expected ** 2) / Math.sqrt(n);
  return {
    name: 'lemma2Variance',
    seen: n > 1 ? variance : expected,
    expected,
    statistic,
    pValue: skewedTwoSided(statistic, skewness),
  };
}

/** The mean as `validate` judges it: with a charge few paths have deficits, and their mean is far from normal. */
function meanTest(name: string, row: HorizonPartials, quantumJoules: number, reference: ExactReference): Test {
  const binned = binDeficits(row, quantumJoules);
  const law = reference.law === undefined ? undefined : lawOnBins(reference.law, binned);
  const [{ statistic, pValue }] = testMoments(row, quantumJoules, reference, binned, law);
  return { name, seen: sampleMoments(row, quantumJoules).mean, expected: reference.mean, statistic, pValue };
}
