// The theorems on every path: both accountings walk on the same draws, each beside a controlled battery that is injected greedily, and integers
// are compared at every slot. No tolerance anywhere.
// Twin: src/engine/cpu/proof.ts. Needs stream.wgsl, one of columns-*.wgsl, slot.wgsl, state.wgsl and batch.wgsl
// before it.
//
// State: harvest's stream (4); B lumped; then what reduce.wgsl counts, negated: deficit lumped, deficit distributed, their difference,
// consumption about its mean + 2^30, violations (src/engine/proof-job.ts); then B distributed, and controlled batteries and injections,
// lumped and distributed; then batch.wgsl's streams.

override workgroup_size: u32 = 256u;

fn signed(word: u32, path: u32) -> i32 {
  return bitcast<i32>(kept(word, path));
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
    | select(0u, 32u, b.controlled < 0);
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
    excess = 1 << 30u;
    found = 0u;
    clear_future(path);
  } else {
    streams = kept_streams(15u, path);
    lumped = Battery(signed(4u, path), signed(5u, path), signed(11u, path), signed(12u, path));
    spread = Battery(signed(10u, path), signed(6u, path), signed(13u, path), signed(14u, path));
    excess = -signed(8u, path);
    found = 0u - kept(9u, path);
  }
  var t = slice.slot_begin;
  for (var left = slice.slot_end - t; left > 0u; left--) {
    let consumption = draw_batch(&streams, t, path);
    let harvest = draw_harvest(&streams);
    step_battery(&lumped, harvest - consumption.lumped);
    step_battery(&spread, harvest - consumption.burned);
    excess += consumption.lumped - walk.centre;
    found |= battery_flags(lumped, 1u, 4u) | battery_flags(spread, 2u, 8u)
      | select(0u, 16u, lumped.least > spread.least) | select(0u, 64u, lumped.level > spread.level);
    t++;
  }
  keep_streams(15u, path, streams);
  keep(4u, path, bitcast<u32>(lumped.level));
  keep(5u, path, bitcast<u32>(lumped.least));
  keep(6u, path, bitcast<u32>(spread.least));
  keep(7u, path, bitcast<u32>(-max(0, spread.least - lumped.least)));
  keep(8u, path, bitcast<u32>(-excess));
  keep(9u, path, 0u - found);
  keep(10u, path, bitcast<u32>(spread.level));
  keep(11u, path, bitcast<u32>(lumped.controlled));
  keep(12u, path, bitcast<u32>(lumped.injected));
  keep(13u, path, bitcast<u32>(spread.controlled));
  keep(14u, path, bitcast<u32>(spread.injected));
}
