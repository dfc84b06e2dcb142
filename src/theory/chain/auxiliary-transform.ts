/**
 * The transform of the total auxiliary energy A_T on one lattice: for each frequency the chain of levels carries
 * E[exp(iωA); level]; at the horizon it is inverted on the lattice of A, whose step is that of shortages.
 */
import FFT from 'fft.js';
import { convolveBand } from '../../numeric/band.js';
import type { BatteryKernel } from './battery-kernel.js';
import type { LatticeChain, LatticeResult } from './lattice-chain.js';
import { dot } from './level-function.js';
import { Leak, addMoved } from './level-map.js';
import { isAtomic, stepsBefore } from './model.js';
import { sparseTransforms } from './sparse-transform.js';

/** exp of the damping over the lattice's length: what lies beyond its end comes back smaller by this. */
const DAMPING = Math.log(1e3);

export interface LatticeCdf {
  /** P(A ≤ k·step). */
  readonly cdf: Float64Array;
  /** P(A = k·step), k > 0, as far as points stand out from those beside them. */
  readonly atoms: Float64Array;
}

/** What a slot of one law does at one frequency. */
interface Turn {
  /** E[exp(iωa); a > 0] by level, where the battery is emptied. */
  readonly re: Float64Array;
  readonly im: Float64Array;
  /** From this level on nothing can be lacking. */
  readonly end: number;
  /** The same beyond the discharge limit. */
  readonly cut: readonly [re: number, im: number];
}

/** The transform of A on one lattice, and its laws in windows of 2^n points at several horizons. */
export class AuxiliaryTransform {
  private readonly leak: Leak;

  constructor(
    private readonly chain: LatticeChain,
    private readonly points: number,
  ) {
    this.leak = new Leak(chain.model.battery.leakPerSlot, chain.levels.nodes);
  }

  /**
   * P(A ≤ a) at ascending horizons: at the points of the lattice from 0 on, `firsts[i]` the first one below which no
   * path of the i-th is. All horizons take one pass through the slots.
   */
  cdfs(moments: readonly LatticeResult[], firsts: readonly number[]): LatticeCdf[] {
    const { points } = this;
    const damping = DAMPING / points;
    const horizons = moments.map(({ slots }) => slots);
    const grids = sparseTransforms(points, moments.length, (angle) => {
      const values = this.at(damping, angle, horizons);
      moments.forEach(({ survival }, i) => {
        values[2 * i] -= survival;
      });
      return values;
    });
    return grids.map((grid, i) => this.inverted(grid, damping, moments[i].survival, firsts[i]));
  }

  private inverted(grid: Float64Array, damping: number, survival: number, first: number): LatticeCdf {
    const { points } = this;
    const atomic = isAtomic(this.chain.model.laws);
    // m[j] = e^{damping·j}/points Σ_k φ_k e^{−2πijk/points}, for j in the window.
    const out = new Float64Array(2 * points);
    new FFT(points).transform(out, grid);
    const end = first + points;
    const mass = new Float64Array(end);
    for (let j = first; j < end; j++) mass[j] = (out[2 * (j % points)] / points) * Math.exp(damping * j);
    const cdf = new Float64Array(end);
    const atoms = new Float64Array(end);
    let below = survival;
    cdf[0] = below;
    for (let j = 0; j < end; j++) {
      // That of 0 comes from the right alone, that of other points in equal parts from either side, unless it stands
      // out.
      const beside = Math.max(j > 0 ? mass[j - 1] * (j === 1 ? 2 : 1) : 0, j + 1 < end ? mass[j + 1] : 0);
      atoms[j] = atomic ? mass[j] : j === 0 ? 0 : Math.max(0, mass[j] - Math.max(0, beside));
      if (j > 0 || atomic) cdf[j] = below + atoms[j] + (mass[j] - atoms[j]) / 2;
      below += mass[j];
    }
    return { cdf, atoms };
  }

