/**
 * What a run says of one quantity at one horizon, worked out anew from the integers of partials.json in plain code that
 * shares nothing with the product's: sums of logarithms for the binomial law, edges and ranks one after the other.
 */
import type { PartialsJson } from '../../src/engine/partials-codec.js';

export type RowJson = PartialsJson['horizons'][number];

const BINS = 4096;
/** The 97.5 % point of the normal law (Abramowitz and Stegun, table 26.5). */
export const Z95 = 1.959963984540054;

/** Least integer of a bin: evenly wide, or 128 bins to an octave where the shift is 32. */
function startOf(bin: number, { offset, shift }: RowJson['bins']): number {
  if (shift < 32) return offset + bin * 2 ** shift;
  const octave = Math.max(0, Math.floor(bin / 128) - 1);
  return (bin - 128 * octave) * 2 ** octave;
}

export interface OwnStatistics {
  readonly trials: number;
  readonly mean: number;
  readonly standardError: number;
  readonly meanInterval: readonly [number, number];
  readonly standardDeviation: number;
  readonly standardDeviationError: number;
  readonly standardDeviationInterval: readonly [number, number];
  readonly zero: number;
  readonly zeroInterval: readonly [number, number];
  quantile(p: number): number;
  quantileInterval(p: number): readonly [number, number];
  /** Of what is beyond a charge, were values even within their bins. */
  excess(charge: number): OwnExcess;
  /** Paths below the end of each bin, and that end in joules; the first is of none, at half a quantum. */
  readonly edges: readonly (readonly [joules: number, paths: number])[];
}

/** E(D − b)⁺ at a charge b. */
export interface OwnExcess {
  readonly mean: number;
  readonly standardError: number;
  /** What bins may hide is added on either side. */
  readonly interval: readonly [number, number];
}

/** @param unit joules, watts or slots of one step of the lattice */
export function ownStatistics(row: RowJson, unit: number): OwnStatistics {
  const n = row.count;
  const counts = new Array<number>(BINS).fill(0);
  row.histogram.counts.forEach((paths, i) => (counts[row.histogram.first + i] = paths));
  const sum = BigInt(row.sum);
  const mean = (Number(sum) / n) * unit;
  const variance = (Number(BigInt(n) * BigInt(row.sumOfSquares) - sum * sum) / n / (n - 1)) * unit * unit;
  const standardDeviation = Math.sqrt(variance);
  const standardError = standardDeviation / Math.sqrt(n);
  const from = (bin: number): number => Math.max(startOf(bin, row.bins) - 0.5, 0.5) * unit;
  const to = (bin: number): number => (bin === BINS - 1 ? (startOf(BINS, row.bins) - 0.5) * unit : from(bin + 1));
  const edges: (readonly [number, number])[] = [[0.5 * unit, row.zeros]];
  for (let i = 0; i < BINS; i++) edges.push([i === BINS - 1 ? Infinity : from(i + 1), edges[i][1] + counts[i]]);
  /** The bin of the value of a rank; −1 for one of the zeros. */
  const binOf = (rank: number): number => edges.findIndex(([, below]) => below >= rank) - 1;
  const spread = deviationError(row.zeros, counts, from, to, { n, mean, variance });
  return {
    ...{ trials: n, mean, standardError, standardDeviation, edges },
    meanInterval: [Math.max(0, mean - Z95 * standardError), mean + Z95 * standardError],
    standardDeviationError: variance === 0 ? 0 : spread.error / (2 * standardDeviation),
    standardDeviationInterval:
      variance === 0
        ? [0, 0]
        : (hallInterval(variance, spread, n).map((end) => Math.sqrt(Math.max(0, end))) as [number, number]),
    zero: row.zeros / n,
    zeroInterval: exactInterval(row.zeros, n),
    quantile(p) {
      const bin = binOf(p * n);
      return bin < 0 ? 0 : from(bin) + ((p * n - edges[bin][1]) / counts[bin]) * (to(bin) - from(bin));
    },
    quantileInterval(p) {
      // Smallest l with P(X ≤ l) > 2.5 %, smallest u with P(X ≥ u) ≤ 2.5 %.
      let [l, u, below] = [-1, -1, 0];
      for (let k = 0; u < 0; k++) {
        if (!(1 - below > 0.025)) u = k;
        if (k <= n) below += chance(k, n, p);
        if (l < 0 && below > 0.025) l = k;
      }
      const low = l < 1 ? -1 : binOf(l);
      const high = u > n ? BINS - 1 : binOf(u);
      return [low < 0 ? 0 : from(low), high < 0 ? 0 : high === BINS - 1 ? Infinity : to(high)];
    },
    excess(charge) {
      let hidden = 0;
      const moments = [0, 0, 0];
      counts.forEach((paths, i) => {
        const [start, end] = [from(i), to(i)];
        if (paths === 0 || end <= charge) return;
        hidden += (paths * (end - start)) / 2 / n;
        // ∫ (x − b)^k from the charge or the bin's start on, over the bin's width.
        const below = Math.max(start, charge) - charge;
        moments.forEach((_, k) => {
          const whole = ((end - charge) ** (k + 2) - below ** (k + 2)) / (k + 2);
          moments[k] += (paths * whole) / (end - start) / n;
        });
      });
      const [first, second, third] = moments;
      const own = second - first ** 2;
      const error = Math.sqrt(Math.max(0, own) / n);
      const skewness = own > 0 ? (third - 3 * first * second + 2 * first ** 3) / own ** 1.5 : 0;
      const [lower, upper] = hallInterval(first, { error, skewness }, n);
      return { mean: first, standardError: error, interval: [Math.max(0, lower - hidden), upper + hidden] };
    },
  };
}

