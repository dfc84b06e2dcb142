/**
 * Where Spitzer's sums of a sampled law are taken, whatever the horizon: the imaginary axis, its low frequencies in
 * graded panels, the rest in bands of one uniform grid each, filled by an FFT; and what is known of the law beside
 * them, its first step and its lattice.
 */
import erfc from '@stdlib/math-base-special-erfc';
import type { ComplexArray, LatticeIncrement } from '../increment.js';
import { atomsAboveZero, nearestFine, smoothTail } from './harvest-atoms.js';
import type { HarvestAtoms } from './harvest-atoms.js';
import { kernel } from './lattice-kernel.js';
import { uniformTransform } from './uniform-transform.js';

/** Terms of the power series in sM where |M| is small, and what small means. */
export const POWERS = 128;
const SMALL = 0.7;
/** What all horizons share. */
export interface LatticeFrequencies {
  readonly law: LatticeIncrement;
  /** Near and far parts of the axis overlap here, parted by a smooth step. */
  readonly overlap: readonly [from: number, to: number];
  /** Far nodes with |M| > SMALL, and their weights du·(smooth step)/2π. */
  readonly node: Float64Array;
  readonly weight: Float64Array;
  readonly transformMinusOne: ComplexArray;
  /** Slots that surely add to the battery, concentrated near 0; their transform on the far nodes. */
  readonly atoms: HarvestAtoms;
  readonly atomsTransform: ComplexArray;
  /** Σ over other far nodes of weight · 2 Re[(M^k − A^k) kernel_n], n = 1, 2, 3, k ≥ 2; row n = 0 has kernel 1. */
  readonly powers: readonly Float64Array[];
  /** The first step: P(Y > 0) + ½P(Y = 0), E Y⁺, E(Y⁺)², then the same for Y⁻. */
  readonly above: readonly [number, number, number];
  readonly below: readonly [number, number, number];
  /** Exact kernels and the whole period, where the lattice is coarse. */
  readonly whole: boolean;
  /** Span in joules of the lattice that most steps share, its offset over its span, and the offset's order. */
  readonly span: number;
  readonly offset: number;
  readonly order: number;
  /** What the parity of steps may change in P(D = 0), relative: half a span of the density at 0. */
  readonly tieError: number;
}

/** Frequencies grow by this factor from band to band; a smooth step from a to 3a parts two bands. */
const BAND = 8;
const STEP_TO = 3;
/** A lattice is coarse, and summed over its whole period, where σ is less than this many spans. */
const COARSE = 200;
const LARGEST_GRID = 2 ** 19;

/** Prepares a sampled law; `fineness` scales the grids, for error estimates. */
export function latticeFrequencies(law: LatticeIncrement, fineness: number): LatticeFrequencies {
  const reach = law.largestJump;
  const period = Math.PI / law.latticeSpan;
  const start = Math.min(15 / reach, 0.3 * period);
  const node: number[] = [];
  const weight: number[] = [];
  const keptRe: number[] = [];
  const keptIm: number[] = [];
  const powers = Array.from({ length: 4 }, () => new Float64Array(POWERS));
  const coarse = law.weight.length <= 64 || Math.sqrt(law.variance) < COARSE * law.latticeSpan;
  const keptARe: number[] = [];
  const keptAIm: number[] = [];
  const shared = sharedLattice(law);
  const atoms = atomsAboveZero(law, coarse);
  const tail = smoothTail(law, shared.width);
  const nearest = nearestFine(law, shared.width);
  for (let from = start; ; from *= BAND) {
    const band = bandGrid(law, from, coarse ? period : STEP_TO * BAND * from, coarse, fineness);
    const { frequency, transformMinusOne: m, step } = band;
    const n = frequency.length;
    const a =
      atoms.mass === 0
        ? undefined
        : smearedTransform(atoms.start, atoms.width, atoms.weight, step, Math.round(frequency[0] / step), n);
    let top = 0;
    let tops = 0;
    for (let i = 0; i < frequency.length; i++) {
      const u = frequency[i];
      const re = 1 + m.re[i];
      const im = m.im[i];
      const aRe = a === undefined ? 0 : a.re[i];
      const aIm = a === undefined ? 0 : a.im[i];
      const size = re * re + im * im;
      if (u > BAND * from) {
        top += size;
        tops++;
      }
      const end = coarse ? (i === frequency.length - 1 ? 0.5 : 1) : nearShare(u, BAND * from);
      const w = ((end * step) / (2 * Math.PI)) * (1 - nearShare(u, from));
      if (w < 1e-18 * step) continue;
      if (Math.max(size, aRe * aRe + aIm * aIm) > SMALL * SMALL) {
        node.push(u);
        weight.push(w);
        keptRe.push(m.re[i]);
        keptIm.push(m.im[i]);
        keptARe.push(aRe);
        keptAIm.push(aIm);
      } else {
        addPowers(powers, re, im, w, u, law.latticeSpan, coarse);
        if (a !== undefined) addPowers(powers, aRe, aIm, w, u, law.latticeSpan, coarse, -1);
      }
    }
    const enough = 1e-11 * fineness ** -4;
    const end = BAND * from;
    // Spikes away from 0 do not decay, nor need they: a smooth cut sees only what lies within a few hundred wavelengths
    // of 0.
    const resolved = tail / (STEP_TO * end * end) < enough && end * nearest > 400;
    if (coarse || top < enough * tops || resolved || band.full) break;
  }
  return {
    law,
    overlap: [start, STEP_TO * start],
    node: Float64Array.from(node),
    weight: Float64Array.from(weight),
    transformMinusOne: { re: Float64Array.from(keptRe), im: Float64Array.from(keptIm) },
    atoms,
    atomsTransform: { re: Float64Array.from(keptARe), im: Float64Array.from(keptAIm) },
    powers,
    ...firstStep(law),
    whole: coarse,
    ...shared,
    tieError: shared.order > 1 ? (0.5 * atoms.mass * shared.span) / Math.sqrt(law.variance) : 0,
  };
}

