/**
 * Covariance of the mean deficits of one run over its horizons. All horizons come from the same paths, so that
 * neighbouring means move together: a fit that took them for independent would see bends in what is one draw's common
 * error.
 */
import { InputError } from '../errors.js';

/**
 * Cov(D_s, D_t)/trials as pilot paths show it: joules², row-major, one row a horizon.
 * @param deficits quanta, entry [h · paths + i] for path i at horizon h, as a backend's `deficits` gives them
 * @param trials paths of the run whose means are meant; it may be larger than the pilot
 * @throws {InputError} unless there are more pilot paths than horizons
 */
export function pilotMeanCovariance(
  deficits: Int32Array,
  horizons: number,
  quantumJoules: number,
  trials: number,
): Float64Array {
  const paths = deficits.length / horizons;
  if (!Number.isInteger(paths) || paths <= horizons) {
    throw new InputError(
      `pilot: got ${deficits.length} deficits for ${horizons} horizons, expected a whole number of paths greater than the number of horizons`,
      'pilot',
    );
  }
  const centred = Array.from({ length: horizons }, (_, h) => {
    const row = Float64Array.from(deficits.subarray(h * paths, (h + 1) * paths));
    const mean = row.reduce((a, b) => a + b, 0) / paths;
    return row.map((d) => d - mean);
  });
  const scale = quantumJoules ** 2 / (paths - 1) / trials;
  const covariance = new Float64Array(horizons * horizons);
  for (let i = 0; i < horizons; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let p = 0; p < paths; p++) sum += centred[i][p] * centred[j][p];
      covariance[i * horizons + j] = covariance[j * horizons + i] = sum * scale;
    }
  }
  return covariance;
}