interface Spread {
  /** Standard error. */
  readonly error: number;
  /** Of one value. */
  readonly skewness: number;
}

/** Error and skewness of the variance, which are those of (D − mean)². */
function deviationError(
  zeros: number,
  counts: readonly number[],
  from: (bin: number) => number,
  to: (bin: number) => number,
  { n, mean, variance }: { readonly n: number; readonly mean: number; readonly variance: number },
): Spread {
  // ∫ (x − mean)^k over a bin, by the antiderivative's ends relative to its middle.
  const power = (k: number): number =>
    counts.reduce(
      (total, paths, i) => {
        if (paths === 0) return total;
        const [a, b] = [from(i) - mean, to(i) - mean];
        let inside = 0;
        // (b^(k+1) − a^(k+1)) / ((k + 1)(b − a)), without cancellation.
        for (let j = 0; j <= k; j++) inside += a ** j * b ** (k - j);
        return total + (paths * inside) / (k + 1);
      },
      zeros * (-mean) ** k,
    ) / n;
  const [second, fourth, sixth] = [power(2), power(4), power(6)];
  const spread = fourth - second ** 2;
  const skewness = spread > 0 ? (sixth - 3 * second * fourth + 2 * second ** 3) / spread ** 1.5 : 0;
  const error = Math.sqrt(Math.max(0, fourth - (variance ** 2 * (n - 3)) / (n - 1)) / n);
  return { error, skewness };
}

/** Hall's transformation (1992) takes the skewness out. */
function hallInterval(estimate: number, { error, skewness }: Spread, n: number): [number, number] {
  const a = skewness / Math.sqrt(n);
  const hall = (w: number): number => (Math.abs(a) < 1e-8 ? w : (3 / a) * (Math.cbrt(1 + a * (w - a / 6)) - 1));
  return [estimate - hall(Z95) * error, estimate - hall(-Z95) * error];
}

const logFactorials = [0];
function logFactorial(k: number): number {
  for (let i = logFactorials.length; i <= k; i++) logFactorials.push(logFactorials[i - 1] + Math.log(i));
  return logFactorials[k];
}

/** P(X ≤ k) of the binomial law, term after term from k to the nearer end: each is the one before it times a ratio. */
export function atMost(k: number, n: number, p: number): number {
  if (k < 0) return 0;
  if (k >= n || p === 0) return 1;
  const odds = p / (1 - p);
  let total = 0;
  if (k < n * p) {
    for (let i = k, term = chance(k, n, p); i >= 0 && term > 1e-18 * total; i--) {
      total += term;
      term *= i / (n - i + 1) / odds;
    }
    return total;
  }
  for (let i = k + 1, term = chance(k + 1, n, p); i <= n && term > 1e-18 * total; i++) {
    total += term;
    term *= ((n - i) / (i + 1)) * odds;
  }
  return 1 - total;
}

/** P(X = i). */
function chance(i: number, n: number, p: number): number {
  const logChoices = logFactorial(n) - logFactorial(i) - logFactorial(n - i);
  return Math.exp(logChoices + i * Math.log(p) + (n - i) * Math.log1p(-p));
}

/** Clopper and Pearson's interval, by halving; of 95 % unless said. @param tail chance beyond either end */
export function exactInterval(k: number, n: number, tail = 0.025): [number, number] {
  const root = (isBelow: (p: number) => boolean): number => {
    let [low, high] = [0, 1];
    for (let i = 0; i < 50; i++) {
      const middle = (low + high) / 2;
      if (isBelow(middle)) low = middle;
      else high = middle;
    }
    return (low + high) / 2;
  };
  return [k === 0 ? 0 : root((p) => 1 - atMost(k - 1, n, p) < tail), k === n ? 1 : root((p) => atMost(k, n, p) > tail)];
}
