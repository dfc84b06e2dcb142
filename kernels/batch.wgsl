// The tasks of one slot: how many arrive, and each one's entry (its energy and its service profile). Used by tasks.wgsl and proof.wgsl.
// Twin: src/engine/cpu/batch.ts. Order and layout of the words: src/law/task-tables.ts. Needs slot.wgsl before it, whose draw_step draws the
// harvest here.

// Of each job, from word walk.tasks_at on: 256 columns of the count; then, 2^entry_bits words each: columns of the entries, energies, first words
// (within the whole buffer) and lengths of profiles; then the profiles.
@group(0) @binding(6) var<storage, read> task_tables: array<u32>;
// What tasks in service will burn: slot t of a path in word (t & ring_mask) · stride + invocation. One word where consumption is lumped.
@group(0) @binding(7) var<storage, read_write> future: array<u32>;

// Whether consumption over the service is kept at all.
override distributed: bool = true;

// Consumption of one slot, quanta.
struct Consumption {
  // The whole energy of the tasks that arrived.
  lumped: i32,
  // What the tasks in service burn.
  burned: i32,
}

// Begins a path: no task is in service.
fn clear_future(path: u32) {
  if (distributed) {
    for (var i = 0u; i <= slice.ring_mask; i++) {
      future[i * slice.stride + path] = 0u;
    }
  }
}

// Draws the tasks of slot t.
fn draw_batch(s: ptr<function, vec4<u32>>, t: u32, path: u32) -> Consumption {
  var arrivals = 0u;
  // Loops count down: WebGPU counts the rounds of others besides (kernels/README.md).
  for (var draws = walk.count_draws; draws > 0u; draws--) {
    let word = next_word(s);
    let column = word >> 24u;
    let packed = task_tables[walk.tasks_at + column];
    arrivals += select(packed & 0xffu, column, (word & 0xffffffu) < (packed >> 8u));
  }
  let bits = walk.entry_bits;
  let kinds = walk.tasks_at + 256u;
  let entries = kinds + (1u << bits);
  let rest = 0xffffffffu >> bits;
  var lumped = 0u;
  var burned = 0u;
  if (distributed) {
    let now = (t & slice.ring_mask) * slice.stride + path;
    burned = future[now];
    future[now] = 0u;
  }
  for (var left = arrivals; left > 0u; left--) {
    let word = next_word(s);
    let column = word >> (32u - bits);
    let packed = task_tables[kinds + column];
    let entry = select(packed & ((1u << bits) - 1u), column, (word & rest) < (packed >> bits));
    lumped += task_tables[entries + entry];
    if (distributed) {
      let first = task_tables[entries + (1u << bits) + entry];
      let length = task_tables[entries + (2u << bits) + entry];
      burned += task_tables[first];
      for (var j = length - 1u; j > 0u; j--) {
        future[((t + j) & slice.ring_mask) * slice.stride + path] += task_tables[first + j];
      }
    }
  }
  return Consumption(bitcast<i32>(lumped), bitcast<i32>(burned));
}
