// The draws of a walk alone, for benches: each invocation repeats one kind of draw as often as the slice has slots and
// leaves the sum of what it drew. Twin: src/engine/cpu/stages.ts. Needs stream.wgsl, one of columns-*.wgsl, slot.wgsl,
// state.wgsl and batch.wgsl before it.
//
// State: the sum of each invocation.

override workgroup_size: u32 = 256u;
// STAGE_… of src/engine/stages.ts.
override stage: u32 = 0u;

@compute @workgroup_size(workgroup_size)
fn stages(
  @builtin(global_invocation_id) id: vec3<u32>,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let number = begin_segment(group.x, id.x, workgroup_size);
  load_columns(lane, workgroup_size);
  if (number >= walk.paths) {
    return;
  }
  var streams = begin_streams(number);
  var sum = 0;
  let times = slice.slot_end - slice.slot_begin;
  if (stage == STAGE_STREAM) {
    var s = streams.kinds;
    for (var left = times; left > 0u; left--) {
      sum += bitcast<i32>(next_word(&s));
    }
  } else if (stage == STAGE_CONSUMPTION_DRAW) {
    for (var left = times; left > 0u; left--) {
      sum += draw_batch(&streams, 0u, id.x).lumped;
    }
  } else {
    for (var left = times; left > 0u; left--) {
      sum += draw_harvest(&streams);
    }
  }
  state[id.x] = bitcast<u32>(sum);
}
