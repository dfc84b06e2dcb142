// First passage: a slice of slots of a batch of paths, each of which stops drawing where its level first reaches the
// barrier. Keeps the slot of the passage and the level at it, nothing else; the host makes weights of them
// (src/stats/rare.ts). Rows (ROW_…), which wait negated: src/engine/passage-job.ts. Twin: src/engine/cpu/passage.ts.
// Needs stream.wgsl, one of columns-*.wgsl, slot.wgsl and state.wgsl before it.

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
    if (kept(STATE_ROWS + ROW_SLOT, path) != 0u) {
      return;
    }
    s = kept_stream(STATE_INCREMENTS, path);
    level = bitcast<i32>(kept(STATE_LEVEL, path));
    r = kept_residual(path);
  }
  var passed = 0u;
  for (var left = slice.slot_end - slice.slot_begin; left > 0u; left--) {
    level += draw_step(&s, &r);
    if (level <= walk.barrier) {
      passed = slice.slot_end - left + 1u;
      break;
    }
  }
  keep_stream(STATE_INCREMENTS, path, s);
  keep(STATE_LEVEL, path, bitcast<u32>(level));
  keep(STATE_ROWS + ROW_SLOT, path, 0u - passed);
  keep(STATE_ROWS + ROW_POINT, path, bitcast<u32>(select(0, level, passed != 0u)));
  keep_residual(path, r);
}
