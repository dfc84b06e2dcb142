/**
 * One workload timed on one backend: warm-up, repeated runs, their median and spread, and the hash of what was counted.
 */
import type { Backend, DeviceStage } from '../engine/backend.js';
import { partialsSha256 } from '../engine/partials-codec.js';
import type { Job } from '../engine/job.js';
import type { BenchRate } from '../report/bench-text.js';

export const SLOTS = 4096;
/** Paths whose partials are hashed: the same on every backend. */
export const HASHED_PATHS = 2048;

export interface Workload {
  readonly name: string;
  readonly prepared: { readonly job: Job };
}

/** How long and how often something is run. */
export interface Effort {
  /** Wall time of each timed run, about. */
  readonly seconds: number;
  readonly repeats: number;
}

/**
 * One workload on one backend: the hash of a fixed part, a warm-up that finds how many paths a run takes, then timed
 * runs.
 */
export async function measure(
  backendName: string,
  backend: Backend,
  { name, prepared }: Workload,
  { seconds, repeats }: Effort,
): Promise<BenchRate> {
  const hash = partialsSha256(await backend.run(prepared.job));
  /** Seconds by the host's clock, and by the device's where it has one. */
  const timed = async (paths: number): Promise<{ wall: number; device: Record<DeviceStage, number> }> => {
    const device = { walk: 0, reduction: 0 };
    const start = performance.now();
    await backend.run(
      { ...prepared.job, paths },
      {
        onDeviceTime(stage, seconds) {
          device[stage] += seconds;
        },
      },
    );
    return { wall: (performance.now() - start) / 1000, device };
  };
  let { paths } = prepared.job;
  let took = (await timed(paths)).wall;
  // Some times at most: the last guess comes from a run long enough to be believed.
  for (let i = 0; i < 4 && took < 0.7 * seconds; i++) {
    paths = Math.max(paths, Math.round((paths * Math.min(seconds / took, 50)) / 256) * 256);
    took = (await timed(paths)).wall;
  }
  const rates: number[] = [];
  const walk: number[] = [];
  const reduction: number[] = [];
  for (let i = 0; i < repeats; i++) {
    const { wall, device } = await timed(paths);
    rates.push((paths * SLOTS) / wall);
    walk.push((paths * SLOTS) / device.walk);
    reduction.push((paths * prepared.job.horizons.length) / device.reduction);
  }
  return {
    backend: backendName,
    adapter: backend.adapter,
    workload: name,
    paths,
    ...spread(rates),
    // A device without a clock told no time.
    ...(Number.isFinite(walk[0]) ? { deviceClock: { walk: spread(walk), reduction: spread(reduction) } } : {}),
    partialsSha256: hash,
  };
}

export function spread(rates: readonly number[]): { median: number; slowest: number; fastest: number } {
  const sorted = [...rates].sort((a, b) => a - b);
  return { median: sorted[sorted.length >> 1], slowest: sorted[0], fastest: sorted[sorted.length - 1] };
}
