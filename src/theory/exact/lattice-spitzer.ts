/**
 * Spitzer's sums for the sampled law. Its transform cannot be continued to the left (Y is bounded), so the contour runs up the imaginary axis,
 * where M falls only as 1/u: the first step's share is known in closed form and taken off, which leaves u^−2, and the axis is
 * cut smoothly at 40 cell widths' worth of frequency. Low frequencies are graded panels; the rest is one uniform grid, filled by one FFT for all horizons.
 *
 * Slots in which next to nothing happens (a small harvest, no task) hold much mass in a few lattice points where the Gamma's shape is below 1: their
 * powers never decay, but lie all on one side of 0, so that they are taken out of the integrals and put back in closed form (harvest-atoms.ts).
 *
 * Beyond that cut nothing is left but the lattice's own echo: the correction for ties, P(S = 0), is put back from the density of S_k at 0.
 *
 * Longer than most files: grids, sums and ties are steps of one computation on the same frequencies.
 */
import erfc from '@stdlib/math-base-special-erfc';
import { gaussLegendre } from '../../numeric/gauss-legendre.js';
import type { ComplexArray, LatticeIncrement } from '../increment.js';
import { oneMinusS } from './contour.js';
import { atomsAboveZero, nearestFine, smoothTail } from './harvest-atoms.js';
import type { HarvestAtoms } from './harvest-atoms.js';
import type { Complex, SpitzerSource } from './spitzer.js';
import { uniformTransform } from './uniform-transform.js';

const RULE = gaussLegendre(16);
/** Terms of the power series in sM where |M| is small, and what small means. */
const POWERS = 128;
const SMALL = 0.7;
/** Steps for which ties are counted one by one. */
const TIE_POWERS = 64;

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
  /** Σ over the other far nodes of weight · 2 Re[(M^k − A^k) kernel_n], for n = 1, 2, 3 and k from 2 on; the row n = 0 has kernel 1. */
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
  /** What the parity of steps between atoms and other points may change in P(D = 0), relative: half a span of the density at 0. */
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
    // Spikes away from 0 do not decay, nor need they: a smooth cut sees only what lies within a few hundred wavelengths of 0.
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

