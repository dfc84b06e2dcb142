/**
 * One slot of the controlled battery on a lattice of levels 0, h, …, n·h: B moves by g(x), is cut at 0 and at the
 * capacity, and what is cut off is auxiliary energy or waste. Shortages live on steps of h·(discharge efficiency),
 * surpluses on h/(charge efficiency), so that the kinks of g and both ends fall on lattice points.
 */
import { Band } from '../../numeric/band.js';
import type { BatteryLaw } from '../../fleet/site.js';
import { levelFunction } from './level-function.js';
import type { LevelFunction } from './level-function.js';
import type { SlotLaw } from './model.js';
import { oneSided } from './one-sided.js';
import type { OneSided } from './one-sided.js';
import { demandReach, harvestReach, slotLattice } from './slot-lattice.js';
import type { SlotLattice } from './slot-lattice.js';

/** Levels k·step, k = 0 … nodes. */
export interface LevelLattice {
  readonly nodes: number;
  /** h, joules. */
  readonly step: number;
}

/** What is above a power limit, where D can reach it. */
export interface Cut {
  /** The limit, joules. */
  readonly limit: number;
  readonly probability: number;
  /** E(D − limit)⁺ and E((D − limit)⁺)². */
  readonly excess: number;
  readonly square: number;
  /** The law of D − limit on the side's lattice. */
  readonly lattice: SlotLattice;
}

/** A linear map of level laws: inside by convolution, at the ends by sums. */
export interface LevelMap {
  readonly kernel: Band;
  /** The part of the moves' weights from right of their points, without single moves that have probabilities. */
  readonly right: () => Band;
  /** Weight that each level gives to level 0, and to the highest. */
  readonly toEmpty: LevelFunction;
  readonly toFull: LevelFunction;
}

/** A move by just a power limit. */
export interface LimitMove {
  /** Steps of h, down (negative) or up; `point` where that is a whole number. */
  readonly steps: number;
  readonly point: number | undefined;
  readonly probability: number;
  /** Whether no auxiliary energy goes with it. */
  readonly served: boolean;
}

/** The law of a slot's move and of what is cut off, by the level (after the leak) that the slot finds. */
export interface BatteryKernel {
  readonly levels: LevelLattice;
  readonly all: LevelMap;
  /** Only slots without auxiliary energy. */
  readonly survivors: LevelMap;
  /** E A, E A² and P(A > 0) by level. */
  readonly shortage: LevelFunction;
  readonly shortageSquare: LevelFunction;
  readonly deficit: LevelFunction;
  /** E waste by level. */
  readonly waste: LevelFunction;
  /** P(move ≤ k·h) at entry nodes + k, −nodes ≤ k < nodes. */
  readonly moveCdf: Float64Array;
  /** P(the battery is full after the slot) by level. */
  readonly full: LevelFunction;
  /** P(move = k·h) at entry nodes + k, −nodes ≤ k ≤ nodes; undefined where no move has a probability of its own. */
  readonly moveJump: Float64Array | undefined;
  /** P(D = the level), for which the battery just suffices, by level. */
  readonly deficitJump: Float64Array | undefined;
  /** Whether the slot's law lies on the lattice: no harvest, or a constant one. */
  readonly atomic: boolean;
  /** Moves by a power limit, where harvests have a density. */
  readonly limits: readonly LimitMove[];
  /** Shortages beyond the discharge limit; undefined where there are none. */
  readonly cut: Cut | undefined;
  /** Shortages on their lattice, for the transform of A. */
  readonly down: SlotLattice;
}

function cutAt(law: SlotLaw, step: number, sign: 1 | -1, limit: number, reach: number): Cut | undefined {
  if (limit >= reach) return undefined;
  const lattice = slotLattice(law, step, -sign * limit);
  const side = oneSided(lattice, sign, 1);
  return {
    limit,
    probability: side.beyond[0],
    excess: side.excess[0],
    square: side.square[0],
    lattice,
  };
}

/** f(min(k·step, limit)) given f at the lattice points and at the limit. */
function capped(values: Float64Array, step: number, cut: Cut | undefined, atLimit: number): Float64Array {
  return cut === undefined ? values : values.map((value, k) => (k * step < cut.limit ? value : atLimit));
}

