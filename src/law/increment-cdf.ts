/**
 * The distribution function of one slot's increment X = H − C, anywhere on the line, to about 1e-6 locally and 1e-12 in
 * total mass.
 *
 * One grid has it all: compound Poisson by transform, correlated with the Gamma, read by cubic interpolation. Energies
 * off the grid are spread so that their first three moments stay. Next to the likely multisets of tasks (atoms of C),
 * where the harvest's density may be singular or bend, their share of the grid gives way to their exact law (kinks.ts).
 */
import { drift, volatility } from '../fleet/walk-law.js';
import type { WalkLaw } from '../fleet/walk-law.js';
import type { Atom } from './compound.js';
import { DemandGrid } from './demand-grid.js';
import { GridTransform } from '../numeric/fft.js';
import { GammaOrigin, ORIGIN_STEPS, gammaMasses, gammaReach } from './gamma.js';
import { interpolate, interpolateAlong } from '../numeric/cubic.js';
import { Kinks, exactSteps } from './kinks.js';
import { Scratch } from '../numeric/scratch.js';
import { PlanError } from '../errors.js';

/** A distribution function with the range that carries all but about 1e-13 of its mass. */
export interface CumulativeLaw {
  /** P(X ≤ x), x in joules. */
  cdf(x: number): number;
  /** The same at `count` points from `first` on, `spacing` joules apart, put `into` room: much faster. */
  cdfAlong(first: number, spacing: number, count: number, into?: Float64Array): Float64Array;
  readonly low: number;
  readonly high: number;
  readonly mean: number;
  readonly standardDeviation: number;
}

/** −log of the mass that the tables' range may leave out on either side. */
const RANGE_EXPONENT = 30;
/** Largest grid: 2^22 points, about a second. */
const MAXIMUM_GRID = 2 ** 22;
/** Shapes from which the harvest's density bends so little at 0 that a coarser grid does. */
const SMOOTH_SHAPE = 1.5;
/** Atoms less likely than this stay as the grid has them: what that misplaces is a part of their mass. */
const ATOM_THRESHOLD = 5e-4;
/** Sums of energies on a grid of their own are few: also the less likely of them are put right. */
const SHARED_PART = 1 / 512;
/** Steps beyond the first 32 that the harvest's exact law is tabulated for: enough for ten tasks. */
const ORIGIN_SPARE = 18;
/** Corrections smaller than this are left out: P(X ≤ x) is promised to 1e-6. */
const NEGLIGIBLE_KINK = 2e-9;

const massRoom = new Scratch();

