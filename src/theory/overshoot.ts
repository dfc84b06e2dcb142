/**
 * The overshoot constant K of a walk (docs/model.md section 5): by how much the critical walk's mean deficit falls
 * short of the diffusion's, K = lim σ√(2T/π) − E D_T. 0.5826σ for Gaussian steps. A one-dimensional integral over the
 * centred transform; not a limit in T.
 */
import erfc from '@stdlib/math-base-special-erfc';
import { gaussLegendre } from '../numeric/quadrature.js';
import type { IncrementLaw } from './increment.js';

const RULE = gaussLegendre(16);
const PANEL_LIMIT = 4000;
const LATTICE_PANEL_LIMIT = 600;

/** K in joules: −(1/π) ∫ t^−2 log|2(1 − ϕ(t))/(σ²t²)| dt, ϕ the characteristic function of Y − EY. */
export function overshootConstant(law: IncrementLaw): number {
  const sigma = Math.sqrt(law.variance);
  const fastest = 4 / Math.max(law.largestJump, sigma);
  // Past the window's end the log-transform part is left out: its rough parts are far from the cut at 0, so the smooth
  // window hides them.
  const wanted = law.kind === 'compound' ? silentEnd(law.shape, law.scale) : Infinity;
  const limit = law.kind === 'compound' ? PANEL_LIMIT : LATTICE_PANEL_LIMIT;
  const ends = [0, 0.5 / sigma];
  const period = law.latticeSpan > 0 ? Math.PI / law.latticeSpan : Infinity;
  const stop = Math.min(wanted, period);
  for (;;) {
    const last = ends[ends.length - 1];
    if (ends.length > limit || last >= stop) break;
    ends.push(Math.min(stop, last + Math.min(fastest, 0.7 * last)));
  }
  const end = ends[ends.length - 1];
  const n = (ends.length - 1) * RULE.nodes.length;
  const z = { re: new Float64Array(n), im: new Float64Array(n) };
  const weight = new Float64Array(n);
  for (let p = 0, i = 0; p + 1 < ends.length; p++) {
    const half = 0.5 * (ends[p + 1] - ends[p]);
    for (let r = 0; r < RULE.nodes.length; r++, i++) {
      z.im[i] = ends[p] + half * (1 + RULE.nodes[r]);
      weight[i] = half * RULE.weights[r];
    }
  }
  const m = law.transformMinusOne(z);
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const t = z.im[i];
    // ϕ − 1 = (M − 1)e^{−itEY} + (e^{−itEY} − 1).
    const turn = -t * law.mean;
    const c = Math.cos(turn);
    const s = Math.sin(turn);
    const half = Math.sin(0.5 * turn);
    const re = m.re[i] * c - m.im[i] * s - 2 * half * half;
    const im = m.re[i] * s + m.im[i] * c + s;
    const diffusion = Math.log(0.5 * law.variance * t * t);
    const whole = end >= stop;
    const window = whole ? 1 : 0.5 * erfc(6 * ((2 * t) / end - 1.05));
    // On a lattice of span q the kernel (q/2)²/sin²(qt/2) takes the place of 1/t².
    const kernel =
      whole && period === stop ? (law.latticeSpan / (2 * Math.sin(0.5 * law.latticeSpan * t))) ** 2 : t ** -2;
    sum += weight[i] * (window * kernel * 0.5 * Math.log(re * re + im * im) - t ** -2 * diffusion);
  }
  // ∫_U^∞ t^−2 log(σ²t²/2) dt.
  const tail = (Math.log(0.5 * law.variance * end * end) + 2) / end;
  return -(sum - tail) / Math.PI;
}

/** Where |1 + iθt|^(−shape) has fallen below rounding. */
function silentEnd(shape: number, scale: number): number {
  return Math.sqrt(Math.max(1, Math.exp(Math.min(80, (2 * 37) / shape)) - 1)) / scale;
}
