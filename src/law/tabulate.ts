/**
 * A law cut into cells made integers: weights that sum to exactly 2^32 (2^24 for a core's columns), alias columns, and
 * the same law as a mixture for the oracle. The mean is settled to about one unit of weight. Knows nothing of walks.
 */
import { aliasColumns, columnWeights, roundCumulatively } from './alias.js';
import { cellMoments } from './tilt.js';
import type { Cells, ResidualCell } from './cell-list.js';
import type { CumulativeLaw } from './increment-cdf.js';
import type { LatticeMixture } from './lattice-mixture.js';
import {
  COLUMN_COUNT,
  CORE_CELLS,
  CORE_THRESHOLD_BITS,
  ESCAPE_CELL,
  RESIDUAL_THRESHOLD_BITS,
  cellPoints,
} from './tables.js';
import type { ResidualTables, WalkTables } from './tables.js';

/** Units of weight in all. */
const CORE_UNITS = COLUMN_COUNT * 2 ** CORE_THRESHOLD_BITS;
const RESIDUAL_UNITS = COLUMN_COUNT * 2 ** RESIDUAL_THRESHOLD_BITS;

/** Integer weights and alias columns of a law in cells, and what makes it a mixture for who needs one. */
export function tabulate(law: CumulativeLaw, cells: Cells): { tables: WalkTables; mixture: () => LatticeMixture } {
  const { layout, residual } = cells;
  const escaped = residual.reduce((sum, cell) => sum + cell.mass, 0);
  real.set(cells.core);
  real[ESCAPE_CELL] = escaped;
  normalise(real);
  const core = roundCumulatively(real, CORE_UNITS, coreWeights);
  const hasResidual = core[ESCAPE_CELL] > 0;
  const residualWeights = hasResidual ? weightsOf(residual) : new Float64Array(residual.length);
  settleMean(core, residualWeights, cells, law.mean / layout.quantum);
  const tables: WalkTables = {
    columns: aliasColumns(core, CORE_THRESHOLD_BITS),
    base: layout.start + cellPoints(layout.shift).inset,
    coreShift: layout.shift,
    residual: hasResidual ? residualTables(residual, residualWeights) : undefined,
  };
  return { tables, mixture: once(() => mixtureOf(tables, layout.quantum)) };
}

/** Room for the cells' probabilities and integer weights: laws are made by the thousand. */
const real = new Float64Array(COLUMN_COUNT);
const coreWeights = new Float64Array(COLUMN_COUNT);

/** Integer weights of residual cells, a column each. */
function weightsOf(residual: readonly ResidualCell[]): Float64Array {
  real.fill(0);
  residual.forEach((cell, i) => (real[i] = cell.mass));
  normalise(real);
  return roundCumulatively(real, RESIDUAL_UNITS);
}

function residualTables(residual: readonly ResidualCell[], weights: Float64Array): ResidualTables {
  const first = new Int32Array(COLUMN_COUNT);
  const shift = new Uint32Array(COLUMN_COUNT);
  residual.forEach((cell, i) => {
    first[i] = cell.start + cellPoints(cell.shift).inset;
    shift[i] = cell.shift;
  });
  return { columns: aliasColumns(weights, RESIDUAL_THRESHOLD_BITS), first, shift };
}

/** A value that is made when it is first asked for, and then kept. */
export function once<T extends object | number>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

/** Divides weights by their sum, in place. */
function normalise(weights: Float64Array): void {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) sum += weights[i];
  for (let i = 0; i < weights.length; i++) weights[i] /= sum;
}

/** Twice the mean lattice point of a cell: an integer. */
function doubledMean(start: number, shift: number): number {
  return 2 * (start + cellMoments(shift).mean);
}

/** Sum of a core's weights, and of weights times cells: below 2^36, exact in doubles. */
function coreSums(core: Float64Array): { weight: number; moment: number } {
  let weight = 0;
  let moment = 0;
  for (let c = 0; c < CORE_CELLS; c++) {
    weight += core[c];
    moment += core[c] * c;
  }
  return { weight, moment };
}

