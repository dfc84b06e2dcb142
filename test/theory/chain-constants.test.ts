/**
 * Batteries of constants that no lattice holds, for their energies share no measure: every claimed error is at least
 * the true one, beside a walk of all states. The law of what they lack is right at its atoms.
 */
import { expect, test } from 'vitest';
import { constantBounds } from '../../src/theory/chain/constant-law.js';
import { constantWalk } from '../../src/theory/chain/constant-walk.js';
import { claimsOfLevels, claimsOfTotals, worstOf } from './constants-claims.js';
import { looseModel } from './own-constants.js';

/** The long test has 240. */
const SITES = 24;

test(`${SITES} batteries: claimed errors hold, and are small`, () => {
  const all = Array.from({ length: SITES }, (_, index) => claimsOfLevels(index)).flat();
  const worst = worstOf(all);
  expect(worst.off / worst.claimed, worst.what).toBeLessThan(1);
  // The two walks have not grown apart: a claim that is too large would hold as well.
  const chances = all.filter(({ what }) => /^(P|deficit)/.test(what));
  expect(Math.max(...chances.map(({ claimed }) => claimed))).toBeLessThan(1e-9);
});

test('the law of A: state by state right at atoms, by transforms as far as it claims', () => {
  const both = Array.from({ length: SITES / 2 }, (_, index) => claimsOfTotals(index));
  const listed = both.flatMap((one) => one.listed);
  expect(Math.max(...listed.map(({ off }) => off))).toBeLessThan(1e-10);
  expect(Math.max(...listed.map(({ claimed }) => claimed))).toBeLessThan(1e-9);
  const worst = worstOf(both.flatMap((one) => one.transforms));
  expect(worst.off / worst.claimed, worst.what).toBeLessThan(1);
});

test('too many states: the two walks enclose what more of them say, and not too loosely', () => {
  for (const index of [0, 3, 9]) {
    const model = looseModel(index);
    const options = { memory: 'any', keepsAll: false } as const;
    const of = (side: 'worst' | 'best', work: number) => constantWalk(model, [24], { ...options, side, work })?.[0];
    const [low, high] = [of('worst', 5e5), of('best', 5e5)];
    const [from, to] = [of('worst', 5e6), of('best', 5e6)];
    if (low === undefined || high === undefined || from === undefined || to === undefined) throw new Error('no walk');
    const said = `battery ${index}`;
    const slack = 1e-10;
    // A finer walk need not be within a coarser one, but all enclose the truth, so that no two are apart.
    for (const [worst, best] of [
      [low, to],
      [from, high],
      [from, to],
    ]) {
      expect(worst.empty, said).toBeGreaterThan(best.empty - slack);
      expect(worst.deficitSlots, said).toBeGreaterThan(best.deficitSlots - slack);
      expect(worst.auxiliary, said).toBeGreaterThan(best.auxiliary - slack);
      expect(worst.never, said).toBeLessThan(best.never + slack);
      expect(worst.full, said).toBeLessThan(best.full + slack);
      expect(worst.waste, said).toBeLessThan(best.waste + slack);
    }
    expect(from.empty - to.empty, said).toBeLessThan(0.03);
    expect(from.empty - to.empty, said).toBeLessThan(low.empty - high.empty + slack);
  }
});

test('a harvest with a density has no such walk, nor has a horizon of a million slots', () => {
  const model = looseModel(3);
  const { demand } = model.laws[0];
  const law = { demand, harvest: { shape: 1, scaleJoules: 2 } };
  expect(constantBounds({ ...model, laws: model.laws.map(() => law) }, [4])).toBeUndefined();
  expect(constantBounds(model, [1_000_000])).toBeUndefined();
});
