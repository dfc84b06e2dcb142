/**
 * Tasks of a site, path by path, where what is dispatched must be known task by task: with distributed accounting, with
 * backpressure, which dispatches in part, at rates of more than one word a slot, and where kinds are many. Those that
 * may wait equally long are a group and wait in line: the first to arrive is the first to be due. Of one slot the last
 * to arrive goes first, as in the lists of src/engine/cpu/site-queue.ts.
 */
import { ENTRIES, ENTRY_BITS, ENTRY_COLUMNS_AT, FRACTION_BITS, GROUPS, GROUP_LIST } from './site-memory';
import { GROUP_SIZE, KINDS_STATE, OPTIONS, PATHS, PATH_SIZE, POLICY, POLICY_LEVEL, POLICY_PRICE } from './site-memory';
import { POLICY_TARGET, PROFILES, QUEUE, QUEUE_LIMIT, QUEUE_RING, SERVICE_RING, TABLES, WALK } from './site-memory';
import { ABOVE_BOUND, BELOW, ENERGY_CARRY, LEAST_CARRY, OVERFLOWED, QUEUED, WAITED } from './site-queue';

/** POLICY_NUMBER of src/law/site-tables.ts. */
const THRESHOLD: i32 = 2;
const BACKPRESSURE: i32 = 3;

/** Vectors: what is owed, fractions of a quantum; what sums of energies burned leave over; whether a deadline passed. */
const OWED: usize = WALK + 32 * 16;
const BURNED_CARRY: usize = WALK + 33 * 16;
const MISSED: usize = WALK + 34 * 16;
const HERE: usize = WALK + 35 * 16;

/** Words of a line of tasks, a power of two above the most that wait; words of a group before it: ends, and a mark. */
const LENGTH: i32 = 256;
const HEAD: usize = 16;
const SIZE: usize = HEAD + 4 * 256;

/* Of the path at hand. */
let now: i32 = 0;
let own: usize = 0;
let energy: i32 = 0;
let serviceMask: i32 = 0;
let future: usize = 0;
let lines: usize = 0;

/** Begins four paths, whose sums begin with `carry`. */
export function beginAlone(carry: v128): void {
  v128.store(OWED, i32x4.splat(0));
  v128.store(MISSED, i32x4.splat(0));
  v128.store(BURNED_CARRY, carry);
  memory.fill(<usize>load<u32>(PATHS), 0, (<usize>load<u32>(PATH_SIZE)) << 2);
}

/** Takes `tasks` of slot t with batteries at `level`. @returns what is consumed, whole quanta */
export function serveAlone(t: i32, level: v128, tasks: v128): v128 {
  v128.store(HERE, level);
  v128.store(HERE, tasks, 16);
  const services = load<i32>(SERVICE_RING);
  const ring = load<i32>(QUEUE_RING);
  now = t;
  serviceMask = services - 1;
  for (own = 0; own < 16; own += 4) {
    future = <usize>load<u32>(PATHS) + (own >> 2) * <usize>load<u32>(PATH_SIZE);
    // Profiles are added by vectors, which may end beyond the ring, with zeros.
    const leasts = future + ((<usize>services) << 2) + 16;
    lines = leasts + ((<usize>ring) << 2);
    energy = 0;
    let whole: i32 = 0;
    if (load<i32>(QUEUE) !== 0) whole = serveQueue(leasts + ((<usize>(t & (ring - 1))) << 2), leasts, ring - 1);
    else for (let left = load<i32>(HERE + own, 16); left > 0; left--) dispatch(drawEntry(), 0);
    if (services > 0) whole = burn();
    else if (load<i32>(QUEUE) === 0) whole = wholeQuanta(BURNED_CARRY, energy);
    store<i32>(HERE + own, whole, 32);
  }
  return v128.load(HERE, 32);
}

/** Whole quanta of an energy; what is left over waits in the path's word at `carry`. */
function wholeQuanta(carry: usize, fractions: i32): i32 {
  const bits = load<i32>(FRACTION_BITS);
  const sum = load<u32>(carry + own) + <u32>fractions;
  const whole = sum >> bits;
  store<u32>(carry + own, sum - (whole << bits));
  return <i32>whole;
}

/** What tasks in service burn now, whole quanta. */
function burn(): i32 {
  const at = future + ((<usize>(now & serviceMask)) << 2);
  const burned = load<i32>(at);
  store<i32>(at, 0);
  store<i32>(OWED + own, load<i32>(OWED + own) + energy - burned);
  return wholeQuanta(BURNED_CARRY, burned);
}

