/**
 * A distribution function from its values on a uniform grid that starts at 0: with an atom at 0 and, at the end,
 * perhaps another.
 */
import { InputError } from '../../errors.js';
import { cubicAt } from '../../numeric/cubic.js';
import { bisect, firstWhole } from '../../numeric/roots.js';

/** A law on [0, end]. */
export interface TabulatedLaw {
  /** P(V ≤ v). */
  cdf(v: number): number;
  /** Smallest v ≥ 0 with P(V ≤ v) ≥ p, 0 ≤ p < 1. */
  quantile(p: number): number;
  /** Estimated absolute error of the CDF near v: larger next to atoms that lie between lattice points. */
  cdfErrorAt(v: number): number;
  /** The largest of those at lattice points. */
  readonly cdfError: number;
}

/** Values of a function on the points k·step. */
export interface Table {
  readonly step: number;
  readonly values: Float64Array;
}

/**
 * `cdf.values[k]` is P(V ≤ k·step), the last one the limit from the left at the end, beyond which P = 1; `atoms[k]` the
 * part of it that is P(V = k·step). Between points the rest by cubic interpolation, kept between its neighbours.
 * `errors` may have a coarser step.
 */
export function tabulatedLaw(cdf: Table, atoms: Float64Array, errors: Table): TabulatedLaw {
  const { step } = cdf;
  const last = cdf.values.length - 1;
  const stairs = new Float64Array(last + 1);
  for (let k = 0, sum = 0; k <= last; k++) stairs[k] = sum += k === last ? 0 : k < atoms.length ? atoms[k] : 0;
  const roughness = roughnessOf(cdf.values.map((value, k) => value - stairs[k]));
  const errorAt = (v: number): number => {
    const { values } = errors;
    const k = Math.floor(Math.max(0, v) / errors.step);
    const atPoints = Math.max(values[Math.min(k, values.length - 1)], values[Math.min(k + 1, values.length - 1)]);
    return atPoints + roughness[Math.min(Math.floor(Math.max(0, v) / step), roughness.length - 1)];
  };
  const table = neverFalling(
    cdf.values,
    Float64Array.from(cdf.values, (_, k) => errorAt(k * step)),
  );
  const smooth = table.map((value, k) => value - stairs[k]);
  /** P(V < k·step) at the right end of a gap between points. */
  const leftOf = (k: number): number => Math.max(table[k - 1], table[k] - (stairs[k] - stairs[k - 1]));
  const between = (k: number, t: number): number =>
    Math.min(leftOf(k + 1), Math.max(table[k], cubicAt(smooth, k, t) + stairs[k]));
  return {
    cdf(v) {
      if (v < 0) return 0;
      const position = v / step;
      // A point's own value, although the division may fall short of it.
      const nearest = Math.round(position);
      if (Math.abs(position - nearest) < 1e-9 * (1 + position)) return nearest >= last ? 1 : table[nearest];
      const k = Math.floor(position);
      return k >= last ? 1 : between(k, position - k);
    },
    quantile(p) {
      if (!(p >= 0 && p < 1)) throw new InputError(`quantile: got p = ${p}, expected 0 ≤ p < 1`, 'p');
      if (p <= table[0]) return 0;
      if (p > table[last]) return last * step;
      const high = firstWhole(1, last, (k) => table[k] >= p);
      if (p > leftOf(high)) return high * step;
      return (high - 1 + bisect(0, 1, (t) => between(high - 1, t) >= p, { halvings: 50 })) * step;
    },
    cdfErrorAt: errorAt,
    cdfError: errors.values.reduce((a, b) => Math.max(a, b), 0),
  };
}

/**
 * A law whose atoms may be off by so much: near one, its distribution function may be off by the atom. What is claimed
 * grows by how much it rises within that distance, to either side.
 */
export function loosened(law: TabulatedLaw, astray: number): TabulatedLaw {
  const below = (v: number): number => (v < 0 ? 0 : law.cdf(v));
  // Nothing is below 0, so that what is at 0 can only be too little by what is just above it, or too much by that.
  const rise = (v: number): number =>
    Math.max(law.cdf(v + astray) - law.cdf(v), v <= 0 ? 0 : law.cdf(v) - below(v - astray));
  const errorAt = (v: number): number => OVERSHOOT * (law.cdfErrorAt(v) + rise(Math.max(0, v)));
  let steepest = 0;
  const end = law.quantile(ALMOST_ALL);
  const step = Math.max(astray, end / MOST_PROBES);
  for (let v = 0; v <= end; v += step) steepest = Math.max(steepest, rise(v));
  return { ...law, cdfErrorAt: errorAt, cdfError: OVERSHOOT * (law.cdfError + steepest) };
}

/** A constant on four points is beyond its weight by at most an eighth; extrapolation adds a third of that. */
const OVERSHOOT = 1.25;
/** Where a law's steepest rise is looked for: up to this quantile, at so many points at most. */
const ALMOST_ALL = 1 - 1e-6;
const MOST_PROBES = 20_000;

/**
 * Values of a distribution function that may each be off by so much, made into one: each is at most the least that
 * later ones may be, and at least the most that earlier ones may be, so that a value that is off by much, as next to an
 * atom between lattice points, moves none that is known well.
 */
export function neverFalling(values: Float64Array, errors: Float64Array): Float64Array {
  const out = Float64Array.from(values);
  let most = 1;
  for (let k = out.length - 1; k >= 0; k--) {
    most = Math.min(most, values[k] + errors[k]);
    out[k] = Math.min(out[k], most);
  }
  let least = 0;
  for (let k = 0; k < out.length; k++) {
    least = Math.max(least, values[k] - errors[k]);
    out[k] = Math.min(1, Math.max(out[k], least, k === 0 ? 0 : out[k - 1]));
  }
  return out;
}

/**
 * What a table may hide between its points, gap by gap: by how much the rise of this gap or of one beside it differs
 * from the mean of those around it. Of a smooth function that is of the fourth order; an atom or a kink between points
 * shows in it, though the points be right.
 */
function roughnessOf(smooth: Float64Array): Float64Array {
  const gaps = smooth.length - 1;
  const bend = (k: number): number =>
    k < 1 || k + 2 > gaps ? 0 : Math.abs(rise(k) - 0.5 * (rise(k - 1) + rise(k + 1)));
  const rise = (k: number): number => smooth[k + 1] - smooth[k];
  return Float64Array.from({ length: Math.max(1, gaps) }, (_, k) => Math.max(bend(k - 1), bend(k), bend(k + 1)));
}
