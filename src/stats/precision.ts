/**
 * Precision targets: run until the 95 % half-width of the mean, or of a quantile, is small enough relative to the
 * value, and not on until luck makes it look so. What runs the trials is not here: this says at how many to look next
 * and what was seen.
 *
 * The rule. *Pilots* only plan: a look that cannot stop costs nothing. They go on, eightfold each time, until the
 * spread itself is known well enough (`trusted`). Then come at most a few looks that can stop, each at the number of
 * trials that the one before it says will do. Look j has level α_j = α·(1 − r)·r^(j−1), r = 0.2, so that all looks
 * together err with probability at most α = 5 %: 4 % for the first look (z = 2.054 instead of 1.960, 10 % more trials
 * than a plan without looks), 0.8 % for the second, and so on. This bound needs no independence of the looks.
 */
import { AccuracyError, InputError } from '../errors.js';
import type { HorizonPartials } from '../engine/partials.js';
import { binDeficits, binEnd, binOfRank, momentsAbout, quantile, quantileInterval } from './binned.js';
import type { BinnedDeficits } from './binned.js';
import type { Interval } from './binomial.js';
import { normalCritical } from '../numeric/normal.js';
import { sampleMoments } from './summary.js';

/** What is to be known how well: half-width of the 95 % interval ≤ relativeHalfWidth × value. */
export interface PrecisionTarget {
  /** What is meant, where a run counts more than one quantity: `waste`; the main one where left out. */
  readonly quantity?: string;
  /** 'mean', or the probability of a quantile. */
  readonly of: 'mean' | number;
  /** 0.001 for 0.1 %. */
  readonly relativeHalfWidth: number;
}

/**
 * Reads `0.1%`, `0.001`, `mean:0.1%` or `q0.99:0.5%`, each with a quantity before it or without: `waste:0.1%`,
 * `waste:q0.99:0.5%`. Throws InputError (field `--until`) on anything else, also on widths of 0 or from 100 % on.
 * @param quantities that the run counts
 */
export function parsePrecisionTarget(text: string, quantities: readonly string[] = []): PrecisionTarget {
  const match = /^(?:([a-z]{5,}):)?(?:(mean|q(0?\.\d+)):)?(\d*\.?\d+(?:e[+-]?\d+)?)(%?)$/i.exec(text.trim());
  const width = match === null ? NaN : Number(match[4]) / (match[5] === '%' ? 100 : 1);
  const probability = match?.[3] === undefined ? undefined : Number(match[3]);
  const quantity = match?.[1];
  const isUnknown = quantity !== undefined && !quantities.includes(quantity);
  if (!(width > 0 && width < 1) || probability === 0 || isUnknown) {
    const named = quantities.length > 1 ? `, or one of ${quantities.join(', ')} before that, such as` : '';
    throw new InputError(
      `--until: got ${JSON.stringify(text)}, expected a relative half-width between 0 and 100 % such as 0.1%, for the ` +
        `mean, or with a quantile named before it, such as q0.99:0.5%${named === '' ? '' : `${named} ${quantities[1]}:1%`}`,
      '--until',
    );
  }
  return { ...(quantity === undefined ? {} : { quantity }), of: probability ?? 'mean', relativeHalfWidth: width };
}

/** What one look at the trials so far says. Joules unless said otherwise. */
export interface Look {
  /** The target is met: stop. The interval below is then the result's, with its coverage. */
  readonly met: boolean;
  /** Whether this look could stop (a pilot could not). */
  readonly pilot: boolean;
  readonly trials: number;
  readonly estimate: number;
  /** The interval at this look's own level, wider than 95 % by what the looks cost. */
  readonly interval: Interval;
  readonly halfWidth: number;
  /** halfWidth/estimate; Infinity while the estimate is 0. */
  readonly relativeHalfWidth: number;
  /** Trials at which to look next, more than now; undefined when met, or when `mostTrials` are spent. */
  readonly nextTrials: number | undefined;
  /** Projection of all trials needed, NaN while too little is known. It may exceed `mostTrials`. */
  readonly trialsNeeded: number;
}

