/**
 * Scenarios given by energies, simulated at 10^6 trials (10^5 for T = 8192, which would take a minute), against exact
 * values computed independently of the product: Spitzer's identity in Python (scipy, numpy),
 *
 *     m_k = E[S_k⁺]/k,  q_k = E[(S_k⁺)²]/k,  a_k = P(S_k ≤ 0),  S_k = CompoundPoisson(kλ) − Gamma(k·shape, scale),
 *     E D = Σ m_k,  E D² = Σ q_k + Σ_{j+k≤T} m_j m_k,  n P_n = Σ a_k P_{n−k},
 *
 * each by conditioning on the lattice law of the consumption (FFT) with E[(x − G)⁺] = xP(α, z) − αθP(α + 1, z) and so
 * on, for every k up to 200 and by a Chebyshev fit in log k beyond it, which is right to 1e-9 where it is used. "Rare
 * heavy" and "few tasks" need no fit.
 */
import { resolveScenario } from '../../src/fleet/resolve.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { host } from '#host';
import type { Backend } from '../../src/engine/backend.js';
import { createCpuBackend } from '../../src/engine/cpu/backend.js';
import { prepareRun } from '../../src/study/plan.js';
import { runPrepared } from '../../src/study/run.js';
import type { FinishedRun } from '../../src/study/finished.js';
import { parseScenario } from '../../src/scenario/parse.js';
import { summarize } from '../../src/stats/summary.js';

const trialsFor = (slots: number): number => (slots > 1024 ? 1e5 : 1e6);

interface Case {
  readonly name: string;
  readonly rate: number;
  readonly tasks: readonly (readonly [energyJoules: number, weight: number])[];
  readonly shape: number;
  readonly scaleJoules: number;
  /** T, E[D], SD, P(D = 0). */
  readonly values: readonly (readonly [number, number, number, number])[];
}

const CASES: readonly Case[] = [
  {
    name: 'critical, shape 4',
    rate: 2,
    tasks: [
      [1000, 7],
      [3000, 3],
    ],
    shape: 4,
    scaleJoules: 800,
    values: [
      [16, 8085.287343, 7614.361077, 0.1532978214],
      [128, 25833.20802, 21151.43193, 0.05462197896],
      [1024, 76292.12775, 59322.28005, 0.01933056149],
      [8192, 219104.3112, 167236.0129, 0.006835215756],
    ],
  },
  {
    name: 'surplus, shape 0.5',
    rate: 0.7,
    tasks: [
      [500, 5],
      [2000, 3],
      [7500, 2],
    ],
    shape: 0.5,
    scaleJoules: 3454.5,
    values: [
      [16, 8970.405771, 9304.874242, 0.1986192295],
      [128, 26945.50368, 24195.33855, 0.08411218742],
      [1024, 60695.108, 56112.00196, 0.04648098754],
      [8192, 85814.9563, 87863.11991, 0.03846735547],
    ],
  },
  {
    name: 'shortfall, shape 20',
    rate: 12,
    tasks: [
      [400, 1],
      [600, 1],
      [1000, 2],
    ],
    shape: 20,
    scaleJoules: 441,
    values: [
      [16, 10504.53066, 8832.123369, 0.1105811294],
      [128, 41943.6437, 27956.51871, 0.02197309678],
      [1024, 213292.8009, 96004.58287, 0.0008392193938],
      [8192, 1504379.435, 301290.4577, 2.281084952e-9],
    ],
  },
  {
    name: 'rare heavy tasks',
    rate: 3,
    tasks: [
      [100, 995],
      [20_000, 5],
    ],
    shape: 2,
    scaleJoules: 300,
    values: [
      [16, 4322.209958, 8777.110684, 0.510781756],
      [128, 18859.26035, 20477.66357, 0.190120881],
    ],
  },
  {
    name: 'few tasks, shape 50',
    rate: 0.2,
    tasks: [[1000, 1]],
    shape: 50,
    scaleJoules: 4,
    values: [
      [16, 1187.235061, 1250.689305, 0.243641903],
      [128, 3788.227375, 3255.436005, 0.08689794258],
    ],
  },
];

let cpu: Backend;
beforeAll(() => {
  cpu = createCpuBackend(host, 2);
});
afterAll(() => cpu.release());

describe.each(CASES)('$name', ({ name, rate, tasks, shape, scaleJoules, values }) => {
  const simulations = new Map<number, FinishedRun>();
  beforeAll(async () => {
    const scenario = parseScenario({
      schemaVersion: 1,
      name,
      slotSeconds: 10,
      arrivals: { ratePerSlot: rate },
      tasks: tasks.map(([energyJoules, weight]) => ({ energyJoules, weight })),
      harvest: { shape, scaleJoules },
    });
    for (const trials of [1e6, 1e5]) {
      const horizons = values.map(([slots]) => slots).filter((slots) => trialsFor(slots) === trials);
      if (horizons.length === 0) continue;
      const simulation = await runPrepared(
        prepareRun(resolveScenario(scenario), { trials, horizons, seed: '2026' }),
        cpu,
      );
      for (const slots of horizons) simulations.set(slots, simulation);
    }
  });

  // 3 tests at each of 16 horizons, 4 standard errors each: a right engine fails one of all 48 with probability 3e-3 at
  // most, at other seeds.
  test.each(values)(
    'T = %i: E D = %d, SD %d, P(D = 0) = %d, within 4 standard errors',
    (slots, mean, deviation, zero) => {
      const trials = trialsFor(slots);
      const { partials, law } = simulations.get(slots) as FinishedRun;
      const seen = summarize(partials, law.quantumJoules).horizons.find((h) => h.slots === slots);
      const says = JSON.stringify(seen);
      expect(Math.abs((seen?.meanDeficit ?? NaN) - mean), says).toBeLessThan((4 * deviation) / Math.sqrt(trials));
      const deviationError = seen?.standardDeviationError ?? NaN;
      expect(Math.abs((seen?.standardDeviation ?? NaN) - deviation), says).toBeLessThan(4 * deviationError);
      const zeroError = Math.sqrt((zero * (1 - zero)) / trials);
      expect(Math.abs((seen?.probabilityZero ?? NaN) - zero), says).toBeLessThanOrEqual(
        Math.max(4 * zeroError, 1 / trials),
      );
    },
  );
});
