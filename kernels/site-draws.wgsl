// What a site draws in a slot: the weather, the place in its factors or its trace, tasks, the harvest. Used by
// site.wgsl. Twin: src/engine/cpu/site-draws.ts. Order and layout of the words: src/law/site-tables.ts, whose constants
// come first. Needs stream.wgsl, slot.wgsl and fraction.wgsl before it.

// Of each job, from word walk.tasks_at on: the header and what it points to.
@group(0) @binding(6) var<storage, read> tables: array<u32>;

// HARVEST_MODE of src/law/site-tables.ts.
override harvest_mode: u32 = 0u;

fn word_at(i: u32) -> u32 {
  return tables[walk.tasks_at + i];
}

fn signed_at(i: u32) -> i32 {
  return bitcast<i32>(tables[walk.tasks_at + i]);
}

// What a path keeps of its draws from slot to slot.
struct Draws {
  harvest: vec4<u32>,
  residual: vec4<u32>,
  arrivals: vec4<u32>,
  kinds: vec4<u32>,
  weather_changes: vec4<u32>,
  blocks: vec4<u32>,
  weather: u32,
  // Of the autoregression.
  normal: i32,
  // What is added to the place in the factors: where the path's trace began, or its block.
  shift: u32,
  carry: u32,
  // 1 where what was harvested lies between lattice points, however few quanta it has.
  between: u32,
}

// The state to which a word leads by row `row` of the thresholds.
fn weather_of(drawn: u32, row: u32) -> u32 {
  let states = word_at(STATES);
  let at = word_at(WEATHER_AT) + row * states;
  let word = drawn >> 1u;
  var state = 0u;
  while (state + 1u < states && word >= word_at(at + state)) {
    state++;
  }
  return state;
}

// A value of the trace where blocks may begin.
fn place_of(word: u32) -> u32 {
  return multiply_high(word, word_at(ALIGN_PLACES)) * word_at(ALIGN_VALUES);
}

// The lattice point that a word names in the columns of a state, with the stream of residual cells where there are any.
fn cell_point(word: u32, r: ptr<function, vec4<u32>>, state: u32) -> i32 {
  let cells = word_at(CELLS_AT) + 2u * state;
  let width = word_at(cells + 1u);
  let column = word >> 20u;
  let packed = word_at(word_at(COLUMNS_AT) + 4096u * state + column);
  let cell = select(packed & 0xfffu, column, ((word >> 8u) & 0xfffu) < (packed >> 12u));
  let jitter = word & 0xffu;
  let inside = (jitter << (max(width, 8u) - 8u)) >> (8u - min(width, 8u));
  var point = signed_at(cells) + bitcast<i32>((cell << width) + inside);
  if (has_residual) {
    let second = next_word(r);
    if (cell == 4095u) {
      let residual_at = word_at(RESIDUAL_AT) + 12288u * state;
      let place = second >> 20u;
      let entry = word_at(residual_at + place);
      let chosen = residual_at + select(entry & 0xfffu, place, (second & 0xfffffu) < (entry >> 12u));
      let wide = word_at(chosen + 8192u);
      let fine = select(jitter >> (8u - min(wide, 8u)), jitter << (max(wide, 8u) - 8u), wide >= 8u);
      point = bitcast<i32>(word_at(chosen + 4096u) + fine);
    }
  }
  return point;
}

fn draw_cell(draws: ptr<function, Draws>, state: u32) -> i32 {
  var s = (*draws).harvest;
  var r = (*draws).residual;
  let point = cell_point(next_word(&s), &r, state);
  (*draws).harvest = s;
  (*draws).residual = r;
  return point;
}

// Begins path `path` of the segment.
fn begin_draws(path: u32) -> Draws {
  let starts = path_state(path, STREAM_STARTS);
  var draws = Draws(
    path_state(path, STREAM_HARVEST),
    residual_state(path),
    path_state(path, STREAM_ARRIVALS),
    path_state(path, STREAM_KINDS),
    path_state(path, STREAM_WEATHER),
    path_state(path, STREAM_BLOCKS),
    0u,
    0,
    0u,
    HALF,
    1u,
  );
  if (word_at(WEATHER_DRAWN) != 0u) {
    draws.weather = weather_of(starts.z, 0u);
  }
  if (word_at(START_DRAWN) != 0u) {
    draws.shift = place_of(starts.y);
  }
  if (harvest_mode == HARVEST_COPULA) {
    var r = draws.residual;
    draws.normal = cell_point(starts.w, &r, 0u) << 8u;
    draws.residual = r;
  }
  return draws;
}

