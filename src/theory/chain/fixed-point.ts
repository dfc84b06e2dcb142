/**
 * The fixed point of an affine map of vectors whose powers converge, by reduced rank extrapolation (Mešina 1977; Sidi
 * 2017): of each few iterates the combination whose residual is least, which is restarted GMRES. A slowly mixing chain
 * then needs tens of steps, not thousands. Where a combination leads astray, as it may where the map is far from
 * normal, the plain iterates go on instead.
 */
import { AccuracyError } from '../../errors.js';

/** Iterates that are combined before a restart, at most. */
const WINDOW = 12;
const MOST_CYCLES = 200;
/** Weights of a single step. */
const ALONE = Float64Array.of(1);

/**
 * x with map(x) = x, from a start that has the right sum where the map keeps sums. Ends where ‖map(x) − x‖₁ <
 * tolerance·‖x‖₁; throws AccuracyError where that is not reached.
 */
export function fixedPoint(
  map: (x: Float64Array) => Float64Array,
  start: Float64Array,
  tolerance: number,
): Float64Array {
  let x = start;
  /** Where plain steps came to, and the last of them. */
  let plain: Float64Array | undefined;
  let reached = Infinity;
  for (let cycle = 0; cycle < MOST_CYCLES; cycle++) {
    const iterates = [x];
    const steps: Float64Array[] = [];
    let weights: Float64Array = ALONE;
    for (let k = 0; k < WINDOW; k++) {
      const next = map(iterates[k]);
      const step = next.map((value, i) => value - iterates[k][i]);
      const moved = norm(step);
      if (moved < tolerance * norm(next)) return next;
      if (k === 0 && plain !== undefined && !(moved <= reached)) {
        iterates[0] = plain;
        plain = undefined;
        k = -1;
        continue;
      }
      steps.push(step);
      iterates.push(next);
      reached = moved;
      if (k === 0) continue;
      weights = leastResidual(steps);
      // One more step will show whether what is left is as little as it seems.
      if (norm(weighted(steps, weights)) < (tolerance / 4) * norm(next)) break;
    }
    plain = iterates[iterates.length - 1];
    // One more step of the map on the combination.
    x = weighted(iterates.slice(1), weights);
  }
  throw new AccuracyError(
    `no convergence in ${WINDOW * MOST_CYCLES} periods: the law still moves by ${reached.toPrecision(2)} ` +
      `in a period, expected less than ${tolerance}`,
    reached,
  );
}

function norm(x: Float64Array): number {
  return x.reduce((sum, value) => sum + Math.abs(value), 0);
}

/**
 * Weights γ, Σγ = 1, for which ‖Σ γ_k steps[k]‖₂ is least: orthogonal columns of differences, then back substitution.
 */
function leastResidual(steps: readonly Float64Array[]): Float64Array {
  const columns = steps.slice(1).map((step, k) => step.map((value, i) => value - steps[k][i]));
  const rest = steps[0].slice();
  const basis: Float64Array[] = [];
  const r: number[][] = [];
  const right: number[] = [];
  for (const column of columns) {
    const q = column.slice();
    const size = Math.sqrt(inner(q, q));
    const row: number[] = [];
    for (const b of basis) {
      const share = inner(b, q);
      row.push(share);
      for (let i = 0; i < q.length; i++) q[i] -= share * b[i];
    }
    const left = Math.sqrt(inner(q, q));
    // Nothing new in this column: rounding would choose its weight.
    if (left <= 1e-12 * size || left === 0) break;
    for (let i = 0; i < q.length; i++) q[i] /= left;
    row.push(left);
    r.push(row);
    basis.push(q);
    const share = inner(q, rest);
    right.push(-share);
    for (let i = 0; i < q.length; i++) rest[i] -= share * q[i];
  }
  // Σ_k ξ_k (steps[k+1] − steps[k]) ≈ −steps[0].
  const xi = new Float64Array(basis.length);
  for (let k = basis.length - 1; k >= 0; k--) {
    let sum = right[k];
    for (let j = k + 1; j < basis.length; j++) sum -= r[j][k] * xi[j];
    xi[k] = sum / r[k][k];
  }
  const weights = new Float64Array(basis.length + 1);
  weights[0] = 1;
  xi.forEach((value, k) => {
    weights[k] -= value;
    weights[k + 1] += value;
  });
  return weights;
}

function inner(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** Σ γ_k vectors[k]. */
function weighted(vectors: readonly Float64Array[], weights: Float64Array): Float64Array {
  const out = new Float64Array(vectors[0].length);
  weights.forEach((weight, k) => {
    const vector = vectors[k];
    for (let i = 0; i < out.length; i++) out[i] += weight * vector[i];
  });
  return out;
}
