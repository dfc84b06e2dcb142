/** What a dispatch walks, as kernels/slot.wgsl reads it. */
import { structOf } from './layout.js';

/** Paths of one job, or some of them. A workgroup belongs to one segment. */
export const SEGMENT = structOf('Segment', {
  key: 'vec4<u32>',
  /** Number of the segment's first path, low and high word. */
  firstPath: 'vec2<u32>',
  paths: 'u32',
  firstGroup: 'u32',
  initial: 'i32',
  base: 'i32',
  /** Cell and jitter, a number of 20 bits, are shifted left, then right; one of the two is zero. */
  pointLeft: 'u32',
  pointRight: 'u32',
  /** Level at or below which a path has passed (passage.wgsl). */
  barrier: 'i32',
  /** Which of the tables are the job's: one place in `core`, first words in `residual` and in batch.wgsl's tables. */
  core: 'u32',
  residualAt: 'u32',
  tasksAt: 'u32',
  /**
   * Of batch.wgsl: words for the number of tasks, log2 of the columns of kinds, bits of a quantum's fraction in
   * energies.
   */
  countDraws: 'u32',
  entryBits: 'u32',
  fractionBits: 'u32',
  /** Quanta taken from each slot's consumption before it is summed, and those planted in an injection (proof.wgsl). */
  centre: 'i32',
  planted: 'i32',
});

/** Slots of a dispatch. */
export const SLICE = structOf('Slice', {
  slotBegin: 'u32',
  slotEnd: 'u32',
  /** Invocations of the dispatch: word w of the state of invocation i is state[w · stride + i]. */
  stride: 'u32',
  /** Future slots kept for a path, less one: a power of two less one (batch.wgsl). */
  ringMask: 'u32',
});
