// The lumped walk for gpu.js on WebGL2, whole: every integer is a GLSL uint or int, which wrap exactly; gpu.js's own numbers are floats.
// Twin: src/engine/cpu/lumped.ts, kernels/lumped.wgsl. Layout of the arrays: src/engine/gpujs/arrays.ts. gpu.js declares the samplers user_* before this text.
// Gives four numbers, each below 2^16 + 1: deficits at two checkpoints in halves, the high ones one too high, so that 0 means: this never ran.

float parts_a_high; float parts_a_low; float parts_b_high; float parts_b_low;

float element(sampler2D array, ivec2 size, int i) {
  int texel = i >> 2;
  return texelFetch(array, ivec2(texel % size.x, texel / size.x), 0)[i & 3];
}
uint parameter_word(int i) {
  return uint(element(user_parameters, user_parametersSize, i)) | (uint(element(user_parameters, user_parametersSize, i + 1)) << 16u);
}
int parameter_int(int i) { return int(element(user_parameters, user_parametersSize, i)); }
float column_at(int i) { return element(user_columns, user_columnsSize, i); }
uint residual_at(int i) { return uint(element(user_residual, user_residualSize, i)); }

uint turned(uint x, uint n) { return (x << n) | (x >> (32u - n)); }
uvec2 mixed(uvec2 x, uint n) { uint sum = x.x + x.y; return uvec2(sum, turned(x.y, n) ^ sum); }

uvec4 threefry(uvec4 counter, uvec4 key) {
  uvec4 k = key;
  uint next = k.x ^ k.y ^ k.z ^ k.w ^ 0x1bd11bdau;
  uvec4 x = counter + k;
  for (uint s = 1u; s <= 5u; s++) {
    bool first_half = (s & 1u) == 1u;
    uvec2 a = mixed(x.xy, first_half ? 10u : 6u);
    uvec2 b = mixed(x.zw, first_half ? 26u : 20u);
    uvec2 c = mixed(uvec2(a.x, b.y), first_half ? 11u : 17u);
    uvec2 d = mixed(uvec2(b.x, a.y), first_half ? 21u : 11u);
    a = mixed(uvec2(c.x, d.y), first_half ? 13u : 25u);
    b = mixed(uvec2(d.x, c.y), first_half ? 27u : 10u);
    c = mixed(uvec2(a.x, b.y), first_half ? 23u : 18u);
    d = mixed(uvec2(b.x, a.y), first_half ? 5u : 20u);
    uint turn = k.x;
    k = uvec4(k.yzw, next);
    next = turn;
    x = uvec4(c.x, d.y, d.x, c.y) + k;
    x.w += s;
  }
  return x;
}

uint next_word(inout uvec4 words) {
  uint word = turned(words.x + words.w, 7u) + words.x;
  uint s2 = words.z ^ words.x;
  uint s3 = words.w ^ words.y;
  words = uvec4(words.x ^ s3, words.y ^ s2, s2 ^ (words.y << 9u), turned(s3, 11u));
  return word;
}

// Part 0 walks path `path` of the batch to the two checkpoints of pair `pair`; parts 1 to 3 are the other numbers of that walk, for a `path` that is part 0's
// result, so that nothing asks for them before.
float walk_path(float path, float pair, float part) {
  if (part > 2.5) { return parts_b_low; }
  if (part > 1.5) { return parts_b_high; }
  if (part > 0.5) { return parts_a_low; }
  uvec4 key = uvec4(parameter_word(0), parameter_word(2), parameter_word(4), parameter_word(6));
  uint low = parameter_word(8) + uint(path);
  uint high = parameter_word(10) + (low < uint(path) ? 1u : 0u);
  // Streams of increments and of residual cells: src/engine/purposes.ts.
  uvec4 increments = threefry(uvec4(low, high, 0u, 0u), key);
  uvec4 residual = threefry(uvec4(low, high, 1u, 0u), key);
  int level = int(parameter_word(12));
  int base = int(parameter_word(14));
  uint shift = uint(parameter_int(16));
  uint left = shift > 8u ? shift - 8u : 0u;
  uint right = shift < 8u ? 8u - shift : 0u;
  bool has_residual = parameter_int(17) == 1;
  int at = 18 + 4 * int(pair);
  uint first_end = parameter_word(at);
  uint last_end = parameter_word(at + 2);
  int least = 0;
  int least_first = 0;
  uint t = 0u;
  for (; t < last_end; t++) {
    uint word = next_word(increments);
    uint column = word >> 20u;
    uint entry = uint(column_at(int(column)));
    uint cell = ((word >> 8u) & 0xfffu) < (entry >> 12u) ? column : entry & 0xfffu;
    uint jitter = word & 0xffu;
    int step_ = base + int((cell << shift) + ((jitter << left) >> right));
    if (has_residual) {
      uint second = next_word(residual);
      if (cell == 4095u) {
        int place = int(second >> 20u);
        uint packed_low = residual_at(place);
        uint packed_high = residual_at(4096 + place);
        uint packed_ = packed_low | (packed_high << 16u);
        int chosen = (second & 0xfffffu) < (packed_ >> 12u) ? place : int(packed_ & 0xfffu);
        uint wide = residual_at(16384 + chosen);
        uint point = wide >= 8u ? jitter << (wide - 8u) : jitter >> (8u - wide);
        step_ = int((residual_at(8192 + chosen) | (residual_at(12288 + chosen) << 16u)) + point);
      }
    }
    level += step_;
    least = min(least, level);
    if (t + 1u == first_end) least_first = least;
  }
  uint a = uint(-least_first);
  uint b = uint(-least);
  // A loop that was cut short must not look like a result.
  float alive = t == last_end ? 1.0 : -65536.0;
  parts_a_high = float(a >> 16u) + alive;
  parts_a_low = float(a & 0xffffu);
  parts_b_high = float(b >> 16u) + alive;
  parts_b_low = float(b & 0xffffu);
  return parts_a_high;
}