/** Adds w · 2 Re[M^k kernel] for every kernel and power. */
function addPowers(
  powers: readonly Float64Array[],
  re: number,
  im: number,
  w: number,
  u: number,
  q: number,
  lattice: boolean,
  sign = 1,
): void {
  const [k1Re, k1Im] = kernel(1, 0, u, q, lattice);
  const [k2Re] = kernel(2, 0, u, q, lattice);
  const [k3Re, k3Im] = kernel(3, 0, u, q, lattice);
  let pRe = 2 * sign * w * re;
  let pIm = 2 * sign * w * im;
  const least = 1e-18 * w * (re * re + im * im);
  for (let k = 2; k < POWERS; k++) {
    const next = pRe * re - pIm * im;
    pIm = pRe * im + pIm * re;
    pRe = next;
    powers[0][k] += pRe;
    powers[1][k] += pRe * k1Re - pIm * k1Im;
    powers[2][k] += pRe * k2Re;
    powers[3][k] += pRe * k3Re - pIm * k3Im;
    if (Math.abs(pRe) + Math.abs(pIm) < least) break;
  }
}

interface BandGrid {
  readonly step: number;
  readonly frequency: Float64Array;
  readonly transformMinusOne: ComplexArray;
  /** No finer band can be had. */
  readonly full: boolean;
}

/** M − 1 on a uniform grid whose period, joules, holds the smooth step's kernel and every S_k that counts. */
function bandGrid(law: LatticeIncrement, from: number, to: number, whole: boolean, fineness: number): BandGrid {
  const sigma = Math.sqrt(law.variance);
  const room = (fineness * 260) / ((STEP_TO - 1) * from) + 2 * sigma;
  let extent = 30 * sigma;
  for (;;) {
    const steps = Math.ceil((to * (room + extent)) / (2 * Math.PI));
    // A whole period needs a whole number of steps.
    const step = whole ? to / steps : (2 * Math.PI) / (room + extent);
    const first = Math.max(1, Math.ceil(from / step));
    const n = steps + 1 - first;
    const frequency = Float64Array.from({ length: n }, (_, i) => (first + i) * step);
    const transformMinusOne = whole
      ? law.transformMinusOne({ re: new Float64Array(n), im: frequency })
      : smoothTransformMinusOne(law, step, first, n);
    const full = to * BAND * extent > LARGEST_GRID * fineness * 2 * Math.PI;
    const needed =
      10 * fineness * sigma * Math.sqrt(26 / -Math.log(Math.min(1 - 1e-6, largestSize(transformMinusOne))));
    if (needed <= extent || full) return { step, frequency, transformMinusOne, full };
    extent = needed;
  }
}

