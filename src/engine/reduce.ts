/**
 * Deficits to exact sums, twin of kernels/reduce.wgsl: counts, zeros, ΣD, ΣD² and bins at each horizon. D < 2^31 is
 * split into 16-bit halves so that sums of 2^20 paths stay exact in doubles; then they go to big integers.
 */
import { BIN_COUNT, LOGARITHMIC, binOf, emptyPartials } from './partials.js';
import type { BinLayout, HorizonLayout, Partials } from './partials.js';

/** Paths after which the double sums are emptied: 2^20 · (2^16)² = 2^52. */
const FLUSH_PATHS = 2 ** 20;

/** Rows are summed in pieces of so many deficits. */
const ROW_LENGTH = 512;

/**
 * The sums of a row of at most ROW_LENGTH deficits, in the order zeros, Σlo, Σhi, Σlo·lo, Σlo·hi, Σhi·hi; what is
 * returned may be written again by the next call.
 */
export type RowSums = (row: Int32Array) => Float64Array;

const six = new Float64Array(6);

/** In plain TypeScript: the check of, and the fallback for, kernels/wasm/sums.ts. */
export const plainSums: RowSums = (row) => {
  let zeros = 0;
  let low = 0;
  let high = 0;
  let lowLow = 0;
  let lowHigh = 0;
  let highHigh = 0;
  for (const d of row) {
    if (d === 0) zeros++;
    const lo = d & 0xffff;
    const hi = d >>> 16;
    low += lo;
    high += hi;
    lowLow += lo * lo;
    lowHigh += lo * hi;
    highHigh += hi * hi;
  }
  six[0] = zeros;
  six[1] = low;
  six[2] = high;
  six[3] = lowLow;
  six[4] = lowHigh;
  six[5] = highHigh;
  return six;
};

export class Reducer {
  private readonly partials: Partials;
  /** Six sums a horizon, and its counts: whole numbers of 32 bits take half the cache. */
  private readonly pendingSums: Float64Array;
  private readonly pendingCounts: readonly Uint32Array[];
  private pending = 0;

  constructor(
    layouts: readonly HorizonLayout[],
    private readonly sums: RowSums = plainSums,
  ) {
    this.partials = emptyPartials(layouts);
    this.pendingSums = new Float64Array(6 * layouts.length);
    this.pendingCounts = layouts.map(() => new Uint32Array(BIN_COUNT));
  }

  /** Adds `count` ≤ 2^20 paths: deficits[h · stride + i]. */
  add(deficits: Int32Array, count: number, stride: number): void {
    if (this.pending + count > FLUSH_PATHS) this.flush();
    this.pending += count;
    const { pendingSums, pendingCounts } = this;
    this.partials.horizons.forEach((horizon, h) => {
      horizon.count += count;
      for (let from = 0; from < count; from += ROW_LENGTH) {
        const at = h * stride + from;
        const row = deficits.subarray(at, at + Math.min(ROW_LENGTH, count - from));
        countBins(row, horizon.bins, pendingCounts[h]);
        const sums = this.sums(row);
        for (let i = 0; i < 6; i++) pendingSums[6 * h + i] += sums[i];
      }
    });
  }

  /** All that was added so far. The reducer is not to be used afterwards. */
  finish(): Partials {
    this.flush();
    return this.partials;
  }

  private flush(): void {
    this.partials.horizons.forEach((horizon, h) => {
      const [zeros, low, high, lowLow, lowHigh, highHigh] = this.pendingSums.subarray(6 * h, 6 * h + 6);
      horizon.zeros += zeros;
      // Zeros fell into the first bin.
      horizon.histogram[0] -= zeros;
      const counts = this.pendingCounts[h];
      for (let bin = 0; bin < BIN_COUNT; bin++) horizon.histogram[bin] += counts[bin];
      counts.fill(0);
      horizon.sum += BigInt(low) + (BigInt(high) << 16n);
      horizon.sumOfSquares += BigInt(lowLow) + (BigInt(lowHigh) << 17n) + (BigInt(highHigh) << 32n);
    });
    this.pendingSums.fill(0);
    this.pending = 0;
  }
}

/** Counts deficits by bin, zeros in the first: no branch to mispredict. */
function countBins(row: Int32Array, bins: BinLayout, counts: Uint32Array): void {
  const { offset, shift } = bins;
  if (shift < LOGARITHMIC) {
    for (let i = 0; i < row.length; i++) {
      const bin = Math.max(row[i] - offset, 0) >>> shift;
      counts[Math.min(bin, BIN_COUNT - 1)]++;
    }
  } else {
    for (let i = 0; i < row.length; i++) counts[Math.min(binOf(row[i], bins), BIN_COUNT - 1)]++;
  }
}
