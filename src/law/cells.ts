/**
 * A distribution function cut into cells, each uniform on a run of lattice points: 4095 core cells of equal width, and,
 * where a core cell would bend the law too far (a jump or a singular density inside it) or the law reaches beyond the
 * core, dyadic residual cells.
 *
 * A lattice point n stands for the interval [(n − ½)q, (n + ½)q). Cell masses are exact; what a uniform cell does to
 * mean and variance is undone by tilt.ts.
 */
import { append } from '../numeric/extremes.js';
import type { Cells, CoreLayout, ResidualCell } from './cell-list.js';
import type { CumulativeLaw } from './increment-cdf.js';
import { Scratch } from '../numeric/scratch.js';
import { CORE_CELLS, COLUMN_COUNT } from './tables.js';
import { tilt } from './tilt.js';

/** Mass beyond which the tails are cut. */
const TAIL_MASS = 1e-13;

/** Largest distance of a cell's true distribution from the straight line, of the whole law, at seven points. */
function bend(law: CumulativeLaw, left: number, width: number, below: number, above: number): number {
  let worst = 0;
  for (let i = 1; i < 8; i++) {
    const line = below + ((above - below) * i) / 8;
    worst = Math.max(worst, Math.abs(law.cdf(left + (width * i) / 8) - line));
  }
  return worst;
}

const edgeRoom = new Scratch();
const innerRoom = new Scratch();

/** The distribution function at the 4096 ends of the core's cells, never falling; they last until the next call. */
export function coreEdges(law: CumulativeLaw, layout: CoreLayout): Float64Array {
  const { left, width } = joules(layout);
  const edges = law.cdfAlong(left, width, CORE_CELLS + 1, edgeRoom.of(CORE_CELLS + 1));
  for (let c = 0, below = 0; c <= CORE_CELLS; c++) {
    // Comparisons, which processors foresee, where minimum and maximum would wait for the cell before.
    if (edges[c] > below) below = edges[c] < 1 ? edges[c] : 1;
    edges[c] = below;
  }
  return edges;
}

/** Left end of the first core cell, and the width of each, in joules. */
function joules({ quantum, shift, start }: CoreLayout): { left: number; width: number } {
  return { left: (start - 0.5) * quantum, width: quantum * 2 ** shift };
}

/** The core cells that bend more than `tolerance`, in order; the first `most` of them. */
function bentCells(
  law: CumulativeLaw,
  layout: CoreLayout,
  edges: Float64Array,
  tolerance: number,
  most = CORE_CELLS,
): number[] {
  const { left, width } = joules(layout);
  // Only cells heavier than the tolerance can bend more than it: the first and the last of them.
  let from = 0;
  while (from < CORE_CELLS && edges[from + 1] - edges[from] <= tolerance) from++;
  let to = CORE_CELLS;
  while (to > from && edges[to] - edges[to - 1] <= tolerance) to--;
  const inner = law.cdfAlong(left + from * width + width / 4, width, to - from, innerRoom.of(to - from));
  const bent: number[] = [];
  let before = from > 0 ? edges[from] - edges[from - 1] : 0;
  let inside = edges[from + 1] - edges[from];
  for (let c = from; c < to && bent.length < most; c++) {
    const after = c + 1 < CORE_CELLS ? edges[c + 2] - edges[c + 1] : 0;
    // A cell's bend is never more than its mass. A cell as heavy as both its neighbours hides a bend only if all three
    // hold the same spike, which one inner point shows.
    const even =
      Math.abs(inside - before) <= tolerance / 2 &&
      Math.abs(inside - after) <= tolerance / 2 &&
      Math.abs(inner[c - from] - edges[c] - inside / 4) <= tolerance / 2;
    if (inside > tolerance && !even && bend(law, left + c * width, width, edges[c], edges[c + 1]) > tolerance)
      bent.push(c);
    before = inside;
    inside = after;
  }
  return bent;
}

