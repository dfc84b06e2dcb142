/** As chain-constants.test.ts, with 240 batteries. */
import { expect, test } from 'vitest';
import { claimsOfLevels, claimsOfTotals, worstOf } from './constants-claims.js';

const SITES = 240;
const indices = Array.from({ length: SITES }, (_, index) => index);

test('chances, means and laws of levels: claimed errors hold', () => {
  const worst = worstOf(indices.flatMap(claimsOfLevels));
  expect(worst.off / worst.claimed, worst.what).toBeLessThan(1);
});

test('laws of A: claimed errors hold, state by state and by transforms', () => {
  const both = indices.map(claimsOfTotals);
  const worst = worstOf(both.flatMap(({ listed, transforms }) => [...listed, ...transforms]));
  expect(worst.off / worst.claimed, worst.what).toBeLessThan(1);
});
