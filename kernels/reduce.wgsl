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

// Sums of one workgroup: zeros, D in two halves, D² in four.
var<workgroup> sums: array<atomic<u32>, 7>;
// The same as they are gathered: 32 copies of each, one for each lane of a subgroup, so that lanes side by side do not wait for each other; 33
// words apart, so that the copies of two sums lie in different banks.
var<workgroup> copies: array<atomic<u32>, 231>;

@compute @workgroup_size(workgroup_size)
fn reduce(
  @builtin(global_invocation_id) id: vec3<u32>,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let row = rows[reduction.first_row + segment_of[group.x]];
  let copy = lane & 31u;
  if (id.x - row.first_group * workgroup_size < row.paths) {
    let d = 0u - state[state_word * reduction.stride + id.x];
    if (d == 0u) {
      atomicAdd(&copies[copy], 1u);
    } else {
      let low = d & 0xffffu;
      let high = d >> 16u;
      atomicAdd(&copies[33u + copy], low);
      atomicAdd(&copies[66u + copy], high);
      // D² = ll + 2·lh·2^16 + hh·2^32, each product cut into 16-bit halves; a sum of 256 terms stays below 2^27.
      let ll = low * low;
      let lh = low * high;
      let hh = high * high;
      atomicAdd(&copies[99u + copy], ll & 0xffffu);
      atomicAdd(&copies[132u + copy], (ll >> 16u) + 2u * (lh & 0xffffu));
      atomicAdd(&copies[165u + copy], 2u * (lh >> 16u) + (hh & 0xffffu));
      atomicAdd(&copies[198u + copy], hh >> 16u);
      let octave = u32(max(0, 24 - i32(countLeadingZeros(d))));
      let linear = select((d - row.offset) >> (row.shift & 31u), 0u, d <= row.offset);
      let bin = select(linear, (octave << 7u) + (d >> octave), row.shift == 32u);
      atomicAdd(&partials[row.at + 16u + min(bin, 4095u)], 1u);
    }
  }
  workgroupBarrier();
  // Eight lanes for each sum, four copies for each lane.
  for (var i = lane; i < 56u; i += workgroup_size) {
    let sum = i >> 3u;
    let first = 33u * sum + (i & 7u);
    let part = atomicLoad(&copies[first]) + atomicLoad(&copies[first + 8u])
      + atomicLoad(&copies[first + 16u]) + atomicLoad(&copies[first + 24u]);
    atomicAdd(&sums[sum], part);
  }
  workgroupBarrier();
  if (lane == 0u) {
    add_limbs(row.at, atomicLoad(&sums[0]), 0u, 0u, 0u, 1u);
    add_limbs(row.at + 1u, atomicLoad(&sums[1]), atomicLoad(&sums[2]), 0u, 0u, 3u);
    add_limbs(row.at + 4u, atomicLoad(&sums[3]), atomicLoad(&sums[4]), atomicLoad(&sums[5]), atomicLoad(&sums[6]), 6u);
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
