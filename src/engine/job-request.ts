/** What jobs of every kernel have, and how it is planned from what a run is asked for. Nothing here knows a kernel. */
import { InputError, PlanError } from '../errors.js';
import type { WalkLaw } from '../fleet/walk-law.js';
import { endReach, walkReach } from '../law/reach.js';
import type { SampledLaw } from '../law/sampled-law.js';
import type { TaskLaw } from '../law/task-law.js';
import { BIN_COUNT } from './partials.js';
import type { BinLayout, HorizonLayout } from './partials.js';
import type { StreamKey } from './stream-key.js';
import { streamKey } from './stream-key.js';

/** What jobs of every kernel have. */
export interface JobCommon {
  /** B_0 in quanta. */
  readonly initialQuanta: number;
  readonly key: StreamKey;
  /** Number of the first path: a run of paths 0…N−1 is extended by one that starts at N. */
  readonly firstPath: number;
  readonly paths: number;
  /** Checkpoints, strictly ascending. */
  readonly horizons: readonly HorizonLayout[];
}

/** What a run is asked for. */
export interface JobRequest {
  readonly trials: number;
  /** Slots of each checkpoint, strictly ascending. */
  readonly horizons: readonly number[];
  readonly seed: string;
  readonly firstPath?: number;
}

/** Most paths of one run: counts then stay exact and ΣD² stays far below its 128 bits. */
export const MAXIMUM_TRIALS = 2 ** 40;
/** Most checkpoint horizons of one run: 16 KiB of bins each. */
export const MAXIMUM_HORIZONS = 1024;

/** What a request asks for, checked. */
export interface PlannedRequest extends Pick<JobCommon, 'key' | 'firstPath' | 'paths'> {
  readonly slots: readonly number[];
}

/** Checks a request and lays out what does not depend on the kernel. */
export function planPaths(law: SampledLaw | TaskLaw, request: JobRequest): JobCommon {
  const { slots, ...planned } = planRequest(law, request);
  return {
    initialQuanta: law.initialQuanta,
    ...planned,
    horizons: slots.map((count) => ({
      slots: count,
      bins: layoutBins(law.source, count, law.quantumJoules, law.initialQuanta),
    })),
  };
}

/** Checks a request against the slots that a law was sampled for. @throws {InputError}, {PlanError} */
export function planRequest(
  law: { readonly plannedSlots: number; readonly maximumSlots: number },
  request: JobRequest,
): PlannedRequest {
  const { trials, horizons, seed, firstPath = 0 } = request;
  if (!Number.isSafeInteger(trials) || trials < 1) {
    throw new InputError(`trials: got ${trials}, expected a whole number of at least 1`, 'trials');
  }
  if (firstPath + trials > MAXIMUM_TRIALS) {
    throw new PlanError(`trials: got ${trials}, expected at most ${MAXIMUM_TRIALS} (2^40) paths in a run`, 'trials');
  }
  if (horizons.length === 0 || horizons.length > MAXIMUM_HORIZONS) {
    throw new InputError(`horizons: got ${horizons.length} of them, expected 1 to ${MAXIMUM_HORIZONS}`, 'horizons');
  }
  horizons.forEach((slots, i) => {
    if (!Number.isSafeInteger(slots) || slots <= (i === 0 ? 0 : horizons[i - 1])) {
      throw new InputError(
        `horizons[${i}]: got ${slots}, expected whole numbers of slots in strictly ascending order, the first at least 1`,
        `horizons[${i}]`,
      );
    }
  });
  const last = horizons[horizons.length - 1];
  // The most that the law can do takes a search, which slots within its plan need not wait for.
  if (last > law.plannedSlots && last > law.maximumSlots) {
    throw new PlanError(
      `slots: got ${last}, expected at most ${law.maximumSlots}, the most that this sampled law was planned for; sample the law anew for it`,
      'slots',
    );
  }
  return { key: streamKey(seed), firstPath, paths: trials, slots: horizons };
}

/**
 * Bins from 0 that hold what the given ones hold: a distributed deficit may be far below the lumped one that bins were
 * laid out for.
 */
export function fromZero({ slots, bins }: HorizonLayout): HorizonLayout {
  const most = bins.offset + BIN_COUNT * 2 ** bins.shift;
  return { slots, bins: { offset: 0, shift: Math.ceil(Math.log2(most / BIN_COUNT)) } };
}

/** −log of the probability beyond the bins on either side. */
const BIN_EXPONENT = Math.log(1e9);

/**
 * Bins of a power of two of quanta that hold all but about 1e-9 of the deficits after `slots` slots (Chernoff bounds on
 * both sides).
 */
export function layoutBins(law: WalkLaw, slots: number, quantum: number, initialQuanta: number): BinLayout {
  const most = walkReach(law, 'down', slots, BIN_EXPONENT) / quantum - initialQuanta;
  // D ≥ −B_T, so a walk that surely ends low has a deficit that is surely high.
  const least = -endReach(law, 'up', slots, BIN_EXPONENT) / quantum - initialQuanta;
  const offset = Math.max(0, Math.floor(least));
  const shift = Math.max(0, Math.ceil(Math.log2(Math.max(most - offset, 1) / BIN_COUNT)));
  return { offset, shift };
}
