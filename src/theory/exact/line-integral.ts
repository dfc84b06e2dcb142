/**
 * Integrals over a vertical line of the plane by panels of Gauss nodes, cut smoothly at a frequency. Not a law: see
 * spectrum.ts.
 */
import { gaussLegendre } from '../../numeric/quadrature.js';
import type { ComplexArray } from '../increment.js';
import { uniformTransform } from './uniform-transform.js';
import { FLAT, windowAt } from './window.js';

const PANEL_NODES = 16;
const RULE = gaussLegendre(PANEL_NODES);

/** Panels of Gauss nodes on the line Re z = a, ascending in u = Im z. */
export interface LineNodes {
  /** a. */
  readonly abscissa: number;
  /** Lower end and length of each panel, 1/joule. */
  readonly start: Float64Array;
  readonly length: Float64Array;
}

/** Points up to this many times the rough extent see the whole line. */
export const NEAR = 1.5;
/** Panels in a row of one length. */
const RUN = 8;

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

/** Nodes dense enough for e^{−iud} for all d that see the frequency u ≥ from, and for roughness up to `rough`. */
export function lineNodes(plan: LinePlan, from = 0): LineNodes {
  const start: number[] = [];
  const length: number[] = [];
  let u = from;
  while (u < plan.highest) {
    const seen = Math.max(Math.min(plan.farthest, u > 0 ? plan.phase / u : Infinity), NEAR * plan.rough);
    const ideal = 11 / (seen + plan.rough);
    // Some panels at a time of one length, so that rotations can be reused.
    const size = 2 ** Math.floor(Math.log2(ideal));
    for (let i = 0; i < RUN; i++) {
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

/** Where windows end on a line: of the line itself, and of one that it goes on from (0 where there is none). */
export interface Ends {
  readonly from: number;
  readonly to: number;
}

/** The window of a panel within its flat part. */
const EVEN = new Float64Array(PANEL_NODES).fill(1);

/** Sum of a panel's values times turns and windows, real and imaginary part, into `panel`: a plain loop by itself. */
function addTurned(
  re: Float64Array,
  im: Float64Array,
  from: number,
  turnRe: Float64Array,
  turnIm: Float64Array,
  window: Float64Array,
  panel: Float64Array,
): void {
  let sumRe = 0;
  let sumIm = 0;
  for (let k = 0; k < PANEL_NODES; k++) {
    const a = window[k] * re[from + k];
    const b = window[k] * im[from + k];
    sumRe += a * turnRe[k] - b * turnIm[k];
    sumIm += a * turnIm[k] + b * turnRe[k];
  }
  panel[0] = sumRe;
  panel[1] = sumIm;
}

/** ∫ e^{−zd} f(z)/z^order over one line, under a smooth window. */
export class LineIntegral {
  private readonly re: Float64Array;
  private readonly im: Float64Array;
  /** Σ over all later panels of |f/z^order|·weight. */
  private readonly rest: Float64Array;
  private readonly u: Float64Array;
  readonly top: number;

  constructor(
    private readonly line: LineNodes,
    transform: ComplexArray,
    order: 0 | 1 | 2,
    private readonly origin = 0,
  ) {
    const last = line.start.length - 1;
    this.top = line.start[last] + line.length[last];
    const u = (this.u = lineFrequencies(line));
    this.re = new Float64Array(u.length);
    this.im = new Float64Array(u.length);
    this.rest = new Float64Array(line.start.length + 1);
    for (let i = 0, p = -1; i < u.length; i++) {
      const k = i % PANEL_NODES;
      if (k === 0) p++;
      let re = transform.re[i];
      let im = transform.im[i];
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

  /** At d = from + j·step, 0 ≤ j < count. */
  grid(from: number, step: number, count: number, ends: Ends): Float64Array {
    const { u, line } = this;
    const re = new Float64Array(u.length);
    const im = new Float64Array(u.length);
    let used = 0;
    for (
      ;
      used < u.length && u[used] < ends.to && this.rest[Math.floor(used / PANEL_NODES)] >= 1e-17 * this.rest[0];
      used++
    ) {
      const window = windowBetween(u[used], ends);
      re[used] = window * this.re[used];
      im[used] = -window * this.im[used];
    }
    const size = 2 ** Math.max(5, Math.ceil(Math.log2(count)));
    // Σ re cos(ud) + im sin(ud) is the real part of Σ (re − i im) e^(iud).
    const parts = [u, re, im].map((array) => array.subarray(0, used));
    const values = uniformTransform(parts[0], parts[1], step, from / step, size, parts[2]).re;
    return Float64Array.from(
      { length: count },
      (_, k) => Math.exp(-line.abscissa * (from + k * step - this.origin)) * values[k],
    );
  }

  at(d: number, ends: Ends): number {
    const { line } = this;
    const panels = line.start.length;
    const turnRe = new Float64Array(PANEL_NODES);
    const turnIm = new Float64Array(PANEL_NODES);
    let turned = 0;
    let sum = 0;
    const window = new Float64Array(PANEL_NODES);
    const panel = new Float64Array(2);
    // e^{iud} at the panel's start, and what it turns by to the next panel.
    let c = 1;
    let s = 0;
    let stepRe = 1;
    let stepIm = 0;
    const scale = this.rest[0];
    for (let p = 0; p < panels; p++) {
      const start = line.start[p];
      const length = line.length[p];
      if (start >= ends.to || this.rest[p] < 1e-17 * scale) break;
      if (length !== turned) {
        turned = length;
        for (let k = 0; k < PANEL_NODES; k++) {
          const angle = -0.5 * length * (1 + RULE.nodes[k]) * d;
          turnRe[k] = Math.cos(angle);
          turnIm[k] = Math.sin(angle);
        }
        stepRe = Math.cos(length * d);
        stepIm = Math.sin(length * d);
      }
      // Turned from the panel before, and set right at the start of every run of panels of one length.
      if (p % RUN === 0) {
        c = Math.cos(start * d);
        s = Math.sin(start * d);
      } else [c, s] = [c * stepRe - s * stepIm, c * stepIm + s * stepRe];
      const i = p * PANEL_NODES;
      const flat = start >= ends.from && start + length < FLAT * ends.to;
      if (!flat) windowAlong(this.u, i, ends, window);
      addTurned(this.re, this.im, i, turnRe, turnIm, flat ? EVEN : window, panel);
      sum += panel[0] * c + panel[1] * s;
    }
    return Math.exp(-line.abscissa * (d - this.origin)) * sum;
  }
}

/** `windowBetween` at the nodes of a panel. */
function windowAlong(u: Float64Array, first: number, ends: Ends, into: Float64Array): void {
  for (let k = 0; k < PANEL_NODES; k++) into[k] = windowBetween(u[first + k], ends);
}

/** What the window that ends at `to` leaves of a frequency beyond the one that ends at `from`. */
function windowBetween(u: number, { from, to }: Ends): number {
  return windowAt(u / to) - (from > 0 ? windowAt(u / from) : 0);
}
