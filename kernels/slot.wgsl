// One slot of a lumped walk: a word of the path's stream draws the increment H − C from alias columns. Used by
// lumped.wgsl and passage.wgsl. Twin: the slot loops of src/engine/cpu/lumped.ts and passage.ts. Layout of a word:
// src/law/tables.ts. Needs stream.wgsl and one of columns-*.wgsl beside it.
//
// A dispatch walks one or many segments: the paths, or some of the paths, of one job each. A workgroup belongs to one
// segment; a segment's last workgroup may have invocations without a path. The structs Segment and Slice:
// src/engine/kernels/segment.ts.

// Alias columns of a core: column XOR alias (12 bits), eight bits free, threshold (12 bits) on top.
struct Columns {
  words: array<u32, 4096>,
}

@group(0) @binding(0) var<uniform> slice: Slice;
@group(0) @binding(1) var<storage, read> core: array<Columns>;
// Residual cells: 4096 columns (alias 12, threshold 20 bits), 4096 first points, 4096 shifts; one word where there are
// none.
@group(0) @binding(2) var<storage, read> residual: array<u32>;
@group(0) @binding(4) var<storage, read> segments: array<Segment>;
// The segment of each workgroup.
@group(0) @binding(5) var<storage, read> segment_of: array<u32>;

override has_residual: bool = false;
// Whether cells are as wide as the jitter, 2^8 quanta: the usual case, which needs no shifts.
override byte_cells: bool = false;

// The segment of this invocation.
var<private> walk: Segment;

// The number, within its segment, of the path of invocation `id` in workgroup `group`.
fn begin_segment(group: u32, id: u32, invocations: u32) -> u32 {
  walk = segments[segment_of[group]];
  return id - walk.first_group * invocations;
}

// The xoshiro128++ state with which a stream of a path of the segment starts.
fn path_state(path: u32, purpose: u32) -> vec4<u32> {
  let low = walk.first_path.x + path;
  let high = walk.first_path.y + select(0u, 1u, low < path);
  return threefry4x32(vec4<u32>(low, high, purpose, 0u), walk.key);
}

// The stream of residual cells, where the tables have them.
fn residual_state(path: u32) -> vec4<u32> {
  if (has_residual) {
    return path_state(path, STREAM_RESIDUAL);
  }
  return vec4<u32>();
}

// Draws one slot's increment, in quanta, from stream `s`; `r` is the stream of residual cells, which takes a word in
// every slot.
fn draw_step(s: ptr<function, vec4<u32>>, r: ptr<function, vec4<u32>>) -> i32 {
  let word = next_word(s);
  let column = word >> 20u;
  let entry = column_word(column);
  // The word's threshold on top as the entry's, and below it more than any XOR: less than the entry only where the
  // threshold itself is.
  let own = word * 4096u + 4095u < entry;
  let cell = column ^ select(entry & 0xfffu, 0u, own);
  let jitter = word & 0xffu;
  var point = (cell << 8u) | jitter;
  if (!byte_cells) {
    point = (point << walk.point_left) >> walk.point_right;
  }
  var step = walk.base + bitcast<i32>(point);
  if (has_residual) {
    let second = next_word(r);
    if (cell == 4095u) {
      let place = second >> 20u;
      let packed = residual[walk.residual_at + place];
      let chosen = walk.residual_at + select(packed & 0xfffu, place, (second & 0xfffffu) < (packed >> 12u));
      let wide = residual[8192u + chosen];
      let within = select(jitter >> (8u - min(wide, 8u)), jitter << (max(wide, 8u) - 8u), wide >= 8u);
      step = bitcast<i32>(residual[4096u + chosen] + within);
    }
  }
  return step;
}
