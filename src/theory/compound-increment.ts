/**
 * The scenario's true increment law Y = C − H: compound Poisson less Gamma, exactly (docs/model.md sections 2 and 4);
 * no lattice.
 */
import type { WalkLaw } from '../fleet/walk-law.js';
import { drift, incrementCumulant } from '../fleet/walk-law.js';
import { complexExpm1 } from './increment.js';
import type { ComplexArray, CompoundIncrement } from './increment.js';

/** Y of the true law: M(z) = exp(λ(Σ p_j e^{z e_j} − 1)) (1 + θz)^(−shape). */
export function compoundIncrement(walk: WalkLaw): CompoundIncrement {
  const { ratePerSlot: rate, energiesJoules: energies, probabilities } = walk.demand;
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
      for (let j = 0; j < kinds; j++) sum += probabilities[j] * energies[j] * Math.exp(x * energies[j]);
      return rate * sum - (shape * scale) / (1 + scale * x);
    },
  };
}
