/**
 * The regularised incomplete gamma functions P and Q = 1 − P for every shape that a law or a judge may have.
 *
 * @stdlib/math-base-special-gammainc (0.3.1) is right to rounding but for its expansion for large arguments, which it
 * takes wherever x > 1000, also beside the mode: P(10⁴, 9993.75) then comes out 0.472 for 0.476. From shape 100 on the
 * functions are therefore computed here: near the mode by Temme's uniform expansion, away from it by the power series
 * and the continued fraction, whose terms there fall as a geometric series. Below shape 100 an argument beyond 1000
 * lies where that expansion is good.
 */
import erfc from '@stdlib/math-base-special-erfc';
import gammainc from '@stdlib/math-base-special-gammainc';

/** From this shape on, what is computed here; Temme's expansion with the terms below is then right to rounding. */
const LARGE_SHAPE = 100;
/** |x/a − 1| within which Temme's expansion is used; beyond it ratios of terms are below 1/1.4. */
const NEAR_MODE = 0.4;
/** Powers of 1/a, and of η for the first of them, that Temme's expansion takes. */
const TEMME_ORDERS = 8;
const TEMME_POWERS = 18;

/** P(shape, x): that a Gamma variable of scale 1 is at most x. Error about 1e-15, relative 1e-13 (of P). */
export function gammaLower(shape: number, x: number): number {
  if (x <= 0) return 0;
  if (x === Infinity) return 1;
  if (shape < LARGE_SHAPE) return gammainc(x, shape, true, false);
  const s = (x - shape) / shape;
  if (Math.abs(s) < NEAR_MODE) return temme(shape, x, -1);
  return s < 0 ? lowerSeries(shape, x) : 1 - upperFraction(shape, x);
}

/** Q(shape, x) = 1 − P(shape, x), with relative accuracy in the tail (about 1e-13). */
export function gammaUpper(shape: number, x: number): number {
  if (x <= 0) return 1;
  if (x === Infinity) return 0;
  if (shape < LARGE_SHAPE) return gammainc(x, shape, true, true);
  const s = (x - shape) / shape;
  if (Math.abs(s) < NEAR_MODE) return temme(shape, x, 1);
  return s < 0 ? 1 - lowerSeries(shape, x) : upperFraction(shape, x);
}

/** s − log(1 + s) for x = a(1 + s) > 0, without cancellation near s = 0 or loss near s = −1. */
export function logGap(shape: number, x: number): number {
  const s = (x - shape) / shape;
  if (Math.abs(s) > 0.3) return s - Math.log(x / shape);
  // log(1 + s) = 2 atanh r = 2(r + r³/3 + r⁵/5 + …), r = s/(2 + s); and s − 2r = s·r.
  const r = s / (2 + s);
  const square = r * r;
  let sum = 0;
  for (let k = 23; k >= 3; k -= 2) sum = sum * square + 1 / k;
  return r * (s - 2 * square * sum);
}

/** x^a exp(−x)/Γ(a) for a large shape a; by Stirling's series of log Γ. */
function prefix(shape: number, x: number): number {
  const square = 1 / (shape * shape);
  const stirling = (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square / 1680))) / shape;
  return Math.sqrt(shape / (2 * Math.PI)) * Math.exp(-shape * logGap(shape, x) - stirling);
}

/** P by its power series, x well below the shape. */
function lowerSeries(shape: number, x: number): number {
  let term = 1 / shape;
  let sum = term;
  for (let n = 1; term > sum * 1e-17; n++) {
    term *= x / (shape + n);
    sum += term;
  }
  return prefix(shape, x) * sum;
}

/** Q by Legendre's continued fraction (DLMF 8.9.2) in Lentz's form, x well above the shape. */
function upperFraction(shape: number, x: number): number {
  const front = prefix(shape, x);
  if (front === 0) return 0;
  let b = x + 1 - shape;
  let c = Infinity;
  let d = 1 / b;
  let fraction = d;
  for (let n = 1; n < 10_000; n++) {
    const numerator = n * (shape - n);
    b += 2;
    d = 1 / (b + numerator * d);
    c = b + numerator / c;
    const factor = c * d;
    fraction *= factor;
    if (Math.abs(factor - 1) < 1e-16) break;
  }
  return front * fraction;
}

/**
 * Temme's uniform expansion (DLMF 8.12.3 to 8.12.8): Q = ½ erfc(η√(a/2)) + R, P = ½ erfc(−η√(a/2)) − R with ½η² = s −
 * log(1 + s), η of the sign of s, and R = exp(−½aη²)/√(2πa) Σ_k a^−k C_k(η). `side` +1 gives Q, −1 gives P.
 */
function temme(shape: number, x: number, side: 1 | -1): number {
  const gap = logGap(shape, x);
  const sign = x < shape ? -1 : 1;
  const eta = sign * Math.sqrt(2 * gap);
  const power = shape * gap;
  let sum = 0;
  for (let k = TEMME_ORDERS - 1; k >= 0; k--) {
    const row = TEMME[k];
    let value = 0;
    for (let n = row.length - 1; n >= 0; n--) value = value * eta + row[n];
    sum = sum / shape + value;
  }
  const rest = (Math.exp(-power) / Math.sqrt(2 * Math.PI * shape)) * sum;
  return erfc(side * sign * Math.sqrt(power)) / 2 + side * rest;
}

/** Coefficients d_{k,n} of C_k(η) = Σ_n d_{k,n} η^n. */
const TEMME = temmeCoefficients();

/**
 * By the recurrences of DLMF 8.12.11 to 8.12.13: λ − 1 = Σ α_n η^n, d_{0,n} = (n+2)α_{n+2}, d_{k,n} = (−1)^k g_k
 * d_{0,n} + (n+2)d_{k−1,n+2}.
 */
function temmeCoefficients(): Float64Array[] {
  const last = TEMME_POWERS + 2 * TEMME_ORDERS + 2;
  const alpha = new Float64Array(last + 1);
  alpha[1] = 1;
  for (let n = 2; n <= last; n++) {
    let sum = alpha[n - 1];
    for (let j = 2; j < n; j++) sum -= j * alpha[j] * alpha[n - j + 1];
    alpha[n] = sum / (n + 1);
  }
  // Γ*(a) = Σ g_k a^−k; by k·g_k = Σ B_{j+1}/(j+1) g_{k−j} over odd j, from log Γ* = Σ B_{j+1}/(j(j+1)) a^−j.
  const bernoulli = [1 / 6, -1 / 30, 1 / 42, -1 / 30];
  const stirling = [1];
  for (let k = 1; k < TEMME_ORDERS; k++) {
    let sum = 0;
    for (let j = 1; j <= k; j += 2) sum += (bernoulli[(j - 1) / 2] / (j + 1)) * stirling[k - j];
    stirling.push(sum / k);
  }
  const rows = [Float64Array.from({ length: last - 1 }, (_, n) => (n + 2) * alpha[n + 2])];
  rows[0][0] = -1 / 3; // 2α₂ = 2/3 stands for 1/μ − 1/η, whose constant term is −1/3.
  for (let k = 1; k < TEMME_ORDERS; k++) {
    const before = rows[k - 1];
    const sign = k % 2 === 0 ? 1 : -1;
    rows.push(
      Float64Array.from(
        { length: before.length - 2 },
        (_, n) => sign * stirling[k] * rows[0][n] + (n + 2) * before[n + 2],
      ),
    );
  }
  return rows.map((row) => row.slice(0, TEMME_POWERS));
}
