// The lumped walk: a slice of slots of a batch of paths. One word of the stream draws one slot's increment H − C from alias columns;
// B and its running minimum stay in registers and wait in `state` between slices.
// Twin: src/engine/cpu/lumped.ts. Layout of a word: src/law/tables.ts. Needs stream.wgsl and one of columns-*.wgsl before it.

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
}

@group(0) @binding(0) var<uniform> walk: Walk;
// Alias columns of the core: alias (12 bits), threshold (12 bits).
@group(0) @binding(1) var<storage, read> core: array<u32, 4096>;
// Residual cells: 4096 columns (alias 12, threshold 20 bits), 4096 first points, 4096 shifts; one word where there are none.
@group(0) @binding(2) var<storage, read> residual: array<u32>;
// Word-major: xoshiro128++ state (4), B, min B.
@group(0) @binding(3) var<storage, read_write> state: array<u32>;

override workgroup_size: u32 = 256u;
override has_residual: bool = false;

@compute @workgroup_size(workgroup_size)
fn lumped(@builtin(global_invocation_id) id: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  load_columns(lane, workgroup_size);
  let path = id.x;
  if (path >= walk.paths) {
    return;
  }
  let n = walk.paths;
  var s: vec4<u32>;
  var level: i32;
  var least: i32;
  if (walk.slot_begin == 0u) {
    let low = walk.first_path.x + path;
    let high = walk.first_path.y + select(0u, 1u, low < path);
    s = threefry4x32(vec4<u32>(low, high, 0u, 0u), walk.key);
    level = walk.initial;
    least = 0;
  } else {
    s = vec4<u32>(state[path], state[n + path], state[2u * n + path], state[3u * n + path]);
    level = bitcast<i32>(state[4u * n + path]);
    least = bitcast<i32>(state[5u * n + path]);
  }
  for (var t = walk.slot_begin; t < walk.slot_end; t++) {
    let word = next_word(&s);
    let column = word >> 20u;
    let packed = column_word(column);
    let cell = select(packed & 0xfffu, column, ((word >> 8u) & 0xfffu) < (packed >> 12u));
    let jitter = word & 0xffu;
    var step = walk.base + bitcast<i32>((cell << walk.core_shift) + ((jitter << walk.jitter_left) >> walk.jitter_right));
    if (has_residual) {
      let second = next_word(&s);
      if (cell == 4095u) {
        let place = second >> 20u;
        let entry = residual[place];
        let chosen = select(entry & 0xfffu, place, (second & 0xfffffu) < (entry >> 12u));
        let wide = residual[8192u + chosen];
        let point = select(jitter >> (8u - min(wide, 8u)), jitter << (max(wide, 8u) - 8u), wide >= 8u);
        step = bitcast<i32>(residual[4096u + chosen] + point);
      }
    }
    level += step;
    least = min(least, level);
  }
  state[path] = s.x;
  state[n + path] = s.y;
  state[2u * n + path] = s.z;
  state[3u * n + path] = s.w;
  state[4u * n + path] = bitcast<u32>(level);
  state[5u * n + path] = bitcast<u32>(least);
}