/** Whether a core holds all but `outside` of the law, in cells that bend no more than `tolerance`. */
export function coreHolds(
  law: CumulativeLaw,
  layout: CoreLayout,
  edges: Float64Array,
  tolerance: number,
  outside: number,
): boolean {
  const room = outside - edges[0] - 1 + edges[CORE_CELLS];
  // A cell that bends is heavier than the tolerance, so the first of them decides where that is beyond the room.
  const most = tolerance > room ? 1 : CORE_CELLS;
  let mass = 0;
  for (const c of bentCells(law, layout, edges, tolerance, most)) mass += edges[c + 1] - edges[c];
  return mass <= room;
}

/** About the mass of residual cells beside such a core (`refinedCells`): tails, and what is uneven in bent cells. */
export function massBeyondCore(law: CumulativeLaw, layout: CoreLayout, tolerance: number): number {
  const { left, width } = joules(layout);
  const edges = coreEdges(law, layout);
  let mass = edges[0] + 1 - edges[CORE_CELLS];
  for (const c of bentCells(law, layout, edges, tolerance)) {
    mass += edges[c + 1] - edges[c] - evenPart(law, left + c * width, width, edges[c], edges[c + 1]);
  }
  return mass;
}

/**
 * Most mass that a core cell keeps of what lies evenly in it where it has residual cells: its 256 points would
 * otherwise each be so heavy that the steps between them are seen (2e-5 on either side).
 */
const MOST_EVEN = 0.01;

/** Eight times the least mass of the eighths of a cell: what lies evenly in it. */
function evenPart(law: CumulativeLaw, left: number, width: number, below: number, above: number): number {
  let least = Infinity;
  let before = below;
  for (let i = 1; i <= 8; i++) {
    const after = i === 8 ? above : law.cdf(left + (width * i) / 8);
    least = Math.min(least, after - before);
    before = after;
  }
  return Math.min(MOST_EVEN, 8 * Math.max(0, least));
}

/** The core alone: what little mass lies outside goes to the end cells. */
export function coreCells(law: CumulativeLaw, layout: CoreLayout, edges: Float64Array): Cells {
  const core = new Float64Array(CORE_CELLS);
  let below = 0;
  for (let c = 0; c < CORE_CELLS; c++) {
    const above = c === CORE_CELLS - 1 ? 1 : edges[c + 1];
    core[c] = above - below;
    below = above;
  }
  return tilt(law, { layout, core, residual: [] });
}

function edgeValue(law: CumulativeLaw, layout: CoreLayout, latticePoint: number): number {
  return Math.min(1, Math.max(0, law.cdf((latticePoint - 0.5) * layout.quantum)));
}

/** A residual cell may not add more than this to the variance, relative to the law's, by spreading its mass evenly. */
const VARIANCE_SHARE = 1e-8;

/**
 * Core and residual cells: a core cell that bends more than `coreTolerance` is split until its parts bend less than a
 * finer tolerance. It keeps what lies evenly in it; residual cells take the rest. Undefined where they would be more
 * than 4096.
 */
export function refinedCells(
  law: CumulativeLaw,
  layout: CoreLayout,
  coreTolerance: number,
  /** How much residual cells may bend the law where there are too few of them to bend it less. */
  mostBend: number,
): Cells | undefined {
  const edges = coreEdges(law, layout);
  const bent = bentCells(law, layout, edges, coreTolerance);
  for (let fine = Math.min(1e-5, coreTolerance / 2), share = VARIANCE_SHARE; fine <= mostBend; fine *= 2, share *= 4) {
    const cells = split(law, layout, edges, bent, fine, share * law.standardDeviation ** 2);
    if (cells !== undefined) return tilt(law, cells);
  }
  return undefined;
}

/** Lattice points on either side that 32 bits hold. What lies beyond them no path meets (reach.ts). */
const LATTICE_END = 2 ** 31 - 1;

/** The largest shift, up to `wanted`, of a cell that fits the points that are left; −1 where none does. */
function shiftWithin(points: number, wanted: number): number {
  let shift = wanted;
  while (shift >= 0 && 2 ** shift > points) shift--;
  return shift;
}

