/**
 * The random streams of a path, twin of kernels/stream.wgsl: Threefry4x32-20 (Salmon et al., SC 2011) of the path's number and a purpose's
 * (purposes.ts) under the seed's key gives the four words of a xoshiro128++ state (Blackman and Vigna 2021). A stream does not
 * depend on anything else, so batches, slices and devices cannot change it.
 */
import type { Purpose } from './purposes.js';
import type { StreamKey } from './stream-key.js';

const ROTATIONS = [10, 26, 11, 21, 13, 27, 23, 5, 6, 20, 17, 11, 25, 10, 18, 20] as const;
/** Skein's key schedule constant, 32 bits. */
const PARITY = 0x1bd11bda;

function rotateLeft(x: number, n: number): number {
  return (x << n) | (x >>> (32 - n));
}

/** Threefry4x32-20 of a counter under a key; four words each. */
export function threefry4x32(counter: ArrayLike<number>, key: ArrayLike<number>): Uint32Array {
  const k = [key[0], key[1], key[2], key[3], key[0] ^ key[1] ^ key[2] ^ key[3] ^ PARITY];
  let [x0, x1, x2, x3] = [counter[0] + k[0], counter[1] + k[1], counter[2] + k[2], counter[3] + k[3]].map((x) => x | 0);
  for (let round = 0; round < 20; round++) {
    const r = (round & 7) * 2;
    if ((round & 1) === 0) {
      x0 = (x0 + x1) | 0;
      x1 = rotateLeft(x1, ROTATIONS[r]) ^ x0;
      x2 = (x2 + x3) | 0;
      x3 = rotateLeft(x3, ROTATIONS[r + 1]) ^ x2;
    } else {
      x0 = (x0 + x3) | 0;
      x3 = rotateLeft(x3, ROTATIONS[r]) ^ x0;
      x2 = (x2 + x1) | 0;
      x1 = rotateLeft(x1, ROTATIONS[r + 1]) ^ x2;
    }
    if ((round & 3) === 3) {
      const s = (round >> 2) + 1;
      x0 = (x0 + k[s % 5]) | 0;
      x1 = (x1 + k[(s + 1) % 5]) | 0;
      x2 = (x2 + k[(s + 2) % 5]) | 0;
      x3 = (x3 + k[(s + 3) % 5] + s) | 0;
    }
  }
  return Uint32Array.of(x0, x1, x2, x3);
}

/** The xoshiro128++ state with which a stream of path `path` (an integer below 2^53) starts. */
export function pathState(key: StreamKey, path: number, purpose: Purpose): Uint32Array {
  return threefry4x32([path >>> 0, Math.floor(path / 2 ** 32), purpose, 0], key);
}

/** The next word of a xoshiro128++ state, which is advanced: the plain form, for tests and slow paths. */
export function nextWord(state: Uint32Array): number {
  const [s0, s1, s2, s3] = state;
  const sum = (s0 + s3) | 0;
  const word = (rotateLeft(sum, 7) + s0) >>> 0;
  const t2 = s2 ^ s0;
  const t3 = s3 ^ s1;
  state[1] = s1 ^ t2;
  state[0] = s0 ^ t3;
  state[2] = t2 ^ (s1 << 9);
  state[3] = rotateLeft(t3, 11);
  return word;
}
