/** Sweeps that tests share. */
import { planSweep } from '../../src/sweep/points.js';
import type { Sweep } from '../../src/sweep/points.js';
import { parseSweepFile } from '../../src/sweep/sweep-file.js';

/** A small sweep document: 2 × 3 points. */
export const DOCUMENT = {
  schemaVersion: 1,
  base: 'surplus',
  trials: 3000,
  horizons: [16, 64],
  seed: 's',
  axes: { 'harvest.mean.timesDemand': [0.98, 1.05], 'arrivals.ratePerSlot': { from: 1, to: 3, count: 3 } },
} as const;

export function sweepOf(changes: Record<string, unknown> = {}): Sweep {
  return planSweep(parseSweepFile({ ...DOCUMENT, ...changes }));
}
