/**
 * P-values of right runs are uniform, at numbers of trials from 10⁶ to 10¹², after steps alone and after Spitzer's
 * identity.
 */
import { describe, expect, it } from 'vitest';
import { judge } from '../../src/stats/verdict.js';
import type { VerdictName } from '../../src/stats/verdict.js';
import { syntheticHorizon } from './synthetic-counts.js';

const SEEDS = 400;

describe.each([16, 256])('%i slots', (slots) => {
  const horizon = syntheticHorizon(slots);

  it.each([1e6, 1e8, 4e9, 1e12])('%f trials', { timeout: 1_200_000 }, (trials) => {
    const values = new Map<VerdictName, number[]>();
    for (let seed = 0; seed < SEEDS; seed++) {
      const partials = horizon.draw(`uniform ${slots} ${trials} ${seed}`, trials, horizon.cdf);
      for (const { name, pValue } of judge(partials, horizon.quantum, [horizon.reference]).horizons[0].verdicts) {
        values.set(name, [...(values.get(name) ?? []), pValue]);
      }
    }
    expect([...values.keys()]).toHaveLength(5);
    for (const [name, own] of values) {
      own.sort((a, b) => a - b);
      const sup = own.reduce((most, p, i) => Math.max(most, Math.abs(p - i / SEEDS), Math.abs(p - (i + 1) / SEEDS)), 0);
      // Dvoretzky, Kiefer, Wolfowitz and Massart: beyond √(ln(2/α)/(2·400)) = 0.119 with α = 2.5e-5; 40 such tests
      // share 1e-3.
      expect(sup, `${name}: Kolmogorov distance of ${SEEDS} p-values from uniform`).toBeLessThan(0.119);
    }
  });
});
