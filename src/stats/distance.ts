/**
 * How far the simulated CDF lies from a law's, over the whole line at once: the sup distance, what sampling noise alone
 * makes of it, and what the distance of two laws lets one expect. The tests whose null allows for grouping are in
 * grouped-*.ts.
 */
import { BIN_COUNT } from '../engine/partials.js';
import type { HorizonPartials } from '../engine/partials.js';
import type { DeficitLaw } from '../theory/deficit-law.js';
import { binDeficits } from './binned.js';
import { lawOnBins } from './law-on-bins.js';

export interface SupDistance {
  /** sup |empirical CDF − law| over all bin edges, the one that parts D = 0 from D > 0 included. */
  readonly distance: number;
  /** Where that is, joules; 0 is the atom. */
  readonly at: number;
  /**
   * Largest probability that the law puts in one bin: the sup over all d exceeds `distance` by less than this (or than
   * the simulated share of that bin).
   */
  readonly resolution: number;
  /**
   * P(sup ≥ distance) under the law for ungrouped continuous data. Looking only at bin edges, and an atom, can only
   * make the sup smaller: the true p-value is at most this one.
   */
  readonly pValue: number;
  /**
   * Dvoretzky–Kiefer–Wolfowitz bound with Massart's constant: under the law the sup exceeds it with probability at most
   * `criticalAlpha`, at any number of trials.
   */
  readonly criticalValue: number;
  readonly criticalAlpha: number;
}

/**
 * Sup distance of a run from a law at one horizon. Throws InputError where no path was counted.
 * @param criticalAlpha level of the critical value beside it
 */
export function supDistance(
  horizon: HorizonPartials,
  quantumJoules: number,
  law: DeficitLaw,
  criticalAlpha = 0.05,
): SupDistance {
  const binned = binDeficits(horizon, quantumJoules);
  const { cdf, probabilities } = lawOnBins(law, binned);
  let distance = -1;
  let edge = 0;
  let resolution = 0;
  for (let i = 0; i < BIN_COUNT; i++) {
    const below = i === 0 ? binned.zeros : binned.cumulative[i - 1];
    const gap = Math.abs(below / binned.trials - cdf[i]);
    if (gap > distance) {
      distance = gap;
      edge = i;
    }
    resolution = Math.max(resolution, probabilities[i]);
  }
  return {
    distance,
    at: edge === 0 ? 0 : binned.edges[edge],
    resolution,
    pValue: kolmogorovPValue(distance, binned.trials),
    criticalValue: dkwCritical(binned.trials, criticalAlpha),
    criticalAlpha,
  };
}

/**
 * sup over a histogram's edges of |first − second|: what theory expects the sup distance of a run of the first law from
 * the second to come to as trials grow. With the exact and the Brownian law it says from how many trials on a right
 * simulator leaves the diffusion limit behind (`trialsToTellApart`).
 */
export function expectedSupDistance(
  first: DeficitLaw,
  second: DeficitLaw,
  horizon: HorizonPartials,
  quantumJoules: number,
): { readonly distance: number; readonly at: number } {
  const binned = binDeficits(horizon, quantumJoules);
  const [one, other] = [lawOnBins(first, binned).cdf, lawOnBins(second, binned).cdf];
  const gap = (i: number): number => Math.abs(one[i] - other[i]);
  let edge = 0;
  for (let i = 1; i < BIN_COUNT; i++) if (gap(i) > gap(edge)) edge = i;
  return { distance: gap(edge), at: edge === 0 ? 0 : binned.edges[edge] };
}

/**
 * Trials from which a Kolmogorov–Smirnov test of level `alpha` mostly tells two laws at this sup distance apart: where
 * the distance reaches the DKW critical value.
 */
export function trialsToTellApart(distance: number, alpha = 0.05): number {
  return distance > 0 ? Math.ceil(Math.log(2 / alpha) / (2 * distance * distance)) : Infinity;
}

/**
 * ε with P(sup |F_n − F| > ε) ≤ alpha for every law and n (Massart 1990): √(ln(2/α)/(2n)). Also half the width of a
 * simultaneous band about the empirical CDF.
 */
export function dkwCritical(trials: number, alpha: number): number {
  return Math.sqrt(Math.log(2 / alpha) / (2 * trials));
}

/**
 * P(sup |F_n − F| ≥ d) for a continuous law. Kolmogorov's limit at √n·d with Vrbik's (2018) shift, x + 1/(6√n) + (x −
 * 1)/(4n), never above Massart's 2 exp(−2nd²). Against the exact law (scipy's kstwo) the error is below 0.025/n, and in
 * the far tail the value is too large (by 2.7 % at x = 3, n = 1000); it is never too small by more than 0.3 %. Each
 * branch sums its tail directly, so the value is good far below 1e-16.
 */
export function kolmogorovPValue(distance: number, trials: number): number {
  const root = Math.sqrt(trials);
  const x = root * distance;
  if (x <= 0) return 1;
  const massart = 2 * Math.exp(-2 * x * x);
  return Math.min(1, massart, kolmogorovSurvival(x + 1 / (6 * root) + (x - 1) / (4 * trials)));
}

/** P(sup |Brownian bridge| > x), by whichever of its two series converges at once. */
export function kolmogorovSurvival(x: number): number {
  if (x <= 0) return 1;
  let sum = 0;
  if (x < 1) {
    // Jacobi's theta transform; the survival is near 1 here, so that the difference loses nothing.
    for (let k = 1; k <= 9; k += 2) sum += Math.exp((-k * k * Math.PI * Math.PI) / (8 * x * x));
    return 1 - (Math.sqrt(2 * Math.PI) / x) * sum;
  }
  for (let k = 6; k >= 1; k--) sum += (k % 2 === 1 ? 1 : -1) * Math.exp(-2 * k * k * x * x);
  return 2 * sum;
}
