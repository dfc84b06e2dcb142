import { describe, expect, it } from 'vitest';
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

const SIZES = [8, 16, 32, 64, 128, 1024, 2048, 4096, 8192, 2 ** 15];

describe.each([
  ['WebAssembly', (size: number) => Convolver.of(size)],
  ['plain', (size: number) => Convolver.plain(size)],
])('%s', (_, of) => {
  it.each(SIZES)('convolves two sequences of %i values as the sums say', (size) => {
    const convolver = of(size);
    const values = sequence(size, 1);
    const [x, y] = [sequence(size, 2), sequence(size, 3)];
    const kernel = convolver.kernel(values);
    const [first, second] = convolver.convolvePair({ kernel, values: x }, { kernel, values: y });
    for (const i of [0, 1, 2, 5, size / 2 - 1, size / 2, size - 1]) {
      // Rounding: tens of ulp of the root of the sum of squares.
      const scale = 1e-14 * Math.sqrt(size);
      expect(Math.abs(first[i] - direct(values, x, i, size)), `first[${i}]`).toBeLessThan(scale);
      expect(Math.abs(second[i] - direct(values, y, i, size)), `second[${i}]`).toBeLessThan(scale);
    }
  });

  it.each(SIZES)('convolves two sequences of %i values with a kernel each', (size) => {
    const convolver = of(size);
    const kernels = [sequence(size, 1), sequence(size, 7)];
    const sequences = [sequence(size, 2), sequence(size, 3)];
    const results = convolver.convolvePair(
      { kernel: convolver.kernel(kernels[0]), values: sequences[0] },
      { kernel: convolver.kernel(kernels[1]), values: sequences[1] },
    );
    for (const i of [0, 1, 3, size / 2, size - 1]) {
      results.forEach((result, k) => {
        const off = Math.abs(result[i] - direct(kernels[k], sequences[k], i, size));
        expect(off, `${k}: [${i}]`).toBeLessThan(1e-14 * Math.sqrt(size));
      });
    }
  });

  it('keeps the digits of a sequence that is 10¹² times smaller than the other', () => {
    const convolver = of(1024);
    const [values, large] = [sequence(1024, 2), sequence(1024, 3).map((value) => 1e12 * value)];
    const [one, other] = [convolver.kernel(sequence(1024, 4)), convolver.kernel(sequence(1024, 5))];
    for (const kernel of [one, other]) {
      const alone = convolver.convolve(one, values);
      const [small] = convolver.convolvePair({ kernel: one, values }, { kernel, values: large });
      const [, second] = convolver.convolvePair({ kernel, values: large }, { kernel: one, values });
      alone.forEach((value, i) => {
        expect(Math.abs(small[i] - value)).toBeLessThan(1e-13);
        expect(Math.abs(second[i] - value)).toBeLessThan(1e-13);
      });
    }
  });

  it('takes shorter sequences, kernels and results, and leaves nothing behind', () => {
    const convolver = of(64);
    const before = convolver.kernel(sequence(64, 4));
    convolver.convolvePair({ kernel: before, values: sequence(64, 5) }, { kernel: before, values: sequence(64, 6) });
    const kernel = Float64Array.of(0.5, 0.25);
    const result = convolver.convolve(convolver.kernel(kernel), Float64Array.of(1, 2, 4), 6);
    [0.5, 1.25, 2.5, 1, 0, 0].forEach((value, i) => {
      expect(result[i]).toBeCloseTo(value, 15);
    });
  });

  it('gives results that the next use does not change', () => {
    const convolver = of(16);
    const kernel = convolver.kernel(Float64Array.of(1));
    const before = convolver.convolve(kernel, Float64Array.of(3));
    of(2 ** 16).kernel(Float64Array.of(1));
    convolver.convolve(kernel, Float64Array.of(7));
    expect(before[0]).toBeCloseTo(3, 14);
  });
});

it('a wrong kernel is seen', () => {
  const convolver = Convolver.of(64);
  const values = sequence(64, 1);
  const wrong = convolver.kernel(values.map((value, k) => (k === 7 ? value + 1e-10 : value)));
  const x = sequence(64, 2);
  const [right] = [convolver.convolve(convolver.kernel(values), x)];
  const off = convolver.convolve(wrong, x);
  expect(Math.max(...off.map((value, i) => Math.abs(value - right[i])))).toBeGreaterThan(1e-12);
});
