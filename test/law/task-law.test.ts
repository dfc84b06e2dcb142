/**
 * Laws of task-resolved walks: counts, kinds, profiles and harvest as exact integers, and their distance from the true
 * law.
 */
import { resolveScenario } from '../../src/fleet/resolve.js';
import { describe, expect, test } from 'vitest';
import { buildTaskTable } from '../../src/fleet/task-table.js';
import { energyMoment, volatility } from '../../src/fleet/walk-law.js';
import type { WalkLaw } from '../../src/fleet/walk-law.js';
import { InputError } from '../../src/errors.js';
import { columnWeights } from '../../src/law/alias.js';
import { gammaCdf } from '../../src/law/gamma.js';
import { poissonWeights } from '../../src/numeric/poisson.js';
import { drawKinds } from '../../src/law/drawn-kinds.js';
import { quantise, sampleTaskLaw } from '../../src/law/task-law.js';
import type { TaskLaw } from '../../src/law/task-law.js';
import { referenceWith, sourceOf } from '../engine/task-settings.js';
import { probabilityBelow } from './runs.js';

const WORD = 2 ** 32;

// Computed independently with mpmath, rounded to a double: exp(−λ) λ^n / n!.
test.each([
  [0.05, 0, 0.951229424500714],
  [0.05, 3, 1.9817279677098212e-5],
  [7, 7, 0.1490027796743379],
  [60, 60, 0.051431744990345855],
  [60, 90, 6.368070024236787e-5],
  [128, 128, 0.035238899556823716],
])('Poisson weights at rate %f, n = %i', (rate, n, expected) => {
  expect(poissonWeights(rate, 256)[n] / expected).toBeCloseTo(1, 12);
});

/** A law of three kinds of task over three orders of magnitude. */
function lawOf(ratePerSlot: number, shape: number): TaskLaw {
  const energies = [300, 4100, 90_000];
  const probabilities = [0.62, 0.37, 0.01];
  const demand = {
    ratePerSlot,
    energiesJoules: Float64Array.from(energies),
    probabilities: Float64Array.from(probabilities),
  };
  const walk: WalkLaw = { demand, harvest: { shape, scaleJoules: (ratePerSlot * energyMoment(demand, 1)) / shape } };
  const kinds = energies.map((energyJoules, i) => {
    const profileJoules = Float64Array.of(energyJoules);
    const alone = { type: i, isMain: true, kindsOfType: 1, model: undefined };
    return { task: String(i), ...alone, probability: probabilities[i], energyJoules, profileJoules };
  });
  return sampleTaskLaw({ walk, kinds }, { slots: 4096 });
}

const moment = (weights: Float64Array, at: (i: number) => number, order: number): number =>
  weights.reduce((sum, w, i) => sum + (w / WORD) * at(i) ** order, 0);

describe.each([0.05, 0.8, 7, 60, 128, 300])('λ = %f', (rate) => {
  test.each([0.3, 1, 8, 200])('shape %f', (shape) => {
    const { tables, source, quantumJoules, harvestMixture, samplingError } = lawOf(rate, shape);
    // Counts: weights of 2^32, the mean exact, the variance to 1e-6.
    const counts = columnWeights(tables.countColumns, 24, 8);
    const draws = tables.countDraws;
    expect(draws).toBe(rate <= 128 ? 1 : 3);
    expect(counts.reduce((a, b) => a + b, 0)).toBe(WORD);
    const mean = draws * moment(counts, (n) => n, 1);
    expect(Math.abs(mean - rate)).toBeLessThanOrEqual((draws * 0.6) / WORD + 1e-13 * rate);
    const perDraw = moment(counts, (n) => n, 2) - moment(counts, (n) => n, 1) ** 2;
    expect(Math.abs((perDraw * draws) / rate - 1)).toBeLessThan(1e-6);
    // Kinds: weights of 2^32; the mean energy far within 1e-9 σ.
    const weights = columnWeights(tables.entryColumns, 32 - tables.entryBits, tables.entryBits);
    expect(weights.reduce((a, b) => a + b, 0)).toBe(WORD);
    const sigma = volatility(source);
    const unit = quantumJoules / 2 ** tables.fractionBits;
    const energy = moment(weights, (i) => tables.energies[i], 1) * unit;
    expect(Math.abs(rate * (energy - energyMoment(source.demand, 1)))).toBeLessThan(1e-10 * sigma);
    // The entry that settles the mean is one of the heaviest kind's, some units off.
    source.demand.probabilities.forEach((p, k) => {
      const near = (e: number): boolean =>
        Math.abs(e - source.demand.energiesJoules[k] / unit) < 1 + (k === 0 ? 40 : 0);
      const own = weights.reduce((sum, w, i) => (near(tables.energies[i]) ? sum + w : sum), 0);
      expect(Math.abs(own / WORD - p)).toBeLessThan(1e-9);
    });
    // Harvest: its distribution function at the ends of its own cells.
    let worst = 0;
    const { first, stride, count, weight } = harvestMixture;
    const runs = Array.from(weight, (_, r) => ({
      first: first[r],
      stride: stride[r],
      count: count[r],
      weight: weight[r],
    }));
    const below = probabilityBelow([runs.slice(0, 4095), runs.slice(4095)]);
    for (const run of runs) {
      if (run.weight === 0) continue;
      const start = run.first - (run.stride > 1 ? run.stride / 2 : 0);
      for (const at of [start, start + run.stride * run.count]) {
        worst = Math.max(worst, Math.abs(gammaCdf(source.harvest, (at - 0.5) * quantumJoules) - below(at)));
      }
    }
    const limit = shape >= 1 ? 1e-4 : 1e-3;
    expect(worst).toBeLessThan(limit);
    expect(samplingError.kolmogorov).toBeGreaterThanOrEqual(worst * 0.999);
    expect(samplingError.kolmogorov).toBeLessThan(limit);
    expect(samplingError.mean).toBeLessThan(1e-9);
    expect(Math.abs(samplingError.variance)).toBeLessThan(5e-5);
    // A density that is singular at 0 has much of its mass within half a quantum, whatever the quantum.
    expect(samplingError.finestMass).toBeLessThan(shape >= 1 ? 1e-4 : 0.1);
  });
});

