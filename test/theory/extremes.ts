/** Walks at the ends of what scenarios may ask for, with what the exact law makes of each. */
import { exactLaw } from '../../src/theory/exact/law.js';
import type { ExactLaw } from '../../src/theory/exact/law.js';
import type { CompoundIncrement } from '../../src/theory/increment.js';
import { formatTable } from '../../src/report/table.js';
import { law } from './laws.js';

interface ExtremeWalk {
  readonly name: string;
  readonly make: () => CompoundIncrement;
}

/** A walk whose harvest is `surplus` times its demand, by weights of energies, joules. */
function walk(
  name: string,
  rate: number,
  energies: readonly number[],
  weights: readonly number[],
  shape: number,
  surplus = 1,
): ExtremeWalk {
  const total = weights.reduce((sum, w) => sum + w, 0);
  const probabilities = weights.map((w) => w / total);
  const demand = rate * energies.reduce((sum, e, j) => sum + e * probabilities[j], 0);
  return { name, make: () => law(rate, [...energies], probabilities, shape, (surplus * demand) / shape) };
}

const decades = [1, 10, 100, 1000, 1e4, 1e5, 1e6];
const many = Array.from({ length: 60 }, (_, i) => 1 + i * 1.37 + Math.sin(i));

const EXTREMES: readonly ExtremeWalk[] = [
  walk(
    'six decades of energies',
    3,
    decades,
    decades.map((e) => 1 / e),
    2,
    0.9,
  ),
  walk('one task in 10⁶ is 10⁵ times as heavy', 3, [1, 2, 5, 1e5], [1, 1, 1, 3e-6], 1, 1),
  walk('one task in 10⁵ is 10⁵ times as heavy', 2, [1, 1e5], [1e5, 1], 2),
  walk('a task of 1 or 10⁸ J once in 1,000 slots', 0.001, [1, 1e8], [1, 1], 2),
  walk('a task once in 1,000 slots', 0.001, [1, 10], [1, 1], 2),
  walk('harvests of shape 0.02', 5, [1, 2, 5], [1, 1, 1], 0.02),
  walk('one task size, shape 0.02', 0.5, [1], [1], 0.02),
  walk('harvests of shape 1000', 5, [1, 2, 5], [1, 1, 1], 1000),
  walk('one task size, shape 1000', 5, [1], [1], 1000),
  walk('three times the harvest needed', 5, [100, 200], [1, 1], 5, 3),
  walk('a fifth of the harvest needed', 5, [100, 200], [1, 1], 5, 0.2),
  walk(
    'six energies without a lattice, shape 0.5',
    4,
    [1, Math.SQRT2, Math.PI, 8.15, 17.3, 101.77],
    [5, 4, 3, 2, 1, 0.5],
    0.5,
  ),
  walk('sixty energies', 4, many, Array<number>(60).fill(1), 1.5, 1.001),
  walk('10⁵ tasks a slot', 1e5, [1, 7, 30], [3, 2, 1], 2),
];

export interface ExtremeResult {
  readonly name: string;
  readonly slots: number;
  /** Of one core. */
  readonly seconds: number;
  readonly law: ExactLaw;
}

/** The law of each walk at each horizon, and what a document reads off it, timed. */
export function extremeLaws(
  horizons: readonly number[],
  say: (text: string) => void = () => undefined,
): ExtremeResult[] {
  return EXTREMES.flatMap(({ name, make }) =>
    horizons.map((slots) => {
      const before = process.cpuUsage();
      const found = exactLaw(make(), slots);
      for (const p of [0.5, 0.9, 0.99]) found.quantile(p);
      found.survivalGrid(0, found.standardDeviation / 50, 200);
      const { user, system } = process.cpuUsage(before);
      const seconds = (user + system) / 1e6;
      say(`${name}, ${slots} slots: ${seconds.toFixed(1)} s`);
      return { name, slots, seconds, law: found };
    }),
  );
}

export function tableOfExtremes(results: readonly ExtremeResult[]): string {
  return formatTable(
    [
      { header: 'walk', align: 'left' },
      { header: 'slots' },
      { header: 'seconds' },
      { header: 'error of P(D ≤ d)' },
      { header: 'of quantiles' },
      { header: 'missing', align: 'left' },
    ],
    results.map(({ name, slots, seconds, law: { error, missing } }) => [
      name,
      String(slots),
      seconds.toFixed(1),
      missing === undefined ? error.cdf.toExponential(0) : '',
      missing === undefined ? error.quantile.toExponential(0) : '',
      missing?.what ?? '',
    ]),
  );
}