/** M − 1 on a uniform grid of the axis: its period in joules holds the smooth step's kernel and every S_k whose M^k still counts. */
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
function nearShare(u: number, from: number): number {
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

/** The stride that carries most weight: its span, its offset against 0 as a fraction, the fraction's denominator, and a run's width. */
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

/** (n − 1)!/w^n-like kernel at w = x + iu; on a coarse lattice the sums over lattice points. */
function kernel(n: number, x: number, u: number, q: number, lattice: boolean): [number, number] {
  const power = (re: number, im: number, times: number): [number, number] => {
    let out: [number, number] = [re, im];
    for (let i = 1; i < times; i++) out = [out[0] * re - out[1] * im, out[0] * im + out[1] * re];
    return out;
  };
  if (!lattice) {
    const norm = x * x + u * u;
    const [re, im] = power(x / norm, -u / norm, n);
    return n === 3 ? [2 * re, 2 * im] : [re, im];
  }
  const a = 0.5 * x * q;
  const b = 0.5 * u * q;
  const sinhRe = Math.sinh(a) * Math.cos(b);
  const sinhIm = Math.cosh(a) * Math.sin(b);
  const coshRe = Math.cosh(a) * Math.cos(b);
  const coshIm = Math.sinh(a) * Math.sin(b);
  const norm = sinhRe ** 2 + sinhIm ** 2;
  // (q/2)/sinh.
  const invRe = (0.5 * q * sinhRe) / norm;
  const invIm = (-0.5 * q * sinhIm) / norm;
  if (n === 2) return power(invRe, invIm, 2);
  const [re, im] = power(invRe, invIm, n);
  const size = n === 3 ? 2 : 1;
  return [size * (re * coshRe - im * coshIm), size * (re * coshIm + im * coshRe)];
}

/** Sums for one horizon, on a contour that crosses at `crossing` and leans back to the imaginary axis. */
export function latticeSpitzer(frequencies: LatticeFrequencies, crossing: number, stretch: number): SpitzerSource {
  const { law, overlap } = frequencies;
  const right = crossing > 0;
  const q = law.latticeSpan;
  // Near nodes: a slanted stretch from the crossing to the axis, then up the axis through the overlap.
  const z: number[][] = [];
  const slant = 0.8 * overlap[0];
  const lay = (x: number, u: number, dx: number, du: number, length: number): void => {
    for (let i = 0; i < RULE.nodes.length; i++) {
      const t = 0.5 * length * (1 + RULE.nodes[i]);
      const w = (0.5 * length * RULE.weights[i]) / (2 * Math.PI);
      const share = dx === 0 ? nearShare(u + t, overlap[0]) : 1;
      z.push([x + dx * t, u + du * t, du * w * share, -dx * w * share]);
    }
  };
  const whole = Math.hypot(crossing, slant);
  for (let t = 0; t < whole;) {
    const distance = Math.hypot(crossing * (1 - t / whole), (slant * t) / whole);
    const length = Math.min(whole - t, 0.6 * stretch * Math.max(distance, 0), 3 / law.largestJump);
    lay(crossing * (1 - t / whole), (slant * t) / whole, -crossing / whole, slant / whole, length);
    t += length;
  }
  const panels = Math.ceil(((overlap[1] - slant) * law.largestJump * 1.2) / (3 * stretch));
  for (let p = 0; p < panels; p++) {
    const length = (overlap[1] - slant) / panels;
    lay(0, slant + p * length, 0, 1, length);
  }
  const near = { re: Float64Array.from(z, (v) => v[0]), im: Float64Array.from(z, (v) => v[1]) };
  const nearM = law.transformMinusOne(near);

  // All nodes together: M − 1 and weight·kernel for kernels 1 (ties), 1/w, 1/w², 2/w³.
  const n = z.length + frequencies.node.length;
  const { atoms } = frequencies;
  const nearAtoms = atoms.transform(near);
  const a = { re: new Float64Array(n), im: new Float64Array(n) };
  const m = { re: new Float64Array(n), im: new Float64Array(n) };
  const kernels = Array.from({ length: 4 }, () => ({ re: new Float64Array(n), im: new Float64Array(n) }));
  for (let i = 0; i < n; i++) {
    const j = i - z.length;
    const far = j >= 0;
    m.re[i] = far ? frequencies.transformMinusOne.re[j] : nearM.re[i];
    m.im[i] = far ? frequencies.transformMinusOne.im[j] : nearM.im[i];
    a.re[i] = far ? frequencies.atomsTransform.re[j] : nearAtoms.re[i];
    a.im[i] = far ? frequencies.atomsTransform.im[j] : nearAtoms.im[i];
    const [x, u, wRe, wIm] = far ? [0, frequencies.node[j], frequencies.weight[j], 0] : z[i];
    for (let k = 0; k < 4; k++) {
      const [re, im] = k === 0 ? [1, 0] : kernel(k, x, u, q, frequencies.whole);
      kernels[k].re[i] = re * wRe - im * wIm;
      kernels[k].im[i] = re * wIm + im * wRe;
    }
  }
  const ties = tieWeights(frequencies, m, a, kernels[0]);

  return {
    at(damping, angle) {
      const [gapRe, gapIm] = oneMinusS(damping, angle);
      const upper = halfSums(m, a, atoms.mass > 0, kernels, gapRe, gapIm);
      const lower = angle === 0 ? upper : halfSums(m, a, atoms.mass > 0, kernels, gapRe, -gapIm);
      const join = (k: number): [number, number] => [upper[2 * k] + lower[2 * k], upper[2 * k + 1] - lower[2 * k + 1]];
      const [tie, probability, first, second, slope] = [join(0), join(1), join(2), join(3), join(4)];
      const s: Complex = [1 - gapRe, -gapIm];
      const firstStepOf = right ? frequencies.above : frequencies.below;
      // On the left of 0 the kernels of odd order change sign.
      const sign = right ? 1 : -1;
      let power: Complex = s;
      for (let k = 1; k < Math.max(POWERS, TIE_POWERS); k++) {
        const add = (to: [number, number], size: number): void => {
          to[0] += size * power[0];
          to[1] += size * power[1];
        };
        if (k === 1) {
          add(probability, sign * firstStepOf[0]);
          add(first, firstStepOf[1]);
          add(second, sign * firstStepOf[2]);
          add(slope, firstStepOf[1]);
        } else if (k < POWERS) {
          const { powers } = frequencies;
          add(tie, powers[0][k] / k);
          add(probability, powers[1][k] / k);
          add(first, powers[2][k] / k);
          add(second, powers[3][k] / k);
          add(slope, powers[2][k]);
        }
        if (k < TIE_POWERS) add(probability, ties.single[k]);
        power = [power[0] * s[0] - power[1] * s[1], power[0] * s[1] + power[1] * s[0]];
      }
      probability[0] += ties.mean * tie[0];
      probability[1] += ties.mean * tie[1];
      const alone = right ? undefined : atoms.alone(s);
      const plus = (value: readonly [number, number], part: Complex | undefined, size: number): Complex => [
        size * value[0] + (part?.[0] ?? 0),
        size * value[1] + (part?.[1] ?? 0),
      ];
      return {
        probability: plus(probability, alone?.probability, sign),
        first: plus(first, alone?.first, 1),
        second: plus(second, alone?.second, sign),
        slope: plus(slope, alone?.slope, 1),
      };
    },
  };
}

/**
 * How much P(S_k > 0) differs from its smooth value, per unit of the density f_k(0) of S_k: (½ − t_k)·span, t_k in (0, 1] the first positive lattice
 * point of S_k over the span. Its mean over k applies to all k, the rest to each k apart. On a whole period M itself holds all this but for
 * t = 1: the kernels count ties half.
 */
function tieWeights(
  frequencies: LatticeFrequencies,
  m: ComplexArray,
  a: ComplexArray,
  one: { re: Float64Array; im: Float64Array },
): { mean: number; single: Float64Array } {
  const { span, offset, order, whole, law, powers } = frequencies;
  const single = new Float64Array(TIE_POWERS);
  single[1] = -0.5 * probabilityOfZero(law);
  const unit = whole ? law.latticeSpan : span;
  const mean = whole ? -0.5 : -0.5 / order;
  if (!whole && order > 1) {
    const pRe = m.re.map((x) => 1 + x);
    const pIm = m.im.slice();
    const aRe = a.re.slice();
    const aIm = a.im.slice();
    for (let k = 2; k < TIE_POWERS; k++) {
      let density = k < POWERS ? powers[0][k] : 0;
      for (let i = 0; i < pRe.length; i++) {
        const re = pRe[i] * (1 + m.re[i]) - pIm[i] * m.im[i];
        pIm[i] = pRe[i] * m.im[i] + pIm[i] * (1 + m.re[i]);
        pRe[i] = re;
        const alone = aRe[i] * a.re[i] - aIm[i] * a.im[i];
        aIm[i] = aRe[i] * a.im[i] + aIm[i] * a.re[i];
        aRe[i] = alone;
        density += 2 * ((re - alone) * one.re[i] - (pIm[i] - aIm[i]) * one.im[i]);
      }
      const turn = (k * offset) % 1;
      const t = turn < 1e-9 ? 1 : turn;
      single[k] = (span * density * (0.5 - t - mean)) / k;
    }
  }
  return { mean: mean * unit, single };
}

/** P(Y = 0). */
function probabilityOfZero(law: LatticeIncrement): number {
  let sum = 0;
  for (let r = 0; r < law.weight.length; r++) {
    const i = -law.first[r] / law.stride[r];
    if (Number.isInteger(i) && i >= 0 && i < law.count[r]) sum += law.weight[r] / law.count[r];
  }
  return sum;
}

/**
 * Σ over upper nodes of [−log(1 − sM) − sM] times each kernel, and of [1/(1 − sM) − 1 − sM] times 1/w²; the same with the atoms' transform
 * A in place of M is taken off.
 */
function halfSums(
  m: ComplexArray,
  atoms: ComplexArray,
  withAtoms: boolean,
  kernels: readonly { re: Float64Array; im: Float64Array }[],
  gapRe: number,
  gapIm: number,
): Float64Array {
  const sRe = 1 - gapRe;
  const sIm = -gapIm;
  const out = new Float64Array(10);
  for (let i = 0; i < m.re.length; i++) {
    const aRe = gapRe - sRe * m.re[i] + sIm * m.im[i];
    const aIm = gapIm - sRe * m.im[i] - sIm * m.re[i];
    const norm = aRe * aRe + aIm * aIm;
    // sM = 1 − a.
    let logRe = -0.5 * Math.log(norm) - (1 - aRe);
    let logIm = -Math.atan2(aIm, aRe) + aIm;
    let dRe = aRe / norm - 1 - (1 - aRe);
    let dIm = -aIm / norm + aIm;
    if (withAtoms) {
      const bRe = 1 - sRe * atoms.re[i] + sIm * atoms.im[i];
      const bIm = -sRe * atoms.im[i] - sIm * atoms.re[i];
      const bNorm = bRe * bRe + bIm * bIm;
      logRe += 0.5 * Math.log(bNorm) + (1 - bRe);
      logIm += Math.atan2(bIm, bRe) - bIm;
      dRe -= bRe / bNorm - 1 - (1 - bRe);
      dIm -= -bIm / bNorm + bIm;
    }
    for (let k = 0; k < 4; k++) {
      out[2 * k] += logRe * kernels[k].re[i] - logIm * kernels[k].im[i];
      out[2 * k + 1] += logRe * kernels[k].im[i] + logIm * kernels[k].re[i];
    }
    out[8] += dRe * kernels[2].re[i] - dIm * kernels[2].im[i];
    out[9] += dRe * kernels[2].im[i] + dIm * kernels[2].re[i];
  }
  return out;
}
