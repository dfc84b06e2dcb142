/**
 * A lumped job as arrays of floats, which is all that gpu.js carries: every 32-bit word in two halves, every packed
 * column of 24 bits as it is, so that nothing reaches 2^24, beyond which a 32-bit float rounds. Read by kernels/gpujs/.
 */
import { COLUMN_COUNT } from '../../law/tables.js';
import type { LumpedJob } from '../job.js';
import { RoundedValueError } from './errors.js';

/** Numbers of `parameters` before the checkpoints. */
const HEAD = 18;

export interface JobArrays {
  /** 4096 packed core columns of 24 bits. */
  readonly columns: Float32Array;
  /**
   * Low and high halves of the residual columns, then of the first points, then the shifts: 5 × 4096; four zeros where
   * there are none.
   */
  readonly residual: Float32Array;
}

/** The tables of a job. */
export function jobArrays({ tables }: LumpedJob): JobArrays {
  const columns = exactFloats('columns', tables.columns);
  const { residual } = tables;
  if (residual === undefined) return { columns, residual: new Float32Array(4) };
  const parts = [
    residual.columns.map((word) => word & 0xffff),
    residual.columns.map((word) => word >>> 16),
    Uint32Array.from(residual.first, (point) => point & 0xffff),
    Uint32Array.from(residual.first, (point) => point >>> 16),
    residual.shift,
  ];
  const out = new Float32Array(5 * COLUMN_COUNT);
  parts.forEach((part, i) => {
    out.set(exactFloats('residual', part), i * COLUMN_COUNT);
  });
  return { columns, residual: out };
}

/** Checkpoints in pairs, the last one doubled where they are odd in number: what one invocation walks to. */
export function checkpointPairs(slots: readonly number[]): (readonly [number, number])[] {
  const pairs: [number, number][] = [];
  for (let i = 0; i < slots.length; i += 2) pairs.push([slots[i], slots[Math.min(i + 1, slots.length - 1)]]);
  return pairs;
}

/** Key, first path, start, law and checkpoints of one call. */
export function callParameters(job: LumpedJob, firstPath: number): Float32Array {
  const pairs = checkpointPairs(job.horizons.map((h) => h.slots));
  const words = [...job.key, firstPath >>> 0, Math.floor(firstPath / 2 ** 32), job.initialQuanta, job.tables.base];
  const out = new Float32Array(HEAD + 4 * pairs.length);
  const put = (at: number, word: number): void => {
    out[at] = word & 0xffff;
    out[at + 1] = (word >>> 16) & 0xffff;
  };
  words.forEach((word, i) => {
    put(2 * i, word);
  });
  out[16] = job.tables.coreShift;
  out[17] = job.tables.residual === undefined ? 0 : 1;
  pairs.flat().forEach((slots, i) => {
    put(HEAD + 2 * i, slots);
  });
  return out;
}

/** The same numbers as 32-bit floats. @throws RoundedValueError where one would be rounded (silent failure 7) */
export function exactFloats(name: string, values: ArrayLike<number>): Float32Array {
  const out = Float32Array.from(values);
  for (let i = 0; i < out.length; i++) {
    if (out[i] !== values[i] || Math.abs(values[i]) > 2 ** 24) {
      throw new RoundedValueError(
        `gpu.js carries 32-bit floats, exact up to 2^24 only: ${name}[${i}] is ${values[i]} and would arrive as ${out[i]}.`,
      );
    }
  }
  return out;
}
