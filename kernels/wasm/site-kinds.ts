/**
 * What the tasks of a site are, four paths at once. As in tasks.ts, kinds are drawn ahead, as many as fit a window, with
 * running sums of what each adds: its energy at once, or to the group of those that wait as long as it does. What a slot
 * adds is the difference of two sums, exact modulo 2^32, without a branch for each task.
 */
import { gather } from './cells';
import { CELLS, CELL_BITS, ENTRIES, ENTRY_BITS, ENTRY_COLUMNS_AT, KINDS, KINDS_STATE, PLANE } from './site-memory';
import { PLANES, SNAPSHOTS, TABLES, VECTORS } from './site-memory';

/** Draws the kinds of `words` tasks of each path from the state at KINDS_STATE on, with their sums. */
export function drawKinds(words: i32): void {
  const size = (<usize>load<u32>(VECTORS)) << 4;
  if (size === 16) {
    drawNarrow(words);
    return;
  }
  if (size === 32) {
    drawWide(words);
    return;
  }
  drawEntries(words);
  for (let lane: usize = 0; lane < 4; lane += 2) {
    let skipped: usize = 0;
    for (; skipped + 32 <= size; skipped += 32) addTwo(lane, skipped, size, words);
    if (skipped < size) addOne(lane, skipped, size, words);
  }
}

/**
 * The same for sums of one vector, at once. A word's upper bits name a cell of entries, and almost all cells are of one:
 * the threshold of a column lies in one cell.
 */
function drawNarrow(words: i32): void {
  let s0 = v128.load(KINDS_STATE);
  let s1 = v128.load(KINDS_STATE, 16);
  let s2 = v128.load(KINDS_STATE, 32);
  let s3 = v128.load(KINDS_STATE, 48);
  const entries: usize = <usize>load<u32>(ENTRIES);
  const cells: usize = <usize>load<u32>(CELLS);
  const cellBits = load<i32>(CELL_BITS);
  const offsetMask = i32x4.splat(((1 << cellBits) - 1) << 2);
  const shift = 30 - cellBits;
  const plane: usize = <usize>load<u32>(PLANE);
  let p0: usize = <usize>load<u32>(PLANES);
  let p1 = p0 + plane;
  let p2 = p1 + plane;
  let p3 = p2 + plane;
  let snapshot: usize = <usize>load<u32>(SNAPSHOTS);
  let a0 = i32x4.splat(0);
  let b0 = a0;
  let c0 = a0;
  let d0 = a0;
  for (let i = 0; i < words; i++) {
    if ((i & 7) === 0) {
      v128.store(snapshot, s0);
      v128.store(snapshot, s1, 16);
      v128.store(snapshot, s2, 32);
      v128.store(snapshot, s3, 48);
      snapshot += 64;
    }
    const sum = i32x4.add(s0, s3);
    const word = i32x4.add(v128.or(i32x4.shl(sum, 7), i32x4.shr_u(sum, 25)), s0);
    const carried = i32x4.shl(s1, 9);
    s2 = v128.xor(s2, s0);
    s3 = v128.xor(s3, s1);
    s1 = v128.xor(s1, s2);
    s0 = v128.xor(s0, s3);
    s2 = v128.xor(s2, carried);
    s3 = v128.or(i32x4.shl(s3, 11), i32x4.shr_u(s3, 21));
    const offsets = v128.and(i32x4.shr_u(word, shift), offsetMask);
    const low = i64x2.extract_lane(offsets, 0);
    const high = i64x2.extract_lane(offsets, 1);
    let e0 = load<i32>(cells + <usize>(<u32>low));
    let e1 = load<i32>(cells + <usize>(low >>> 32));
    let e2 = load<i32>(cells + <usize>(<u32>high));
    let e3 = load<i32>(cells + <usize>(high >>> 32));
    if ((e0 | e1 | e2 | e3) < 0) {
      e0 = entryOf(i32x4.extract_lane(word, 0));
      e1 = entryOf(i32x4.extract_lane(word, 1));
      e2 = entryOf(i32x4.extract_lane(word, 2));
      e3 = entryOf(i32x4.extract_lane(word, 3));
    }
    v128.store(p0, a0);
    v128.store(p1, b0);
    v128.store(p2, c0);
    v128.store(p3, d0);
    p0 += 16;
    p1 += 16;
    p2 += 16;
    p3 += 16;
    a0 = i32x4.add(a0, v128.load(entries + <usize>(<u32>e0)));
    b0 = i32x4.add(b0, v128.load(entries + <usize>(<u32>e1)));
    c0 = i32x4.add(c0, v128.load(entries + <usize>(<u32>e2)));
    d0 = i32x4.add(d0, v128.load(entries + <usize>(<u32>e3)));
  }
  // A lane may stand at the window's end.
  v128.store(snapshot, s0);
  v128.store(snapshot, s1, 16);
  v128.store(snapshot, s2, 32);
  v128.store(snapshot, s3, 48);
  v128.store(p0, a0);
  v128.store(p1, b0);
  v128.store(p2, c0);
  v128.store(p3, d0);
}