/** Where a run with a target has got to, so that another may go on with it: looks taken, and trials at the next. */
export interface PrecisionState {
  readonly looks: number;
  readonly next: number;
}

export interface PrecisionOptions {
  /** Where another run of the same target had got to. */
  readonly state?: PrecisionState | undefined;
  /** Trials before the first look; 10 000 unless said. */
  readonly firstTrials?: number;
  /** What else is asked of the run needs so many: no look comes before. */
  readonly leastTrials?: number;
  /** Never look beyond; 10¹⁰ unless said. */
  readonly mostTrials?: number;
  /** 0.95 unless said. */
  readonly confidence?: number;
}

const LEVEL_RATIO = 0.2;
/** A pilot on the mean is trusted from this relative standard error of (SD/mean)² on. */
const PILOT_ERROR = 0.1;
/** A pilot on a quantile is trusted from this n·p(1 − p) on; its interval is exact at any n. */
const PILOT_SPREAD = 100;
const PILOT_GROWTH = 8;

/** The estimate at one look before anything is decided. */
interface Measured {
  readonly estimate: number;
  readonly interval: Interval;
  /** Part of the half-width that trials shrink as 1/√n, and the part that they do not (bins). */
  readonly shrinking: number;
  readonly fixed: number;
  readonly trusted: boolean;
  /** Relative standard error of `shrinking`², so of the trials planned from it, which are so many more. */
  readonly planError: number;
}

/** The sequential rule for one run: ask `nextTrials`, run to there, `look`, until there is no further number. */
export class SequentialPrecision {
  private readonly first: number;
  private readonly most: number;
  private readonly alpha: number;
  private looks = 0;
  private next: number | undefined;

  constructor(
    readonly target: PrecisionTarget,
    { firstTrials = 10_000, leastTrials = 2, mostTrials = 1e10, confidence = 0.95, state }: PrecisionOptions = {},
  ) {
    this.first = Math.max(2, leastTrials, firstTrials);
    this.most = mostTrials;
    this.alpha = 1 - confidence;
    this.looks = state?.looks ?? 0;
    this.next = Math.min(state?.next ?? this.first, this.most);
  }

  /** Where it has got to; undefined where there is nothing more to run. */
  get state(): PrecisionState | undefined {
    return this.next === undefined ? undefined : { looks: this.looks, next: this.next };
  }

  /** Trials in all at which to look next; undefined when there is nothing more to run. */
  get nextTrials(): number | undefined {
    return this.next;
  }

  /**
   * Looks at the run so far, at its target horizon. More trials than `nextTrials` do no harm; a look before that many
   * spends a level for nothing. Throws InputError where a quantile lies in the atom at 0, AccuracyError where the bins
   * are too wide for the target.
   */
  look(horizon: HorizonPartials, quantumJoules: number): Look {
    const binned = binDeficits(horizon, quantumJoules);
    const plan = this.measure(horizon, quantumJoules, binned, this.level(this.looks + 1));
    const wanted = this.target.relativeHalfWidth * plan.estimate;
    if (plan.fixed >= wanted && plan.trusted) throw this.binsTooWide(plan);
    const needed = (measured: Measured): number =>
      horizon.count *
      (measured.shrinking / (this.target.relativeHalfWidth * measured.estimate - measured.fixed)) ** 2 *
      (1 + measured.planError + 0.01);
    if (!plan.trusted) return this.outcome(horizon.count, plan, true, false, NaN);
    if (this.looks === 0 && needed(plan) > horizon.count && horizon.count < this.most) {
      return this.outcome(horizon.count, plan, true, false, needed(plan));
    }
    this.looks++;
    const met = 0.5 * (plan.interval.upper - plan.interval.lower) <= wanted;
    const later = met ? plan : this.measure(horizon, quantumJoules, binned, this.level(this.looks + 1));
    return this.outcome(horizon.count, plan, false, met, met ? horizon.count : needed(later));
  }

