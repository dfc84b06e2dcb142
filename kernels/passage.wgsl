// First passage: a slice of slots of a batch of paths, each of which stops drawing where its level first reaches the barrier. Keeps the slot of
// the passage and the level at it, nothing else; the host makes weights of them (src/stats/rare.ts).
// Twin: src/engine/cpu/passage.ts. Needs stream.wgsl, one of columns-*.wgsl, slot.wgsl and state.wgsl before it.
//
// State: increments' stream (4), B, slot of the passage (0 before it); residual cells' stream (4) where there are any.

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
  var s: vec4<u32>;
  var r: vec4<u32>;
  var level: i32;
  if (slice.slot_begin == 0u) {
    s = path_state(number, STREAM_INCREMENTS);
    r = residual_state(number);
    level = walk.initial;
  } else {
    if (kept(5u, path) != 0u) {
      return;
    }
    s = kept_stream(0u, path);
    level = bitcast<i32>(kept(4u, path));
    r = kept_residual(6u, path);
  }
  var passed = 0u;
  for (var left = slice.slot_end - slice.slot_begin; left > 0u; left--) {
    level += draw_step(&s, &r);
    if (level <= walk.barrier) {
      passed = slice.slot_end - left + 1u;
      break;
    }
  }
  keep_stream(0u, path, s);
  keep(4u, path, bitcast<u32>(level));
  keep(5u, path, passed);
  keep_residual(6u, path, r);
}
