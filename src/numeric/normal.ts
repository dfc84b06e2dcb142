/**
 * The normal law: density, both tails, its two-sided quantile, and the forms that the Brownian deficit needs.
 * Everything is positive, nothing overflows or cancels: each tail is computed as a tail, never as 1 less the other.
 */
import erfc from '@stdlib/math-base-special-erfc';
import erfcx from '@stdlib/math-base-special-erfcx';

const INVERSE_SQRT_2PI = 1 / Math.sqrt(2 * Math.PI);

/** φ(t): the standard normal density. */
export function normalDensity(t: number): number {
  return INVERSE_SQRT_2PI * Math.exp(-0.5 * t * t);
}

/** Φ(t), with relative accuracy in the left tail. */
export function normalCdf(t: number): number {
  return 0.5 * erfc(-t * Math.SQRT1_2);
}

/** P(Z > z) for a standard normal Z. */
export function normalSurvival(z: number): number {
  return 0.5 * erfc(z * Math.SQRT1_2);
}

/**
 * The z ≥ 0 with P(|Z| > z) = `alpha`, 0 < alpha ≤ 1: 1.96 for 0.05.
 * Abramowitz & Stegun 26.2.23 (error below 4.5e-4), then Halley's steps on the survival function to full precision.
 */
export function normalCritical(alpha: number): number {
  const tail = alpha / 2;
  const t = Math.sqrt(-2 * Math.log(tail));
  let z = t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
  for (let step = 0; step < 4; step++) {
    const density = Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
    if (density === 0) break;
    const newton = (normalSurvival(z) - tail) / density;
    z += newton / (1 + 0.5 * z * newton);
  }
  return Math.max(z, 0);
}

/** E(N − t)⁺ = φ(t) − tΦ(−t) for a standard normal N; relative accuracy on both sides. */
export function normalExcess(t: number): number {
  if (t <= 0) return normalDensity(t) - t * normalCdf(-t);
  if (t > 1e3) return 0;
  if (t < 8) return normalDensity(t) * (1 - t * Math.sqrt(Math.PI / 2) * erfcx(t * Math.SQRT1_2));
  // Asymptotic series of 1 − tR(t), R Mills' ratio: Σ (−1)^(n+1) (2n−1)!! t^(−2n).
  const inverse = 1 / (t * t);
  let term = inverse;
  let sum = term;
  for (let n = 2; n < 20; n++) {
    const next = -term * (2 * n - 1) * inverse;
    if (Math.abs(next) >= Math.abs(term) || Math.abs(next) < 1e-17 * sum) break;
    term = next;
    sum += term;
  }
  return normalDensity(t) * sum;
}

/** exp(−2mx)Φ(m − x), x ≥ 0 (the reflected term of eq. 74), without overflow for any m. */
export function reflectedTail(x: number, m: number): number {
  if (x < m) return Math.exp(-2 * m * x) * normalCdf(m - x);
  return 0.5 * Math.exp(-0.5 * (x + m) ** 2) * erfcx((x - m) * Math.SQRT1_2);
}

/** erf(m/√2)/(2m), by its series near m = 0. */
export function halfErfRatio(m: number): number {
  const a = Math.abs(m);
  if (a > 1.25) return (1 - erfc(a * Math.SQRT1_2)) / (2 * a);
  let power = 1;
  let sum = 1;
  for (let n = 1; n < 40; n++) {
    power *= (-0.5 * m * m) / n;
    const term = power / (2 * n + 1);
    sum += term;
    if (Math.abs(term) < 1e-18) break;
  }
  return INVERSE_SQRT_2PI * sum;
}