function largestSize(m: ComplexArray): number {
  let best = 0;
  for (let i = 0; i < m.re.length; i++) best = Math.max(best, Math.hypot(1 + m.re[i], m.im[i]));
  return best;
}

/** Smooth step: 1 below `from`, 0 above 3·from. */
export function nearShare(u: number, from: number): number {
  return 0.5 * erfc(5.4 * ((2 * (u - from)) / ((STEP_TO - 1) * from) - 1));
}

/** M(iu) − 1 with every run smeared to a uniform density: the difference shows only beyond all cuts. */
function smoothTransformMinusOne(law: LatticeIncrement, step: number, from: number, n: number): ComplexArray {
  const q = law.latticeSpan;
  const start = law.first.map((first, r) => (first - 0.5 * law.stride[r]) * q);
  const width = law.count.map((count, r) => count * law.stride[r] * q);
  const out = smearedTransform(start, width, law.weight, step, from, n);
  for (let i = 0; i < n; i++) out.re[i] -= 1;
  return out;
}

/** Transform of uniform densities at iu, u = (from + i)·step. */
function smearedTransform(
  start: Float64Array,
  width: Float64Array,
  weight: Float64Array,
  step: number,
  from: number,
  n: number,
): ComplexArray {
  const runs = weight.length;
  const x = new Float64Array(2 * runs);
  const c = new Float64Array(2 * runs);
  for (let r = 0; r < runs; r++) {
    x[2 * r] = start[r];
    x[2 * r + 1] = start[r] + width[r];
    c[2 * r] = -weight[r] / width[r];
    c[2 * r + 1] = weight[r] / width[r];
  }
  const edges = uniformTransform(x, c, step, from, 2 ** Math.ceil(Math.log2(n)));
  const out = { re: new Float64Array(n), im: new Float64Array(n) };
  for (let i = 0; i < n; i++) {
    const u = (from + i) * step;
    out.re[i] = edges.im[i] / u;
    out.im[i] = -edges.re[i] / u;
  }
  return out;
}

/** The stride of most weight: its span, its offset against 0 as a fraction, with its order, a run's width. */
function sharedLattice(law: LatticeIncrement): { span: number; offset: number; order: number; width: number } {
  const shares = new Map<number, { weight: number; run: number }>();
  for (let r = 0; r < law.weight.length; r++) {
    const entry = shares.get(law.stride[r]) ?? { weight: 0, run: r };
    entry.weight += law.weight[r];
    shares.set(law.stride[r], entry);
  }
  const best = [...shares.values()].reduce((a, b) => (b.weight > a.weight ? b : a));
  const stride = law.stride[best.run];
  const rest = ((law.first[best.run] % stride) + stride) % stride;
  let order = 1;
  while ((order * rest) % stride !== 0) order++;
  return {
    span: stride * law.latticeSpan,
    offset: rest / stride,
    order,
    width: law.count[best.run] * stride * law.latticeSpan,
  };
}

/** The first step's probability and moments on either side of 0. */
function firstStep(law: LatticeIncrement): Pick<LatticeFrequencies, 'above' | 'below'> {
  const above: [number, number, number] = [0, 0, 0];
  const below: [number, number, number] = [0, 0, 0];
  const q = law.latticeSpan;
  for (let r = 0; r < law.weight.length; r++) {
    const n = law.count[r];
    const s = law.stride[r];
    const share = law.weight[r] / n;
    const points = (start: number, count: number, side: [number, number, number], sign: number): void => {
      if (count <= 0) return;
      const middle = start + 0.5 * (count - 1) * s;
      side[0] += share * count;
      side[1] += share * count * sign * middle * q;
      side[2] += share * count * (middle * middle + (s * s * (count * count - 1)) / 12) * q * q;
    };
    const negative = Math.min(n, Math.max(0, Math.ceil(-law.first[r] / s)));
    const zero = negative < n && law.first[r] + negative * s === 0 ? 1 : 0;
    points(law.first[r], negative, below, -1);
    points(law.first[r] + (negative + zero) * s, n - negative - zero, above, 1);
    if (zero === 1) {
      above[0] += 0.5 * share;
      below[0] += 0.5 * share;
    }
  }
  return { above, below };
}