/** 2^57·(true mean − integer law's mean), quanta, by exact sums. `places`: residual cells' doubled means. */
function missingMean(
  core: Float64Array,
  residual: Float64Array,
  { start, shift }: Cells['layout'],
  places: readonly number[],
  mean: number,
): number {
  const wide = 2 ** shift;
  const { weight, moment } = coreSums(core);
  // A core alone is at most 2^20 quanta long: about its start, all is below 2^46.
  if (places.length === 0) {
    return (2 * (mean - start) * CORE_UNITS - (weight * doubledMean(0, shift) + moment * 2 * wide)) * RESIDUAL_UNITS;
  }
  const units = BigInt(RESIDUAL_UNITS);
  let sum = (BigInt(weight) * BigInt(doubledMean(start, shift)) + BigInt(moment) * BigInt(2 * wide)) * units;
  const escape = BigInt(core[ESCAPE_CELL]);
  for (let i = 0; i < places.length; i++) sum += escape * BigInt(residual[i]) * BigInt(places[i]);
  // The target carries 53 significant bits: 2·mean·2^24 as a rounded integer, then the residual's 2^32.
  const target = BigInt(Math.round(2 * mean * 2 ** 21)) * (BigInt(CORE_UNITS) >> 21n) * units;
  return Number(target - sum);
}

/**
 * Moves units of weight between cells until the integer law's mean is the true mean to about one unit: 2^−24 of a core
 * cell's width, or far less with residual cells.
 */
function settleMean(core: Float64Array, residual: Float64Array, cells: Cells, mean: number): void {
  const { layout } = cells;
  const wide = 2 ** layout.shift;
  const escape = core[ESCAPE_CELL];
  const places = cells.residual.map((cell) => doubledMean(cell.start, cell.shift));
  let missing = missingMean(core, residual, layout, places, mean);

  // One core unit moved up by one cell adds 2·wide·2^32.
  const coreStep = 2 * wide * RESIDUAL_UNITS;
  let moves = Math.round(missing / coreStep);
  const direction = Math.sign(moves);
  for (let pass = 0; moves !== 0 && pass < 4096; pass++) {
    for (let c = pass & 1; c + 1 < CORE_CELLS && moves !== 0; c += 2) {
      const from = direction > 0 ? c : c + 1;
      const to = direction > 0 ? c + 1 : c;
      if (core[from] < 64 || core[to] < 64) continue;
      core[from] -= 1;
      core[to] += 1;
      moves -= direction;
      missing -= direction * coreStep;
    }
  }
  // One residual unit moved from cell i to its neighbour adds escape·(distance); heaviest pairs first.
  const order = places.map((_, i) => i).filter((i) => i + 1 < places.length);
  order.sort((i, j) => Math.min(residual[j], residual[j + 1]) - Math.min(residual[i], residual[i + 1]));
  for (const i of order.slice(0, 64)) {
    const step = escape * (places[i + 1] - places[i]);
    const room = Math.floor(Math.min(residual[i], residual[i + 1]) / 256);
    const shift = Math.max(-room, Math.min(room, Math.round(missing / step)));
    residual[i] -= shift;
    residual[i + 1] += shift;
    missing -= shift * step;
  }
}

/** The law that tables draw, exactly: their columns hold the integer weights. */
function mixtureOf({ columns, base, coreShift, residual }: WalkTables, quantumJoules: number): LatticeMixture {
  const core = columnWeights(columns, CORE_THRESHOLD_BITS);
  const inResidual = residual === undefined ? [] : columnWeights(residual.columns, RESIDUAL_THRESHOLD_BITS);
  const used = Array.from(inResidual, (_, cell) => cell).filter((cell) => inResidual[cell] > 0);
  const length = CORE_CELLS + used.length;
  const first = new Float64Array(length);
  const points = cellPoints(coreShift);
  const stride = new Float64Array(length).fill(points.stride);
  const count = new Float64Array(length).fill(points.count);
  const weight = new Float64Array(length);
  for (let c = 0; c < CORE_CELLS; c++) {
    first[c] = base + c * 2 ** coreShift;
    weight[c] = core[c] / CORE_UNITS;
  }
  const escape = core[ESCAPE_CELL] / CORE_UNITS;
  used.forEach((cell, i) => {
    const { first: starts, shift } = residual as ResidualTables;
    const inside = cellPoints(shift[cell]);
    first[CORE_CELLS + i] = starts[cell];
    stride[CORE_CELLS + i] = inside.stride;
    count[CORE_CELLS + i] = inside.count;
    weight[CORE_CELLS + i] = (escape * inResidual[cell]) / RESIDUAL_UNITS;
  });
  return { quantumJoules, first, stride, count, weight };
}
