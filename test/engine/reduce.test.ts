/** The reduction, on the processor and on the device, against plain big-integer sums. */
import seedrandom from 'seedrandom';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { host } from '#host';
import { Reducer, plainSums } from '../../src/engine/reduce.js';
import { openWasmKernels } from '../../src/engine/cpu/wasm.js';
import type { AdapterHandle } from '../../src/host/contract.js';
import { BIN_COUNT, emptyPartials } from '../../src/engine/partials.js';
import type { BinLayout, HorizonLayout, Partials } from '../../src/engine/partials.js';
import { openDevice } from '../../src/engine/webgpu/device.js';
import type { Device } from '../../src/engine/webgpu/device.js';
import { STATE } from '../../src/engine/kernels/state.js';
import { KERNELS, WORKGROUP_SIZE } from '../../src/engine/webgpu/kernels.js';
import { HORIZON_WORDS, addDevicePartials } from '../../src/engine/webgpu/limbs.js';
import { PART_WORDS, REDUCTION_FORMS, reductionConstants, reductionParts } from '../../src/engine/webgpu/reduction.js';
import { runKernel } from './device-kernel.js';

/** The words of each horizon. */
const rowsOf = (words: Uint32Array): Uint32Array[] =>
  Array.from({ length: words.length / HORIZON_WORDS }, (_, row) =>
    words.subarray(row * HORIZON_WORDS, (row + 1) * HORIZON_WORDS),
  );

const MOST = 2 ** 31 - 1;

const opened = openWasmKernels();
if (opened === undefined) throw new Error('Node has WebAssembly SIMD');
const kernels = opened;

function random(seed: string, count: number, most: number): Int32Array {
  const next = seedrandom(seed);
  return Int32Array.from({ length: count }, () => (next() < 0.2 ? 0 : Math.floor(next() * (most + 1))));
}

const SAMPLES: { name: string; deficits: Int32Array; bins: BinLayout }[] = [
  { name: 'all zero', deficits: new Int32Array(1000), bins: { offset: 0, shift: 0 } },
  { name: 'all 2^31 − 1', deficits: new Int32Array(3000).fill(MOST), bins: { offset: 0, shift: 19 } },
  { name: 'the whole range', deficits: random('range', 5000, MOST), bins: { offset: 0, shift: 19 } },
  { name: 'clamped at both ends', deficits: random('clamp', 5000, MOST), bins: { offset: 2 ** 30, shift: 10 } },
  {
    name: 'small deficits in bins of one quantum',
    deficits: random('small', 5000, 4200),
    bins: { offset: 3, shift: 0 },
  },
  { name: 'bins of the widest kind', deficits: random('wide', 700, MOST), bins: { offset: 0, shift: 31 } },
  {
    name: 'around the halves',
    deficits: Int32Array.of(1, 65_535, 65_536, 65_537, 131_071, MOST - 65_535, MOST, 0),
    bins: { offset: 65_536, shift: 4 },
  },
];

/** By definition (partials.ts), one path at a time. */
function plain(layout: HorizonLayout, deficits: Int32Array): Partials {
  const partials = emptyPartials([layout]);
  const [horizon] = partials.horizons;
  const { offset, shift } = layout.bins;
  for (const d of deficits) {
    horizon.count += 1;
    if (d === 0) {
      horizon.zeros += 1;
      continue;
    }
    horizon.sum += BigInt(d);
    horizon.sumOfSquares += BigInt(d) * BigInt(d);
    horizon.histogram[Math.min(BIN_COUNT - 1, Math.max(0, Math.floor((d - offset) / 2 ** shift)))] += 1;
  }
  return partials;
}

describe.each(SAMPLES)('$name', ({ deficits, bins }) => {
  const layout = { slots: 7, bins };
  const expected = plain(layout, deficits);

  test.each([
    ['WebAssembly', kernels.sums],
    ['TypeScript', plainSums],
  ])('on the processor, in one piece and in many: %s', (_, sums) => {
    for (const piece of [deficits.length, 512, 3]) {
      const reducer = new Reducer([layout], sums);
      for (let i = 0; i < deficits.length; i += piece) {
        const part = deficits.slice(i, i + piece);
        reducer.add(part, part.length, part.length);
      }
      expect(reducer.finish()).toEqual(expected);
    }
  });

  test.each([
    ['as on a processor that plays a GPU', REDUCTION_FORMS.software],
    ['as on a GPU', REDUCTION_FORMS.gpu],
  ])('on the device, %s', async (_, form) => {
    const n = deficits.length;
    const groups = Math.ceil(n / WORKGROUP_SIZE);
    const state = new Uint32Array(STATE.lumped.words * n);
    deficits.forEach((d, i) => (state[STATE.lumped.at.least * n + i] = -d >>> 0));
    const parts = reductionParts([{ walk: 0, firstPath: 0, paths: n, firstGroup: 0, groups }], form);
    const words = await runKernel(
      device,
      KERNELS.reduce,
      reductionConstants(form, STATE.lumped.at.least),
      [
        { words: Uint32Array.of(0, n), uniform: true },
        { words: state },
        { words: new Uint32Array(HORIZON_WORDS) },
        { words: Uint32Array.of(n, 0, 0, bins.offset, bins.shift) },
        { words: parts },
      ],
      parts.length / PART_WORDS,
      2,
    );
    const partials = emptyPartials([layout]);
    addDevicePartials(partials, rowsOf(words), n);
    expect(partials).toEqual(expected);
  });
});

