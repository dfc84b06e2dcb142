/**
 * What a sampled law promises of its distance from the scenario's true one, and what to say where the promise is not
 * kept: with 10⁷ tasks a slot and more, or on a lattice made coarse by a very long walk, the tables are no longer fine
 * enough. Verdicts are given against the sampled law and stay right; it is the scenario that such a run is further
 * from.
 */
import type { HarvestLaw } from '../fleet/walk-law.js';
import type { SamplingError } from './sampling-error.js';

/** |mean difference| / σ, and the relative difference of the variances. */
const MEAN_BOUND = 1e-9;
const VARIANCE_BOUND = 5e-5;
/** Kolmogorov distance; a singular density (shape < 1) is blurred more by any lattice. */
const KOLMOGOROV_BOUND = 1e-4;
const KOLMOGOROV_BOUND_SINGULAR = 1e-3;

/** The promises that are broken, such as `variance 3.0e-3 (promised: 5e-5)`; none as a rule. */
export function brokenBounds(error: SamplingError, { shape }: HarvestLaw): string[] {
  const kolmogorov = shape < 1 ? KOLMOGOROV_BOUND_SINGULAR : KOLMOGOROV_BOUND;
  const bounds: readonly (readonly [string, number, number])[] = [
    ['mean', Math.abs(error.mean), MEAN_BOUND],
    ['variance', Math.abs(error.variance), VARIANCE_BOUND],
    ['Kolmogorov distance', error.kolmogorov, kolmogorov],
  ];
  // Also what is not a number at all is no promise kept.
  return bounds
    .filter(([, seen, most]) => !(seen <= most))
    .map(([name, seen, most]) => `${name} ${seen.toExponential(1)} (promised: ${most.toExponential(0)})`);
}
