/**
 * Walks that the engine's tests share: with and without residual tables, drift of each sign, initial charge, extreme
 * shapes.
 */
import { planJob } from '../../src/engine/job.js';
import type { Job } from '../../src/engine/job.js';
import type { JobRequest } from '../../src/engine/job-request.js';
import type { WalkLaw } from '../../src/fleet/walk-law.js';
import { energyMoment } from '../../src/fleet/walk-law.js';
import { sampleLaw } from '../../src/law/sampled-law.js';
import type { SampledLaw } from '../../src/law/sampled-law.js';

/** A walk whose harvest has a mean of `times` the demand's. */
export function walkOf(
  ratePerSlot: number,
  energies: readonly number[],
  weights: readonly number[],
  shape: number,
  times = 1,
): WalkLaw {
  const total = weights.reduce((a, b) => a + b, 0);
  const demand = {
    ratePerSlot,
    energiesJoules: Float64Array.from(energies),
    probabilities: Float64Array.from(weights, (w) => w / total),
  };
  return { demand, harvest: { shape, scaleJoules: (times * ratePerSlot * energyMoment(demand, 1)) / shape } };
}

export interface Setting {
  readonly name: string;
  readonly walk: WalkLaw;
  readonly initialJoules?: number;
  /** Whether the tables have residual cells: the kernels' two forms must both be met. */
  readonly residual: boolean;
}

export const SETTINGS: readonly Setting[] = [
  { name: 'critical, core alone', walk: walkOf(4, [1000, 3000], [7, 3], 4), residual: false },
  { name: 'surplus, singular harvest', walk: walkOf(0.7, [500, 2000, 7500], [5, 3, 2], 0.5, 1.05), residual: true },
  { name: 'shortfall, narrow harvest', walk: walkOf(12, [400, 600, 1000], [1, 1, 2], 20, 0.98), residual: false },
  { name: 'rare heavy tasks', walk: walkOf(3, [100, 20_000], [995, 5], 2, 1.1), residual: true },
  {
    name: 'initial charge, shape 0.3',
    walk: walkOf(2, [1000, 40_000], [9, 1], 0.3),
    initialJoules: 15_000,
    residual: true,
  },
  { name: 'shape 200, few tasks', walk: walkOf(0.05, [1000], [1], 200), residual: true },
];

/** The law of a setting, sampled for `slots` slots. */
export function lawOf(setting: Setting, slots: number): SampledLaw {
  return sampleLaw(setting.walk, { slots, initialJoules: setting.initialJoules ?? 0 });
}

/** The job of a setting. */
export function jobOf(setting: Setting, request: JobRequest): Job {
  return planJob(lawOf(setting, request.horizons[request.horizons.length - 1]), request);
}
