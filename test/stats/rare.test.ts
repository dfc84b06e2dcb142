/**
 * Rare deficits: the weights by hand, the estimate against probabilities that were computed independently, its error
 * over many seeds, a wrong likelihood ratio that is found. Independent values: P(pass d by t | at x) by backward
 * recursion over t on a lattice, u(x) = E u(x + Y), in the scale exp(−θ(x − d)) so that nothing is small; compound
 * Poisson by FFT, Gamma on hat functions, Richardson over three steps, in numpy.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { host } from '#host';
import { InputError } from '../../src/errors.js';
import type { Backend } from '../../src/engine/backend.js';
import { createCpuBackend } from '../../src/engine/cpu/backend.js';
import { planJob } from '../../src/engine/job.js';
import { openBackend } from '../../src/engine/open-backend.js';
import { planPassages } from '../../src/engine/passage-job.js';
import type { WalkLaw } from '../../src/fleet/walk-law.js';
import { sampleLaw } from '../../src/law/sampled-law.js';
import { RareSums } from '../../src/stats/rare.js';
import type { PassageWeights } from '../../src/stats/rare.js';
import { planTails, simulateTail } from '../../src/stats/rare-tail.js';
import type { RareTail } from '../../src/stats/rare-tail.js';
import { brownianLaw } from '../../src/theory/brownian.js';
import { brownianConstants } from '../../src/theory/increment.js';
import { compoundIncrement } from '../../src/theory/compound-increment.js';
import { walkOf } from '../engine/jobs.js';

let cpu: Backend;
beforeAll(() => {
  cpu = createCpuBackend(host, 2);
});
afterAll(() => cpu.release());

/** The preset `surplus`: harvest of the demand's variance, shape 10692²/83.358e6. */
const SURPLUS = walkOf(3, [900, 4000, 15_000], [6, 3, 1], 10_692 ** 2 / 83.358e6, 1.1);
/** One heavy task of a hundred light ones every hundred slots: Y has skewness 9.6. */
const HEAVY = walkOf(2, [1000, 100_000], [995, 5], 20, 1.1);

async function estimate(walk: WalkLaw, d: number, slots: number, trials: number, seed = '1'): Promise<RareTail> {
  const [plan] = planTails(walk, [d], slots);
  return (await simulateTail(plan, cpu, { trials, seed })) as RareTail;
}

const z = (tail: RareTail, truth: number): number =>
  (tail.probability - truth) / (tail.relativeStandardError * tail.probability);

describe('weights', () => {
  const weights: PassageWeights = {
    deficitJoules: 100,
    quantumJoules: 2,
    offsetJoules: -0.5,
    theta: 0.05,
    logTransform: 0.01,
    slots: 50,
  };
  const passages = { slots: Int32Array.of(0, 7, 0, 50, 20), points: Int32Array.of(0, 51, 0, 60, 52) };

  test('are exp(−θS + τ log M), and everything follows from them', () => {
    const sums = new RareSums(weights);
    sums.add(passages);
    const seen = sums.estimate();
    const w = [Math.exp(-0.05 * 101.5 + 0.07), Math.exp(-0.05 * 119.5 + 0.5), Math.exp(-0.05 * 103.5 + 0.2)];
    const sum = w[0] + w[1] + w[2];
    const squares = w[0] ** 2 + w[1] ** 2 + w[2] ** 2;
    expect(seen.trials).toBe(5);
    expect(seen.hits).toBe(3);
    expect(seen.probability).toBeCloseTo(sum / 5, 14);
    const mean = sum / 5;
    const variance = [...w, 0, 0].reduce((total, x) => total + (x - mean) ** 2, 0) / 4;
    expect(seen.relativeStandardError).toBeCloseTo(Math.sqrt(variance / 5) / mean, 12);
    expect(seen.effectiveSampleSize).toBeCloseTo(sum ** 2 / squares, 12);
    expect(seen.largestWeight).toBeCloseTo(Math.max(...w) / sum, 12);
    expect(seen.meanPassageSlot).toBeCloseTo((7 * w[0] + 50 * w[1] + 20 * w[2]) / sum, 12);
    expect(seen.diagnosis).toContain(`worth ${(sum ** 2 / squares).toPrecision(3)} paths`);
    // The geometric middle of a log-normal interval is the estimate.
    const { lower, upper } = seen.interval;
    expect(Math.sqrt(lower * upper)).toBeCloseTo(seen.probability, 14);
    expect(Math.log(upper / lower)).toBeCloseTo(2 * 1.959964 * Math.sqrt(Math.log1p(variance / 5 / mean ** 2)), 5);
  });

  test('add up to the same bits in whatever parts they come', () => {
    const whole = new RareSums(weights);
    whole.add(passages);
    const parts = new RareSums(weights);
    for (let i = 0; i < 5; i++) {
      parts.add({ slots: passages.slots.subarray(i, i + 1), points: passages.points.subarray(i, i + 1) });
    }
    expect(parts.estimate()).toEqual(whole.estimate());
  });

  test('without hits leave an upper bound, and say so', () => {
    const sums = new RareSums({ ...weights, logTransform: 0 });
    sums.add({ slots: new Int32Array(1000), points: new Int32Array(1000) });
    const seen = sums.estimate();
    expect(seen).toMatchObject({ hits: 0, probability: 0, effectiveSampleSize: 0, relativeStandardError: Infinity });
    // 1 − 0.025^(1/1000), the exact binomial bound, times the largest weight exp(−θd).
    expect(seen.interval.lower).toBe(0);
    expect(seen.interval.upper / (Math.exp(-5) * (1 - 0.025 ** 0.001))).toBeCloseTo(1, 6);
    expect(seen.diagnosis).toMatch(/no path of 1000/);
  });

  test('do not underflow at probabilities that do not', () => {
    const sums = new RareSums({ ...weights, theta: 6.8, logTransform: 0 });
    sums.add({ slots: new Int32Array(400).fill(9), points: new Int32Array(400).fill(51) });
    expect(sums.estimate().probability / Math.exp(-6.8 * 101.5)).toBeCloseTo(1, 9);
  });

  test('of which one outweighs the rest are not trusted', () => {
    const slots = new Int32Array(5000).fill(1);
    slots[9] = 50;
    // A weight of 300 among 4999 of 1: 5.7 % of the sum, though it is worth 295 paths.
    const sums = new RareSums({ ...weights, logTransform: Math.log(300) / 49 });
    sums.add({ slots, points: new Int32Array(5000).fill(51) });
    expect(sums.estimate().diagnosis).toMatch(/one path makes 5\.7 % /);
    const even = new RareSums(weights);
    even.add({ slots: slots.fill(1), points: new Int32Array(5000).fill(51) });
    expect(even.estimate().diagnosis).toBeUndefined();
  });
});

