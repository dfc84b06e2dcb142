/**
 * SampledLaw: the law of one slot's increment H − C as the kernels draw it, in exact integers, with its distance from the scenario's
 * true law. The net law is one table because consumption and harvest of a slot are independent of all else: one lookup a slot
 * where two tables would need two (kernels/README.md has the measurements).
 */
import { PlanError } from '../errors.js';
import { volatility } from '../fleet/walk-law.js';
import type { HarvestLaw, WalkLaw } from '../fleet/walk-law.js';
import { coreCells, coreEdges, coreHolds, estimateBeyondCore, refinedCells } from './cells.js';
import type { Cells, CoreLayout } from './cells.js';
import { incrementLaw } from './increment-cdf.js';
import type { CumulativeLaw } from './increment-cdf.js';
import type { LatticeMixture } from './lattice-mixture.js';
import { demandCumulant, harvestCumulant, slotReach, slotsOfReach, walkReach } from './reach.js';
import { Room } from './room.js';
import { CORE_CELLS, JITTER_BITS } from './tables.js';
import type { WalkTables } from './tables.js';
import { once, tabulate } from './tabulate.js';

/** How far the sampled law is from the true one. */
export interface SamplingError {
  /** |mean difference| / σ. */
  readonly mean: number;
  /** Relative difference of the variances. */
  readonly variance: number;
  /** Kolmogorov distance, a lattice point n taken as the interval [(n − ½)q, (n + ½)q). */
  readonly kolmogorov: number;
  /** Largest probability that the true law puts into one such interval: what any lattice of this quantum blurs. */
  readonly finestMass: number;
}

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

export interface SamplingPlan {
  /** T: slots that the walk must stay within 32 bits for. */
  readonly slots: number;
  /** Initial charge b, joules. */
  readonly initialJoules?: number;
  /** Deficit at which paths stop, joules, where they do (first passage): what a walk would do below that then needs no room. */
  readonly stopJoules?: number;
}

/** −log of the probability, a path, of leaving the 32-bit lattice: e^−64 = 1.6e-28. */
const ESCAPE_EXPONENT = 64;
/** Lattice points that a path may use on either side, with room for one more slot. */
export const LATTICE_REACH = 2 ** 31 - 2 ** 24;
/** A core alone is accepted where no cell bends the law by more than this; singular densities (shape < 1) are allowed more. */
const CORE_BEND = 4e-5;
const CORE_BEND_SINGULAR = 8e-4;
/** How far a core cell may bend the law of a walk with such a harvest. */
export function bendTolerance(harvest: HarvestLaw): number {
  return harvest.shape < 1 ? CORE_BEND_SINGULAR : CORE_BEND;
}
const CORE_OUTSIDE = 1e-11;
/** Halvings of a core cell that residual cells may use: singular densities need cells that shrink towards their atoms. */
const RESIDUAL_SHIFT = 24;
/** Cells are at most this fraction of σ wide, or 1/8 where an extreme drift needs the range. */
const CELLS_PER_SIGMA = 64;
/** Quanta of a σ on the coarsest lattice that is accepted. */
const COARSEST = 8;

/**
 * Samples a walk law. Throws PlanError where the walk cannot be held in 32-bit integers with a lattice fine enough to be true to the law.
 */
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
const lawRoom = new Room();

/** Whether a walk can be held in 32-bit integers, without its law being made. @throws {PlanError} as `sampleLaw` does */
export function checkWalk(source: WalkLaw, { slots, initialJoules = 0, stopJoules = Infinity }: SamplingPlan): void {
  const sigma = volatility(source);
  const room = (sigma / COARSEST) * LATTICE_REACH - initialJoules;
  // What any θ gives is a bound: one that a normal walk would choose settles almost every case without a search for the best.
  const theta = Math.min(Math.sqrt((2 * ESCAPE_EXPONENT) / slots) / sigma, 0.5 / source.harvest.scaleJoules);
  const slot = Math.max(0, demandCumulant(source, theta), harvestCumulant(source, theta));
  if ((slots * slot + ESCAPE_EXPONENT) / theta <= room) return;
  const reach = walkJoules(source, slots, stopJoules);
  if (reach > room) throw tooLong(slots, (reach + initialJoules) / LATTICE_REACH, sigma);
}

