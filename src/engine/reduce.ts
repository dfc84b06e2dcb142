/**
 * Deficits to exact sums, twin of kernels/reduce.wgsl: counts, zeros, ΣD, ΣD² and bins at each horizon. D < 2^31 is split into 16-bit
 * halves so that sums of 2^20 paths stay exact in doubles; then they go to big integers.
 */
import { BIN_COUNT, LOGARITHMIC, binOf, emptyPartials } from './partials.js';
import type { HorizonLayout, Partials } from './partials.js';

/** Paths after which the double sums are emptied: 2^20 · (2^16)² = 2^52. */
const FLUSH_PATHS = 2 ** 20;

export class Reducer {
  private readonly partials: Partials;
  private readonly low: Float64Array;
  private readonly high: Float64Array;
  private readonly lowLow: Float64Array;
  private readonly lowHigh: Float64Array;
  private readonly highHigh: Float64Array;
  private pending = 0;

  constructor(layouts: readonly HorizonLayout[]) {
    this.partials = emptyPartials(layouts);
    const n = layouts.length;
    this.low = new Float64Array(n);
    this.high = new Float64Array(n);
    this.lowLow = new Float64Array(n);
    this.lowHigh = new Float64Array(n);
    this.highHigh = new Float64Array(n);
  }

  /** Adds `count` ≤ 2^20 paths: deficits[h · stride + i]. */
  add(deficits: Int32Array, count: number, stride: number): void {
    if (this.pending + count > FLUSH_PATHS) this.flush();
    this.pending += count;
    const { horizons } = this.partials;
    for (let h = 0; h < horizons.length; h++) {
      const horizon = horizons[h];
      const { histogram, bins } = horizon;
      const { offset, shift } = bins;
      const linear = shift < LOGARITHMIC;
      let zeros = 0;
      let low = 0;
      let high = 0;
      let lowLow = 0;
      let lowHigh = 0;
      let highHigh = 0;
      for (let i = h * stride, end = i + count; i < end; i++) {
        const d = deficits[i];
        if (d === 0) {
          zeros++;
          continue;
        }
        const bin = linear ? (d <= offset ? 0 : (d - offset) >>> shift) : binOf(d, bins);
        histogram[bin < BIN_COUNT ? bin : BIN_COUNT - 1]++;
        const lo = d & 0xffff;
        const hi = d >>> 16;
        low += lo;
        high += hi;
        lowLow += lo * lo;
        lowHigh += lo * hi;
        highHigh += hi * hi;
      }
      horizon.count += count;
      horizon.zeros += zeros;
      this.low[h] += low;
      this.high[h] += high;
      this.lowLow[h] += lowLow;
      this.lowHigh[h] += lowHigh;
      this.highHigh[h] += highHigh;
    }
  }

  /** All that was added so far. The reducer is not to be used afterwards. */
  finish(): Partials {
    this.flush();
    return this.partials;
  }

  private flush(): void {
    this.partials.horizons.forEach((horizon, h) => {
      horizon.sum += BigInt(this.low[h]) + (BigInt(this.high[h]) << 16n);
      horizon.sumOfSquares +=
        BigInt(this.lowLow[h]) + (BigInt(this.lowHigh[h]) << 17n) + (BigInt(this.highHigh[h]) << 32n);
    });
    for (const sums of [this.low, this.high, this.lowLow, this.lowHigh, this.highHigh]) sums.fill(0);
    this.pending = 0;
  }
}