describe('against independent values', () => {
  // Wanted: |z| ≤ 3.5 in each of eleven (chance 5e-3 in all), and an error that is small enough to mean something.
  test.each<[string, WalkLaw, number, number, number, number]>([
    ['surplus', SURPLUS, 1e5, 16, 0.0198963720661, 1e5],
    ['surplus', SURPLUS, 2e5, 64, 0.0114277389481, 1e5],
    ['surplus', SURPLUS, 5e5, 256, 3.98756707e-4, 1e5],
    ['surplus', SURPLUS, 1.4e6, 2048, 6.253927e-8, 1e5],
    ['surplus', SURPLUS, 2.1e6, 4096, 1.970583e-11, 2e4],
    ['heavy', HEAVY, 4e5, 64, 5.15785289e-4, 1e5],
    ['heavy', HEAVY, 6e5, 64, 4.85397789e-6, 1e5],
    ['heavy', HEAVY, 8e5, 64, 2.69859417e-8, 1e5],
    ['heavy', HEAVY, 1.2e6, 64, 2.56308941e-13, 1e5],
    ['heavy', HEAVY, 8e5, 128, 1.17313006e-6, 1e5],
    ['heavy', HEAVY, 1e6, 128, 1.35968826e-8, 1e5],
  ])('%s', async (_, walk, d, slots, truth, trials) => {
    const seen = await estimate(walk, d, slots, trials);
    expect(seen.diagnosis).toBeUndefined();
    expect(seen.relativeStandardError).toBeLessThan(0.02);
    expect(
      Math.abs(z(seen, truth)),
      `${seen.probability} ± ${seen.relativeStandardError}, truth ${truth}`,
    ).toBeLessThan(3.5);
    expect(seen.samplingBias).toBeLessThan(seen.relativeStandardError / 10);
  });

  test('where the Brownian tail is wrong by a factor of a million and more', () => {
    const brownian = brownianLaw(brownianConstants(compoundIncrement(HEAVY)), 128);
    expect(1.17313006e-6 / brownian.survival(8e5)).toBeGreaterThan(1e6);
  });
});

test('a probability near 1e-8 from 1e5 paths, on webgpu and cpu to the last bit', async () => {
  const webgpu = await openBackend(host, { backend: 'webgpu', adapter: 'software' });
  const [plan] = planTails(HEAVY, [8e5], 64);
  const request = { trials: 100_000, seed: 'both' };
  const there = (await simulateTail(plan, webgpu, request)) as RareTail;
  const here = (await simulateTail(plan, cpu, request)) as RareTail;
  await webgpu.release();
  expect({ ...there, elapsedSeconds: 0 }).toEqual({ ...here, elapsedSeconds: 0 });
  expect(Math.abs(z(here, 2.69859417e-8))).toBeLessThan(3.5);
});

test('about 5e-4, as plain simulation counts it', async () => {
  const paths = 1_000_000;
  const law = sampleLaw(HEAVY, { slots: 64 });
  const deficits = await cpu.deficits(planJob(law, { trials: paths, horizons: [64], seed: 'plain' }));
  const hits = deficits.reduce((count, d) => count + (d * law.quantumJoules > 4e5 ? 1 : 0), 0);
  const seen = await estimate(HEAVY, 4e5, 64, 1e5, 'tilted');
  const plain = hits / paths;
  const error = Math.hypot(Math.sqrt(plain / paths), seen.relativeStandardError * seen.probability);
  expect(hits).toBeGreaterThan(300);
  expect(Math.abs(seen.probability - plain) / error).toBeLessThan(3.5);
});

