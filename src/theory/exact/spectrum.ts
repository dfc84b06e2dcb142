/**
 * A law on [0, ∞) held as its transform on a vertical line, and read off by Fourier inversion: survival, density, mean excess at any point.
 *
 * For a point d the line is cut smoothly at a frequency of about 1000/d: that convolves the law with a kernel whose moments all vanish, so that nothing is
 * lost where the law is smooth within a few per cent of d, and a rough spot is blurred only there.
 */
import erfc from '@stdlib/math-base-special-erfc';
import { gaussLegendre } from '../gauss-legendre.js';
import { uniformTransform } from './uniform-transform.js';

export const PANEL_NODES = 16;
const RULE = gaussLegendre(PANEL_NODES);

/** Panels of Gauss nodes on the line Re z = a, ascending in u = Im z. */
export interface LineNodes {
  /** a. */
  readonly abscissa: number;
  /** Lower end and length of each panel, 1/joule. */
  readonly start: Float64Array;
  readonly length: Float64Array;
}

/** The line's nodes with the transform E exp(zD) less an atom's constant share at each. */
export interface Spectrum {
  readonly line: LineNodes;
  readonly re: Float64Array;
  readonly im: Float64Array;
  /** Phase u·d at which the window ends; locality is 100/phase of d. Infinity: no window, the transform itself ends. */
  readonly phase: number;
  /** Extent of what stays rough at high frequency, joules: points near it take the whole line. */
  readonly rough: number;
}

/** Points up to this many times the rough extent see the whole line. */
const NEAR = 1.5;

/** How a line is divided. */
export interface LinePlan {
  readonly abscissa: number;
  /** Largest d that is to be resolved, joules. */
  readonly farthest: number;
  /** Extent of what stays rough at high frequency, joules. */
  readonly rough: number;
  /** Phase u·d at which the window ends; locality is 100/phase of d. */
  readonly phase: number;
  /** Highest frequency wanted. */
  readonly highest: number;
}

/** Nodes dense enough for e^{−iud} for all d that see the frequency u, and for roughness up to `rough`. */
export function lineNodes(plan: LinePlan): LineNodes {
  const start: number[] = [];
  const length: number[] = [];
  let u = 0;
  while (u < plan.highest) {
    const seen = Math.max(Math.min(plan.farthest, u > 0 ? plan.phase / u : Infinity), NEAR * plan.rough);
    const ideal = 11 / (seen + plan.rough);
    // Eight panels at a time of one length, so that rotations can be reused.
    const size = 2 ** Math.floor(Math.log2(ideal));
    for (let i = 0; i < 8; i++) {
      start.push(u);
      length.push(size);
      u += size;
    }
  }
  return { abscissa: plan.abscissa, start: Float64Array.from(start), length: Float64Array.from(length) };
}

/** Im z at every node. */
export function lineFrequencies(line: LineNodes): Float64Array {
  const out = new Float64Array(line.start.length * PANEL_NODES);
  for (let p = 0, i = 0; p < line.start.length; p++) {
    for (let k = 0; k < PANEL_NODES; k++, i++) out[i] = line.start[p] + 0.5 * line.length[p] * (1 + RULE.nodes[k]);
  }
  return out;
}

/** The integrals (1/2πi)∫ e^{−zd} f(z)/z^order dz for order 0 (density), 1 (survival), 2 (mean excess). */
export class SpectrumIntegral {
  private readonly re: Float64Array;
  private readonly im: Float64Array;
  /** Σ over all later panels of |f/z^order|·weight. */
  private readonly rest: Float64Array;
  private frequencies: Float64Array | undefined;

  constructor(
    private readonly spectrum: Spectrum,
    order: 0 | 1 | 2,
  ) {
    const { line } = spectrum;
    const u = lineFrequencies(line);
    this.re = new Float64Array(u.length);
    this.im = new Float64Array(u.length);
    this.rest = new Float64Array(line.start.length + 1);
    for (let i = 0, p = -1; i < u.length; i++) {
      const k = i % PANEL_NODES;
      if (k === 0) p++;
      let re = spectrum.re[i];
      let im = spectrum.im[i];
      const norm = line.abscissa ** 2 + u[i] ** 2;
      for (let n = 0; n < order; n++) {
        [re, im] = [(re * line.abscissa + im * u[i]) / norm, (im * line.abscissa - re * u[i]) / norm];
      }
      const weight = (0.5 * line.length[p] * RULE.weights[k]) / Math.PI;
      this.re[i] = re * weight;
      this.im[i] = im * weight;
    }
    for (let p = line.start.length - 1; p >= 0; p--) {
      let sum = 0;
      for (let i = p * PANEL_NODES; i < (p + 1) * PANEL_NODES; i++) sum += Math.sqrt(this.re[i] ** 2 + this.im[i] ** 2);
      this.rest[p] = this.rest[p + 1] + sum;
    }
  }

