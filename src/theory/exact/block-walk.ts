/**
 * A sampled walk seen in blocks: where every run of an increment is one whole block of R lattice points and 0 ends a
 * block, the deficit is a block m ≥ 0 and a place r < R in it, n = Rm + 1 + r quanta, and a step adds a number of
 * blocks and a uniform place: the new place is uniform, and what the old one decides is the carry. So the law within a
 * block is a spline whose degree rises by one a step and whose higher parts are small: a few orthonormal polynomials of
 * the place hold it, and Lindley's recursion is a convolution over blocks. Exact but for the parts left out.
 */
import FFT from 'fft.js';
import { multiplySpectrum } from '../../numeric/fft.js';
import type { LatticeIncrement } from '../increment.js';

/** Polynomials of the place that are kept: the next would add (block/8σ)⁴/100. */
const MOST_PARTS = 4;

/** The increment in blocks: Y = Rc + 1 + j with the probability of block c over R, c = lowest + i. */
export interface BlockIncrement {
  /** Lattice points of a block. */
  readonly points: number;
  /** Joules. */
  readonly quantum: number;
  readonly lowest: number;
  readonly weight: Float64Array;
  /** q_j(r), orthonormal in the mean over the places of a block, by degree. */
  readonly polynomials: readonly Float64Array[];
  /** Part j after a step with no carry, from part l; with a carry minus that, but 1 less it where j = l = 0. */
  readonly still: readonly Float64Array[];
}

/** A deficit's law on the lattice: P(D = Rm + 1 + r) = (1/R) Σ_j part_j[m] q_j(r); part 0 is a block's mass. */
export interface BlockLaw {
  readonly increment: BlockIncrement;
  /** P(D = 0). */
  readonly empty: number;
  readonly parts: readonly Float64Array[];
}

/** The increment in blocks; undefined where its runs are not one row of whole blocks, such as with residual cells. */
export function blockIncrement(law: LatticeIncrement): BlockIncrement | undefined {
  const points = law.count[0];
  if ((law.first[0] - 1) % points !== 0) return undefined;
  for (let r = 0; r < law.weight.length; r++) {
    if (law.count[r] !== points || law.stride[r] !== 1 || law.first[r] !== law.first[0] + r * points) return undefined;
  }
  const polynomials = placePolynomials(points, Math.min(MOST_PARTS, points));
  return {
    points,
    quantum: law.latticeSpan,
    lowest: (law.first[0] - 1) / points,
    weight: law.weight,
    polynomials,
    still: stillMatrix(polynomials),
  };
}

/** An increment of single points: P(Y = (lowest + i)·quantum) = weight[i]. */
export function pointIncrement(lowest: number, weight: Float64Array, quantum: number): BlockIncrement {
  const polynomials = placePolynomials(1, 1);
  return { points: 1, quantum, lowest: lowest - 1, weight, polynomials, still: stillMatrix(polynomials) };
}

/** Gram's polynomials on `points` places, by Gram and Schmidt's process, twice. */
function placePolynomials(points: number, count: number): Float64Array[] {
  const out: Float64Array[] = [];
  const mean = (a: Float64Array, b: Float64Array): number => a.reduce((sum, x, r) => sum + x * b[r], 0) / points;
  for (let degree = 0; degree < count; degree++) {
    const next = Float64Array.from({ length: points }, (_, r) => ((2 * r + 1 - points) / points) ** degree);
    for (let pass = 0; pass < 2; pass++) {
      for (const q of out) {
        const share = mean(next, q);
        for (let r = 0; r < points; r++) next[r] -= share * q[r];
      }
    }
    const size = Math.sqrt(mean(next, next));
    out.push(next.map((x) => x / size));
  }
  return out;
}

/**
 * (1/R²) Σ_r q_j(r) Σ_{r' < r} q_l(r'): a place moves up by 1 … R, and stays in its block where it ends above where it
 * was.
 */
function stillMatrix(polynomials: readonly Float64Array[]): Float64Array[] {
  return polynomials.map((to) =>
    Float64Array.from(polynomials, (from) => {
      let below = 0;
      let sum = 0;
      for (let r = 0; r < to.length; r++) {
        sum += to[r] * below;
        below += from[r];
      }
      return sum / to.length ** 2;
    }),
  );
}

/** Transforms on a grid of blocks, e^{−2πikm/size}, and the increment's own: what all steps on one grid share. */
export class BlockGrid {
  private readonly fft: FFT;
  /** Σ_c weight·e^{−iφc} at φ = 2πk/size, interleaved. */
  readonly transform: Float64Array;
  /** e^{−iφ}: one block up. */
  readonly turn: Float64Array;
  private readonly work: Float64Array;
  private readonly other: Float64Array;

  constructor(
    readonly increment: BlockIncrement,
    /** A power of two, more than the blocks of a deficit and of an increment together. */
    readonly size: number,
  ) {
    this.fft = new FFT(size);
    this.transform = new Float64Array(2 * size);
    this.turn = new Float64Array(2 * size);
    for (let k = 0; k < size; k++) {
      this.turn[2 * k] = Math.cos((2 * Math.PI * k) / size);
      this.turn[2 * k + 1] = -Math.sin((2 * Math.PI * k) / size);
    }
    this.work = new Float64Array(2 * size);
    this.other = new Float64Array(2 * size);
    this.transform.set(this.tilted(0));
  }

