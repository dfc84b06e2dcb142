/**
 * P(D_T > d) for rare deficits, end to end: the tilt for each d, the tilted walk's sampled law, its first passages on a
 * backend, the weights. The weights use log M(θ) of the scenario's own law, not of the sampled one, so that e^(−θd)
 * decays at the true rate; what the lattice can then still put wrong is reported as `samplingBias`.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { InputError } from '../errors.js';
import type { Backend, RunControl } from '../engine/backend.js';
import { planPassages } from '../engine/passage-job.js';
import type { Passages } from '../engine/passage-job.js';
import { largestOf } from '../numeric/extremes.js';
import { drift, volatility } from '../fleet/walk-law.js';
import type { WalkLaw } from '../fleet/walk-law.js';
import { sampleLaw } from '../law/sampled-law.js';
import type { SampledLaw } from '../law/sampled-law.js';
import { compoundIncrement } from '../theory/compound-increment.js';
import { latticeIncrement } from '../theory/lattice-increment.js';
import { adjustmentCoefficient, tiltFor, tiltedWalk } from '../theory/rare.js';
import { RareSums } from './rare.js';
import type { RareEstimate } from './rare.js';

/** A deficit made ready for simulation. */
export interface TailPlan {
  /** d, joules. */
  readonly deficitJoules: number;
  /** T. */
  readonly slots: number;
  /** θ, 1/joule. */
  readonly theta: number;
  /** log M(θ), 0 where θ is the adjustment coefficient. */
  readonly logTransform: number;
  /** The tilted walk, sampled. Deficits with one θ share one. */
  readonly law: SampledLaw;
}

export interface RareTail extends RareEstimate {
  readonly deficitJoules: number;
  readonly slots: number;
  readonly theta: number;
  readonly logTransform: number;
  readonly quantumJoules: number;
  /**
   * Relative error of the probability that the lattice may add, a cautious estimate: |log of what the sampled law's
   * mass tilts back to| · τ.
   */
  readonly samplingBias: number;
  /** SHA-256 of the passages, (slot, point) of path after path as little-endian i32: equal on every backend. */
  readonly passagesSha256: string;
  readonly elapsedSeconds: number;
}

/** Drift below which, relative to the volatility, a walk counts as critical: what rounding leaves of a zero. */
const CRITICAL = 1e-12;
/** Relative difference below which two tilts are one. */
const SAME_TILT = 1e-12;
/** Paths whose passages are held at a time. */
const PART = 2 ** 20;

/**
 * Tilts and sampled laws for P(D_T > d) at each of the deficits (joules, > 0). Throws InputError where the drift μ is
 * not positive, PlanError where 32-bit integers could not hold the walk.
 */
export function planTails(walk: WalkLaw, deficits: readonly number[], slots: number): TailPlan[] {
  const mu = drift(walk);
  if (!(mu > CRITICAL * volatility(walk))) {
    throw new InputError(
      `harvest: got a drift of ${mu.toPrecision(4)} J a slot, expected a positive one: deep deficits are rare only where the harvest exceeds ` +
        'the demand; raise harvest.mean, or ask `run` or `reserve`, which need no surplus',
      'harvest',
    );
  }
  const increment = compoundIncrement(walk);
  const r = adjustmentCoefficient(increment);
  const tilts = deficits.map((d) => {
    const theta = tiltFor(increment, d, slots);
    return Math.abs(theta - r) < SAME_TILT * r ? r : theta;
  });
  const laws = new Map<number, SampledLaw>();
  return deficits.map((deficitJoules, i) => {
    const theta = tilts[i];
    // One law for all deficits with this tilt: then their paths are the same, and the probabilities fall from each to
    // the next.
    const stopJoules = largestOf(deficits.filter((_, j) => tilts[j] === theta));
    const law = laws.get(theta) ?? sampleLaw(tiltedWalk(walk, theta), { slots, stopJoules });
    laws.set(theta, law);
    return { deficitJoules, slots, theta, logTransform: theta === r ? 0 : increment.cumulant(theta), law };
  });
}

/** Simulates one deficit. After a stop, the estimate from what was finished; undefined of fewer than two paths. */
export async function simulateTail(
  plan: TailPlan,
  backend: Backend,
  request: { readonly trials: number; readonly seed: string },
  control: RunControl = {},
): Promise<RareTail | undefined> {
  const { deficitJoules, slots, theta, logTransform, law } = plan;
  const { trials, seed } = request;
  const { job, quantumJoules, offsetJoules } = planPassages(law, { deficitJoules, slots, trials, seed });
  const sums = new RareSums({ deficitJoules, quantumJoules, offsetJoules, theta, logTransform, slots });
  const hash = sha256.create();
  const start = performance.now();
  for (let done = 0; done < trials && control.signal?.aborted !== true; done += PART) {
    const part = { ...job, firstPath: job.firstPath + done, paths: Math.min(PART, trials - done) };
    const passages = await backend.passages(part, {
      ...control,
      onProgress: (progress) =>
        control.onProgress?.({
          done: done * slots + progress.done,
          total: trials * slots,
          paths: done + progress.paths,
          elapsedSeconds: (performance.now() - start) / 1000,
        }),
    });
    sums.add(passages);
    hash.update(passageBytes(passages));
    if (passages.slots.length < part.paths) break;
  }
  const estimate = sums.estimate();
  if (estimate.trials < 2) return undefined;
  const meanSlot = Number.isNaN(estimate.meanPassageSlot) ? slots : estimate.meanPassageSlot;
  const mismatch = latticeIncrement(law.mixture).cumulant(-theta) - compoundIncrement(law.source).cumulant(-theta);
  return {
    ...estimate,
    deficitJoules,
    slots,
    theta,
    logTransform,
    quantumJoules,
    samplingBias: Math.abs(mismatch) * meanSlot,
    passagesSha256: bytesToHex(hash.digest()),
    elapsedSeconds: (performance.now() - start) / 1000,
  };
}

/** (slot, point) of each path, little-endian. */
function passageBytes({ slots, points }: Passages): Uint8Array {
  const bytes = new Uint8Array(8 * slots.length);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < slots.length; i++) {
    view.setInt32(8 * i, slots[i], true);
    view.setInt32(8 * i + 4, points[i], true);
  }
  return bytes;
}
