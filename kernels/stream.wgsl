// The random streams of a path: Threefry4x32-20 of the path's number and a purpose's under the seed's key seeds
// xoshiro128++. Twin: src/engine/stream.ts. Vectors: test/engine/threefry.kat.txt. Declares no bindings. The purposes'
// numbers, STREAM_…, are generated from src/engine/purposes.ts.

fn rotate_left(x: u32, n: u32) -> u32 {
  return (x << n) | (x >> (32u - n));
}

fn mix(x: vec2<u32>, n: u32) -> vec2<u32> {
  let sum = x.x + x.y;
  return vec2<u32>(sum, rotate_left(x.y, n) ^ sum);
}

// Twenty rounds as five times four: loops and scalars rather than tables, which some compilers are slow with.
fn threefry4x32(counter: vec4<u32>, k: vec4<u32>) -> vec4<u32> {
  // The key schedule turns: injection s adds words s, s + 1, s + 2, s + 3 (mod 5).
  var key = k;
  var next = k.x ^ k.y ^ k.z ^ k.w ^ 0x1bd11bdau;
  var x = counter + k;
  for (var s = 1u; s <= 5u; s++) {
    let first_half = (s & 1u) == 1u;
    var a = mix(x.xy, select(6u, 10u, first_half));
    var b = mix(x.zw, select(20u, 26u, first_half));
    var c = mix(vec2<u32>(a.x, b.y), select(17u, 11u, first_half));
    var d = mix(vec2<u32>(b.x, a.y), select(11u, 21u, first_half));
    a = mix(vec2<u32>(c.x, d.y), select(25u, 13u, first_half));
    b = mix(vec2<u32>(d.x, c.y), select(10u, 27u, first_half));
    c = mix(vec2<u32>(a.x, b.y), select(18u, 23u, first_half));
    d = mix(vec2<u32>(b.x, a.y), select(20u, 5u, first_half));
    let turned = key.x;
    key = vec4<u32>(key.yzw, next);
    next = turned;
    x = vec4<u32>(c.x, d.y, d.x, c.y) + key;
    x.w += s;
  }
  return x;
}

// Advances a xoshiro128++ state and returns its word.
fn next_word(s: ptr<function, vec4<u32>>) -> u32 {
  let word = rotate_left((*s).x + (*s).w, 7u) + (*s).x;
  let s2 = (*s).z ^ (*s).x;
  let s3 = (*s).w ^ (*s).y;
  *s = vec4<u32>((*s).x ^ s3, (*s).y ^ s2, s2 ^ ((*s).y << 9u), rotate_left(s3, 11u));
  return word;
}
