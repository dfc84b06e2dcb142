// The tasks of one slot: how many arrive, and each one's entry (its energy and its service profile). Used by
// tasks.wgsl, tasks-rounds.wgsl and proof.wgsl. Twin: src/engine/cpu/task-slots.ts. Layout of the words:
// src/law/task-tables.ts. Needs slot.wgsl and state.wgsl before it; slot.wgsl's draw_step draws the harvest here.

// Of each job, from word walk.tasks_at on: 256 columns of the count; then, 2^entry_bits words each: columns of the
// entries, energies, first words (within the whole buffer) and lengths of profiles; then the profiles. Energies and
// profiles are in units of 2^-fraction_bits quanta.
@group(0) @binding(6) var<storage, read> task_tables: array<u32>;
// What tasks in service will burn: slot t of a path in word (t & ring_mask) · stride + invocation. One word where
// consumption is lumped.
@group(0) @binding(7) var<storage, read_write> future: array<u32>;

// Whether consumption over the service is kept at all.
override distributed: bool = true;

// What a path draws from, task by task, and the fractions of a quantum that its consumptions leave over.
struct Streams {
  harvest: vec4<u32>,
  residual: vec4<u32>,
  arrivals: vec4<u32>,
  kinds: vec4<u32>,
  lumped_carry: u32,
  burned_carry: u32,
}

fn begin_streams(path: u32) -> Streams {
  let start = path_state(path, STREAM_STARTS).x;
  let carry = select(0u, start >> (32u - walk.fraction_bits), walk.fraction_bits > 0u);
  return Streams(
    path_state(path, STREAM_HARVEST),
    residual_state(path),
    path_state(path, STREAM_ARRIVALS),
    path_state(path, STREAM_KINDS),
    carry,
    carry,
  );
}

// Streams between slices.
fn kept_streams(path: u32) -> Streams {
  return Streams(
    kept_stream(STATE_HARVEST, path),
    kept_residual(path),
    kept_stream(STATE_ARRIVALS, path),
    kept_stream(STATE_KINDS, path),
    kept(STATE_LUMPED_CARRY, path),
    kept(STATE_BURNED_CARRY, path),
  );
}

fn keep_streams(path: u32, streams: Streams) {
  keep_stream(STATE_HARVEST, path, streams.harvest);
  keep_stream(STATE_ARRIVALS, path, streams.arrivals);
  keep_stream(STATE_KINDS, path, streams.kinds);
  keep(STATE_LUMPED_CARRY, path, streams.lumped_carry);
  keep(STATE_BURNED_CARRY, path, streams.burned_carry);
  keep_residual(path, streams.residual);
}

// Consumption of one slot, whole quanta.
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

// Whole quanta of an energy in fractions of a quantum; what is left over waits in `carry`.
fn whole_quanta(energy: u32, carry: ptr<function, u32>) -> i32 {
  let sum = *carry + energy;
  let whole = sum >> walk.fraction_bits;
  *carry = sum - (whole << walk.fraction_bits);
  return bitcast<i32>(whole);
}

// How many tasks arrive in a slot.
fn draw_arrivals(s: ptr<function, vec4<u32>>) -> u32 {
  var arrivals = 0u;
  // Loops count down: WebGPU counts the rounds of others besides (kernels/README.md).
  for (var draws = walk.count_draws; draws > 0u; draws--) {
    let word = next_word(s);
    let column = word >> 24u;
    let packed = task_tables[walk.tasks_at + column];
    arrivals += select(packed & 0xffu, column, (word & 0xffffffu) < (packed >> 8u));
  }
  return arrivals;
}

// Draws the tasks of slot t.
fn draw_batch(streams: ptr<function, Streams>, t: u32, path: u32) -> Consumption {
  var s = (*streams).arrivals;
  let arrivals = draw_arrivals(&s);
  (*streams).arrivals = s;
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
  s = (*streams).kinds;
  for (var left = arrivals; left > 0u; left--) {
    let word = next_word(&s);
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
  (*streams).kinds = s;
  var carry = (*streams).lumped_carry;
  let whole = whole_quanta(lumped, &carry);
  (*streams).lumped_carry = carry;
  carry = (*streams).burned_carry;
  let spread = whole_quanta(burned, &carry);
  (*streams).burned_carry = carry;
  return Consumption(whole, spread);
}

// Draws a slot's harvest, quanta.
fn draw_harvest(streams: ptr<function, Streams>) -> i32 {
  var s = (*streams).harvest;
  var r = (*streams).residual;
  let harvest = draw_step(&s, &r);
  (*streams).harvest = s;
  (*streams).residual = r;
  return harvest;
}
