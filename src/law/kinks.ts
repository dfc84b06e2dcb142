/**
 * What a grid gets wrong next to its kinks, and the remedy. Where a slot brings a certain multiset of tasks (an atom of C, of energy e),
 * the increment's density starts at x = −e as the harvest's does at 0: for a shape below 1 it is singular there, for small shapes it
 * bends. A table of the whole law on a grid blurs that over some steps. Within 32 steps each likely atom's share of the table is
 * therefore replaced by its exact law; beyond, the two differ by less than 1e-7 of the atom's probability.
 */
import type { HarvestLaw } from '../fleet/walk-law.js';
import type { Atom } from './compound.js';
import { GammaOrigin, ORIGIN_STEPS, cubicWeights } from './gamma.js';

/** Exact laws near the kinks of likely atoms, for a table whose entry i is P(X ≤ (i − offset + ½)·step). */
export class Kinks {
  /** Atoms by falling energy, that is by rising kink. */
  private readonly atoms: readonly Atom[];
  private readonly origin: GammaOrigin;
  /** Entry by which each atom's window starts, and the table's share of it from there on: `width` entries each. */
  private readonly starts: Int32Array;
  private readonly width: number;
  private readonly shares: Float64Array;
  /** For a table's entry i: the atoms whose window holds it are `from[i]` to `until[i]` − 1. */
  private readonly from: Int32Array;
  private readonly until: Int32Array;

  constructor(
    harvest: HarvestLaw,
    /** Masses of the harvest on the grid, as they went into the table. */
    masses: Float64Array,
    step: number,
    offset: number,
    length: number,
    atoms: readonly Atom[],
  ) {
    this.atoms = [...atoms].sort((a, b) => b.energy - a.energy);
    const spread = atoms.reduce((most, { measure }) => Math.max(most, measure.weights.length), 0);
    // The grid's share begins up to `spread` entries before the kink, and the stencil needs one before that and two behind.
    const before = spread + 3;
    const after = ORIGIN_STEPS + (spread >> 1) + 3;
    this.width = before + after;
    this.origin = new GammaOrigin(harvest, step, after + 1);
    const cumulative = new Float64Array(after + spread + 2);
    for (let n = 0, sum = 0; n < cumulative.length; n++) {
      sum += n < masses.length ? masses[n] : 0;
      cumulative[n] = sum;
    }
    this.starts = Int32Array.from(this.atoms, ({ energy }) => Math.floor(-energy / step) + offset - before);
    this.shares = new Float64Array(this.atoms.length * this.width);
    this.atoms.forEach((atom, a) => {
      const { first, weights } = atom.measure;
      for (let i = 0; i < this.width; i++) {
        const n = this.starts[a] + i - offset + first;
        let sum = 0;
        for (let m = Math.max(0, -n); m < weights.length; m++) sum += weights[m] * cumulative[n + m];
        this.shares[a * this.width + i] = sum;
      }
    });
    this.from = new Int32Array(length);
    this.until = new Int32Array(length);
    for (let i = 0, from = 0, until = 0; i < length; i++) {
      while (until < this.starts.length && this.starts[until] + 1 <= i) until++;
      while (from < until && this.starts[from] + this.width - 3 < i) from++;
      this.from[i] = from;
      this.until[i] = until;
    }
  }

  /** What is to be added to the table's value at x, whose entry is i and whose interpolation takes these weights from entry i − 1 on. */
  correction(x: number, i: number, weights: readonly [number, number, number, number]): number {
    let sum = 0;
    for (let a = this.from[i]; a < this.until[i]; a++) {
      const at = a * this.width + i - this.starts[a];
      const { shares } = this;
      const share =
        weights[0] * shares[at - 1] +
        weights[1] * shares[at] +
        weights[2] * shares[at + 1] +
        weights[3] * shares[at + 2];
      const atom = this.atoms[a];
      sum += atom.probability * (this.origin.cdf(x + atom.energy) - share);
    }
    return sum;
  }

  /** The largest correction that one atom of probability 1 and energy 0 needs. */
  static largest(harvest: HarvestLaw, masses: Float64Array, step: number): number {
    const atom: Atom = { energy: 0, probability: 1, measure: { first: -1, weights: Float64Array.of(0, 1, 0, 0) } };
    const kinks = new Kinks(harvest, masses, step, 0, ORIGIN_STEPS, [atom]);
    let worst = 0;
    for (let i = 0; i < 4 * ORIGIN_STEPS; i++) {
      const t = (i % 4) / 4;
      worst = Math.max(worst, Math.abs(kinks.correction(((i >> 2) + 0.5 + t) * step, i >> 2, cubicWeights(t))));
    }
    return worst;
  }
}
