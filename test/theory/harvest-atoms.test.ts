/**
 * The sampled law's moments where much of it lies in a few points at X = 0: by plain convolution on the lattice, and by
 * simulation.
 */
import { describe, expect, test } from 'vitest';
import { walkLumped } from '../../src/engine/cpu/lumped.js';
import { streamKey } from '../../src/engine/stream-key.js';
import { GridTransform } from '../../src/numeric/fft.js';
import type { LatticeMixture } from '../../src/law/lattice-mixture.js';
import { sampleLaw } from '../../src/law/sampled-law.js';
import { exactMoments } from '../../src/theory/exact/moments.js';
import { latticeIncrement } from '../../src/theory/lattice-increment.js';
import { walkOf } from '../engine/jobs.js';

/**
 * Cells as the tables have them: a core of 96 cells of `wide` points' width (256 points each), of which the one at X =
 * 0 is split towards 0 into halves down to the point 0 itself, which holds half of `atom`; and a like pile of mass 0.1
 * at X = −20 cells.
 */
function piledLaw(wide: number, atom: number, drift: number): LatticeMixture {
  const runs: [first: number, stride: number, count: number, weight: number][] = [];
  const cell = (start: number, width: number, weight: number): void => {
    const stride = Math.max(1, width / 256);
    runs.push([start + Math.floor(stride / 2), stride, width / stride, weight]);
  };
  const pile = (at: number, mass: number): void => {
    cell(at, 1, mass / 2);
    const shells = Math.log2(wide);
    for (let width = 1; width < wide; width *= 2) cell(at + width, width, mass / 2 / shells);
  };
  const shape = (c: number): number => (c === 0 || c === -20 ? 0 : Math.exp(-(((c - drift) / 16) ** 2)));
  const cores = Array.from({ length: 96 }, (_, i) => i - 48);
  const total = cores.reduce((sum, c) => sum + shape(c), 0);
  for (const c of cores) {
    if (c === 0) pile(0, atom);
    else if (c === -20) pile(-20 * wide, 0.1);
    else cell(c * wide, wide, ((0.9 - atom) * shape(c)) / total);
  }
  const column = (i: 0 | 1 | 2 | 3): Float64Array => Float64Array.from(runs, (run) => run[i]);
  return { quantumJoules: 0.5, first: column(0), stride: column(1), count: column(2), weight: column(3) };
}

/** Lindley's recursion W ← max(0, W − X), point by point, by FFT. */
function convolved(mixture: LatticeMixture, horizons: readonly number[]): { mean: number; sd: number; zero: number }[] {
  const size = 2 ** 19;
  const grid = new GridTransform(size);
  const step = new Float64Array(size);
  for (let r = 0; r < mixture.weight.length; r++) {
    for (let i = 0; i < mixture.count[r]; i++) {
      step[(size - (mixture.first[r] + i * mixture.stride[r])) % size] += mixture.weight[r] / mixture.count[r];
    }
  }
  const factor = grid.forward(step);
  let w = new Float64Array(size);
  w[0] = 1;
  const out = [];
  for (let t = 1; t <= horizons[horizons.length - 1]; t++) {
    const spectrum = grid.forward(w);
    for (let k = 0; k < spectrum.length; k += 2) {
      const re = spectrum[k] * factor[k] - spectrum[k + 1] * factor[k + 1];
      spectrum[k + 1] = spectrum[k] * factor[k + 1] + spectrum[k + 1] * factor[k];
      spectrum[k] = re;
    }
    w = new Float64Array(grid.inverse(spectrum));
    for (let n = size / 2; n < size; n++) {
      w[0] += w[n];
      w[n] = 0;
    }
    if (!horizons.includes(t)) continue;
    const q = mixture.quantumJoules;
    let mean = 0;
    let square = 0;
    for (let n = 1; n < size / 2; n++) {
      mean += q * n * w[n];
      square += (q * n) ** 2 * w[n];
    }
    out.push({ mean, sd: Math.sqrt(square - mean * mean), zero: w[0] });
  }
  return out;
}

describe('a pile at X = 0', () => {
  test.each([
    ['a third at 0, critical', 256, 0.34, 1, [1, 2, 3, 4, 16]],
    ['a tenth at 0, a shortfall', 256, 0.1, -4, [1, 2, 3, 4, 16]],
    ['half at 0, a surplus', 256, 0.5, 5, [1, 2, 3, 4, 16]],
    ['points four apart', 1024, 0.34, 1, [1, 2, 3, 4]],
  ])('%s: convolution point by point', (_, wide, atom, drift, slots) => {
    const mixture = piledLaw(wide, atom, drift);
    const law = latticeIncrement(mixture);
    const got = exactMoments(law, slots);
    convolved(mixture, slots).forEach((expected, i) => {
      const { probabilityZero, mean, standardDeviation, error } = got[i];
      // Ties of core points with piled ones are counted as ties of core points: seen, and said, where points lie
      // apart.
      const allowed = wide === 256 ? 1e-6 * expected.zero : error.probabilityZero;
      expect(Math.abs(probabilityZero - expected.zero), `T = ${slots[i]}`).toBeLessThan(allowed);
      expect(error.probabilityZero).toBeLessThan(1e-4);
      expect(Math.abs(mean / expected.mean - 1)).toBeLessThan(1e-6);
      expect(Math.abs(standardDeviation / expected.sd - 1)).toBeLessThan(1e-6);
    });
  });

  test('rare heavy tasks, shape 0.3: 400,000 simulated paths, 4 standard errors, 6 numbers', () => {
    const { tables, mixture } = sampleLaw(walkOf(0.05, [100, 1e5], [0.999, 0.001], 0.3), { slots: 1024 });
    const slots = [2, 3, 16];
    const paths = 400_000;
    const deficits = new Int32Array(paths * slots.length);
    walkLumped({ tables, initialQuanta: 0, key: streamKey('pile'), slots }, 0, paths, deficits, paths);
    exactMoments(latticeIncrement(mixture), slots).forEach(({ probabilityZero: p, mean, standardDeviation }, h) => {
      const own = deficits.subarray(h * paths, (h + 1) * paths);
      let zeros = 0;
      let sum = 0;
      for (const d of own) {
        if (d === 0) zeros++;
        sum += d;
      }
      const zP = (zeros / paths - p) / Math.sqrt((p * (1 - p)) / paths);
      const zMean = ((sum / paths) * mixture.quantumJoules - mean) / (standardDeviation / Math.sqrt(paths));
      expect(Math.abs(zP), `T = ${slots[h]}, P(D = 0) ${zeros / paths}, exact ${p}, z ${zP}, seed pile`).toBeLessThan(
        4,
      );
      expect(Math.abs(zMean), `T = ${slots[h]}, mean, exact ${mean}, z ${zMean}, seed pile`).toBeLessThan(4);
    });
  });
});
