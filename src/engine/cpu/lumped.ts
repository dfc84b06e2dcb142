/**
 * The lumped walk on the processor, twin of kernels/lumped.wgsl, in the plain form: path after path, slot after slot,
 * B += H − C and M = min(M, B).
 */
import type { WalkTables } from '../../law/tables.js';
import { PURPOSE } from '../purposes.js';
import type { StreamKey } from '../stream-key.js';
import { Points } from './points.js';

/** What a walk needs of a job. */
export interface LumpedWalk {
  readonly tables: WalkTables;
  readonly initialQuanta: number;
  readonly key: StreamKey;
  /** Slots of the checkpoints, strictly ascending. */
  readonly slots: readonly number[];
}

/**
 * Walks paths firstPath … firstPath + count − 1 and writes their deficits, quanta: out[h · stride + i] at checkpoint h.
 */
export function walkLumped(walk: LumpedWalk, firstPath: number, count: number, out: Int32Array, stride: number): void {
  for (let i = 0; i < count; i++) {
    const points = new Points(walk.tables, walk.key, firstPath + i, PURPOSE.increments);
    let level = walk.initialQuanta;
    let least = 0;
    let t = 0;
    for (const [h, end] of walk.slots.entries()) {
      for (; t < end; t++) {
        level = (level + points.next()) | 0;
        least = Math.min(least, level);
      }
      out[h * stride + i] = -least;
    }
  }
}
