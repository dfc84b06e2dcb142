/**
 * Regime detection: none at zero error in real runs, a planted break within its interval, and what goes in. Family: two
 * counts over 100 seeds each, with thresholds the issue states (95 and 90 of 100); the wrong law (no offset) must fail.
 */
import { resolveScenario } from '../../src/fleet/resolve.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { host } from '#host';
import type { Backend } from '../../src/engine/backend.js';
import { openBackend } from '../../src/engine/open-backend.js';
import { prepareRun } from '../../src/study/plan.js';
import { discreteness, figureHorizons, misroutedScenario } from '../../src/report/figures/routing-error.js';
import { loadPreset } from '../../src/scenario/presets.js';
import { choleskyFactor, whiten } from '../../src/numeric/cholesky.js';
import { pilotMeanCovariance } from '../../src/stats/mean-covariance.js';
import { brownianMeanCovariance } from './brownian-covariance.js';
import { compoundIncrement } from '../../src/theory/compound-increment.js';
import { exactMoments } from '../../src/theory/exact/moments.js';
import { detectTransition } from '../../src/stats/regimes.js';

const TRIALS = 2000;
const HORIZONS = figureHorizons(2048);
const N = HORIZONS.length;
let backend: Backend;
let prepared: ReturnType<typeof prepareRun>;
let pilot: Float64Array;
let offset: number[];

beforeAll(async () => {
  backend = await openBackend(host, { backend: 'cpu', threads: 2 });
  const request = { trials: 10_000, horizons: HORIZONS, seed: 'pilot' };
  prepared = prepareRun(resolveScenario(misroutedScenario(loadPreset('reference'), 0)), request);
  const deficits = await backend.deficits(prepared.job);
  pilot = pilotMeanCovariance(deficits, N, prepared.law.quantumJoules, TRIALS);
  offset = discreteness(prepared.walk, HORIZONS);
});
afterAll(() => backend.release());

/** Means of 100 blocks of paths, each a run with draws of its own. */
async function hundredRuns(): Promise<number[][]> {
  const job = { ...prepared.job, firstPath: 1_000_000, paths: 100 * TRIALS };
  const deficits = await backend.deficits(job);
  return Array.from({ length: 100 }, (_, run) =>
    HORIZONS.map((__, h) => {
      let sum = 0;
      for (let p = 0; p < TRIALS; p++) sum += deficits[h * job.paths + run * TRIALS + p];
      return (sum / TRIALS) * prepared.law.quantumJoules;
    }),
  );
}

describe('a critical walk', () => {
  it('has no transition in at least 95 of 100 runs of 2000 paths', async () => {
    const runs = await hundredRuns();
    const broken = (covariance: Float64Array, shift: readonly number[]): number =>
      runs.filter(
        (means) =>
          detectTransition({ slots: HORIZONS, means, covariance, offset: shift }, { replicates: 1 }).transition !==
          undefined,
      ).length;
    expect(broken(pilot, offset)).toBeLessThanOrEqual(5);
    // Without the pilot the Brownian limit serves.
    const sigma = Math.sqrt(prepared.walk.harvest.shape * prepared.walk.harvest.scaleJoules ** 2 * 2);
    expect(broken(brownianMeanCovariance(HORIZONS, sigma, TRIALS), offset)).toBeLessThanOrEqual(5);
  });
});

/** Normal noise with a covariance, from a seed. */
function noise(factor: Float64Array, seed: number): number[] {
  let state = seed;
  const uniform = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    let x = state;
    x = Math.imul(x ^ (x >>> 16), 0x45d9f3b) >>> 0;
    x = Math.imul(x ^ (x >>> 16), 0x45d9f3b) >>> 0;
    return (((x ^ (x >>> 16)) >>> 0) + 0.5) / 2 ** 32;
  };
  const z = HORIZONS.map(() => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()));
  return HORIZONS.map((_, i) => z.slice(0, i + 1).reduce((sum, value, k) => sum + factor[i * N + k] * value, 0));
}

describe('the exact means of a critical walk with the noise of 200 000 paths', () => {
  it('have no transition in at least 95 of 100 seeds, and fit √t only with their offset', () => {
    const covariance = pilot.map((value) => (value * TRIALS) / 200_000);
    const factor = choleskyFactor(covariance, N);
    const exact = exactMoments(compoundIncrement(prepared.walk), HORIZONS).map((m) => m.mean);
    const found = { offset: 0, misfits: 0 };
    for (let seed = 1; seed <= 100; seed++) {
      const error = noise(factor, seed * 104_729);
      const curve = { slots: HORIZONS, means: exact.map((mean, i) => mean + error[i]), covariance };
      if (detectTransition({ ...curve, offset }, { replicates: 1 }).transition !== undefined) found.offset++;
      // The discrete walk lies K below the diffusion: √t alone is the wrong law (χ² of 14 degrees of freedom, P(χ² >
      // 60) ~ 1e-7).
      if (detectTransition(curve, { replicates: 1 }).rootBic > 60) found.misfits++;
    }
    expect(found.offset, JSON.stringify(found)).toBeLessThanOrEqual(5);
    expect(found.misfits, JSON.stringify(found)).toBeGreaterThanOrEqual(90);
  });
});

