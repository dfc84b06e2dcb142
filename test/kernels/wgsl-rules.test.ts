/** The kernels keep to what every compiler of WGSL takes; each rule finds what it is for. */
import { describe, expect, test } from 'vitest';
import { KERNELS } from '../../src/engine/webgpu/kernels.js';
import { RULES } from './wgsl-rules.js';

/** What breaks each rule, in the order of the rules, and how often. */
const BROKEN: readonly (readonly [string, number])[] = [
  [
    `fn flush(lane: u32) { workgroupBarrier(); if (lane == 0u) { sums[0] = 0u; } }
     @compute @workgroup_size(256) fn main(@builtin(local_invocation_index) lane: u32) {
       for (var g = begin; g < end; g++) { if (next != segment) { flush(lane); } }
       flush(lane);
       if (lane > 4u) { return; }
       workgroupBarrier();
     }`,
    2,
  ],
  [
    `var<workgroup> sums: array<atomic<u32>, 7u * apart>;
     var<workgroup> kinds: array<vec4<u32>, 1u << kind_bits>;
     var<workgroup> bins: array<u32, select(1u, 2048u, local_bins)>;
     var<workgroup> right: array<atomic<u32>, bin_words>;
     struct Columns { words: array<u32, 4096>, }
     @group(0) @binding(1) var<storage, read> core: array<Columns>;`,
    3,
  ],
  [`const A: u32 = 7u;\noverride b: u32 = select(1u, 2048u, local_bins);\noverride c: u32 = A + 1u;`, 2],
  [`enable f16;\nfn a(x: u32) -> u32 { let half = 0.5; return subgroupAdd(x); }`, 3],
  [`fn a(p: ptr<storage, u32>, q: ptr<function, u32>) {}\nfn b() { c(&s.x); d(&s[1]); atomicAdd(&sums[1], 1u); }`, 3],
  [`fn a(q: ptr<function, Queue>) { q.energy = 0u; (*q).burned = 0u; b(q); }`, 1],
  [`fn a() { var parts = array<u32, 6>(); for (var i = 0u; i < 6u; i++) { parts[i] += 1u; parts[2] = parts[i]; } }`, 1],
];

describe.each(RULES.map((rule, i) => ({ ...rule, broken: BROKEN[i] })))('$name ($source)', ({ findings, broken }) => {
  test('finds what breaks it', () => {
    expect(findings(broken[0])).toHaveLength(broken[1]);
  });

  test.each(Object.entries(KERNELS))('%s', (_, { code }) => {
    expect(findings(code)).toEqual([]);
  });
});