  /** E exp((iω − damping)·A/step) at each horizon, interleaved re, im; ω = angle. */
  private at(damping: number, angle: number, horizons: readonly number[]): Float64Array {
    const { chain } = this;
    const { model } = chain;
    const turns: (Turn | undefined)[] = model.laws.map(() => undefined);
    let re: Float64Array[] = [...chain.start().total];
    let im: Float64Array[] = re.map((x) => x.map(() => 0));
    const sum = (joint: Float64Array[]): number => joint.reduce((s, x) => s + x.reduce((a, b) => a + b, 0), 0);
    const values = new Float64Array(2 * horizons.length);
    let done = 0;
    for (let t = 0; done < horizons.length; t++) {
      if (stepsBefore(model, t)) {
        re = [...chain.weather(t, re)];
        im = [...chain.weather(t, im)];
      }
      for (let i = 0; i < model.states; i++) {
        const index = model.lawOf(t, i);
        const kernel = chain.kernel(t, i);
        const turn = (turns[index] ??= this.turnOf(kernel, damping, angle));
        const x = this.leak.apply(re[i]);
        const y = this.leak.apply(im[i]);
        [re[i], im[i]] = this.move(kernel, turn, x, y);
      }
      if (t + 1 < horizons[done]) continue;
      values[2 * done] = sum(re);
      values[2 * done + 1] = sum(im);
      done++;
    }
    return values;
  }

  private turnOf(kernel: BatteryKernel, damping: number, angle: number): Turn {
    const size = Math.exp(-damping);
    const c = size * Math.cos(angle);
    const s = size * Math.sin(angle);
    const { nodes } = kernel.levels;
    const re = new Float64Array(nodes + 1);
    const im = new Float64Array(nodes + 1);
    const { down, cut } = kernel;
    // Σ_{j ≥ 1} mass[k + j] e^{(iω − damping)j} from the far end.
    let sumRe = 0;
    let sumIm = 0;
    let beyond = 0;
    for (let k = down.origin; k >= 0; k--) {
      if (k <= nodes) {
        const near = k * down.step < (cut?.limit ?? Infinity) ? kernel.deficit.values[k] - beyond : 0;
        re[k] = sumRe + near;
        im[k] = sumIm;
      }
      const mass = down.mass[down.origin - k];
      beyond += mass;
      const a = sumRe + mass;
      sumRe = c * a - s * sumIm;
      sumIm = s * a + c * sumIm;
    }
    const end = Math.min(nodes, down.origin) + 1;
    if (cut === undefined) return { re, im, end, cut: [0, 0] };
    const { lattice } = cut;
    let cutRe = 0;
    let cutIm = 0;
    let weight = 0;
    for (let k = lattice.origin; k > 0; k--) {
      const mass = lattice.mass[lattice.origin - k];
      weight += mass;
      const a = cutRe + mass;
      cutRe = c * a - s * cutIm;
      cutIm = s * a + c * cutIm;
    }
    return { re, im, end, cut: [cutRe + cut.probability - weight, cutIm] };
  }

  /** One slot of the complex levels. */
  private move(
    kernel: BatteryKernel,
    turn: Turn,
    x: Float64Array,
    y: Float64Array,
  ): [re: Float64Array, im: Float64Array] {
    const { cut, survivors } = kernel;
    const { toEmpty, toFull } = survivors;
    const { length } = x;
    const [re, im] = convolveBand(survivors.kernel, [x, y]);
    const steps = cut === undefined ? Infinity : cut.limit / kernel.down.step;
    let zero = dot(toEmpty, x);
    let zeroIm = dot(toEmpty, y);
    const end = Math.min(length, steps, turn.end);
    for (let k = 0; k < end; k++) {
      zero += turn.re[k] * x[k] - turn.im[k] * y[k];
      zeroIm += turn.re[k] * y[k] + turn.im[k] * x[k];
    }
    re[0] = zero;
    im[0] = zeroIm;
    re[length - 1] = dot(toFull, x);
    im[length - 1] = dot(toFull, y);
    if (cut !== undefined) {
      const [cutRe, cutIm] = turn.cut;
      addMoved(x, -steps, cutRe, re);
      addMoved(y, -steps, -cutIm, re);
      addMoved(x, -steps, cutIm, im);
      addMoved(y, -steps, cutRe, im);
    }
    return [re, im];
  }
}
