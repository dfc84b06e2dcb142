/**
 * One slot of the controlled battery on a lattice of levels 0, h, …, n·h: B moves by g(x), is cut at 0 and at the capacity, and what is cut
 * off is auxiliary energy or waste. Shortages live on steps of h·(discharge efficiency), surpluses on h/(charge efficiency), so that the
 * kinks of g and both ends fall on lattice points.
 */
import { GridTransform } from '../../law/fft.js';
import type { Spectrum } from '../../law/fft.js';
import type { ChainBattery, SlotLaw } from './model.js';
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
  readonly spectrum: Spectrum;
  /** Weight that each level gives to level 0, and to the highest. */
  readonly toEmpty: Float64Array;
  readonly toFull: Float64Array;
}

/** The law of a slot's move and of what is cut off, by the level (after the leak) at which the slot finds the battery. */
export interface BatteryKernel {
  readonly levels: LevelLattice;
  readonly all: LevelMap;
  /** Only slots without auxiliary energy. */
  readonly survivors: LevelMap;
  /** E A, E A² and P(A > 0) by level. */
  readonly shortage: Float64Array;
  readonly shortageSquare: Float64Array;
  readonly deficit: Float64Array;
  /** E waste by level. */
  readonly waste: Float64Array;
  /** P(move ≤ k·h) at entry nodes + k, −nodes ≤ k < nodes. */
  readonly moveCdf: Float64Array;
  /** P(the battery is full after the slot) by level. */
  readonly full: Float64Array;
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

/** Kernels of all laws on one lattice of levels. */
export function batteryKernel(law: SlotLaw, battery: ChainBattery, levels: LevelLattice): BatteryKernel {
  const { nodes, step } = levels;
  const { chargeEfficiency, dischargeEfficiency, chargeLimitJoules, dischargeLimitJoules } = battery;
  const downStep = step * dischargeEfficiency;
  const upStep = step / chargeEfficiency;
  const downLattice = slotLattice(law, downStep);
  const upLattice = upStep === downStep ? downLattice : slotLattice(law, upStep);
  const down = oneSided(downLattice, -1, nodes + 2);
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

  const negative = down.beyond[0];
  const up1 = (stored[0] - stored[1]) / upStep;
  const zeroRight = 1 - negative - up1;
  const mapOf = (excess: Float64Array, removed: number, isServed: boolean): LevelMap => {
    const down1 = (excess[0] - excess[1]) / downStep;
    const zeroLeft = negative - removed - down1;
    const downMass = hats(excess, downStep);
    const upMass = hats(stored, upStep);
    const grid = new Float64Array(gridSize(nodes));
    grid[0] = zeroLeft + zeroRight;
    for (let k = 1; k < nodes; k++) {
      grid[k] = upMass[k];
      grid[grid.length - k] = downMass[k];
    }
    const toEmpty = new Float64Array(nodes + 1);
    const toFull = new Float64Array(nodes + 1);
    toEmpty[0] = isServed ? zeroRight : zeroRight + negative;
    toFull[nodes] = 1 - negative + zeroLeft;
    for (let k = 1; k <= nodes; k++) {
      const beyond = (excess[k] - excess[k + 1]) / downStep;
      // All that goes below, or only what stops right at 0 or short of it.
      toEmpty[k] = isServed ? downMass[k] - Math.max(0, down.beyond[k] - removed) + beyond : beyond + downMass[k];
      if (isServed && cut !== undefined && k * downStep >= cut.limit) toEmpty[k] = downMass[k];
      toFull[nodes - k] = (stored[k - 1] - stored[k]) / upStep;
    }
    return { spectrum: GridTransform.of(grid.length).forward(grid), toEmpty, toFull };
  };
  const all = mapOf(moved, 0, false);
  return {
    levels,
    all,
    survivors: mapOf(served, cutProbability, true),
    shortage,
    shortageSquare: capped(down.square, downStep, cut, cut?.square ?? 0),
    deficit,
    waste: overflow.slice(0, nodes + 1).reverse(),
    ...ends(down, up, cut, upCut, nodes),
    cut,
    down: downLattice,
  };
}

/** Length of the circular grid on which levels are convolved. */
export function gridSize(nodes: number): number {
  return 2 ** Math.ceil(Math.log2(2 * nodes));
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
  return { moveCdf, full };
}
