/**
 * How far the deficit law of a sampled walk lies from the true walk's: both increments are put on one grid, by the
 * probabilities of its cells, and their deficits are subtracted there (grid-deficit.ts). What the grid does to either
 * is the same for both, so that a part of the difference, about step/σ, is all that it costs.
 */
import { incrementLaw } from '../../law/increment-cdf.js';
import type { CumulativeLaw } from '../../law/increment-cdf.js';
import type { CompoundIncrement, LatticeIncrement } from '../increment.js';
import { BlockGrid, pointIncrement } from './block-walk.js';
import { SHORT, gridSide, pointDeficits } from './grid-deficit.js';
import { saddle } from './roots.js';

/** Where to read P(D_T ≤ d) of the sampled walk less that of the true one, and what lies beyond. */
export interface GridDifference {
  /** Joules between points. */
  readonly step: number;
  /** At (m + ½)·step, of what is not the last step from an empty deficit. */
  readonly value: Float64Array;
  /** What the grid leaves unknown of it, at any point. */
  readonly error: number;
}

/** The last step from an empty deficit is known exactly for both walks: P(Y > d). */
export interface Steps {
  readonly sampled: (d: number) => number;
  /** At from + m·spacing for 0 ≤ m < count. */
  readonly truth: (from: number, spacing: number, count: number) => Float64Array;
}

/** Points of a grid: fewer where each s of a circle asks for transforms, more where σ would be a few. */
const STEPS_GRID = 2 ** 16;
const CIRCLE_GRID = 2 ** 15;
const LARGEST_GRID = 2 ** 17;
const LEAST_PER_SIGMA = 16;
/** More points of a σ show nothing more. */
const MOST_PER_SIGMA = 2000;

/** Both walks on one grid. */
interface Layout {
  /** Joules between points. */
  readonly step: number;
  /** Per point (grid-deficit.ts). */
  readonly tilt: number;
  readonly sampled: BlockGrid;
  readonly truth: BlockGrid;
  /** By how much the two laws of a step differ more within a cell than at its ends. */
  readonly within: number;
}

/** What the horizons of one walk share. */
interface Prepared {
  /** The true increment's law, of X = −Y on the line. */
  readonly table: CumulativeLaw;
  /** By how much that may be off. */
  readonly tableError: number;
  /** Short horizons have one layout. */
  short: Layout | undefined;
}

const walks = new WeakMap<LatticeIncrement, Prepared>();

/**
 * The difference at a horizon. `before`: P(D_{T − 1} = 0).
 *
 * @param source of the true walk
 * @param law of the sampled walk
 */
export function gridDifference(
  source: CompoundIncrement,
  law: LatticeIncrement,
  steps: Steps,
  slots: number,
  before: number,
): GridDifference {
  const prepared = walks.get(law) ?? prepare(source, steps, Math.sqrt(law.variance));
  walks.set(law, prepared);
  const { table, tableError } = prepared;
  const layout =
    slots > SHORT ? layOut(table, law, steps, slots) : (prepared.short ??= layOut(table, law, steps, SHORT));
  const { step, tilt, sampled, truth, within } = layout;
  const own = pointDeficits(sampled, slots, tilt);
  const other = pointDeficits(truth, slots, tilt);
  const [ownSteps, otherSteps] = [sampled.increment.weight, truth.increment.weight];
  const reach = (ownSteps.length - 1) / 2;
  const value = new Float64Array(own.length);
  let above = 0;
  let most = 0;
  let jump = 0;
  // From above, where both laws end. What a step from 0 does is subtracted with the same cells.
  for (let m = value.length - 1; m >= 0; m--) {
    value[m] = -above;
    above += own[m] - other[m] - before * (ownSteps[m + reach] - otherSteps[m + reach]);
    most = Math.max(most, Math.abs(value[m]));
    if (m + 1 < value.length) jump = Math.max(jump, Math.abs(value[m + 1] - value[m]));
  }
  const coarse = step / Math.sqrt(law.variance);
  // What no grid sees: points that lie apart, and what is fine within cells. Later slots spread both.
  const unseen = (grainOf(law) + (1 - before) * within) / Math.sqrt(slots - 1);
  return { step, value, error: (RELATIVE + coarse) * most + JUMP * jump + unseen + STEPS_SEEN * tableError };
}

/** Half the heaviest point of cells whose points lie apart: a law of such steps rises in steps too. */
function grainOf({ weight, count, stride }: LatticeIncrement): number {
  return weight.reduce((most, w, r) => (stride[r] > 1 ? Math.max(most, w / (2 * count[r])) : most), 0);
}

/** Part of the difference that is of second order, or that a grid moves (as seen beside grids of half the step). */
const RELATIVE = 0.03;
/** Between two points the difference may go anywhere between their values, and a little beyond. */
const JUMP = 0.75;
/** An error of the increment beside an atom is seen by the last two steps at most; the rest is smooth. */
const STEPS_SEEN = 2;

