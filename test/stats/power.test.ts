/**
 * What verdicts see at very many trials, on counts drawn from the reference walk's own law: an error of the simulation
 * of a tenth of 5/√N in P(D ≤ d) passes, one of twice that is found, and theory's own error is in no test's way.
 * power.long.test.ts has the p-values of right runs.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { judge } from '../../src/stats/verdict.js';
import type { Judgement } from '../../src/stats/verdict.js';
import { misplaced, syntheticHorizon } from './synthetic-counts.js';
import type { SyntheticHorizon } from './synthetic-counts.js';

let horizon: SyntheticHorizon;
beforeAll(() => {
  horizon = syntheticHorizon(64);
});

function judged(seed: string, trials: number, size: number): Judgement {
  const partials = horizon.draw(seed, trials, misplaced(horizon.cdf, size));
  return judge(partials, horizon.quantum, [horizon.reference]);
}

const failures = (of: readonly Judgement[]): string =>
  JSON.stringify(of.filter(({ pass }) => !pass).map(({ horizons }) => horizons[0].verdicts.filter((v) => !v.pass)));

describe.each([1e6, 1e8, 4e9, 1e12])('%f trials', (trials) => {
  const see = 5 / Math.sqrt(trials);
  const runs = (count: number, size: number): Judgement[] =>
    Array.from({ length: count }, (_, i) => judged(`power ${trials} ${size / see} ${i}`, trials, size));

  it('a right run passes, and no test has too many trials for the law', () => {
    // α = 0.001 a run: two failures of 12 have probability 7e-5.
    const right = runs(12, 0);
    expect(right.filter(({ pass }) => !pass).length, failures(right)).toBeLessThan(2);
    for (const { horizons, tests } of right) {
      expect(tests).toBe(5);
      for (const { coarse, name } of horizons[0].verdicts) expect(coarse, name).toBeUndefined();
    }
  });

  it('an error of a tenth of 5/√N passes, whichever its sign', () => {
    // It moves the mean by 1.1 standard errors: 0.5 % of runs fail, 3 of 24 with probability 2e-4.
    const small = [...runs(12, 0.1 * see), ...runs(12, -0.1 * see)];
    expect(small.filter(({ pass }) => !pass).length, failures(small)).toBeLessThan(3);
  });

  it('one of twice 5/√N is found, by χ² and Kolmogorov both', () => {
    for (const { horizons } of [...runs(3, 2 * see), ...runs(3, -2 * see)]) {
      const found = horizons[0].verdicts.filter((v) => !v.pass).map((v) => v.name);
      expect(found).toEqual(expect.arrayContaining(['chiSquare', 'kolmogorov']));
    }
  });
});

describe('a law that owns up to an error', () => {
  const trials = 1e8;
  const verdictsWith = (cdf: number, size: number): Judgement['horizons'][0]['verdicts'] => {
    const partials = horizon.draw(`owned ${cdf} ${size}`, trials, misplaced(horizon.cdf, size));
    const reference = { ...horizon.reference, error: { ...horizon.reference.error, cdf } };
    return judge(partials, horizon.quantum, [reference]).horizons[0].verdicts;
  };

  it('has too many trials from a tenth of the sampling error on, and says both', () => {
    // The least cell of 128 holds no less than half of 1/128: √(1/256/10⁸) = 6e-6, of which a tenth is 2·3e-7.
    for (const { coarse } of verdictsWith(2e-7, 0)) expect(coarse).toBeUndefined();
    const rough = verdictsWith(1e-5, 0);
    expect(rough.filter((v) => v.coarse !== undefined).map((v) => v.name)).toEqual(['chiSquare', 'kolmogorov']);
    const [chiSquare, kolmogorov] = rough.slice(-2);
    expect(chiSquare.coarse?.error).toBe(2e-5);
    expect(chiSquare.coarse?.samplingError).toBeGreaterThan(Math.sqrt(0.5 / 128 / trials) * 0.99);
    expect(kolmogorov.coarse).toEqual({ error: 1e-5, samplingError: 0.5 / Math.sqrt(trials) });
  });

  it('is not failed for that error, and fails an error ten times it', () => {
    const owned = verdictsWith(1e-4, 1e-4);
    expect(owned.filter((v) => v.name === 'chiSquare' || v.name === 'kolmogorov').every((v) => v.pass)).toBe(true);
    const beyond = verdictsWith(1e-4, 1e-3);
    expect(beyond.filter((v) => v.name === 'kolmogorov').some((v) => v.pass)).toBe(false);
  });
});
