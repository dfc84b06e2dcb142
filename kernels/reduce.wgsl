// Reduces the running minima of a batch, at one checkpoint, to exact integers: zeros, ΣD and ΣD² in 16-bit limbs, bins.
// Twin: src/engine/reduce.ts. Limbs stay below 2^16 a workgroup, so that 65,535 workgroups fit before they must be read.

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
  // Word of `partials` at which the horizon's 16 + 4096 words begin.
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
// The segment of each workgroup.
@group(0) @binding(4) var<storage, read> segment_of: array<u32>;

override workgroup_size: u32 = 256u;
// The word of the path state that is reduced, negated there.
override state_word: u32 = 5u;

// Copies of each sum while it is gathered: 32, one for each lane of a subgroup, so that lanes side by side do not wait for each other; or 1, for
// processors that play a GPU, whose lanes take turns anyway.
override copies: u32 = 32u;
// Words from one sum to the next: the copies, if there are several, and then the whole; odd, so that two sums' copies lie in different banks.
override apart: u32 = copies + (copies >> 5u);

// Sums of one workgroup: zeros, D in two halves, D² in four.
var<workgroup> sums: array<atomic<u32>, 7u * apart>;

// The whole of a sum.
fn whole(sum: u32) -> u32 {
  return atomicLoad(&sums[sum * apart + apart - 1u]);
}

@compute @workgroup_size(workgroup_size)
fn reduce(
  @builtin(global_invocation_id) id: vec3<u32>,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let row = rows[reduction.first_row + segment_of[group.x]];
  let copy = lane % copies;
  if (id.x - row.first_group * workgroup_size < row.paths) {
    let d = 0u - state[state_word * reduction.stride + id.x];
    if (d == 0u) {
      atomicAdd(&sums[copy], 1u);
    } else {
      let low = d & 0xffffu;
      let high = d >> 16u;
      atomicAdd(&sums[apart + copy], low);
      atomicAdd(&sums[2u * apart + copy], high);
      // D² = ll + 2·lh·2^16 + hh·2^32, each product cut into 16-bit halves; a sum of 256 terms stays below 2^27.
      let ll = low * low;
      let lh = low * high;
      let hh = high * high;
      atomicAdd(&sums[3u * apart + copy], ll & 0xffffu);
      atomicAdd(&sums[4u * apart + copy], (ll >> 16u) + 2u * (lh & 0xffffu));
      atomicAdd(&sums[5u * apart + copy], 2u * (lh >> 16u) + (hh & 0xffffu));
      atomicAdd(&sums[6u * apart + copy], hh >> 16u);
      let octave = u32(max(0, 24 - i32(countLeadingZeros(d))));
      let linear = select((d - row.offset) >> (row.shift & 31u), 0u, d <= row.offset);
      let bin = select(linear, (octave << 7u) + (d >> octave), row.shift == 32u);
      atomicAdd(&partials[row.at + 16u + min(bin, 4095u)], 1u);
    }
  }
  workgroupBarrier();
  if (copies > 1u) {
    // Eight lanes for each sum, four copies for each lane.
    if (lane < 56u) {
      let sum = lane >> 3u;
      let first = sum * apart + (lane & 7u);
      let part = atomicLoad(&sums[first]) + atomicLoad(&sums[first + 8u])
        + atomicLoad(&sums[first + 16u]) + atomicLoad(&sums[first + 24u]);
      atomicAdd(&sums[sum * apart + apart - 1u], part);
    }
    workgroupBarrier();
  }
  if (lane == 0u) {
    add_limbs(row.at, whole(0u), 0u, 0u, 0u, 1u);
    add_limbs(row.at + 1u, whole(1u), whole(2u), 0u, 0u, 3u);
    add_limbs(row.at + 4u, whole(3u), whole(4u), whole(5u), whole(6u), 6u);
  }
}

// Adds a number given by sums of weight 2^0, 2^16, 2^32, 2^48 to `count` limbs from word `first` on, carries settled.
fn add_limbs(first: u32, a: u32, b: u32, c: u32, d: u32, count: u32) {
  var parts = array<u32, 6>(a, b, c, d, 0u, 0u);
  var carry = 0u;
  for (var i = 0u; i < count; i++) {
    let sum = parts[i] + carry;
    carry = sum >> 16u;
    if ((sum & 0xffffu) != 0u) {
      atomicAdd(&partials[first + i], sum & 0xffffu);
    }
  }
}
