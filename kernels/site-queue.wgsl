// Tasks of a site from their arrival to what they burn: those that wait are grouped by the slot in which they are due,
// their last feasible one; none waits beyond it, and what would overflow the queue is dispatched as it arrives. Used by
// site.wgsl. Twin: src/engine/cpu/site-queue.ts. Needs site-draws.wgsl before it.

// Word w of invocation i in rings[w · stride + i]; the words: siteRingWords of src/law/site-tables.ts. A task that
// waits is next of the same slot (8 bits), slot of arrival (10 bits), entry; a free number holds the next free one.
@group(0) @binding(7) var<storage, read_write> rings: array<u32>;

override has_queue: bool = false;
override distributed: bool = false;

// What a path keeps of its tasks. The first six are rows.
struct Queue {
  dispatched: i32,
  waited: i32,
  overflowed: i32,
  above_bound: i32,
  flags: u32,
  // Tasks that wait.
  queued: u32,
  // The least energy that those need, and what tasks in service have not burned yet, in fractions of a quantum.
  owed: u32,
  // The first free number that was used before, and the numbers used so far.
  free: u32,
  used: u32,
  // What the sums of energies dispatched, of least energies and of energies burned leave over of a quantum.
  energy_carry: u32,
  least_carry: u32,
  burned_carry: u32,
  // Lumped energy dispatched in the slot at hand, and burned in it, in fractions of a quantum.
  energy: u32,
  burned: u32,
}

// Whole quanta of an energy in fractions of a quantum; what is left over waits in `carry`.
fn whole_quanta(energy: u32, carry: ptr<function, u32>) -> i32 {
  let bits = word_at(FRACTION_BITS);
  let sum = *carry + energy;
  let whole = sum >> bits;
  *carry = sum - (whole << bits);
  return bitcast<i32>(whole);
}

// What is owed, whole quanta: with what was consumed, also in whole quanta, the sum of both.
fn owed_quanta(q: Queue) -> i32 {
  let carry = select(q.burned_carry, q.energy_carry, has_queue && !distributed);
  return bitcast<i32>((q.owed + carry) >> word_at(FRACTION_BITS));
}

// A path on which nothing was dispatched yet.
fn begin_queue(path: u32) -> Queue {
  let bits = word_at(FRACTION_BITS);
  let start = path_state(path, STREAM_STARTS).x;
  let carry = select(0u, start >> (32u - bits), bits > 0u);
  return Queue(0, 0, 0, 0, 0u, 0u, 0u, 0u, 0u, carry, carry, carry, 0u, 0u);
}

fn ring_place(word: u32, path: u32) -> u32 {
  return word * slice.stride + path;
}

// Begins a path: nothing is in service, nobody waits.
fn clear_rings(path: u32) {
  if (has_queue || distributed) {
    let ring = word_at(QUEUE_RING);
    // The tasks' own words are written before they are read.
    let words = word_at(SERVICE_RING) + ring + ring / 4u + ring / 32u;
    for (var i = 0u; i < words; i++) {
      rings[ring_place(i, path)] = 0u;
    }
  }
}

fn least_place(slot: u32, path: u32) -> u32 {
  return ring_place(word_at(SERVICE_RING) + slot, path);
}

fn first_place(slot: u32, path: u32) -> u32 {
  return ring_place(word_at(SERVICE_RING) + word_at(QUEUE_RING) + slot / 4u, path);
}

// The first of those that are due in a slot of the ring; 0 for none.
fn first_due(slot: u32, path: u32) -> u32 {
  return (rings[first_place(slot, path)] >> (8u * (slot & 3u))) & 0xffu;
}

// Bits of 32 slots of the ring: whether any task is due.
fn due_place(word: u32, path: u32) -> u32 {
  let ring = word_at(QUEUE_RING);
  return ring_place(word_at(SERVICE_RING) + ring + ring / 4u + word, path);
}

fn task_place(number: u32, path: u32) -> u32 {
  return due_place(word_at(QUEUE_RING) / 32u + number, path);
}

fn dispatch(q: ptr<function, Queue>, entry: u32, wait: u32, t: u32, path: u32) {
  let option = word_at(word_at(WAIT_OPTIONS_AT) + word_at(word_at(OPTIONS_AT) + entry) + wait);
  (*q).dispatched++;
  (*q).energy += word_at(word_at(OPTION_ENERGY_AT) + option);
  if (distributed) {
    let first = word_at(word_at(OPTION_PROFILE_AT) + option);
    let length = word_at(word_at(OPTION_LENGTH_AT) + option);
    let mask = word_at(SERVICE_RING) - 1u;
    (*q).burned += word_at(first);
    for (var j = 1u; j < length; j++) {
      rings[ring_place((t + j) & mask, path)] += word_at(first + j);
    }
  }
}

// Lets a task wait until slot `slot` of the ring.
fn enqueue(q: ptr<function, Queue>, entry: u32, slot: u32, t: u32, path: u32) {
  var number = (*q).free;
  if (number == 0u) {
    (*q).used++;
    number = (*q).used;
  } else {
    (*q).free = rings[task_place(number, path)];
  }
  let bytes = first_place(slot, path);
  let shift = 8u * (slot & 3u);
  let next = (rings[bytes] >> shift) & 0xffu;
  rings[task_place(number, path)] = (entry << 18u) | ((t & 0x3ffu) << 8u) | next;
  rings[bytes] += (number - next) << shift;
  rings[due_place(slot >> 5u, path)] |= 1u << (slot & 31u);
  (*q).queued++;
  (*q).owed += word_at(word_at(LEAST_AT) + entry);
}

