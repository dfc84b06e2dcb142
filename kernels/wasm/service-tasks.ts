/**
 * The tasks of a block of slots of four paths, and what they burn over their service, in whole vectors and hardly with a
 * branch that a processor could mispredict.
 *
 * Kinds are drawn for all four paths at once, a window of tasks at a time. A profile is added to its path's future four
 * slots at a time. How many times four differs from task to task, and a loop over them would mispredict once a task:
 * so tasks wait, sorted by the length of their profiles, until there are many alike. A profile is there four times,
 * moved by 0 to 3 slots, so that all additions are to whole vectors: a vector that overlaps one just written would have
 * to wait for it.
 */
import { firsts, fourths, seconds, thirds } from './cells';
import { ARRIVAL_PLANE, ARRIVAL_SLOTS, ARRIVED, BURNED, CURSORS, DISPATCHED, ENTRIES, FUTURE, FUTURES } from './memory';
import { ARRIVING, ARRIVING_SIZE, HELD, KINDS_STATE, LONG, LONGEST, PLANE, PLANES, SERVED, SERVICE } from './memory';
import { SNAPSHOTS, WAITING, WINDOW } from './memory';

/** Draws the tasks of a block, what they burn in it, with `proof` what they are lumped, and moves the futures on. */
export function drawServices(slots: i32, entryBits: i32, proof: bool): void {
  if (proof) memory.fill(DISPATCHED, 0, (<usize>slots) << 4);
  for (let vectors = 0; vectors <= LONGEST; vectors++) {
    store<u32>(CURSORS + ((<usize>vectors) << 2), <u32>(WAITING + ((<usize>vectors) << 10)));
  }
  let most = 0;
  for (let lane: usize = 0; lane < 4; lane++) most = max(most, countTasks(lane, slots));
  while (most > 0) {
    const words = (min(most, WINDOW) + 7) & ~7;
    draw(words, entryBits);
    for (let lane: usize = 0; lane < 4; lane++) expand(lane, slots);
    hold(spread(<usize>words, proof));
    most -= WINDOW;
  }
  for (let vectors = 1; vectors <= LONGEST; vectors++) add((<usize>vectors) << 2);
  moveOn(slots);
}

/** @returns how many tasks of a path arrive in the block; the first of them is the next to be drawn */
function countTasks(lane: usize, slots: i32): i32 {
  let arrived = ARRIVED + (lane << 2);
  const end = arrived + ((<usize>slots) << 4);
  const state = ARRIVING + lane * ARRIVING_SIZE;
  store<i32>(state, 0);
  store<i32>(state, load<i32>(arrived) >> 2, 4);
  let bytes: i32 = 0;
  for (; arrived < end; arrived += 16) bytes += load<i32>(arrived);
  return bytes >> 2;
}

/** Draws `words` kinds of each path from the state at KINDS_STATE on; keeps the states on the way. */
function draw(words: i32, entryBits: i32): void {
  let s0 = v128.load(KINDS_STATE);
  let s1 = v128.load(KINDS_STATE, 16);
  let s2 = v128.load(KINDS_STATE, 32);
  let s3 = v128.load(KINDS_STATE, 48);
  let first = i32x4.splat(0);
  let second = first;
  let third = first;
  const offsetMask = i32x4.splat(((1 << entryBits) - 1) << 4);
  const restMask = i32x4.splat(<i32>(0xffffffff >>> entryBits));
  // Columns are 2^4 bytes apart.
  const shift = 28 - entryBits;
  let plane: usize = PLANES;
  let snapshot: usize = SNAPSHOTS;
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
    const a = v128.load(ENTRIES + <usize>(<u32>low));
    const b = v128.load(ENTRIES + <usize>(low >>> 32));
    const c = v128.load(ENTRIES + <usize>(<u32>high));
    const d = v128.load(ENTRIES + <usize>(high >>> 32));
    const own = i32x4.gt_s(firsts(a, b, c, d), v128.and(word, restMask));
    const entries = v128.bitselect(seconds(a, b, c, d), thirds(a, b, c, d), own);
    // Four tasks of four paths at a time.
    const step = i & 3;
    if (step === 0) first = entries;
    else if (step === 1) second = entries;
    else if (step === 2) third = entries;
    else {
      v128.store(plane, firsts(first, second, third, entries));
      v128.store(plane, seconds(first, second, third, entries), PLANE);
      v128.store(plane, thirds(first, second, third, entries), 2 * PLANE);
      v128.store(plane, fourths(first, second, third, entries), 3 * PLANE);
      plane += 16;
    }
  }
  // A path may have used all of them.
  v128.store(snapshot, s0);
  v128.store(snapshot, s1, 16);
  v128.store(snapshot, s2, 32);
  v128.store(snapshot, s3, 48);
}

/**
 * Writes the slot in which each task of a window arrives: for every slot its number eight times, of which the next
 * slot's overwrites what is too much. Keeps how many tasks of the window arrive in the block.
 */
function expand(lane: usize, slots: i32): void {
  const state = ARRIVING + lane * ARRIVING_SIZE;
  let t = load<i32>(state);
  let left = load<i32>(state, 4);
  const plane = ARRIVAL_SLOTS + lane * ARRIVAL_PLANE;
  let arrived = ARRIVED + (((<usize>t) << 4) | (lane << 2));
  let task: i32 = 0;
  while (t < slots) {
    const number = i16x8.splat(<i16>t);
    v128.store(plane + ((<usize>task) << 1), number);
    const end = task + left;
    if (left > 8) {
      for (let k = task + 8; k < min(end, WINDOW); k += 8) v128.store(plane + ((<usize>k) << 1), number);
    }
    if (end > WINDOW) {
      store<i32>(state, t);
      store<i32>(state, end - WINDOW, 4);
      store<i32>(state, WINDOW, 8);
      leaveAfter(lane, WINDOW);
      return;
    }
    task = end;
    t++;
    arrived += 16;
    // One slot beyond the block is read, and not used.
    left = load<i32>(arrived) >> 2;
  }
  store<i32>(state, slots);
  store<i32>(state, task, 8);
  leaveAfter(lane, task);
}