/** The same for sums of two vectors. */
function drawWide(words: i32): void {
  let s0 = v128.load(KINDS_STATE);
  let s1 = v128.load(KINDS_STATE, 16);
  let s2 = v128.load(KINDS_STATE, 32);
  let s3 = v128.load(KINDS_STATE, 48);
  const entries: usize = <usize>load<u32>(ENTRIES);
  const cells: usize = <usize>load<u32>(CELLS);
  const cellBits = load<i32>(CELL_BITS);
  const offsetMask = i32x4.splat(((1 << cellBits) - 1) << 2);
  const shift = 30 - cellBits;
  const plane: usize = <usize>load<u32>(PLANE);
  let p0: usize = <usize>load<u32>(PLANES);
  let p1 = p0 + plane;
  let p2 = p1 + plane;
  let p3 = p2 + plane;
  let snapshot: usize = <usize>load<u32>(SNAPSHOTS);
  let a0 = i32x4.splat(0);
  let a1 = a0;
  let b0 = a0;
  let b1 = a0;
  let c0 = a0;
  let c1 = a0;
  let d0 = a0;
  let d1 = a0;
  for (let i = 0; i < words; i++) {
    if ((i & 7) === 0) {
      v128.store(snapshot, s0);
      v128.store(snapshot, s1, 16);
      v128.store(snapshot, s2, 32);
      v128.store(snapshot, s3, 48);
      snapshot += 64;
    }
    const sum = i32x4.add(s0, s3);
    const word = i32x4.add(v128.or(i32x4.shl(sum, 7), i32x4.shr_u(sum, 25)), s0);
    const carried = i32x4.shl(s1, 9);
    s2 = v128.xor(s2, s0);
    s3 = v128.xor(s3, s1);
    s1 = v128.xor(s1, s2);
    s0 = v128.xor(s0, s3);
    s2 = v128.xor(s2, carried);
    s3 = v128.or(i32x4.shl(s3, 11), i32x4.shr_u(s3, 21));
    const offsets = v128.and(i32x4.shr_u(word, shift), offsetMask);
    const low = i64x2.extract_lane(offsets, 0);
    const high = i64x2.extract_lane(offsets, 1);
    let e0 = load<i32>(cells + <usize>(<u32>low));
    let e1 = load<i32>(cells + <usize>(low >>> 32));
    let e2 = load<i32>(cells + <usize>(<u32>high));
    let e3 = load<i32>(cells + <usize>(high >>> 32));
    if ((e0 | e1 | e2 | e3) < 0) {
      e0 = entryOf(i32x4.extract_lane(word, 0));
      e1 = entryOf(i32x4.extract_lane(word, 1));
      e2 = entryOf(i32x4.extract_lane(word, 2));
      e3 = entryOf(i32x4.extract_lane(word, 3));
    }
    v128.store(p0, a0);
    v128.store(p0, a1, 16);
    v128.store(p1, b0);
    v128.store(p1, b1, 16);
    v128.store(p2, c0);
    v128.store(p2, c1, 16);
    v128.store(p3, d0);
    v128.store(p3, d1, 16);
    p0 += 32;
    p1 += 32;
    p2 += 32;
    p3 += 32;
    const first = entries + <usize>(<u32>e0);
    a0 = i32x4.add(a0, v128.load(first));
    a1 = i32x4.add(a1, v128.load(first, 16));
    const second = entries + <usize>(<u32>e1);
    b0 = i32x4.add(b0, v128.load(second));
    b1 = i32x4.add(b1, v128.load(second, 16));
    const third = entries + <usize>(<u32>e2);
    c0 = i32x4.add(c0, v128.load(third));
    c1 = i32x4.add(c1, v128.load(third, 16));
    const fourth = entries + <usize>(<u32>e3);
    d0 = i32x4.add(d0, v128.load(fourth));
    d1 = i32x4.add(d1, v128.load(fourth, 16));
  }
  // A lane may stand at the window's end.
  v128.store(snapshot, s0);
  v128.store(snapshot, s1, 16);
  v128.store(snapshot, s2, 32);
  v128.store(snapshot, s3, 48);
  v128.store(p0, a0);
  v128.store(p0, a1, 16);
  v128.store(p1, b0);
  v128.store(p1, b1, 16);
  v128.store(p2, c0);
  v128.store(p2, c1, 16);
  v128.store(p3, d0);
  v128.store(p3, d1, 16);
}

