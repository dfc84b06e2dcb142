// Tasks of a site from their arrival to what they burn: those that wait are counted by entry and slot of arrival; none waits beyond its last feasible slot, and
// what would overflow the queue is dispatched as it arrives. Used by site.wgsl.
// Twin: src/engine/cpu/site-queue.ts. Needs site-draws.wgsl before it.

// Word w of invocation i in rings[w · stride + i]: SERVICE_RING words of what tasks in service will burn, QUEUE_RING words of least energies that are due, then
// bytes of those that wait, entry · QUEUE_RING + slot of arrival.
@group(0) @binding(7) var<storage, read_write> rings: array<u32>;

override has_queue: bool = false;
override distributed: bool = false;

// What a path keeps of its tasks. The first four are rows.
struct Queue {
  dispatched: i32,
  waited: i32,
  overflowed: i32,
  above_bound: i32,
  flags: u32,
  queued: u32,
  // Lumped energy dispatched in the slot at hand, and burned in it.
  energy: i32,
  burned: i32,
}

fn ring_place(word: u32, path: u32) -> u32 {
  return word * slice.stride + path;
}

// Begins a path: nothing is in service, nobody waits.
fn clear_rings(path: u32) {
  if (has_queue || distributed) {
    let ring = word_at(QUEUE_RING);
    let words = word_at(SERVICE_RING) + ring + (word_at(ENTRIES) * ring) / 4u;
    for (var i = 0u; i < words; i++) {
      rings[ring_place(i, path)] = 0u;
    }
  }
}

fn byte_of(entry: u32, slot: u32) -> u32 {
  return entry * word_at(QUEUE_RING) + slot;
}

fn byte_place(byte: u32, path: u32) -> u32 {
  return ring_place(word_at(SERVICE_RING) + word_at(QUEUE_RING) + byte / 4u, path);
}

fn waiting_at(byte: u32, path: u32) -> u32 {
  return (rings[byte_place(byte, path)] >> (8u * (byte & 3u))) & 0xffu;
}

fn dispatch(q: ptr<function, Queue>, entry: u32, wait: u32, count: u32, t: u32, path: u32) {
  let option = word_at(word_at(WAIT_OPTIONS_AT) + word_at(word_at(OPTIONS_AT) + entry) + wait);
  (*q).dispatched += i32(count);
  (*q).energy += i32(count) * signed_at(word_at(OPTION_ENERGY_AT) + option);
  if (distributed) {
    let first = word_at(word_at(OPTION_PROFILE_AT) + option);
    let length = word_at(word_at(OPTION_LENGTH_AT) + option);
    let mask = word_at(SERVICE_RING) - 1u;
    (*q).burned += i32(count) * signed_at(first);
    for (var j = 1u; j < length; j++) {
      rings[ring_place((t + j) & mask, path)] += count * word_at(first + j);
    }
  }
}

// Dispatches some that waited `wait` slots.
fn take(q: ptr<function, Queue>, entry: u32, wait: u32, count: u32, t: u32, path: u32) {
  if (count == 0u) {
    return;
  }
  let most = word_at(word_at(MOST_WAIT_AT) + entry);
  if (wait > most) {
    (*q).flags |= 1u;
  }
  let byte = byte_of(entry, (t - wait) & (word_at(QUEUE_RING) - 1u));
  rings[byte_place(byte, path)] -= count << (8u * (byte & 3u));
  (*q).queued -= count;
  (*q).waited += i32(wait * count);
  dispatch(q, entry, min(wait, most), count, t, path);
}

// Dispatches whoever has waited as long as may be.
fn dispatch_due(q: ptr<function, Queue>, t: u32, path: u32) {
  let mask = word_at(QUEUE_RING) - 1u;
  for (var i = 0u; i < word_at(WAITERS); i++) {
    let entry = word_at(word_at(WAITERS_AT) + i);
    let most = word_at(word_at(MOST_WAIT_AT) + entry);
    // Nobody may be left of the slot before.
    if (waiting_at(byte_of(entry, (t - most - 1u) & mask), path) != 0u) {
      (*q).flags |= 1u;
    }
    take(q, entry, most, waiting_at(byte_of(entry, (t - most) & mask), path), t, path);
  }
}

