// The task-resolved walk: a slice of slots of a batch of paths. B and its running minimum stay in registers and wait in
// `state` between slices; what tasks in service will burn waits in `future`. Twin: src/engine/cpu/tasks.ts. Needs
// stream.wgsl, one of columns-*.wgsl, slot.wgsl, state.wgsl and batch.wgsl before it.

override workgroup_size: u32 = 256u;

@compute @workgroup_size(workgroup_size)
fn tasks_walk(
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
  var level: i32;
  var least: i32;
  if (slice.slot_begin == 0u) {
    streams = begin_streams(number);
    level = walk.initial;
    least = 0;
    clear_future(path);
  } else {
    streams = kept_streams(path);
    level = bitcast<i32>(kept(STATE_LEVEL, path));
    least = bitcast<i32>(kept(STATE_LEAST, path));
  }
  var t = slice.slot_begin;
  for (var left = slice.slot_end - t; left > 0u; left--) {
    let consumption = draw_batch(&streams, t, path);
    level += draw_harvest(&streams) - select(consumption.lumped, consumption.burned, distributed);
    least = min(least, level);
    t++;
  }
  keep_streams(path, streams);
  keep(STATE_LEVEL, path, bitcast<u32>(level));
  keep(STATE_LEAST, path, bitcast<u32>(least));
}
