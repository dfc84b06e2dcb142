/**
 * Moments of the deficit of a walk, and of the diffusion beside it, in plain code that shares nothing with theory's: by
 * Spitzer's identity from the transform of a slot's increment, and by integrals of the diffusion's survival function.
 */
import erfc from '@stdlib/math-base-special-erfc';

/** A slot: Poisson tasks, each of one of some energies, and a harvest that is Gamma. */
export interface OwnLaw {
  readonly rate: number;
  /** Joules with their probabilities, which sum to 1. */
  readonly energies: readonly (readonly [joules: number, probability: number])[];
  readonly harvestMean: number;
  readonly harvestVariance: number;
}

/** λ E[e^k]. */
export function demandOf({ rate, energies }: Pick<OwnLaw, 'rate' | 'energies'>, k: number): number {
  return rate * energies.reduce((sum, [joules, probability]) => sum + probability * joules ** k, 0);
}
/** μ and σ of a slot. */
export const driftOf = (law: OwnLaw): number => law.harvestMean - demandOf(law, 1);
export const sigmaOf = (law: OwnLaw): number => Math.sqrt(law.harvestVariance + demandOf(law, 2));
/** σ√(2T/π): the mean of a diffusion without drift. */
export const criticalMeanOf = (law: OwnLaw, slots: number): number => sigmaOf(law) * Math.sqrt((2 * slots) / Math.PI);

export interface OwnMoments {
  readonly mean: number;
  readonly standardDeviation: number;
}

/** log M(c + iu), M the transform of a slot's demand less its harvest: its real part, and its angle. */
function transformAt(law: OwnLaw, c: number, u: number): readonly [log: number, angle: number] {
  const shape = law.harvestMean ** 2 / law.harvestVariance;
  const scale = law.harvestVariance / law.harvestMean;
  // log M(z) = λ(E e^{ze} − 1) − shape log(1 + scale z).
  let [log, angle] = [-law.rate, 0];
  for (const [joules, probability] of law.energies) {
    const size = law.rate * probability * Math.exp(c * joules);
    log += size * Math.cos(u * joules);
    angle += size * Math.sin(u * joules);
  }
  log -= 0.5 * shape * Math.log((1 + scale * c) ** 2 + (scale * u) ** 2);
  angle -= shape * Math.atan2(scale * u, 1 + scale * c);
  return [log, angle];
}

/** How far the transform is summed, in 1/σ, and points of the sum to the distance of its pole. */
const [REACH, POINTS] = [400, 6];

/**
 * E[D_T] and SD[D_T] at some horizons, by Spitzer's identity: from m_k = E[S_k⁺]/k and q_k = E[(S_k⁺)²]/k, each an
 * integral of M(z)^k n!/z^{n+1} up a line on the right of 0, M the transform of demand less harvest.
 */
export function ownMoments(law: OwnLaw, horizons: readonly number[]): OwnMoments[] {
  const most = Math.max(...horizons);
  const sigma = sigmaOf(law);
  const c = 1 / (sigma * Math.sqrt(most));
  const step = c / POINTS;
  const [first, second] = [new Float64Array(most + 1), new Float64Array(most + 1)];
  for (let j = 0; j * step < REACH / sigma; j++) {
    const u = j * step;
    const [log, angle] = transformAt(law, c, u);
    const [re, im] = [Math.exp(log) * Math.cos(angle), Math.exp(log) * Math.sin(angle)];
    // 1/z² and 2/z³.
    const [size, turn] = [Math.hypot(c, u), Math.atan2(u, c)];
    const [a, b] = [Math.cos(2 * turn) / size ** 2, -Math.sin(2 * turn) / size ** 2];
    const [a3, b3] = [(2 * Math.cos(3 * turn)) / size ** 3, (-2 * Math.sin(3 * turn)) / size ** 3];
    const weight = ((j === 0 ? 0.5 : 1) * step) / Math.PI;
    let [x, y] = [re, im];
    for (let k = 1; k <= most; k++) {
      first[k] += (weight * (x * a - y * b)) / k;
      second[k] += (weight * (x * a3 - y * b3)) / k;
      [x, y] = [x * re - y * im, x * im + y * re];
    }
  }
  const sums = first.map((_, n) => {
    let pairs = 0;
    for (let j = 1; j < n; j++) pairs += first[j] * first[n - j];
    return pairs;
  });
  const upTo = (values: Float64Array, slots: number): number =>
    values.subarray(1, slots + 1).reduce((sum, value) => sum + value, 0);
  return horizons.map((slots) => {
    const mean = upTo(first, slots);
    // Of all pairs j + k ≤ T.
    const square = upTo(second, slots) + upTo(sums, slots);
    return { mean, standardDeviation: Math.sqrt(square - mean ** 2) };
  });
}