  /** Where the window for a point d ends. */
  private end(d: number, cut = 1): number {
    const { line, phase, rough } = this.spectrum;
    const last = line.start.length - 1;
    const top = line.start[last] + line.length[last];
    return phase === Infinity ? Infinity : cut * (d < NEAR * rough ? top : Math.min(top, phase / d));
  }

  /**
   * The integral at d = from + j·step > 0, 0 ≤ j < count, all at once by non-uniform transforms: about as dear as a hundred single points.
   */
  grid(from: number, step: number, count: number): Float64Array {
    const out = new Float64Array(count);
    const { line, rough } = this.spectrum;
    const u = (this.frequencies ??= lineFrequencies(line));
    for (let j = 0; j < count;) {
      const d = from + j * step;
      const near = d < NEAR * rough;
      // The points up to `limit` share one window, that of the last of them.
      const limit = near ? NEAR * rough : d * WINDOW_RATIO;
      const points = Math.min(count - j, Math.max(1, Math.ceil((limit - d) / step)));
      const end = this.end(near ? d : d + (points - 1) * step);
      const re = new Float64Array(u.length);
      const im = new Float64Array(u.length);
      let used = 0;
      for (
        ;
        used < u.length && u[used] < end && this.rest[Math.floor(used / PANEL_NODES)] >= 1e-17 * this.rest[0];
        used++
      ) {
        const window = u[used] < 0.05 * end ? 1 : windowAt(u[used] / end);
        re[used] = window * this.re[used];
        im[used] = -window * this.im[used];
      }
      const size = 2 ** Math.max(5, Math.ceil(Math.log2(points)));
      // Σ re cos(ud) + im sin(ud) is the real part of Σ (re − i im) e^(iud).
      const parts = [u, re, im].map((array) => array.subarray(0, used));
      const values = uniformTransform(parts[0], parts[1], step, d / step, size, parts[2]).re;
      for (let k = 0; k < points; k++) out[j + k] = Math.exp(-line.abscissa * (d + k * step)) * values[k];
      j += points;
    }
    return out;
  }

  /** The integral at d > 0; `cut` < 1 ends the window earlier, for error estimates. */
  at(d: number, cut = 1): number {
    const { line } = this.spectrum;
    const panels = line.start.length;
    const end = this.end(d, cut);
    const turnRe = new Float64Array(PANEL_NODES);
    const turnIm = new Float64Array(PANEL_NODES);
    let turned = 0;
    let sum = 0;
    const scale = this.rest[0];
    for (let p = 0; p < panels; p++) {
      const start = line.start[p];
      const length = line.length[p];
      if (start >= end || this.rest[p] < 1e-17 * scale) break;
      if (length !== turned) {
        turned = length;
        for (let k = 0; k < PANEL_NODES; k++) {
          const angle = -0.5 * length * (1 + RULE.nodes[k]) * d;
          turnRe[k] = Math.cos(angle);
          turnIm[k] = Math.sin(angle);
        }
      }
      let re = 0;
      let im = 0;
      const flat = start + length < 0.05 * end;
      for (let k = 0, i = p * PANEL_NODES; k < PANEL_NODES; k++, i++) {
        const window = flat ? 1 : windowAt((start + 0.5 * length * (1 + RULE.nodes[k])) / end);
        re += window * (this.re[i] * turnRe[k] - this.im[i] * turnIm[k]);
        im += window * (this.re[i] * turnIm[k] + this.im[i] * turnRe[k]);
      }
      const c = Math.cos(start * d);
      const s = Math.sin(start * d);
      sum += re * c + im * s;
    }
    return Math.exp(-line.abscissa * d) * sum;
  }
}

/** Points of a grid whose windows may share the end of the narrowest: the others then see 4/5 of their own. */
const WINDOW_RATIO = 1.25;

const WINDOW_CELLS = 1 << 14;
const WINDOW = Float64Array.from({ length: WINDOW_CELLS + 2 }, (_, i) => 0.5 * erfc(6 * ((2 * i) / WINDOW_CELLS - 1)));

/** The smooth window at a fraction of its end: 1 at 0, ½ in the middle, 0 from 1 on. Read from a table: only its smoothness matters. */
function windowAt(t: number): number {
  if (t >= 1) return 0;
  const x = t * WINDOW_CELLS;
  const i = Math.floor(x);
  return WINDOW[i] + (x - i) * (WINDOW[i + 1] - WINDOW[i]);
}
