// The tasks of one slot: how many arrive, and each one's entry (its energy and its service profile). Used by tasks.wgsl and proof.wgsl.
// Twin: src/engine/cpu/batch.ts. Order and layout of the words: src/law/task-tables.ts. Needs slot.wgsl before it, whose draw_step draws the
// harvest here.

struct Tasks {
  count_draws: u32,
  entry_bits: u32,
  // Future slots kept for a path, less one: a power of two less one.
  ring_mask: u32,
  // Quanta taken from each slot's consumption before it is summed, and those planted in an injection; proof.wgsl alone reads the two.
  centre: i32,
  planted: i32,
}

@group(0) @binding(4) var<uniform> tasks: Tasks;
// 256 columns of the count; then, 2^entry_bits words each: columns of the entries, energies, first words and lengths of profiles; then the profiles.
@group(0) @binding(5) var<storage, read> task_tables: array<u32>;
// What tasks in service will burn: slot t of a path in word (t & ring_mask) · paths + path. One word where consumption is lumped.
@group(0) @binding(6) var<storage, read_write> future: array<u32>;

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
    for (var i = 0u; i <= tasks.ring_mask; i++) {
      future[i * walk.paths + path] = 0u;
    }
  }
}

// Draws the tasks of slot t.
fn draw_batch(s: ptr<function, vec4<u32>>, t: u32, path: u32) -> Consumption {
  var arrivals = 0u;
  for (var d = 0u; d < tasks.count_draws; d++) {
    let word = next_word(s);
    let column = word >> 24u;
    let packed = task_tables[column];
    arrivals += select(packed & 0xffu, column, (word & 0xffffffu) < (packed >> 8u));
  }
  let bits = tasks.entry_bits;
  let entries = 256u + (1u << bits);
  let rest = 0xffffffffu >> bits;
  var lumped = 0u;
  var burned = 0u;
  if (distributed) {
    let now = (t & tasks.ring_mask) * walk.paths + path;
    burned = future[now];
    future[now] = 0u;
  }
  for (; arrivals > 0u; arrivals--) {
    let word = next_word(s);
    let column = word >> (32u - bits);
    let packed = task_tables[256u + column];
    let entry = select(packed & ((1u << bits) - 1u), column, (word & rest) < (packed >> bits));
    lumped += task_tables[entries + entry];
    if (distributed) {
      let first = task_tables[entries + (1u << bits) + entry];
      let length = task_tables[entries + (2u << bits) + entry];
      burned += task_tables[first];
      for (var j = 1u; j < length; j++) {
        future[((t + j) & tasks.ring_mask) * walk.paths + path] += task_tables[first + j];
      }
    }
  }
  return Consumption(bitcast<i32>(lumped), bitcast<i32>(burned));
}
