/** The random stream against published vectors and an independent generator, on the processor and in WGSL. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { host } from '#host';
import streamSource from '../../kernels/stream.wgsl';
import { PURPOSE } from '../../src/engine/purposes.js';
import { nextWord, pathState, threefry4x32 } from '../../src/engine/stream.js';
import type { AdapterHandle } from '../../src/host/contract.js';
import { streamKey } from '../../src/engine/stream-key.js';
import { openDevice } from '../../src/engine/webgpu/device.js';
import type { Device } from '../../src/engine/webgpu/device.js';
import { runKernel } from './device-kernel.js';

/** Counter, key and answer of each line. */
const vectors = readFileSync(new URL('threefry.kat.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => line.split('|').map((part) => Uint32Array.from(part.trim().split(' '), (word) => parseInt(word, 16))));

/**
 * First outputs of xoshiro128++ from the state {1, 2, 3, 4}: the authors' C code
 * (prng.di.unimi.it/xoshiro128plusplus.c), run independently; the same numbers stand in the tests of the Rust crate
 * rand_xoshiro.
 */
const XOSHIRO = [
  641, 1573767, 3222811527, 3517856514, 836907274, 4247214768, 3867114732, 1355841295, 495546011, 621204420,
];

/**
 * xoshiro128++ in 64-bit-safe big integers, written from the paper (Blackman and Vigna 2021, fig. 5) and not from the
 * product.
 */
function* xoshiroPlain(seed: ArrayLike<number>): Generator<number> {
  const mask = 0xffff_ffffn;
  const rotate = (x: bigint, k: bigint): bigint => ((x << k) | (x >> (32n - k))) & mask;
  let [a, b, c, d] = Array.from(seed, BigInt);
  for (;;) {
    yield Number((rotate((a + d) & mask, 7n) + a) & mask);
    const t = (b << 9n) & mask;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = rotate(d, 11n);
  }
}

function take(generator: Generator<number>, count: number): number[] {
  return Array.from({ length: count }, () => generator.next().value as number);
}

test('the vectors are read whole', () => {
  expect(vectors.map((vector) => vector.map((part) => part.length))).toEqual(Array(3).fill([4, 4, 4]));
});

describe('on the processor', () => {
  test.each(vectors)('Threefry4x32-20 of %s under %s', (counter, key, answer) => {
    expect(threefry4x32(counter, key)).toEqual(answer);
  });

  test('xoshiro128++ gives the words of its authors', () => {
    const state = Uint32Array.of(1, 2, 3, 4);
    expect(XOSHIRO.map(() => nextWord(state))).toEqual(XOSHIRO);
    expect(take(xoshiroPlain([1, 2, 3, 4]), XOSHIRO.length)).toEqual(XOSHIRO);
  });

  test('a path counts in 64 bits and agrees with the plain generator', () => {
    const key = streamKey('a seed');
    for (const path of [0, 1, 2 ** 32 - 1, 2 ** 32, 2 ** 40 - 1]) {
      const state = pathState(key, path, PURPOSE.harvest);
      expect(state).toEqual(threefry4x32([path % 2 ** 32, Math.floor(path / 2 ** 32), 4, 0], key));
      const plain = take(xoshiroPlain(state), 100);
      expect(Array.from({ length: 100 }, () => nextWord(state))).toEqual(plain);
    }
  });
});

describe('in WGSL on the software adapter', () => {
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

  test('Threefry4x32-20 gives the published answers', async () => {
    const code = `${streamSource}
      @group(0) @binding(0) var<storage, read> given: array<vec4<u32>>;
      @group(0) @binding(1) var<storage, read_write> answers: array<vec4<u32>>;
      @compute @workgroup_size(1) fn main(@builtin(global_invocation_id) id: vec3<u32>) {
        answers[id.x] = threefry4x32(given[2u * id.x], given[2u * id.x + 1u]);
      }`;
    const given = Uint32Array.from(vectors.flatMap(([counter, key]) => [...counter, ...key]));
    const out = await runKernel(
      device,
      { name: 'threefry test', entryPoint: 'main', code },
      {},
      [{ words: given }, { words: new Uint32Array(4 * vectors.length) }],
      vectors.length,
    );
    expect(out).toEqual(Uint32Array.from(vectors.flatMap(([, , answer]) => [...answer])));
  });

  test('xoshiro128++ gives the words of its authors, and those of the plain generator from 64 other states', async () => {
    const words = 40;
    const code = `${streamSource}
      @group(0) @binding(0) var<storage, read> seeds: array<vec4<u32>>;
      @group(0) @binding(1) var<storage, read_write> words: array<u32>;
      @compute @workgroup_size(1) fn main(@builtin(global_invocation_id) id: vec3<u32>) {
        var s = seeds[id.x];
        for (var i = 0u; i < ${words}u; i++) { words[id.x * ${words}u + i] = next_word(&s); }
      }`;
    const key = streamKey('states');
    const states = [
      Uint32Array.of(1, 2, 3, 4),
      ...Array.from({ length: 64 }, (_, path) => threefry4x32([path, 0, 0, 0], key)),
    ];
    const out = await runKernel(
      device,
      { name: 'xoshiro test', entryPoint: 'main', code },
      {},
      [{ words: Uint32Array.from(states.flatMap((s) => [...s])) }, { words: new Uint32Array(words * states.length) }],
      states.length,
    );
    expect([...out.subarray(0, XOSHIRO.length)]).toEqual(XOSHIRO);
    states.forEach((state, i) => {
      expect([...out.subarray(i * words, (i + 1) * words)]).toEqual(take(xoshiroPlain(state), words));
    });
  });
});
