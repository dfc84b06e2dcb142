import betainc from '@stdlib/math-base-special-betainc';
import { describe, expect, it } from 'vitest';
import { frontierLoss } from '../../src/fleet/loss.js';
import { chainSuccess, logChainFailure, skillOdds } from '../../src/fleet/success.js';
import { TOKEN_LIMIT, tokenBudget } from '../../src/fleet/token-budget.js';

const HOFFMANN = { steepness: 12, E: 1.69, A: 406.4, B: 410.7, alpha: 0.34, beta: 0.28 };
const odds = (p: number) => ({ success: p, logFailure: Math.log1p(-p) });
const relative = (value: number, golden: number): number => Math.abs(value / golden - 1);

describe('loss', () => {
  it('agrees with mpmath at 8 B and 70 B parameters', () => {
    // Computed independently with mpmath, 50 digits: E + A (1 + α/β) N^(−α).
    expect(relative(frontierLoss(HOFFMANN, 8e9), 2.0764886654182573)).toBeLessThan(1e-15);
    expect(relative(frontierLoss(HOFFMANN, 70e9), 1.874864714252815)).toBeLessThan(1e-15);
  });

  it('is the two-term law at the optimal number of training tokens, and that is where compute is best spent', () => {
    const twoTerms = (n: number, d: number): number => 1.69 + 406.4 * n ** -0.34 + 410.7 * d ** -0.28;
    for (const n of [1e8, 8e9, 1e12]) {
      // D(N), where B D^(−β) = (α/β) A N^(−α).
      const d = ((0.28 * 410.7) / (0.34 * 406.4)) ** (1 / 0.28) * n ** (0.34 / 0.28);
      expect(relative(frontierLoss(HOFFMANN, n), twoTerms(n, d))).toBeLessThan(1e-14);
      for (const trade of [0.9, 1.1]) expect(twoTerms(n * trade, d / trade)).toBeGreaterThan(twoTerms(n, d));
    }
  });
});

describe('success', () => {
  it('keeps both tails of one attempt', () => {
    // p = 1/(1 + exp(z)); for large |z| the small side is exp(−|z|) to a double.
    const easy = skillOdds(12, 0, 60);
    expect(easy.success).toBe(1);
    expect(relative(easy.logFailure, -720)).toBeLessThan(1e-15);
    const hard = skillOdds(12, 50, 0);
    expect(relative(hard.success, Math.exp(-600))).toBeLessThan(1e-12);
    expect(hard.logFailure).toBe(-hard.success);
    expect(skillOdds(12, 2, 2)).toEqual({ success: 0.5, logFailure: -Math.LN2 });
  });

  it.each([
    // p, m, n, ln(1 − P), P: computed independently with mpmath, 50 digits: (1−p)^b Σ_{j<m} (b)_j p^j / j!, b = n − m +
    // 1.
    [1e-8, 5, 1e9, -3.5317838288596755, 0.970747312490538],
    [0.3, 20, 66.17, -0.755757141814719, 0.530345115273212],
    [0.999, 50, 50.5, -4.800158883679005, 0.9917715604195979],
    [1e-12, 2, 3e12, -1.6137056388808593, 0.8008517265286936],
    [0.5, 1000, 2100.5, -4.313969441199979, 0.9866196683982528],
  ])('of a chain agrees with mpmath: p = %d, m = %d, n = %d', (p, m, n, logFailure, success) => {
    expect(relative(logChainFailure(odds(p), m, n), logFailure)).toBeLessThan(2e-13);
    expect(relative(chainSuccess(odds(p), m, 1, n), success)).toBeLessThan(2e-13);
  });

  it('of a chain is the regularised incomplete beta function, and 0 below m attempts', () => {
    for (const p of [0.01, 0.3, 0.7, 0.99]) {
      for (const m of [1, 2, 20, 200]) {
        for (const stretch of [1, 1.01, 1.7, 3]) {
          const n = m * stretch;
          const expected = betainc(p, m, n - m + 1);
          expect(Math.abs(chainSuccess(odds(p), m, 100, 100 * n) - expected)).toBeLessThan(1e-11);
        }
        expect(chainSuccess(odds(p), m, 100, 100 * m - 1)).toBe(0);
      }
    }
  });

  it('does not overflow with a hundred thousand skills', () => {
    // Normal approximation of the negative binomial: at the median number of attempts about half of the chains are
    // done.
    expect(Math.abs(chainSuccess(odds(0.5), 1e5, 1, 2e5) - 0.5)).toBeLessThan(2e-3);
  });
});

describe('token budget', () => {
  it.each([
    // p, m, ω, ε, k*: computed independently with mpmath, 50 digits, 150 bisections of the same equation.
    [1e-8, 5, 100, 0.05, 91535190008.6998],
    [4e-9, 5, 1, 0.001, 3698537300.237227],
    [1e-7, 1, 1, 1e-6, 138155098.6718873],
    [0.999999, 20, 100, 1e-5, 2006.1689479389352],
    [0.999, 20, 100, 0.05, 2000],
    [0.5, 500, 10, 1e-10, 12206.50201743965],
    [0.9, 2000, 1, 0.01, 2259.16052341352],
    [0.001, 1, 1, 0.5, 692.8005491785009],
    [0.0123, 1000, 7.5, 0.25, 622565.3038552924],
  ])('agrees with mpmath: p = %d, m = %d, ω = %d, ε = %d', (p, m, omega, tolerance, golden) => {
    expect(relative(tokenBudget(odds(p), m, omega, tolerance), golden)).toBeLessThan(1e-13);
  });

  it('is the least that meets the tolerance', () => {
    for (const p of [0.02, 0.4, 0.93]) {
      const k = tokenBudget(odds(p), 20, 100, 0.05);
      expect(chainSuccess(odds(p), 20, 100, k * (1 + 1e-12))).toBeGreaterThan(0.95);
      expect(chainSuccess(odds(p), 20, 100, k * (1 - 1e-12))).toBeLessThan(0.95);
    }
  });

  it('is mω where every attempt succeeds, and out of reach where none does', () => {
    expect(tokenBudget(skillOdds(12, 0, 100), 20, 100, 1e-9)).toBe(2000);
    expect(tokenBudget(skillOdds(12, 100, 0), 20, 100, 0.05)).toBe(Infinity);
    expect(tokenBudget(odds(1e-13), 1, 1, 0.05)).toBe(Infinity);
    expect(tokenBudget(odds(1e-11), 1, 1, 0.05)).toBeLessThan(TOKEN_LIMIT);
    expect(tokenBudget(skillOdds(12, 1e4, 0), 1, 1, 0.05)).toBe(Infinity);
  });
});
