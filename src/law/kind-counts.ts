/**
 * How many tasks of one kind arrive, given how many of the kinds before it have: independent Poisson counts, or, where
 * a slot's counts are dispersed, negative binomial ones that go up with those before (a Pólya urn).
 */
import type { DemandLaw } from '../fleet/walk-law.js';
import { logNone } from '../numeric/negative-binomial.js';

/** The law of a count. */
export class CountLaw {
  constructor(
    readonly mean: number,
    readonly dispersion: number,
  ) {}

  /** P(N = 0). */
  get none(): number {
    return Math.exp(logNone(this.mean, this.dispersion));
  }

  /** P(N = n) / P(N = n − 1), n ≥ 1. */
  ratio(n: number): number {
    return (this.mean + (n - 1) * (this.dispersion - 1)) / (this.dispersion * n);
  }
}

/**
 * Of kind `kind`, where `before` tasks of the kinds below it have come. With θ = 1 − 1/I and r = λ/(I − 1) the counts
 * of all kinds have weights Γ(r + N)/Γ(r) Π (θp_k)^{n_k}/n_k!, so those from `kind` on are negative binomial again:
 * of r + before, and of θ times what they have of all tasks.
 */
export function countOfKind(
  { ratePerSlot, dispersion = 1, probabilities }: DemandLaw,
  kind: number,
  before: number,
): CountLaw {
  if (dispersion === 1) return new CountLaw(ratePerSlot * probabilities[kind], 1);
  const theta = 1 - 1 / dispersion;
  let after = 0;
  for (let k = kind + 1; k < probabilities.length; k++) after += probabilities[k];
  const own = theta * probabilities[kind];
  // θ_m = own / (1 − θ·after); 1 − θ_m = 1/I_m.
  const mine = 1 + own / (1 - theta * (after + probabilities[kind]));
  return new CountLaw((ratePerSlot / (dispersion - 1) + before) * (mine - 1), mine);
}
