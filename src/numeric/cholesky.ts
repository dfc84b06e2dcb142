/**
 * The lower Cholesky factor of a small covariance matrix, and whitening by it. Dense and row-major; not for large
 * systems.
 */
import { InputError } from '../errors.js';

/**
 * L with L Lᵀ = `matrix` (n × n, row-major, symmetric; only the lower half is read).
 * @throws {InputError} where the matrix is not positive definite
 */
export function choleskyFactor(matrix: Float64Array, n: number): Float64Array {
  const factor = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * n + j];
      for (let k = 0; k < j; k++) sum -= factor[i * n + k] * factor[j * n + k];
      if (i > j) {
        factor[i * n + j] = sum / factor[j * n + j];
        continue;
      }
      if (!(sum > 1e-13 * matrix[i * n + i])) {
        throw new InputError(
          `covariance: got a matrix whose pivot ${i} is ${sum}, expected a positive definite one: more pilot paths than points, and points whose ` +
            'deficits differ',
          'covariance',
        );
      }
      factor[i * n + i] = Math.sqrt(sum);
    }
  }
  return factor;
}

/** L⁻¹ v: components that are uncorrelated with variance 1 where v has covariance L Lᵀ. */
export function whiten(factor: Float64Array, v: ArrayLike<number>): Float64Array {
  const n = v.length;
  const out = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let sum = v[i];
    for (let k = 0; k < i; k++) sum -= factor[i * n + k] * out[k];
    out[i] = sum / factor[i * n + i];
  }
  return out;
}
