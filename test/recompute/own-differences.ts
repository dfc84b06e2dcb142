/** Paired differences of two sides worked out anew from every path's totals, in plain doubles. */
import erfc from '@stdlib/math-base-special-erfc';
import type { PathTotals } from './own-paths.js';

export interface OwnDifference {
  readonly quantity: string;
  readonly meanFirst: number;
  readonly mean: number;
  readonly difference: number;
  readonly standardError: number;
  readonly interval: readonly [number, number];
  readonly pValue: number;
  readonly differing: number;
  readonly correlation: number;
  readonly varianceReduction: number;
}

/** Those that are sums over slots, and so have a part after a slot. */
export const STEADY = [
  ...['auxiliary', 'riskOfAuxiliary', 'deficitSlots', 'waste', 'consumption', 'dispatched'],
  ...['energyPerTask', 'meanWait'],
];

const sum = (x: readonly number[]): number => x.reduce((a, b) => a + b, 0);
const meanOf = (x: readonly number[]): number => sum(x) / x.length;
/** Unbiased. */
export function covarianceOf(x: readonly number[], y: readonly number[]): number {
  const [a, b] = [meanOf(x), meanOf(y)];
  return sum(x.map((v, i) => (v - a) * (y[i] - b))) / (x.length - 1);
}

/** The point that a standard normal is beyond, on either side, with probability α; by halving. */
export function critical(alpha: number): number {
  let [low, high] = [0, 40];
  for (let i = 0; i < 100; i++) {
    const middle = (low + high) / 2;
    if (erfc(middle / Math.SQRT2) > alpha) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** In the order of the documents: totals, then ratios. */
export function ownDifferences(first: PathTotals, other: PathTotals, confidence: number): OwnDifference[] {
  const z = critical(1 - confidence);
  const joules = (side: PathTotals): number => side.quantumJoules;
  const one = (): number => 1;
  const total = (quantity: string, row: string, unit: (side: PathTotals) => number): OwnDifference => {
    const values = (side: PathTotals): number[] => side.of(row).map((x) => x * unit(side));
    return compared(quantity, [values(first), values(other)], z);
  };
  const risk = (side: PathTotals): number[] => side.of('auxiliary').map((x) => (x > 0 ? 1 : 0));
  return [
    total('auxiliary', 'auxiliary', joules),
    compared('riskOfAuxiliary', [risk(first), risk(other)], z),
    total('peak', 'peak', (side) => side.quantumJoules / side.slotSeconds),
    total('deficitSlots', 'deficitSlots', one),
    total('waste', 'waste', joules),
    total('consumption', 'consumption', joules),
    total('dispatched', 'dispatched', one),
    total('level', 'level', (side) => side.levelJoules),
    total('undone', 'undone', one),
    total('undoneEnergy', 'undoneEnergy', joules),
    ratio('energyPerTask', [first, other], 'consumption', joules, z),
    ratio('meanWait', [first, other], 'waited', one, z),
  ];
}

function compared(quantity: string, [a, b]: readonly [number[], number[]], z: number): OwnDifference {
  const gaps = b.map((x, i) => x - a[i]);
  return {
    ...{ quantity, meanFirst: meanOf(a), mean: meanOf(b) },
    ...judged(meanOf(b) - meanOf(a), covarianceOf(gaps, gaps), a.length, z),
    differing: gaps.filter((gap) => gap !== 0).length,
    ...shared(covarianceOf(a, a), covarianceOf(b, b), covarianceOf(a, b), covarianceOf(gaps, gaps)),
  };
}

/** Totals per task; each path's error by the delta method. */
function ratio(
  quantity: string,
  sides: readonly [PathTotals, PathTotals],
  row: string,
  unit: (side: PathTotals) => number,
  z: number,
): OwnDifference {
  const [a, b] = sides.map((side) => {
    const [n, d] = [side.of(row), side.of('dispatched')];
    const own = sum(n) / sum(d);
    // Whole numbers until the last: a ratio that is the same on every path has no error.
    const errors = n.map((x, i) => ((x * sum(d) - d[i] * sum(n)) / sum(d) / meanOf(d)) * unit(side));
    return { value: own * unit(side), errors, n, d };
  });
  const gaps = b.errors.map((x, i) => x - a.errors[i]);
  const [varianceA, varianceB, variance] = [a.errors, b.errors, gaps].map((x) => covarianceOf(x, x));
  const n = a.n.filter((x, i) => x * unit(sides[0]) !== b.n[i] * unit(sides[1])).length;
  const d = a.d.filter((x, i) => x !== b.d[i]).length;
  return {
    ...{ quantity, meanFirst: a.value, mean: b.value },
    ...judged(b.value - a.value, variance, a.n.length, z),
    differing: Math.min(n + d, a.n.length),
    ...shared(varianceA, varianceB, covarianceOf(a.errors, b.errors), variance),
  };
}

function judged(difference: number, variance: number, paths: number, z: number) {
  const standardError = Math.sqrt(variance / paths);
  const half = z * standardError;
  return {
    ...{ difference, standardError, interval: [difference - half, difference + half] as const },
    pValue: difference === 0 ? 1 : erfc(Math.abs(difference) / standardError / Math.SQRT2),
  };
}

function shared(varianceA: number, varianceB: number, covariance: number, variance: number) {
  return {
    correlation: covariance / Math.sqrt(varianceA * varianceB),
    varianceReduction: (varianceA + varianceB) / variance,
  };
}
