/** The draws of a walk alone, twin of kernels/stages.wgsl: sums that a device's are held against, in the plain form and not for speed. */
import { ESCAPE_CELL, JITTER_BITS } from '../../law/tables.js';
import type { WalkTables } from '../../law/tables.js';
import { COUNT_BITS, startingFraction } from '../../law/task-tables.js';
import type { TaskTables } from '../../law/task-tables.js';
import type { TasksJob } from '../job.js';
import { PURPOSE, START_WORD } from '../purposes.js';
import type { Purpose } from '../purposes.js';
import type { Stage } from '../stages.js';
import { nextWord, pathState } from '../stream.js';

/** The streams that a stage draws from, and what the consumption leaves over of a quantum. */
interface Streams {
  readonly kinds: Uint32Array;
  readonly arrivals: Uint32Array;
  readonly harvest: Uint32Array;
  readonly residual: Uint32Array;
  carry: number;
}

/** The sum of `times` draws of each of the job's first `paths` paths, modulo 2^32. */
export function stageSums(
  { tables, key, firstPath }: TasksJob,
  stage: Stage,
  paths: number,
  times: number,
): Int32Array {
  const draw = { stream, 'consumption draw': consumption, 'harvest draw': harvest }[stage];
  return Int32Array.from({ length: paths }, (_, i) => {
    const state = (purpose: Purpose): Uint32Array => pathState(key, firstPath + i, purpose);
    const start = state(PURPOSE.starts)[START_WORD.fraction];
    const streams: Streams = {
      kinds: state(PURPOSE.kinds),
      arrivals: state(PURPOSE.arrivals),
      harvest: state(PURPOSE.harvest),
      residual: state(PURPOSE.residual),
      carry: startingFraction(start, tables.fractionBits),
    };
    let sum = 0;
    for (let n = 0; n < times; n++) sum = (sum + draw(streams, tables)) | 0;
    return sum;
  });
}

function stream({ kinds }: Streams): number {
  return nextWord(kinds);
}

function consumption(streams: Streams, tables: TaskTables): number {
  const { arrivals, kinds } = streams;
  let tasks = 0;
  for (let d = 0; d < tables.countDraws; d++) tasks += alias(nextWord(arrivals), tables.countColumns, COUNT_BITS);
  let sum = streams.carry;
  for (; tasks > 0; tasks--) sum += tables.energies[alias(nextWord(kinds), tables.entryColumns, tables.entryBits)];
  streams.carry = sum % 2 ** tables.fractionBits;
  return Math.floor(sum / 2 ** tables.fractionBits);
}

/** The entry that a word names: column in the upper `bits`, threshold in all below; a packed column has its alias in the lower `bits`. */
function alias(word: number, columns: Uint32Array, bits: number): number {
  const column = word >>> (32 - bits);
  const packed = columns[column];
  return (word & (2 ** (32 - bits) - 1)) >>> 0 < packed >>> bits ? column : packed & (2 ** bits - 1);
}

function harvest(streams: Streams, { columns, base, coreShift, residual }: WalkTables): number {
  const word = nextWord(streams.harvest);
  const column = word >>> 20;
  const packed = columns[column];
  const cell = ((word >>> 8) & 0xfff) < packed >>> 12 ? column : packed & 0xfff;
  const jitter = word & 0xff;
  const within = (shift: number): number =>
    shift >= JITTER_BITS ? jitter * 2 ** (shift - JITTER_BITS) : jitter >>> (JITTER_BITS - shift);
  if (residual === undefined) return base + cell * 2 ** coreShift + within(coreShift);
  const chosen = alias(nextWord(streams.residual), residual.columns, 12);
  return cell === ESCAPE_CELL
    ? residual.first[chosen] + within(residual.shift[chosen])
    : base + cell * 2 ** coreShift + within(coreShift);
}
