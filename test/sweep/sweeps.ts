/** Sweeps that tests share, and what folders have of their results. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { namedShards } from '../../src/sweep/shard-result.js';
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

/** The files of results that a folder has. */
export function resultFiles(out: string): string[] {
  const folder = join(out, 'shards');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => /\.shards?$/.test(name))
    .map((name) => join(folder, name));
}

/** Hashes of the shards that a folder has results of. */
export function keptShards(out: string): string[] {
  return resultFiles(out).flatMap((path) => namedShards(readFileSync(path)));
}
