/** Laws of batteries of constants between the two walks that bound them: what is claimed of their errors holds. */
import type { Estimate } from './extrapolate.js';
import { constantWalk } from './constant-walk.js';
import type { ConstantResult, WalkOptions } from './constant-walk.js';
import type { ChainModel } from './model.js';
import { lawBetween } from './step-law.js';
import type { Atoms } from './step-law.js';
import type { TabulatedLaw } from './tabulated.js';

/** A quantity's ends, lower first. */
export type Ends = readonly [number, number];

/** What the two walks say of a horizon. */
export interface ConstantBounds {
  readonly slots: number;
  readonly auxiliary: Ends;
  readonly waste: Ends;
  readonly deficitSlots: Ends;
  readonly never: Ends;
  readonly empty: Ends;
  readonly full: Ends;
  readonly meanLevel: Ends;
  readonly level: TabulatedLaw;
}

/** Moves of states in one walk: about two seconds, and less where paths have few states. */
const LEVEL_WORK = 2e7;
const TOTAL_WORK = 2e7;
/** How near to a value, of the largest, a law's atom is at it. */
const AT = 1e-12;
/** What sums of products leave, relatively. */
const ROUNDING = 1e-11;

function bothWalks(
  model: ChainModel,
  horizons: readonly number[],
  options: Omit<WalkOptions, 'side'>,
): (readonly [worst: ConstantResult, best: ConstantResult])[] {
  const worst = constantWalk(model, horizons, { ...options, side: 'worst' }) ?? [];
  const best = worst.length === 0 ? [] : (constantWalk(model, horizons, { ...options, side: 'best' }) ?? []);
  return best.slice(0, worst.length).map((one, h) => [worst[h], one]);
}

/** Bounds at each horizon; undefined for other batteries, or for too many slots. */
export function constantBounds(model: ChainModel, horizons: readonly number[]): ConstantBounds[] | undefined {
  const both = bothWalks(model, horizons, { memory: 'any', work: LEVEL_WORK, keepsAll: false });
  if (both.length < horizons.length) return undefined;
  return both.map(([worst, best]) => {
    const left = Math.max(worst.left, best.left);
    const rising = (low: number, high: number, most: number): Ends => [
      low - ROUNDING * Math.abs(low),
      high + left * most + ROUNDING * Math.abs(high),
    ];
    const { slots, most } = worst;
    const range = Math.max(best.levels.values[best.levels.values.length - 1], 1e-300);
    return {
      slots,
      auxiliary: rising(best.auxiliary, worst.auxiliary, most),
      waste: rising(worst.waste, best.waste, most),
      deficitSlots: rising(best.deficitSlots, worst.deficitSlots, slots),
      never: rising(worst.never, best.never, 1),
      empty: rising(best.empty, worst.empty, 1),
      full: rising(worst.full, best.full, 1),
      meanLevel: rising(meanOf(worst.levels), meanOf(best.levels), range),
      level: lawBetween(worst.levels, best.levels, left, AT * range),
    };
  });
}

function meanOf({ values, weights }: Atoms): number {
  return values.reduce((sum, value, i) => sum + value * weights[i], 0);
}

/** The law of A_T, joules. */
export interface AuxiliaryLaw extends TabulatedLaw {
  readonly slots: number;
  readonly probabilityZero: Estimate;
}

/** Laws of A_T for those of the horizons, ascending, for which all states of level and total can be kept. */
export function constantTotals(model: ChainModel, horizons: readonly number[]): AuxiliaryLaw[] {
  return bothWalks(model, horizons, { memory: 'total', work: TOTAL_WORK, keepsAll: true }).map(([worst, best]) => {
    const left = Math.max(worst.left, best.left);
    const range = worst.totals.values[worst.totals.values.length - 1];
    return {
      slots: worst.slots,
      probabilityZero: middle([worst.never, best.never + left]),
      ...lawBetween(best.totals, worst.totals, left, AT * Math.max(range, 1e-300)),
    };
  });
}

/** Half-way between two ends. */
function middle([low, high]: Ends): Estimate {
  return { value: (low + high) / 2, error: (high - low) / 2 + ROUNDING * Math.abs(high) };
}

/** An estimate brought between two ends, with an error that holds for all between them. */
export function between(value: number, [low, high]: Ends): Estimate {
  const inside = Math.min(high, Math.max(low, value));
  return { value: inside, error: Math.max(inside - low, high - inside) };
}
