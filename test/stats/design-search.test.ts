import seedrandom from 'seedrandom';
import { describe, expect, it } from 'vitest';
import { binomialAtLeast, quantileRanks } from '../../src/stats/binomial.js';
import { searchDesign } from '../../src/stats/design-search.js';
import type { DesignProblem, DesignResult } from '../../src/stats/design-search.js';
import { failureAgreement, neighboursOf } from '../../src/stats/failure-agreement.js';
import { normalCritical } from '../../src/numeric/normal.js';
import { addPairs, emptyPairedSums } from '../../src/stats/paired.js';

/** z with P(Z > z) = p ≤ 1/2. */
const upperPoint = (p: number): number => normalCritical(2 * p);

/** Standard normal draws, by Box and Muller. */
function normals(seed: string, count: number): Float64Array {
  const random = seedrandom.alea(seed);
  return Float64Array.from({ length: count }, () => {
    const radius = Math.sqrt(-2 * Math.log(1 - random.double()));
    return radius * Math.cos(2 * Math.PI * random.double());
  });
}

type Needs = (path: number, x: number) => number;

/** Path i fails at x where it needs more than x: the same paths at every value, and a count of what was asked. */
function evaluator(needs: Needs) {
  const asked = { calls: 0, paths: 0 };
  const evaluate = (x: number, trials: number) => {
    asked.calls++;
    asked.paths += trials;
    let failures = 0;
    for (let i = 0; i < trials; i++) if (needs(i, x) > x) failures++;
    return Promise.resolve({ failures, trials });
  };
  return { evaluate, asked };
}

/** Risks that are known without error: as many failures as expected, whatever the paths. */
const exactRisk =
  (risk: (x: number) => number): DesignProblem['evaluate'] =>
  (x, trials) =>
    Promise.resolve({ failures: Math.round(trials * risk(x)), trials });