/**
 * Adds the first two vectors of what each task of a window will burn, path by path in turn, so that no path waits for
 * itself; what is longer is listed. `most`: tasks of the path that has most.
 * @returns the list's end
 */
function spread(most: usize, proof: bool): usize {
  let list: usize = LONG;
  for (let task: usize = 0; task < most; task++) {
    let kind = PLANES + (task << 2);
    let slot = ARRIVAL_SLOTS + (task << 1);
    let dispatched: usize = DISPATCHED;
    let future: usize = FUTURES;
    for (let path: usize = ARRIVING; path < ARRIVING + 4 * ARRIVING_SIZE; path += ARRIVING_SIZE) {
      if (task < <usize>load<u32>(path, 8)) {
        const served = SERVED + <usize>load<u32>(kind);
        const t = <usize>load<u16>(slot);
        const profile = load<u64>(served + ((t & 3) << 3));
        const place = future + ((t & ~3) << 2);
        addVector(<usize>(<u32>profile), place);
        addVector(<usize>(<u32>profile) + 16, place + 16);
        if (proof) {
          const now = dispatched + (t << 4);
          store<i32>(now, load<i32>(now) + load<i32>(served, 32));
        }
        store<u64>(list, profile);
        store<u32>(list, <u32>place, 8);
        list += (<usize>(profile >>> 32 !== 0)) << 4;
      }
      kind += PLANE;
      slot += ARRIVAL_PLANE;
      dispatched += 4;
      future += FUTURE;
    }
  }
  return list;
}

/** Puts the rest of each listed profile where others of its length wait. */
function hold(end: usize): void {
  for (let each: usize = LONG; each < end; each += 16) {
    const cursor = CURSORS + <usize>load<u32>(each, 4);
    const place = <usize>load<u32>(cursor);
    store<u32>(place, load<u32>(each) + 32);
    store<u32>(place, load<u32>(each, 8) + 32, 4);
    store<u32>(cursor, <u32>(place + 8));
    if (((place + 8) & (8 * HELD - 1)) === 0) add(cursor - CURSORS);
  }
}

/** Adds the profiles that wait, of so many times four vectors. */
function add(length: usize): void {
  const first = WAITING + (length << 8);
  // Where so many wait that the next would be beyond, all do.
  const end = <usize>load<u32>(CURSORS + length);
  store<u32>(CURSORS + length, <u32>first);
  if (length === 4) {
    for (let each = first; each < end; each += 8) addVector(<usize>load<u32>(each), <usize>load<u32>(each, 4));
    return;
  }
  if (length === 8) {
    for (let each = first; each < end; each += 8) {
      const profile = <usize>load<u32>(each);
      const future = <usize>load<u32>(each, 4);
      addVector(profile, future);
      addVector(profile + 16, future + 16);
    }
    return;
  }
  for (let each = first; each < end; each += 8) {
    let profile = <usize>load<u32>(each);
    let future = <usize>load<u32>(each, 4);
    const last = profile + (length << 2);
    for (; profile < last; profile += 16) {
      addVector(profile, future);
      future += 16;
    }
  }
}

function addVector(profile: usize, future: usize): void {
  v128.store(future, i32x4.add(v128.load(future), v128.load(profile)));
}

/** Puts a path's state at KINDS_STATE to that after `tasks` of the tasks of a window. */
function leaveAfter(lane: usize, tasks: i32): void {
  const snapshot = SNAPSHOTS + (((<usize>tasks) >> 3) << 6) + (lane << 2);
  let s0 = load<u32>(snapshot);
  let s1 = load<u32>(snapshot, 16);
  let s2 = load<u32>(snapshot, 32);
  let s3 = load<u32>(snapshot, 48);
  for (let left = tasks & 7; left > 0; left--) {
    const carried = s1 << 9;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= carried;
    s3 = rotl<u32>(s3, 11);
  }
  const state = KINDS_STATE + (lane << 2);
  store<u32>(state, s0);
  store<u32>(state, s1, 16);
  store<u32>(state, s2, 32);
  store<u32>(state, s3, 48);
}

/** What burns in the slots of the block, a vector a slot; what is beyond comes first in the next block. */
function moveOn(slots: i32): void {
  let burned: usize = BURNED;
  for (let from: usize = 0; from < (<usize>slots) << 2; from += 16) {
    const a = v128.load(FUTURES + from);
    const b = v128.load(FUTURES + FUTURE + from);
    const c = v128.load(FUTURES + 2 * FUTURE + from);
    const d = v128.load(FUTURES + 3 * FUTURE + from);
    // Slots beyond the block's last one are written as well, and not read.
    v128.store(burned, firsts(a, b, c, d));
    v128.store(burned, seconds(a, b, c, d), 16);
    v128.store(burned, thirds(a, b, c, d), 32);
    v128.store(burned, fourths(a, b, c, d), 48);
    burned += 64;
  }
  const bytes = (<usize>slots) << 2;
  for (let lane: usize = 0; lane < 4; lane++) {
    const future = FUTURES + lane * FUTURE;
    memory.copy(future, future + bytes, (<usize>SERVICE) << 2);
    memory.fill(future + ((<usize>SERVICE) << 2), 0, bytes);
  }
}
