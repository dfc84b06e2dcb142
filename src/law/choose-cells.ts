/**
 * Which cells a law is cut into: where the core lies, how wide its cells are, and whether residual cells are needed
 * beside it.
 */
import { AccuracyError, PlanError } from '../errors.js';
import type { HarvestLaw } from '../fleet/walk-law.js';
import { dividing } from './common-measure.js';
import { coreCells, coreEdges, coreHolds, massBeyondCore, refinedCells } from './cells.js';
import type { Cells, CoreLayout } from './cell-list.js';
import type { CumulativeLaw } from './increment-cdf.js';
import { COLUMN_COUNT, CORE_CELLS, JITTER_BITS } from './tables.js';

/** A core alone may bend the law by no more than this in any cell; singular densities (shape < 1) more. */
const CORE_BEND = 4e-5;
const CORE_BEND_SINGULAR = 8e-4;
/** Residual cells that would bend the law more than this are refused. */
const COARSEST_BEND = 1e-2;
/** How far a core cell may bend the law of a walk with such a harvest. */
export function bendTolerance(harvest: HarvestLaw): number {
  return harvest.shape < 1 ? CORE_BEND_SINGULAR : CORE_BEND;
}
const CORE_OUTSIDE = 1e-11;
/** Halvings of a core cell that residual cells and sites may use: singular densities need narrow ones. */
export const RESIDUAL_SHIFT = 24;
/** Cells are at most this fraction of σ wide, or 1/8 where an extreme drift needs the range. */
const CELLS_PER_SIGMA = 64;
/** Widths of cells in a factor of two: few, so that laws share theirs; many, so that steps are small. */
const RUNGS_PER_OCTAVE = 64;
/** X = 0 is at the start of a core cell whose number is a multiple of this, for the same reason. */
const START_CELLS = 8;
/** What residual cells may take of a law before a narrower core is looked for. */
const RESIDUAL_ENOUGH = 0.1;

/** The most that they may take where the least is `least`: a law beside this one may have the wider core. */
function mostResidual(least: number): number {
  return least + Math.min(0.25, Math.max(RESIDUAL_ENOUGH, 2 * least));
}

/** Quanta of a σ on the coarsest lattice that is accepted. */
export const COARSEST = 8;

/**
 * A core alone where that is true to the law; else a core with residual cells beside it. Neighbouring laws are to draw
 * alike from one word, so the core lies alike with residual cells and without, its cell width is rounded up to a ladder
 * of few values, and it is narrowed only where residual cells would otherwise take much more of the law than they must.
 * @param measure joules that the quantum is to divide (common-measure.ts): cells are then a little narrower or wider
 * @param coreShift halvings of a core's cell where it is alone
 */
export function chooseCells(
  law: CumulativeLaw,
  finest: number,
  tolerance: number,
  slots: number,
  measure?: number,
  coreShift = JITTER_BITS,
): Cells {
  const sigma = law.standardDeviation;
  const whole = rung((law.high - law.low) / (CORE_CELLS - START_CELLS));
  const widest = Math.min(whole, rung(sigma / CELLS_PER_SIGMA));
  if (whole === widest) {
    const layout = coreLayout(whole, coreShift, finest, law.low, sigma, slots, measure);
    const edges = coreEdges(law, layout);
    if (coreHolds(law, layout, edges, tolerance, CORE_OUTSIDE)) return coreCells(law, layout, edges);
  }
  const looked: { readonly layout: CoreLayout; readonly mass: number }[] = [];
  let least = Infinity;
  for (let width = widest; width > sigma * 1e-6; width /= 2) {
    const window = width * CORE_CELLS;
    if (looked.length > 0 && window < sigma * 1e-2) break;
    const low = width === whole ? law.low : bestWindow(law, window);
    const layout = coreLayout(width, RESIDUAL_SHIFT, finest, low, sigma, slots, measure);
    const mass = massBeyondCore(law, layout, tolerance / 4);
    looked.push({ layout, mass });
    if (mass > 1.5 * least && least < 0.5) break;
    least = Math.min(least, mass);
    if (least <= RESIDUAL_ENOUGH || width < finest * 4) break;
  }
  for (const bend of [CORE_BEND, COARSEST_BEND]) {
    for (const { layout, mass } of looked) {
      const cells = mass <= mostResidual(least) ? refinedCells(law, layout, tolerance / 4, bend) : undefined;
      if (cells !== undefined) return cells;
    }
  }
  throw new AccuracyError(
    `the increment law needs more than ${COLUMN_COUNT} residual cells at a tolerance of ${COARSEST_BEND}`,
  );
}

/** The least width of the ladder that is at least `width`: exact on every host, as powers and logarithms are not. */
function rung(width: number): number {
  let scale = 2 ** Math.floor(Math.log2(width));
  while (scale > width) scale /= 2;
  while (2 * scale <= width) scale *= 2;
  return (Math.ceil((width / scale) * RUNGS_PER_OCTAVE) / RUNGS_PER_OCTAVE) * scale;
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

/** The finest lattice, up to `wantedShift` halvings of a core cell, that the reach allows. */
function coreLayout(
  width: number,
  wantedShift: number,
  finest: number,
  low: number,
  sigma: number,
  slots: number,
  measure: number | undefined,
): CoreLayout {
  for (let shift = wantedShift; shift >= 0; shift--) {
    const limit = shift === 0 ? sigma / COARSEST : shift < 4 ? Math.max(width, sigma / 32) : width;
    const cell = Math.max(width, finest * 2 ** shift);
    if (cell <= limit) {
      const wanted = cell / 2 ** shift;
      const quantum = measure === undefined ? wanted : nearest(measure, wanted, finest);
      const wide = quantum * 2 ** shift;
      // A cell begins at X = 0, so that small harvests without a task are not spread below zero: P(D = 0) is made of
      // them.
      return { quantum, shift, start: Math.floor(low / wide / START_CELLS) * START_CELLS * 2 ** shift };
    }
  }
  throw tooLong(slots, finest, sigma);
}

/** How much a quantum may be above the one wanted, so that it divides the measure. */
const MOST_WIDENING = 1.125;

/** A quantum that divides the measure, hardly above the one wanted; below it where that would take much more. */
function nearest(measure: number, wanted: number, finest: number): number {
  const above = dividing(measure, wanted);
  const below = measure / Math.ceil(measure / wanted);
  return above > wanted * MOST_WIDENING && below >= finest ? below : above;
}

export function tooLong(slots: number, finest: number, sigma: number): PlanError {
  return new PlanError(
    `slots: got ${slots}, but a path of that length leaves the range of 32-bit integers (quantum at least ${finest.toPrecision(3)} J, ` +
      `volatility ${sigma.toPrecision(3)} J); expected fewer slots, a drift nearer to zero or a smaller initial charge`,
    'slots',
  );
}