/** Draws a task. @returns the address of its entry */
function drawEntry(): usize {
  const state = KINDS_STATE + own;
  const s0 = load<u32>(state);
  const s1 = load<u32>(state, 16);
  const s2 = load<u32>(state, 32) ^ s0;
  const s3 = load<u32>(state, 48) ^ s1;
  const word = rotl<u32>(s0 + load<u32>(state, 48), 7) + s0;
  store<u32>(state, s0 ^ s3);
  store<u32>(state, s1 ^ s2, 16);
  store<u32>(state, s2 ^ (s1 << 9), 32);
  store<u32>(state, rotl<u32>(s3, 11), 48);
  const bits = load<i32>(ENTRY_BITS);
  const column = word >> (32 - bits);
  const columns = <usize>load<u32>(TABLES) + ((<usize>load<u32>(ENTRY_COLUMNS_AT)) << 2);
  const packed = load<u32>(columns + ((<usize>column) << 2));
  const chosen = (word << bits) >> bits < packed >> bits ? column : packed & ((1 << bits) - 1);
  return <usize>load<u32>(ENTRIES) + ((<usize>chosen) << 4);
}

/**
 * An entry has four words: most slots waited, least energy, number of its group, place of its options by slots waited
 * among the site's words.
 */
function dispatch(entry: usize, wait: i32): void {
  const list = <usize>load<u32>(TABLES) + ((<usize>(load<i32>(entry, 12) + wait)) << 2);
  // An option too: energy; its profile's place from PROFILES on, slots, and bytes with zeros to a whole vector.
  const option = <usize>load<u32>(OPTIONS) + ((<usize>load<u32>(list)) << 4);
  energy += load<i32>(option);
  if (serviceMask < 0) return;
  const slots = load<i32>(option, 8);
  const from = <usize>load<u32>(PROFILES) + <usize>load<u32>(option, 4);
  const first = now & serviceMask;
  if (first + slots <= serviceMask + 1) {
    const to = future + ((<usize>first) << 2);
    const end: usize = <usize>load<u32>(option, 12);
    for (let j: usize = 0; j < end; j += 16) v128.store(to + j, i32x4.add(v128.load(to + j), v128.load(from + j)));
    return;
  }
  for (let j = 0; j < slots; j++) {
    const to = future + ((<usize>((now + j) & serviceMask)) << 2);
    store<i32>(to, load<i32>(to) + load<i32>(from + ((<usize>j) << 2)));
  }
}

/** A slot where tasks may wait. `least`: the least energy due now; those of all slots are from `leasts` on. */
function serveQueue(least: usize, leasts: usize, mask: i32): i32 {
  let due = load<i32>(least);
  store<i32>(least, 0);
  const groups = load<i32>(GROUPS);
  let line = lines;
  for (let g = 0; g < groups; g++) {
    const mostWait = load<i32>(GROUP_LIST + <usize>g * GROUP_SIZE);
    while (load<i32>(line) !== load<i32>(line, 4) && waitOf(line) >= mostWait) take(line, mostWait);
    store<i32>(line, load<i32>(line, 4), 8);
    line += SIZE;
  }
  const limit = load<i32>(QUEUE_LIMIT);
  for (let left = load<i32>(HERE + own, 16); left > 0; left--) {
    const entry = drawEntry();
    const mostWait = load<i32>(entry);
    const own0 = load<i32>(entry, 4);
    if (mostWait === 0) {
      due += own0;
      dispatch(entry, 0);
      continue;
    }
    const place = leasts + ((<usize>((now + mostWait) & mask)) << 2);
    store<i32>(place, load<i32>(place) + own0);
    if (load<i32>(QUEUED + own) < limit) {
      wait(lines + <usize>load<i32>(entry, 8) * SIZE, entry);
    } else {
      store<i32>(OVERFLOWED + own, load<i32>(OVERFLOWED + own) + 1);
      dispatch(entry, 0);
    }
  }
  if (load<i32>(QUEUED + own) > 0) {
    const policy = load<i32>(POLICY);
    const level = load<i32>(HERE + own);
    if (policy === THRESHOLD && level >= load<i32>(POLICY_LEVEL)) dispatchAll(groups);
    else if (policy === BACKPRESSURE) {
      turnLines(groups);
      relieve(groups, level);
    }
  }
  const dueWhole = wholeQuanta(LEAST_CARRY, due);
  const whole = wholeQuanta(ENERGY_CARRY, energy);
  const above = load<i32>(ABOVE_BOUND + own) + whole - dueWhole;
  store<i32>(ABOVE_BOUND + own, above);
  store<i32>(BELOW + own, load<i32>(BELOW + own) | above);
  return whole;
}

