/**
 * Rare deficits from first passages under a tilt (docs/model.md section 6): P(D_T > d) = E_θ[exp(−θS_τ + τ log M(θ));
 * τ ≤ T], estimated by the mean of these weights, with how far it can be trusted. The integers come from a backend;
 * all that is floating is here, in path order, so that equal passages give equal estimates to the last bit. Which
 * tilt, and the paths themselves, are the business of rare-tail.ts.
 */
import type { Passages } from '../engine/passage-job.js';
import { clopperPearson } from './binomial.js';
import type { Interval } from './binomial.js';
import { normalCritical } from '../numeric/normal.js';

/** What turns a passage at point n in slot τ into exp(−θ(n·quantum + offset) + τ·logTransform). */
export interface PassageWeights {
  /** d, joules: no passage lies more than half a quantum below it. */
  readonly deficitJoules: number;
  readonly quantumJoules: number;
  readonly offsetJoules: number;
  /** θ, 1/joule. */
  readonly theta: number;
  /** log M(θ) of the scenario's own increment, before the tilt. */
  readonly logTransform: number;
  /** T. */
  readonly slots: number;
}

export interface RareEstimate {
  readonly trials: number;
  /** Paths that passed d by T under the tilt. */
  readonly hits: number;
  readonly probability: number;
  /** Standard error over the estimate; Infinity without hits. */
  readonly relativeStandardError: number;
  /**
   * 95 % interval of the log-normal law with the estimate's mean and standard error: right to the order of the normal
   * one where the error is small, and never below 0. Without hits: 0 to the largest weight times the upper end of the
   * hit rate's exact interval.
   */
  readonly interval: Interval;
  /** (Σw)²/Σw² (Kish 1965): equally weighted paths that would be as good; 0 without hits. */
  readonly effectiveSampleSize: number;
  /** The largest weight as a share of their sum; 0 without hits. */
  readonly largestWeight: number;
  /** Weighted mean slot of the passages: when a deficit of this size happens, if it does. NaN without hits. */
  readonly meanPassageSlot: number;
  /** Why estimate and interval are not to be relied on; undefined where they are. */
  readonly diagnosis: string | undefined;
}

/** Effective paths below which the standard error itself is not known: it is then 10 % and more. */
const LEAST_EFFECTIVE = 100;
/** Share of the sum above which one path makes the estimate. */
const LARGEST_SHARE = 0.05;
const CONFIDENCE = 0.95;

/** Sums of weights over passages that come in any number of parts, in path order. */
export class RareSums {
  private trials = 0;
  private hits = 0;
  private sum = 0;
  private sumOfSquares = 0;
  private largest = 0;
  private slotSum = 0;

  constructor(private readonly weights: PassageWeights) {}

  /** log of the largest weight that a passage can have, half a quantum aside: sums are kept in units of it. */
  private get logScale(): number {
    const { theta, deficitJoules, slots, logTransform } = this.weights;
    return -theta * deficitJoules + slots * Math.max(0, logTransform);
  }

  add({ slots, points }: Passages): void {
    const { theta, quantumJoules, offsetJoules, deficitJoules, logTransform, slots: last } = this.weights;
    const start = last * Math.max(0, logTransform);
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i];
      if (slot === 0) continue;
      // The overshoot first: it is small where S and d are large.
      const overshoot = points[i] * quantumJoules - deficitJoules + offsetJoules;
      const weight = Math.exp(slot * logTransform - start - theta * overshoot);
      this.hits++;
      this.sum += weight;
      this.sumOfSquares += weight * weight;
      this.slotSum += weight * slot;
      if (weight > this.largest) this.largest = weight;
    }
    this.trials += slots.length;
  }

  /** The estimate from all that was added; at least two trials. */
  estimate(): RareEstimate {
    const { trials, hits, sum, sumOfSquares } = this;
    const scale = Math.exp(this.logScale);
    // Sums that underflow altogether say as little as no hits.
    if (!(sumOfSquares > 0)) {
      return {
        trials,
        hits,
        probability: 0,
        relativeStandardError: Infinity,
        interval: { lower: 0, upper: Math.min(1, scale * clopperPearson(hits, trials, CONFIDENCE).upper) },
        effectiveSampleSize: 0,
        largestWeight: 0,
        meanPassageSlot: NaN,
        diagnosis: `no path of ${trials} exceeded the deficit with a weight that counts: use more trials or a longer horizon`,
      };
    }
    const probability = (scale * sum) / trials;
    const effectiveSampleSize = (sum * sum) / sumOfSquares;
    const variance = Math.max(0, trials / effectiveSampleSize - 1) / Math.max(1, trials - 1);
    // The log-normal law with this mean and this relative variance.
    const spread = Math.sqrt(Math.log1p(variance));
    const half = normalCritical(1 - CONFIDENCE) * spread;
    const largestWeight = this.largest / sum;
    return {
      trials,
      hits,
      probability,
      relativeStandardError: Math.sqrt(variance),
      interval: { lower: probability * Math.exp(-half), upper: Math.min(1, probability * Math.exp(half)) },
      effectiveSampleSize,
      largestWeight,
      meanPassageSlot: this.slotSum / sum,
      diagnosis: diagnose(effectiveSampleSize, largestWeight),
    };
  }
}

function diagnose(effective: number, largest: number): string | undefined {
  if (effective < LEAST_EFFECTIVE) {
    return (
      `the weights are worth ${effective.toPrecision(3)} paths, and at least ${LEAST_EFFECTIVE} are needed for the standard error to mean ` +
      'anything: use more trials'
    );
  }
  if (largest > LARGEST_SHARE) {
    return `one path makes ${(100 * largest).toPrecision(2)} % of the estimate, at most ${100 * LARGEST_SHARE} % is sound: use more trials`;
  }
  return undefined;
}
