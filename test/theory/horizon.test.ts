/**
 * The two ways to the coefficient at T, series and circle, against each other and against Lindley steps; and what they
 * cost.
 */
import { describe, expect, test } from 'vitest';
import { DeficitTransform } from '../../src/theory/exact/deficit-transform.js';
import { horizonNodes } from '../../src/theory/exact/horizon-inversion.js';
import { exactLaw } from '../../src/theory/exact/law.js';
import { levelRoots, saddle } from '../../src/theory/exact/roots.js';
import { SpectrumIntegral } from '../../src/theory/exact/spectrum.js';
import { lineFrequencies, lineNodes } from '../../src/theory/exact/line-integral.js';
import type { CompoundIncrement } from '../../src/theory/increment.js';
import { nearLattice, poisson3, surplus } from './laws.js';

/** The law, and how many values of its transform were asked for. */
function counted(law: CompoundIncrement): { law: CompoundIncrement; values: () => number } {
  let values = 0;
  const transformMinusOne: CompoundIncrement['transformMinusOne'] = (z) => {
    values += z.re.length;
    return law.transformMinusOne(z);
  };
  return { law: { ...law, transformMinusOne }, values: () => values };
}

describe('the coefficient at T', () => {
  test.each([
    ['Poisson(3)', poisson3],
    ['surplus', surplus],
    ['near lattice', nearLattice],
  ] as const)('%s law: series and circle give the same law', (_, law) => {
    // The whole circle, which is right with a lattice and without.
    const nodes = horizonNodes(60, 8, 1e3);
    const { right } = levelRoots(law, nodes.damping, saddle(law));
    const extent = 60 * Math.sqrt(law.variance);
    const line = lineNodes({
      abscissa: 0.7 * right,
      farthest: extent,
      rough: extent,
      phase: 4000,
      highest: 300 / extent,
    });
    const plan = { nodes, crossing: 0.35 * right, stretch: 1.2 };
    const u = lineFrequencies(line);
    const m = law.transformMinusOne({ re: new Float64Array(u.length).fill(line.abscissa), im: u });
    const series = new DeficitTransform(law, { ...plan, method: 'series' }).on(line, m);
    const circle = new DeficitTransform(law, { ...plan, method: 'circle' }).on(line, m);
    // On the line the circle's aliases, E exp(zD) at horizon 5T, are as large as 1e-7; in the law they are e^(−32).
    const survival = [series, circle].map(
      (s) => new SpectrumIntegral({ ...s, line, phase: Infinity, rough: 0, bands: [], kinks: undefined }, 1),
    );
    for (const d of [0.5, 1, 2, 3]) {
      const at = d * Math.sqrt(60 * law.variance);
      expect(Math.abs(survival[0].at(at) - survival[1].at(at))).toBeLessThan(1e-11);
    }
  });

  /**
   * Computed independently (numpy): Lindley steps by FFT on lattices of 1/128, 1/256 and 1/512 with a mean-preserving
   * Gamma, Richardson of order 2, which moved the last by less than 2e-7 relative: P(D > b) at b = 0.5, 2, 5, then E(D
   * − b)⁺.
   */
  test.each([
    [16, [0.6281638844, 0.219061729, 0.01214401498], [0.8397244595, 0.2438368334, 0.01031434569]],
    [128, [0.8583924127, 0.6366438357, 0.2998611969], [3.344283388, 2.228223471, 0.8614626295]],
  ] as const)('near lattice law at T = %d', (slots, survival, excess) => {
    const law = exactLaw(nearLattice, slots);
    [0.5, 2, 5].forEach((b, i) => {
      expect(Math.abs(law.survival(b) / survival[i] - 1)).toBeLessThan(2e-7);
      expect(Math.abs(law.meanExcess(b) / excess[i] - 1)).toBeLessThan(2e-8);
    });
    expect(law.error.cdf).toBeLessThan(1e-11);
  });

  test.each([
    ['Poisson(3)', poisson3],
    ['near lattice', nearLattice],
  ] as const)('%s law: T = 1e6 asks for no more values of the transform than 1.5 times those of T = 1e3', (_, law) => {
    const near = counted(law);
    exactLaw(near.law, 1000);
    const far = counted(law);
    exactLaw(far.law, 1e6);
    expect(far.values()).toBeLessThan(1.5 * near.values());
    expect(horizonNodes(1e6).angle.length).toBe(horizonNodes(1000).angle.length);
  });
});
