// The task-resolved walk with lumped accounting, for GPUs: the walk of tasks.wgsl, bit for bit, in an order that keeps
// the lanes of a subgroup together. A lane whose slot has few tasks does not wait for those whose slot has many: in
// each round every lane draws up to a few tasks of its own slot, and then those without tasks left finish theirs. What
// a task needs is one load: its kind's threshold and both energies, in workgroup memory. Twin: src/engine/cpu/tasks.ts.
// Needs stream.wgsl, columns-storage.wgsl, slot.wgsl, state.wgsl and batch.wgsl before it.

override workgroup_size: u32 = 256u;
// The entry_bits of every segment.
override kind_bits: u32 = 4u;
// 2 to that power: some compilers of WGSL take no expression for the size of an array.
override kind_columns: u32 = 16u;
// Tasks of a round: 4 to 6 were the fastest at 5 tasks a slot.
override round: u32 = 5u;

// Columns of the number of tasks of a slot.
var<workgroup> counts: array<u32, 256>;
// Of each column of the entries: its threshold on top of zeros, its own energy, its alias's energy.
var<workgroup> kinds: array<vec4<u32>, kind_columns>;

// Every invocation of the workgroup must call this, in uniform control flow.
fn load_kinds(lane: u32) {
  for (var i = lane; i < 256u; i += workgroup_size) {
    counts[i] = task_tables[walk.tasks_at + i];
  }
  let columns = walk.tasks_at + 256u;
  let energies = columns + kind_columns;
  for (var i = lane; i < kind_columns; i += workgroup_size) {
    let alias_of = task_tables[columns + i] & (kind_columns - 1u);
    kinds[i] = vec4<u32>(
      task_tables[columns + i] - alias_of,
      task_tables[energies + i],
      task_tables[energies + alias_of],
      0u,
    );
  }
  workgroupBarrier();
}

// Draws how many tasks arrive in a slot.
fn draw_count(s: ptr<function, vec4<u32>>) -> u32 {
  var arrivals = 0u;
  for (var draws = walk.count_draws; draws > 0u; draws--) {
    let word = next_word(s);
    let column = word >> 24u;
    let packed = counts[column];
    arrivals += select(packed & 0xffu, column, (word & 0xffffffu) < (packed >> 8u));
  }
  return arrivals;
}

@compute @workgroup_size(workgroup_size)
fn tasks_rounds(
  @builtin(global_invocation_id) id: vec3<u32>,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let number = begin_segment(group.x, id.x, workgroup_size);
  load_kinds(lane);
  if (number >= walk.paths) {
    return;
  }
  let path = id.x;
  var streams: Streams;
  var level: i32;
  var least: i32;
  if (slice.slot_begin == 0u) {
    streams = begin_streams(number);
    level = walk.initial;
    least = 0;
    clear_future(path);
  } else {
    streams = kept_streams(path);
    level = bitcast<i32>(kept(STATE_LEVEL, path));
    least = bitcast<i32>(kept(STATE_LEAST, path));
  }
  var harvest_stream = streams.harvest;
  var residual_stream = streams.residual;
  var arrivals_stream = streams.arrivals;
  var kinds_stream = streams.kinds;
  var carry = streams.lumped_carry;
  var slots = slice.slot_end - slice.slot_begin;
  var arrivals = draw_count(&arrivals_stream);
  var burned = 0u;
  // Counts down, and never to its end: WebGPU counts the rounds of other loops besides (kernels/README.md).
  for (var rounds = 0xffffffffu; rounds > 0u; rounds--) {
    for (var i = 0u; i < round; i++) {
      if (arrivals > 0u) {
        let word = next_word(&kinds_stream);
        let kind = kinds[word >> (32u - kind_bits)];
        burned += select(kind.z, kind.y, (word << kind_bits) < kind.x);
        arrivals--;
      }
    }
    if (arrivals == 0u) {
      level += draw_step(&harvest_stream, &residual_stream) - whole_quanta(burned, &carry);
      least = min(least, level);
      burned = 0u;
      slots--;
      if (slots == 0u) {
        break;
      }
      arrivals = draw_count(&arrivals_stream);
    }
  }
  keep_streams(path, Streams(harvest_stream, residual_stream, arrivals_stream, kinds_stream, carry, 0u));
  keep(STATE_LEVEL, path, bitcast<u32>(level));
  keep(STATE_LEAST, path, bitcast<u32>(least));
}
