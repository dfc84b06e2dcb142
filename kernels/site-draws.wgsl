// What a site draws in a slot: the weather, the place in its factors or its trace, tasks, the harvest. Used by site.wgsl.
// Twin: src/engine/cpu/site-draws.ts. Order and layout of the words: src/law/site-tables.ts, whose constants come first. Needs stream.wgsl, slot.wgsl and
// fraction.wgsl before it.

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
  weather: u32,
  // Of the autoregression.
  normal: i32,
  // What is added to the place in the factors: where the path's trace began, or its block.
  shift: u32,
  carry: u32,
}

// The state that row `row` of the thresholds leads to.
fn next_state(s: ptr<function, vec4<u32>>, row: u32) -> u32 {
  let states = word_at(STATES);
  let at = word_at(WEATHER_AT) + row * states;
  let word = next_word(s) >> 1u;
  var state = 0u;
  while (state + 1u < states && word >= word_at(at + state)) {
    state++;
  }
  return state;
}

// A value of the trace where blocks may begin.
fn drawn_place(s: ptr<function, vec4<u32>>) -> u32 {
  return multiply_high(next_word(s), word_at(ALIGN_PLACES)) * word_at(ALIGN_VALUES);
}

// A lattice point drawn from the columns of a state; takes two words where there are residual cells.
fn draw_cell(s: ptr<function, vec4<u32>>, state: u32) -> i32 {
  let cells = word_at(CELLS_AT) + 2u * state;
  let width = word_at(cells + 1u);
  let word = next_word(s);
  let column = word >> 20u;
  let packed = word_at(word_at(COLUMNS_AT) + 4096u * state + column);
  let cell = select(packed & 0xfffu, column, ((word >> 8u) & 0xfffu) < (packed >> 12u));
  let jitter = word & 0xffu;
  let inside = (jitter << (max(width, 8u) - 8u)) >> (8u - min(width, 8u));
  var point = signed_at(cells) + bitcast<i32>((cell << width) + inside);
  if (has_residual) {
    let second = next_word(s);
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

fn begin_draws(s: ptr<function, vec4<u32>>) -> Draws {
  var draws = Draws(0u, 0, 0u, 0u);
  if (word_at(WEATHER_DRAWN) != 0u) {
    draws.weather = next_state(s, 0u);
  }
  if (word_at(START_DRAWN) != 0u) {
    draws.shift = drawn_place(s);
  }
  if (harvest_mode == 3u) {
    draws.normal = draw_cell(s, 0u) << 8u;
  }
  return draws;
}

// What changes before slot t: the weather, a bootstrap's block.
fn turn_slot(s: ptr<function, vec4<u32>>, draws: ptr<function, Draws>, t: u32) {
  if (t == 0u) {
    return;
  }
  if (word_at(WEATHER_DRAWN) != 0u) {
    if (t % word_at(WEATHER_SLOTS) == 0u) {
      (*draws).weather = next_state(s, 1u + (*draws).weather);
    }
  }
  let block = word_at(BLOCK_SLOTS);
  if (block != 0u) {
    if (t % block == 0u) {
      let values = word_at(FACTOR_VALUES);
      let now = (t / word_at(FACTOR_SLOTS)) % values;
      (*draws).shift = (drawn_place(s) + values - now) % values;
    }
  }
}

// Tasks that arrive in slot t.
fn draw_count(s: ptr<function, vec4<u32>>, t: u32) -> u32 {
  let value = (t / word_at(ARRIVAL_SLOTS)) % word_at(ARRIVAL_VALUES);
  let counts = word_at(COUNTS_AT) + (word_at(word_at(ARRIVALS_AT) + value) << 8u);
  var arrivals = 0u;
  for (var d = word_at(COUNT_DRAWS); d > 0u; d--) {
    let word = next_word(s);
    let column = word >> 24u;
    let packed = word_at(counts + column);
    arrivals += select(packed & 0xffu, column, (word & 0xffffffu) < (packed >> 8u));
  }
  return arrivals;
}

// The entry of one task.
fn draw_entry(s: ptr<function, vec4<u32>>) -> u32 {
  let bits = word_at(ENTRY_BITS);
  let word = next_word(s);
  let column = word >> (32u - bits);
  let packed = word_at(word_at(ENTRY_COLUMNS_AT) + column);
  return select(packed & ((1u << bits) - 1u), column, (word & (0xffffffffu >> bits)) < (packed >> bits));
}

// The harvest of slot t, quanta.
fn draw_harvest(s: ptr<function, vec4<u32>>, draws: ptr<function, Draws>, t: u32) -> i32 {
  if (harvest_mode == 0u) {
    return draw_cell(s, 0u);
  }
  let weather = (*draws).weather;
  let values = word_at(FACTOR_VALUES);
  let place = ((t / word_at(FACTOR_SLOTS)) % values + (*draws).shift) % values;
  let factor = word_at(word_at(FACTORS_AT) + place * word_at(STATES) + weather);
  if (harvest_mode == 2u) {
    return bitcast<i32>(factor);
  }
  var own = 0;
  if (harvest_mode == 1u) {
    own = max(0, draw_cell(s, weather));
  } else {
    let fresh = draw_cell(s, 0u) << 8u;
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
