/**
 * A proof: both accountings on the same draws with their controlled batteries, reduced to integers that the theorems
 * are judged by. It uses the reduction of the deficits: a row is one quantity at one horizon, counted, summed and
 * binned like D.
 */
import { PlanError } from '../errors.js';
import { energyMoment } from '../fleet/walk-law.js';
import type { WalkLaw } from '../fleet/walk-law.js';
import { LATTICE_REACH, walkJoules } from '../law/sampled-law.js';
import type { TaskLaw } from '../law/task-law.js';
import type { TaskTables } from '../law/task-tables.js';
import { fromZero, planPaths } from './job-request.js';
import type { JobCommon, JobRequest } from './job-request.js';
import { BIN_COUNT } from './partials.js';
import type { HorizonLayout, HorizonPartials, Partials } from './partials.js';

/** What is counted at each horizon, in the order of the rows. */
export const PROOF_ROWS = [
  /** D_T of the lumped walk. */
  'lumped',
  /** D_T of the distributed walk. */
  'distributed',
  /** Lumped less distributed; 0 where Lemma 1 is broken, which `violations` then counts. */
  'difference',
  /** Σ C − T · centre + 2^30, lumped. */
  'consumption',
  /** Flags of `VIOLATION` found in any slot so far; its histogram counts each combination. */
  'violations',
] as const;
export type ProofRow = (typeof PROOF_ROWS)[number];

/** Where the row `consumption` has its zero. */
export const CONSUMPTION_ORIGIN = 2 ** 30;

/** What can be found wrong with a path, as bits. */
export const VIOLATION = {
  /** Greedy injections so far are not the deficit so far (Theorem 1). */
  theorem1Lumped: 1,
  theorem1Distributed: 2,
  /** The controlled battery is not B − min(0, min B). */
  runningMinimumLumped: 4,
  runningMinimumDistributed: 8,
  /** The distributed deficit is above the lumped one (Lemma 1, eq. 62). */
  lemma1: 16,
  /** A controlled battery is below zero. */
  controlledBelowZero: 32,
  /** The lumped battery is above the distributed one (Lemma 1, eq. 61). */
  lemma1Level: 64,
} as const;
export type ViolationName = keyof typeof VIOLATION;

/** A job that walks both accountings on the same draws, and flags paths that break a theorem. */
export interface ProofJob extends JobCommon {
  readonly kernel: 'proof';
  readonly tables: TaskTables;
  /** What is taken from each slot's consumption before it is summed: E[C], whole quanta. */
  readonly centreQuanta: number;
  /** Added to every injection: a planted mistake, for tests of the proof; 0 otherwise. */
  readonly plantedQuanta: number;
}

/** Rows of a proof: for each quantity, its horizons. */
export function proofRows(job: ProofJob): readonly HorizonLayout[] {
  const { energies, fractionBits } = job.tables;
  const spread = energies.reduce((a, b) => Math.max(a, b / 2 ** fractionBits), 1);
  return PROOF_ROWS.flatMap((row) =>
    job.horizons.map(({ slots, bins }): HorizonLayout => {
      switch (row) {
        case 'violations':
          return { slots, bins: { offset: 0, shift: 0 } };
        case 'consumption': {
          const shift = Math.max(0, Math.ceil(Math.log2((16 * spread * Math.sqrt(slots)) / BIN_COUNT)));
          const half = 2 ** Math.min(shift, 18) * (BIN_COUNT / 2);
          return { slots, bins: { offset: CONSUMPTION_ORIGIN - half, shift: Math.min(shift, 18) } };
        }
        case 'lumped':
          return { slots, bins };
        default:
          return fromZero({ slots, bins });
      }
    }),
  );
}

/**
 * How far the lattice must reach for a proof of `slots` slots, joules: cumulative consumption about its mean has 30
 * bits.
 */
export function proofReach(walk: WalkLaw, slots: number): number {
  return 2.1 * consumptionReach(walk, slots);
}

/** How far cumulative consumption can be from its mean, joules: the walk of C against a harvest that hardly varies. */
function consumptionReach({ demand }: WalkLaw, slots: number): number {
  const mean = demand.ratePerSlot * energyMoment(demand, 1);
  const steady = { shape: 1e12, scaleJoules: mean / 1e12 };
  return walkJoules({ demand, harvest: steady }, slots);
}

/** Plans a proof. Throws PlanError where 32-bit integers could not hold it. */
export function planProofJob(law: TaskLaw, request: JobRequest, plantedQuanta = 0): ProofJob {
  const common = planPaths(law, request);
  const slots = request.horizons[request.horizons.length - 1];
  const { demand } = law.source;
  const q = law.quantumJoules;
  if (consumptionReach(law.source, slots) / q > LATTICE_REACH / 2) {
    throw new PlanError(
      `slots: got ${slots}, but cumulative consumption leaves the range of 30-bit integers; sample the law with the reach of \`proofReach\``,
      'slots',
    );
  }
  const centreQuanta = Math.round((demand.ratePerSlot * energyMoment(demand, 1)) / q);
  return { kernel: 'proof', tables: law.tables, centreQuanta, plantedQuanta, ...common };
}

/** The rows of a proof's partials by name. */
export function splitProof(partials: Partials): Record<ProofRow, readonly HorizonPartials[]> {
  const count = partials.horizons.length / PROOF_ROWS.length;
  const rows = (row: ProofRow): readonly HorizonPartials[] => {
    const at = PROOF_ROWS.indexOf(row) * count;
    return partials.horizons.slice(at, at + count);
  };
  return {
    lumped: rows('lumped'),
    distributed: rows('distributed'),
    difference: rows('difference'),
    consumption: rows('consumption'),
    violations: rows('violations'),
  };
}

/** Paths with each violation, from the row `violations` at one horizon. */
export function countViolations(row: HorizonPartials): Record<ViolationName, number> {
  const count = (flag: number): number =>
    row.histogram.reduce((sum, paths, flags) => ((flags & flag) === 0 ? sum : sum + paths), 0);
  return {
    theorem1Lumped: count(VIOLATION.theorem1Lumped),
    theorem1Distributed: count(VIOLATION.theorem1Distributed),
    runningMinimumLumped: count(VIOLATION.runningMinimumLumped),
    runningMinimumDistributed: count(VIOLATION.runningMinimumDistributed),
    lemma1: count(VIOLATION.lemma1),
    controlledBelowZero: count(VIOLATION.controlledBelowZero),
    lemma1Level: count(VIOLATION.lemma1Level),
  };
}
