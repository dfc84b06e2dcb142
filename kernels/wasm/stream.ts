/** Streams of four paths: Threefry4x32-20 of the path numbers starts them, as in src/engine/stream.ts. */
import { GROUP, STATES } from './memory';

function rotateLeft(x: v128, n: i32): v128 {
  return v128.or(i32x4.shl(x, n), i32x4.shr_u(x, 32 - n));
}

/**
 * Begins the walks of paths `first` … of `groups` groups: a stream, the initial level, a running minimum of 0. `k0` to
 * `k3`: the key.
 */
export function begin(first: u64, groups: i32, initial: i32, purpose: i32, k0: i32, k1: i32, k2: i32, k3: i32): void {
  beginStreams(STATES, GROUP, first, groups, purpose, k0, k1, k2, k3);
  for (let group = 0; group < groups; group++) {
    const at = STATES + <usize>group * GROUP;
    v128.store(at, i32x4.splat(initial), 64);
    v128.store(at, i32x4.splat(0), 80);
  }
}

/** Sets a stream of the same paths (src/engine/purposes.ts) for each group, `size` bytes from one to the next. */
export function beginStreams(
  start: usize,
  size: usize,
  first: u64,
  groups: i32,
  purpose: i32,
  k0: i32,
  k1: i32,
  k2: i32,
  k3: i32,
): void {
  const k4 = k0 ^ k1 ^ k2 ^ k3 ^ 0x1bd11bda;
  const key0 = i32x4.splat(k0);
  const key1 = i32x4.splat(k1);
  const key2 = i32x4.splat(k2);
  const key3 = i32x4.splat(k3);
  const key4 = i32x4.splat(k4);
  for (let group = 0; group < groups; group++) {
    const path = first + 4 * <u64>group;
    const low = i64x2.add(i64x2.splat(path), i64x2(0, 1));
    const high = i64x2.add(i64x2.splat(path), i64x2(2, 3));
    let x0 = i32x4.add(v128.shuffle<i32>(low, high, 0, 2, 4, 6), key0);
    let x1 = i32x4.add(v128.shuffle<i32>(low, high, 1, 3, 5, 7), key1);
    let x2 = i32x4.add(key2, i32x4.splat(purpose));
    let x3 = key3;
    // Five times four rounds, after which the key is added, turned by one place more each time.
    let a = key1;
    let b = key2;
    let c = key3;
    let d = key4;
    let e = key0;
    for (let s = 1; s <= 5; s++) {
      const odd = (s & 1) === 1;
      x0 = i32x4.add(x0, x1);
      x1 = v128.xor(odd ? rotateLeft(x1, 10) : rotateLeft(x1, 6), x0);
      x2 = i32x4.add(x2, x3);
      x3 = v128.xor(odd ? rotateLeft(x3, 26) : rotateLeft(x3, 20), x2);
      x0 = i32x4.add(x0, x3);
      x3 = v128.xor(odd ? rotateLeft(x3, 11) : rotateLeft(x3, 17), x0);
      x2 = i32x4.add(x2, x1);
      x1 = v128.xor(odd ? rotateLeft(x1, 21) : rotateLeft(x1, 11), x2);
      x0 = i32x4.add(x0, x1);
      x1 = v128.xor(odd ? rotateLeft(x1, 13) : rotateLeft(x1, 25), x0);
      x2 = i32x4.add(x2, x3);
      x3 = v128.xor(odd ? rotateLeft(x3, 27) : rotateLeft(x3, 10), x2);
      x0 = i32x4.add(x0, x3);
      x3 = v128.xor(odd ? rotateLeft(x3, 23) : rotateLeft(x3, 18), x0);
      x2 = i32x4.add(x2, x1);
      x1 = v128.xor(odd ? rotateLeft(x1, 5) : rotateLeft(x1, 20), x2);
      x0 = i32x4.add(x0, a);
      x1 = i32x4.add(x1, b);
      x2 = i32x4.add(x2, c);
      x3 = i32x4.add(x3, i32x4.add(d, i32x4.splat(s)));
      const turned = a;
      a = b;
      b = c;
      c = d;
      d = e;
      e = turned;
    }
    const at = start + <usize>group * size;
    v128.store(at, x0);
    v128.store(at, x1, 16);
    v128.store(at, x2, 32);
    v128.store(at, x3, 48);
  }
}

/** Draws `count` words of each of four paths from the state at `state` on, a vector each at `words`. */
export function drawWords(state: usize, words: usize, count: i32): void {
  let s0 = v128.load(state);
  let s1 = v128.load(state, 16);
  let s2 = v128.load(state, 32);
  let s3 = v128.load(state, 48);
  for (let i = 0; i < count; i++) {
    const sum = i32x4.add(s0, s3);
    v128.store(words, i32x4.add(v128.or(i32x4.shl(sum, 7), i32x4.shr_u(sum, 25)), s0));
    words += 16;
    const carried = i32x4.shl(s1, 9);
    s2 = v128.xor(s2, s0);
    s3 = v128.xor(s3, s1);
    s1 = v128.xor(s1, s2);
    s0 = v128.xor(s0, s3);
    s2 = v128.xor(s2, carried);
    s3 = v128.or(i32x4.shl(s3, 11), i32x4.shr_u(s3, 21));
  }
  v128.store(state, s0);
  v128.store(state, s1, 16);
  v128.store(state, s2, 32);
  v128.store(state, s3, 48);
}
