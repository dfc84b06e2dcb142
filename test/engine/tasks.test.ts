/**
 * The tasks kernel against a plain form, against exact laws (lumped, and a moving average over two slots), and against
 * planted mistakes.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { host } from '#host';
import type { Backend } from '../../src/engine/backend.js';
import { createCpuBackend } from '../../src/engine/cpu/backend.js';
import { PURPOSE } from '../../src/engine/purposes.js';
import { nextWord, pathState } from '../../src/engine/stream.js';
import { walkTasks } from '../../src/engine/cpu/tasks.js';
import { planTasksJob } from '../../src/engine/job.js';
import type { TasksJob } from '../../src/engine/job.js';
import { countViolations, planProofJob, proofReach, splitProof } from '../../src/engine/proof-job.js';
import { energyMoment } from '../../src/fleet/walk-law.js';
import { sampleTaskLaw } from '../../src/law/task-law.js';
import { sampleMoments } from '../../src/stats/summary.js';
import { TASK_SETTINGS, referenceWith, taskLawOf } from './task-settings.js';

let cpu: Backend;
beforeAll(() => {
  cpu = createCpuBackend(host, 2);
});
afterAll(() => cpu.release());

/** Draws read off src/law/task-tables.ts and tables.ts: divisions and remainders, no bit tricks. */
class PlainSlots {
  /** What a path's sums of energies begin with, in fractions of a quantum. */
  readonly fraction: number;
  private readonly arrivals: Uint32Array;
  private readonly kinds: Uint32Array;
  private readonly harvests: Uint32Array;
  private readonly residual: Uint32Array;

  constructor(
    private readonly job: TasksJob,
    path: number,
  ) {
    const { key, tables } = job;
    this.arrivals = pathState(key, path, PURPOSE.arrivals);
    this.kinds = pathState(key, path, PURPOSE.kinds);
    this.harvests = pathState(key, path, PURPOSE.harvest);
    this.residual = pathState(key, path, PURPOSE.residual);
    this.fraction = Math.floor(pathState(key, path, PURPOSE.starts)[0] / 2 ** (32 - tables.fractionBits));
  }

  private alias(columns: Uint32Array, bits: number, word: number): number {
    const column = Math.floor(word / 2 ** (32 - bits));
    const entry = columns[column];
    return word % 2 ** (32 - bits) < Math.floor(entry / 2 ** bits) ? column : entry % 2 ** bits;
  }

  /** The entries of the tasks that arrive, then the harvest. */
  next(): { entries: number[]; harvest: number } {
    const { tables } = this.job;
    let arrivals = 0;
    for (let d = 0; d < tables.countDraws; d++) arrivals += this.alias(tables.countColumns, 8, nextWord(this.arrivals));
    const entries = Array.from({ length: arrivals }, () =>
      this.alias(tables.entryColumns, tables.entryBits, nextWord(this.kinds)),
    );
    const word = nextWord(this.harvests);
    const second = tables.residual === undefined ? 0 : nextWord(this.residual);
    const entry = tables.columns[Math.floor(word / 2 ** 20)];
    const kept = Math.floor(word / 2 ** 8) % 2 ** 12 < Math.floor(entry / 2 ** 12);
    const cell = kept ? Math.floor(word / 2 ** 20) : entry % 2 ** 12;
    const point = (shift: number): number => Math.floor((word % 2 ** 8) * 2 ** (shift - 8));
    if (tables.residual === undefined || cell !== 4095)
      return { entries, harvest: tables.base + cell * 2 ** tables.coreShift + point(tables.coreShift) };
    const chosen = this.alias(tables.residual.columns, 12, second);
    return { entries, harvest: tables.residual.first[chosen] + point(tables.residual.shift[chosen]) };
  }
}

