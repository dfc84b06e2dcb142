/** The draws of a walk alone, twin of kernels/stages.wgsl: sums that a device's are held against, in the plain form and not for speed. */
import { ESCAPE_CELL, JITTER_BITS } from '../../law/tables.js';
import type { WalkTables } from '../../law/tables.js';
import { COUNT_BITS } from '../../law/task-tables.js';
import type { TaskTables } from '../../law/task-tables.js';
import type { TasksJob } from '../job.js';
import type { Stage } from '../stages.js';
import { nextWord, pathState } from '../stream.js';

/** The sum of `times` draws of each of the job's first `paths` paths, modulo 2^32. */
export function stageSums(
  { tables, key, firstPath }: TasksJob,
  stage: Stage,
  paths: number,
  times: number,
): Int32Array {
  const draw = { stream: nextWord, 'consumption draw': consumption, 'harvest draw': harvest }[stage];
  return Int32Array.from({ length: paths }, (_, i) => {
    const state = pathState(key, firstPath + i);
    let sum = 0;
    for (let n = 0; n < times; n++) sum = (sum + draw(state, tables)) | 0;
    return sum;
  });
}

function consumption(state: Uint32Array, tables: TaskTables): number {
  let tasks = 0;
  for (let d = 0; d < tables.countDraws; d++) tasks += alias(nextWord(state), tables.countColumns, COUNT_BITS);
  let sum = 0;
  for (; tasks > 0; tasks--) {
    sum = (sum + tables.energies[alias(nextWord(state), tables.entryColumns, tables.entryBits)]) | 0;
  }
  return sum;
}

/** The entry that a word names: column in the upper `bits`, threshold in all below; a packed column has its alias in the lower `bits`. */
function alias(word: number, columns: Uint32Array, bits: number): number {
  const column = word >>> (32 - bits);
  const packed = columns[column];
  return (word & (2 ** (32 - bits) - 1)) >>> 0 < packed >>> bits ? column : packed & (2 ** bits - 1);
}

function harvest(state: Uint32Array, { columns, base, coreShift, residual }: WalkTables): number {
  const word = nextWord(state);
  const column = word >>> 20;
  const packed = columns[column];
  const cell = ((word >>> 8) & 0xfff) < packed >>> 12 ? column : packed & 0xfff;
  const jitter = word & 0xff;
  const within = (shift: number): number =>
    shift >= JITTER_BITS ? jitter * 2 ** (shift - JITTER_BITS) : jitter >>> (JITTER_BITS - shift);
  if (residual === undefined) return base + cell * 2 ** coreShift + within(coreShift);
  const chosen = alias(nextWord(state), residual.columns, 12);
  return cell === ESCAPE_CELL
    ? residual.first[chosen] + within(residual.shift[chosen])
    : base + cell * 2 ** coreShift + within(coreShift);
}
