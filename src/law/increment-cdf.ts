/**
 * The distribution function of one slot's increment X = H − C, anywhere on the line, to about 1e-6 locally and 1e-12 in total mass.
 *
 * The likely multisets of tasks (atoms of C) are kept where they are, each with its own Gamma law: where the shape is below 1 the density
 * is singular at every one of them. The rest is smooth enough for a grid: compound Poisson by transform, correlated with the Gamma.
 * Energies off the grid are spread so that their first three moments stay.
 */
import { drift, volatility } from '../fleet/walk-law.js';
import type { WalkLaw } from '../fleet/walk-law.js';
import { addMeasure, compoundPoissonGrid, likelyAtoms } from './compound.js';
import { GridTransform } from './fft.js';
import { GammaTable, gammaCdf, gammaReach, interpolate } from './gamma.js';
import { slotReach } from './reach.js';
import { PlanError } from '../errors.js';

/** A distribution function with the range that carries all but about 1e-13 of its mass. */
export interface CumulativeLaw {
  /** P(X ≤ x), x in joules. */
  cdf(x: number): number;
  readonly low: number;
  readonly high: number;
  readonly mean: number;
  readonly standardDeviation: number;
}

/** −log of the mass that the tables' range may leave out on either side. */
const RANGE_EXPONENT = 30;
/** Largest grid: 2^22 points, about a second. */
const MAXIMUM_GRID = 2 ** 22;
/** Atoms less likely than this go into the grid: what that misplaces is a part of their mass. */
const ATOM_THRESHOLD = 5e-4;

/** The increment law of a scenario. */
export function incrementLaw(law: WalkLaw): CumulativeLaw {
  const low = -slotReach({ ...law, harvest: { shape: 1e-9, scaleJoules: 1e-9 } }, 'down', RANGE_EXPONENT);
  const high = gammaReach(law.harvest, Math.exp(-RANGE_EXPONENT));
  const sigmaHarvest = Math.sqrt(law.harvest.shape) * law.harvest.scaleJoules;
  // A sixteenth of the harvest's spread is resolved well; a sixth still is, where the range asks for it.
  const step = Math.max(
    Math.min(volatility(law) / 256, sigmaHarvest / 16),
    Math.min((high - low) / (MAXIMUM_GRID * 0.95), sigmaHarvest / 6),
  );
  const size = 2 ** Math.ceil(Math.log2(((high - low) / step) * 1.01 + 64));
  if (size > MAXIMUM_GRID) {
    throw new PlanError(
      `the scenario's energies spread too far for a table: from ${low.toPrecision(3)} J to ${high.toPrecision(3)} J in steps of ` +
        `${step.toPrecision(3)} J; expected at most ${MAXIMUM_GRID} steps. Merge rare heavy tasks or raise the harvest variance.`,
    );
  }
  const transform = new GridTransform(size);
  const demand = compoundPoissonGrid(law.demand, step, transform);
  const atoms = likelyAtoms(law.demand, step, ATOM_THRESHOLD);
  for (const atom of atoms) addMeasure(demand, atom.measure, -atom.probability);

  const gamma = new Float64Array(size);
  let below = 0;
  for (let n = 0; n < size && below < 1; n++) {
    const edge = gammaCdf(law.harvest, (n + 0.5) * step);
    gamma[n] = edge - below;
    below = edge;
  }
  const spectrum = transform.forward(gamma);
  conjugateMultiply(spectrum, transform.forward(demand));
  const rest = transform.inverse(spectrum);

  // Unwrap: grid index n stands for the interval of width `step` about n·step, negative ones at the end.
  const offset = Math.ceil(-low / step) + 16;
  const cumulative = new Float64Array(Math.ceil(high / step) + offset + 16);
  let total = 0;
  for (let i = 0; i < cumulative.length; i++) {
    total += rest[(i - offset + size) % size];
    cumulative[i] = total;
  }
  const table = new GammaTable(law.harvest, step);
  const cdf = (x: number): number => {
    const position = x / step - 0.5 + offset;
    let value = position < 1 ? 0 : position >= cumulative.length - 3 ? total : interpolate(cumulative, position);
    for (const atom of atoms) {
      if (x > -atom.energy) value += atom.probability * table.cdf(x + atom.energy);
    }
    return value;
  };
  return { cdf, low, high, mean: drift(law), standardDeviation: volatility(law) };
}

/** a ← a · conj(b), entry by entry. */
function conjugateMultiply(a: Float64Array, b: Float64Array): void {
  for (let k = 0; k < a.length; k += 2) {
    const re = a[k] * b[k] + a[k + 1] * b[k + 1];
    a[k + 1] = a[k + 1] * b[k] - a[k] * b[k + 1];
    a[k] = re;
  }
}
