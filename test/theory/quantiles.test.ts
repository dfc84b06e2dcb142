/**
 * Quantiles of the exact law against an independent computation, at long horizons and for rare heavy tasks: Lindley
 * steps by FFT (numpy), the Gamma law shared between lattice points so that its mean stays, energies on the lattice,
 * three spacings, each half the one before, and Richardson's extrapolation in h² and h⁴. Its last step moved the values
 * by less than 1e-7 relative in the quantile.
 */
import { describe, expect, test } from 'vitest';
import { exactLaw } from '../../src/theory/exact/law.js';
import { law } from './laws.js';

const ten = [400, 600, 900, 1300, 1900, 2800, 4000, 5500, 7500, 10000];
const even = Array<number>(10).fill(0.1);
const lightAndHeavy = law(2, [10, 2000], [0.995, 0.005], 2, 20.5);

const CASES = [
  {
    name: 'tasks of 10 J and rare ones of 2 kJ, the lowest points beside the atom',
    increment: lightAndHeavy,
    slots: 1024,
    at: [5, 100, 3330, 10000, 17120],
    cdf: [0.10625147838136709, 0.15377048725985248, 0.49969976317257675, 0.899769506422634, 0.9900090103012729],
  },
  {
    name: 'the same, longer',
    increment: lightAndHeavy,
    slots: 8192,
    at: [670, 7970, 23780, 41010],
    cdf: [0.09982562642440874, 0.49999003946178183, 0.8999704709320351, 0.9900043026245225],
  },
  {
    name: 'ten kinds, a surplus of 0.02 σ',
    increment: law(5, ten, even, 2.5, 7102.533246767685),
    slots: 8192,
    at: [31100, 253000, 851900, 1674900],
    cdf: [0.0999200933796365, 0.500053263535008, 0.8999898423597994, 0.9900000776900548],
  },
  {
    name: 'one kind, few arrivals, a shortfall of 0.05 σ',
    increment: law(0.2, [1000], [1], 1, 175.97055778798565),
    slots: 1024,
    at: [11400, 28120, 46880, 62920],
    cdf: [0.09977963908665917, 0.5000168030246749, 0.9000634083912931, 0.9900021267740814],
  },
  {
    name: 'near a lattice',
    increment: law(0.2, [1000, 1500], [0.7, 0.3], 50, 4.6),
    slots: 1024,
    at: [1585, 10905, 27680, 44135],
    cdf: [0.09995025237986863, 0.49993334174214993, 0.8999724973753849, 0.990001667526159],
  },
  {
    name: 'ten kinds, exponential harvest, a shortfall',
    increment: law(15, ten, even, 1, 51263.10335982124),
    slots: 128,
    at: [80400, 469800, 1068600, 1596500],
    cdf: [0.09995212271262706, 0.5000138912030077, 0.9000155228664514, 0.989997431644755],
  },
  {
    name: 'two kinds, shape 3',
    increment: law(2, [1000, 3000], [0.5, 0.5], 3, 1333.3333333333333),
    slots: 8192,
    at: [42000, 236600, 580900, 911400],
    cdf: [0.09995614423348778, 0.4999987372944644, 0.9000251746497744, 0.9899990185029923],
  },
];

describe('exact quantiles within 1e-6 relative', () => {
  test.each(CASES)('$name, T = $slots', ({ increment, slots, at, cdf }) => {
    const exact = exactLaw(increment, slots);
    // A difference of the CDF is one of the quantile over the density.
    const off = at.map((d, i) => Math.abs(exact.cdf(d) - cdf[i]) / (exact.density(d) * d));
    expect(Math.max(...off), `relative errors ${off.join(', ')}`).toBeLessThan(1e-6);
    expect(exact.error.quantile).toBeLessThan(1e-6);
  });

  test('heavy tasks 200 times the light ones: the fine band gives what one line fifty times as long gave', () => {
    // The second number is this solver's own, with 4e6 rad of line and no fine band: it checks the band alone.
    const exact = exactLaw(law(2, [100, 20000], [0.995, 0.005], 0.5, 715.288752880891), 16);
    expect(Math.abs(exact.quantile(0.5) / 281.8270110481818 - 1)).toBeLessThan(1e-9);
    expect(exact.error.quantile).toBeLessThan(1e-9);
  });
});
