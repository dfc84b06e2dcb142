/**
 * A distribution function cut into cells, each uniform on a run of lattice points: 4095 core cells of equal width, and, where a core cell
 * would bend the law too far (a jump or a singular density inside it) or the law reaches beyond the core, dyadic residual cells.
 *
 * A lattice point n stands for the interval [(n − ½)q, (n + ½)q). Cell masses are exact; what a uniform cell does to mean and variance
 * is undone by a quadratic tilt with coefficients of about 1e-5.
 */
import { AccuracyError } from '../errors.js';
import type { CumulativeLaw } from './increment-cdf.js';
import { CORE_CELLS, COLUMN_COUNT, cellPoints } from './tables.js';

/** Mass beyond which the tails are cut. */
const TAIL_MASS = 1e-13;

/** Where the core lies: quantum in joules, cells of 2^shift lattice points from `start` on. */
export interface CoreLayout {
  readonly quantum: number;
  readonly shift: number;
  readonly start: number;
}

/** One residual cell: 2^shift lattice points from `start` on, with its probability. */
export interface ResidualCell {
  readonly start: number;
  readonly shift: number;
  readonly mass: number;
}

export interface Cells {
  readonly layout: CoreLayout;
  /** Probabilities of the 4095 core cells; 0 where residual cells take over. */
  readonly core: Float64Array;
  readonly residual: readonly ResidualCell[];
}

/** Largest distance between a cell's true distribution and the straight line, relative to the whole law, at seven inner points. */
function bend(law: CumulativeLaw, left: number, width: number, below: number, above: number): number {
  let worst = 0;
  for (let i = 1; i < 8; i++) {
    const line = below + ((above - below) * i) / 8;
    worst = Math.max(worst, Math.abs(law.cdf(left + (width * i) / 8) - line));
  }
  return worst;
}

/** The distribution function at the 4096 ends of the core's cells, never falling. */
export function coreEdges(law: CumulativeLaw, layout: CoreLayout): Float64Array {
  const wide = 2 ** layout.shift;
  const edges = new Float64Array(CORE_CELLS + 1);
  for (let c = 0, below = 0; c <= CORE_CELLS; c++) {
    below = Math.max(below, edgeValue(law, layout, layout.start + c * wide));
    edges[c] = below;
  }
  return edges;
}

/** Whether core cell c bends more than `tolerance`. */
function coreBends(law: CumulativeLaw, layout: CoreLayout, edges: Float64Array, c: number, tolerance: number): boolean {
  const inside = edges[c + 1] - edges[c];
  if (inside <= tolerance) return false;
  const width = layout.quantum * 2 ** layout.shift;
  const left = (layout.start - 0.5) * layout.quantum + c * width;
  // A cell as heavy as both its neighbours hides a bend only if all three hold the same spike, which one inner point shows.
  const before = c > 0 ? edges[c] - edges[c - 1] : 0;
  const after = c + 1 < CORE_CELLS ? edges[c + 2] - edges[c + 1] : 0;
  const even = Math.abs(inside - before) <= tolerance / 2 && Math.abs(inside - after) <= tolerance / 2;
  if (even && Math.abs(law.cdf(left + width / 4) - edges[c] - inside / 4) <= tolerance / 2) return false;
  return bend(law, left, width, edges[c], edges[c + 1]) > tolerance;
}

/** The probability that a core of this layout cannot hold by itself: outside it, or in cells that bend more than `tolerance`. */
export function massBeyondCore(law: CumulativeLaw, layout: CoreLayout, edges: Float64Array, tolerance: number): number {
  let mass = edges[0] + 1 - edges[CORE_CELLS];
  for (let c = 0; c < CORE_CELLS; c++) {
    if (coreBends(law, layout, edges, c, tolerance)) mass += edges[c + 1] - edges[c];
  }
  return mass;
}

