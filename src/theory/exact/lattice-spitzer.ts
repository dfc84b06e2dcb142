/**
 * Spitzer's sums for the sampled law. Its transform cannot be continued to the left (Y is bounded), so the contour runs
 * up the imaginary axis, where M falls only as 1/u: the first step's share is known in closed form and taken off, which
 * leaves u^−2, and the axis is cut smoothly at 40 cell widths' worth of frequency. Low frequencies are graded panels;
 * the rest is one uniform grid, filled by one FFT for all horizons.
 *
 * Slots in which next to nothing happens (a small harvest, no task) hold much mass in a few lattice points where the
 * Gamma's shape is below 1: their powers never decay, but lie all on one side of 0, so that they are taken out of the
 * integrals and put back in closed form (harvest-atoms.ts).
 *
 * Beyond that cut nothing is left but the lattice's own echo: the correction for ties, P(S = 0), is put back from the
 * density of S_k at 0.
 */
import { gaussLegendre } from '../../numeric/quadrature.js';
import type { ComplexArray, LatticeIncrement } from '../increment.js';
import { oneMinusS } from './contour.js';
import { POWERS, nearShare } from './lattice-frequencies.js';
import type { LatticeFrequencies } from './lattice-frequencies.js';
import { kernel } from './lattice-kernel.js';
import type { Complex, SpitzerSource } from './spitzer.js';

const RULE = gaussLegendre(16);
/** Steps for which ties are counted one by one. */
const TIE_POWERS = 64;

/** z and dz/2πi: a slanted stretch from the crossing to the axis, then up the axis through the overlap. */
type Node = readonly [x: number, u: number, wRe: number, wIm: number];

function nearNodes({ law, overlap }: LatticeFrequencies, crossing: number, stretch: number): Node[] {
  const z: Node[] = [];
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
  return z;
}

/** Near and far nodes: M − 1, the atoms' transform, and weight·kernel for kernels 1 (ties), 1/w, 1/w², 2/w³. */
function allNodes(frequencies: LatticeFrequencies, z: readonly Node[]) {
  const { law, atoms } = frequencies;
  const near = { re: Float64Array.from(z, (v) => v[0]), im: Float64Array.from(z, (v) => v[1]) };
  const nearM = law.transformMinusOne(near);

  const n = z.length + frequencies.node.length;
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
      const [re, im] = k === 0 ? [1, 0] : kernel(k, x, u, law.latticeSpan, frequencies.whole);
      kernels[k].re[i] = re * wRe - im * wIm;
      kernels[k].im[i] = re * wIm + im * wRe;
    }
  }
  return { m, a, kernels };
}

/** Sums for one horizon, on a contour that crosses at `crossing` and leans back to the imaginary axis. */
export function latticeSpitzer(frequencies: LatticeFrequencies, crossing: number, stretch: number): SpitzerSource {
  const { atoms } = frequencies;
  const right = crossing > 0;
  const { m, a, kernels } = allNodes(frequencies, nearNodes(frequencies, crossing, stretch));
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
 * How much P(S_k > 0) differs from its smooth value, per unit of the density f_k(0) of S_k: (½ − t_k)·span, t_k in (0,
 * 1] the first positive lattice point of S_k over the span. Its mean over k applies to all k, the rest to each k apart.
 * On a whole period M itself holds all this but for t = 1: the kernels count ties half.
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
 * Σ over upper nodes of [−log(1 − sM) − sM] times each kernel, and of [1/(1 − sM) − 1 − sM] times 1/w²; the same with
 * the atoms' transform A in place of M is taken off.
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