  /** α_j of the j-th look that can stop, j from 1. */
  private level(j: number): number {
    return this.alpha * (1 - LEVEL_RATIO) * LEVEL_RATIO ** (j - 1);
  }

  private outcome(trials: number, seen: Measured, pilot: boolean, met: boolean, trialsNeeded: number): Look {
    const halfWidth = 0.5 * (seen.interval.upper - seen.interval.lower);
    const planned = Number.isNaN(trialsNeeded) ? PILOT_GROWTH * trials : Math.max(trialsNeeded, 1.02 * trials);
    this.next = met || trials >= this.most ? undefined : Math.min(Math.ceil(planned), this.most);
    return {
      met,
      pilot,
      trials,
      estimate: seen.estimate,
      interval: seen.interval,
      halfWidth,
      relativeHalfWidth: seen.estimate > 0 ? halfWidth / seen.estimate : Infinity,
      nextTrials: this.next,
      trialsNeeded,
    };
  }

  private measure(horizon: HorizonPartials, quantumJoules: number, binned: BinnedDeficits, alpha: number): Measured {
    return this.target.of === 'mean'
      ? measureMean(horizon, quantumJoules, binned, alpha)
      : measureQuantile(this.target.of, horizon, binned, alpha);
  }

  private binsTooWide({ fixed, estimate }: Measured): AccuracyError {
    const least = ((100 * fixed) / estimate).toPrecision(2);
    return new AccuracyError(
      `The bins about the ${String(this.target.of)}-quantile are ${2 * fixed} J wide, so its half-width cannot fall below ${least} % of ` +
        `${estimate} J however many trials are run, but ${100 * this.target.relativeHalfWidth} % was asked for: ask for more than ${least} %.`,
    );
  }
}

function measureMean(h: HorizonPartials, quantumJoules: number, binned: BinnedDeficits, alpha: number): Measured {
  const { mean, variance } = sampleMoments(h, quantumJoules);
  const m = momentsAbout(mean, binned.zeros, binned.counts, binned);
  const halfWidth = normalCritical(alpha) * Math.sqrt(variance / h.count);
  // Trials needed go with variance/mean²: relative variances (κ − 1)/n and 4 (SD/mean)²/n.
  const relative = variance > 0 ? m.fourth / m.second ** 2 - 1 + (4 * variance) / mean ** 2 : Infinity;
  const planError = Math.sqrt(relative / h.count);
  return {
    estimate: mean,
    interval: { lower: mean - halfWidth, upper: mean + halfWidth },
    shrinking: halfWidth,
    fixed: 0,
    trusted: planError <= PILOT_ERROR,
    planError,
  };
}

function measureQuantile(p: number, h: HorizonPartials, binned: BinnedDeficits, alpha: number): Measured {
  const estimate = quantile(binned, p);
  const interval = quantileInterval(binned, p, alpha / 2, alpha / 2);
  if (interval.upper === 0) {
    throw new InputError(
      `The ${p}-quantile at ${h.slots} slots is 0, as a fraction ${binned.zeros / h.count} of the paths has no deficit; a relative ` +
        'half-width of 0 J can never be met. Name a higher quantile, or the mean.',
      'until',
    );
  }
  const bin = binOfRank(binned, p * h.count);
  const fixed = bin < 0 ? 0 : 0.5 * (binEnd(binned, bin) - binned.edges[bin]);
  const halfWidth = 0.5 * (interval.upper - interval.lower);
  // The interval spans about 2z√(np(1 − p)) order statistics, whose spacing it measures to one part in the root of
  // that.
  const spanned = 2 * normalCritical(alpha) * Math.sqrt(h.count * p * (1 - p));
  return {
    estimate,
    interval,
    shrinking: Math.max(halfWidth - fixed, 0),
    fixed,
    trusted: h.count * p * (1 - p) >= PILOT_SPREAD && interval.lower > 0 && Number.isFinite(halfWidth),
    planError: 2 / Math.sqrt(spanned),
  };
}
