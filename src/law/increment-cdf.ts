/**
 * The distribution function of one slot's increment X = H − C, anywhere on the line, to about 1e-6 locally and 1e-12 in total mass.
 *
 * One grid has it all: compound Poisson by transform, correlated with the Gamma, read by cubic interpolation. Energies off the grid are
 * spread so that their first three moments stay. Next to the likely multisets of tasks (atoms of C), where the harvest's density may be
 * singular or bend, their share of the grid gives way to their exact law (kinks.ts).
 */
import { drift, volatility } from '../fleet/walk-law.js';
import type { WalkLaw } from '../fleet/walk-law.js';
import { compoundPoissonSpectrum, likelyAtoms } from './compound.js';
import { GridTransform } from './fft.js';
import { cubicWeights, gammaMasses, gammaReach } from './gamma.js';
import { Kinks } from './kinks.js';
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
/** Atoms less likely than this stay as the grid has them: what that misplaces is a part of their mass. */
const ATOM_THRESHOLD = 5e-4;
/** Corrections smaller than this are left out: P(X ≤ x) is promised to 1e-6. */
const NEGLIGIBLE_KINK = 2e-9;

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
  const transform = GridTransform.of(size);
  const masses = gammaMasses(law.harvest, step, Math.min(size, Math.ceil(high / step) + 16));
  const padded = new Float64Array(size);
  padded.set(masses);
  const spectrum = transform.forward(padded);
  conjugateMultiply(spectrum, compoundPoissonSpectrum(law.demand, step, transform));
  const grid = transform.inverse(spectrum);

  // Unwrap: grid index n stands for the interval of width `step` about n·step, negative ones at the end.
  const offset = Math.ceil(-low / step) + 16;
  const cumulative = new Float64Array(Math.ceil(high / step) + offset + 16);
  let total = 0;
  for (let i = 0; i < cumulative.length; i++) {
    total += grid[(i - offset + size) % size];
    cumulative[i] = total;
  }
  const kinks = kinksOf(law, masses, step, offset, cumulative.length);
  const cdf = (x: number): number => {
    const position = x / step - 0.5 + offset;
    if (position < 1) return 0;
    if (position >= cumulative.length - 3) return total;
    const i = Math.floor(position);
    const weights = cubicWeights(position - i);
    const value =
      weights[0] * cumulative[i - 1] +
      weights[1] * cumulative[i] +
      weights[2] * cumulative[i + 1] +
      weights[3] * cumulative[i + 2];
    return kinks === undefined ? value : value + kinks.correction(x, i, weights);
  };
  return { cdf, low, high, mean: drift(law), standardDeviation: volatility(law) };
}

/** The kinks that matter: none where the harvest's density rises from 0 so smoothly that the grid has it right. */
function kinksOf(law: WalkLaw, masses: Float64Array, step: number, offset: number, length: number): Kinks | undefined {
  const largest = Kinks.largest(law.harvest, masses, step);
  if (!(largest >= NEGLIGIBLE_KINK)) return undefined;
  const atoms = likelyAtoms(law.demand, step, Math.max(ATOM_THRESHOLD, NEGLIGIBLE_KINK / largest));
  return new Kinks(law.harvest, masses, step, offset, length, atoms);
}

/** a ← a · conj(b), entry by entry. */
function conjugateMultiply(a: Float64Array, b: Float64Array): void {
  for (let k = 0; k < a.length; k += 2) {
    const re = a[k] * b[k] + a[k + 1] * b[k + 1];
    a[k + 1] = a[k + 1] * b[k] - a[k] * b[k + 1];
    a[k] = re;
  }
}