/** The increment law of a scenario. @param room for its table: the law then lasts until the room's next use. */
export function incrementLaw(law: WalkLaw, room = new Scratch()): CumulativeLaw {
  const demand = new DemandGrid(law.demand);
  const low = -demand.reach(RANGE_EXPONENT);
  const high = gammaReach(law.harvest, Math.exp(-RANGE_EXPONENT));
  const sigmaHarvest = Math.sqrt(law.harvest.shape) * law.harvest.scaleJoules;
  // A sixteenth of the harvest's spread is resolved well; a sixth still is, where the range asks for it.
  const fineness = law.harvest.shape < SMOOTH_SHAPE ? 256 : 128;
  const free = roundStep(
    Math.max(
      Math.min(volatility(law) / fineness, sigmaHarvest / 16),
      Math.min((high - low) / (MAXIMUM_GRID * 0.95), sigmaHarvest / 6),
    ),
  );
  const sizeOf = (step: number): number => 2 ** Math.ceil(Math.log2(((high - low) / step) * 1.01 + 64));
  const sums =
    law.harvest.shape < SMOOTH_SHAPE ? demand.sharedSums(free, ATOM_THRESHOLD, SHARED_PART, RANGE_EXPONENT) : undefined;
  const isShared = sums !== undefined && sizeOf(sums.step) <= MAXIMUM_GRID;
  const step = isShared ? sums.step : free;
  const size = sizeOf(step);
  if (size > MAXIMUM_GRID) {
    throw new PlanError(
      `the scenario's energies spread too far for a table: from ${low.toPrecision(3)} J to ${high.toPrecision(3)} J in steps of ` +
        `${step.toPrecision(3)} J; expected at most ${MAXIMUM_GRID} steps. Merge rare heavy tasks or raise the harvest variance.`,
    );
  }
  const origin = new GammaOrigin(law.harvest, step, ORIGIN_STEPS + ORIGIN_SPARE);
  const length = Math.min(size, Math.ceil(high / step) + 16);
  const masses = gammaMasses(law.harvest, step, length, origin, massRoom.of(length));
  const grid = GridTransform.of(size).correlate(masses, demand.spectrum(step, size));

  // Unwrap: grid index n stands for the interval of width `step` about n·step, negative ones at the end.
  const offset = Math.ceil(-low / step) + 16;
  const table = room.of(Math.ceil(high / step) + offset + 16);
  const total = runningSums(grid, offset, table);
  const atomsOf = (threshold: number): readonly Atom[] =>
    isShared
      ? sums.atoms.filter(({ probability }) => probability >= threshold * SHARED_PART)
      : demand.atoms(step, threshold);
  const kinks = kinksOf(law, atomsOf, origin, masses, step, offset, table);
  const last = table.length - 3;
  const cdf = (x: number): number => {
    const position = x / step - 0.5 + offset;
    if (position < 1) return 0;
    if (position >= last) return total;
    const value = interpolate(table, position);
    return kinks === undefined ? value : value + kinks.correction(position);
  };
  const cdfAlong = (
    first: number,
    spacing: number,
    count: number,
    values: Float64Array = new Float64Array(count),
  ): Float64Array => {
    const start = first / step - 0.5 + offset;
    const stride = spacing / step;
    interpolateAlong(table, start, stride, { below: 0, above: total, last }, count, values);
    kinks?.correctAlong(start, stride, values);
    return values;
  };
  return { cdf, cdfAlong, low, high, mean: drift(law), standardDeviation: volatility(law) };
}

/** Running sums of a periodic grid from `offset` entries before its start on. @returns the last. */
function runningSums(grid: Float64Array, offset: number, into: Float64Array): number {
  let sum = 0;
  for (let i = 0, n = grid.length - offset; i < offset; i++, n++) into[i] = sum += grid[n];
  for (let i = offset, n = 0; i < into.length; i++, n++) into[i] = sum += grid[n];
  return sum;
}

/**
 * A step with seven significant bits, at most 1/64 finer than the one asked for: points of a sweep whose volatilities
 * differ in the last bits, or by a little, then share a grid and all that is remembered of it.
 */
function roundStep(step: number): number {
  const unit = 2 ** (Math.floor(Math.log2(step)) - 6);
  return Math.floor(step / unit) * unit;
}

/** The kinks that matter, put right in `table`: none where the harvest's density rises smoothly from 0. */
function kinksOf(
  law: WalkLaw,
  /** Those at least so likely, by falling energy. */
  atomsOf: (threshold: number) => readonly Atom[],
  origin: GammaOrigin,
  masses: Float64Array,
  step: number,
  offset: number,
  table: Float64Array,
): Kinks | undefined {
  const largest = Kinks.largest(origin, masses);
  if (!(largest >= NEGLIGIBLE_KINK)) return undefined;
  // Thresholds are powers of two times the least, so that neighbouring points of a sweep share their atoms.
  const most = Math.max(1, NEGLIGIBLE_KINK / largest / ATOM_THRESHOLD);
  const atoms = atomsOf(ATOM_THRESHOLD * 2 ** Math.floor(Math.log2(most)));
  const reach = exactSteps(longest(atoms), 1) + 2;
  const exact = reach <= origin.steps ? origin : new GammaOrigin(law.harvest, step, reach);
  return new Kinks(law.harvest, exact, masses, step, offset, table, atoms);
}

/** Weights of the longest of the atoms' measures. */
function longest(atoms: readonly Atom[]): number {
  return atoms.reduce((most, { measure }) => Math.max(most, measure.weights.length), 0);
}
