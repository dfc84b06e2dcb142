/**
 * Σ_j c_j e^{iux_j} on a uniform grid of u for points x_j anywhere: spreading on a fine grid with the exp-of-semicircle
 * kernel and one FFT (Barnett, Magland and af Klinteberg 2019). About 12 digits of Σ|c_j|.
 */
import FFT from 'fft.js';
import type { ComplexArray } from '../increment.js';
import { gaussLegendre } from '../../numeric/quadrature.js';

const HALF_WIDTH = 7;
const BETA = 2.3 * 2 * HALF_WIDTH;
/** Grid points that a point is spread over. */
const POINTS = 2 * HALF_WIDTH;
/** Pieces of a cell in which the bell's values are polynomials of so many terms in the place: right to 1e-15. */
const PIECES = 256;
const TERMS = 6;

/** The bell at t in units of its half-width. */
function bellAt(t: number): number {
  return Math.exp(BETA * (Math.sqrt(Math.max(0, 1 - t * t)) - 1));
}

let bellPolynomials: Float64Array | undefined;

/** The bell's polynomials, by piece, grid point and power, from each piece's Chebyshev points; made once. */
function polynomials(): Float64Array {
  if (bellPolynomials !== undefined) return bellPolynomials;
  const nodes = Array.from({ length: TERMS }, (_, i) => 0.5 * Math.cos((Math.PI * (i + 0.5)) / TERMS));
  const coefficients = new Float64Array(PIECES * POINTS * TERMS);
  const values = new Float64Array(TERMS);
  for (let piece = 0, at = 0; piece < PIECES; piece++) {
    for (let k = 0; k < POINTS; k++, at += TERMS) {
      // The k-th grid point lies (piece + ½ + d)/PIECES + k − HALF_WIDTH cells from the point.
      for (let i = 0; i < TERMS; i++)
        values[i] = bellAt(((piece + 0.5 + nodes[i]) / PIECES + k - HALF_WIDTH) / HALF_WIDTH);
      coefficients.set(interpolant(nodes, values), at);
    }
  }
  return (bellPolynomials = coefficients);
}

/** Coefficients, lowest first, of the polynomial through points: Newton's divided differences, multiplied out. */
function interpolant(nodes: readonly number[], values: Float64Array): Float64Array {
  const n = nodes.length;
  const differences = values.slice();
  for (let order = 1; order < n; order++) {
    for (let i = n - 1; i >= order; i--) {
      differences[i] = (differences[i] - differences[i - 1]) / (nodes[i] - nodes[i - order]);
    }
  }
  const powers = new Float64Array(n);
  for (let i = n - 1; i >= 0; i--) {
    for (let k = n - 1; k > 0; k--) powers[k] = powers[k - 1] - nodes[i] * powers[k];
    powers[0] = differences[i] - nodes[i] * powers[0];
  }
  return powers;
}

/** Transforms by size, up to 2^18: a power of two each; their sines cost more than a transform does. */
const transforms = new Map<number, FFT>();

function transformOf(size: number): FFT {
  const known = transforms.get(size);
  if (known !== undefined) return known;
  const made = new FFT(size);
  if (size <= 2 ** 18) transforms.set(size, made);
  return made;
}

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
  const coefficients = polynomials();
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
    const first = Math.ceil(at - HALF_WIDTH);
    const place = (first - at + HALF_WIDTH) * PIECES;
    const piece = Math.min(PIECES - 1, Math.floor(place));
    const d = place - piece - 0.5;
    let cell = 2 * (first - grid * Math.floor(first / grid));
    for (let i = piece * POINTS * TERMS, end = i + POINTS * TERMS; i < end; i += TERMS) {
      const low = coefficients[i] + d * (coefficients[i + 1] + d * coefficients[i + 2]);
      const phi = low + d * d * d * (coefficients[i + 3] + d * (coefficients[i + 4] + d * coefficients[i + 5]));
      data[cell] += re * phi;
      data[cell + 1] += im * phi;
      cell = cell + 2 === 2 * grid ? 0 : cell + 2;
    }
  }
  const spectrum = new Float64Array(2 * grid);
  transformOf(grid).transform(spectrum, data);
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

/** The bell's own transform at frequencies 0 … size/2, by which sums are divided: 48 cosines each, once a size. */
function normsOf(size: number): Float64Array {
  let norms = known.get(size);
  if (norms === undefined) {
    const rule = gaussLegendre(48);
    const phi = rule.nodes.map((t) => bellAt(t) * HALF_WIDTH);
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
