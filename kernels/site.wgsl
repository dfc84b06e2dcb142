// A site: in every slot the battery leaks, tasks are dispatched as the policy says, and what is harvested and consumed
// charges the battery, is wasted, or is lacking. Twin: src/engine/cpu/site.ts. Needs stream.wgsl, columns-storage.wgsl,
// slot.wgsl, state.wgsl, fraction.wgsl, the constants of src/law/site-tables.ts, site-draws.wgsl and site-queue.wgsl
// before it. Rows (ROW_…) and flags (VIOLATION_…): src/engine/site-job.ts.

override workgroup_size: u32 = 256u;

// A battery and what is counted of it. Why the level is what it can still deliver, and what `above` is for: the twin.
struct Store {
  level: i32,
  // 1 where it holds more than whole quanta say.
  above: u32,
  auxiliary: i32,
  peak: i32,
  waste: i32,
  deficit_slots: i32,
  passage: i32,
  consumption: i32,
  // Of leak, charge, waste.
  leak_carry: u32,
  charge_carry: u32,
  waste_carry: u32,
}

fn leak_store(b: ptr<function, Store>) {
  let leak = word_at(LEAK);
  if (leak != 0u && (*b).level != 0) {
    var carry = (*b).leak_carry;
    (*b).level -= multiply_carry((*b).level, leak, &carry);
    (*b).leak_carry = carry;
    // What leaks is never all of it.
    (*b).above |= select(0u, 1u, (*b).level == 0);
  }
}

// Takes up a surplus: what is not offered, or does not fit, is wasted.
fn charge_store(b: ptr<function, Store>, net: i32, between: u32) {
  let charge = word_at(CHARGE);
  let offered = min(net, signed_at(CHARGE_LIMIT));
  let room = signed_at(CAPACITY) - (*b).level;
  var taken = offered;
  if (charge != 0u) {
    var carry = (*b).charge_carry;
    taken = multiply_carry(offered, charge, &carry);
    (*b).charge_carry = carry;
  }
  let over = max(0, taken - room);
  (*b).level += taken - over;
  let holds_more = select(0u, between, offered == net) | select(0u, 1u, net > 0 && (*b).level == 0);
  (*b).above = select((*b).above | holds_more, 0u, taken - over == room);
  var lost = over;
  if (over != 0 && charge != 0u) {
    var carry = (*b).waste_carry;
    lost += over * signed_at(CHARGE_LOSS_WHOLE) + multiply_carry(over, word_at(CHARGE_LOSS), &carry);
    (*b).waste_carry = carry;
  }
  (*b).waste += net - offered + lost;
}

// Delivers what is lacking, as far as charge and limit allow; the rest is auxiliary.
fn discharge_store(b: ptr<function, Store>, shortage: i32, between: u32, t: u32) {
  let wanted = min(shortage, signed_at(DISCHARGE_LIMIT));
  let delivered = min(wanted, (*b).level);
  (*b).level -= delivered;
  // What the limit lets through is no matter of what was harvested.
  (*b).above = select(0u, (*b).above | select(0u, between, wanted == shortage), delivered == wanted);
  let lacking = shortage - delivered;
  if (lacking > 0) {
    (*b).auxiliary += lacking;
    (*b).peak = max((*b).peak, lacking);
    (*b).deficit_slots++;
    if ((*b).passage == 0) {
      (*b).passage = i32(t + 1u);
    }
  }
}

// A row waits negated, as a minimum does (reduce.wgsl).
fn row(number: u32, path: u32) -> i32 {
  return -bitcast<i32>(kept(STATE_ROWS + number, path));
}

fn keep_row(number: u32, path: u32, value: i32) {
  keep(STATE_ROWS + number, path, bitcast<u32>(-value));
}

