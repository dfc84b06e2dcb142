// Reduces the running minima of a batch, at one checkpoint, to exact integers: zeros, ΣD and ΣD² in 16-bit limbs, bins.
// Twin: src/engine/reduce.ts. What a workgroup adds to a limb for a segment stays below 2^16, so that 65,535 additions
// fit before they must be read.

struct Reduction {
  // First of the rows that are reduced here: one for each segment of the batch (slot.wgsl).
  first_row: u32,
  // Invocations of the walk: word w of the state of invocation i is state[w · stride + i].
  stride: u32,
}

// What of one segment goes where.
struct Row {
  paths: u32,
  first_group: u32,
  // Word of `partials` at which the horizon's words begin: HEADER_WORDS, then 4096.
  at: u32,
  // Bins: (D − offset) >> shift; logarithmic, 128 to an octave, where shift is 32.
  offset: u32,
  shift: u32,
}

@group(0) @binding(0) var<uniform> reduction: Reduction;
@group(0) @binding(1) var<storage, read> state: array<u32>;
// Zeros; ΣD limbs 1–3; ΣD² limbs 4–9; six words free; then the bins.
@group(0) @binding(2) var<storage, read_write> partials: array<atomic<u32>>;
@group(0) @binding(3) var<storage, read> rows: array<Row>;
// For each workgroup, the segment of which it reduces a part, and the first of that part's workgroups of the walk.
@group(0) @binding(4) var<storage, read> parts: array<vec2<u32>>;

override workgroup_size: u32 = 256u;
// The word of the path state that is reduced, negated there.
override state_word: u32 = 0u;

// Workgroups of the walk in a part at most, reduced one after the other: at most 16, so that sums fit.
override together: u32 = 16u;
// Whether bins are counted in workgroup memory first: a GPU adds to neighbours in memory at once, but to scattered
// places one by one. Processors that play a GPU gain nothing.
override local_bins: bool = true;
// Copies of each sum while it is gathered: 32, one for each lane of a subgroup, so that lanes side by side do not wait
// for each other; or 1, for processors that play a GPU, whose lanes take turns anyway.
override copies: u32 = 32u;
// Words from one sum to the next: the copies, if there are several, and then the whole; odd, so that two sums' copies
// lie in different banks. This and the sizes are the host's to compute (src/engine/webgpu/reduction.ts): some compilers
// of WGSL take no expression of overrides for them.
override apart: u32 = 33u;
// Seven sums.
override sum_words: u32 = 231u;
// 2048, or 1 where bins are not counted here.
override bin_words: u32 = 2048u;

// Sums of the part: zeros, D in two halves, D² in four.
var<workgroup> sums: array<atomic<u32>, sum_words>;
// Counts of 16 bits: bin i in the low half of word i, bin 2048 + i in its high half.
var<workgroup> bins: array<atomic<u32>, bin_words>;

// The sums of one invocation, in the order of `sums`.
struct Sums {
  zeros: u32,
  low: u32,
  high: u32,
  square_0: u32,
  square_16: u32,
  square_32: u32,
  square_48: u32,
}

// Barriers are here alone, outside of every branch and loop: FXC refuses others (kernels/README.md).
@compute @workgroup_size(workgroup_size)
fn reduce(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let part = parts[group.x];
  let row = rows[reduction.first_row + part.x];
  var own = Sums();
  for (var i = 0u; i < together; i++) {
    let place = (part.y + i) * workgroup_size + lane;
    // Beyond the segment's end as well: what follows is another one's.
    if (place - row.first_group * workgroup_size < row.paths) {
      add(&own, row, 0u - state[state_word * reduction.stride + place]);
    }
  }
  gather(lane % copies, own);
  workgroupBarrier();
  if (local_bins) {
    add_bins(row.at + HEADER_WORDS, lane);
  }
  if (copies > 1u) {
    add_copies(lane);
  }
  workgroupBarrier();
  if (lane == 0u) {
    add_limbs(row.at, whole(0u), 0u, 0u, 0u, 1u);
    add_limbs(row.at + 1u, whole(1u), whole(2u), 0u, 0u, 3u);
    add_limbs(row.at + 4u, whole(3u), whole(4u), whole(5u), whole(6u), 6u);
  }
}