fn dispatch_all(q: ptr<function, Queue>, t: u32, path: u32) {
  let ring = word_at(QUEUE_RING);
  for (var i = 0u; i < word_at(WAITERS); i++) {
    let entry = word_at(word_at(WAITERS_AT) + i);
    for (var slot = 0u; slot < ring; slot += 4u) {
      // Four slots in a word; most are empty.
      if (rings[byte_place(byte_of(entry, slot), path)] != 0u) {
        for (var j = slot; j < slot + 4u; j++) {
          take(q, entry, (t - j) & (ring - 1u), waiting_at(byte_of(entry, j), path), t, path);
        }
      }
    }
  }
}

// Backpressure: the next due first, while the price of those that wait is above what the battery lacks of its target.
fn relieve(q: ptr<function, Queue>, level: i32, t: u32, path: u32) {
  let mask = word_at(QUEUE_RING) - 1u;
  let target_level = signed_at(POLICY_TARGET);
  let price = signed_at(POLICY_PRICE);
  for (var left = 1u; left <= mask; left++) {
    for (var i = 0u; i < word_at(WAITERS); i++) {
      let entry = word_at(word_at(WAITERS_AT) + i);
      let most = word_at(word_at(MOST_WAIT_AT) + entry);
      if (most >= left) {
        let wait = most - left;
        let byte = byte_of(entry, (t - wait) & mask);
        while (waiting_at(byte, path) > 0u) {
          let lack = target_level - level + (*q).energy;
          if (lack >= 0 && i32((*q).queued) <= lack / price) {
            return;
          }
          take(q, entry, wait, 1u, t, path);
        }
      }
    }
    if ((*q).queued == 0u) {
      return;
    }
  }
}

// Draws and takes the tasks of slot t; what is burned in it, quanta. `level` is the battery's at its start.
fn serve_slot(s: ptr<function, vec4<u32>>, q: ptr<function, Queue>, level: i32, t: u32, path: u32) -> i32 {
  (*q).energy = 0;
  (*q).burned = 0;
  if (distributed) {
    let now = ring_place(t & (word_at(SERVICE_RING) - 1u), path);
    (*q).burned = bitcast<i32>(rings[now]);
    rings[now] = 0u;
  }
  var arrivals = draw_count(s, t);
  if (!has_queue) {
    for (; arrivals > 0u; arrivals--) {
      dispatch(q, draw_entry(s), 0u, 1u, t, path);
    }
  } else {
    let mask = word_at(QUEUE_RING) - 1u;
    let due_at = word_at(SERVICE_RING);
    let now = ring_place(due_at + (t & mask), path);
    var least = signed_at_ring(now);
    rings[now] = 0u;
    if ((*q).queued > 0u) {
      dispatch_due(q, t, path);
    }
    for (; arrivals > 0u; arrivals--) {
      let entry = draw_entry(s);
      let most = word_at(word_at(MOST_WAIT_AT) + entry);
      let energy = word_at(word_at(LEAST_AT) + entry);
      if (most == 0u) {
        least += bitcast<i32>(energy);
        dispatch(q, entry, 0u, 1u, t, path);
      } else {
        rings[ring_place(due_at + ((t + most) & mask), path)] += energy;
        if ((*q).queued >= word_at(QUEUE_LIMIT)) {
          (*q).overflowed++;
          dispatch(q, entry, 0u, 1u, t, path);
        } else {
          let byte = byte_of(entry, t & mask);
          rings[byte_place(byte, path)] += 1u << (8u * (byte & 3u));
          (*q).queued++;
        }
      }
    }
    if ((*q).queued > 0u) {
      let policy = word_at(POLICY);
      if (policy == 2u && level >= signed_at(POLICY_LEVEL)) {
        dispatch_all(q, t, path);
      } else if (policy == 3u) {
        relieve(q, level, t, path);
      }
    }
    (*q).above_bound += (*q).energy - least;
    if ((*q).above_bound < 0) {
      (*q).flags |= 2u;
    }
  }
  return select((*q).energy, (*q).burned, distributed);
}

fn signed_at_ring(place: u32) -> i32 {
  return bitcast<i32>(rings[place]);
}