test('20 seeds scatter as the stated error says', async () => {
  const [plan] = planTails(HEAVY, [8e5], 64);
  const scores: number[] = [];
  for (let seed = 0; seed < 20; seed++) {
    const seen = (await simulateTail(plan, cpu, { trials: 10_000, seed: `seed ${seed}` })) as RareTail;
    scores.push(z(seen, 2.69859417e-8));
  }
  // χ² with 20 degrees of freedom lies outside 5.92 … 45.31 with probability 0.2 %; the mean of 20 beyond 3.29/√20 with
  // 0.1 %.
  const squares = scores.reduce((sum, score) => sum + score * score, 0);
  expect(squares, scores.join(' ')).toBeGreaterThan(5.92);
  expect(squares, scores.join(' ')).toBeLessThan(45.31);
  expect(Math.abs(scores.reduce((sum, score) => sum + score, 0)) / 20).toBeLessThan(3.29 / Math.sqrt(20));
});

test('a likelihood ratio with θ off by 1 % is found', async () => {
  const [{ law, theta, logTransform, deficitJoules, slots }] = planTails(HEAVY, [8e5], 64);
  const { job, quantumJoules, offsetJoules } = planPassages(law, { deficitJoules, slots, trials: 20_000, seed: '1' });
  const passages = await cpu.passages(job);
  const score = (wrong: number): number => {
    const sums = new RareSums({
      deficitJoules,
      quantumJoules,
      offsetJoules,
      theta: theta * wrong,
      logTransform,
      slots,
    });
    sums.add(passages);
    const seen = sums.estimate();
    return Math.abs(seen.probability / 2.69859417e-8 - 1) / seen.relativeStandardError;
  };
  expect(score(1)).toBeLessThan(3.5);
  expect(score(1.01)).toBeGreaterThan(8);
  expect(score(0.99)).toBeGreaterThan(8);
});

describe('many deficits at once', () => {
  test('with one tilt share their paths, and the probabilities fall all the way to 1e-12', async () => {
    const deficits = Array.from({ length: 12 }, (_, i) => 2e5 * (i + 1));
    const plans = planTails(SURPLUS, deficits, 100_000);
    expect(new Set(plans.map((plan) => plan.law)).size).toBe(1);
    expect(plans.every((plan) => plan.logTransform === 0)).toBe(true);
    const seen: number[] = [];
    for (const plan of plans) {
      const tail = (await simulateTail(plan, cpu, { trials: 3000, seed: '1' })) as RareTail;
      expect(tail.hits).toBe(3000);
      seen.push(tail.probability);
    }
    expect(seen).toEqual(seen.toSorted((a, b) => b - a));
    expect(seen[11]).toBeLessThan(1e-12);
    // The same paths, so that even ratios are smooth: one e-fold every 1/r = 85.56 kJ.
    for (let i = 1; i < 12; i++) expect(Math.log(seen[i - 1] / seen[i]) / 2e5 / 1.168755607731886e-5).toBeCloseTo(1, 2);
  });

  test('with tilts of their own are each right', async () => {
    const plans = planTails(HEAVY, [4e5, 8e5, 1.2e6], 64);
    expect(plans.map((plan) => plan.theta)).toEqual(plans.map((plan) => plan.theta).toSorted((a, b) => a - b));
    const truth = [5.15785289e-4, 2.69859417e-8, 2.56308941e-13];
    for (const [i, plan] of plans.entries()) {
      const tail = (await simulateTail(plan, cpu, { trials: 20_000, seed: 'own' })) as RareTail;
      expect(Math.abs(z(tail, truth[i]))).toBeLessThan(3.5);
    }
  });
});

test('a stopped run says what its finished paths say; with none, nothing', async () => {
  const [plan] = planTails(HEAVY, [6e5], 64);
  expect(await simulateTail(plan, cpu, { trials: 1e5, seed: '1' }, { signal: AbortSignal.abort() })).toBeUndefined();
  const stop = new AbortController();
  const seen = await simulateTail(
    plan,
    cpu,
    { trials: 1e6, seed: '1' },
    {
      signal: stop.signal,
      pathsPerBatch: 5000,
      onProgress: ({ paths }) => {
        if (paths >= 20_000) stop.abort();
      },
    },
  );
  expect(seen?.trials).toBeLessThan(1e6);
  expect(seen?.trials).toBeGreaterThanOrEqual(20_000);
  expect(Math.abs(z(seen as RareTail, 4.85397789e-6))).toBeLessThan(3.5);
});

test.each([1, 0.98])('a walk without surplus (harvest %d of the demand) is refused with its drift', (times) => {
  const walk = walkOf(2, [1000, 100_000], [995, 5], 20, times);
  expect(() => planTails(walk, [1e6], 64)).toThrow(InputError);
  expect(() => planTails(walk, [1e6], 64)).toThrow(/got a drift of .* J a slot, expected a positive one/);
});
