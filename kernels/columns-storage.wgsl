// The core's alias columns where they are, in a storage buffer. For processors that play a GPU: they gain nothing from
// a copy, and SwiftShader takes seconds to compile the zeroing of 16 KiB of workgroup memory.

fn load_columns(lane: u32, invocations: u32) {}

fn column_word(column: u32) -> u32 {
  return core[walk.core].words[column];
}
