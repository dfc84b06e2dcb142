// The lumped walk: a slice of slots of a batch of paths. B and its running minimum stay in registers and wait in
// `state` between slices. Twin: src/engine/cpu/lumped.ts. Needs stream.wgsl, one of columns-*.wgsl, slot.wgsl and
// state.wgsl before it.

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
  var s: vec4<u32>;
  var r: vec4<u32>;
  var level: i32;
  var least: i32;
  if (slice.slot_begin == 0u) {
    s = path_state(number, STREAM_INCREMENTS);
    r = residual_state(number);
    level = walk.initial;
    least = 0;
  } else {
    s = kept_stream(STATE_INCREMENTS, path);
    level = bitcast<i32>(kept(STATE_LEVEL, path));
    least = bitcast<i32>(kept(STATE_LEAST, path));
    r = kept_residual(path);
  }
  // Slots by the block: WebGPU counts the rounds of a loop whose end it does not know, which costs a third of a slot.
  let slots = slice.slot_end - slice.slot_begin;
  for (var blocks = slots / 16u; blocks > 0u; blocks--) {
    for (var i = 0u; i < 16u; i++) {
      level += draw_step(&s, &r);
      least = min(least, level);
    }
  }
  for (var rest = slots % 16u; rest > 0u; rest--) {
    level += draw_step(&s, &r);
    least = min(least, level);
  }
  keep_stream(STATE_INCREMENTS, path, s);
  keep(STATE_LEVEL, path, bitcast<u32>(level));
  keep(STATE_LEAST, path, bitcast<u32>(least));
  keep_residual(path, r);
}
