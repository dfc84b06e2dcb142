/**
 * The walk's increment as theory sees it: Y = C − H, what one slot adds to the deficit, with its cumulants and its
 * transform E exp(zY) on complex z. Two makers: the scenario's true law (compound-increment.ts) and the sampled law
 * (lattice-increment.ts).
 *
 * Note the sign: the battery moves by X = H − C = −Y, so the drift μ is −mean.
 */

/** Complex points or values, as two equally long arrays. */
export interface ComplexArray {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

interface IncrementCommon {
  /** E[Y] = −μ, joules. */
  readonly mean: number;
  /** Var[Y] = σ², joules². */
  readonly variance: number;
  /** κ3 = E(Y − EY)³, joules³. */
  readonly thirdCumulant: number;
  /** κ4, joules⁴. */
  readonly fourthCumulant: number;
  /** Lattice span in joules; 0 where the law has none. */
  readonly latticeSpan: number;
  /** Largest jump of Y in one event, joules: the true law's largest task, the sampled law's largest value. */
  readonly largestJump: number;
  /** E exp(xY) is finite for x > lowestTilt (1/joule; −Infinity where Y is bounded). */
  readonly lowestTilt: number;
  /** M(z) − 1 at each z, relatively accurate near 0. Re z must exceed `lowestTilt`, or z lie off the cut. */
  transformMinusOne(z: ComplexArray): ComplexArray;
  /** log M(x) for real x > lowestTilt. */
  cumulant(x: number): number;
  /** d/dx log M(x) for real x > lowestTilt: the mean under the tilt by x. */
  cumulantSlope(x: number): number;
}

/**
 * Y = compound Poisson (of batches, if counts are dispersed) − Gamma: no lattice; its transform continues to the left
 * off the cut (−∞, −1/θ].
 */
export interface CompoundIncrement extends IncrementCommon {
  readonly kind: 'compound';
  /** λ. */
  readonly rate: number;
  /** I: variance over mean of a slot's number of tasks; 1: Poisson. */
  readonly dispersion: number;
  /** P(no task in a slot), and its logarithm. */
  readonly silence: number;
  readonly logSilence: number;
  /** Task energies, ascending, joules, and their probabilities. */
  readonly energies: Float64Array;
  readonly probabilities: Float64Array;
  readonly shape: number;
  /** θ, joules. */
  readonly scale: number;
}

/** Y on a lattice, a finite mixture of uniform runs: its transform is entire and periodic. */
export interface LatticeIncrement extends IncrementCommon {
  readonly kind: 'lattice';
  /** Value of a run's first point, the step between its points, in lattice steps of Y (the sign already turned). */
  readonly first: Float64Array;
  readonly stride: Float64Array;
  readonly count: Float64Array;
  readonly weight: Float64Array;
  /** Least and largest value of Y, joules. */
  readonly lowest: number;
  readonly largest: number;
}

/** The law of a slot’s net consumption Y = C − H. */
export type IncrementLaw = CompoundIncrement | LatticeIncrement;

/** μ and σ of a law, for the Brownian rung. */
export function brownianConstants(law: IncrementLaw): { readonly drift: number; readonly volatility: number } {
  return { drift: -law.mean, volatility: Math.sqrt(law.variance) };
}

/** e^(a+ib) − 1 without loss near 0, into out[i]. */
export function complexExpm1(re: number, im: number, out: ComplexArray, i: number): void {
  const grow = Math.expm1(re);
  const half = Math.sin(0.5 * im);
  // e^a cos b − 1 = (e^a − 1) cos b − 2 sin²(b/2).
  out.re[i] = grow * Math.cos(im) - 2 * half * half;
  out.im[i] = (grow + 1) * Math.sin(im);
}
