/**
 * The law of x = H − C on the multiples of a step. Mass between two points goes to both with the weights that keep its
 * mean: the expectation of any function that is linear between lattice points is exact, kinks at lattice points
 * included.
 */
import type { DemandLaw, HarvestLaw } from '../../fleet/walk-law.js';
import { compoundPoissonGrid } from '../../law/compound.js';
import { GridTransform } from '../../numeric/fft.js';
import { cubicWeights } from '../../numeric/cubic.js';
import { gammaCdf, gammaReach } from '../../law/gamma.js';
import gammaln from '@stdlib/math-base-special-gammaln';
import { PlanError } from '../../errors.js';
import type { SlotLaw } from './model.js';

/** x on a lattice; entry `origin + k` of an array belongs to x = k·step. */
export interface SlotLattice {
  readonly step: number;
  readonly origin: number;
  /** Weights of the points; they sum to 1. */
  readonly mass: Float64Array;
  /** The part of a point's weight that comes from x at the point or right of it. */
  readonly right: Float64Array;
  /** Whether x is taken to lie on the points: no harvest, or a constant one. */
  readonly atomic: boolean;
}

/** Mass of consumption and harvest that the lattice may leave out. */
const LEFT_OUT = 1e-16;
const MAXIMUM_POINTS = 2 ** 22;

/** Joules that C exceeds with probability at most 1e-16: Chernoff's bound, the least of a scan of the tilt. */
export function demandReach({ ratePerSlot, energiesJoules, probabilities }: DemandLaw): number {
  if (ratePerSlot === 0) return 0;
  const largest = energiesJoules[energiesJoules.length - 1];
  let best = Infinity;
  for (let tilt = 1e-6; tilt < 60; tilt *= 1.15) {
    const theta = tilt / largest;
    let cumulant = 0;
    for (let j = 0; j < energiesJoules.length; j++)
      cumulant += probabilities[j] * Math.expm1(theta * energiesJoules[j]);
    best = Math.min(best, (ratePerSlot * cumulant - Math.log(LEFT_OUT)) / theta);
  }
  return best;
}

/** Joules that H exceeds with probability at most 1e-16. */
export function harvestReach(harvest: HarvestLaw | number): number {
  return typeof harvest === 'number' ? harvest : gammaReach(harvest, LEFT_OUT);
}

interface Measure {
  readonly mass: Float64Array;
  readonly right: Float64Array;
}

/** H + shift on points `first` + i: weights, and what of them comes from the right. */
function gammaHats(harvest: HarvestLaw, step: number, shift: number, first: number, count: number): Measure {
  const { shape, scaleJoules } = harvest;
  const mass = new Float64Array(count);
  const right = new Float64Array(count);
  const front = gammaln(shape + 1);
  const mean = shape * scaleJoules;
  let below = 0;
  let momentBelow = 0;
  for (let i = 0; i < count; i++) {
    // The cell from point i to the next: its mass and its first moment, E[H; H ≤ u] = mean·P(shape + 1, u).
    const left = (first + i) * step - shift;
    const edge = left + step;
    if (edge <= 0) continue;
    const u = edge / scaleJoules;
    const to = gammaCdf(harvest, edge);
    const momentTo = mean * Math.max(0, to - Math.exp(shape * Math.log(u) - u - front));
    const cell = to - below;
    const share = Math.min(cell, Math.max(0, (momentTo - momentBelow - left * cell) / step));
    mass[i] += cell - share;
    right[i] += cell - share;
    if (i + 1 < count) mass[i + 1] += share;
    below = to;
    momentBelow = momentTo;
  }
  return { mass, right };
}

/** The law of H − C + shift on a lattice. */
export function slotLattice(law: SlotLaw, step: number, shift = 0): SlotLattice {
  const { demand, harvest } = law;
  const first = Math.floor(shift / step) - 2;
  const low = Math.ceil(demandReach(demand) / step) + 4 + Math.max(0, -first);
  const count = Math.ceil(harvestReach(harvest) / step) + 6;
  const size = 2 ** Math.ceil(Math.log2(low + count + Math.abs(first) + 8));
  if (size > MAXIMUM_POINTS) {
    throw new PlanError(
      `the slots' energies spread too far for a lattice: ${size} steps of ${step.toPrecision(3)} J; expected at most ${MAXIMUM_POINTS}`,
    );
  }
  const atomic = typeof harvest === 'number';
  const parts = atomic
    ? atomHats((harvest + shift) / step - first, count)
    : gammaHats(harvest, step, shift, first, count);
  const demandMass =
    demand.ratePerSlot === 0 ? Float64Array.of(1) : compoundPoissonGrid(demand, step, GridTransform.of(size));
  const transform = GridTransform.of(size);
  const spread = new Float64Array(size);
  spread.set(demandMass);
  const spectrum = transform.forward(spread);
  // x = first + i − m: entry (first + i − m) modulo the size.
  const across = (hats: Float64Array): Float64Array => {
    const turned = new Float64Array(size);
    for (let i = 0; i < hats.length; i++) turned[(((-first - i) % size) + size) % size] += hats[i];
    // Σ_m c[m]·turned[m' − m] at m' = −k.
    const values = transform.convolve(turned, spectrum);
    const length = low + first + count + 1;
    return Float64Array.from({ length }, (_, i) => values[(((low - i) % size) + size) % size]);
  };
  const mass = across(parts.mass);
  return { step, origin: low, mass, right: atomic ? mass : across(parts.right), atomic };
}

/** A constant spread over four points so that its moments up to the third stay. */
function atomHats(position: number, count: number): Measure {
  const mass = new Float64Array(count);
  const i = Math.floor(position);
  cubicWeights(position - i).forEach((weight, j) => {
    mass[i - 1 + j] += weight;
  });
  return { mass, right: mass };
}