/** A core alone where that is true to the law; else the core that leaves least to residual cells. */
export function chooseCells(law: CumulativeLaw, finest: number, tolerance: number, slots: number): Cells {
  const sigma = law.standardDeviation;
  const whole = ((law.high - law.low) / CORE_CELLS) * 1.001;
  if (whole <= sigma / CELLS_PER_SIGMA) {
    const layout = coreLayout(whole, JITTER_BITS, finest, law.low, sigma, slots);
    const edges = coreEdges(law, layout);
    if (coreHolds(law, layout, edges, tolerance, CORE_OUTSIDE)) return coreCells(law, layout, edges);
  }
  let best: CoreLayout | undefined;
  let least = Infinity;
  for (let width = Math.min(whole, sigma / CELLS_PER_SIGMA); width > sigma * 1e-6; width /= 2) {
    const window = width * CORE_CELLS;
    if (best !== undefined && window < sigma * 1e-2) break;
    const low = width === whole ? law.low : bestWindow(law, window);
    const layout = coreLayout(width, RESIDUAL_SHIFT, finest, low, sigma, slots);
    const mass = estimateBeyondCore(law, layout, tolerance / 4);
    if (mass < least * 0.98) {
      best = layout;
      least = mass;
    } else if (mass > 1.5 * least && least < 0.5) break;
    if (width < finest * 4) break;
  }
  return refinedCells(law, best as CoreLayout, tolerance / 4);
}

/** Left end of the window of a given length that holds most of the law. */
function bestWindow(law: CumulativeLaw, window: number): number {
  let best = law.low;
  let most = -1;
  const last = Math.max(law.low, law.high - window);
  const step = Math.max((last - law.low) / 2000, window / 64);
  for (let low = law.low; low <= last; low += step) {
    const mass = law.cdf(low + window) - law.cdf(low);
    if (mass > most + 1e-12) {
      most = mass;
      best = low;
    }
  }
  return best;
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

/** The finest lattice, up to `wantedShift` halvings of a core cell, that the reach allows. */
function coreLayout(
  width: number,
  wantedShift: number,
  finest: number,
  low: number,
  sigma: number,
  slots: number,
): CoreLayout {
  for (let shift = wantedShift; shift >= 0; shift--) {
    const limit = shift === 0 ? sigma / COARSEST : shift < 4 ? Math.max(width, sigma / 32) : width;
    const cell = Math.max(width, finest * 2 ** shift);
    if (cell <= limit) {
      const quantum = cell / 2 ** shift;
      // A cell begins at X = 0, so that small harvests without a task are not spread below zero: P(D = 0) is made of them.
      return { quantum, shift, start: Math.floor(low / cell) * 2 ** shift };
    }
  }
  throw tooLong(slots, finest, sigma);
}

function tooLong(slots: number, finest: number, sigma: number): PlanError {
  return new PlanError(
    `slots: got ${slots}, but a path of that length leaves the range of 32-bit integers (quantum at least ${finest.toPrecision(3)} J, ` +
      `volatility ${sigma.toPrecision(3)} J); expected fewer slots, a drift nearer to zero or a smaller initial charge`,
    'slots',
  );
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
 * The largest deficit, in quanta, at which a path may be stopped: one step above the lattice's end where stopping is what keeps paths within it, else
 * all of it, for then no path leaves it in the planned slots, stopped or not. A short walk's step may well be as long as its lattice.
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

/** Distances between the sampled law, from its final integers, and the true one. */
export function samplingError(law: CumulativeLaw, mixture: LatticeMixture): SamplingError {
  const { quantumJoules: q, first, stride, count, weight } = mixture;
  const sigma = law.standardDeviation;
  let mean = 0;
  let variance = 0;
  const centre = law.mean / q;
  const edges: { at: number; weight: number; width: number; grain: number }[] = [];
  for (let r = 0; r < weight.length; r++) {
    if (weight[r] === 0) continue;
    const middle = first[r] + (stride[r] * (count[r] - 1)) / 2 - centre;
    mean += weight[r] * middle;
    variance += weight[r] * (middle * middle + (stride[r] ** 2 * (count[r] ** 2 - 1)) / 12);
    const width = stride[r] * count[r];
    const inset = stride[r] > 1 ? stride[r] / 2 : 0;
    // Points further apart than one quantum rise in steps: half a step on either side of the line between the cell's ends.
    const grain = stride[r] > 1 ? weight[r] / (2 * count[r]) : 0;
    edges.push({ at: first[r] - inset - 0.5, weight: weight[r], width, grain });
  }
  edges.sort((x, y) => x.at - y.at);
  let kolmogorov = 0;
  let finestMass = 0;
  let below = 0;
  for (const { at, weight: w, width, grain } of edges) {
    for (let i = 0; i <= 8; i++) {
      if (width < 8 && i % 8 !== 0) continue;
      kolmogorov = Math.max(kolmogorov, Math.abs(law.cdf((at + (width * i) / 8) * q) - below - (w * i) / 8) + grain);
    }
    if (w > finestMass && width === 1) finestMass = w;
    below += w;
  }
  finestMass = Math.max(finestMass, law.cdf(q / 2) - law.cdf(-q / 2));
  return {
    mean: (Math.abs(mean) * q) / sigma,
    variance: ((variance - mean * mean) * q * q) / sigma ** 2 - 1,
    kolmogorov,
    finestMass,
  };
}