/** How far the transform of many slots is summed, in 1/(σ√slots). */
const MANY_REACH = 10;

/**
 * E[S⁺]/k, S the demand less the harvest of many slots k: E[S] + E[S⁻] where S grows, E[S⁻] an integral like those
 * above, up a line on the left of 0, where nothing cancels.
 */
function meanPart(law: OwnLaw, k: number): number {
  const grows = driftOf(law) < 0;
  const unit = 1 / (sigmaOf(law) * Math.sqrt(k));
  const [c, step] = [grows ? -unit : unit, unit / POINTS];
  let sum = 0;
  for (let j = 0; j <= MANY_REACH * POINTS; j++) {
    const u = j * step;
    const [log, angle] = transformAt(law, c, u);
    const turn = k * angle - 2 * Math.atan2(u, c);
    sum += ((j === 0 ? 0.5 : 1) * Math.exp(k * log) * Math.cos(turn)) / (c * c + u * u);
  }
  return (grows ? -driftOf(law) : 0) + (sum * step) / Math.PI / k;
}

/** Panels of an integral between two horizons, and the part of a horizon over which a slope is taken. */
const [PANELS, SLOPE] = [64, 1e-3];

/**
 * E[D_T] at horizons beyond one at which it is known, of some 50 slots or more: what Spitzer's identity adds from
 * there on, by Euler and Maclaurin's formula with Simpson's rule over log k.
 */
export function ownMeansBeyond(law: OwnLaw, from: number, mean: number, horizons: readonly number[]): number[] {
  const part = (k: number): number => meanPart(law, k);
  const slope = (k: number): number => (part(k * (1 + SLOPE)) - part(k * (1 - SLOPE))) / (2 * SLOPE * k);
  let [a, sum] = [from, mean];
  return horizons.map((b) => {
    const step = Math.log(b / a) / PANELS;
    for (let i = 0; i <= PANELS; i++) {
      const k = a * Math.exp(i * step);
      sum += ((i === 0 || i === PANELS ? 1 : i % 2 === 1 ? 4 : 2) * step * k * part(k)) / 3;
    }
    sum += (part(b) - part(a)) / 2 + (slope(b) - slope(a)) / 12;
    a = b;
    return sum;
  });
}

const below = (z: number): number => erfc(-z / Math.SQRT2) / 2;

/**
 * Mean deficit of a diffusion less what drift alone takes, over the mean without drift: by Simpson's rule.
 *
 * @param m μ√T/σ
 */
export function ownDeviation(m: number): number {
  const end = Math.max(0, -m) + 10;
  const panels = 2 * Math.ceil(end / 0.008);
  const step = end / panels;
  let sum = 0;
  for (let i = 0; i <= panels; i++) {
    const x = i * step;
    const survival = below(-x - m) + Math.exp(-2 * m * x) * below(m - x);
    sum += (i === 0 || i === panels ? 1 : i % 2 === 1 ? 4 : 2) * survival;
  }
  return ((sum * step) / 3 - Math.max(-m, 0)) / Math.sqrt(2 / Math.PI);
}
