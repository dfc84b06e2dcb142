/**
 * What a path keeps on a device between slices, by kernel. The stream of residual cells is kept behind it, where the
 * tables have such cells. What a kernel leaves to the reduction waits negated, as a minimum does.
 */
import { PASSAGE_ROWS } from '../passage-job.js';
import { PROOF_ROWS } from '../proof-job.js';
import { LUMPED_SITE_ROWS, SITE_ROWS } from '../site-job.js';
import { layoutOf } from './layout.js';
import type { Layout } from './layout.js';

/** Words of a stream. */
const STREAM = 4;

/** Streams of tasks, and what sums of their energies leave over of a quantum. */
const TASK_STREAMS = { arrivals: STREAM, kinds: STREAM, lumpedCarry: 1, burnedCarry: 1 } as const;

export const STATE = {
  lumped: layoutOf({ increments: STREAM, level: 1, least: 1 }),
  passage: layoutOf({ increments: STREAM, level: 1, rows: PASSAGE_ROWS.length }),
  tasks: layoutOf({ harvest: STREAM, level: 1, least: 1, ...TASK_STREAMS }),
  proof: layoutOf({
    ...{ harvest: STREAM, level: 1, rows: PROOF_ROWS.length },
    ...{ distributedLevel: 1, controlled: 1, injected: 1, distributedControlled: 1, distributedInjected: 1 },
    ...TASK_STREAMS,
  }),
  site: layoutOf({
    ...{ harvest: STREAM, level: 1, rows: SITE_ROWS.length },
    // What draws keep: site-draws.wgsl.
    ...{ weather: 1, normal: 1, shift: 1, carry: 1 },
    // Carries of the battery, and whether it holds more than whole quanta.
    ...{ leakCarry: 1, chargeCarry: 1, wasteCarry: 1, above: 1 },
    // What the queue keeps: site-queue.wgsl.
    ...{ free: 1, used: 1, owed: 1, energyCarry: 1, leastCarry: 1, burnedCarry: 1 },
    ...{ arrivals: STREAM, kinds: STREAM, weatherChanges: STREAM, blocks: STREAM },
  }),
  lumpedSite: layoutOf({
    ...{ harvest: STREAM, level: 1, rows: LUMPED_SITE_ROWS.length },
    ...{ weather: 1, normal: 1, shift: 1, carry: 1 },
    ...{ leakCarry: 1, chargeCarry: 1, wasteCarry: 1, above: 1, energyCarry: 1 },
    ...{ arrivals: STREAM, weatherChanges: STREAM, blocks: STREAM },
  }),
} as const satisfies Record<string, Layout<string>>;

/** Words of the stream of residual cells. */
export const RESIDUAL_WORDS = STREAM;
