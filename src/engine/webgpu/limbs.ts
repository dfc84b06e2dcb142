/** Reading the device's partials (layout: kernels/reduce.wgsl) into exact host partials. */
import { BIN_COUNT } from '../partials.js';
import type { Partials } from '../partials.js';
import { HEADER_WORDS } from './kernels.js';

/** Words of one horizon. */
export const HORIZON_WORDS = HEADER_WORDS + BIN_COUNT;

function limbs(words: Uint32Array, from: number, count: number): bigint {
  let sum = 0n;
  for (let i = 0; i < count; i++) sum += BigInt(words[from + i]) << BigInt(16 * i);
  return sum;
}

/** Adds what the device counted over `paths` finished paths to `partials`. */
export function addDevicePartials(partials: Partials, words: Uint32Array, paths: number): void {
  partials.horizons.forEach((horizon, h) => {
    const at = h * HORIZON_WORDS;
    horizon.count += paths;
    horizon.zeros += words[at];
    horizon.sum += limbs(words, at + 1, 3);
    horizon.sumOfSquares += limbs(words, at + 4, 6);
    for (let bin = 0; bin < BIN_COUNT; bin++) horizon.histogram[bin] += words[at + HEADER_WORDS + bin];
  });
}
