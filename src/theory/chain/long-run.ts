/**
 * Drift and long-run variance of a walk whose slots follow a period, the weather and a correlated harvest: what takes
 * the place of μ and σ² in the diffusion limit. Asymptotic: right for horizons of many periods and many times the
 * memory, not for short ones.
 */
import { InputError } from '../../errors.js';
import { restingLaw } from '../../fleet/harvest-process.js';
import type { BrownianConstants } from '../brownian.js';
import { hermiteCoefficients } from './hermite.js';
import { checkPeriod, checkProcess, slotDrift, slotVariance, stepsBefore } from './model.js';
import type { SlotProcess } from './model.js';

/** A process of slots that repeats, and how its harvests hang together. */
export interface PeriodicProcess extends SlotProcess {
  /** Slots after which laws and weather steps repeat. */
  readonly period: number;
  /** ρ of the Gaussian copula from slot to slot, 0 ≤ ρ < 1: harvests are then Gamma. Absent: independent. */
  readonly correlation?: number;
}

/** Constants of the diffusion limit; `seasonal` tells how far the mean itself swings. */
export interface LongRun extends BrownianConstants {
  /** Variance of Σ X over its slots, in the limit, joules². */
  readonly variance: number;
  /** Largest distance of E S_t from drift·t within a period at rest, joules: the diffusion knows nothing of it. */
  readonly seasonal: number;
}

/** Hermite orders: with what is beyond them lags of a slot and more do not correlate to 1e-12. */
const ORDERS = 160;

/** The long-run drift and variance. Throws InputError for a process that does not repeat as it says. */
export function longRun(process: PeriodicProcess): LongRun {
  checkProcess(process);
  const { laws, lawOf, states, period, correlation = 0 } = process;
  checkPeriod(process, period);
  if (!(correlation >= 0 && correlation < 1)) {
    throw new InputError(`correlation: got ${correlation}, expected a number in [0, 1)`, 'correlation');
  }
  const rest = Array.from(restingLaw(process.transitions.map((row) => Float64Array.from(row))));
  const averages = (of: (law: number) => number): number[] =>
    Array.from({ length: period }, (_, t) => rest.reduce((sum, p, i) => sum + p * of(lawOf(t, i)), 0));
  const sumOf = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0);
  const means = averages((law) => slotDrift(laws[law]));
  const drift = sumOf(means) / period;

  // Within a slot: the laws' own variance; between slots of different weather: their means.
  const own = sumOf(averages((law) => slotVariance(laws[law])));
  const swing = Array.from({ length: period }, (_, t) =>
    Float64Array.from({ length: states }, (_x, i) => slotDrift(laws[lawOf(t, i)]) - means[t]),
  );
  let total = own + sumOf(swing.map((f) => expectation(rest, f, f))) + 2 * lagged(process, rest, swing, 1);

  if (correlation > 0) {
    const coefficients = laws.map(({ harvest }, i) => {
      if (typeof harvest === 'number') {
        if (harvest > 0)
          throw new InputError(
            `laws[${i}].harvest: got a constant, expected a Gamma law where harvests correlate`,
            `laws[${i}].harvest`,
          );
        return new Float64Array(ORDERS);
      }
      return hermiteCoefficients(harvest, ORDERS);
    });
    for (let n = 1; n < ORDERS; n++) {
      const damping = correlation ** n;
      if (damping < 1e-18) break;
      const f = Array.from({ length: period }, (_, t) =>
        Float64Array.from({ length: states }, (_x, i) => coefficients[lawOf(t, i)][n]),
      );
      total += 2 * lagged(process, rest, f, damping);
    }
  }
  const variance = total / period;
  let sum = 0;
  let seasonal = 0;
  for (const mean of means) {
    sum += mean - drift;
    seasonal = Math.max(seasonal, Math.abs(sum));
  }
  return { drift, volatility: Math.sqrt(variance), variance, seasonal };
}

function expectation(rest: readonly number[], f: ArrayLike<number>, g: ArrayLike<number>): number {
  return rest.reduce((sum, p, i) => sum + p * f[i] * g[i], 0);
}

/**
 * Σ over t in a period and all s > t of damping^(s−t) E[f_t f_s]. With g_t = E[Σ_{s>t} damping^(s−t) f_s | state in t]:
 * g_t = damping·Π_t(f_{t+1} + g_{t+1}), Π_t the weather's step between them, and g repeats. Centred f with no damping:
 * the fundamental matrix.
 */
function lagged(
  process: PeriodicProcess,
  rest: readonly number[],
  f: readonly Float64Array[],
  damping: number,
): number {
  const { states, period, transitions } = process;
  const back = (t: number, next: Float64Array): Float64Array => {
    // Slot t + 1, counted so that slot `period` stands for slot 0.
    const steps = stepsBefore(process, t + 1);
    return next.map((value, i) => {
      if (!steps) return damping * value;
      let sum = 0;
      for (let j = 0; j < states; j++) sum += transitions[i][j] * next[j];
      return damping * sum;
    });
  };
  const through = (end: Float64Array, source: boolean): Float64Array[] => {
    const all: Float64Array[] = [];
    let g = end;
    for (let t = period - 1; t >= 0; t--) {
      g = back(t, source ? g.map((value, i) => value + f[(t + 1) % period][i]) : g);
      all[t] = g;
    }
    return all;
  };
  // `end` stands for g at slot `period`, which is that at slot 0.
  const zero = new Float64Array(states);
  const particular = through(zero, true)[0];
  const matrix = Array.from({ length: states }, () => new Float64Array(states));
  for (let j = 0; j < states; j++) {
    const unit = new Float64Array(states);
    unit[j] = 1;
    const column = through(unit, false)[0];
    for (let i = 0; i < states; i++) matrix[i][j] = (i === j ? 1 : 0) - column[i] + (damping === 1 ? rest[j] : 0);
  }
  const end = solve(matrix, particular);
  return through(end, true).reduce((sum, g, t) => sum + expectation(rest, f[t], g), 0);
}

/** Solves matrix·x = right by Gauss's elimination with pivots; both are used up. */
function solve(matrix: readonly Float64Array[], right: Float64Array): Float64Array {
  const a = matrix.map((row, i) => Float64Array.of(...row, right[i]));
  const n = a.length;
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(a[i][k]) > Math.abs(a[pivot][k])) pivot = i;
    [a[k], a[pivot]] = [a[pivot], a[k]];
    for (let i = k + 1; i < n; i++) {
      const factor = a[i][k] / a[k][k];
      for (let j = k; j <= n; j++) a[i][j] -= factor * a[k][j];
    }
  }
  const x = new Float64Array(n);
  for (let k = n - 1; k >= 0; k--) {
    let sum = a[k][n];
    for (let j = k + 1; j < n; j++) sum -= a[k][j] * x[j];
    x[k] = sum / a[k][k];
  }
  return x;
}
