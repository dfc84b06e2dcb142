// The theorems on every path: both accountings walk on the same draws, each beside a controlled battery that is injected greedily, and integers
// are compared at every slot. No tolerance anywhere.
// Twin: src/engine/cpu/proof.ts. Needs stream.wgsl, one of columns-*.wgsl, slot.wgsl and batch.wgsl before it.

// Word-major: xoshiro128++ state (4); B lumped; then what reduce.wgsl counts, negated: deficit lumped, deficit distributed, their
// difference, consumption about its mean + 2^30, violations (src/engine/proof-job.ts); then B distributed, and controlled batteries and
// injections, lumped and distributed.
@group(0) @binding(3) var<storage, read_write> state: array<u32>;

override workgroup_size: u32 = 256u;

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
  let n = slice.stride;
  var s: vec4<u32>;
  var lumped: Battery;
  var spread: Battery;
  var excess: i32;
  var found: u32;
  if (slice.slot_begin == 0u) {
    s = path_state(number);
    lumped = Battery(walk.initial, 0, walk.initial, 0);
    spread = lumped;
    excess = 1 << 30u;
    found = 0u;
    clear_future(path);
  } else {
    s = vec4<u32>(state[path], state[n + path], state[2u * n + path], state[3u * n + path]);
    lumped = Battery(
      bitcast<i32>(state[4u * n + path]),
      bitcast<i32>(state[5u * n + path]),
      bitcast<i32>(state[11u * n + path]),
      bitcast<i32>(state[12u * n + path]),
    );
    spread = Battery(
      bitcast<i32>(state[10u * n + path]),
      bitcast<i32>(state[6u * n + path]),
      bitcast<i32>(state[13u * n + path]),
      bitcast<i32>(state[14u * n + path]),
    );
    excess = -bitcast<i32>(state[8u * n + path]);
    found = 0u - state[9u * n + path];
  }
  var t = slice.slot_begin;
  for (var left = slice.slot_end - t; left > 0u; left--) {
    let consumption = draw_batch(&s, t, path);
    let harvest = draw_step(&s);
    step_battery(&lumped, harvest - consumption.lumped);
    step_battery(&spread, harvest - consumption.burned);
    excess += consumption.lumped - walk.centre;
    found |= battery_flags(lumped, 1u, 4u) | battery_flags(spread, 2u, 8u) | select(0u, 16u, lumped.least > spread.least);
    t++;
  }
  state[path] = s.x;
  state[n + path] = s.y;
  state[2u * n + path] = s.z;
  state[3u * n + path] = s.w;
  state[4u * n + path] = bitcast<u32>(lumped.level);
  state[5u * n + path] = bitcast<u32>(lumped.least);
  state[6u * n + path] = bitcast<u32>(spread.least);
  state[7u * n + path] = bitcast<u32>(-max(0, spread.least - lumped.least));
  state[8u * n + path] = bitcast<u32>(-excess);
  state[9u * n + path] = 0u - found;
  state[10u * n + path] = bitcast<u32>(spread.level);
  state[11u * n + path] = bitcast<u32>(lumped.controlled);
  state[12u * n + path] = bitcast<u32>(lumped.injected);
  state[13u * n + path] = bitcast<u32>(spread.controlled);
  state[14u * n + path] = bitcast<u32>(spread.injected);
}
