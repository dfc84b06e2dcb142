// A site: in every slot the battery leaks, tasks are dispatched as the policy says, and what is harvested and consumed
// charges the battery, is wasted, or is lacking. Twin: src/engine/cpu/site.ts. Needs stream.wgsl, columns-storage.wgsl,
// slot.wgsl, state.wgsl, fraction.wgsl, the constants of src/law/site-tables.ts, site-draws.wgsl, site-queue.wgsl and
// site-battery.wgsl before it. Rows (ROW_…) and flags (VIOLATION_…): src/engine/site-job.ts.

override workgroup_size: u32 = 256u;

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
