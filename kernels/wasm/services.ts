/**
 * The task-resolved walk with distributed accounting, and the proof, which walks both accountings: four paths at once,
 * with the words, tables and 32-bit arithmetic of src/engine/cpu/task-slots.ts, tasks.ts and proof.ts. A block of slots
 * is drawn first, tasks with what they burn by service-tasks.ts; then all four paths walk it.
 */
import { BLOCK, BURNED, CHECKPOINTS, DEFICITS, DISPATCHED, FUTURE, FUTURES } from './memory';
import { HARVESTED, LENGTHS, SERVICE_WALK } from './memory';
import { drawServices } from './service-tasks';
import { drawArrivals, drawHarvests } from './tasks';

/**
 * Vectors of SERVICE_WALK: of each accounting level, running minimum, controlled battery, injected, fraction left over.
 */
const LUMPED: usize = SERVICE_WALK;
const SPREAD: usize = SERVICE_WALK + 5 * 16;
const EXCESS: usize = SERVICE_WALK + 10 * 16;
const FOUND: usize = SERVICE_WALK + 11 * 16;

/** Begins four walks: their streams are those of `beginStreams`, with that of starts at SERVICE_WALK. */
export function beginServices(initial: i32, fractionBits: i32, origin: i32): void {
  const start = v128.load(SERVICE_WALK);
  const carry = fractionBits === 0 ? i32x4.splat(0) : i32x4.shr_u(start, 32 - fractionBits);
  for (let accounting: usize = LUMPED; accounting <= SPREAD; accounting += SPREAD - LUMPED) {
    v128.store(accounting, i32x4.splat(initial));
    v128.store(accounting, i32x4.splat(0), 16);
    v128.store(accounting, i32x4.splat(initial), 32);
    v128.store(accounting, i32x4.splat(0), 48);
    v128.store(accounting, carry, 64);
  }
  v128.store(EXCESS, i32x4.splat(origin));
  v128.store(FOUND, i32x4.splat(0));
  memory.fill(FUTURES, 0, 4 * FUTURE);
}

/**
 * Walks past `checkpoints` checkpoints, whose distances are at LENGTHS, and writes rows from DEFICITS on, CHECKPOINTS
 * vectors each: the distributed deficit or, with `proof`, the rows of a proof. `draws`: words of a slot's number of
 * tasks.
 */
export function walkServices(
  checkpoints: i32,
  draws: i32,
  entryBits: i32,
  fractionBits: i32,
  base: i32,
  left: i32,
  right: i32,
  residual: bool,
  proof: bool,
  centre: i32,
  planted: i32,
): void {
  let slots: i32 = 0;
  for (let c = 0; c < checkpoints; c++) slots += load<i32>(LENGTHS + ((<usize>c) << 2));
  let checkpoint: usize = 0;
  let ahead = load<i32>(LENGTHS);
  while (slots > 0) {
    const block = min(BLOCK / draws, slots);
    drawArrivals(block, draws);
    drawHarvests(block, base, left, right, residual);
    drawServices(block, entryBits, proof);
    let t: i32 = 0;
    while (t < block) {
      const end = min(block, t + ahead);
      if (proof) prove(t, end, fractionBits, centre, planted);
      else walkSpread(t, end, fractionBits);
      ahead -= end - t;
      t = end;
      if (ahead === 0) {
        storeRows(DEFICITS + (checkpoint << 4), proof);
        checkpoint++;
        ahead = load<i32>(LENGTHS + (checkpoint << 2));
      }
    }
    slots -= block;
  }
}

/** Walks slots `from` to `end` of the block with distributed accounting. */
function walkSpread(from: i32, end: i32, fractionBits: i32): void {
  const fractions = i32x4.splat((1 << fractionBits) - 1);
  let level = v128.load(SPREAD);
  let least = v128.load(SPREAD, 16);
  let carry = v128.load(SPREAD, 64);
  for (let t = from; t < end; t++) {
    const vector = (<usize>t) << 4;
    const sum = i32x4.add(carry, v128.load(BURNED + vector));
    carry = v128.and(sum, fractions);
    level = i32x4.add(level, i32x4.sub(v128.load(HARVESTED + vector), i32x4.shr_u(sum, fractionBits)));
    least = i32x4.min_s(least, level);
  }
  v128.store(SPREAD, level);
  v128.store(SPREAD, least, 16);
  v128.store(SPREAD, carry, 64);
}

