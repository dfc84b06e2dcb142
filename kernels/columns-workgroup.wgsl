// The core's alias columns in workgroup memory: 16 KiB, the default limit, filled once a dispatch. For GPUs.
// The other form is columns-storage.wgsl; lumped.wgsl needs one of the two before it.

var<workgroup> columns: array<u32, 4096>;

// Every invocation of the workgroup must call this, in uniform control flow.
fn load_columns(lane: u32, invocations: u32) {
  for (var i = lane; i < 4096u; i += invocations) {
    columns[i] = core[walk.core].words[i];
  }
  workgroupBarrier();
}

fn column_word(column: u32) -> u32 {
  return columns[column];
}
