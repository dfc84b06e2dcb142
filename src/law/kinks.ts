/**
 * What a grid gets wrong next to its kinks, and the remedy. Where a slot brings a certain multiset of tasks (an atom of
 * C, of energy e), the increment's density starts at x = −e as the harvest's does at 0: for a shape below 1 it is
 * singular there, for small shapes it bends. A table of the whole law on a grid blurs that over some steps. Within 32
 * steps each likely atom's share of the table is therefore replaced by its exact law (within fewer, where the atom is
 * unlikely); beyond, the two differ by less than 1e-7.
 *
 * Within the few steps next to the kink where even an exact table cannot be interpolated, the difference is added point
 * by point.
 */
import type { HarvestLaw } from '../fleet/walk-law.js';
import type { Atom } from './compound.js';
import type { GammaOrigin } from './gamma.js';
import { ORIGIN_POWERS, ORIGIN_STEPS } from './gamma.js';
import { interpolate } from '../numeric/cubic.js';
import { firstAbove } from '../numeric/roots.js';

/** Error of interpolating one atom's law that is accepted. */
const INTERPOLATED = 2e-8;
/** Largest factor of the fourth difference in cubic interpolation: 9/16 over 4!. */
const CUBIC_ERROR = 3 / 128;

/** Error of interpolating a certain atom's law, by steps beyond its kink: its fourth derivative is of x^(shape − 4). */
function bends(shape: number, origin: GammaOrigin): Float64Array {
  const factor = CUBIC_ERROR * Math.abs(shape * (shape - 1) * (shape - 2) * (shape - 3));
  const errors = new Float64Array(ORIGIN_STEPS);
  for (let steps = 2; steps < ORIGIN_STEPS; steps++)
    errors[steps] = (factor * origin.atSteps(steps)) / (steps - 1) ** 4;
  return errors;
}

/** Steps beyond a kink from which the law of an atom of this probability may be interpolated. */
function bentSteps(errors: Float64Array, probability: number): number {
  let steps = 2;
  while (steps < ORIGIN_STEPS && probability * errors[steps] > INTERPOLATED) steps++;
  return steps;
}

/**
 * Steps beyond a kink within which an atom's share is replaced. The grid's error falls with their fourth power, so that
 * unlikely atoms need fewer; what the atom's energy is spread over on the grid comes on top.
 */
export function exactSteps(spread: number, probability: number): number {
  return Math.ceil(ORIGIN_STEPS * Math.min(1, (2 * probability) ** 0.25)) + (spread >> 1) + 1;
}

/** Exact laws near the kinks of likely atoms, for a table whose entry i is P(X ≤ (i − offset + ½)·step). */
export class Kinks {
  private readonly count: number;
  /** Atoms by falling energy, that is by rising kink: where it lies, in entries, and how likely the atom is. */
  private readonly kinks: Float64Array;
  private readonly probabilities: Float64Array;
  /** Entries of the table for which an atom is looked at, from two before its kink on, and the most of them. */
  private readonly starts: Int32Array;
  private readonly widths: Int32Array;
  private readonly widest: number;
  /** The atom's exact law at the entries that interpolation takes, from one before `starts` on: `widest` + 4 each. */
  private readonly exact: Float64Array;