/** Slots that the first of a line has waited. A line's words: its first and last places, a mark; tasks from HEAD on. */
function waitOf(line: usize): i32 {
  return (now - load<i32>(placeOf(line, load<i32>(line)))) & 0x3ff;
}

function placeOf(line: usize, place: i32): usize {
  return line + HEAD + ((<usize>(place & (LENGTH - 1))) << 2);
}

/** A task that waits: its entry, bytes from ENTRIES on, and the slot of its arrival (10 bits). */
function wait(line: usize, entry: usize): void {
  const last = load<i32>(line, 4);
  const offset = <i32>(entry - <usize>load<u32>(ENTRIES));
  store<i32>(placeOf(line, last), (offset << 10) | (now & 0x3ff));
  store<i32>(line, last + 1, 4);
  store<i32>(QUEUED + own, load<i32>(QUEUED + own) + 1);
  store<i32>(OWED + own, load<i32>(OWED + own) + load<i32>(entry, 4));
}

/** Dispatches the first of a line. */
function take(line: usize, mostWait: i32): void {
  const first = load<i32>(line);
  const packed = load<u32>(placeOf(line, first));
  store<i32>(line, first + 1);
  store<i32>(QUEUED + own, load<i32>(QUEUED + own) - 1);
  const entry = <usize>load<u32>(ENTRIES) + <usize>(packed >> 10);
  store<i32>(OWED + own, load<i32>(OWED + own) - load<i32>(entry, 4));
  const waited = (now - <i32>packed) & 0x3ff;
  if (waited > mostWait) store<i32>(MISSED + own, 1);
  store<i32>(WAITED + own, load<i32>(WAITED + own) + waited);
  dispatch(entry, min(waited, mostWait));
}

function dispatchAll(groups: i32): void {
  let line = lines;
  for (let g = 0; g < groups; g++) {
    const mostWait = load<i32>(GROUP_LIST + <usize>g * GROUP_SIZE);
    while (load<i32>(line) !== load<i32>(line, 4)) take(line, mostWait);
    line += SIZE;
  }
}

/** Turns what stands behind the mark of each line around: the last to arrive in a slot goes first. */
function turnLines(groups: i32): void {
  let line = lines;
  for (let g = 0; g < groups; g++) {
    let from = load<i32>(line, 8);
    for (let to = load<i32>(line, 4) - 1; from < to; to--) {
      const kept = load<i32>(placeOf(line, from));
      store<i32>(placeOf(line, from), load<i32>(placeOf(line, to)));
      store<i32>(placeOf(line, to), kept);
      from++;
    }
    line += SIZE;
  }
}

/**
 * Backpressure: the next due first, of these the last to arrive, while the price of those that wait is above what the
 * battery lacks of its target. Groups are in the order of how long they may wait.
 */
function relieve(groups: i32, level: i32): void {
  const target = load<i32>(POLICY_TARGET);
  const price = load<i32>(POLICY_PRICE);
  const bits = load<i32>(FRACTION_BITS);
  for (let queued = load<i32>(QUEUED + own); queued > 0; queued--) {
    const lack = target - level + <i32>((<u32>energy) >> bits);
    if (lack >= 0 && queued <= lack / price) return;
    let next: usize = 0;
    let wait: i32 = 0;
    let soonest: i32 = i32.MAX_VALUE;
    let line = lines;
    for (let g = 0; g < groups; g++) {
      const mostWait = load<i32>(GROUP_LIST + <usize>g * GROUP_SIZE);
      if (load<i32>(line) !== load<i32>(line, 4)) {
        const left = mostWait - waitOf(line);
        if (left < soonest) {
          soonest = left;
          next = line;
          wait = mostWait;
        }
      }
      line += SIZE;
    }
    take(next, wait);
  }
}

/** What is owed, fractions of a quantum, with what the sums leave over. */
export function owedAlone(): v128 {
  const byEnergy = load<i32>(QUEUE) !== 0 && load<i32>(SERVICE_RING) === 0;
  return i32x4.add(v128.load(OWED), v128.load(byEnergy ? ENERGY_CARRY : BURNED_CARRY));
}

/** Whether a task was found after its last slot: 1 where it was. */
export function missedAlone(): v128 {
  return v128.load(MISSED);
}
