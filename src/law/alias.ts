/** Alias columns from integer weights (Walker 1977, Vose 1991), exactly: no weight is rounded. */
import { COLUMN_BITS } from './tables.js';

/**
 * Packs 2^columnBits integer weights that sum to 2^(columnBits + thresholdBits) into columns of 2^thresholdBits each: alias in the low
 * columnBits (12 unless said), threshold above. A column whose own weight fills it is its own alias, so its threshold does not matter.
 */
export function aliasColumns(weights: Float64Array, thresholdBits: number, columnBits = COLUMN_BITS): Uint32Array {
  const units = 2 ** thresholdBits;
  const columns = 2 ** columnBits;
  if (weights.length !== columns)
    throw new RangeError(`aliasColumns: got ${weights.length} weights, expected ${columns}`);
  const { left, small, large } = workingRoom(columns);
  left.set(weights);
  const packed = new Uint32Array(columns);
  // Two stacks, of columns that want filling and of columns with something to give.
  let smalls = 0;
  let larges = 0;
  for (let i = columns - 1; i >= 0; i--) {
    if (left[i] < units) small[smalls++] = i;
    else large[larges++] = i;
  }
  while (smalls > 0) {
    const i = small[--smalls];
    if (larges === 0) throw new RangeError('aliasColumns: the weights sum to less than their columns');
    const donor = large[larges - 1];
    packed[i] = left[i] * columns + donor;
    left[donor] -= units - left[i];
    if (left[donor] < units) {
      larges--;
      small[smalls++] = donor;
    }
  }
  while (larges > 0) {
    const i = large[--larges];
    if (left[i] !== units) throw new RangeError('aliasColumns: the weights sum to more than their columns');
    packed[i] = i;
  }
  return packed;
}

interface Room {
  readonly left: Float64Array;
  readonly small: Uint32Array;
  readonly large: Uint32Array;
}

/** Room for `aliasColumns`, kept for the next law of that size. */
let room: Room | undefined;

function workingRoom(columns: number): Room {
  if (room?.left.length !== columns) {
    room = { left: new Float64Array(columns), small: new Uint32Array(columns), large: new Uint32Array(columns) };
  }
  return room;
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

/** Integers that sum to `total` and whose running sums are the rounded running sums of `total·weights` (weights sum to 1): the distribution
 *  function is right to half a unit at every point, and moments are right to far less than rounding each weight would leave. */
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
