/**
 * The random streams of a path, twin of kernels/stream.wgsl: Threefry4x32-20 (Salmon et al., SC 2011) of the path's
 * number and a purpose's (purposes.ts) under the seed's key gives the four words of a xoshiro128++ state (Blackman and
 * Vigna 2021). A stream does not depend on anything else, so batches, slices and devices cannot change it.
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
  // The key schedule turns: injection s adds words s, s + 1, s + 2, s + 3 (mod 5).
  let [a, b, c, d] = [key[1] | 0, key[2] | 0, key[3] | 0, key[0] ^ key[1] ^ key[2] ^ key[3] ^ PARITY];
  let e = key[0] | 0;
  let x0 = (counter[0] + e) | 0;
  let x1 = (counter[1] + a) | 0;
  let x2 = (counter[2] + b) | 0;
  let x3 = (counter[3] + c) | 0;
  for (let s = 1; s <= 5; s++) {
    const r = (s & 1) === 1 ? 0 : 8;
    for (let i = r; i < r + 8; i += 4) {
      x0 = (x0 + x1) | 0;
      x1 = rotateLeft(x1, ROTATIONS[i]) ^ x0;
      x2 = (x2 + x3) | 0;
      x3 = rotateLeft(x3, ROTATIONS[i + 1]) ^ x2;
      x0 = (x0 + x3) | 0;
      x3 = rotateLeft(x3, ROTATIONS[i + 2]) ^ x0;
      x2 = (x2 + x1) | 0;
      x1 = rotateLeft(x1, ROTATIONS[i + 3]) ^ x2;
    }
    x0 = (x0 + a) | 0;
    x1 = (x1 + b) | 0;
    x2 = (x2 + c) | 0;
    x3 = (x3 + d + s) | 0;
    const turned = a;
    a = b;
    b = c;
    c = d;
    d = e;
    e = turned;
  }
  return Uint32Array.of(x0, x1, x2, x3);
}

/** The xoshiro128++ state with which a stream of path `path` (an integer below 2^53) starts. */
export function pathState(key: StreamKey, path: number, purpose: Purpose): Uint32Array {
  return threefry4x32([path >>> 0, Math.floor(path / 2 ** 32), purpose, 0], key);
}

/** The next word of a xoshiro128++ state, which is advanced: an unsigned number. */
export function nextWord(state: Uint32Array): number {
  const s0 = state[0];
  const s1 = state[1];
  const sum = (s0 + state[3]) | 0;
  const t2 = state[2] ^ s0;
  const t3 = state[3] ^ s1;
  state[1] = s1 ^ t2;
  state[0] = s0 ^ t3;
  state[2] = t2 ^ (s1 << 9);
  state[3] = rotateLeft(t3, 11);
  return (rotateLeft(sum, 7) + s0) >>> 0;
}
