import { describe, expect, it } from 'vitest';
import { Band, convolveBand } from '../../src/numeric/band.js';
import { Convolver } from '../../src/numeric/convolver.js';

/** A sequence that anybody can make again. */
function sequence(length: number, seed: number): Float64Array {
  let state = seed;
  return Float64Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  });
}

/** Σ_j x[j] kernel[i − j], periodically. */
function direct(kernel: Float64Array, x: Float64Array, i: number, size: number): number {
  let sum = 0;
  x.forEach((value, j) => (sum += value * (kernel[(i - j + size) % size] ?? 0)));
  return sum;
}

/** Σ_d x[i − d] weights[before + d]. */
function moved(weights: Float64Array, before: number, x: Float64Array, i: number): number {
  let sum = 0;
  weights.forEach((weight, k) => (sum += weight * (x[i - (k - before)] ?? 0)));
  return sum;
}

const SIZES = [8, 16, 32, 64, 128, 1024, 2048, 4096, 8192, 2 ** 15];

describe.each([
  ['WebAssembly', (size: number) => Convolver.of(size)],
  ['plain', (size: number) => Convolver.plain(size)],
])('%s', (_, of) => {
  it.each(SIZES)('convolves two sequences of %i values as the sums say', (size) => {
    const convolver = of(size);
    const values = sequence(size, 1);
    const sequences = [sequence(size, 2), sequence(size, 3)];
    const kernel = convolver.kernel(values);
    const parts = convolver.parts();
    parts.forEach((part, k) => {
      part.set(sequences[k]);
    });
    convolver.convolve(kernel);
    for (const i of [0, 1, 2, 5, size / 2 - 1, size / 2, size - 1]) {
      parts.forEach((part, k) => {
        const off = Math.abs(part[i] - direct(values, sequences[k], i, size));
        // Rounding: tens of ulp of the root of the sum of squares.
        expect(off, `${k}: [${i}]`).toBeLessThan(1e-14 * Math.sqrt(size));
      });
    }
  });

  it('takes a kernel at hand for none but itself', () => {
    const convolver = of(16);
    // More kernels than are kept, each a multiple of the identity, in an order that finds some of them again.
    const kernels = Array.from({ length: 7 }, (_value, k) => convolver.kernel(Float64Array.of(k + 1)));
    for (const k of [0, 1, 2, 3, 4, 5, 6, 0, 6, 6, 2, 3, 1, 0]) {
      const [re, im] = convolver.parts();
      re.fill(1);
      im.fill(2);
      convolver.convolve(kernels[k]);
      expect(re[5]).toBeCloseTo(k + 1, 13);
      expect(im[5]).toBeCloseTo(2 * (k + 1), 13);
    }
  });

  it('leaves memory to larger sizes, which change no kernel', () => {
    const small = of(16);
    const kernel = small.kernel(Float64Array.of(3));
    of(2 ** 16).kernel(Float64Array.of(1));
    const [re, im] = small.parts();
    re.fill(1);
    im.fill(0);
    small.convolve(kernel);
    expect(re[3]).toBeCloseTo(3, 14);
  });

  it.each([
    { before: 0, after: 0, length: 5 },
    { before: 3, after: 5, length: 700 },
    { before: 40, after: 0, length: 1000 },
    { before: 0, after: 90, length: 3000 },
    { before: 200, after: 350, length: 300 },
  ])('convolves with a band of $before and $after places in windows', ({ before, after, length }) => {
    const weights = sequence(before + after + 1, 5);
    const band = new Band(weights, before);
    const sequences = [1, 2, 3].map((seed) => sequence(length, seed));
    const results = convolveBand(band, sequences, length + after, of);
    results.forEach((result, j) => {
      expect(result.length).toBe(length + after);
      result.forEach((value, i) => {
        expect(Math.abs(value - moved(weights, before, sequences[j], i)), `${j}: [${i}]`).toBeLessThan(1e-13);
      });
    });
  });

  it('keeps the digits of a sequence that is 10¹² times smaller than the one beside it', () => {
    const band = new Band(sequence(31, 4), 12);
    const small = sequence(50, 2);
    const large = sequence(50, 3).map((value) => 1e12 * value);
    const [alone] = convolveBand(band, [small], 50, of);
    for (const together of [
      convolveBand(band, [small, large], 50, of)[0],
      convolveBand(band, [large, small], 50, of)[1],
    ]) {
      alone.forEach((value, i) => {
        expect(Math.abs(together[i] - value), `[${i}]`).toBeLessThan(1e-14);
      });
    }
  });

  it('keeps the digits of what comes of a single large value beside a broad sequence', () => {
    // Their results are of like size, the values themselves are not. What is lost leans one way, slot after slot.
    const weights = Float64Array.from({ length: 201 }, (_value, k) => Math.exp(-(((k - 100) / 30) ** 2)) / 53);
    const broad = new Float64Array(4000).fill(1e-4, 500, 3500);
    const single = new Float64Array(4000);
    single[3000] = 0.5;
    const [, result] = convolveBand(new Band(weights, 100), [broad, single], 4000, () => of(8192));
    result.forEach((value, i) => {
      expect(Math.abs(value - moved(weights, 100, single, i)), `[${i}]`).toBeLessThan(1e-17);
    });
  });

  it('finds nothing where there is nothing', () => {
    const band = new Band(Float64Array.of(0.25, 0.5, 0.25), 1);
    const values = new Float64Array(20_000);
    values[7] = 4;
    const [result, none] = convolveBand(band, [values, new Float64Array(20_000)], 20_000, of);
    expect(result[7]).toBeCloseTo(2, 14);
    expect(result.subarray(10_000).every((value) => value === 0)).toBe(true);
    expect(none.every((value) => value === 0)).toBe(true);
  });
});

it('a band of a circle has what the circle has, without its zeros', () => {
  const circle = new Float64Array(32);
  circle.set([0.5, 0.25, 0, 0.125]);
  circle[30] = 0.0625;
  const band = Band.ofCircle(circle);
  expect([band.before, band.after]).toEqual([2, 3]);
  const [result] = convolveBand(band, [Float64Array.of(0, 0, 0, 1, 0, 0, 0)]);
  [0, 0.0625, 0, 0.5, 0.25, 0, 0.125].forEach((value, i) => {
    expect(result[i]).toBeCloseTo(value, 15);
  });
});

it('a wrong kernel is seen', () => {
  const weights = sequence(64, 1);
  const wrong = weights.map((value, k) => (k === 7 ? value + 1e-10 : value));
  const x = sequence(64, 2);
  const [[right], [off]] = [weights, wrong].map((list) => convolveBand(new Band(list, 0), [x]));
  expect(Math.max(...off.map((value, i) => Math.abs(value - right[i])))).toBeGreaterThan(1e-12);
});
