/** Walk laws that several tests of this folder share, and a plain lattice walk solved by brute force. */
import { compoundIncrement } from '../../src/theory/compound-increment.js';
import type { CompoundIncrement } from '../../src/theory/increment.js';

/** True law from λ, energies, probabilities, shape, scale. */
export function law(
  rate: number,
  energies: number[],
  probabilities: number[],
  shape: number,
  scale: number,
): CompoundIncrement {
  return compoundIncrement({
    demand: {
      ratePerSlot: rate,
      energiesJoules: Float64Array.from(energies),
      probabilities: Float64Array.from(probabilities),
    },
    harvest: { shape, scaleJoules: scale },
  });
}

/** Critical, singular harvest. */
export const singular = law(0.2, [1], [1], 0.5, 0.4);
/** μ > 0. */
export const surplus = law(2, [1, 3], [0.7, 0.3], 0.8, 4.4);
/** μ < 0. */
export const shortage = law(3, [1], [1], 2, 1.4);
/** Rare heavy tasks, critical. */
export const rareHeavy = law(0.5, [1, 60], [0.99, 0.01], 1.5, 0.53);
/** Almost a lattice: one task size, nearly constant harvest. */
export const nearLattice = law(0.2, [1], [1], 50, 0.004);
/** Many tasks, singular harvest, μ > 0. */
export const manyTasks = law(40, [1], [1], 0.5, 81);
/** Poisson(3) tasks, critical. */
export const poisson3 = law(3, [1], [1], 5, 0.6);