// Dispatches the first of those that are due in slot `slot` of the ring.
fn take(q: ptr<function, Queue>, slot: u32, t: u32, path: u32) {
  let bytes = first_place(slot, path);
  let shift = 8u * (slot & 3u);
  let number = (rings[bytes] >> shift) & 0xffu;
  let place = task_place(number, path);
  let packed = rings[place];
  rings[place] = (*q).free;
  (*q).free = number;
  let next = packed & 0xffu;
  rings[bytes] -= (number - next) << shift;
  if (next == 0u) {
    rings[due_place(slot >> 5u, path)] &= ~(1u << (slot & 31u));
  }
  (*q).queued--;
  let entry = packed >> 18u;
  (*q).owed -= word_at(word_at(LEAST_AT) + entry);
  let wait = (t - (packed >> 8u)) & 0x3ffu;
  let most = word_at(word_at(MOST_WAIT_AT) + entry);
  if (wait > most) {
    (*q).flags |= VIOLATION_DEADLINE_MISSED;
  }
  (*q).waited += i32(wait);
  dispatch(q, entry, min(wait, most), t, path);
}

fn dispatch_all(q: ptr<function, Queue>, t: u32, path: u32) {
  for (var word = 0u; word < word_at(QUEUE_RING) / 32u; word++) {
    var bits = rings[due_place(word, path)];
    while (bits != 0u) {
      take(q, 32u * word + countTrailingZeros(bits), t, path);
      bits = rings[due_place(word, path)];
    }
  }
}

// Backpressure: the next due first, while the price of those that wait is above what the battery lacks of its target.
fn relieve(q: ptr<function, Queue>, level: i32, t: u32, path: u32) {
  let target_level = signed_at(POLICY_TARGET);
  let price = signed_at(POLICY_PRICE);
  // From the bit of the next slot on, around the ring: the first word twice, from its bit and up to it.
  let start = (t + 1u) & (word_at(QUEUE_RING) - 1u);
  let words = word_at(QUEUE_RING) / 32u;
  let tail = 0xffffffffu << (start & 31u);
  for (var i = 0u; i <= words; i++) {
    let word = ((start >> 5u) + i) & (words - 1u);
    var part = 0xffffffffu;
    if (i == 0u) {
      part = tail;
    } else if (i == words) {
      part = ~tail;
    }
    var bits = rings[due_place(word, path)] & part;
    while (bits != 0u) {
      let lack = target_level - level + bitcast<i32>((*q).energy >> word_at(FRACTION_BITS));
      if (lack >= 0 && i32((*q).queued) <= lack / price) {
        return;
      }
      take(q, 32u * word + countTrailingZeros(bits), t, path);
      bits = rings[due_place(word, path)] & part;
    }
  }
}

// Draws and takes the tasks of slot t; what is burned in it, quanta. `level` is the battery's at its start.
fn serve_slot(draws: ptr<function, Draws>, q: ptr<function, Queue>, level: i32, t: u32, path: u32) -> i32 {
  (*q).energy = 0u;
  (*q).burned = 0u;
  if (distributed) {
    let now = ring_place(t & (word_at(SERVICE_RING) - 1u), path);
    (*q).burned = rings[now];
    rings[now] = 0u;
  }
  var arrivals = draw_count(draws, t);
  if (!has_queue) {
    for (; arrivals > 0u; arrivals--) {
      dispatch(q, draw_entry(draws), 0u, t, path);
    }
  } else {
    let mask = word_at(QUEUE_RING) - 1u;
    let now = least_place(t & mask, path);
    var least = rings[now];
    rings[now] = 0u;
    // Nobody may be left of the slot before.
    if (first_due((t - 1u) & mask, path) != 0u) {
      (*q).flags |= VIOLATION_DEADLINE_MISSED;
    }
    while (first_due(t & mask, path) != 0u) {
      take(q, t & mask, t, path);
    }
    for (; arrivals > 0u; arrivals--) {
      let entry = draw_entry(draws);
      let most = word_at(word_at(MOST_WAIT_AT) + entry);
      let energy = word_at(word_at(LEAST_AT) + entry);
      if (most == 0u) {
        least += energy;
        dispatch(q, entry, 0u, t, path);
      } else {
        let due = (t + most) & mask;
        rings[least_place(due, path)] += energy;
        if ((*q).queued < word_at(QUEUE_LIMIT)) {
          enqueue(q, entry, due, t, path);
        } else {
          (*q).overflowed++;
          dispatch(q, entry, 0u, t, path);
        }
      }
    }
    if ((*q).queued > 0u) {
      let policy = word_at(POLICY);
      if (policy == POLICY_THRESHOLD && level >= signed_at(POLICY_LEVEL)) {
        dispatch_all(q, t, path);
      } else if (policy == POLICY_BACKPRESSURE) {
        relieve(q, level, t, path);
      }
    }
    var carry = (*q).least_carry;
    let due = whole_quanta(least, &carry);
    (*q).least_carry = carry;
    carry = (*q).energy_carry;
    let energy = whole_quanta((*q).energy, &carry);
    (*q).energy_carry = carry;
    (*q).above_bound += energy - due;
    if ((*q).above_bound < 0) {
      (*q).flags |= VIOLATION_BELOW_BOUND;
    }
    if (!distributed) {
      return energy;
    }
  }
  if (distributed) {
    (*q).owed += (*q).energy - (*q).burned;
  }
  var carry = (*q).burned_carry;
  let burned = whole_quanta(select((*q).energy, (*q).burned, distributed), &carry);
  (*q).burned_carry = carry;
  return burned;
}
