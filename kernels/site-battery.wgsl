// The battery of a site in a slot: it leaks, is charged and wastes what does not fit, or delivers what is lacking. Used
// by site.wgsl and lumped-site.wgsl. Twin: the loop of src/engine/cpu/site.ts. Needs site-draws.wgsl before it.

// A battery and what is counted of it. Why the level is what it can still deliver, and what `above` is for: the twin.
struct Store {
  level: i32,
  // 1 where it holds more than whole quanta say.
  above: u32,
  auxiliary: i32,
  peak: i32,
  waste: i32,
  deficit_slots: i32,
  passage: i32,
  consumption: i32,
  // Of leak, charge, waste.
  leak_carry: u32,
  charge_carry: u32,
  waste_carry: u32,
}

fn leak_store(b: ptr<function, Store>) {
  let leak = word_at(LEAK);
  if (leak != 0u && (*b).level != 0) {
    var carry = (*b).leak_carry;
    (*b).level -= multiply_carry((*b).level, leak, &carry);
    (*b).leak_carry = carry;
    // What leaks is never all of it.
    (*b).above |= select(0u, 1u, (*b).level == 0);
  }
}

// Takes up a surplus: what is not offered, or does not fit, is wasted.
fn charge_store(b: ptr<function, Store>, net: i32, between: u32) {
  let charge = word_at(CHARGE);
  let offered = min(net, signed_at(CHARGE_LIMIT));
  let room = signed_at(CAPACITY) - (*b).level;
  var taken = offered;
  if (charge != 0u) {
    var carry = (*b).charge_carry;
    taken = multiply_carry(offered, charge, &carry);
    (*b).charge_carry = carry;
  }
  let over = max(0, taken - room);
  (*b).level += taken - over;
  let holds_more = select(0u, between, offered == net) | select(0u, 1u, net > 0 && (*b).level == 0);
  (*b).above = select((*b).above | holds_more, 0u, taken - over == room);
  var lost = over;
  if (over != 0 && charge != 0u) {
    var carry = (*b).waste_carry;
    lost += over * signed_at(CHARGE_LOSS_WHOLE) + multiply_carry(over, word_at(CHARGE_LOSS), &carry);
    (*b).waste_carry = carry;
  }
  (*b).waste += net - offered + lost;
}

// Delivers what is lacking, as far as charge and limit allow; the rest is auxiliary.
fn discharge_store(b: ptr<function, Store>, shortage: i32, between: u32, t: u32) {
  let wanted = min(shortage, signed_at(DISCHARGE_LIMIT));
  let delivered = min(wanted, (*b).level);
  (*b).level -= delivered;
  // What the limit lets through is no matter of what was harvested.
  (*b).above = select(0u, (*b).above | select(0u, between, wanted == shortage), delivered == wanted);
  let lacking = shortage - delivered;
  if (lacking > 0) {
    (*b).auxiliary += lacking;
    (*b).peak = max((*b).peak, lacking);
    (*b).deficit_slots++;
    if ((*b).passage == 0) {
      (*b).passage = i32(t + 1u);
    }
  }
}

// A row waits negated, as a minimum does (reduce.wgsl).
fn row(number: u32, path: u32) -> i32 {
  return -bitcast<i32>(kept(STATE_ROWS + number, path));
}

fn keep_row(number: u32, path: u32, value: i32) {
  keep(STATE_ROWS + number, path, bitcast<u32>(-value));
}
