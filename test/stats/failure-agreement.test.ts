/** Failures of the same paths at two designs, and which two. */
import { describe, expect, test } from 'vitest';
import { failureAgreement, neighboursOf } from '../../src/stats/failure-agreement.js';
import { addPairs, emptyPairedSums } from '../../src/stats/paired.js';

const agreement = (worse: readonly number[], better: readonly number[]) =>
  failureAgreement(addPairs(emptyPairedSums(1), Int32Array.from(worse), Int32Array.from(better)));

describe('agreement', () => {
  test('counts the paths that fail at the better design alone', () => {
    const found = agreement([1, 1, 1, 0, 0, 0, 0, 1], [1, 1, 0, 1, 0, 0, 0, 0]);
    expect(found).toMatchObject({ paths: 8, failuresAtWorse: 4, failuresAtBetter: 3, violations: 1 });
    expect(found.violationShare).toBeCloseTo(1 / 3, 12);
    // Covariance 2/8 − 12/64, variances 1/4 and 15/64; differences −1, 0 (5 times), 1, 1.
    expect(found.correlation).toBeCloseTo((2 / 8 - 12 / 64) / Math.sqrt((1 / 4) * (15 / 64)), 12);
    expect(found.varianceReduction).toBeCloseTo((1 / 4 + 15 / 64) / (3 / 8 - 1 / 64), 12);
  });

  test('of failures that are nested there are no violations; of none there is no share', () => {
    expect(agreement([1, 1, 0, 0], [1, 0, 0, 0])).toMatchObject({ violations: 0, violationShare: 0 });
    const none = agreement([1, 0, 0, 0], [0, 0, 0, 0]);
    expect(none).toMatchObject({ failuresAtBetter: 0, violations: 0 });
    expect([none.violationShare, none.correlation]).toEqual([NaN, NaN]);
  });
});

describe('neighbours', () => {
  const falling = (a: number, b: number): boolean => a > b;
  const rising = (a: number, b: number): boolean => a < b;
  test('the answer and the nearest that is worse; where there is none, the nearest that is better', () => {
    expect(neighboursOf(5, [1, 9, 4, 5, 6], falling)).toEqual({ worse: 4, better: 5 });
    expect(neighboursOf(5, [1, 9, 4, 5, 6], rising)).toEqual({ worse: 6, better: 5 });
    expect(neighboursOf(1, [1, 9, 4], falling)).toEqual({ worse: 1, better: 4 });
    expect(neighboursOf(1, [1, 1], falling)).toBeUndefined();
  });
});
