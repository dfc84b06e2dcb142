/**
 * First passage on the processor, twin of kernels/passage.wgsl, in the plain form: the lumped walk (lumped.ts), but a
 * path stops where its level first reaches the barrier.
 */
import type { WalkTables } from '../../law/tables.js';
import { PURPOSE } from '../purposes.js';
import type { StreamKey } from '../stream-key.js';
import { Points } from './points.js';

/** What a walk needs of a job. */
export interface PassageWalk {
  readonly kernel: 'passage';
  readonly tables: WalkTables;
  readonly initialQuanta: number;
  readonly key: StreamKey;
  /** One: T. */
  readonly slots: readonly number[];
  readonly barrier: number;
}

/**
 * Walks paths firstPath … firstPath + count − 1: out[i] is the slot of the passage (0 if none by T), out[stride + i]
 * the point of the deficit at it, quanta.
 */
export function walkPassage(
  walk: PassageWalk,
  firstPath: number,
  count: number,
  out: Int32Array,
  stride: number,
): void {
  const [end] = walk.slots;
  for (let i = 0; i < count; i++) {
    const points = new Points(walk.tables, walk.key, firstPath + i, PURPOSE.increments);
    let level = walk.initialQuanta;
    let t = 0;
    for (; t < end && level > -walk.barrier; t++) level = (level + points.next()) | 0;
    const hasPassed = level <= -walk.barrier;
    out[i] = hasPassed ? t : 0;
    out[stride + i] = hasPassed ? -level : 0;
  }
}