describe('a design search with risks that are known', () => {
  // Risk exp(−x): the target e⁻⁵ is met from 5 on.
  const falling = { evaluate: exactRisk((x) => Math.exp(-x)), risk: Math.exp(-5), direction: 'falling' } as const;
  const many = { firstTrials: 1e6, maximumTrials: 1e12 };

  it.each<[string, readonly [number, number], Partial<DesignProblem>]>([
    ['in the bracket', [1, 20], {}],
    ['on a linear scale', [1, 20], { scale: 'linear' }],
    ['from 0', [0, 20], {}],
    ['above the bracket', [1, 2], {}],
    ['below the bracket', [100, 200], {}],
    ['below the bracket, on a linear scale', [20, 30], { scale: 'linear', limits: { lower: 0 } }],
    ['far above, on a linear scale', [0, 0.5], {}],
    ['near a wide bracket’s end', [1e-6, 1e6], {}],
  ])('finds the value %s', async (_, bracket, more) => {
    const found = await searchDesign({ ...falling, ...many, tolerance: 1e-3, bracket, ...more });
    expect(found.reason).toBe('tolerance');
    expect(found.fails).toBeLessThanOrEqual(5);
    expect(found.meets).toBeGreaterThanOrEqual(5);
    expect(found.value).toBe(found.meets);
    expect(Math.abs(found.value / 5 - 1)).toBeLessThan(1.1e-3);
    expect(Math.abs(found.estimate / 5 - 1)).toBeLessThan(2e-4);
    expect(found.at).toMatchObject({ x: found.value });
    expect(found.evaluations.length).toBeLessThan(50);
  });

  it('finds the largest value where the risk grows', async () => {
    const rising = exactRisk((x) => x * x);
    const limits = { lower: 0, upper: 1 };
    const search = { evaluate: rising, risk: 0.01, direction: 'rising', limits, ...many } as const;
    for (const bracket of [
      [0, 1],
      [0.2, 0.9],
      [0.01, 0.02],
    ] as const) {
      const found = await searchDesign({ ...search, bracket });
      expect(found.reason).toBe('tolerance');
      expect(found.meets).toBeLessThanOrEqual(0.1);
      expect(found.fails).toBeGreaterThanOrEqual(0.1);
      expect(Math.abs(found.value / 0.1 - 1)).toBeLessThan(0.011);
    }
  });

  it('finds whole numbers, and other steps, where neighbours can be told apart', async () => {
    const whole = await searchDesign({ ...falling, ...many, risk: Math.exp(-4.3), bracket: [1, 20], step: 1 });
    expect(whole).toMatchObject({ value: 5, meets: 5, fails: 4, reason: 'step' });
    for (const { x } of whole.evaluations) expect(Number.isInteger(x)).toBe(true);
    const halves = await searchDesign({
      ...falling,
      ...many,
      risk: Math.exp(-4.3),
      bracket: [0.4, 0.9],
      limits: { lower: 0.25 },
      step: 0.5,
    });
    expect(halves).toMatchObject({ value: 4.75, meets: 4.75, fails: 4.25, reason: 'step' });
  });

  it('ends at a limit that meets the target, and says what it does not know', async () => {
    const found = await searchDesign({ ...falling, ...many, bracket: [8, 20], limits: { lower: 6 } });
    expect(found).toMatchObject({ value: 6, meets: 6, fails: undefined, reason: 'limit' });
    const all = await searchDesign({
      evaluate: exactRisk((x) => x / 1e4),
      risk: 0.01,
      direction: 'rising',
      bracket: [0, 1],
      limits: { lower: 0, upper: 1 },
    });
    expect(all).toMatchObject({ value: 1, meets: 1, fails: undefined, reason: 'limit' });
  });

  it('a limit at which it is open whether the target is met', async () => {
    const evaluate = exactRisk((x) => 0.01 * Math.exp(-x));
    const plan = { evaluate, direction: 'falling', bracket: [0, 1], limits: { lower: 0 }, maximumTrials: 1e5 } as const;
    for (const risk of [0.0101, 0.0099]) {
      const found = await searchDesign({ ...plan, risk });
      expect(found).toMatchObject({ fails: undefined, reason: 'statistics', value: found.meets });
      // 10⁵ paths tell a risk of 0.01 from one 8 % less.
      expect(found.value).toBeGreaterThan(0);
      expect(found.value).toBeLessThan(0.12);
      expect(found.estimate).toBeLessThan(found.value);
    }
  });

  it('stops where it may look no more', async () => {
    const found = await searchDesign({ ...falling, ...many, bracket: [1, 20], tolerance: 1e-9, maximumEvaluations: 6 });
    expect(found.reason).toBe('budget');
    expect(found.evaluations).toHaveLength(6);
    expect(found.fails).toBeLessThan(5);
    expect(found.meets).toBeGreaterThan(5);
  });

  it.each<[string, Partial<DesignProblem>, RegExp]>([
    ['the wrong direction', { direction: 'rising' }, /^direction: got "rising", but the risk is .* the other way/],
    ['nothing within reach', { evaluate: exactRisk(() => 0.5) }, /a risk of 0.5 at .*: no value within reach meets it/],
    [
      'nothing within the limits',
      { limits: { upper: 3 }, bracket: [1, 2] },
      /a risk of 0.0498 at 3, .*: no value within reach meets it/,
    ],
    [
      'nothing that can be told to meet it',
      { limits: { upper: 5 }, bracket: [1, 5], firstTrials: 1e4, maximumTrials: 1e4 },
      /: 10000 paths cannot tell whether it is met/,
    ],
    [
      'no limit and no risk',
      { evaluate: exactRisk(() => 0) },
      /a risk of 0 at .*, expected a value at which it is more/,
    ],
    ['a bracket the wrong way round', { bracket: [2, 1] }, /^bracket: got 2 to 1, expected two values/],
    [
      'a bracket outside the limits',
      { limits: { lower: 3 } },
      /^bracket: got 1 to 20, expected two values of at least 3,/,
    ],
    ['a logarithm of 0', { bracket: [0, 1], scale: 'log' }, /values > 0 for a logarithmic scale/],
    ['a step of 0', { step: 0 }, /^step: got 0/],
    ['a step wider than the bracket', { step: 100 }, /at least 100 apart/],
    ['a risk of 0', { risk: 0 }, /^risk: got 0/],
    [
      'too few paths',
      { firstTrials: 10, maximumTrials: 100 },
      /^maximumTrials: got 100, expected at least \d{3}: with fewer/,
    ],
    [
      'counts that are none',
      { evaluate: () => Promise.resolve({ failures: 3, trials: 2 }) },
      /^evaluate: got 3 failures/,
    ],
  ])('refuses %s', async (_, more, message) => {
    await expect(searchDesign({ ...falling, bracket: [1, 20], ...more })).rejects.toThrow(message);
  });
});

