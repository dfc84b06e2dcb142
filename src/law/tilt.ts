/**
 * What uniform cells do to a law's mean and variance is undone by a quadratic tilt of their masses, with coefficients
 * of about 1e-5.
 */
import { AccuracyError } from '../errors.js';
import type { Cells } from './cell-list.js';
import type { CumulativeLaw } from './increment-cdf.js';
import { CORE_CELLS, COLUMN_COUNT, cellPoints } from './tables.js';

/** Mean and variance of the uniform law on a cell's points, about its start, in quanta. */
export function cellMoments(shift: number): { mean: number; variance: number } {
  const { count, stride, inset } = cellPoints(shift);
  return { mean: inset + ((count - 1) * stride) / 2, variance: (stride * stride * (count * count - 1)) / 12 };
}

/** z, bounded by ±6: rare heavy tasks lie hundreds of σ away, where a polynomial tilt would run off. */
function bounded(z: number): number {
  return z / Math.sqrt(1 + z * z * (1 / 36));
}

/** Multiplies all masses by 1 + a + bw + cw², w the bounded z: total, mean and variance are then the law's. */
export function tilt(law: CumulativeLaw, cells: Cells): Cells {
  const { layout, residual } = cells;
  const unit = law.standardDeviation / layout.quantum;
  const centre = law.mean / layout.quantum;
  const inCore = cellMoments(layout.shift);
  // Core and residual cells in a row: masses, and middles and variances in σ about the mean.
  const count = CORE_CELLS + residual.length;
  // A core alone is nobody else's, and is tilted where it is.
  const mass = residual.length === 0 ? cells.core : new Float64Array(count);
  if (mass !== cells.core) mass.set(cells.core);
  placeCore((layout.start + inCore.mean - centre) / unit, 2 ** layout.shift / unit, inCore.variance / unit ** 2);
  for (let i = 0; i < residual.length; i++) {
    const cell = residual[i];
    const inside = cellMoments(cell.shift);
    mass[CORE_CELLS + i] = cell.mass;
    middles[CORE_CELLS + i] = (cell.start + inside.mean - centre) / unit;
    spreads[CORE_CELLS + i] = inside.variance / unit ** 2;
  }
  sumTilted(mass, count);
  const [t0, t1, t2, m0, m1, m2, s0, s1, s2] = tiltSums;
  // Cramer's rule.
  const whole = determinant(t0, t1, t2, m0, m1, m2, s0, s1, s2);
  const a = determinant(1 - t0, t1, t2, -m0, m1, m2, 1 - s0, s1, s2) / whole;
  const b = determinant(t0, 1 - t0, t2, m0, -m0, m2, s0, 1 - s0, s2) / whole;
  const c = determinant(t0, t1, 1 - t0, m0, m1, -m0, s0, s1, 1 - s0) / whole;
  const coarse = applyTilt(mass, count, a, b, c);
  if (coarse >= 0) {
    throw new AccuracyError(
      `the increment law's cells are too coarse to keep its variance (tilt 1 + ${a.toPrecision(3)} + ${b.toPrecision(3)}w + ` +
        `${c.toPrecision(3)}w² at w = ${tilts[coarse].toPrecision(3)})`,
    );
  }
  return {
    layout,
    core: mass.subarray(0, CORE_CELLS),
    residual: residual.map((cell, i) => ({ ...cell, mass: mass[CORE_CELLS + i] })),
  };
}

/** Room for a tilt's cells: middle and variance of each, and its w. Laws are made by the thousand. */
const middles = new Float64Array(2 * COLUMN_COUNT);
const spreads = new Float64Array(2 * COLUMN_COUNT);
const tilts = new Float64Array(2 * COLUMN_COUNT);
/** Sums of mass·wᵏ, k = 0, 1, 2: alone, times the middle, times the second moment (with the cells' spread). */
const tiltSums = new Float64Array(9);

function placeCore(first: number, width: number, spread: number): void {
  for (let i = 0; i < CORE_CELLS; i++) middles[i] = first + i * width;
  spreads.fill(spread, 0, CORE_CELLS);
}

function sumTilted(mass: Float64Array, count: number): void {
  let t0 = 0;
  let t1 = 0;
  let t2 = 0;
  let m0 = 0;
  let m1 = 0;
  let m2 = 0;
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  for (let i = 0; i < count; i++) {
    const at = middles[i];
    const w = bounded(at);
    tilts[i] = w;
    const second = at * at + spreads[i];
    const first = mass[i];
    const by1 = first * w;
    const by2 = by1 * w;
    t0 += first;
    t1 += by1;
    t2 += by2;
    m0 += first * at;
    m1 += by1 * at;
    m2 += by2 * at;
    s0 += first * second;
    s1 += by1 * second;
    s2 += by2 * second;
  }
  tiltSums.set([t0, t1, t2, m0, m1, m2, s0, s1, s2]);
}

/** @returns the first cell whose mass would be negative; −1 where there is none. */
function applyTilt(mass: Float64Array, count: number, a: number, b: number, c: number): number {
  for (let i = 0; i < count; i++) {
    const w = tilts[i];
    const factor = 1 + a + b * w + c * w * w;
    if (!(factor >= 0)) return i;
    mass[i] *= factor;
  }
  return -1;
}

/** The determinant of a 3 × 3 matrix, row by row. */
function determinant(
  p0: number,
  p1: number,
  p2: number,
  q0: number,
  q1: number,
  q2: number,
  r0: number,
  r1: number,
  r2: number,
): number {
  return p0 * (q1 * r2 - q2 * r1) - p1 * (q0 * r2 - q2 * r0) + p2 * (q0 * r1 - q1 * r0);
}
