// A site: in every slot the battery leaks, tasks are dispatched as the policy says, and what is harvested and consumed charges the battery, is wasted, or is lacking.
// Twin: src/engine/cpu/site.ts. Needs stream.wgsl, columns-storage.wgsl, slot.wgsl, state.wgsl, fraction.wgsl, the constants of
// src/law/site-tables.ts, site-draws.wgsl and site-queue.wgsl before it.
//
// State: harvest's stream (4), B; then the rows of src/engine/site-job.ts, negated (14); then what draws keep (4), carries of the battery
// (3), whether it holds more than whole quanta, what the queue keeps (3) and its carries (3); then the streams of
// arrivals, kinds, weather, blocks and residual cells (4 each).

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
  return -bitcast<i32>(kept(5u + number, path));
}

fn keep_row(number: u32, path: u32, value: i32) {
  keep(5u + number, path, bitcast<u32>(-value));
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
      bitcast<i32>(kept(4u, path)),
      kept(26u, path),
      row(0u, path),
      row(1u, path),
      row(2u, path),
      row(3u, path),
      row(4u, path),
      row(6u, path),
      kept(23u, path),
      kept(24u, path),
      kept(25u, path),
    );
    q = Queue(
      row(7u, path),
      row(8u, path),
      row(9u, path),
      row(10u, path),
      u32(row(13u, path)),
      u32(row(11u, path)),
      kept(29u, path),
      kept(27u, path),
      kept(28u, path),
      kept(30u, path),
      kept(31u, path),
      kept(32u, path),
      0u,
      0u,
    );
    draws = Draws(
      kept_stream(0u, path),
      kept_residual(49u, path),
      kept_stream(33u, path),
      kept_stream(37u, path),
      kept_stream(41u, path),
      kept_stream(45u, path),
      kept(19u, path),
      bitcast<i32>(kept(20u, path)),
      kept(21u, path),
      kept(22u, path),
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
    q.flags |= select(0u, 4u, b.level < 0 || b.level > capacity);
    q.flags |= select(0u, 8u, (b.auxiliary | b.waste | b.consumption) < 0);
  }
  keep_stream(0u, path, draws.harvest);
  keep(4u, path, bitcast<u32>(b.level));
  keep_row(0u, path, b.auxiliary);
  keep_row(1u, path, b.peak);
  keep_row(2u, path, b.waste);
  keep_row(3u, path, b.deficit_slots);
  keep_row(4u, path, b.passage);
  keep_row(5u, path, select(b.level, i32(b.above), b.level == 0));
  keep_row(6u, path, b.consumption);
  keep_row(7u, path, q.dispatched);
  keep_row(8u, path, q.waited);
  keep_row(9u, path, q.overflowed);
  keep_row(10u, path, q.above_bound);
  keep_row(11u, path, i32(q.queued));
  keep_row(12u, path, owed_quanta(q));
  keep_row(13u, path, i32(q.flags));
  keep(19u, path, draws.weather);
  keep(20u, path, bitcast<u32>(draws.normal));
  keep(21u, path, draws.shift);
  keep(22u, path, draws.carry);
  keep(23u, path, b.leak_carry);
  keep(24u, path, b.charge_carry);
  keep(25u, path, b.waste_carry);
  keep(26u, path, b.above);
  keep(27u, path, q.free);
  keep(28u, path, q.used);
  keep(29u, path, q.owed);
  keep(30u, path, q.energy_carry);
  keep(31u, path, q.least_carry);
  keep(32u, path, q.burned_carry);
  keep_stream(33u, path, draws.arrivals);
  keep_stream(37u, path, draws.kinds);
  keep_stream(41u, path, draws.weather_changes);
  keep_stream(45u, path, draws.blocks);
  keep_residual(49u, path, draws.residual);
}
