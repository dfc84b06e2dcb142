/** The law of the deficit D_T, in joules, as each of the three rungs (Brownian, corrected, exact) gives it. */
export interface DeficitLaw {
  /** Which rung this is, for labels. */
  readonly rung: 'brownian' | 'corrected' | 'exact';
  /** T. */
  readonly slots: number;
  /** E[D_T], joules. */
  readonly mean: number;
  /** Standard deviation of D_T, joules. */
  readonly standardDeviation: number;
  /** P(D_T = 0); 0 where the law has no atom. */
  readonly probabilityZero: number;
  /** P(D_T ≤ d), d ≥ 0 in joules; 0 for d < 0. */
  cdf(d: number): number;
  /** P(D_T > d), with relative accuracy in the far tail where the rung has it. */
  survival(d: number): number;
  /** P(D_T > from + j·step), 0 ≤ j < count, where a rung has them cheaper at once than one by one. */
  survivalGrid?(from: number, step: number, count: number): Float64Array;
  /** Estimated absolute error of `cdf` and `survival` at d, where the rung has one for every point. */
  cdfErrorAt?(d: number): number;
  /** Density away from the atom, 1/joule. */
  density(d: number): number;
  /** Smallest d ≥ 0 with P(D_T ≤ d) ≥ p, 0 ≤ p < 1, joules. */
  quantile(p: number): number;
  /** E(D_T − b)⁺ for an initial charge b ≥ 0, joules (docs/model.md section 7). */
  meanExcess(charge: number): number;
}

/** What of a law could not be had to the accuracy that the rest has. */
export interface MissingPart {
  /** The distribution alone (CDF, quantiles), everything, or of a battery what it comes to after long. */
  readonly what: 'distribution' | 'law' | 'law at rest';
  readonly reason: string;
  /** Estimated absolute error, of P(D ≤ d) or of the law at rest, that was reached, where there is an estimate. */
  readonly error?: number;
}