/** Walks them with both accountings, each beside its controlled battery; flags are those of src/engine/proof-job.ts. */
function prove(from: i32, end: i32, fractionBits: i32, centre: i32, planted: i32): void {
  const centres = i32x4.splat(centre);
  let excess = v128.load(EXCESS);
  let found = v128.load(FOUND);
  const fractions = i32x4.splat((1 << fractionBits) - 1);
  for (let t = from; t < end; t++) {
    const vector = (<usize>t) << 4;
    const harvest = v128.load(HARVESTED + vector);
    const sum = i32x4.add(v128.load(LUMPED, 64), v128.load(DISPATCHED + vector));
    v128.store(LUMPED, v128.and(sum, fractions), 64);
    const consumption = i32x4.shr_u(sum, fractionBits);
    excess = i32x4.add(excess, i32x4.sub(consumption, centres));
    const spreadSum = i32x4.add(v128.load(SPREAD, 64), v128.load(BURNED + vector));
    v128.store(SPREAD, v128.and(spreadSum, fractions), 64);
    found = v128.or(found, step(LUMPED, i32x4.sub(harvest, consumption), planted));
    const spread = step(SPREAD, i32x4.sub(harvest, i32x4.shr_u(spreadSum, fractionBits)), planted);
    // Theorem 1 and the running minimum have a flag for each accounting, the controlled battery one for both.
    const single = v128.and(spread, i32x4.splat(32));
    found = v128.or(found, v128.or(single, i32x4.shl(v128.xor(spread, single), 1)));
    found = v128.or(found, flag(16, i32x4.gt_s(v128.load(LUMPED, 16), v128.load(SPREAD, 16))));
    found = v128.or(found, flag(64, i32x4.gt_s(v128.load(LUMPED), v128.load(SPREAD))));
  }
  v128.store(EXCESS, excess);
  v128.store(FOUND, found);
}

/** One slot of one accounting. @returns its flags: 1 for Theorem 1, 4 for the running minimum, 32 below zero */
function step(accounting: usize, increment: v128, planted: i32): v128 {
  const zero = i32x4.splat(0);
  const level = i32x4.add(v128.load(accounting), increment);
  const least = i32x4.min_s(v128.load(accounting, 16), level);
  const next = i32x4.add(v128.load(accounting, 32), increment);
  const injection = v128.and(i32x4.sub(i32x4.splat(planted), next), i32x4.lt_s(next, zero));
  const controlled = i32x4.add(next, injection);
  const injected = i32x4.add(v128.load(accounting, 48), injection);
  v128.store(accounting, level);
  v128.store(accounting, least, 16);
  v128.store(accounting, controlled, 32);
  v128.store(accounting, injected, 48);
  const theorem = flag(1, i32x4.ne(injected, i32x4.neg(least)));
  const minimum = flag(4, i32x4.ne(controlled, i32x4.sub(level, least)));
  return v128.or(v128.or(theorem, minimum), flag(32, i32x4.lt_s(controlled, zero)));
}

function flag(bit: i32, where: v128): v128 {
  return v128.and(i32x4.splat(bit), where);
}

function storeRows(at: usize, proof: bool): void {
  const row = (<usize>CHECKPOINTS) << 4;
  const spread = v128.load(SPREAD, 16);
  if (!proof) {
    v128.store(at, i32x4.neg(spread));
    return;
  }
  const lumped = v128.load(LUMPED, 16);
  v128.store(at, i32x4.neg(lumped));
  v128.store(at + row, i32x4.neg(spread));
  v128.store(at + 2 * row, i32x4.max_s(i32x4.splat(0), i32x4.sub(spread, lumped)));
  v128.store(at + 3 * row, v128.load(EXCESS));
  v128.store(at + 4 * row, v128.load(FOUND));
}
