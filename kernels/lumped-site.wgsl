// A site whose slots are drawn at once: a word of the stream of arrivals names what a slot consumes; harvest and battery
// are those of site.wgsl. Twin: src/engine/cpu/lumped-site.ts. Needs stream.wgsl, columns-storage.wgsl, slot.wgsl,
// state.wgsl, fraction.wgsl, the constants of src/law/site-tables.ts, site-draws.wgsl and site-battery.wgsl before it.
// Rows (ROW_…, of LUMPED_SITE_ROWS) and flags (VIOLATION_…): src/engine/site-job.ts.

override workgroup_size: u32 = 256u;

// What slot t consumes, whole quanta; what is left over of one waits in `carry`.
fn consume(draws: ptr<function, Draws>, carry: ptr<function, u32>, t: u32) -> i32 {
  let value = (t / word_at(ARRIVAL_SLOTS)) % word_at(ARRIVAL_VALUES);
  let table = word_at(word_at(ARRIVALS_AT) + value) << 12u;
  var s = (*draws).arrivals;
  let word = next_word(&s);
  (*draws).arrivals = s;
  let column = word >> 20u;
  let packed = word_at(word_at(ENTRY_COLUMNS_AT) + table + column);
  let entry = select(packed & 0xfffu, column, (word & 0xfffffu) < (packed >> 12u));
  let sum = *carry + word_at(word_at(OPTION_ENERGY_AT) + table + entry);
  let bits = word_at(FRACTION_BITS);
  let whole = sum >> bits;
  *carry = sum - (whole << bits);
  return bitcast<i32>(whole);
}

@compute @workgroup_size(workgroup_size)
fn lumped_site(
  @builtin(global_invocation_id) id: vec3<u32>,
  @builtin(workgroup_id) group: vec3<u32>,
) {
  let number = begin_segment(group.x, id.x, workgroup_size);
  if (number >= walk.paths) {
    return;
  }
  let path = id.x;
  var b: Store;
  var draws: Draws;
  var energy_carry = 0u;
  var flags = 0u;
  if (slice.slot_begin == 0u) {
    b = Store(walk.initial, 0u, 0, 0, 0, 0, 0, 0, HALF, HALF, HALF);
    draws = begin_draws(number);
    let bits = word_at(FRACTION_BITS);
    let start = path_state(number, STREAM_STARTS).x;
    energy_carry = select(0u, start >> (32u - bits), bits > 0u);
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
    draws = Draws(
      kept_stream(STATE_HARVEST, path),
      kept_residual(path),
      kept_stream(STATE_ARRIVALS, path),
      vec4<u32>(),
      kept_stream(STATE_WEATHER_CHANGES, path),
      kept_stream(STATE_BLOCKS, path),
      kept(STATE_WEATHER, path),
      bitcast<i32>(kept(STATE_NORMAL, path)),
      kept(STATE_SHIFT, path),
      kept(STATE_CARRY, path),
      1u,
    );
    energy_carry = kept(STATE_ENERGY_CARRY, path);
    flags = u32(row(ROW_VIOLATIONS, path));
  }
  let capacity = signed_at(CAPACITY);
  for (var t = slice.slot_begin; t < slice.slot_end; t++) {
    leak_store(&b);
    turn_slot(&draws, t);
    let burned = consume(&draws, &energy_carry, t);
    let harvest = draw_harvest(&draws, t);
    b.consumption += burned;
    let net = harvest - burned;
    if (net >= 0) {
      charge_store(&b, net, draws.between);
    } else {
      discharge_store(&b, -net, draws.between, t);
    }
    flags |= select(0u, VIOLATION_LEVEL_OUTSIDE, b.level < 0 || b.level > capacity);
    flags |= select(0u, VIOLATION_RANGE_LEFT, (b.auxiliary | b.waste | b.consumption) < 0);
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
  keep_row(ROW_VIOLATIONS, path, i32(flags));
  keep(STATE_WEATHER, path, draws.weather);
  keep(STATE_NORMAL, path, bitcast<u32>(draws.normal));
  keep(STATE_SHIFT, path, draws.shift);
  keep(STATE_CARRY, path, draws.carry);
  keep(STATE_LEAK_CARRY, path, b.leak_carry);
  keep(STATE_CHARGE_CARRY, path, b.charge_carry);
  keep(STATE_WASTE_CARRY, path, b.waste_carry);
  keep(STATE_ABOVE, path, b.above);
  keep(STATE_ENERGY_CARRY, path, energy_carry);
  keep_stream(STATE_ARRIVALS, path, draws.arrivals);
  keep_stream(STATE_WEATHER_CHANGES, path, draws.weather_changes);
  keep_stream(STATE_BLOCKS, path, draws.blocks);
  keep_residual(path, draws.residual);
}