  /** Σ_c weight·e^{(κ − iφ)c}. */
  tilted(tilt: number): Float64Array {
    const { size, work } = this;
    const { weight, lowest } = this.increment;
    work.fill(0);
    weight.forEach((w, i) => {
      const c = lowest + i;
      work[2 * (((c % size) + size) % size)] += w === 0 ? 0 : w * Math.exp(tilt * c);
    });
    const out = new Float64Array(2 * size);
    this.fft.transform(out, work);
    return out;
  }

  forward(out: Float64Array, data: Float64Array): void {
    this.fft.transform(out, data);
  }

  inverse(out: Float64Array, data: Float64Array): void {
    this.fft.inverseTransform(out, data);
  }

  /** The deficit before the first slot. */
  start(): BlockLaw {
    const { increment, size } = this;
    return { increment, empty: 1, parts: increment.polynomials.map(() => new Float64Array(size / 2)) };
  }

  /**
   * One slot of Lindley's recursion: D + Y, and what is at or below 0 is empty. Blocks from size/2 on are dropped.
   */
  step({ empty, parts }: BlockLaw): BlockLaw {
    const { increment, size, work, other } = this;
    const half = size / 2;
    const { still, lowest, weight } = increment;
    const count = parts.length;
    // Two real parts in one complex transform each.
    const spectra = pairs(parts).map(([a, b]) => {
      work.fill(0);
      for (let m = 0; m < half; m++) {
        work[2 * m] = a[m];
        work[2 * m + 1] = b?.[m] ?? 0;
      }
      const out = new Float64Array(2 * size);
      this.fft.transform(out, work);
      return out;
    });
    const stepped = parts.map(() => new Float64Array(half));
    let dropped = 0;
    let below = empty;
    for (let pair = 0; 2 * pair < count; pair++) {
      addStep(spectra, this, still, 2 * pair, work);
      this.fft.inverseTransform(other, work);
      const a = stepped[2 * pair];
      const b = 2 * pair + 1 < count ? stepped[2 * pair + 1] : undefined;
      for (let m = 0; m < half; m++) {
        a[m] = other[2 * m];
        if (b !== undefined) b[m] = other[2 * m + 1];
      }
      if (pair > 0) continue;
      for (let m = half; m < size; m++) dropped += other[2 * m];
    }
    // An empty battery stands at the end of the block below the first: it always carries, and its place is uniform.
    weight.forEach((w, i) => {
      const m = lowest + i;
      if (m < 0 || m >= half) return;
      stepped[0][m] += empty * w;
      below -= empty * w;
    });
    return { increment, empty: below + dropped, parts: stepped };
  }
}

function pairs<T>(all: readonly T[]): [T, T | undefined][] {
  const out: [T, T | undefined][] = [];
  for (let i = 0; i < all.length; i += 2) out.push([all[i], all.at(i + 1)]);
  return out;
}

/**
 * Parts `to` and `to` + 1 after a step, as real and imaginary part of one grid, from the spectra of pairs of parts.
 */
function addStep(
  spectra: readonly Float64Array[],
  { transform, turn, size }: Pick<BlockGrid, 'transform' | 'turn' | 'size'>,
  still: readonly Float64Array[],
  to: number,
  out: Float64Array,
): void {
  out.fill(0);
  spectra.forEach((spectrum, pair) => {
    const row = (i: number, l: number): [number, number] => {
      const stay = still.at(i)?.at(l) ?? 0;
      return [stay, (i === 0 && l === 0 ? 1 : 0) - stay];
    };
    const own = [row(to, 2 * pair), row(to, 2 * pair + 1), row(to + 1, 2 * pair), row(to + 1, 2 * pair + 1)];
    addPair(spectrum, turn, Float64Array.from(own.flat()), size, out);
  });
  multiplySpectrum(out, transform);
}

/** What a pair of parts adds to a pair, by frequency; factors are stay + carry·turn, in order of `to` and from. */
function addPair(z: Float64Array, turn: Float64Array, factors: Float64Array, size: number, out: Float64Array): void {
  const [s00, c00, s01, c01, s10, c10, s11, c11] = factors;
  for (let k = 0, at = 0; k < size; k++, at += 2) {
    const mirror = k === 0 ? 0 : 2 * (size - k);
    // The even part of a pair's spectrum is its first grid's, the odd part over i its second's.
    const xRe = 0.5 * (z[at] + z[mirror]);
    const xIm = 0.5 * (z[at + 1] - z[mirror + 1]);
    const yRe = 0.5 * (z[at + 1] + z[mirror + 1]);
    const yIm = 0.5 * (z[mirror] - z[at]);
    const c = turn[at];
    const s = turn[at + 1];
    // stay·x + carry·x·turn, for both parts.
    const aRe = c00 * xRe + c01 * yRe;
    const aIm = c00 * xIm + c01 * yIm;
    const bRe = c10 * xRe + c11 * yRe;
    const bIm = c10 * xIm + c11 * yIm;
    const pRe = s00 * xRe + s01 * yRe + aRe * c - aIm * s;
    const pIm = s00 * xIm + s01 * yIm + aRe * s + aIm * c;
    const qRe = s10 * xRe + s11 * yRe + bRe * c - bIm * s;
    const qIm = s10 * xIm + s11 * yIm + bRe * s + bIm * c;
    out[at] += pRe - qIm;
    out[at + 1] += pIm + qRe;
  }
}
