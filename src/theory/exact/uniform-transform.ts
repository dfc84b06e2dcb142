/**
 * Σ_j c_j e^{iux_j} on a uniform grid of u for points x_j anywhere: spreading on a fine grid with the exp-of-semicircle kernel and one FFT
 * (Barnett, Magland and af Klinteberg 2019). About 13 digits of Σ|c_j|.
 */
import FFT from 'fft.js';
import type { ComplexArray } from '../increment.js';
import { gaussLegendre } from '../gauss-legendre.js';

const HALF_WIDTH = 7;
const BETA = 2.3 * 2 * HALF_WIDTH;

/** Values at u = (from + n)·step, 0 ≤ n < size; `size` a power of two. The weights are c + i·imaginary. */
export function uniformTransform(
  x: Float64Array,
  c: Float64Array,
  step: number,
  from: number,
  size: number,
  imaginary?: Float64Array,
): ComplexArray {
  const grid = 2 * size;
  const middle = size / 2;
  const data = new Float64Array(2 * grid);
  const cells = (grid * step) / (2 * Math.PI);
  for (let j = 0; j < x.length; j++) {
    const ci = imaginary === undefined ? 0 : imaginary[j];
    if (c[j] === 0 && ci === 0) continue;
    // Conjugated, for the FFT has e^(−i…); the middle frequency taken out, so that the grid holds n from −size/2 on.
    const turn = (from + middle) * step * x[j];
    const cosine = Math.cos(turn);
    const sine = Math.sin(turn);
    const re = c[j] * cosine - ci * sine;
    const im = -(c[j] * sine + ci * cosine);
    const at = x[j] * cells;
    for (let k = Math.ceil(at - HALF_WIDTH); k <= at + HALF_WIDTH; k++) {
      const t = (k - at) / HALF_WIDTH;
      const phi = Math.exp(BETA * (Math.sqrt(Math.max(0, 1 - t * t)) - 1));
      const cell = 2 * (((k % grid) + grid) % grid);
      data[cell] += re * phi;
      data[cell + 1] += im * phi;
    }
  }
  const spectrum = new Float64Array(2 * grid);
  new FFT(grid).transform(spectrum, data);
  const norms = normsOf(size);
  const out = { re: new Float64Array(size), im: new Float64Array(size) };
  for (let k = 0; k <= middle; k++) {
    const norm = norms[k];
    for (const sign of k === 0 || k === middle ? [-1] : [-1, 1]) {
      const n = middle + sign * k;
      const cell = 2 * ((sign * k + grid) % grid);
      out.re[n] = spectrum[cell] / norm;
      out.im[n] = -spectrum[cell + 1] / norm;
    }
  }
  return out;
}

/** Norms by size: a power of two each, so that all together are twice the largest. */
const known = new Map<number, Float64Array>();

/** The transform of the bell itself at frequencies 0 … size/2 of the grid, by which the sums are divided: 48 cosines each, the same for every transform of a size. */
function normsOf(size: number): Float64Array {
  let norms = known.get(size);
  if (norms === undefined) {
    const rule = gaussLegendre(48);
    const phi = rule.nodes.map((t) => Math.exp(BETA * (Math.sqrt(1 - t * t) - 1)) * HALF_WIDTH);
    norms = new Float64Array(size / 2 + 1);
    for (let k = 0; k < norms.length; k++) {
      let norm = 0;
      for (let i = 0; i < rule.nodes.length; i++) {
        norm += rule.weights[i] * phi[i] * Math.cos((2 * Math.PI * k * HALF_WIDTH * rule.nodes[i]) / (2 * size));
      }
      norms[k] = norm;
    }
    known.set(size, norms);
  }
  return norms;
}
