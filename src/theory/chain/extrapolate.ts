/**
 * Richardson's extrapolation over three lattices h, h/2, h/4 of errors of order h², with an estimate of what is left.
 */

/** A value and its estimated absolute error. */
export interface Estimate {
  readonly value: number;
  readonly error: number;
}

/** Smallest relative error that is claimed: what rounding leaves after hundreds of transforms. */
const ROUNDING = 1e-11;
/** Smallest error by the largest value that there can be: what rounding leaves of a transform's small values. */
const LEAST = 1e-15;

/** Changes between lattices that shrink by no more than this are taken to do so, and tell what is left. */
const SLOWEST = 0.98;

/**
 * The limit of the values on h, h/2, h/4. The error is the distance between the two extrapolations, of which the
 * coarser has at least twice the error of the finer: it holds too where atoms or singular densities lower the order to
 * 1. Below that, as next to a harvest of shape < 1 between lattice points (order of the shape), changes shrink by a
 * ratio r > 1/2 from lattice to lattice, and the error is what all later ones come to.
 */
export function extrapolate(coarse: number, middle: number, fine: number): Estimate {
  const value = fine + (fine - middle) / 3;
  const before = middle + (middle - coarse) / 3;
  const last = Math.abs(fine - middle);
  const ratio = Math.min(SLOWEST, last / Math.abs(middle - coarse));
  const slow = ratio > 0.5 ? last * (ratio / (1 - ratio) - 1 / 3) : 0;
  return { value, error: Math.max(Math.abs(value - before), slow) + ROUNDING * Math.abs(value) };
}

/**
 * The limit where the law is of constants that no lattice holds: how far each of them is from a point then differs from
 * lattice to lattice, and so does the factor of h². The error is sixteen times what the finest lattice itself
 * may have: of 720 standard deviations the worst was off by eleven times that.
 */
export function extrapolateConstants(coarse: number, middle: number, fine: number): Estimate {
  const { value, error } = extrapolate(coarse, middle, fine);
  return { value, error: Math.max(error, 16 * Math.abs(fine - middle), 4 * Math.abs(fine - coarse)) };
}

/** What was found on three lattices, the coarsest first. */
export type Three<T> = readonly [coarse: T, middle: T, fine: T];

/**
 * Limits of what is read off three results, brought within 0 and `most` where that is named.
 * @param scale the size of what such a value is a small part of: where `most` is no bound, no value's by itself
 */
export function limitsOf<T>([coarse, middle, fine]: Three<T>, limit = extrapolate) {
  return (read: (result: T) => number, most?: number, scale = most === Infinity ? 0 : (most ?? 0)): Estimate => {
    const { value, error } = limit(read(coarse), read(middle), read(fine));
    const own = { value, error: error + LEAST * scale };
    return most === undefined ? own : within(own, most);
  };
}

/** The same of tables. */
export function tablesOf<T>([coarse, middle, fine]: Three<T>) {
  return (read: (result: T) => Float64Array) => extrapolateTable(read(coarse), read(middle), read(fine));
}

/** `extrapolate` for tables: values at the middle lattice's points, errors at the coarse one's. */
function extrapolateTable(
  coarse: Float64Array,
  middle: Float64Array,
  fine: Float64Array,
): { readonly values: Float64Array; readonly errors: Float64Array } {
  // Tables of laws without an end may end at different places.
  const at = (table: Float64Array, k: number): number => table[Math.min(k, table.length - 1)];
  return {
    values: middle.map((value, k) => at(fine, 2 * k) + (at(fine, 2 * k) - value) / 3),
    errors: coarse.map((value, k) => extrapolate(value, at(middle, 2 * k), at(fine, 4 * k)).error),
  };
}

/** An estimate of what is never below 0, nor above `most`: brought there, where extrapolation went beyond. */
function within({ value, error }: Estimate, most: number): Estimate {
  return { value: Math.min(most, Math.max(0, value)), error };
}