describe.each(TASK_SETTINGS)('$name', ({ scenario, horizons }) => {
  const law = taskLawOf(scenario, horizons[3]);

  test.each(['lumped', 'distributed'] as const)('every task burns by itself in a plain form: %s', (accounting) => {
    const paths = 20;
    const job = planTasksJob(law, accounting, { trials: paths, horizons, seed: 'plain' });
    const out = new Int32Array(4 * paths);
    walkTasks({ ...job, slots: horizons }, 0, paths, out, paths);
    let positive = 0;
    for (let path = 0; path < paths; path++) {
      const slots = new PlainSlots(job, path);
      const inService: { entry: number; since: number }[] = [];
      let battery = job.initialQuanta;
      let injected = 0;
      // All that was burned, in fractions of a quantum, and its whole quanta.
      let sum = slots.fraction;
      let whole = 0;
      let t = 0;
      horizons.forEach((end, h) => {
        for (; t < end; t++) {
          const { entries, harvest } = slots.next();
          for (const entry of entries) inService.push({ entry, since: t });
          for (const { entry, since } of inService) {
            const { energies, profiles, profileStart, profileLength } = job.tables;
            const age = t - since;
            if (accounting === 'lumped') sum += age === 0 ? energies[entry] : 0;
            else if (age < profileLength[entry]) sum += profiles[profileStart[entry] + age];
          }
          const before = whole;
          whole = Math.floor(sum / 2 ** job.tables.fractionBits);
          battery += harvest - (whole - before);
          // Theorem 1's controlled battery.
          if (battery < 0) {
            injected -= battery;
            battery = 0;
          }
        }
        expect(out[h * paths + path]).toBe(injected);
      });
      if (injected > 0) positive++;
    }
    expect(positive).toBeGreaterThan(5);
  });
});

test('windows of a path do not show: horizons beyond the drawing window agree with those within', () => {
  const law = taskLawOf(referenceWith(), 2500);
  const horizons = [1000, 1024, 1025, 2047, 2048, 2500];
  const at = (slots: readonly number[]): Int32Array => {
    const out = new Int32Array(30 * slots.length);
    const job = planTasksJob(law, 'distributed', { trials: 30, horizons: slots, seed: 'windows' });
    walkTasks({ ...job, slots }, 0, 30, out, 30);
    return out;
  };
  const whole = at(horizons);
  horizons.forEach((slots, h) => {
    expect(at([slots])).toEqual(whole.slice(30 * h, 30 * (h + 1)));
  });
});

/**
 * One kind of task of 1000 J that burns 600 J on arrival and 400 J in the next slot, λ = 2, Gamma harvest of shape 4
 * and critical mean. With N tasks in the last slot V_n = −H + 1000 N + max(−400 N, V_{n−1}), V_1 = −H + 600 N, and D_T
 * = max(0, V_T): one dimension, exactly. Computed independently with numpy: that recursion by FFT on lattices of 10 J
 * and 5 J, extrapolated. E[D], SD, P(D = 0).
 */
const MOVING_AVERAGE = [
  [1, 202.160913, 470.627286, 0.7336046],
  [2, 555.794269, 1014.84143, 0.5946757],
  [16, 3663.30446, 3973.6588, 0.2439424],
  [64, 9042.89744, 8266.19287, 0.1241757],
] as const;

test('a moving average over two slots has its exact law', async () => {
  const demand = { ratePerSlot: 2, energiesJoules: Float64Array.of(1000), probabilities: Float64Array.of(1) };
  const alone = { type: 0, isMain: true, kindsOfType: 1 };
  const kind = { task: 'one', ...alone, model: 'two slots', probability: 1, energyJoules: 1000 };
  const law = sampleTaskLaw(
    {
      walk: { demand, harvest: { shape: 4, scaleJoules: 500 } },
      kinds: [{ ...kind, profileJoules: Float64Array.of(600, 400) }],
    },
    { slots: 64 },
  );
  const n = 400_000;
  const horizons = MOVING_AVERAGE.map(([slots]) => slots);
  const partials = await cpu.run(planTasksJob(law, 'distributed', { trials: n, horizons, seed: 'two slots' }));
  partials.horizons.forEach((h, i) => {
    const [, mean, deviation, zero] = MOVING_AVERAGE[i];
    const seen = sampleMoments(h, law.quantumJoules);
    // 12 tests, each at 4.5 standard errors: 8e-5 together.
    expect(Math.abs(seen.mean - mean) / (deviation / Math.sqrt(n))).toBeLessThan(4.5);
    expect(Math.abs(h.zeros / n - zero) / Math.sqrt((zero * (1 - zero)) / n)).toBeLessThan(4.5);
    // SD: kurtosis of D is below 12 here, so its relative error is below √(11/4n).
    expect(Math.abs(Math.sqrt(seen.variance) / deviation - 1)).toBeLessThan(4.5 * Math.sqrt(11 / (4 * n)));
  });
  // The lumped law would be far away: the test could see the difference.
  const lumped = await cpu.run(planTasksJob(law, 'lumped', { trials: 50_000, horizons: [64], seed: 'two slots' }));
  expect(sampleMoments(lumped.horizons[0], law.quantumJoules).mean).toBeGreaterThan(
    9042 + 10 * (8266 / Math.sqrt(50_000)),
  );
});

