/**
 * The law of (D_T − b)⁺: the auxiliary energy where the battery starts with a charge b and has no capacity limit
 * (docs/model.md section 7), made from the law of D_T.
 */
import type { DeficitLaw } from './deficit-law.js';
import { gaussLegendre, integrate } from '../numeric/quadrature.js';

const RULE = gaussLegendre(16);
const PANELS = 12;

/** A law that may know its errors, as the exact rung does. */
interface KnownErrors {
  readonly error?: { readonly probabilityZero: number; readonly cdf?: number };
}

/** The law of (D − charge)⁺, joules; D's own where that is 0. P(A = 0) is a value of the CDF, with its error. */
export function chargedLaw<L extends DeficitLaw & KnownErrors>(law: L, charge: number): L {
  if (charge === 0) return law;
  const probabilityZero = law.cdf(charge);
  const mean = law.meanExcess(charge);
  return {
    ...law,
    mean,
    standardDeviation: Math.sqrt(Math.max(0, secondMoment(law, charge) - mean * mean)),
    probabilityZero,
    cdf: (d: number) => (d < 0 ? 0 : law.cdf(charge + d)),
    survival: (d: number) => (d < 0 ? 1 : law.survival(charge + d)),
    ...(law.survivalGrid === undefined
      ? {}
      : {
          survivalGrid: (from: number, step: number, count: number) =>
            (law.survivalGrid?.(charge + from, step, count) ?? new Float64Array(count)).map((s, j) =>
              from + j * step < 0 ? 1 : s,
            ),
        }),
    ...(law.cdfErrorAt === undefined ? {} : { cdfErrorAt: (d: number) => law.cdfErrorAt?.(charge + d) }),
    ...(law.error === undefined
      ? {}
      : {
          error: {
            ...law.error,
            probabilityZero: law.cdfErrorAt?.(charge) ?? law.error.cdf ?? law.error.probabilityZero,
          },
        }),
    density: (d: number) => law.density(charge + d),
    quantile: (p: number) => Math.max(0, law.quantile(p) - charge),
    meanExcess: (b: number) => law.meanExcess(charge + b),
  };
}

/** E((D − b)⁺)² = 2 ∫_b^∞ E(D − x)⁺ dx, in panels that grow with the tail. */
function secondMoment(law: DeficitLaw, charge: number): number {
  const scale = Math.max(law.standardDeviation, 1e-12 * charge);
  let sum = 0;
  let left = charge;
  for (let p = 0; p < 60; p++) {
    const width = (scale * (1 + p)) / PANELS;
    const panel = integrate(RULE, (x) => law.meanExcess(x), left, left + width);
    sum += panel;
    left += width;
    if (panel < 1e-12 * sum) break;
  }
  return 2 * sum;
}