/** Weights of the points 1, 2, … of a variable with the excess function `excess`; entry 0 is left to the caller. */
function hats(excess: Float64Array, step: number): Float64Array {
  const mass = new Float64Array(excess.length - 1);
  for (let k = 1; k < mass.length; k++) mass[k] = (excess[k - 1] - 2 * excess[k] + excess[k + 1]) / step;
  return mass;
}

/** Kernels of a circle of moves and of its part from the right, which only laws with jumps ask for. */
function kernelsOf(circle: Float64Array, right: Float64Array): Pick<LevelMap, 'kernel' | 'right'> {
  let made: Band | undefined;
  return { kernel: Band.ofCircle(circle), right: () => (made ??= Band.ofCircle(right)) };
}

/** Kernels of all laws on one lattice of levels. */
export function batteryKernel(law: SlotLaw, battery: BatteryLaw, levels: LevelLattice): BatteryKernel {
  const { nodes, step } = levels;
  const { chargeEfficiency, dischargeEfficiency, chargeLimitJoules, dischargeLimitJoules } = battery;
  const downStep = step * dischargeEfficiency;
  const upStep = step / chargeEfficiency;
  const downLattice = slotLattice(law, downStep);
  const upLattice = upStep === downStep ? downLattice : slotLattice(law, upStep);
  const down = oneSided(downLattice, -1, nodes + 2);
  // At night the battery is called on where a task comes, however small beside a step.
  if (law.harvest === 0) down.beyond[0] = -Math.expm1(-law.demand.ratePerSlot);
  const up = oneSided(upLattice, 1, nodes + 2);
  const cut = cutAt(law, downStep, -1, dischargeLimitJoules, demandReach(law.demand));
  const upCut = cutAt(law, upStep, 1, chargeLimitJoules, harvestReach(law.harvest));

  const cutProbability = cut?.probability ?? 0;
  const cutExcess = cut?.excess ?? 0;
  const shortage = capped(down.excess, downStep, cut, cutExcess);
  // By the room above the level.
  const overflow = capped(up.excess, upStep, upCut, upCut?.excess ?? 0);
  const deficit = capped(down.beyond, downStep, cut, cutProbability);
  // Moves: D cut at its limit, with and without the slots in which it is cut.
  const moved = shortage.map((e) => Math.max(0, e - cutExcess));
  const served =
    cut === undefined
      ? moved
      : moved.map((e, k) => Math.max(0, e - cutProbability * Math.max(0, cut.limit - k * downStep)));
  const stored = overflow.map((e) => Math.max(0, e - (upCut?.excess ?? 0)));

  const limits = limitMoves(cut, upCut, downStep, upStep);
  const negative = down.beyond[0];
  const up1 = (stored[0] - stored[1]) / upStep;
  const zeroRight = 1 - negative - up1;
  const size = gridSize(nodes);
  const mapOf = (excess: Float64Array, removed: number, isServed: boolean): LevelMap => {
    const down1 = (excess[0] - excess[1]) / downStep;
    const zeroLeft = negative - removed - down1;
    const downMass = hats(excess, downStep);
    const upMass = hats(stored, upStep);
    const grid = new Float64Array(size);
    const right = new Float64Array(size);
    const toEmpty = new Float64Array(nodes + 1);
    const toFull = new Float64Array(nodes + 1);
    grid[0] = zeroLeft + zeroRight;
    right[0] = zeroRight;
    toEmpty[0] = isServed ? zeroRight : zeroRight + negative;
    toFull[nodes] = 1 - negative + zeroLeft;
    for (let k = 1; k <= nodes; k++) {
      const beyond = (excess[k] - excess[k + 1]) / downStep;
      // What of a point's weight comes from shortages beyond it: nothing where those are cut.
      const outer = cut !== undefined && k * downStep >= cut.limit ? 0 : Math.max(0, down.beyond[k] - removed) - beyond;
      const inner = downMass[k] - outer;
      // All that goes below, or only what stops right at 0 or short of it.
      toEmpty[k] = isServed ? inner : beyond + downMass[k];
      toFull[nodes - k] = (stored[k - 1] - stored[k]) / upStep;
      if (k === nodes) break;
      grid[k] = upMass[k];
      grid[size - k] = downMass[k];
      const isOpen = upCut === undefined || k * upStep <= upCut.limit;
      right[k] = isOpen ? up.atLeast[k] - (stored[k] - stored[k + 1]) / upStep : 0;
      right[size - k] = inner;
    }
    if (downLattice.atomic) right.fill(0);
    for (const { point, probability, served: isWithin } of limits) {
      if (point === undefined || Math.abs(point) >= nodes || (isServed && !isWithin)) continue;
      right[(point + size) % size] -= probability;
    }
    return { ...kernelsOf(grid, right), toEmpty: levelFunction(toEmpty), toFull: levelFunction(toFull) };
  };
  const all = mapOf(moved, 0, false);
  const survivors = mapOf(served, cutProbability, true);
  return {
    levels,
    all,
    // Where no shortage is cut they move as all do, but for those that are emptied.
    survivors: cut === undefined ? { ...survivors, kernel: all.kernel, right: all.right } : survivors,
    shortage: levelFunction(shortage),
    shortageSquare: levelFunction(capped(down.square, downStep, cut, cut?.square ?? 0)),
    deficit: levelFunction(deficit),
    waste: levelFunction(overflow.slice(0, nodes + 1).reverse()),
    ...ends(down, up, cut, upCut, nodes),
    ...jumps(downLattice, upLattice, cut, upCut, limits, nodes),
    atomic: downLattice.atomic,
    limits: downLattice.atomic ? [] : limits,
    cut,
    down: downLattice,
  };
}