function prepare(
  { rate, dispersion, energies, probabilities, shape, scale }: CompoundIncrement,
  steps: Steps,
  sigma: number,
): Prepared {
  const table = incrementLaw({
    demand: { ratePerSlot: rate, dispersion, energiesJoules: energies, probabilities },
    harvest: { shape, scaleJoules: scale },
  });
  return { table, tableError: tableErrorOf(table, steps, sigma), short: undefined };
}

/** Places at which a table is held against the exact law, and how far they go, in σ. */
const PLACES = 2048;
const FARTHEST = 6;

function tableErrorOf(table: CumulativeLaw, steps: Steps, sigma: number): number {
  const spacing = (FARTHEST * sigma) / PLACES;
  const exact = steps.truth(0.5 * spacing, spacing, PLACES);
  return exact.reduce((most, p, m) => Math.max(most, Math.abs(table.cdf(-(m + 0.5) * spacing) - p)), 0);
}

function layOut(table: CumulativeLaw, law: LatticeIncrement, steps: Steps, slots: number): Layout {
  const sigma = Math.sqrt(law.variance);
  const tilt = law.mean < 0 ? saddle(law) : 0;
  const side = gridSide(law, tilt, slots);
  let size = slots <= SHORT ? STEPS_GRID : CIRCLE_GRID;
  while (size < LARGEST_GRID && (size / 2) * sigma < LEAST_PER_SIGMA * side) size *= 2;
  const step = clearStep(law, Math.max((2 * side) / size, sigma / MOST_PER_SIGMA));
  const reach = size / 2 - 1;
  const gridOf = (below: (k: number) => number): BlockGrid =>
    new BlockGrid(pointIncrement(-reach, cells(reach, below), step), size);
  // The law is of X = −Y.
  const edges = table.cdfAlong(-(reach - 0.5) * step, step, 2 * reach);
  return {
    step,
    tilt: tilt * step,
    sampled: gridOf((k) => 1 - steps.sampled((k + 0.5) * step)),
    truth: gridOf((k) => 1 - edges[reach - 1 - k]),
    within: differenceWithin(table, steps, step, reach),
  };
}

/** Places between two ends of cells that are looked at. */
const WITHIN = 4;

function differenceWithin(table: CumulativeLaw, steps: Steps, step: number, reach: number): number {
  const fine = step / WITHIN;
  const count = WITHIN * (reach - 1) + 1;
  // P(Y > d) = P(X ≤ −d), from the farthest place back to half a step.
  const truth = table.cdfAlong(-(0.5 * step + (count - 1) * fine), fine, count);
  const difference = truth.map((_, i) => steps.sampled(0.5 * step + i * fine) - truth[count - 1 - i]);
  let most = 0;
  for (let i = 0; i + WITHIN < difference.length; i += WITHIN) {
    const [left, right] = [difference[i], difference[i + WITHIN]];
    for (let j = 1; j < WITHIN; j++) {
      most = Math.max(most, Math.abs(difference[i + j] - left - ((right - left) * j) / WITHIN));
    }
  }
  return most;
}

/**
 * Probabilities of the cells (k ± ½)·step of an increment, −reach ≤ k ≤ reach; the outermost hold what is beyond.
 *
 * @param below P(Y ≤ (k + ½)·step), −reach ≤ k < reach
 */
function cells(reach: number, below: (k: number) => number): Float64Array {
  const weight = new Float64Array(2 * reach + 1);
  let before = 0;
  for (let k = -reach; k <= reach; k++) {
    const value = k === reach ? 1 : Math.max(before, below(k));
    weight[k + reach] = value - before;
    before = value;
  }
  return weight;
}

/** Steps that are tried, each a little longer. */
const TRIES = 64;
const LONGER = 1 / 512;
/** What counts as an atom: a run this heavy, and this much shorter than a cell. */
const HEAVY = 1e-7;
const SHORT_RUN = 1 / 16;

/** A step at which atoms stand clear of cells' edges: sampling may have moved them by a lattice step. */
function clearStep(law: LatticeIncrement, least: number): number {
  const atoms: number[] = [];
  for (let r = 0; r < law.weight.length; r++) {
    const length = law.count[r] * law.stride[r] * law.latticeSpan;
    if (law.weight[r] > HEAVY && length < SHORT_RUN * least) atoms.push(law.first[r] * law.latticeSpan + 0.5 * length);
  }
  let best = least;
  let clear = -1;
  for (let i = 0; i < TRIES; i++) {
    const step = least * (1 + i * LONGER);
    let nearest = 1;
    for (const x of atoms) {
      const place = x / step - 0.5;
      nearest = Math.min(nearest, Math.abs(place - Math.round(place)));
    }
    if (nearest > clear) [best, clear] = [step, nearest];
  }
  return best;
}
