/**
 * The task-resolved walk on the processor, twin of kernels/tasks.wgsl, in the plain form: B += H − C, M = min(M, B),
 * with C the energy of the tasks that arrive in the slot (lumped) or what the tasks in service burn in it
 * (distributed).
 */
import type { TaskTables } from '../../law/task-tables.js';
import type { StreamKey } from '../stream-key.js';
import { TaskSlots } from './task-slots.js';

/** What a walk needs of a tasks job. */
export interface TaskWalk {
  readonly kernel: 'tasks';
  readonly tables: TaskTables;
  readonly accounting: 'lumped' | 'distributed';
  readonly initialQuanta: number;
  readonly key: StreamKey;
  /** Slots of the checkpoints, strictly ascending. */
  readonly slots: readonly number[];
}

/**
 * Walks paths firstPath … firstPath + count − 1 and writes their deficits, quanta: out[h · stride + i] at checkpoint h.
 */
export function walkTasks(walk: TaskWalk, firstPath: number, count: number, out: Int32Array, stride: number): void {
  const consumption = walk.accounting === 'distributed' ? 'burned' : 'lumped';
  for (let i = 0; i < count; i++) {
    const slot = new TaskSlots(walk.tables, walk.key, firstPath + i);
    let level = walk.initialQuanta;
    let least = 0;
    let t = 0;
    for (const [h, end] of walk.slots.entries()) {
      for (; t < end; t++) {
        slot.next();
        level = (level + slot.harvest - slot[consumption]) | 0;
        least = Math.min(least, level);
      }
      out[h * stride + i] = -least;
    }
  }
}