/** An estimate of the same from every seventh cell. */
export function estimateBeyondCore(law: CumulativeLaw, layout: CoreLayout, tolerance: number): number {
  const every = 7;
  const width = layout.quantum * 2 ** layout.shift;
  const left = (layout.start - 0.5) * layout.quantum;
  let mass = law.cdf(left) + 1 - law.cdf(left + CORE_CELLS * width);
  for (let c = 0; c < CORE_CELLS; c += every) {
    const below = law.cdf(left + c * width);
    const above = law.cdf(left + (c + 1) * width);
    // A cell's bend is never more than its mass.
    if (above - below > tolerance && bend(law, left + c * width, width, below, above) > tolerance) {
      mass += (above - below) * every;
    }
  }
  return Math.max(0, mass);
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

/** Core and residual cells: a core cell that bends more than `coreTolerance` is split until its parts bend less than a finer tolerance. */
export function refinedCells(law: CumulativeLaw, layout: CoreLayout, coreTolerance: number): Cells {
  const edges = coreEdges(law, layout);
  for (let fine = Math.min(1e-5, coreTolerance / 2), share = VARIANCE_SHARE; fine < 1e-2; fine *= 2, share *= 4) {
    const cells = split(law, layout, edges, coreTolerance, fine, share * law.standardDeviation ** 2);
    if (cells !== undefined) return tilt(law, cells);
  }
  throw new AccuracyError('the increment law needs more than 4096 residual cells at a tolerance of 1e-2');
}

/** One attempt at given tolerances; undefined where more than 4096 residual cells come out. */
function split(
  law: CumulativeLaw,
  layout: CoreLayout,
  edges: Float64Array,
  coreTolerance: number,
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
  // The tails, in cells that double in width outwards, so that far heavy tasks cost few of them.
  let reach = layout.start;
  let inner = edges[0];
  for (let shift = layout.shift; inner > TAIL_MASS && shift < 31; shift++) {
    const start = reach - 2 ** shift;
    const value = start * q < law.low ? 0 : edgeValue(law, layout, start);
    divide(start, shift, value, inner);
    reach = start;
    inner = value;
  }
  for (let c = 0; c < CORE_CELLS; c++) {
    const start = layout.start + c * wide;
    if (coreBends(law, layout, edges, c, coreTolerance)) divide(start, layout.shift, edges[c], edges[c + 1]);
    else core[c] = edges[c + 1] - edges[c];
  }
  reach = layout.start + CORE_CELLS * wide;
  let below = edges[CORE_CELLS];
  for (let shift = layout.shift; below < 1 - TAIL_MASS && shift < 31; shift++) {
    const end = reach + 2 ** shift;
    const value = end * q > law.high ? 1 : edgeValue(law, layout, end);
    divide(reach, shift, below, value);
    reach = end;
    below = value;
  }
  return residual.length <= COLUMN_COUNT ? { layout, core, residual } : undefined;
}

/** Mean and variance of the uniform law on a cell's points, about its start, in quanta. */
export function cellMoments(shift: number): { mean: number; variance: number } {
  const { count, stride, inset } = cellPoints(shift);
  return { mean: inset + ((count - 1) * stride) / 2, variance: (stride * stride * (count * count - 1)) / 12 };
}

/** z, bounded by ±6: rare heavy tasks lie hundreds of σ away, where a polynomial tilt would run off. */
function bounded(z: number): number {
  return z / Math.sqrt(1 + (z / 6) ** 2);
}

/** Multiplies all masses by 1 + a + bw + cw², w the bounded z, so that total, mean and variance are those of the law. */
function tilt(law: CumulativeLaw, cells: Cells): Cells {
  const { layout, core, residual } = cells;
  const unit = law.standardDeviation / layout.quantum;
  const centre = law.mean / layout.quantum;
  const wide = 2 ** layout.shift;
  const inCore = cellMoments(layout.shift);
  const inResidual = residual.map(({ shift }) => cellMoments(shift));
  /** Middle of a cell, in σ from the mean. */
  const coreAt = (c: number): number => (layout.start + c * wide + inCore.mean - centre) / unit;
  const residualAt = (i: number): number => (residual[i].start + inResidual[i].mean - centre) / unit;
  // Rows: total, mean, second moment (with the spread inside cells); columns: the tilt's three terms.
  const matrix = [new Float64Array(3), new Float64Array(3), new Float64Array(3)];
  const visit = (mass: number, at: number, variance: number): void => {
    const w = bounded(at);
    const second = at * at + variance / unit ** 2;
    for (let k = 0, term = mass; k < 3; k++, term *= w) {
      matrix[0][k] += term;
      matrix[1][k] += term * at;
      matrix[2][k] += term * second;
    }
  };
  for (let c = 0; c < CORE_CELLS; c++) if (core[c] > 0) visit(core[c], coreAt(c), inCore.variance);
  residual.forEach((cell, i) => {
    visit(cell.mass, residualAt(i), inResidual[i].variance);
  });
  const [a, b, c] = solve3(matrix, [1 - matrix[0][0], -matrix[1][0], 1 - matrix[2][0]]);
  const tilted = (mass: number, at: number): number => {
    const w = bounded(at);
    const factor = 1 + a + b * w + c * w * w;
    if (!(factor >= 0)) {
      throw new AccuracyError(
        `the increment law's cells are too coarse to keep its variance (tilt 1 + ${a.toPrecision(3)} + ${b.toPrecision(3)}w + ` +
          `${c.toPrecision(3)}w² at w = ${w.toPrecision(3)})`,
      );
    }
    return mass * factor;
  };
  return {
    layout,
    core: core.map((mass, i) => tilted(mass, coreAt(i))),
    residual: residual.map((cell, i) => ({ ...cell, mass: tilted(cell.mass, residualAt(i)) })),
  };
}

/** Solves a 3 × 3 system by Cramer's rule. */
function solve3(m: readonly ArrayLike<number>[], v: readonly number[]): [number, number, number] {
  const det = (p: ArrayLike<number>, q: ArrayLike<number>, r: ArrayLike<number>): number =>
    p[0] * (q[1] * r[2] - q[2] * r[1]) - p[1] * (q[0] * r[2] - q[2] * r[0]) + p[2] * (q[0] * r[1] - q[1] * r[0]);
  const whole = det(m[0], m[1], m[2]);
  const with_ = (column: number): number => {
    const rows = m.map((row, i) => Array.from(row, (x, j) => (j === column ? v[i] : x)));
    return det(rows[0], rows[1], rows[2]) / whole;
  };
  return [with_(0), with_(1), with_(2)];
}
