/**
 * One side of a slot's law: what D = C − H (a shortage) or H − C (a surplus) is beyond each lattice point, and the same
 * cut at a limit.
 */
import type { SlotLattice } from './slot-lattice.js';

/** A side's tail functions at the points k·step, k = 0 … length − 1, for a variable D. */
export interface OneSided {
  readonly step: number;
  /** P(D > k·step). */
  readonly beyond: Float64Array;
  /** P(D ≥ k·step). */
  readonly atLeast: Float64Array;
  /** E(D − k·step)⁺, joules. */
  readonly excess: Float64Array;
  /** E((D − k·step)⁺)², joules². */
  readonly square: Float64Array;
}

/** The side of x < 0 (sign −1: D = −x) or of x > 0 (sign 1: D = x) at `count` points from 0 on. */
export function oneSided(lattice: SlotLattice, sign: 1 | -1, count: number): OneSided {
  const { step, origin, mass, right, atomic } = lattice;
  const beyond = new Float64Array(count);
  const atLeast = new Float64Array(count);
  const excess = new Float64Array(count);
  const square = new Float64Array(count);
  const end = sign === 1 ? mass.length - 1 - origin : origin;
  // Σ over points further out of weight, distance and squared distance, in steps.
  let weight = 0;
  let first = 0;
  let second = 0;
  for (let k = Math.max(end, count - 1); k >= 0; k--) {
    const i = origin + sign * k;
    const here = k <= end ? mass[i] : 0;
    const fromRight = k <= end ? right[i] : 0;
    if (k < count) {
      // What of the point's weight comes from beyond it.
      const outer = atomic ? 0 : sign === 1 ? fromRight : here - fromRight;
      beyond[k] = weight + outer;
      atLeast[k] = atomic ? weight + here : beyond[k];
      excess[k] = first * step;
      square[k] = second * step * step;
    }
    second += 2 * first + weight + here;
    first += weight + here;
    weight += here;
  }
  return { step, beyond, atLeast, excess, square };
}
