/**
 * What a run of a walk is held against: the exact law of what was sampled, and the scenario's own laws beside it.
 * Joules.
 */
import { AccuracyError } from '../errors.js';
import { volatility } from '../fleet/walk-law.js';
import type { SampledLaw } from '../law/sampled-law.js';
import type { TaskLaw } from '../law/task-law.js';
import { sampledOff } from '../stats/allowance.js';
import { expectedSupDistance, supDistance } from '../stats/distance.js';
import type { ExactReference } from '../stats/verdict.js';
import { chargedLaw } from '../theory/charged.js';
import { compoundIncrement } from '../theory/compound-increment.js';
import { walkConstants } from '../theory/corrected.js';
import { blockDeficitLaw } from '../theory/exact/block-law.js';
import type { ExactLaw } from '../theory/exact/law.js';
import { exactMoments } from '../theory/exact/moments.js';
import type { ExactMoments } from '../theory/exact/moments.js';
import { sampledDeficitLaw } from '../theory/exact/sampled.js';
import type { LatticeIncrement } from '../theory/increment.js';
import { latticeIncrement } from '../theory/lattice-increment.js';
import { exactOrMissing } from '../theory/walk-theory.js';
import type { HorizonTheory, WalkTheory } from '../theory/walk-theory.js';
import type { FinishedRun } from './finished.js';

/** What `validate` adds at each horizon. */
export interface JudgedHorizon {
  readonly theory: HorizonTheory;
  /** sup |simulated CDF − Brownian CDF|, and what the exact law lets one expect of it. */
  readonly brownianDistance: {
    readonly seen: number;
    readonly expected: number;
    /** Of a Kolmogorov–Smirnov test against the Brownian law: what the limit, not the engine, is judged by. */
    readonly pValue: number;
    /** The distance that sampling noise alone exceeds in at most 5 % of the runs. */
    readonly criticalValue: number;
  };
}

/** The laws of a run's horizons with its initial charge, and how far the run lies from the Brownian one. */
export function judgedHorizons({ partials, law }: FinishedRun, horizons: readonly HorizonTheory[]): JudgedHorizon[] {
  return horizons.map((own, i): JudgedHorizon => {
    const horizon = partials.horizons[i];
    const { distance, pValue, criticalValue } = supDistance(horizon, law.quantumJoules, own.brownian);
    const expected = expectedSupDistance(own.exact, own.brownian, horizon, law.quantumJoules).distance;
    return { theory: own, brownianDistance: { seen: distance, expected, pValue, criticalValue } };
  });
}

/**
 * The exact law of the walk that was sampled, at each horizon: what the engine is judged by. A walk drawn task by task
 * (lumped) is judged by the true walk's law, with allowance for the distance at which it was sampled.
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

/**
 * Exact mean, SD and P(D = 0) for a walk drawn task by task (lumped) at each horizon, with the same allowance; no
 * distribution, so far quicker.
 */
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
  const { slots, mean, standardDeviation, probabilityZero, error } = of;
  const off = sampledOff(law.samplingError, volatility(law.source), slots);
  return {
    ...{ slots, mean, standardDeviation, probabilityZero },
    error: {
      mean: off.moment(mean, error.mean),
      standardDeviation: off.moment(standardDeviation, error.standardDeviation),
      probabilityZero: error.probabilityZero + off.chance(probabilityZero),
      cdf: (error.cdf ?? 0) + off.cdf,
    },
  };
}