/** The entry that a word names by the columns, in bytes from ENTRIES on. */
function entryOf(word: u32): i32 {
  const bits = load<i32>(ENTRY_BITS);
  const column = word >> (32 - bits);
  const columns = <usize>load<u32>(TABLES) + ((<usize>load<u32>(ENTRY_COLUMNS_AT)) << 2);
  const packed = load<u32>(columns + ((<usize>column) << 2));
  const own = (word << bits) >> bits < packed >> bits;
  return <i32>(own ? column : packed & ((1 << bits) - 1)) * (load<i32>(VECTORS) << 4);
}

/** The entries of `words` tasks, and the states on the way. */
function drawEntries(words: i32): void {
  let s0 = v128.load(KINDS_STATE);
  let s1 = v128.load(KINDS_STATE, 16);
  let s2 = v128.load(KINDS_STATE, 32);
  let s3 = v128.load(KINDS_STATE, 48);
  const entryBits = load<i32>(ENTRY_BITS);
  const columns = <usize>load<u32>(TABLES) + ((<usize>load<u32>(ENTRY_COLUMNS_AT)) << 2);
  const mask = i32x4.splat((1 << entryBits) - 1);
  const rest = i32x4.splat(<i32>(0xffffffff >>> entryBits));
  const size = i32x4.splat(load<i32>(VECTORS) << 4);
  let place: usize = <usize>load<u32>(KINDS);
  let snapshot: usize = <usize>load<u32>(SNAPSHOTS);
  for (let i = 0; i < words; i++) {
    if ((i & 7) === 0) {
      v128.store(snapshot, s0);
      v128.store(snapshot, s1, 16);
      v128.store(snapshot, s2, 32);
      v128.store(snapshot, s3, 48);
      snapshot += 64;
    }
    const sum = i32x4.add(s0, s3);
    const word = i32x4.add(v128.or(i32x4.shl(sum, 7), i32x4.shr_u(sum, 25)), s0);
    const carried = i32x4.shl(s1, 9);
    s2 = v128.xor(s2, s0);
    s3 = v128.xor(s3, s1);
    s1 = v128.xor(s1, s2);
    s0 = v128.xor(s0, s3);
    s2 = v128.xor(s2, carried);
    s3 = v128.or(i32x4.shl(s3, 11), i32x4.shr_u(s3, 21));
    const column = i32x4.shr_u(word, 32 - entryBits);
    const packed = gather(i32x4.shl(column, 2), columns);
    const own = i32x4.gt_s(i32x4.shr_u(packed, entryBits), v128.and(word, rest));
    const entry = v128.bitselect(column, v128.and(packed, mask), own);
    v128.store(place, i32x4.mul(entry, size));
    place += 16;
  }
  // A lane may stand at the window's end.
  v128.store(snapshot, s0);
  v128.store(snapshot, s1, 16);
  v128.store(snapshot, s2, 32);
  v128.store(snapshot, s3, 48);
}

/** Adds up two vectors, `skipped` bytes from an entry's first, of two paths' tasks. */
function addTwo(lane: usize, skipped: usize, size: usize, words: i32): void {
  const entries = <usize>load<u32>(ENTRIES) + skipped;
  const plane: usize = <usize>load<u32>(PLANE);
  let to = <usize>load<u32>(PLANES) + lane * plane + skipped;
  let other = to + plane;
  let kinds = <usize>load<u32>(KINDS) + (lane << 2);
  let a = i32x4.splat(0);
  let b = a;
  let c = a;
  let d = a;
  for (let i = 0; i < words; i++) {
    v128.store(to, a);
    v128.store(to, b, 16);
    v128.store(other, c);
    v128.store(other, d, 16);
    to += size;
    other += size;
    const both = load<u64>(kinds);
    kinds += 16;
    const own = entries + <usize>(<u32>both);
    const others = entries + <usize>(both >>> 32);
    a = i32x4.add(a, v128.load(own));
    b = i32x4.add(b, v128.load(own, 16));
    c = i32x4.add(c, v128.load(others));
    d = i32x4.add(d, v128.load(others, 16));
  }
  v128.store(to, a);
  v128.store(to, b, 16);
  v128.store(other, c);
  v128.store(other, d, 16);
}

/** The same of one vector. */
function addOne(lane: usize, skipped: usize, size: usize, words: i32): void {
  const entries = <usize>load<u32>(ENTRIES) + skipped;
  const plane: usize = <usize>load<u32>(PLANE);
  let to = <usize>load<u32>(PLANES) + lane * plane + skipped;
  let other = to + plane;
  let kinds = <usize>load<u32>(KINDS) + (lane << 2);
  let a = i32x4.splat(0);
  let b = a;
  for (let i = 0; i < words; i++) {
    v128.store(to, a);
    v128.store(other, b);
    to += size;
    other += size;
    const both = load<u64>(kinds);
    kinds += 16;
    a = i32x4.add(a, v128.load(entries + <usize>(<u32>both)));
    b = i32x4.add(b, v128.load(entries + <usize>(both >>> 32)));
  }
  v128.store(to, a);
  v128.store(other, b);
}
