/** Reading the device's partials (layout: kernels/reduce.wgsl) into exact host partials. */
import { BIN_COUNT, binStart } from '../partials.js';
import type { BinLayout, Partials } from '../partials.js';
import { HEADER_WORDS } from './kernels.js';

/** Words of one horizon. */
export const HORIZON_WORDS = HEADER_WORDS + BIN_COUNT;

function limbs(words: Uint32Array, from: number, count: number): bigint {
  let sum = 0n;
  for (let i = 0; i < count; i++) sum += BigInt(words[from + i]) << BigInt(16 * i);
  return sum;
}

/** Of a number of sums of squares in doubles: what rounding may come to. */
const ROUNDING = 1e-9;
const MOST_DEFICIT = 2 ** 31;

/**
 * What cannot be of the words of one horizon, counted over `paths` paths; undefined where all agrees. Every path is a
 * zero or in one bin, and ΣD and ΣD² lie where the bins allow: additions that were lost, or words of another time,
 * hardly ever do.
 */
export function impossible(words: Uint32Array, paths: number, bins: BinLayout): string | undefined {
  let counted = words[0];
  const least = [0, 0];
  const most = [0, 0];
  for (let bin = 0; bin < BIN_COUNT; bin++) {
    const count = words[HEADER_WORDS + bin];
    if (count === 0) continue;
    counted += count;
    // The first bin takes all that is below, the last one all that is above.
    const low = bin === 0 ? 1 : binStart(bin, bins);
    const high = bin === BIN_COUNT - 1 ? MOST_DEFICIT : Math.min(MOST_DEFICIT, binStart(bin + 1, bins));
    least[0] += count * low;
    least[1] += count * low * low;
    most[0] += count * high;
    most[1] += count * high * high;
  }
  if (counted !== paths) return `${counted} paths were counted, expected ${paths}`;
  const sums = [limbs(words, 1, 3), limbs(words, 4, 6)].map(Number);
  const wrong = sums.findIndex((x, i) => x < least[i] * (1 - ROUNDING) || x > most[i] * (1 + ROUNDING));
  if (wrong < 0) return undefined;
  return `${wrong === 0 ? 'ΣD' : 'ΣD²'} is ${sums[wrong]}, expected ${least[wrong]} to ${most[wrong]} by the bins`;
}

/**
 * Adds what the device counted over `paths` finished paths to `partials`.
 * @param rows the words of each of its horizons
 */
export function addDevicePartials(partials: Partials, rows: readonly Uint32Array[], paths: number): void {
  partials.horizons.forEach((horizon, h) => {
    const words = rows[h];
    horizon.count += paths;
    horizon.zeros += words[0];
    horizon.sum += limbs(words, 1, 3);
    horizon.sumOfSquares += limbs(words, 4, 6);
    for (let bin = 0; bin < BIN_COUNT; bin++) horizon.histogram[bin] += words[HEADER_WORDS + bin];
  });
}