/** Searches with other draws; counts intervals that miss the true value. */
async function misses(
  runs: number,
  truth: number,
  search: (run: number) => Promise<DesignResult>,
): Promise<{ missed: number; results: DesignResult[] }> {
  const results: DesignResult[] = [];
  for (let run = 0; run < runs; run++) results.push(await search(run));
  const missed = results.filter((r) => {
    const [low, high] = [r.fails ?? -Infinity, r.meets].sort((a, b) => a - b);
    return low > truth || high < truth;
  }).length;
  return { missed, results };
}

/** Whether more misses than a confidence of 0.9 allows, at α = 10⁻⁴: Binomial(runs, 0.1). */
const tooMany = (missed: number, runs: number): boolean => binomialAtLeast(missed, runs, 0.1) < 1e-4;

describe('a design search with risks that are estimated', () => {
  const RUNS = 200;
  const RISK = 0.02;
  const truth = 10 + 2 * upperPoint(RISK);
  const plan = {
    risk: RISK,
    direction: 'falling',
    confidence: 0.9,
    tolerance: 1e-3,
    firstTrials: 500,
    maximumTrials: 8000,
  } as const;
  const draws = Array.from({ length: RUNS }, (_, run) => normals(`design ${run}`, 8000));
  const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1];

  it('covers the value: 200 searches for a normal tail at 0.9, and is near the best interval there is', async () => {
    const { missed, results } = await misses(RUNS, truth, (run) => {
      const { evaluate } = evaluator((i) => 10 + 2 * draws[run][i]);
      return searchDesign({ ...plan, evaluate, bracket: [8, 30] });
    });
    expect(tooMany(missed, RUNS), `${missed} of ${RUNS} missed`).toBe(false);
    expect(new Set(results.map((r) => r.reason))).toEqual(new Set(['statistics']));
    // All paths' needs in order give the order-statistic interval: what these paths say at that confidence, without any
    // search.
    const ranks = quantileRanks(8000, 1 - RISK, 0.05, 0.05);
    const ratios = results.map((r, run) => {
      const sorted = draws[run].toSorted();
      return (r.meets - (r.fails ?? NaN)) / (2 * (sorted[ranks.upper - 1] - sorted[ranks.lower - 1]));
    });
    // A half of the chance of being wrong on earlier stages, and ends found to a fifth: wider, but not by much.
    expect(median(ratios)).toBeGreaterThan(1);
    expect(median(ratios)).toBeLessThan(1.8);
    const errors = results.map((r) => Math.abs(r.estimate - truth));
    expect(median(errors)).toBeLessThan(0.25 * median(results.map((r) => r.meets - (r.fails ?? NaN))));
    expect(median(results.map((r) => r.evaluations.length))).toBeLessThan(20);
  });

  it.each([
    [0.1, 0.05, 0.2],
    [1, 0.7, 0.9],
  ])(
    'and does so where paths are not monotone: needs shaken by %d at every value, violated by %d to %d of the failures',
    async (shake, least, most) => {
      const runs = 80;
      const agreed = { violations: 0, failures: 0 };
      const { missed } = await misses(runs, 10 + 2 * Math.hypot(1, shake) * upperPoint(RISK), async (run) => {
        const shaken = new Map<number, Float64Array>();
        const noise = (x: number): Float64Array => {
          const known = shaken.get(x) ?? normals(`${run} at ${x}`, 8000);
          shaken.set(x, known);
          return known;
        };
        let last: [number, Float64Array] = [NaN, draws[0]];
        const need: Needs = (i, x) => {
          if (last[0] !== x) last = [x, noise(x)];
          return 10 + 2 * (draws[run][i] + shake * last[1][i]);
        };
        const found = await searchDesign({ ...plan, evaluate: evaluator(need).evaluate, bracket: [8, 30] });
        const looked = found.evaluations.map(({ x }) => x);
        const { worse = NaN, better = NaN } = neighboursOf(found.value, looked, (a, b) => a > b) ?? {};
        const [a, b] = [worse, better].map((x) => draws[run].map((_, i) => (need(i, x) > x ? 1 : 0)));
        const agreement = failureAgreement(addPairs(emptyPairedSums(1), Int32Array.from(a), Int32Array.from(b)));
        agreed.violations += agreement.violations;
        agreed.failures += agreement.failuresAtBetter;
        return found;
      });
      expect(tooMany(missed, runs), `${missed} of ${runs} missed`).toBe(false);
      const share = agreed.violations / agreed.failures;
      expect(share).toBeGreaterThan(least);
      expect(share).toBeLessThan(most);
    },
  );

  it('covers the largest value of a growing risk, and whole numbers', async () => {
    const rising = await misses(RUNS, -truth, (run) => {
      const { evaluate } = evaluator((i, x) => (10 + 2 * draws[run][i] > -x ? Infinity : -Infinity));
      return searchDesign({ ...plan, evaluate, direction: 'rising', bracket: [-30, -8] });
    });
    expect(tooMany(rising.missed, RUNS), `${rising.missed} of ${RUNS} missed`).toBe(false);
    // The smallest whole number of fiftieths: fails is below it, meets is it or above.
    const sought = Math.ceil(50 * truth);
    const whole = await misses(RUNS, sought, (run) => {
      const { evaluate } = evaluator((i) => 50 * (10 + 2 * draws[run][i]));
      return searchDesign({ ...plan, evaluate, bracket: [400, 1500], step: 1 });
    });
    expect(tooMany(whole.missed, RUNS), `${whole.missed} of ${RUNS} missed`).toBe(false);
    for (const { value } of whole.results) expect(Number.isInteger(value)).toBe(true);
  });

  it('planted: evaluations that overlook every eighth failure do not cover', async () => {
    const runs = RUNS;
    const { missed } = await misses(runs, truth, (run) => {
      const { evaluate } = evaluator((i) => (i % 8 === 0 ? -Infinity : 10 + 2 * draws[run][i]));
      return searchDesign({ ...plan, evaluate, bracket: [8, 30] });
    });
    expect(tooMany(missed, runs), `${missed} of ${runs} missed`).toBe(true);
  });

  it('spends its paths at the two ends, and few far from them', async () => {
    const spent = { full: 0, paths: 0, width: 0 };
    for (let run = 0; run < RUNS; run++) {
      const { evaluate } = evaluator((i) => 10 + 2 * draws[run][i]);
      const { evaluations, meets, fails = NaN } = await searchDesign({ ...plan, evaluate, bracket: [8, 30] });
      spent.full += evaluations.filter((e) => e.trials === 8000).length / RUNS;
      spent.paths += evaluations.reduce((sum, e) => sum + e.trials, 0) / RUNS;
      spent.width += (meets - fails) / RUNS;
    }
    // A search of the middle, by halves, on the same draws: 10.6 looks with all paths, 87,700 in all, a width of 0.292.
    expect(spent.full).toBeLessThan(4.5);
    expect(spent.paths).toBeLessThan(43_800);
    expect(spent.width).toBeLessThan(1.08 * 0.292);
  });

  it('a tolerance that fewer paths reach does not take all', async () => {
    const { evaluate, asked } = evaluator((i) => 10 + 2 * draws[5][i]);
    const found = await searchDesign({ ...plan, tolerance: 0.08, evaluate, bracket: [8, 30] });
    expect(found.reason).toBe('tolerance');
    expect(asked.paths).toBeLessThan(16_000);
  });
});
