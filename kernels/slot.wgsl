// One slot of a lumped walk: a word of the path's stream draws the increment H − C from alias columns. Used by lumped.wgsl and passage.wgsl.
// Twin: the slot loops of src/engine/cpu/lumped.ts and passage.ts. Layout of a word: src/law/tables.ts. Needs stream.wgsl and one of
// columns-*.wgsl beside it.

struct Walk {
  key: vec4<u32>,
  // Number of the batch's first path, low and high word.
  first_path: vec2<u32>,
  paths: u32,
  slot_begin: u32,
  slot_end: u32,
  initial: i32,
  base: i32,
  core_shift: u32,
  // Jitter is shifted left, then right; one of the two is zero.
  jitter_left: u32,
  jitter_right: u32,
  // Level at or below which a path has passed; passage.wgsl alone reads it.
  barrier: i32,
}

@group(0) @binding(0) var<uniform> walk: Walk;
// Alias columns of the core: alias (12 bits), threshold (12 bits).
@group(0) @binding(1) var<storage, read> core: array<u32, 4096>;
// Residual cells: 4096 columns (alias 12, threshold 20 bits), 4096 first points, 4096 shifts; one word where there are none.
@group(0) @binding(2) var<storage, read> residual: array<u32>;

override has_residual: bool = false;

// The xoshiro128++ state with which a path of the batch starts.
fn path_state(path: u32) -> vec4<u32> {
  let low = walk.first_path.x + path;
  let high = walk.first_path.y + select(0u, 1u, low < path);
  return threefry4x32(vec4<u32>(low, high, 0u, 0u), walk.key);
}

// Draws one slot's increment, in quanta.
fn draw_step(s: ptr<function, vec4<u32>>) -> i32 {
  let word = next_word(s);
  let column = word >> 20u;
  let packed = column_word(column);
  let cell = select(packed & 0xfffu, column, ((word >> 8u) & 0xfffu) < (packed >> 12u));
  let jitter = word & 0xffu;
  var step = walk.base + bitcast<i32>((cell << walk.core_shift) + ((jitter << walk.jitter_left) >> walk.jitter_right));
  if (has_residual) {
    let second = next_word(s);
    if (cell == 4095u) {
      let place = second >> 20u;
      let entry = residual[place];
      let chosen = select(entry & 0xfffu, place, (second & 0xfffffu) < (entry >> 12u));
      let wide = residual[8192u + chosen];
      let point = select(jitter >> (8u - min(wide, 8u)), jitter << (max(wide, 8u) - 8u), wide >= 8u);
      step = bitcast<i32>(residual[4096u + chosen] + point);
    }
  }
  return step;
}
