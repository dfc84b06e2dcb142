// First passage: a slice of slots of a batch of paths, each of which stops drawing where its level first reaches the barrier. Keeps the slot of
// the passage and the level at it, nothing else; the host makes weights of them (src/stats/rare.ts).
// Twin: src/engine/cpu/passage.ts. Needs stream.wgsl, one of columns-*.wgsl and slot.wgsl before it.

// Word-major: xoshiro128++ state (4), B, slot of the passage (0 before it).
@group(0) @binding(3) var<storage, read_write> state: array<u32>;

override workgroup_size: u32 = 256u;

@compute @workgroup_size(workgroup_size)
fn passage(
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
  var level: i32;
  if (slice.slot_begin == 0u) {
    s = path_state(number);
    level = walk.initial;
  } else {
    if (state[5u * n + path] != 0u) {
      return;
    }
    s = vec4<u32>(state[path], state[n + path], state[2u * n + path], state[3u * n + path]);
    level = bitcast<i32>(state[4u * n + path]);
  }
  var passed = 0u;
  for (var left = slice.slot_end - slice.slot_begin; left > 0u; left--) {
    level += draw_step(&s);
    if (level <= walk.barrier) {
      passed = slice.slot_end - left + 1u;
      break;
    }
  }
  state[path] = s.x;
  state[n + path] = s.y;
  state[2u * n + path] = s.z;
  state[3u * n + path] = s.w;
  state[4u * n + path] = bitcast<u32>(level);
  state[5u * n + path] = passed;
}
