/**
 * SampledLaw: the law of one slot's increment H − C as the kernels draw it, in exact integers, with its distance from
 * the scenario's true law. The net law is one table because consumption and harvest of a slot are independent of all
 * else: one lookup a slot where two tables would need two (kernels/README.md has the measurements).
 */
import { volatility } from '../fleet/walk-law.js';
import type { WalkLaw } from '../fleet/walk-law.js';
import type { Cells } from './cell-list.js';
import { COARSEST, bendTolerance, chooseCells, tooLong } from './choose-cells.js';
import { incrementLaw } from './increment-cdf.js';
import type { CumulativeLaw } from './increment-cdf.js';
import type { LatticeMixture } from './lattice-mixture.js';
import { ESCAPE_EXPONENT, demandCumulant, harvestCumulant, slotReach, slotsOfReach, walkReach } from './reach.js';
import { Scratch } from '../numeric/scratch.js';
import { samplingError } from './sampling-error.js';
import type { SamplingError } from './sampling-error.js';
import type { WalkTables } from './tables.js';
import { once, tabulate } from './tabulate.js';

/** The law of a slot’s net increment as it is sampled: integer tables on a lattice, known exactly. */
export interface SampledLaw {
  /** The law that was sampled. */
  readonly source: WalkLaw;
  /** Joules of one lattice step. */
  readonly quantumJoules: number;
  /** Initial charge in quanta. */
  readonly initialQuanta: number;
  readonly tables: WalkTables;
  /** The same law as weighted runs of lattice points, for the oracle. */
  readonly mixture: LatticeMixture;
  readonly samplingError: SamplingError;
  /** Slots that the law was sampled for. */
  readonly plannedSlots: number;
  /** Largest number of slots for which no path can leave 32 bits (but with probability below 1e-27 a path). */
  readonly maximumSlots: number;
  /** Largest deficit, in quanta, at which paths may be stopped with room for their last step. */
  readonly maximumDeficitQuanta: number;
}

/** What a law is sampled for. */
export interface SamplingPlan {
  /** T: slots that the walk must stay within 32 bits for. */
  readonly slots: number;
  /** Initial charge b, joules. */
  readonly initialJoules?: number;
  /** Deficit at which paths stop, joules (first passage): what a walk would do below that needs no room. */
  readonly stopJoules?: number;
}

/** Lattice points that a path may use on either side, with room for one more slot. */
export const LATTICE_REACH = 2 ** 31 - 2 ** 24;
/** Samples a walk law. Throws PlanError where no lattice of 32-bit integers is fine enough for it. */
export function sampleLaw(source: WalkLaw, plan: SamplingPlan): SampledLaw {
  const initialJoules = plan.initialJoules ?? 0;
  const { slots, stopJoules = Infinity } = plan;
  const reach = walkJoules(source, slots, stopJoules) + initialJoules;
  const finest = reach / LATTICE_REACH;
  const law = incrementLaw(source, lawRoom);
  const cells = chooseCells(law, finest, bendTolerance(source.harvest), slots);
  return assemble(source, law, cells, plan);
}

/** Room for the law while it is cut into cells: laws are made by the thousand. */
const lawRoom = new Scratch();

/**
 * Whether a walk can be held in 32-bit integers, without its law being made. @throws {PlanError} as `sampleLaw` does
 */
export function checkWalk(source: WalkLaw, { slots, initialJoules = 0, stopJoules = Infinity }: SamplingPlan): void {
  const sigma = volatility(source);
  const room = (sigma / COARSEST) * LATTICE_REACH - initialJoules;
  // What any θ gives is a bound: one that a normal walk would choose settles almost every case without a search for the
  // best.
  const theta = Math.min(Math.sqrt((2 * ESCAPE_EXPONENT) / slots) / sigma, 0.5 / source.harvest.scaleJoules);
  const slot = Math.max(0, demandCumulant(source, theta), harvestCumulant(source, theta));
  if ((slots * slot + ESCAPE_EXPONENT) / theta <= room) return;
  const reach = walkJoules(source, slots, stopJoules);
  if (reach > room) throw tooLong(slots, (reach + initialJoules) / LATTICE_REACH, sigma);
}

/** How far a path of `slots` slots that stops at a deficit of `stop` goes from its start, either way, joules. */
export function walkJoules(source: WalkLaw, slots: number, stop = Infinity): number {
  const down = Math.min(walkReach(source, 'down', slots, ESCAPE_EXPONENT), stop + stepJoules(source));
  return Math.max(down, walkReach(source, 'up', slots, ESCAPE_EXPONENT));
}

/** How far one step can lead down: twice its Chernoff bound, for the outermost residual cells may end beyond that. */
function stepJoules(source: WalkLaw): number {
  return 2 * slotReach(source, 'down', ESCAPE_EXPONENT);
}

/** The most slots for which a path surely stays within 32 bits: the walk's reach then fits the lattice. */
export function slotsWithin(
  source: WalkLaw,
  quantumJoules: number,
  initialJoules: number,
  stopJoules = Infinity,
): number {
  const room = LATTICE_REACH * quantumJoules * (1 + 1e-9) - initialJoules;
  const up = slotsOfReach(source, 'up', room, ESCAPE_EXPONENT);
  const stopped = stopJoules + stepJoules(source) <= room;
  const down = stopped ? Infinity : slotsOfReach(source, 'down', room, ESCAPE_EXPONENT);
  return Math.max(1, Math.min(2 ** 40, Math.floor(Math.min(up, down))));
}

/**
 * The largest deficit, in quanta, at which a path may be stopped: one step above the lattice's end where stopping is
 * what keeps paths within it, else all of it, for then no path leaves it in the planned slots, stopped or not. A short
 * walk's step may well be as long as its lattice.
 */
function deficitRoom(
  source: WalkLaw,
  quantum: number,
  { slots, initialJoules = 0, stopJoules = Infinity }: SamplingPlan,
): number {
  const step = stepJoules(source);
  const room = LATTICE_REACH * quantum * (1 + 1e-9) - initialJoules;
  const within = walkReach(source, 'down', slots, ESCAPE_EXPONENT) <= room && stopJoules + step > room;
  // The point at which a path stops may lie one beyond the deficit; 2^24 points are spare.
  return within ? LATTICE_REACH : Math.max(0, Math.ceil(LATTICE_REACH - step / quantum) + 1);
}

/** Tables, mixture, room and the distances; what not every caller asks for is found when it is asked for first. */
function assemble(source: WalkLaw, law: CumulativeLaw, cells: Cells, plan: SamplingPlan): SampledLaw {
  const { slots, initialJoules = 0, stopJoules } = plan;
  const { tables, mixture } = tabulate(law, cells);
  const { quantum } = cells.layout;
  const error = once(() => samplingError(incrementLaw(source), mixture()));
  const most = once(() => Math.max(slots, slotsWithin(source, quantum, initialJoules, stopJoules)));
  return {
    source,
    quantumJoules: quantum,
    initialQuanta: Math.round(initialJoules / quantum),
    tables,
    plannedSlots: slots,
    get mixture() {
      return mixture();
    },
    get samplingError() {
      return error();
    },
    get maximumSlots() {
      return most();
    },
    maximumDeficitQuanta: deficitRoom(source, quantum, plan),
  };
}