/** Mass below which outer core cells go with the tails: 16 units of a core column's weight. */
const LEAST_OUTER = 2 ** -20;

/** One attempt at given tolerances; undefined where more than 4096 residual cells come out. */
function split(
  law: CumulativeLaw,
  layout: CoreLayout,
  edges: Float64Array,
  /** Core cells to be split, in order. */
  bent: readonly number[],
  fine: number,
  varianceTolerance: number,
): Cells | undefined {
  const residual: ResidualCell[] = [];
  const core = new Float64Array(CORE_CELLS);
  const wide = 2 ** layout.shift;
  const q = layout.quantum;
  const divide = (start: number, shift: number, below: number, above: number): void => {
    const mass = above - below;
    if (mass <= 0 || residual.length > COLUMN_COUNT) return;
    const width = 2 ** shift * q;
    const narrow = (mass * width * width) / 12 <= varianceTolerance;
    if (shift === 0 || (narrow && (mass <= fine || bend(law, (start - 0.5) * q, width, below, above) <= fine))) {
      residual.push({ start, shift, mass });
      return;
    }
    const middle = start + 2 ** (shift - 1);
    const value = Math.min(above, Math.max(below, edgeValue(law, layout, middle)));
    divide(start, shift - 1, below, value);
    divide(middle, shift - 1, value, above);
  };
  // Outer cells so light that a column's units would say nothing of them go with the tails.
  let from = 0;
  while (from < CORE_CELLS && edges[from + 1] - edges[from] < LEAST_OUTER) from++;
  let to = CORE_CELLS;
  while (to > from && edges[to] - edges[to - 1] < LEAST_OUTER) to--;
  // The tails, in cells that double in width outwards, so that far heavy tasks cost few of them.
  let reach = layout.start + from * wide;
  let inner = edges[from];
  for (let wanted = layout.shift; inner > TAIL_MASS && wanted < 31; wanted++) {
    const shift = shiftWithin(reach + LATTICE_END, wanted);
    if (shift < 0) break;
    const start = reach - 2 ** shift;
    const value = start * q < law.low ? 0 : edgeValue(law, layout, start);
    divide(start, shift, value, inner);
    reach = start;
    inner = value;
  }
  for (let c = from; c < to; c++) core[c] = edges[c + 1] - edges[c];
  for (const c of bent) {
    if (c < from || c >= to) continue;
    const parts = residual.length;
    divide(layout.start + c * wide, layout.shift, edges[c], edges[c + 1]);
    core[c] = keepEven(residual, parts, layout.shift);
  }
  reach = layout.start + to * wide;
  let below = edges[to];
  for (let wanted = layout.shift; below < 1 - TAIL_MASS && wanted < 31; wanted++) {
    const shift = shiftWithin(LATTICE_END - reach, wanted);
    if (shift < 0) break;
    const end = reach + 2 ** shift;
    const value = end * q > law.high ? 1 : edgeValue(law, layout, end);
    divide(reach, shift, below, value);
    reach = end;
    below = value;
  }
  return residual.length <= COLUMN_COUNT ? { layout, core, residual } : undefined;
}

/**
 * Takes what lies evenly in a core cell from its parts, which are the residual cells from number `from` on. @returns
 * its mass
 */
function keepEven(residual: ResidualCell[], from: number, shift: number): number {
  let points = 0;
  let density = Infinity;
  for (let i = from; i < residual.length; i++) {
    points += 2 ** residual[i].shift;
    density = Math.min(density, residual[i].mass / 2 ** residual[i].shift);
  }
  // Parts without mass are left out: then nothing lies evenly.
  if (points < 2 ** shift) return 0;
  density = Math.min(density, MOST_EVEN / points);
  const rest = residual.splice(from).map((part) => ({ ...part, mass: part.mass - density * 2 ** part.shift }));
  append(
    residual,
    rest.filter(({ mass }) => mass > 0),
  );
  return density * points;
}
