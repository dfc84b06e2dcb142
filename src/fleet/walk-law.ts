/**
 * The scenario's true law of one slot, as the fleet hands it to `law/` (which samples it) and `theory/` (which solves
 * it): consumption C is compound Poisson, harvest H is Gamma, both in joules, independent, and the battery moves by H −
 * C.
 */

import { wholePower } from '../numeric/power.js';

/** Compound-Poisson consumption of one slot, of batches if counts are dispersed (docs/model.md section 2, eq. 24). */
export interface DemandLaw {
  /** λ: mean number of tasks in a slot. */
  readonly ratePerSlot: number;
  /**
   * I: variance over mean of a slot's number of tasks, above 1 where it is negative binomial; left out, 1: Poisson
   * (docs/model.md, demand that is not Poisson).
   */
  readonly dispersion?: number | undefined;
  /** Energy of each distinct kind of task in joules: ascending, distinct, positive. */
  readonly energiesJoules: Float64Array;
  /** Probability of each kind; sums to 1. */
  readonly probabilities: Float64Array;
}

/** Gamma harvest of one slot: mean shape·scale, variance shape·scale² (joules, joules²). */
export interface HarvestLaw {
  readonly shape: number;
  readonly scaleJoules: number;
}

/** The law of the battery's increment X = H − C in one slot. */
export interface WalkLaw {
  readonly demand: DemandLaw;
  readonly harvest: HarvestLaw;
}

/** E[e^n], the n-th raw moment of one task's energy, joules^n. */
export function energyMoment(demand: DemandLaw, n: number): number {
  let sum = 0;
  for (let j = 0; j < demand.energiesJoules.length; j++) {
    sum += demand.probabilities[j] * wholePower(demand.energiesJoules[j], n);
  }
  return sum;
}

/**
 * n-th cumulant (n ≥ 1) of a slot's consumption, joules^n: λ E[e^n] for Poisson counts. Of dispersed ones, from
 * log E exp(zC) = −λ/(I − 1) log(1 − (I − 1) u(z)), u(z) = E exp(ze) − 1, whose series l satisfies
 * n l_n = λ n u_n + (I − 1) Σ_{0<k<n} u_k (n − k) l_{n−k}.
 */
export function consumptionCumulant(demand: DemandLaw, n: number): number {
  const { ratePerSlot: rate, dispersion = 1 } = demand;
  if (dispersion === 1) return rate * energyMoment(demand, n);
  const u = [0];
  const series = [0];
  let factorial = 1;
  for (let m = 1; m <= n; m++) {
    factorial *= m;
    u.push(energyMoment(demand, m) / factorial);
    let sum = rate * m * u[m];
    for (let k = 1; k < m; k++) sum += (dispersion - 1) * u[k] * (m - k) * series[m - k];
    series.push(sum / m);
  }
  return factorial * series[n];
}

/** n-th cumulant (n ≥ 1) of the increment X = H − C, joules^n: κ_n(H) + (−1)^n κ_n(C). */
export function incrementCumulant(law: WalkLaw, n: number): number {
  let factorial = 1;
  for (let i = 2; i < n; i++) factorial *= i;
  const harvest = law.harvest.shape * wholePower(law.harvest.scaleJoules, n) * factorial;
  const demand = consumptionCumulant(law.demand, n);
  return n % 2 === 0 ? harvest + demand : harvest - demand;
}

/** μ: mean of the increment H − C, joules a slot (eq. 32). */
export function drift(law: WalkLaw): number {
  return incrementCumulant(law, 1);
}

/** σ: standard deviation of the increment, joules (eq. 33). */
export function volatility(law: WalkLaw): number {
  return Math.sqrt(incrementCumulant(law, 2));
}