  /** Corrects `table` in place, and prepares the correction between its entries. */
  constructor(
    { shape }: HarvestLaw,
    private readonly origin: GammaOrigin,
    /** Masses of the harvest on the grid, as they went into the table. */
    masses: Float64Array,
    step: number,
    offset: number,
    table: Float64Array,
    /** By falling energy. */
    atoms: readonly Atom[],
  ) {
    const count = atoms.length;
    this.count = count;
    this.kinks = new Float64Array(count);
    this.probabilities = new Float64Array(count);
    this.starts = new Int32Array(count);
    const errors = bends(shape, origin);
    this.widths = new Int32Array(count);
    for (let a = 0; a < count; a++) this.widths[a] = bentSteps(errors, atoms[a].probability) + 2;
    this.widest = this.widths.reduce((most, width) => Math.max(most, width), 0);
    const stored = this.widest + 4;
    this.exact = new Float64Array(count * stored);
    const longest = atoms.reduce((most, { measure }) => Math.max(most, measure.weights.length), 0);
    const cumulative = new Float64Array(ORIGIN_STEPS + 2 * longest + 8);
    for (let n = 0, sum = 0; n < cumulative.length; n++) {
      sum += n < masses.length ? masses[n] : 0;
      cumulative[n] = sum;
    }
    const law = new Float64Array(ORIGIN_STEPS + longest + 8);
    for (let a = 0; a < count; a++) {
      const { energy, probability, measure } = atoms[a];
      const { first, weights } = measure;
      const kink = offset - 0.5 - energy / step;
      const last = Math.floor(kink);
      this.kinks[a] = kink;
      this.probabilities[a] = probability;
      this.starts[a] = last - 1;
      const reach = exactSteps(weights.length, probability);
      const entries = Math.max(reach, this.widths[a] + 2);
      // law[j] is the atom's law at the table's entry last + 1 + j, the first entries of it beyond the kink.
      for (let j = 0; j < ORIGIN_POWERS; j++) law[j] = origin.atSteps(last + 1 + j - kink);
      origin.atEverySteps(last + 1 + ORIGIN_POWERS - kink, ORIGIN_POWERS, entries, law);
      for (let j = 3; j < this.widths[a] + 4; j++) this.exact[a * stored + j] = law[j - 3];
      // The grid's share begins where the last of the measure's weights meets the harvest's first mass.
      const shift = first - offset;
      const end = Math.min(table.length, last + reach);
      for (let i = Math.max(0, 1 - shift - weights.length); i < end; i++) {
        const n = i + shift;
        let share = 0;
        for (let m = Math.max(0, -n); m < weights.length; m++) share += weights[m] * cumulative[n + m];
        table[i] += probability * ((i > last ? law[i - last - 1] : 0) - share);
      }
    }
  }

  /** What is to be added to the table's interpolated value at `position`, in entries. */
  correction(position: number): number {
    const { starts, widest } = this;
    const entry = Math.floor(position);
    let sum = 0;
    for (let a = firstAbove(starts, entry - widest); a < this.count && starts[a] <= entry; a++) {
      sum += this.ofAtom(a, position);
    }
    return sum;
  }

  /** Adds the corrections at count positions from `first` on, `spacing` entries apart, to `values`. */
  correctAlong(first: number, spacing: number, values: Float64Array): void {
    for (let a = 0; a < this.count; a++) {
      const start = this.starts[a];
      const end = start + this.widths[a];
      for (let c = Math.max(0, Math.ceil((start - first) / spacing)); c < values.length; c++) {
        const position = first + c * spacing;
        if (position >= end) break;
        values[c] += this.ofAtom(a, position);
      }
    }
  }

  private ofAtom(a: number, position: number): number {
    const inside = position - this.starts[a];
    if (!(inside >= 0 && inside < this.widths[a])) return 0;
    const value = this.origin.atSteps(position - this.kinks[a]);
    return this.probabilities[a] * (value - interpolate(this.exact, a * (this.widest + 4) + 1 + inside));
  }

  /** The largest error that a grid makes next to the kink of one atom of probability 1 and energy 0. */
  static largest(origin: GammaOrigin, masses: Float64Array): number {
    const cumulative = new Float64Array(ORIGIN_STEPS + 5);
    for (let n = 2, sum = 0; n < cumulative.length; n++) {
      sum += n - 2 < masses.length ? masses[n - 2] : 0;
      cumulative[n] = sum;
    }
    let worst = 0;
    for (let i = 0; i < 4 * ORIGIN_STEPS; i++) {
      // Entry n + 2 is the distribution function at n + ½ steps.
      const steps = i / 4;
      worst = Math.max(worst, Math.abs(origin.atEntry(steps) - interpolate(cumulative, steps + 1.5)));
    }
    return worst;
  }
}