// What changes before slot t: the weather, a bootstrap's block.
fn turn_slot(draws: ptr<function, Draws>, t: u32) {
  if (t == 0u) {
    return;
  }
  if (word_at(WEATHER_DRAWN) != 0u) {
    if (t % word_at(WEATHER_SLOTS) == 0u) {
      var s = (*draws).weather_changes;
      (*draws).weather = weather_of(next_word(&s), 1u + (*draws).weather);
      (*draws).weather_changes = s;
    }
  }
  let block = word_at(BLOCK_SLOTS);
  if (block != 0u) {
    if (t % block == 0u) {
      let values = word_at(FACTOR_VALUES);
      let now = (t / word_at(FACTOR_SLOTS)) % values;
      var s = (*draws).blocks;
      (*draws).shift = (place_of(next_word(&s)) + values - now) % values;
      (*draws).blocks = s;
    }
  }
}

// Tasks that arrive in slot t.
fn draw_count(draws: ptr<function, Draws>, t: u32) -> u32 {
  var s = (*draws).arrivals;
  let value = (t / word_at(ARRIVAL_SLOTS)) % word_at(ARRIVAL_VALUES);
  let counts = word_at(COUNTS_AT) + (word_at(word_at(ARRIVALS_AT) + value) << 8u);
  var arrivals = 0u;
  for (var d = word_at(COUNT_DRAWS); d > 0u; d--) {
    let word = next_word(&s);
    let column = word >> 24u;
    let packed = word_at(counts + column);
    arrivals += select(packed & 0xffu, column, (word & 0xffffffu) < (packed >> 8u));
  }
  (*draws).arrivals = s;
  return arrivals;
}

// The entry of one task.
fn draw_entry(draws: ptr<function, Draws>) -> u32 {
  let bits = word_at(ENTRY_BITS);
  var s = (*draws).kinds;
  let word = next_word(&s);
  (*draws).kinds = s;
  let column = word >> (32u - bits);
  let packed = word_at(word_at(ENTRY_COLUMNS_AT) + column);
  return select(packed & ((1u << bits) - 1u), column, (word & (0xffffffffu >> bits)) < (packed >> bits));
}

// The harvest of slot t, quanta.
fn draw_harvest(draws: ptr<function, Draws>, t: u32) -> i32 {
  if (harvest_mode == HARVEST_TABLE) {
    return draw_cell(draws, 0u);
  }
  let weather = (*draws).weather;
  let values = word_at(FACTOR_VALUES);
  let place = ((t / word_at(FACTOR_SLOTS)) % values + (*draws).shift) % values;
  let factor = word_at(word_at(FACTORS_AT) + place * word_at(STATES) + weather);
  if (harvest_mode == HARVEST_TRACE) {
    (*draws).between = factor >> 31u;
    return bitcast<i32>(factor & 0x7fffffffu);
  }
  (*draws).between = select(1u, 0u, factor == 0u);
  var own = 0;
  if (harvest_mode == HARVEST_FACTORS) {
    own = max(0, draw_cell(draws, weather));
  } else {
    let fresh = draw_cell(draws, 0u) << 8u;
    let normal = multiply_high_signed((*draws).normal, word_at(CORRELATION)) + multiply_high_signed(fresh, word_at(INNOVATION));
    (*draws).normal = normal;
    let point = bitcast<u32>(clamp(normal + (1 << 28u), 0, (1 << 29u) - 1));
    let at = word_at(QUANTILES_AT) + weather * 4097u + (point >> 17u);
    let below = word_at(at);
    own = bitcast<i32>(below + multiply_high(word_at(at + 1u) - below, point << 15u));
  }
  var carry = (*draws).carry;
  let harvest = multiply_carry(own, factor, &carry);
  (*draws).carry = carry;
  return harvest;
}
