/**
 * Alias columns from integer weights (Walker 1977), exactly: no weight is rounded. Which weight fills which column is
 * chosen so that neighbouring laws draw alike from one word: a column that wants filling is filled by the nearest
 * weight that has something to give, as brackets are matched, so that the weight that fills a column moves little where
 * the law moves little. Where one law's increments are stochastically larger than another's, nearly every word then
 * draws a larger one (test/law/coupling.test.ts).
 */
import { COLUMN_BITS } from './tables.js';

/** Columns of equal size: what of each is its own weight's, and which weight has the rest. */
export interface PairedColumns {
  readonly own: Float64Array;
  /** The column itself where its own weight fills it. */
  readonly alias: Uint32Array;
}

/** Fills columns of `units` each, one a weight, with at most two each. The weights sum to all columns. */
export function pairColumns(weights: Float64Array, units: number): PairedColumns {
  const own = Float64Array.from(weights);
  const alias = Uint32Array.from(weights, (_, i) => i);
  // Columns that want filling, or columns with something to give, the last one met on top: never both.
  const waiting = new Uint32Array(weights.length);
  let wanting = 0;
  let giving = 0;
  const fill = (column: number, donor: number): void => {
    alias[column] = donor;
    own[donor] -= units - own[column];
  };
  for (let i = 0; i < own.length; i++) {
    while (own[i] > units && wanting > 0) fill(waiting[--wanting], i);
    if (own[i] > units) waiting[giving++] = i;
    // A donor that gave more than it had to give wants filling itself, by the next.
    let wants = i;
    while (own[wants] < units && giving > 0) {
      const donor = waiting[giving - 1];
      fill(wants, donor);
      if (own[donor] > units) break;
      giving--;
      wants = donor;
    }
    if (own[wants] < units && alias[wants] === wants) waiting[wanting++] = wants;
  }
  if (wanting > 0) throw new RangeError('pairColumns: the weights sum to less than their columns');
  if (giving > 0) throw new RangeError('pairColumns: the weights sum to more than their columns');
  return { own, alias };
}

/**
 * Packs 2^columnBits integer weights that sum to 2^(columnBits + thresholdBits) into columns of 2^thresholdBits each:
 * alias in the low columnBits (12 unless said), threshold above. A column whose own weight fills it is its own alias,
 * so its threshold does not matter.
 */
export function aliasColumns(weights: Float64Array, thresholdBits: number, columnBits = COLUMN_BITS): Uint32Array {
  const columns = 2 ** columnBits;
  if (weights.length !== columns)
    throw new RangeError(`aliasColumns: got ${weights.length} weights, expected ${columns}`);
  return packColumns(pairColumns(weights, 2 ** thresholdBits), columnBits);
}

/** Alias in the low bits, threshold above; a full column has threshold 0. */
export function packColumns({ own, alias }: PairedColumns, columnBits: number): Uint32Array {
  return alias.map((donor, i) => {
    if (!(own[i] >= 0 && own[i] <= 2 ** (32 - columnBits))) {
      throw new RangeError(`packColumns: column ${i} has ${own[i]} of its own, expected 0 to a column`);
    }
    return donor === i ? i : own[i] * 2 ** columnBits + donor;
  });
}

/** The weights that packed columns give: the inverse of `aliasColumns`, for checks. */
export function columnWeights(columns: Uint32Array, thresholdBits: number, columnBits = COLUMN_BITS): Float64Array {
  const units = 2 ** thresholdBits;
  const weights = new Float64Array(2 ** columnBits);
  columns.forEach((word, i) => {
    const alias = word & (2 ** columnBits - 1);
    const threshold = alias === i ? units : word >>> columnBits;
    weights[i] += threshold;
    weights[alias] += units - threshold;
  });
  return weights;
}

/**
 * Integers that sum to `total` and whose running sums are the rounded running sums of `total·weights` (weights sum to
 * 1): the distribution function is right to half a unit at every point, and moments are right to far less than rounding
 * each weight would leave.
 */
export function roundCumulatively(
  weights: Float64Array,
  total: number,
  out: Float64Array = new Float64Array(weights.length),
): Float64Array {
  let sum = 0;
  let carry = 0;
  let before = 0;
  for (let i = 0; i < weights.length; i++) {
    // Neumaier's compensated sum: 4096 terms would otherwise lose what cumulative rounding gains.
    const next = sum + weights[i];
    carry += Math.abs(sum) >= weights[i] ? sum - next + weights[i] : weights[i] - next + sum;
    sum = next;
    let rounded = i === weights.length - 1 ? total : Math.round((sum + carry) * total);
    // Comparisons, which processors foresee, where minimum and maximum would wait for the weight before.
    if (rounded < before) rounded = before;
    if (rounded > total) rounded = total;
    out[i] = rounded - before;
    before = rounded;
  }
  return out;
}