describe('the reference with routing errors', () => {
  const scenario = referenceWith({ routing: { errorRate: 0.2, overheadJoules: 500, overheadSeconds: 2 } });
  const table = buildTaskTable(scenario);
  const { walk, kinds } = sourceOf(scenario);
  const law = sampleTaskLaw({ walk, kinds }, { slots: 1000 });

  test('tasks go to their minimum, and with the error rate to other feasible models alone', () => {
    for (const row of table.tasks) {
      const own = kinds.filter((kind) => kind.task === row.name);
      const feasible = row.models.filter((model) => model.feasible);
      expect(own.map((kind) => kind.model).sort()).toEqual(feasible.map((model) => model.model).sort());
      for (const kind of own) {
        const minimum = kind.model === row.models[row.chosen ?? -1].model;
        const share = feasible.length === 1 ? 1 : minimum ? 0.8 : 0.2 / (feasible.length - 1);
        expect(kind.probability).toBeCloseTo(row.probability * share, 14);
      }
    }
    // One task of the reference has one feasible model; the others have two.
    expect(kinds.length).toBeGreaterThan(table.tasks.length);
    expect(kinds.reduce((sum, kind) => sum + kind.probability, 0)).toBeCloseTo(1, 14);
  });

  test('the kinds make the demand law of the lumped walk, overhead included', () => {
    for (const order of [1, 2, 3]) {
      const moments = kinds.reduce((sum, kind) => sum + kind.probability * kind.energyJoules ** order, 0);
      expect(moments / energyMoment(walk.demand, order)).toBeCloseTo(1, 12);
    }
  });

  test('profiles burn the entry to the last of its energy, no slot less than nothing, the overhead first', () => {
    const { tables, quantumJoules } = law;
    const unit = quantumJoules / 2 ** tables.fractionBits;
    const { entries } = drawKinds(kinds.map((kind) => ({ ...kind, energy: kind.energyJoules / unit })));
    kinds.forEach((kind, k) => {
      const entry = entries[k].column;
      const start = tables.profileStart[entry];
      const profile = tables.profiles.subarray(start, start + tables.profileLength[entry]);
      expect(profile).toHaveLength(kind.profileJoules.length);
      expect(profile.reduce((a, b) => a + b, 0)).toBe(tables.energies[entry]);
      expect(Math.min(...profile)).toBeGreaterThanOrEqual(0);
      profile.forEach((energy, j) => {
        expect(Math.abs(energy - kind.profileJoules[j] / unit)).toBeLessThan(2);
      });
      expect(kind.profileJoules[0]).toBeGreaterThan(500);
      expect(Math.abs(tables.energies[entry] - kind.energyJoules / unit)).toBeLessThan(1);
    });
    expect(tables.longestService).toBe(Math.max(...kinds.map((kind) => kind.profileJoules.length)));
  });

  test('services beyond 256 slots are refused by name', () => {
    const short = referenceWith({ slotSeconds: 1 });
    const refusal = (): unknown => resolveScenario(short).kinds;
    expect(refusal).toThrow(InputError);
    expect(refusal).toThrow(
      /slotSeconds: got 1 s, in which task "d10" on "large" is served for 362 slots; expected at most 256/,
    );
  });
});

test('a profile in quanta follows its running sums', () => {
  expect([...quantise(Float64Array.of(1, 1, 1), 10)]).toEqual([3, 4, 3]);
  expect([...quantise(Float64Array.of(0.001, 100, 0.001), 7)]).toEqual([0, 7, 0]);
  expect([...quantise(Float64Array.of(5), 0)]).toEqual([0]);
});
