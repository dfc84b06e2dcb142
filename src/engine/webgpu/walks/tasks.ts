import type { TaskTables } from '../../../law/task-tables.js';
import type { TasksJob } from '../../job.js';
import { STATE } from '../../kernels/state.js';
import { KERNELS } from '../kernels.js';
import { walkOf } from './walk.js';
import type { WalkKernel, WebGpuOptions } from './walk.js';

/** At most so many kinds of tasks, as a power of two, are kept in workgroup memory: 8 KiB. */
const MOST_ROUND_BITS = 9;

/** kernels/tasks.wgsl and kernels/tasks-rounds.wgsl. */
export const tasks: WalkKernel<TasksJob> = {
  reduced: [STATE.tasks.at.least],
  walk(job) {
    const { tables, accounting } = job;
    const ringSlots = accounting === 'distributed' ? ringOf(tables) : 0;
    return {
      ...walkOf(job, STATE.tasks.words, tables.residual !== undefined),
      tables,
      tasks: { tables, ringSlots, centreQuanta: 0, plantedQuanta: 0 },
    };
  },
  source(job, options) {
    if (byRounds(job, options)) {
      const kind_bits = job.tables.entryBits;
      const constants = { distributed: 0, kind_bits, kind_columns: 2 ** kind_bits };
      return { kernel: KERNELS.tasksRounds, constants, way: 'by round' };
    }
    const { columns } = options;
    const kernel = columns === 'storage' ? KERNELS.tasksFromStorage : KERNELS.tasks;
    const distributed = job.accounting === 'distributed' ? 1 : 0;
    return { kernel, constants: { distributed }, way: `columns in ${columns} memory` };
  },
  pipelines: (job, options) =>
    byRounds(job, options) ? `tasks by round ${job.tables.entryBits}` : `tasks ${job.accounting}`,
  kind: ({ accounting, tables }) => [accounting, accounting === 'lumped' ? tables.entryBits : ''].join(' '),
  branches: ({ tables }) => taskBranches(tables),
};

/** Slots of the ring of what will be burned: a power of two, so that a slot's place is a mask away. */
export function ringOf({ longestService }: TaskTables): number {
  return 2 ** Math.ceil(Math.log2(longestService));
}

/** What draws of tasks branch on. */
export function taskBranches({ countDraws, fractionBits }: TaskTables): string {
  return (countDraws > 1 ? ', several counts' : '') + (fractionBits > 0 ? ', fractions' : '');
}

/** Whether a job's tasks are drawn by rounds: its kinds must fit workgroup memory. */
function byRounds({ accounting, tables }: TasksJob, { tasks: order }: WebGpuOptions): boolean {
  return order === 'by round' && accounting === 'lumped' && tables.entryBits <= MOST_ROUND_BITS;
}
