/**
 * The three rungs of theory at each horizon, as the results show them (docs/contract.md: `exact`, `corrected`,
 * `brownian`). Joules.
 */
import type { FinishedRun } from './finished.js';
import { AccuracyError } from '../errors.js';
import type { WalkLaw } from '../fleet/walk-law.js';
import { volatility } from '../fleet/walk-law.js';
import type { SampledLaw } from '../law/sampled-law.js';
import type { TaskLaw } from '../law/task-law.js';
import { expectedSupDistance, supDistance } from '../stats/distance.js';
import type { ExactReference } from '../stats/verdict.js';
import { brownianLaw } from '../theory/brownian.js';
import { compoundIncrement } from '../theory/compound-increment.js';
import { correctedLaw, walkConstants } from '../theory/corrected.js';
import type { WalkConstants } from '../theory/corrected.js';
import type { DeficitLaw } from '../theory/deficit-law.js';
import { chargedLaw } from '../theory/charged.js';
import { blockDeficitLaw } from '../theory/exact/block-law.js';
import { exactLaw } from '../theory/exact/law.js';
import type { ExactLaw } from '../theory/exact/law.js';
import { exactMoments } from '../theory/exact/moments.js';
import type { ExactMoments } from '../theory/exact/moments.js';
import { sampledDeficitLaw } from '../theory/exact/sampled.js';
import { brownianConstants } from '../theory/increment.js';
import type { CompoundIncrement, LatticeIncrement } from '../theory/increment.js';
import { latticeIncrement } from '../theory/lattice-increment.js';

/** All of theory at one horizon. */
export interface HorizonTheory {
  readonly slots: number;
  /** Of the scenario's own law, with estimates of its own errors. */
  readonly exact: ExactLaw;
  readonly corrected: DeficitLaw;
  readonly brownian: DeficitLaw;
}

/** The three laws of a walk at its horizons: exact, corrected, Brownian. */
export interface WalkTheory {
  readonly increment: CompoundIncrement;
  readonly constants: WalkConstants;
  /** For a battery that starts empty. */
  readonly horizons: readonly HorizonTheory[];
}

/**
 * Theory of the scenario's own walk, from an empty battery.
 * @param onHorizon told of each horizon as soon as it is known, the last first
 */
export function walkTheory(
  walk: WalkLaw,
  horizons: readonly number[],
  onHorizon?: (theory: HorizonTheory) => void,
): WalkTheory {
  const increment = compoundIncrement(walk);
  const constants = walkConstants(increment);
  const lastFirst = [...horizons].reverse().map((slots) => {
    const theory = theoryAt(increment, constants, slots);
    onHorizon?.(theory);
    return theory;
  });
  return { increment, constants, horizons: lastFirst.reverse() };
}

export function theoryAt(increment: CompoundIncrement, constants: WalkConstants, slots: number): HorizonTheory {
  return {
    slots,
    exact: exactOrMissing(increment, constants, slots),
    corrected: correctedLaw(constants, slots),
    brownian: brownianLaw(brownianConstants(increment), slots),
  };
}

/** The approximations with a charge: known at once. */
export function cheapLaws(walk: WalkLaw, slots: number, charge: number): Pick<HorizonTheory, 'corrected' | 'brownian'> {
  const increment = compoundIncrement(walk);
  return {
    corrected: chargedLaw(correctedLaw(walkConstants(increment), slots), charge),
    brownian: chargedLaw(brownianLaw(brownianConstants(increment), slots), charge),
  };
}

/**
 * The exact law; where there is none, the corrected one in its place, without its numbers and marked as missing, so
 * that other horizons stay.
 */
function exactOrMissing(increment: CompoundIncrement, constants: WalkConstants, slots: number): ExactLaw {
  try {
    return exactLaw(increment, slots);
  } catch (error) {
    if (!(error instanceof AccuracyError)) throw error;
    const corrected = correctedLaw(constants, slots);
    const unknown = { mean: NaN, standardDeviation: NaN, probabilityZero: NaN };
    return {
      ...corrected,
      ...unknown,
      rung: 'exact',
      quantile: () => NaN,
      survivalGrid: (from, step, count) =>
        Float64Array.from({ length: count }, (_, j) => corrected.survival(from + j * step)),
      error: { ...unknown, cdf: NaN, quantile: NaN },
      missing: { what: 'law', reason: error.message },
    };
  }
}

/** The same rungs where the battery starts with `charge` joules. */
export function chargedTheory(theory: HorizonTheory, charge: number): HorizonTheory {
  const { slots, exact, corrected, brownian } = theory;
  return {
    slots,
    exact:
      charge > 0 && exact.missing !== undefined ? withoutMoments(chargedLaw(exact, charge)) : chargedLaw(exact, charge),
    corrected: chargedLaw(corrected, charge),
    brownian: chargedLaw(brownian, charge),
  };
}

/** A charged battery's moments come from the distribution, and are missing with it. */
function withoutMoments(law: ExactLaw): ExactLaw {
  return { ...law, mean: NaN, standardDeviation: NaN, probabilityZero: NaN };
}