/** Length of the circle of moves: all between two levels have a place of their own. */
export function gridSize(nodes: number): number {
  return Math.max(8, 2 ** Math.ceil(Math.log2(2 * nodes)));
}

function ends(
  down: OneSided,
  up: OneSided,
  cut: Cut | undefined,
  upCut: Cut | undefined,
  nodes: number,
): Pick<BatteryKernel, 'moveCdf' | 'full'> {
  const moveCdf = new Float64Array(2 * nodes);
  const full = new Float64Array(nodes + 1);
  for (let k = 0; k < nodes; k++) {
    moveCdf[nodes + k] = 1 - (upCut === undefined || k * up.step < upCut.limit ? up.beyond[k] : 0);
  }
  for (let k = 1; k <= nodes; k++) {
    moveCdf[nodes - k] = cut === undefined || k * down.step <= cut.limit ? down.atLeast[k] : 0;
  }
  for (let room = 0; room <= nodes; room++) {
    full[nodes - room] = upCut === undefined || room * up.step <= upCut.limit ? up.atLeast[room] : 0;
  }
  full[nodes] = 1 - down.beyond[0];
  return { moveCdf, full: levelFunction(full) };
}

/** How near to a lattice point, in steps, a limit is taken to be on it. */
const ON_POINT = 1e-6;

function limitMoves(
  cut: Cut | undefined,
  upCut: Cut | undefined,
  downStep: number,
  upStep: number,
): readonly LimitMove[] {
  const move = (steps: number, probability: number, served: boolean): LimitMove => ({
    steps,
    point: Math.abs(steps - Math.round(steps)) < ON_POINT ? Math.round(steps) : undefined,
    probability,
    served,
  });
  return [
    ...(cut === undefined ? [] : [move(-cut.limit / downStep, cut.probability, false)]),
    ...(upCut === undefined ? [] : [move(upCut.limit / upStep, upCut.probability, true)]),
  ];
}

/** Probabilities of single moves, on the lattice. */
function jumps(
  down: SlotLattice,
  up: SlotLattice,
  cut: Cut | undefined,
  upCut: Cut | undefined,
  limits: readonly LimitMove[],
  nodes: number,
): Pick<BatteryKernel, 'moveJump' | 'deficitJump'> {
  if (!down.atomic && limits.length === 0) return { moveJump: undefined, deficitJump: undefined };
  const moveJump = new Float64Array(2 * nodes + 1);
  const deficitJump = new Float64Array(nodes + 1);
  if (down.atomic) {
    for (let k = 0; k <= nodes; k++) {
      if (cut === undefined || k * down.step <= cut.limit + ON_POINT * down.step) {
        moveJump[nodes - k] = k <= down.origin ? down.mass[down.origin - k] : 0;
        if (k > 0) deficitJump[k] = moveJump[nodes - k];
      }
      const i = up.origin + k;
      if (upCut === undefined || k * up.step <= upCut.limit + ON_POINT * up.step) {
        moveJump[nodes + k] = i < up.mass.length ? up.mass[i] : 0;
      }
    }
  }
  for (const { point, probability } of limits) {
    if (point !== undefined && Math.abs(point) <= nodes) moveJump[nodes + point] += probability;
  }
  return { moveJump, deficitJump: down.atomic ? deficitJump : undefined };
}
