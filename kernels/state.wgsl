// What a path keeps between slices: word w of invocation i is state[w · stride + i]. Which word is what
// is generated from src/engine/kernels/state.ts: STATE_….
// Needs slot.wgsl before it.

@group(0) @binding(3) var<storage, read_write> state: array<u32>;

fn kept(word: u32, path: u32) -> u32 {
  return state[word * slice.stride + path];
}

fn keep(word: u32, path: u32, value: u32) {
  state[word * slice.stride + path] = value;
}

// The state of a stream, in four words from `word` on.
fn kept_stream(word: u32, path: u32) -> vec4<u32> {
  return vec4<u32>(kept(word, path), kept(word + 1u, path), kept(word + 2u, path), kept(word + 3u, path));
}

fn keep_stream(word: u32, path: u32, s: vec4<u32>) {
  keep(word, path, s.x);
  keep(word + 1u, path, s.y);
  keep(word + 2u, path, s.z);
  keep(word + 3u, path, s.w);
}

// The same of the stream of residual cells, which is kept where the tables have them.
fn kept_residual(path: u32) -> vec4<u32> {
  if (has_residual) {
    return kept_stream(STATE_RESIDUAL, path);
  }
  return vec4<u32>();
}

fn keep_residual(path: u32, r: vec4<u32>) {
  if (has_residual) {
    keep_stream(STATE_RESIDUAL, path, r);
  }
}
