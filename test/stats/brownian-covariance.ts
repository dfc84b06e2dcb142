/**
 * Covariance of the mean deficits over horizons in the Brownian limit of a critical walk, row-major: E[D_s D_t] = σ²{s
 * + [u arctan√(s/u) + √(su) − s arctan√(u/s)]/π} with u = t − s ≥ 0. (D is the local time at 0 of the reflected motion
 * Y = D + B; given what is known at s it grows at the rate φ(Y_s/√v)/√v after a further v, and (D_s, Y_s) has density
 * 2(d + y)/√(2πs³) exp(−(d + y)²/2s).)
 */
export function brownianMeanCovariance(slots: readonly number[], volatility: number, trials: number): Float64Array {
  return symmetric(slots.length, (i, j) => {
    const s = Math.min(slots[i], slots[j]);
    const t = Math.max(slots[i], slots[j]);
    const u = t - s;
    const grown =
      u * Math.atan2(Math.sqrt(s), Math.sqrt(u)) + Math.sqrt(s * u) - s * Math.atan2(Math.sqrt(u), Math.sqrt(s));
    return (volatility ** 2 * (s + grown / Math.PI - (2 * Math.sqrt(s * t)) / Math.PI)) / trials;
  });
}

function symmetric(n: number, entry: (i: number, j: number) => number): Float64Array {
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) matrix[i * n + j] = matrix[j * n + i] = entry(i, j);
  }
  return matrix;
}
