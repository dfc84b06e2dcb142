// The lumped walk: a slice of slots of a batch of paths. B and its running minimum stay in registers and wait in `state` between slices.
// Twin: src/engine/cpu/lumped.ts. Needs stream.wgsl, one of columns-*.wgsl and slot.wgsl before it.

// Word-major: xoshiro128++ state (4), B, min B.
@group(0) @binding(3) var<storage, read_write> state: array<u32>;

override workgroup_size: u32 = 256u;

@compute @workgroup_size(workgroup_size)
fn lumped(
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
  var least: i32;
  if (slice.slot_begin == 0u) {
    s = path_state(number);
    level = walk.initial;
    least = 0;
  } else {
    s = vec4<u32>(state[path], state[n + path], state[2u * n + path], state[3u * n + path]);
    level = bitcast<i32>(state[4u * n + path]);
    least = bitcast<i32>(state[5u * n + path]);
  }
  // Slots by the block: WebGPU counts the rounds of a loop whose end it does not know, which costs a third of a slot.
  let slots = slice.slot_end - slice.slot_begin;
  for (var blocks = slots / 16u; blocks > 0u; blocks--) {
    for (var i = 0u; i < 16u; i++) {
      level += draw_step(&s);
      least = min(least, level);
    }
  }
  for (var rest = slots % 16u; rest > 0u; rest--) {
    level += draw_step(&s);
    least = min(least, level);
  }
  state[path] = s.x;
  state[n + path] = s.y;
  state[2u * n + path] = s.z;
  state[3u * n + path] = s.w;
  state[4u * n + path] = bitcast<u32>(level);
  state[5u * n + path] = bitcast<u32>(least);
}
