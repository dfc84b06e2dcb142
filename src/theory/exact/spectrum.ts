/**
 * A law on [0, ∞) held as its transform on a vertical line, and read off by Fourier inversion: survival, density, mean
 * excess at any point.
 *
 * For a point d the line is cut smoothly at a frequency of about 1000/d: that convolves the law with a kernel whose
 * moments all vanish, so that nothing is lost where the law is smooth within a few per cent of d, and a rough spot is
 * blurred only there.
 */
import type { Kinks } from './kinks.js';
import { LineIntegral, NEAR } from './line-integral.js';
import type { Ends, LineNodes } from './line-integral.js';

/** The line's nodes with a transform at each that decays there: E exp(zV), less what lies below 0 anyway (law.ts). */
export interface Spectrum {
  readonly line: LineNodes;
  readonly re: Float64Array;
  readonly im: Float64Array;
  /** Phase u·d at which the window ends; locality is 100/phase of d. Infinity: no window, the transform itself ends. */
  readonly phase: number;
  /** Extent of what stays rough at high frequency, joules: points near it take the whole line. */
  readonly rough: number;
  /** Frequencies above the line's, for smaller and smaller d. */
  readonly bands: readonly Band[];
  /** What is left of the law beyond the ends of windows; undefined where the transform itself ends. */
  readonly kinks: Kinks | undefined;
  /** The transform is held times exp(−abscissa·origin), joules; 0 where left out. */
  readonly origin?: number;
}

/** A line beyond the end of the one before, with a transform that serves points below `limit` only. */
export interface Band {
  readonly line: LineNodes;
  readonly re: Float64Array;
  readonly im: Float64Array;
  /** Joules. */
  readonly limit: number;
  /** Extent of what stays rough at this band's frequencies, joules. */
  readonly rough: number;
}

/** What the windows took away near a point and nothing was added for. */
export interface Unseen {
  /** Extent of the blur that it leaves round the point, joules. */
  readonly blur: number;
  /** A bound on what it adds up to in P(D > d), Infinity where there is none. */
  readonly most: number;
}

/** The integrals (1/2πi)∫ e^{−zd} f(z)/z^order dz for order 0 (density), 1 (survival), 2 (mean excess). */
export class SpectrumIntegral {
  private readonly lines: readonly LineIntegral[];

  constructor(
    private readonly spectrum: Spectrum,
    private readonly order: 0 | 1 | 2,
  ) {
    const { line, bands } = spectrum;
    this.lines = [
      new LineIntegral(line, spectrum, order, spectrum.origin),
      ...bands.map((band) => new LineIntegral(band.line, band, order)),
    ];
  }

  /** Where the windows for a point d end, line by line, and the largest point that shares them. */
  private windows(d: number, cut = 1): { readonly ends: readonly Ends[]; readonly until: number } {
    const { phase, rough, bands } = this.spectrum;
    if (phase === Infinity) return { ends: [{ from: 0, to: Infinity }], until: Infinity };
    const near = NEAR * rough;
    const [first, until] = d < near ? [this.lines[0].top, near] : stepped(this.lines[0].top, phase, d);
    const ends: Ends[] = [{ from: 0, to: cut * first }];
    let shared = until;
    for (let b = 0; b < bands.length && d < bands[b].limit; b++) {
      const { limit, rough: own } = bands[b];
      const { top } = this.lines[b + 1];
      const [to, last] = d < NEAR * own ? [top, NEAR * own] : stepped(top, phase, d);
      const from = ends[ends.length - 1].to;
      shared = Math.min(shared, limit, last);
      if (cut * to <= from) break;
      ends.push({ from, to: cut * to });
    }
    return { ends, until: shared };
  }

  /** At d = from + j·step > 0, 0 ≤ j < count, by non-uniform transforms: as dear as a hundred single points. */
  grid(from: number, step: number, count: number): Float64Array {
    const out = new Float64Array(count);
    for (let j = 0; j < count;) {
      const d = from + j * step;
      const { ends, until } = this.windows(d);
      const points = Math.min(count - j, Math.max(1, Math.ceil((until - from) / step) - j));
      ends.forEach((own, line) => {
        const values = this.lines[line].grid(d, step, points, own);
        for (let k = 0; k < points; k++) out[j + k] += values[k];
      });
      const { kinks } = this.spectrum;
      const { to } = ends[ends.length - 1];
      const more = kinks?.grid(d, step, points, to, this.order);
      for (let k = 0; more !== undefined && k < points; k++) out[j + k] += more[k];
      j += points;
    }
    return out;
  }

  /** The integral at d > 0; `cut` < 1 ends the windows earlier, for error estimates. */
  at(d: number, cut = 1): number {
    const { ends } = this.windows(d, cut);
    return this.within(d, ends) + (this.spectrum.kinks?.at(d, ends[ends.length - 1].to, this.order).value ?? 0);
  }

  /** The same, blurred where the law is not smooth: a fraction of the cost. */
  blurred(d: number): number {
    return this.within(d, this.windows(d).ends);
  }

  private within(d: number, ends: readonly Ends[]): number {
    return ends.reduce((sum, own, line) => sum + this.lines[line].at(d, own), 0);
  }

  /** Undefined where all that the windows take away at d was added. */
  unseen(d: number): Unseen | undefined {
    const { ends } = this.windows(d);
    const last = ends[ends.length - 1];
    const { kinks } = this.spectrum;
    const lacks = kinks?.at(d, last.to, this.order).lacks ?? 0;
    if (kinks === undefined || lacks === 0) return undefined;
    return { blur: BLUR / last.to, most: lacks === Infinity ? kinks.most(d, last.to) : lacks };
  }
}

/** Half-width of a window's kernel beyond which its lobes add up to little, in units of one over its end. */
const BLUR = 8;

/** Points whose windows may share an end: those at which phase/d lies within this factor. */
const WINDOW_RATIO = 1.25;

/** The end of a window for d, at most phase/d, of a ladder below `top`; and the largest d that has the same. */
function stepped(top: number, phase: number, d: number): [end: number, until: number] {
  const steps = Math.max(0, Math.ceil(Math.log((top * d) / phase) / Math.log(WINDOW_RATIO) - 1e-9));
  const end = top * WINDOW_RATIO ** -steps;
  return [end, phase / end];
}
