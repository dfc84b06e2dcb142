// The theorems on every path: both accountings walk on the same draws, each beside a controlled battery that is
// injected greedily, and integers are compared at every slot. No tolerance anywhere. Twin: src/engine/cpu/proof.ts.
// Needs stream.wgsl, one of columns-*.wgsl, slot.wgsl, state.wgsl and batch.wgsl before it. Rows (ROW_…) and flags
// (VIOLATION_…): src/engine/proof-job.ts. Rows wait negated.

override workgroup_size: u32 = 256u;

fn signed(word: u32, path: u32) -> i32 {
  return bitcast<i32>(kept(word, path));
}

fn keep_signed(word: u32, path: u32, value: i32) {
  keep(word, path, bitcast<u32>(value));
}

// A walk and its controlled battery.
struct Battery {
  level: i32,
  least: i32,
  controlled: i32,
  injected: i32,
}

fn step_battery(b: ptr<function, Battery>, step: i32) {
  (*b).level += step;
  (*b).least = min((*b).least, (*b).level);
  let next = (*b).controlled + step;
  let injection = select(0, walk.planted - next, next < 0);
  (*b).controlled = next + injection;
  (*b).injected += injection;
}

// Flags of src/engine/proof-job.ts, of the lumped walk: `theorem` and `minimum` are shifted for the distributed one.
fn battery_flags(b: Battery, theorem: u32, minimum: u32) -> u32 {
  return select(0u, theorem, b.injected != -b.least)
    | select(0u, minimum, b.controlled != b.level - b.least)
    | select(0u, VIOLATION_CONTROLLED_BELOW_ZERO, b.controlled < 0);
}

@compute @workgroup_size(workgroup_size)
fn proof(
  @builtin(global_invocation_id) id: vec3<u32>,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let number = begin_segment(group.x, id.x, workgroup_size);
  load_columns(lane, workgroup_size);
  if (number >= walk.paths) {
    return;
  }
  let path = id.x;
  var streams: Streams;
  var lumped: Battery;
  var spread: Battery;
  var excess: i32;
  var found: u32;
  if (slice.slot_begin == 0u) {
    streams = begin_streams(number);
    lumped = Battery(walk.initial, 0, walk.initial, 0);
    spread = lumped;
    excess = i32(CONSUMPTION_ORIGIN);
    found = 0u;
    clear_future(path);
  } else {
    streams = kept_streams(path);
    lumped = Battery(
      signed(STATE_LEVEL, path),
      signed(STATE_ROWS + ROW_LUMPED, path),
      signed(STATE_CONTROLLED, path),
      signed(STATE_INJECTED, path),
    );
    spread = Battery(
      signed(STATE_DISTRIBUTED_LEVEL, path),
      signed(STATE_ROWS + ROW_DISTRIBUTED, path),
      signed(STATE_DISTRIBUTED_CONTROLLED, path),
      signed(STATE_DISTRIBUTED_INJECTED, path),
    );
    excess = -signed(STATE_ROWS + ROW_CONSUMPTION, path);
    found = 0u - kept(STATE_ROWS + ROW_VIOLATIONS, path);
  }
  var t = slice.slot_begin;
  for (var left = slice.slot_end - t; left > 0u; left--) {
    let consumption = draw_batch(&streams, t, path);
    let harvest = draw_harvest(&streams);
    step_battery(&lumped, harvest - consumption.lumped);
    step_battery(&spread, harvest - consumption.burned);
    excess += consumption.lumped - walk.centre;
    found |= battery_flags(lumped, VIOLATION_THEOREM1_LUMPED, VIOLATION_RUNNING_MINIMUM_LUMPED);
    found |= battery_flags(spread, VIOLATION_THEOREM1_DISTRIBUTED, VIOLATION_RUNNING_MINIMUM_DISTRIBUTED);
    found |= select(0u, VIOLATION_LEMMA1, lumped.least > spread.least);
    found |= select(0u, VIOLATION_LEMMA1_LEVEL, lumped.level > spread.level);
    t++;
  }
  keep_streams(path, streams);
  keep_signed(STATE_LEVEL, path, lumped.level);
  keep_signed(STATE_ROWS + ROW_LUMPED, path, lumped.least);
  keep_signed(STATE_ROWS + ROW_DISTRIBUTED, path, spread.least);
  keep_signed(STATE_ROWS + ROW_DIFFERENCE, path, -max(0, spread.least - lumped.least));
  keep_signed(STATE_ROWS + ROW_CONSUMPTION, path, -excess);
  keep(STATE_ROWS + ROW_VIOLATIONS, path, 0u - found);
  keep_signed(STATE_DISTRIBUTED_LEVEL, path, spread.level);
  keep_signed(STATE_CONTROLLED, path, lumped.controlled);
  keep_signed(STATE_INJECTED, path, lumped.injected);
  keep_signed(STATE_DISTRIBUTED_CONTROLLED, path, spread.controlled);
  keep_signed(STATE_DISTRIBUTED_INJECTED, path, spread.injected);
}
