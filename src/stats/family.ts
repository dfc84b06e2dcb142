/**
 * One error rate for everything that a run tests. A run that tests 5 numbers at 7 horizons at 0.001 each would fail 3 %
 * of the time though all is right; here the chance that a right run fails anywhere is at most the family-wise α.
 */

/**
 * The family-wise α unless said otherwise. A verdict stands at the end of every validation, so false alarms add up over
 * all runs that are ever made: one in a thousand is rare enough to be looked into each time. It costs little power: an
 * error of the engine shows with √trials, and at a power of 90 % the step from 0.05 to 0.001 costs ((3.29 + 1.28)/(1.96
 * + 1.28))² = 2 times the trials.
 */
export const FAMILY_ALPHA = 0.001;

/** What came of one test. */
export interface Decision {
  /** The level with which this p-value was compared, so that the whole run keeps the family-wise α. */
  readonly alpha: number;
  readonly pass: boolean;
}

/**
 * Holm's (1979) step-down test: the i-th smallest of m p-values is compared with α/(m − i + 1) as long as all before it
 * were rejected; from the first that is not, all pass and are held against that one's level. Family-wise α under any
 * dependence: the same paths are judged at every horizon, so that tests are positively dependent and the true rate is
 * below α. The whole family passes exactly when its smallest p-value is above α/m.
 */
export function holm(pValues: readonly number[], familyAlpha = FAMILY_ALPHA): Decision[] {
  const m = pValues.length;
  const order = pValues.map((_, i) => i).sort((a, b) => pValues[a] - pValues[b]);
  const decisions: Decision[] = new Array<Decision>(m);
  let accepted = false;
  let level = familyAlpha / m;
  order.forEach((test, rank) => {
    if (!accepted) {
      level = familyAlpha / (m - rank);
      accepted = !(pValues[test] <= level);
    }
    decisions[test] = { alpha: level, pass: accepted };
  });
  return decisions;
}

/** All tests of a run as one. */
export interface FamilyVerdict {
  readonly pass: boolean;
  readonly familyAlpha: number;
  /** How many tests share it. */
  readonly tests: number;
}

/** Tests in groups, of horizons as a rule, that share one level. They pass together where each does. */
export function decideTogether<T extends { readonly pValue: number }>(
  groups: readonly (readonly T[])[],
  familyAlpha: number,
): FamilyVerdict & { readonly groups: readonly (readonly (T & Decision)[])[] } {
  const decisions = holm(
    groups.flat().map(({ pValue }) => pValue),
    familyAlpha,
  );
  let next = 0;
  return {
    pass: decisions.every(({ pass }) => pass),
    familyAlpha,
    tests: decisions.length,
    groups: groups.map((tests) => tests.map((test) => ({ ...test, ...decisions[next++] }))),
  };
}