fn add(own: ptr<function, Sums>, row: Row, d: u32) {
  if (d == 0u) {
    (*own).zeros += 1u;
    return;
  }
  let low = d & 0xffffu;
  let high = d >> 16u;
  // D² = ll + 2·lh·2^16 + hh·2^32, each product cut into 16-bit halves; a sum of 4096 terms stays below 2^31.
  let ll = low * low;
  let lh = low * high;
  let hh = high * high;
  (*own).low += low;
  (*own).high += high;
  (*own).square_0 += ll & 0xffffu;
  (*own).square_16 += (ll >> 16u) + 2u * (lh & 0xffffu);
  (*own).square_32 += 2u * (lh >> 16u) + (hh & 0xffffu);
  (*own).square_48 += hh >> 16u;
  let octave = u32(max(0, 24 - i32(countLeadingZeros(d))));
  let linear = select((d - row.offset) >> (row.shift & 31u), 0u, d <= row.offset);
  let bin = min(select(linear, (octave << 7u) + (d >> octave), row.shift == 32u), 4095u);
  if (local_bins) {
    atomicAdd(&bins[bin & 2047u], select(1u, 0x10000u, bin > 2047u));
  } else {
    atomicAdd(&partials[row.at + HEADER_WORDS + bin], 1u);
  }
}

// Adds the sums of one invocation to a copy of the part's.
fn gather(copy: u32, own: Sums) {
  atomicAdd(&sums[copy], own.zeros);
  atomicAdd(&sums[apart + copy], own.low);
  atomicAdd(&sums[2u * apart + copy], own.high);
  atomicAdd(&sums[3u * apart + copy], own.square_0);
  atomicAdd(&sums[4u * apart + copy], own.square_16);
  atomicAdd(&sums[5u * apart + copy], own.square_32);
  atomicAdd(&sums[6u * apart + copy], own.square_48);
}

// Adds the counts of the part to the partials' bins from word `first` on.
fn add_bins(first: u32, lane: u32) {
  for (var i = lane; i < bin_words; i += workgroup_size) {
    let counts = atomicLoad(&bins[i]);
    if ((counts & 0xffffu) != 0u) {
      atomicAdd(&partials[first + i], counts & 0xffffu);
    }
    if ((counts >> 16u) != 0u) {
      atomicAdd(&partials[first + 2048u + i], counts >> 16u);
    }
  }
}

// Makes a whole of the 32 copies of each sum: eight lanes for each, four copies for each lane.
fn add_copies(lane: u32) {
  if (lane < 56u) {
    let sum = lane >> 3u;
    let first = sum * apart + (lane & 7u);
    let part = atomicLoad(&sums[first]) + atomicLoad(&sums[first + 8u])
      + atomicLoad(&sums[first + 16u]) + atomicLoad(&sums[first + 24u]);
    atomicAdd(&sums[sum * apart + apart - 1u], part);
  }
}

// The whole of a sum.
fn whole(sum: u32) -> u32 {
  return atomicLoad(&sums[sum * apart + apart - 1u]);
}

// Adds a number given by sums of weight 2^0, 2^16, 2^32, 2^48 to `count` limbs from word `first` on, carries settled.
fn add_limbs(first: u32, a: u32, b: u32, c: u32, d: u32, count: u32) {
  var sums_of = array<u32, 6>(a, b, c, d, 0u, 0u);
  var carry = 0u;
  for (var i = 0u; i < count; i++) {
    let sum = sums_of[i] + carry;
    carry = sum >> 16u;
    if ((sum & 0xffffu) != 0u) {
      atomicAdd(&partials[first + i], sum & 0xffffu);
    }
  }
}