@compute @workgroup_size(workgroup_size)
fn site(
  @builtin(global_invocation_id) id: vec3<u32>,
  @builtin(workgroup_id) group: vec3<u32>,
) {
  let number = begin_segment(group.x, id.x, workgroup_size);
  if (number >= walk.paths) {
    return;
  }
  let path = id.x;
  var b: Store;
  var q: Queue;
  var draws: Draws;
  if (slice.slot_begin == 0u) {
    b = Store(walk.initial, 0u, 0, 0, 0, 0, 0, 0, HALF, HALF, HALF);
    q = begin_queue(number);
    draws = begin_draws(number);
    clear_rings(path);
  } else {
    b = Store(
      bitcast<i32>(kept(STATE_LEVEL, path)),
      kept(STATE_ABOVE, path),
      row(ROW_AUXILIARY, path),
      row(ROW_PEAK, path),
      row(ROW_WASTE, path),
      row(ROW_DEFICIT_SLOTS, path),
      row(ROW_PASSAGE, path),
      row(ROW_CONSUMPTION, path),
      kept(STATE_LEAK_CARRY, path),
      kept(STATE_CHARGE_CARRY, path),
      kept(STATE_WASTE_CARRY, path),
    );
    q = Queue(
      row(ROW_DISPATCHED, path),
      row(ROW_WAITED, path),
      row(ROW_OVERFLOWED, path),
      row(ROW_ABOVE_BOUND, path),
      u32(row(ROW_VIOLATIONS, path)),
      u32(row(ROW_UNDONE, path)),
      kept(STATE_OWED, path),
      kept(STATE_FREE, path),
      kept(STATE_USED, path),
      kept(STATE_ENERGY_CARRY, path),
      kept(STATE_LEAST_CARRY, path),
      kept(STATE_BURNED_CARRY, path),
      0u,
      0u,
    );
    draws = Draws(
      kept_stream(STATE_HARVEST, path),
      kept_residual(path),
      kept_stream(STATE_ARRIVALS, path),
      kept_stream(STATE_KINDS, path),
      kept_stream(STATE_WEATHER_CHANGES, path),
      kept_stream(STATE_BLOCKS, path),
      kept(STATE_WEATHER, path),
      bitcast<i32>(kept(STATE_NORMAL, path)),
      kept(STATE_SHIFT, path),
      kept(STATE_CARRY, path),
      1u,
    );
  }
  let capacity = signed_at(CAPACITY);
  for (var t = slice.slot_begin; t < slice.slot_end; t++) {
    leak_store(&b);
    turn_slot(&draws, t);
    let burned = serve_slot(&draws, &q, b.level, t, path);
    let harvest = draw_harvest(&draws, t);
    b.consumption += burned;
    let net = harvest - burned;
    if (net >= 0) {
      charge_store(&b, net, draws.between);
    } else {
      discharge_store(&b, -net, draws.between, t);
    }
    q.flags |= select(0u, VIOLATION_LEVEL_OUTSIDE, b.level < 0 || b.level > capacity);
    q.flags |= select(0u, VIOLATION_RANGE_LEFT, (b.auxiliary | b.waste | b.consumption) < 0);
  }
  keep_stream(STATE_HARVEST, path, draws.harvest);
  keep(STATE_LEVEL, path, bitcast<u32>(b.level));
  keep_row(ROW_AUXILIARY, path, b.auxiliary);
  keep_row(ROW_PEAK, path, b.peak);
  keep_row(ROW_WASTE, path, b.waste);
  keep_row(ROW_DEFICIT_SLOTS, path, b.deficit_slots);
  keep_row(ROW_PASSAGE, path, b.passage);
  keep_row(ROW_LEVEL, path, select(b.level, i32(b.above), b.level == 0));
  keep_row(ROW_CONSUMPTION, path, b.consumption);
  keep_row(ROW_DISPATCHED, path, q.dispatched);
  keep_row(ROW_WAITED, path, q.waited);
  keep_row(ROW_OVERFLOWED, path, q.overflowed);
  keep_row(ROW_ABOVE_BOUND, path, q.above_bound);
  keep_row(ROW_UNDONE, path, i32(q.queued));
  keep_row(ROW_UNDONE_ENERGY, path, owed_quanta(q));
  keep_row(ROW_VIOLATIONS, path, i32(q.flags));
  keep(STATE_WEATHER, path, draws.weather);
  keep(STATE_NORMAL, path, bitcast<u32>(draws.normal));
  keep(STATE_SHIFT, path, draws.shift);
  keep(STATE_CARRY, path, draws.carry);
  keep(STATE_LEAK_CARRY, path, b.leak_carry);
  keep(STATE_CHARGE_CARRY, path, b.charge_carry);
  keep(STATE_WASTE_CARRY, path, b.waste_carry);
  keep(STATE_ABOVE, path, b.above);
  keep(STATE_FREE, path, q.free);
  keep(STATE_USED, path, q.used);
  keep(STATE_OWED, path, q.owed);
  keep(STATE_ENERGY_CARRY, path, q.energy_carry);
  keep(STATE_LEAST_CARRY, path, q.least_carry);
  keep(STATE_BURNED_CARRY, path, q.burned_carry);
  keep_stream(STATE_ARRIVALS, path, draws.arrivals);
  keep_stream(STATE_KINDS, path, draws.kinds);
  keep_stream(STATE_WEATHER_CHANGES, path, draws.weather_changes);
  keep_stream(STATE_BLOCKS, path, draws.blocks);
  keep_residual(path, draws.residual);
}