describe('the proof', () => {
  const scenario = referenceWith({ routing: { errorRate: 0.05, overheadJoules: 0, overheadSeconds: 0 } });
  const law = taskLawOf(scenario, 256);
  const request = { trials: 20_000, horizons: [16, 256], seed: 'proof' };

  test('finds nothing on any path', async () => {
    const rows = splitProof(await cpu.run(planProofJob(law, request)));
    for (const row of rows.violations) expect([row.count, row.zeros]).toEqual([20_000, 20_000]);
  });

  test.each([1, -1])('finds an injection that is off by %i', async (planted) => {
    const rows = splitProof(await cpu.run(planProofJob(law, request, planted)));
    const found = countViolations(rows.violations[1]);
    const deficits = rows.lumped[1].count - rows.lumped[1].zeros;
    // Every path that was injected at all is found; Lemma 1, which has no injection, is not.
    expect(found.theorem1Lumped).toBe(deficits);
    expect(found.theorem1Distributed).toBe(rows.distributed[1].count - rows.distributed[1].zeros);
    expect(found.lemma1).toBe(0);
    if (planted < 0) expect(found.controlledBelowZero).toBe(deficits);
    else expect(found.runningMinimumLumped).toBe(deficits);
  });

  test('finds a distributed deficit above the lumped one: a profile that burns more than its task', async () => {
    const { tables } = law;
    const profiles = tables.profiles.map((quanta) => Math.round(quanta * 1.1));
    const job = { ...planProofJob(law, request), tables: { ...tables, profiles } };
    const rows = splitProof(await cpu.run(job));
    expect(countViolations(rows.violations[1]).lemma1).toBeGreaterThan(1000);
    expect(countViolations(rows.violations[1]).theorem1Distributed).toBe(0);
    // A battery below the lumped one's comes first: with a charge that no path uses up there is no deficit to be
    // larger.
    expect(countViolations(rows.violations[1]).lemma1Level).toBeGreaterThan(countViolations(rows.violations[1]).lemma1);
    const charged = { ...job, initialQuanta: 2 ** 28 };
    const full = splitProof(await cpu.run(charged));
    expect(full.distributed[0].zeros).toBe(20_000);
    expect(countViolations(full.violations[0]).lemma1).toBe(0);
    expect(countViolations(full.violations[0]).lemma1Level).toBeGreaterThan(1000);
  });

  test('cumulative consumption has variance λT E[e²] (Lemma 2)', async () => {
    const rows = splitProof(await cpu.run(planProofJob(law, request)));
    const { demand } = law.source;
    rows.consumption.forEach((row, h) => {
      const { variance } = sampleMoments(row, law.quantumJoules);
      const tasks = demand.ratePerSlot * request.horizons[h];
      const expected = tasks * energyMoment(demand, 2);
      const fourth = tasks * energyMoment(demand, 4) + 3 * expected ** 2;
      expect(Math.abs(variance - expected) / Math.sqrt((fourth - expected ** 2) / row.count)).toBeLessThan(4.5);
    });
    expect(proofReach(law.source, 256)).toBeGreaterThan(0);
  });
});
