/**
 * The deficit of a walk on a grid of points: Lindley's steps for short horizons, Spitzer's identity on the grid's
 * frequencies for long ones (model.md section 4). Exact for the walk on the grid. Two walks of nearly one law, put on
 * one grid, differ there as they do without it, but for a small part of their difference: sampled.ts needs no more.
 */
import FFT from 'fft.js';
import { oneMinusS } from './contour.js';
import { horizonNodes, windowHalf } from './horizon-inversion.js';

/** A walk on the points k·step: P(Y = (lowest + i)·step) = weight[i]. */
export interface GridIncrement {
  readonly lowest: number;
  readonly weight: Float64Array;
}

/** Up to this horizon every slot is a step. */
const SHORT = 40;
const GAMMA = 8;

/** Transforms on one grid of a power of two of points, of which the lower half is deficits. */
export class DeficitGrid {
  private readonly fft: FFT;
  private readonly half: number;
  private readonly work: Float64Array;
  private readonly other: Float64Array;

  /** @param tilt per point, at which the walk of a surplus is even on either side of 0; 0 without one. */
  constructor(
    readonly size: number,
    private readonly tilt: number,
  ) {
    this.fft = new FFT(size);
    this.half = size / 2;
    this.work = new Float64Array(2 * size);
    this.other = new Float64Array(2 * size);
  }

  /** P(D_T = m) for 0 ≤ m < size/2. */
  deficits(increment: GridIncrement, slots: number): Float64Array {
    return slots <= SHORT ? this.steps(increment, slots) : this.spitzer(increment, slots);
  }

  /** Σ weight·e^{(κ − iφ)k} at φ = 2πj/size. */
  private transform({ lowest, weight }: GridIncrement, tilt: number): Float64Array {
    const { size, work } = this;
    work.fill(0);
    weight.forEach((w, i) => {
      const k = lowest + i;
      if (w !== 0) work[2 * (((k % size) + size) % size)] += w * Math.exp(tilt * k);
    });
    const out = new Float64Array(2 * size);
    this.fft.transform(out, work);
    return out;
  }

  private steps(increment: GridIncrement, slots: number): Float64Array {
    const { size, half, work, other } = this;
    const m = this.transform(increment, 0);
    const law = new Float64Array(half);
    law[0] = 1;
    for (let t = 0; t < slots; t++) {
      work.fill(0);
      for (let n = 0; n < half; n++) work[2 * n] = law[n];
      this.fft.transform(other, work);
      multiply(other, m);
      this.fft.inverseTransform(work, other);
      // What is below 0, the upper half, is empty.
      for (let n = 0; n < half; n++) law[n] = work[2 * n];
      for (let n = half; n < size; n++) law[0] += work[2 * n];
    }
    return law;
  }

  private spitzer(increment: GridIncrement, slots: number): Float64Array {
    const { size, half, tilt, work, other } = this;
    const m = this.transform(increment, tilt);
    const sum = new Float64Array(2 * size);
    const level = Float64Array.from({ length: half }, (_, n) => Math.exp(-tilt * n));
    const nodes = horizonNodes(slots, GAMMA, windowHalf(slots, parted(m)));
    nodes.angle.forEach((angle, j) => {
      const [gapRe, gapIm] = oneMinusS(nodes.damping, angle);
      logTerms(m, gapRe, gapIm, other);
      this.fft.inverseTransform(work, other);
      // Σ s^k/k P(S_k = n) for n > 0 alone.
      work.fill(0, size);
      work[0] = work[1] = 0;
      let positiveRe = 0;
      let positiveIm = 0;
      for (let n = 1; n < half; n++) {
        positiveRe += level[n] * work[2 * n];
        positiveIm += level[n] * work[2 * n + 1];
      }
      this.fft.transform(other, work);
      const norm = gapRe * gapRe + gapIm * gapIm;
      const weightRe = (nodes.weightRe[j] * gapRe + nodes.weightIm[j] * gapIm) / norm;
      const weightIm = (nodes.weightIm[j] * gapRe - nodes.weightRe[j] * gapIm) / norm;
      for (let k = 0; k < 2 * size; k += 2) {
        const grow = Math.exp(other[k] - positiveRe);
        const c = grow * Math.cos(other[k + 1] - positiveIm);
        const s = grow * Math.sin(other[k + 1] - positiveIm);
        sum[k] += weightRe * c - weightIm * s;
        sum[k + 1] += weightRe * s + weightIm * c;
      }
    });
    this.fft.inverseTransform(work, sum);
    return Float64Array.from({ length: half }, (_, n) => level[n] * work[2 * n]);
  }
}

function multiply(a: Float64Array, b: Float64Array): void {
  for (let k = 0; k < a.length; k += 2) {
    const re = a[k] * b[k] - a[k + 1] * b[k + 1];
    a[k + 1] = a[k] * b[k + 1] + a[k + 1] * b[k];
    a[k] = re;
  }
}

/** −log(1 − sM) at every frequency; 1 − s = gap. */
function logTerms(m: Float64Array, gapRe: number, gapIm: number, out: Float64Array): void {
  const sRe = 1 - gapRe;
  const sIm = -gapIm;
  for (let k = 0; k < m.length; k += 2) {
    const re = 1 - sRe * m[k] + sIm * m[k + 1];
    const im = -sRe * m[k + 1] - sIm * m[k];
    out[k] = -0.5 * Math.log(re * re + im * im);
    out[k + 1] = -Math.atan2(im, re);
  }
}

/** M − 1 with its parts apart. */
function parted(m: Float64Array): { re: Float64Array; im: Float64Array } {
  const size = m.length / 2;
  return {
    re: Float64Array.from({ length: size }, (_, k) => m[2 * k] - 1),
    im: Float64Array.from({ length: size }, (_, k) => m[2 * k + 1]),
  };
}