test('on the device, several jobs side by side, some larger than a part of the reduction', async () => {
  const layout = { slots: 7, bins: { offset: 0, shift: 19 } };
  const parts = [300, 256, 1, 700, 16 * 256 * 2 + 100].map((count, i) => random(`part ${i}`, count, MOST));
  const sizes = parts.map((part) => Math.ceil(part.length / WORKGROUP_SIZE));
  const first = sizes.map((_, i) => sizes.slice(0, i).reduce((sum, size) => sum + size, 0));
  const groups = first[4] + sizes[4];
  const segments = parts.map(({ length: paths }, walk) => {
    return { walk, firstPath: 0, paths, firstGroup: first[walk], groups: sizes[walk] };
  });
  const form = REDUCTION_FORMS.gpu;
  const reduced = reductionParts(segments, form);
  // Four jobs of one part each, and one of three: in order, the segment and where its part begins.
  expect([...reduced]).toEqual([0, 0, 1, 2, 2, 3, 3, 4, 4, 7, 4, 23, 4, 39]);
  const stride = groups * WORKGROUP_SIZE;
  const state = new Uint32Array(STATE.lumped.words * stride).fill(-1);
  parts.forEach((part, i) => {
    part.forEach((d, j) => (state[STATE.lumped.at.least * stride + first[i] * WORKGROUP_SIZE + j] = -d >>> 0));
  });
  const rows = parts.flatMap((part, i) => [part.length, first[i], i * HORIZON_WORDS, 0, 19]);
  const words = await runKernel(
    device,
    KERNELS.reduce,
    reductionConstants(form, STATE.lumped.at.least),
    [
      { words: Uint32Array.of(0, stride), uniform: true },
      { words: state },
      { words: new Uint32Array(parts.length * HORIZON_WORDS) },
      { words: Uint32Array.from(rows) },
      { words: reduced },
    ],
    reduced.length / PART_WORDS,
    2,
  );
  parts.forEach((part, i) => {
    const partials = emptyPartials([layout]);
    addDevicePartials(partials, rowsOf(words.subarray(i * HORIZON_WORDS)), part.length);
    expect(partials).toEqual(plain(layout, part));
  });
});

test('sums stay exact past the flush at 2^20 paths, at several horizons with a stride', () => {
  const layouts = [1, 2].map((slots) => ({ slots, bins: { offset: 0, shift: 19 } }));
  const reducer = new Reducer(layouts, kernels.sums);
  const block = new Int32Array(2 * 70_000);
  block.fill(MOST, 0, 70_000);
  block.fill(MOST - 1, 70_000);
  const rounds = 16;
  for (let i = 0; i < rounds; i++) reducer.add(block, 69_999, 70_000);
  const partials = reducer.finish();
  const n = BigInt(rounds * 69_999);
  expect(n).toBeGreaterThan(2n ** 20n);
  partials.horizons.forEach((horizon, h) => {
    const d = BigInt(MOST - h);
    expect([horizon.count, horizon.sum, horizon.sumOfSquares]).toEqual([Number(n), n * d, n * d * d]);
  });
});

test('the limbs of as many workgroups as are added before they are read do not overflow', () => {
  // 65,535 additions of at most 2^16 − 1 each to a word (kernels/reduce.wgsl), put back together.
  const words = new Uint32Array(HORIZON_WORDS).fill(0);
  const most = 65_535 * 65_535;
  expect(most).toBeLessThan(2 ** 32);
  words.fill(most, 1, 10);
  const partials = emptyPartials([{ slots: 1, bins: { offset: 0, shift: 0 } }]);
  addDevicePartials(partials, rowsOf(words), 5);
  const value = (count: number): bigint => {
    let sum = 0n;
    for (let i = 0; i < count; i++) sum = sum * 65_536n + BigInt(most);
    return sum;
  };
  expect(partials.horizons[0].sum).toBe(value(3));
  expect(partials.horizons[0].sumOfSquares).toBe(value(6));
});

let handle: AdapterHandle;
let device: Device;
beforeAll(async () => {
  handle = await host.requestAdapter('software');
  device = await openDevice(handle);
});
afterAll(() => {
  device.destroy();
  handle.release();
});
