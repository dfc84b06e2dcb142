/** The draws of a walk alone, twin of kernels/stages.wgsl: sums that a device's are held against. */
import type { TasksJob } from '../job.js';
import { PURPOSE } from '../purposes.js';
import type { Stage } from '../stages.js';
import { nextWord, pathState } from '../stream.js';
import { TaskSlots } from './task-slots.js';

/** The sum of `times` draws of each of the job's first `paths` paths, modulo 2^32. */
export function stageSums(job: TasksJob, stage: Stage, paths: number, times: number): Int32Array {
  return Int32Array.from({ length: paths }, (_, i) => {
    const path = job.firstPath + i;
    const words = pathState(job.key, path, PURPOSE.kinds);
    const slot = new TaskSlots(job.tables, job.key, path);
    const draw = (): number => {
      if (stage === 'stream') return nextWord(words);
      slot.next();
      return stage === 'consumption draw' ? slot.lumped : slot.harvest;
    };
    let sum = 0;
    for (let n = 0; n < times; n++) sum = (sum + draw()) | 0;
    return sum;
  });
}
