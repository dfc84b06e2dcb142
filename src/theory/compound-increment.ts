/**
 * The scenario's true increment law Y = C − H: compound Poisson less Gamma, exactly (docs/model.md sections 2 and 4);
 * no lattice.
 */
import type { WalkLaw } from '../fleet/walk-law.js';
import { logNone } from '../numeric/negative-binomial.js';
import { drift, incrementCumulant } from '../fleet/walk-law.js';
import { complexExpm1 } from './increment.js';
import type { ComplexArray, CompoundIncrement } from './increment.js';

/**
 * −log(1 − e·u)/e for e = I − 1: log E exp(zC) over λ; Infinity on the real axis where there is no such moment.
 * Accurate near u = 0.
 */
function dispersedLog(re: number, im: number, excess: number): [number, number] {
  const x = -excess * re;
  const y = -excess * im;
  if (im === 0 && x <= -1) return [Infinity, 0];
  return [(-0.5 * Math.log1p(x * (2 + x) + y * y)) / excess, -Math.atan2(y, 1 + x) / excess];
}

/**
 * Y of the true law: M(z) = exp(λu) (1 + θz)^(−shape), u = Σ p_j e^{z e_j} − 1; where counts are dispersed, with
 * (1 − (I − 1)u)^(−λ/(I − 1)) in place of exp(λu): finite while the base is positive.
 */
export function compoundIncrement(walk: WalkLaw): CompoundIncrement {
  const { ratePerSlot: rate, dispersion = 1, energiesJoules: energies, probabilities } = walk.demand;
  const { shape, scaleJoules: scale } = walk.harvest;
  const kinds = energies.length;

  /** log M(z), accurate near z = 0. */
  const logTransform = (x: number, y: number): [number, number] => {
    let re = 0;
    let im = 0;
    for (let j = 0; j < kinds; j++) {
      const a = x * energies[j];
      const b = y * energies[j];
      const grow = Math.expm1(a);
      const half = Math.sin(0.5 * b);
      re += probabilities[j] * (grow * Math.cos(b) - 2 * half * half);
      im += probabilities[j] * (grow + 1) * Math.sin(b);
    }
    if (dispersion !== 1) [re, im] = dispersedLog(re, im, dispersion - 1);
    const u = scale * x;
    const v = scale * y;
    // log|1 + θz| = ½ log1p(2u + u² + v²).
    return [rate * re - 0.5 * shape * Math.log1p(u * (2 + u) + v * v), rate * im - shape * Math.atan2(v, 1 + u)];
  };

  return {
    kind: 'compound',
    mean: -drift(walk),
    variance: incrementCumulant(walk, 2),
    thirdCumulant: -incrementCumulant(walk, 3),
    fourthCumulant: incrementCumulant(walk, 4),
    latticeSpan: 0,
    largestJump: energies[kinds - 1],
    lowestTilt: -1 / scale,
    rate,
    dispersion,
    silence: Math.exp(logNone(rate, dispersion)),
    logSilence: logNone(rate, dispersion),
    energies,
    probabilities,
    shape,
    scale,
    transformMinusOne(z: ComplexArray): ComplexArray {
      const n = z.re.length;
      const out = { re: new Float64Array(n), im: new Float64Array(n) };
      for (let i = 0; i < n; i++) {
        const [re, im] = logTransform(z.re[i], z.im[i]);
        complexExpm1(re, im, out, i);
      }
      return out;
    },
    cumulant: (x) => logTransform(x, 0)[0],
    cumulantSlope(x: number): number {
      let sum = 0;
      let grown = 0;
      for (let j = 0; j < kinds; j++) {
        sum += probabilities[j] * energies[j] * Math.exp(x * energies[j]);
        if (dispersion !== 1) grown += probabilities[j] * Math.expm1(x * energies[j]);
      }
      const base = 1 - (dispersion - 1) * grown;
      return base > 0 ? (rate * sum) / base - (shape * scale) / (1 + scale * x) : Infinity;
    },
  };
}
