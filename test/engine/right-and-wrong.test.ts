/**
 * The engine against the exact law of what it samples, and against deliberately wrong laws, by the product's own judge.
 * Right runs: the family-wise α of each judgement is 1e-3. Wrong ones: 10^6 trials must tell a harvest mean that is off
 * by 0.1 % or a variance off by 4 %.
 */
import { resolveScenario } from '../../src/fleet/resolve.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { host } from '#host';
import type { Backend } from '../../src/engine/backend.js';
import { createCpuBackend } from '../../src/engine/cpu/backend.js';
import { planJob } from '../../src/engine/job.js';
import type { WalkLaw } from '../../src/fleet/walk-law.js';
import { sampleLaw } from '../../src/law/sampled-law.js';
import { loadPreset } from '../../src/scenario/presets.js';
import { judge } from '../../src/stats/verdict.js';
import type { Judgement } from '../../src/stats/verdict.js';
import { exactMoments } from '../../src/theory/exact/moments.js';
import { latticeIncrement } from '../../src/theory/lattice-increment.js';
import { SETTINGS } from './jobs.js';

const ALPHA = 1e-3;
let cpu: Backend;
beforeAll(() => {
  cpu = createCpuBackend(host, 2);
});
afterAll(() => cpu.release());

const reference = resolveScenario(loadPreset('reference')).walk;

/** Simulates `simulated`, judges it by the exact moments of `judged` as it would be sampled. */
async function judged(
  simulated: WalkLaw,
  by: WalkLaw,
  trials: number,
  horizons: readonly number[],
  seed: string,
): Promise<Judgement> {
  const slots = horizons[horizons.length - 1];
  const law = sampleLaw(simulated, { slots });
  const partials = await cpu.run(planJob(law, { trials, horizons, seed }));
  const exact = exactMoments(latticeIncrement(sampleLaw(by, { slots }).mixture), horizons);
  return judge(partials, law.quantumJoules, exact, { familyAlpha: ALPHA });
}

const HORIZONS = [16, 128, 1024];
/**
 * Enough for the wrong laws: at T = 256 the mean is 8 standard errors off for 0.1 % of the harvest, 13 for 4 % of its
 * variance.
 */
const SHORTER = [16, 256];
const RIGHT: [string, WalkLaw][] = [
  ['the reference', reference],
  ['a surplus', SETTINGS[1].walk],
  ['a shortfall', SETTINGS[2].walk],
];

test.each(RIGHT)('%s passes at 10^6 trials, T up to 1024', async (_, walk) => {
  const judgement = await judged(walk, walk, 1e6, HORIZONS, 'right');
  expect(judgement.tests).toBe(9);
  expect(judgement.pass, JSON.stringify(judgement)).toBe(true);
});

describe('a wrong harvest fails at 10^6 trials', () => {
  const { demand, harvest } = reference;
  test.each([1.001, 0.999])('mean times %d', async (times) => {
    const wrong = { demand, harvest: { shape: harvest.shape * times ** 2, scaleJoules: harvest.scaleJoules / times } };
    expect((await judged(wrong, reference, 1e6, SHORTER, 'wrong')).pass).toBe(false);
  });
  test.each([1.04, 0.96])('variance times %d', async (times) => {
    const wrong = { demand, harvest: { shape: harvest.shape / times, scaleJoules: harvest.scaleJoules * times } };
    expect((await judged(wrong, reference, 1e6, SHORTER, 'wrong')).pass).toBe(false);
  });
});

test('the right law passes on 200 seeds at the rate that α says', async () => {
  const horizons = [16, 64];
  const walk = SETTINGS[0].walk;
  const law = sampleLaw(walk, { slots: 64 });
  const exact = exactMoments(latticeIncrement(law.mixture), horizons);
  const familyAlpha = 0.05;
  const n = 200;
  let failed = 0;
  for (let seed = 0; seed < n; seed++) {
    const partials = await cpu.run(planJob(law, { trials: 20_000, horizons, seed: `seed ${seed}` }));
    if (!judge(partials, law.quantumJoules, exact, { familyAlpha }).pass) failed++;
  }
  // n = 200 runs of 20,000 paths, six tests each, family-wise α = 0.05: at most 10 failures expected, SE
  // √(200·0.05·0.95) = 3.1. More than 20 have probability 1e-3 (binomial tail) for a right engine; the tests are
  // positively correlated and Holm's rule is conservative, so fewer than 10 are usual, but none at all (probability
  // 3.5e-5 at the full α, and above 0.05 only if the true rate is below 0.015) would say that the judge is blind.
  expect(failed).toBeLessThanOrEqual(20);
  expect(failed).toBeGreaterThan(0);
});