/** What `validate` adds at each horizon. */
export interface JudgedHorizon {
  readonly theory: HorizonTheory;
  /** sup |simulated CDF − Brownian CDF|, and what the exact law lets one expect of it. */
  readonly brownianDistance: {
    readonly seen: number;
    readonly expected: number;
    /** Of a Kolmogorov–Smirnov test of the run against the Brownian law: what the limit, not the engine, is judged by. */
    readonly pValue: number;
    /** The distance that sampling noise alone exceeds in at most 5 % of the runs. */
    readonly criticalValue: number;
  };
}

/** The rungs of a run's horizons with its initial charge, and how far the run lies from the Brownian one. */
export function judgedHorizons({ partials, law }: FinishedRun, horizons: readonly HorizonTheory[]): JudgedHorizon[] {
  return horizons.map((own, i): JudgedHorizon => {
    const horizon = partials.horizons[i];
    const { distance, pValue, criticalValue } = supDistance(horizon, law.quantumJoules, own.brownian);
    const expected = expectedSupDistance(own.exact, own.brownian, horizon, law.quantumJoules).distance;
    return { theory: own, brownianDistance: { seen: distance, expected, pValue, criticalValue } };
  });
}

/**
 * The exact law of the walk that was sampled, at each horizon: what the engine is judged by. A walk drawn task by task (lumped) is judged
 * by the true walk's law, with allowance for the distance at which it was sampled.
 */
export function sampledReferences(law: SampledLaw | TaskLaw, theory: WalkTheory): ExactReference[] {
  if (!('mixture' in law)) return theory.horizons.map(({ exact }) => taskReference(law, exact));
  const lattice = latticeIncrement(law.mixture);
  const charge = law.initialQuanta * law.quantumJoules;
  return theory.horizons.map(({ exact }) => {
    const own = blockDeficitLaw(lattice, exact.slots);
    if (own === undefined && exact.missing !== undefined) {
      return momentsReference(lattice, exact.slots, charge, exact.missing.reason);
    }
    const sampled = chargedLaw(own ?? sampledDeficitLaw(exact, theory.increment, lattice), charge);
    const { slots, mean, standardDeviation, probabilityZero, error } = sampled;
    return { slots, mean, standardDeviation, probabilityZero, error, law: sampled };
  });
}

/**
 * Moments alone, where there is no distribution; nothing where they cannot be had, or where a charge makes them depend
 * on it.
 */
function momentsReference(lattice: LatticeIncrement, slots: number, charge: number, reason: string): ExactReference {
  const unknown = { slots, mean: NaN, standardDeviation: NaN, probabilityZero: NaN, missing: reason };
  if (charge > 0) return unknown;
  try {
    return { ...exactMoments(lattice, [slots])[0], missing: reason };
  } catch (error) {
    if (!(error instanceof AccuracyError)) throw error;
    return unknown;
  }
}

/** Exact mean, SD and P(D = 0) for a walk drawn task by task (lumped) at each horizon, with the same allowance; no distribution, so far quicker. */
export function taskMoments(law: TaskLaw, horizons: readonly number[]): ExactReference[] {
  const increment = compoundIncrement(law.source);
  if (law.initialQuanta === 0) return exactMoments(increment, horizons).map((moments) => withAllowance(law, moments));
  const constants = walkConstants(increment);
  return horizons.map((slots) => taskReference(law, exactOrMissing(increment, constants, slots)));
}

/** The true law as a reference for a walk that was sampled with `law.samplingError`. */
function taskReference(law: TaskLaw, exact: ExactLaw): ExactReference {
  if (exact.missing !== undefined) {
    const { slots, missing } = exact;
    const known = law.initialQuanta === 0 && missing.what === 'distribution';
    const unknown = { slots, mean: NaN, standardDeviation: NaN, probabilityZero: NaN };
    return { ...(known ? withAllowance(law, exact) : unknown), missing: missing.reason };
  }
  const charged = chargedLaw(exact, law.initialQuanta * law.quantumJoules);
  return { ...withAllowance(law, charged), law: charged };
}

function withAllowance(law: TaskLaw, of: ExactMoments & { readonly error: { readonly cdf?: number } }): ExactReference {
  const off = law.samplingError;
  const sigma = volatility(law.source);
  const { slots, mean, standardDeviation, probabilityZero, error } = of;
  // Drift moves the mean by at most its sum, variance scales the deficit by its root, and a step that is off by a distance δ somewhere
  // moves overshoot by about δσ and the chance of never falling short by a few δ of itself (by δ in the first slot).
  const overshoot = off.kolmogorov * sigma;
  const drifted = slots * off.mean * sigma;
  const spread = Math.abs(off.variance) / 2;
  return {
    slots,
    mean,
    standardDeviation,
    probabilityZero,
    error: {
      mean: error.mean + drifted + spread * mean + overshoot,
      standardDeviation: error.standardDeviation + drifted + spread * standardDeviation + overshoot,
      probabilityZero: error.probabilityZero + off.kolmogorov * Math.min(1, 4 * probabilityZero),
      cdf: (error.cdf ?? 0) + off.kolmogorov + Math.abs(off.variance),
    },
  };
}