describe('a planted break', () => {
  it('is found, within its 95 % interval, in at least 90 of 100 seeds', () => {
    const tau = 300;
    const covariance = brownianMeanCovariance(HORIZONS, 1, 20_000);
    const factor = choleskyFactor(covariance, N);
    const truth = HORIZONS.map((t) => 0.8 * Math.sqrt(Math.min(t, tau)) + 0.04 * Math.max(0, t - tau));
    let held = 0;
    for (let seed = 1; seed <= 100; seed++) {
      const error = noise(factor, seed * 7919);
      const means = truth.map((mean, i) => mean + error[i]);
      const { transition } = detectTransition({ slots: HORIZONS, means, covariance }, { replicates: 200 });
      if (transition !== undefined && transition.interval.lower <= tau && tau <= transition.interval.upper) held++;
    }
    expect(held).toBeGreaterThanOrEqual(90);
  });

  it('gives back its parameters where there is no noise to speak of', () => {
    const covariance = brownianMeanCovariance(HORIZONS, 1, 1e12);
    // A candidate exactly: the third horizon times a power of the grid's step.
    const tau = HORIZONS[2] * (HORIZONS[N - 3] / HORIZONS[2]) ** 0.5;
    const truth = HORIZONS.map((t) => 5 + 0.8 * Math.sqrt(Math.min(t, tau)) + 0.05 * Math.max(0, t - tau));
    const { transition } = detectTransition({
      slots: HORIZONS,
      means: truth,
      covariance,
      offset: HORIZONS.map(() => 5),
    });
    expect(transition?.slots).toBeCloseTo(tau, 6);
    expect(transition?.rootCoefficient).toBeCloseTo(0.8, 8);
    expect(transition?.slope).toBeCloseTo(0.05, 8);
  });

  it('needs six horizons and a covariance', () => {
    const curve = { slots: [1, 2, 3], means: [1, 2, 3], covariance: new Float64Array(9) };
    expect(() => detectTransition(curve)).toThrow(/at least 6/);
    const flat = { slots: HORIZONS, means: HORIZONS.map(() => 1), covariance: new Float64Array(N * N) };
    expect(() => detectTransition(flat)).toThrow(/positive definite/);
  });
});

describe('covariance of the means', () => {
  it('is the Brownian one in closed form', () => {
    // Computed independently with mpmath: E[M_s (M_s + E(W_u − Y_s)⁺-maximum)] over the joint density of (M_s, Y_s),
    // and ∫ arctan√(s/u) du, both by quadrature; s = 1, t = 4.
    const matrix = brownianMeanCovariance([1, 4], 1, 1);
    expect(matrix[0]).toBeCloseTo(1 - 2 / Math.PI, 14);
    expect(matrix[1]).toBeCloseTo(0.444756017353296, 12);
    expect(matrix[2]).toBe(matrix[1]);
  });

  it('of a pilot is the textbook estimate over the trials', () => {
    // Paths (1, 2), (2, 4), (6, 3): means 3 and 3, covariance ((−2)(−1) + (−1)(1) + 3·0)/2 = 0.5, variances 7 and 1.
    const deficits = Int32Array.from([1, 2, 6, 2, 4, 3]);
    const covariance = pilotMeanCovariance(deficits, 2, 2, 10);
    [2.8, 0.2, 0.2, 0.4].forEach((value, i) => {
      expect(covariance[i]).toBeCloseTo(value, 14);
    });
    expect(() => pilotMeanCovariance(deficits.subarray(0, 4), 2, 1, 1)).toThrow(/pilot/);
  });

  it('of a critical walk nears the Brownian limit', () => {
    const sigma = Math.sqrt(2 * prepared.walk.harvest.shape) * prepared.walk.harvest.scaleJoules;
    const limit = brownianMeanCovariance(HORIZONS, sigma, TRIALS);
    // Standard error of a variance from 10 000 paths is about 1.7 %; the walk's own is within some % of its limit at T
    // ≥ 256.
    for (let i = 8; i < N; i++) expect(Math.abs(pilot[i * N + i] / limit[i * N + i] - 1)).toBeLessThan(0.1);
  });

  it('whitens', () => {
    const factor = choleskyFactor(Float64Array.from([4, 2, 2, 5]), 2);
    expect([...factor]).toEqual([2, 0, 1, 2]);
    expect([...whiten(factor, [2, 5])]).toEqual([1, 2]);
  });
});
