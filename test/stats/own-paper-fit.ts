/**
 * The fits of the paper's detector, made again: all coefficients at once by Gram and Schmidt's method, on residuals
 * that are summed one by one. It shares nothing with src/stats/paper-regimes.ts.
 */

interface LeastSquares {
  /** One a column, in their order. */
  readonly coefficients: readonly number[];
  /** Sum of squares. */
  readonly residual: number;
}

/** Takes from a vector what it has of each of some others, which are of length 1. @returns how much of each */
function takeOff(vector: number[], basis: readonly (readonly number[])[]): number[] {
  const shares = basis.map(() => 0);
  // Twice, for columns that are nearly alike.
  for (let time = 0; time < 2; time++) {
    basis.forEach((e, k) => {
      const share = vector.reduce((sum, x, i) => sum + x * e[i], 0);
      vector.forEach((x, i) => (vector[i] = x - share * e[i]));
      shares[k] += share;
    });
  }
  return shares;
}

/** Least squares of y on the columns. */
function leastSquares(columns: readonly (readonly number[])[], y: readonly number[]): LeastSquares {
  const basis: number[][] = [];
  const upper = columns.map((column) => {
    const v = [...column];
    const shares = takeOff(v, basis);
    const size = Math.sqrt(v.reduce((sum, x) => sum + x * x, 0));
    basis.push(v.map((x) => x / size));
    return [...shares, size];
  });
  const rest = [...y];
  const coefficients = takeOff(rest, basis);
  for (let k = columns.length - 1; k >= 0; k--) {
    for (let j = k + 1; j < columns.length; j++) coefficients[k] -= upper[j][k] * coefficients[j];
    coefficients[k] /= upper[k][k];
  }
  return { coefficients, residual: rest.reduce((sum, x) => sum + x * x, 0) };
}

export interface OwnPaperFit {
  /** The break of the least score, accepted or not. */
  readonly tau: number;
  /** c√T up to it, a + bT above it. */
  readonly c: number;
  readonly a: number;
  readonly b: number;
  readonly score: number;
  /** The score of √T alone, and its c. */
  readonly root: number;
  readonly rootCoefficient: number;
}

/** τ of the least score and whether it beats √T alone, from n log(RSS/n) + w k log n with k of 1 and 4. */
export function ownPaperFit(slots: readonly number[], y: readonly number[], w: number): OwnPaperFit {
  const n = slots.length;
  const score = (rss: number, k: number): number => n * Math.log(rss / n) + w * k * Math.log(n);
  const alone = leastSquares([slots.map((t) => Math.sqrt(t))], y);
  const all = slots.slice(2, n - 3).map((tau) => {
    const columns = [
      slots.map((t) => (t <= tau ? Math.sqrt(t) : 0)),
      slots.map((t) => (t <= tau ? 0 : 1)),
      slots.map((t) => (t <= tau ? 0 : t)),
    ];
    const { coefficients, residual } = leastSquares(columns, y);
    const [c, a, b] = coefficients;
    return { tau, c, a, b, score: score(residual, 4) };
  });
  const best = all.reduce((x, y) => (y.score < x.score ? y : x));
  return { ...best, root: score(alone.residual, 1), rootCoefficient: alone.coefficients[0] };
}
