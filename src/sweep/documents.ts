/**
 * What a sweep leaves behind and prints: the manifest, which holds nothing that differs from run to run, and the JSON
 * document.
 */
import { canonicalJson, sha256Hex, sha256Text } from '../hash.js';
import { VERSION } from '../version.js';
import type { Assembly } from './assembly.js';
import { exactOf, unitOfMetric } from './results.js';
import type { SweepRow } from './results.js';
import type { Sweep } from './points.js';

/** The manifest: the same bytes for the same sweep, however often it was killed and whoever worked on it. */
export function sweepManifest(sweep: Sweep, assembly: Assembly, rows: number, parquet: Uint8Array) {
  const hashed = {
    batterywalk: VERSION,
    sweep: sweep.file,
    sweepSha256: sweep.sha256,
    points: sweep.points.length,
    rows,
    exact: exactOf(sweep),
    partialsSha256: assembly.partialsSha256(),
    files: { 'results.parquet': { sha256: sha256Hex(parquet) } },
  };
  return { manifestVersion: 1, hashed: { ...hashed, sha256: sha256Text(canonicalJson(hashed)) } };
}

/** What `sweep --json` prints. */
export interface SweepOutcome {
  readonly shards: number;
  /** Of them run now; the others were there. */
  readonly shardsRun: number;
  readonly backend: string;
  readonly adapter: unknown;
  readonly elapsedSeconds: number;
  readonly pathSlotsPerSecond: number;
}

export function sweepDocument(
  sweep: Sweep,
  assembly: Assembly,
  rows: readonly SweepRow[],
  outcome: SweepOutcome,
): Record<string, unknown> & { readonly results: readonly object[] } {
  return {
    schemaVersion: 1,
    sweep: sweep.file,
    sweepSha256: sweep.sha256,
    points: sweep.points.length,
    partialsSha256: assembly.partialsSha256(),
    results: rows.map(({ point, ...row }) => ({
      ...{ point: point.index, values: point.values, slotSeconds: point.scenario.slotSeconds },
      ...{ ...row, unit: unitOfMetric(row.metric) },
    })),
    ...outcome,
  };
}
