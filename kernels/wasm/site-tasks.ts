/**
 * How many tasks of a site arrive in a slot, four paths at once, and what they add: differences of the sums of
 * site-kinds.ts.
 */
import { firsts, fourths, gather, seconds, thirds } from './cells';
import { ADDED, ARRIVALS_AT, ARRIVALS_STATE, ARRIVAL_SLOTS, ARRIVAL_VALUES, ARRIVED, COUNTS_AT } from './site-memory';
import { COUNT_DRAWS, KINDS_STATE, PLANE, PLANES, SNAPSHOTS, STREAM, TABLES, VECTORS } from './site-memory';
import { drawWords } from './stream';

/** How many tasks arrive in slots `from` … of a block of `slots`: a word each, or the sum of more. */
export function drawCounts(from: i32, slots: i32): void {
  const tables: usize = <usize>load<u32>(TABLES);
  const values = tables + ((<usize>load<u32>(ARRIVALS_AT)) << 2);
  const counts = tables + ((<usize>load<u32>(COUNTS_AT)) << 2);
  const arrivalSlots = load<i32>(ARRIVAL_SLOTS);
  const arrivalValues = load<i32>(ARRIVAL_VALUES);
  const draws = load<i32>(COUNT_DRAWS);
  const low24 = i32x4.splat(0xffffff);
  const low8 = i32x4.splat(0xff);
  drawWords(ARRIVALS_STATE, ARRIVED, slots * draws);
  let drawn: usize = ARRIVED;
  let k = 0;
  while (k < slots) {
    const t = from + k;
    // Slots of one value.
    const value = t / arrivalSlots;
    const end = min(slots, (value + 1) * arrivalSlots - from);
    const columns = counts + ((<usize>load<u32>(values + ((<usize>(value % arrivalValues)) << 2))) << 10);
    for (; k < end; k++) {
      let tasks = i32x4.splat(0);
      for (let d = 0; d < draws; d++) {
        const word = v128.load(drawn);
        drawn += 16;
        const column = i32x4.shr_u(word, 24);
        const packed = gather(i32x4.shl(column, 2), columns);
        const own = i32x4.gt_s(i32x4.shr_u(packed, 8), v128.and(word, low24));
        tasks = i32x4.add(tasks, v128.bitselect(column, v128.and(packed, low8), own));
      }
      v128.store(ARRIVED + ((<usize>k) << 4), tasks);
    }
  }
}

/** What the tasks from `at` to `after`, bytes of the sums, add: numbers of four paths from ADDED on. */
export function addArrivals(at: v128, after: v128): void {
  const plane: usize = <usize>load<u32>(PLANE);
  const first: usize = <usize>load<u32>(PLANES);
  const second = first + plane;
  const third = second + plane;
  const fourth = third + plane;
  const from0 = first + <usize>(<u32>i32x4.extract_lane(at, 0));
  const from1 = second + <usize>(<u32>i32x4.extract_lane(at, 1));
  const from2 = third + <usize>(<u32>i32x4.extract_lane(at, 2));
  const from3 = fourth + <usize>(<u32>i32x4.extract_lane(at, 3));
  const to0 = first + <usize>(<u32>i32x4.extract_lane(after, 0));
  const to1 = second + <usize>(<u32>i32x4.extract_lane(after, 1));
  const to2 = third + <usize>(<u32>i32x4.extract_lane(after, 2));
  const to3 = fourth + <usize>(<u32>i32x4.extract_lane(after, 3));
  let added: usize = <usize>load<u32>(ADDED);
  const bytes = (<usize>load<u32>(VECTORS)) << 4;
  for (let v: usize = 0; v < bytes; v += 16) {
    const a = i32x4.sub(v128.load(to0 + v), v128.load(from0 + v));
    const b = i32x4.sub(v128.load(to1 + v), v128.load(from1 + v));
    const c = i32x4.sub(v128.load(to2 + v), v128.load(from2 + v));
    const d = i32x4.sub(v128.load(to3 + v), v128.load(from3 + v));
    v128.store(added, firsts(a, b, c, d));
    v128.store(added, seconds(a, b, c, d), 16);
    v128.store(added, thirds(a, b, c, d), 32);
    v128.store(added, fourths(a, b, c, d), 48);
    added += 64;
  }
}

/**
 * Puts each lane's state at KINDS_STATE back to the last one kept before the task at which it stands, `at` bytes into
 * its sums. @returns what of it is used, bytes
 */
export function resume(at: v128): v128 {
  const size = load<i32>(VECTORS) << 4;
  const zero = i32x4.splat(0);
  let found = i32x4.replace_lane(zero, 0, resumeLane(0, i32x4.extract_lane(at, 0), size));
  found = i32x4.replace_lane(found, 1, resumeLane(4, i32x4.extract_lane(at, 1), size));
  found = i32x4.replace_lane(found, 2, resumeLane(8, i32x4.extract_lane(at, 2), size));
  return i32x4.replace_lane(found, 3, resumeLane(12, i32x4.extract_lane(at, 3), size));
}

/** @param lane bytes from the start of a vector */
function resumeLane(lane: usize, at: i32, size: i32): i32 {
  const task = at / size;
  const snapshot = <usize>load<u32>(SNAPSHOTS) + ((<usize>(task >> 3)) << 6) + lane;
  const state = KINDS_STATE + lane;
  store<i32>(state, load<i32>(snapshot));
  store<i32>(state, load<i32>(snapshot, 16), 16);
  store<i32>(state, load<i32>(snapshot, 32), 32);
  store<i32>(state, load<i32>(snapshot, 48), 48);
  return (task & 7) * size;
}

/** Nothing is drawn ahead yet: whoever resumes does so from here. */
export function beginTasks(): void {
  memory.copy(<usize>load<u32>(SNAPSHOTS), KINDS_STATE, STREAM);
}
