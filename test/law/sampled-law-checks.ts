/**
 * A sampled law, read back from the integers of its tables and held against the true law, computed apart from src/law:
 * moments in big integers against the walk's cumulants, the distribution function against the plain sum.
 */
import seedrandom from 'seedrandom';
import { expect } from 'vitest';
import type { WalkLaw } from '../../src/fleet/walk-law.js';
import { drift, energyMoment, volatility } from '../../src/fleet/walk-law.js';
import { columnWeights } from '../../src/law/alias.js';
import { sampleLaw } from '../../src/law/sampled-law.js';
import type { SampledLaw } from '../../src/law/sampled-law.js';
import type { WalkTables } from '../../src/law/tables.js';
import { incrementCdf } from './consumption.js';
import { probabilityBelow } from './runs.js';

/** Equally likely lattice points, `stride` apart; weight in units of 2^−56. Core cells may lie over residual ones. */
interface Run {
  readonly first: number;
  readonly stride: number;
  readonly count: number;
  readonly weight: bigint;
  readonly layer: 'core' | 'residual';
}

/** What a kernel draws, from its tables alone. */
function runsOf(tables: WalkTables): Run[] {
  const core = columnWeights(tables.columns, 12);
  expect(core.reduce((a, b) => a + b, 0) * 2 ** 8).toBe(2 ** 32);
  const points = (shift: number): { count: number; stride: number } => ({
    count: 2 ** Math.min(shift, 8),
    stride: 2 ** Math.max(0, shift - 8),
  });
  const runs: Run[] = [];
  const { residual } = tables;
  core.forEach((weight, cell) => {
    if (weight === 0 || (cell === 4095 && residual !== undefined)) return;
    expect(cell).toBeLessThan(4095);
    const first = tables.base + cell * 2 ** tables.coreShift;
    runs.push({ first, ...points(tables.coreShift), weight: BigInt(weight) << 32n, layer: 'core' });
  });
  if (residual !== undefined) {
    const weights = columnWeights(residual.columns, 20);
    expect(weights.reduce((a, b) => a + b, 0)).toBe(2 ** 32);
    weights.forEach((weight, i) => {
      if (weight === 0) return;
      runs.push({
        first: residual.first[i],
        ...points(residual.shift[i]),
        weight: BigInt(core[4095]) * BigInt(weight),
        layer: 'residual',
      });
    });
  }
  expect(runs.reduce((sum, run) => sum + run.weight, 0n)).toBe(1n << 56n);
  return runs.sort((a, b) => a.first - b.first);
}

/** Mean and variance in quanta, exactly up to the last rounding. */
function momentsOf(runs: readonly Run[]): { mean: number; variance: number } {
  // Sums of doubled points: 2n is an integer, and so is the doubled middle of a run.
  let first = 0n;
  let second = 0n;
  for (const { first: f, stride, count, weight } of runs) {
    const middle = BigInt(2 * f + stride * (count - 1));
    first += weight * middle;
    // Σ(2n)² over a run, over its count: middle² + stride²(count² − 1)/3; times 3 for integers.
    second += weight * (3n * middle * middle + BigInt(stride) ** 2n * (BigInt(count) ** 2n - 1n));
  }
  // 256 bits after the point are plenty.
  const ratio = (a: bigint, b: bigint): number => Number((a << 64n) / b) / 2 ** 64;
  const whole = 1n << 56n;
  return { mean: ratio(first, 2n * whole), variance: ratio(second * whole - 3n * first * first, 12n * whole * whole) };
}

/**
 * Kolmogorov distance seen at random lattice points and next to the atoms; a point n stands for [(n − ½)q, (n + ½)q).
 */
function distanceAt(
  law: SampledLaw,
  runs: readonly Run[],
  cdf: (x: number) => number,
  points: number,
  seed: string,
): number {
  const random = seedrandom(seed);
  const q = law.quantumJoules;
  const below = new Float64Array(runs.length + 1);
  runs.forEach((run, r) => (below[r + 1] = below[r] + Number(run.weight) / 2 ** 56));
  /** Sampled P(X < (n − ½)q). */
  const sampled = probabilityBelow(
    (['core', 'residual'] as const).map((layer) =>
      runs.filter((run) => run.layer === layer).map((run) => ({ ...run, weight: Number(run.weight) / 2 ** 56 })),
    ),
  );
  const places: number[] = [0, 1];
  for (const energy of law.source.demand.energiesJoules) {
    for (const k of [1, 2]) places.push(Math.round((-k * energy) / q), Math.round((-k * energy) / q) + 1);
  }
  for (let i = places.length; i < points; i++) {
    // Half the points by mass, half by cell.
    let r = Math.floor(random() * runs.length);
    if (i % 2 === 0) {
      const u = random();
      r = below.findIndex((p) => p > u) - 1;
    }
    const run = runs[Math.max(0, r)];
    const point = run.first + Math.floor(random() * run.count) * run.stride;
    places.push(point, point + 1);
  }
  return Math.max(...places.map((n) => Math.abs(sampled(n) - cdf((n - 0.5) * q))));
}

/** @param unit of all energies, joules; without it the distribution function is not looked at */
export function checkSampled(walk: WalkLaw, slots: number, unit: number | undefined): SampledLaw {
  const law = sampleLaw(walk, { slots });
  const runs = runsOf(law.tables);
  const { mean, variance } = momentsOf(runs);
  const sigma = volatility(walk);
  const q = law.quantumJoules;
  // The drift is itself a difference of doubles: E[C]'s rounding is allowed for.
  expect(Math.abs(mean * q - drift(walk)) / sigma).toBeLessThan(
    1e-9 + (1e-15 * walk.demand.ratePerSlot * energyMoment(walk.demand, 1)) / sigma,
  );
  expect(Math.abs((variance * q * q) / sigma ** 2 - 1)).toBeLessThan(5e-5);
  const limit = walk.harvest.shape < 1 ? 1e-3 : 1e-4;
  expect(law.samplingError.mean).toBeLessThan(1e-9);
  expect(law.samplingError.variance).toBeCloseTo((variance * q * q) / sigma ** 2 - 1, 9);
  expect(law.samplingError.kolmogorov).toBeLessThan(limit);
  if (unit !== undefined) {
    const { cdf, terms } = incrementCdf(walk, unit);
    const seen = distanceAt(law, runs, cdf, Math.max(24, Math.min(400, Math.floor(60_000 / terms))), 'places');
    expect(seen).toBeLessThan(limit);
    // What is reported is the largest: nowhere is more seen, but for what lies between the edges that it looks at.
    expect(seen).toBeLessThan(law.samplingError.kolmogorov * 1.05 + 2e-6);
  }
  return law;
}
