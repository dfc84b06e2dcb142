/**
 * The law of a slot's consumption and of its increment by the plainest way there is, as the tests' own reference: C = Σ
 * e_j N_j with independent Poisson counts N_j, their laws convolved one after the other; P(X ≤ x) = Σ_c P(C = c) P(H ≤
 * x + c). No Panjer, no transform, nothing of src/law.
 */
import gammainc from '@stdlib/math-base-special-gammainc';
import gammaln from '@stdlib/math-base-special-gammaln';
import type { DemandLaw, WalkLaw } from '../../src/fleet/walk-law.js';

/**
 * P(Gamma(shape) ≤ x). stdlib's gammainc is wrong for x > 1000 near the mode; there the plain power series does, to
 * about 1e-12.
 */
export function gammaLaw(x: number, shape: number): number {
  if (shape < 500) return gammainc(x, shape, true, false);
  if (x > shape + 40 * Math.sqrt(shape)) return 1;
  let term = Math.exp(shape * Math.log(x) - x - gammaln(shape + 1));
  let sum = term;
  for (let n = 1; term > sum * 1e-17; n++) {
    term *= x / (shape + n);
    sum += term;
  }
  return sum;
}

/** P(N = n) of Poisson(rate), n = 0, 1, … until what is left is below 1e-18. */
function poisson(rate: number): Float64Array {
  const out: number[] = [];
  for (let n = 0, log = -rate; n < rate || log > Math.log(1e-18); n++, log += Math.log(rate / n))
    out.push(Math.exp(log));
  return Float64Array.from(out);
}

/** P(C = n·unit) for energies that are multiples of `unit`. */
export function consumptionLaw(demand: DemandLaw, unit: number): Float64Array {
  let law = Float64Array.of(1);
  demand.energiesJoules.forEach((energy, j) => {
    const size = Math.round(energy / unit);
    if (Math.abs(size * unit - energy) > 1e-9 * energy) throw new RangeError(`${energy} J is no multiple of ${unit} J`);
    const counts = poisson(demand.ratePerSlot * demand.probabilities[j]);
    const next = new Float64Array(law.length + size * (counts.length - 1));
    counts.forEach((p, n) => {
      for (let i = 0; i < law.length; i++) next[n * size + i] += p * law[i];
    });
    let length = next.length;
    while (next[length - 1] < 1e-20) length--;
    law = next.slice(0, length);
  });
  return law;
}

/** P(X ≤ x), X = H − C, to about 1e-14. */
export function incrementCdf(walk: WalkLaw, unit: number): { cdf: (x: number) => number; terms: number } {
  const { shape, scaleJoules } = walk.harvest;
  const law = consumptionLaw(walk.demand, unit);
  // Σ_{m ≥ n} P(C = m): where the harvest is surely smaller than x + c, the whole rest counts.
  const above = new Float64Array(law.length + 1);
  for (let n = law.length - 1; n >= 0; n--) above[n] = above[n + 1] + law[n];
  const spread = 9 * Math.sqrt(shape) + 40;
  const sure = scaleJoules * (shape + spread);
  const never = scaleJoules * Math.max(0, shape - 9 * Math.sqrt(shape));
  const cdf = (x: number): number => {
    const from = Math.max(0, Math.floor((never - x) / unit));
    const to = Math.min(law.length, Math.max(from, Math.ceil((sure - x) / unit)));
    let sum = above[to];
    for (let n = from; n < to; n++) {
      const z = (x + n * unit) / scaleJoules;
      if (z > 0 && law[n] > 1e-18) sum += law[n] * gammaLaw(z, shape);
    }
    return sum;
  };
  return { cdf, terms: Math.min(law.length, (sure - never) / unit) };
}
