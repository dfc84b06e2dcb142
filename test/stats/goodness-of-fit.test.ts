import { describe, expect, it } from 'vitest';
import type { Partials } from '../../src/engine/partials.js';
import { binDeficits } from '../../src/stats/binned.js';
import { equiprobableCells, LEAST_EXPECTED, MOST_CELLS } from '../../src/stats/cells.js';
import type { Cells } from '../../src/stats/cells.js';
import { bridgeExceedance, chiSquareTest, groupedKolmogorovTest } from '../../src/stats/goodness-of-fit.js';
import { lawOnBins } from '../../src/stats/law-on-bins.js';
import { judge } from '../../src/stats/verdict.js';
import type { DeficitLaw } from '../../src/theory/deficit-law.js';
import { exponentialDraw, exponentialLaw, QUANTUM, samplePartials, SLOTS } from './laws.js';

const ATOM = 0.1;
const SCALE = 1000;
const law = exponentialLaw(ATOM, SCALE);

function cellsOf(partials: Partials, of: DeficitLaw, most?: number): Cells {
  const binned = binDeficits(partials.horizons[0], QUANTUM);
  return equiprobableCells(binned, lawOnBins(of, binned), most);
}

describe('cells', () => {
  const partials = samplePartials('cells', 100_000, exponentialDraw(ATOM, SCALE));

  it('share the line out equally, whole bins each, nothing lost', () => {
    const cells = cellsOf(partials, law);
    // The atom of 0.1 is one cell instead of 12.8; a bin has 0.0072 at most, so that hardly a multiple of 1/128 is
    // passed over.
    expect(cells.counts.length).toBeGreaterThan(0.85 * MOST_CELLS);
    expect(cells.counts.length).toBeLessThanOrEqual(MOST_CELLS);
    expect(cells.counts.reduce((a, b) => a + b)).toBe(100_000);
    expect(cells.probabilities.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    expect(cells.counts[0]).toBe(partials.horizons[0].zeros);
    let below = 0;
    cells.boundaries.forEach((at, i) => {
      below += cells.probabilities[i];
      expect(at).toBeCloseTo(below, 12);
    });
    for (const p of cells.probabilities.slice(1)) expect(p).toBeLessThan(2 / MOST_CELLS);
  });

  it.each([40, 200, 1000, 5000])('expect at least ten each at n = %i', (n) => {
    for (const atom of [0, 0.3, 0.9]) {
      const cells = cellsOf(samplePartials('few', n, exponentialDraw(atom, SCALE)), exponentialLaw(atom, SCALE));
      expect(Math.min(...cells.probabilities) * n).toBeGreaterThanOrEqual(LEAST_EXPECTED * (1 - 1e-9));
    }
  });

  it('do not depend on what was seen', () => {
    const other = samplePartials('other', 100_000, exponentialDraw(0.5, 300));
    expect(cellsOf(other, law).boundaries).toEqual(cellsOf(partials, law).boundaries);
  });

  it('leave nothing to test where one atom is nearly all', () => {
    const sure = exponentialLaw(0.9999, SCALE);
    const cells = cellsOf(samplePartials('sure', 1000, exponentialDraw(0.9999, SCALE)), sure);
    expect(cells.counts.length).toBe(1);
    expect(chiSquareTest(cells).pValue).toBe(1);
    expect(groupedKolmogorovTest(cells).pValue).toBe(1);
  });
});

describe('χ²', () => {
  const cells: Cells = {
    trials: 100,
    probabilities: Float64Array.of(0.25, 0.25, 0.5),
    counts: Float64Array.of(30, 15, 55),
    boundaries: Float64Array.of(0.25, 0.5),
  };

  it('is Σ(O − E)²/E (25/25 + 100/25 + 25/50 = 5.5; with two degrees of freedom p = e^(−2.75))', () => {
    const test = chiSquareTest(cells);
    expect(test.statistic).toBeCloseTo(5.5, 12);
    expect(test.pValue).toBeCloseTo(Math.exp(-2.75), 12);
  });

  it.each([
    [0.005, 0.07279856567555056],
    [0.02, 0.21897378521849467],
    [0.1, 0.9999798350921617],
  ])('allows for an error of %f of the law’s CDF: noncentrality (2n·error)² (1/25 + 1/25 + 1/50)', (error, p) => {
    // scipy.stats.ncx2.sf(5.5, 2, 0.1, 1.6 and 40): the law's own bins are the worst that the error allows.
    const test = chiSquareTest(cells, error);
    expect(test.statistic).toBeCloseTo(5.5, 12);
    expect(test.pValue / p).toBeCloseTo(1, 9);
  });
});

describe('a Brownian bridge seen at given times', () => {
  it.each([
    [[0.5], 1, 0.04550026389635842],
    [[0.25, 0.5, 0.75], 1, 0.07491896739759762],
    [[0.1, 0.2, 0.6], 0.8, 0.1405139175874216],
    [[0.1, 0.2, 0.6], 1.5, 0.0023663917067432427],
    [[0.3, 0.9, 0.95, 0.99], 1.2, 0.008889501163336422],
  ])('%j beyond %f (scipy.stats.multivariate_normal.cdf over the cube, abseps 1e-9)', (times, level, expected) => {
    expect(Math.abs(bridgeExceedance(Float64Array.from(times), level) - expected)).toBeLessThan(2e-9);
  });

  it.each([
    [0.8, 0.4630429049],
    [1.2, 0.0872255036],
    [1.6, 0.0085551258],
  ])('127 equal times beyond %f (numpy: the chain by trapezoids of 600 and 1200, extrapolated)', (level, expected) => {
    const times = Float64Array.from({ length: 127 }, (_, i) => (i + 1) / 128);
    expect(Math.abs(bridgeExceedance(times, level) / expected - 1)).toBeLessThan(2e-8);
  });

  it('keeps relative accuracy far out, and below Kolmogorov’s bound', () => {
    // One time ½: 2 P(Z > 2·level), z = 9: 2.25717681e-19 (mpmath erfc(9/√2)).
    expect(bridgeExceedance(Float64Array.of(0.5), 4.5) / 2.257176811907681e-19).toBeCloseTo(1, 9);
    const times = Float64Array.from({ length: 127 }, (_, i) => (i + 1) / 128);
    for (let level = 0.1; level < 6; level += 0.1) {
      const p = bridgeExceedance(times, level);
      expect(p).toBeLessThanOrEqual(2 * Math.exp(-2 * level * level));
      expect(p).toBeLessThanOrEqual(bridgeExceedance(times, level - 0.09));
    }
    expect(bridgeExceedance(times, 0)).toBe(1);
    expect(bridgeExceedance(times, 30)).toBe(0);
  });
});

describe('a whole judgement with the law (5 tests, family α = 0.05)', () => {
  it('names five tests', () => {
    const sample = samplePartials('names', 4000, exponentialDraw(ATOM, SCALE));
    const [h] = judge(sample, QUANTUM, [{ ...law, law }]).horizons;
    expect(h.slots).toBe(SLOTS);
    expect(h.verdicts.map((v) => v.name)).toEqual([
      'mean',
      'standardDeviation',
      'probabilityZero',
      'chiSquare',
      'kolmogorov',
    ]);
  });
});

/** Deliberately wrong engines: what each test is for, at a stated n, α = 0.001 shared by five tests. */
describe('planted wrong laws are found', () => {
  const right = exponentialDraw(ATOM, SCALE);

  /** Names of the failed tests, and what to print when they are not the expected ones. */
  function failing(seed: string, trials: number, draw: (u: number) => number): [string[], string] {
    const [{ verdicts }] = judge(samplePartials(seed, trials, draw), QUANTUM, [{ ...law, law }]).horizons;
    const failed = verdicts.filter((v) => !v.pass).map((v) => v.name);
    return [failed, `seed "${seed}", n = ${trials}: ${JSON.stringify(verdicts)}`];
  }

  it('none in the right one (n = 500 000)', () => {
    expect(...failing('planted right', 500_000, right)).toEqual([]);
  });

  it('a ripple: 12 waves of 4 % in the density of u, no moment moved much (n = 500 000): χ² alone', () => {
    // u + a sin(2πku)/(2πk) has density about 1 − a cos(2πku): X² gains n·a²/2 = 400, where its SD is 16; the sup is
    // a/(2πk) = 5.3e-4, 0.38 on the scale of √n·sup.
    const k = 12;
    const a = 0.04;
    const ripple = (u: number): number => right(u + (a * Math.sin(2 * Math.PI * k * u)) / (2 * Math.PI * k));
    expect(...failing('planted ripple', 500_000, ripple)).toEqual(['chiSquare']);
  });

  it('everything 1 % too long (n = 500 000): Kolmogorov sees it, as the mean does', () => {
    // sup 0.9·0.01/e = 0.0033, 2.3 on the scale of √n·sup: p near 3e-5.
    expect(...failing('planted long', 500_000, exponentialDraw(ATOM, SCALE * 1.01))).toEqual(
      expect.arrayContaining(['mean', 'kolmogorov']),
    );
  });

  it('mean, SD and P(D = 0) right but not the shape (n = 100 000): both tests of the whole', () => {
    // Positive deficits uniform on SCALE·(1 ± √3): same mean and SD as the exponential; the lower end is cut at one
    // quantum.
    const uniform = (u: number): number =>
      u < ATOM ? 0 : Math.max(1, Math.round((SCALE * (1 + Math.sqrt(3) * (2 * ((u - ATOM) / 0.9) - 1))) / QUANTUM));
    expect(...failing('planted uniform', 100_000, uniform)).toEqual(
      expect.arrayContaining(['chiSquare', 'kolmogorov']),
    );
  });

  it('but not a lattice that lost its odd points: cells are far wider (a limit of these tests; equality of backends covers it)', () => {
    const even = (u: number): number => 2 * Math.round(right(u) / 2);
    expect(...failing('planted even', 100_000, even)).toEqual([]);
  });
});
