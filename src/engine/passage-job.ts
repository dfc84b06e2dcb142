/**
 * A first-passage job, and what comes of it: for every path the slot in which its running deficit first exceeds a
 * level, and where it then stands. Integers only, the same on every backend; weights are made of them in stats/rare.ts.
 *
 * How a level in joules meets the lattice: a point n stands for [(n − ½)q, (n + ½)q), so a walk that stops at the
 * points n ≥ k has passed (k − ½)q. k is chosen so that this lies nearest to d, and the rest, d − (k − ½)q, of at most
 * half a quantum, is kept as `offsetJoules`: the deficit at a passage at point n counts as n·q + offset, so that d
 * itself lies on the boundary between points.
 */
import { InputError, PlanError } from '../errors.js';
import type { SampledLaw } from '../law/sampled-law.js';
import type { WalkTables } from '../law/tables.js';
import { MAXIMUM_TRIALS } from './job-request.js';
import type { JobCommon } from './job-request.js';
import { LOGARITHMIC } from './partials.js';
import type { HorizonLayout } from './partials.js';
import { streamKey } from './stream-key.js';

/** What is kept of a path, in the order of the rows. */
export const PASSAGE_ROWS = [
  /** τ, the slot of the passage, from 1; 0 where there is none by T. */
  'slot',
  /** Lattice point of the deficit S_τ ≥ k, quanta; 0 where there is no passage. */
  'point',
] as const;

/** Paths that start at 0 and are left where they are at the one horizon, T, if they have not passed by then. */
export interface PassageJob extends JobCommon {
  readonly kernel: 'passage';
  readonly tables: WalkTables;
  /** k ≥ 1, quanta: a path has passed where its deficit is at least this. */
  readonly barrier: number;
}

/** Rows of first passages. */
export function passageRows({ horizons }: PassageJob): readonly HorizonLayout[] {
  return PASSAGE_ROWS.flatMap(() => horizons);
}

/** Entry i is path firstPath + i. Shorter than the job's paths where the run was stopped. */
export interface Passages {
  /** τ, the slot of the passage, from 1; 0 where there is none by T. */
  readonly slots: Int32Array;
  /** Lattice point of the deficit S_τ ≥ k, quanta; 0 where there is no passage. */
  readonly points: Int32Array;
}

/** A job with what turns its points into joules. */
export interface PassagePlan {
  readonly job: PassageJob;
  readonly quantumJoules: number;
  /** Joules that a point's deficit lies above point · quantum. */
  readonly offsetJoules: number;
}

export interface PassageRequest {
  /** d ≥ 0, joules: the deficit to exceed. */
  readonly deficitJoules: number;
  readonly slots: number;
  readonly trials: number;
  readonly seed: string;
  readonly firstPath?: number;
}

/**
 * Passages by the rows of single paths: slots of all, then points of all.
 * @param walked how many of the first are there
 */
export function passagesOf(rows: Int32Array, walked: number): Passages {
  const paths = rows.length / PASSAGE_ROWS.length;
  return { slots: rows.subarray(0, walked), points: rows.subarray(paths, paths + walked) };
}

/**
 * The job for a law that was sampled with this slots and `stopJoules` (law/sampled-law.ts).
 * @throws InputError, PlanError
 */
export function planPassages(law: SampledLaw, request: PassageRequest): PassagePlan {
  const { deficitJoules, slots, trials, seed, firstPath = 0 } = request;
  if (!(deficitJoules >= 0 && deficitJoules < Infinity)) {
    throw new InputError(`at: got a deficit of ${deficitJoules} J, expected a number of joules ≥ 0`, 'at');
  }
  if (!Number.isSafeInteger(trials) || trials < 1) {
    throw new InputError(`trials: got ${trials}, expected a whole number of at least 1`, 'trials');
  }
  if (firstPath + trials > MAXIMUM_TRIALS) {
    throw new PlanError(`trials: got ${trials}, expected at most ${MAXIMUM_TRIALS} (2^40) paths in a run`, 'trials');
  }
  if (!Number.isSafeInteger(slots) || slots < 1) {
    throw new InputError(`slots: got ${slots}, expected a whole number of at least 1`, 'slots');
  }
  if (slots > Math.min(law.maximumSlots, 2 ** 31 - 1)) {
    throw new PlanError(
      `slots: got ${slots}, expected at most ${Math.min(law.maximumSlots, 2 ** 31 - 1)}, the most that this sampled law was planned for; ` +
        'sample the law anew for it',
      'slots',
    );
  }
  const quantumJoules = law.quantumJoules;
  const barrier = Math.max(1, Math.round(deficitJoules / quantumJoules + 0.5));
  if (barrier > law.maximumDeficitQuanta) {
    throw new PlanError(
      `at: got ${deficitJoules} J, expected at most ${(law.maximumDeficitQuanta * quantumJoules).toPrecision(3)} J, the most that ` +
        `the 32-bit lattice of this walk holds: name a smaller deficit, or sample the law with this one as its stopJoules`,
      'at',
    );
  }
  return {
    job: {
      ...{ kernel: 'passage', tables: law.tables, key: streamKey(seed), initialQuanta: 0 },
      ...{ firstPath, paths: trials, barrier },
      horizons: [{ slots, bins: { offset: 0, shift: LOGARITHMIC } }],
    },
    quantumJoules,
    offsetJoules: deficitJoules - (barrier - 0.5) * quantumJoules,
  };
}
