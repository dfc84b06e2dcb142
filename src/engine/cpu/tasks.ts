/**
 * The task-resolved walk on the processor, twin of kernels/tasks.wgsl: B += H − C, M = min(M, B), with C the energy of the tasks that arrive
 * in the slot (lumped) or what the tasks in service burn in it (distributed).
 */
import type { TaskTables } from '../../law/task-tables.js';
import type { StreamKey } from '../stream-key.js';
import { SlotDrawer, WINDOW } from './batch.js';

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

/** Walks paths firstPath … firstPath + count − 1 and writes their deficits in quanta: out[h · stride + i] for path i at checkpoint h. */
export function walkTasks(walk: TaskWalk, firstPath: number, count: number, out: Int32Array, stride: number): void {
  const distributed = walk.accounting === 'distributed';
  const drawer = new SlotDrawer(walk.tables, distributed);
  const { harvest } = drawer;
  const consumption = distributed ? drawer.burned : drawer.lumped;
  const horizons = walk.slots;
  for (let i = 0; i < count; i++) {
    drawer.begin(walk.key, firstPath + i);
    let level = walk.initialQuanta | 0;
    let least = 0;
    let t = 0;
    for (let h = 0; h < horizons.length; h++) {
      while (t < horizons[h]) {
        const slots = Math.min(WINDOW, horizons[h] - t);
        drawer.draw(slots);
        for (let k = 0; k < slots; k++) {
          level = (level + harvest[k] - consumption[k]) | 0;
          least = level < least ? level : least;
        }
        t += slots;
      }
      out[h * stride + i] = -least;
    }
  }
}
