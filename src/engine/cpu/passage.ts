/**
 * First passage on the processor, twin of kernels/passage.wgsl: the words, tables and 32-bit arithmetic of the lumped walk (lumped.ts, law/tables.ts),
 * but a path stops drawing where its level first reaches the barrier.
 *
 * The slot is written out here once more: a function with the stream's state as its own would cost the lumped loop its registers. The parity
 * tests hold both to the one slot of kernels/slot.wgsl.
 */
import { COLUMN_COUNT, ESCAPE_CELL, JITTER_BITS } from '../../law/tables.js';
import type { WalkTables } from '../../law/tables.js';
import { PURPOSE } from '../purposes.js';
import type { StreamKey } from '../stream-key.js';
import { pathState } from '../stream.js';

const COLUMN_MASK = COLUMN_COUNT - 1;

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
 * Walks paths firstPath … firstPath + count − 1: out[i] is the slot of the passage (0 if none by T), out[stride + i] the
 * point of the deficit at it, quanta.
 */
export function walkPassage(
  walk: PassageWalk,
  firstPath: number,
  count: number,
  out: Int32Array,
  stride: number,
): void {
  const { tables, key } = walk;
  const { residual, base, coreShift: shift } = tables;
  const columns = new Int32Array(tables.columns.buffer);
  const hasResidual = residual !== undefined;
  const residualColumns = residual?.columns ?? new Uint32Array(0);
  const first = residual?.first ?? new Int32Array(0);
  const residualShift = residual?.shift ?? new Uint32Array(0);
  const left = Math.max(0, shift - JITTER_BITS);
  const right = Math.max(0, JITTER_BITS - shift);
  const [end] = walk.slots;
  const barrier = -walk.barrier | 0;
  for (let i = 0; i < count; i++) {
    const state = pathState(key, firstPath + i, PURPOSE.increments);
    let s0 = state[0] | 0;
    let s1 = state[1] | 0;
    let s2 = state[2] | 0;
    let s3 = state[3] | 0;
    const residualState = pathState(key, firstPath + i, PURPOSE.residual);
    let r0 = residualState[0] | 0;
    let r1 = residualState[1] | 0;
    let r2 = residualState[2] | 0;
    let r3 = residualState[3] | 0;
    let level = walk.initialQuanta | 0;
    let t = 0;
    while (t < end && level > barrier) {
      let sum = (s0 + s3) | 0;
      const word = (((sum << 7) | (sum >>> 25)) + s0) | 0;
      let carried = s1 << 9;
      s2 ^= s0;
      s3 ^= s1;
      s1 ^= s2;
      s0 ^= s3;
      s2 ^= carried;
      s3 = (s3 << 11) | (s3 >>> 21);

      const column = word >>> 20;
      const packed = columns[column];
      const aliased = ((packed >>> 12) - ((word >>> 8) & 0xfff) - 1) >> 31;
      const cell = column ^ ((column ^ packed) & COLUMN_MASK & aliased);
      const jitter = word & 0xff;
      let step = (base + (cell << shift) + ((jitter << left) >>> right)) | 0;
      if (hasResidual) {
        sum = (r0 + r3) | 0;
        const second = (((sum << 7) | (sum >>> 25)) + r0) | 0;
        carried = r1 << 9;
        r2 ^= r0;
        r3 ^= r1;
        r1 ^= r2;
        r0 ^= r3;
        r2 ^= carried;
        r3 = (r3 << 11) | (r3 >>> 21);
        if (cell === ESCAPE_CELL) {
          const place = second >>> 20;
          const entry = residualColumns[place];
          const chosen = (second & 0xfffff) < entry >>> 12 ? place : entry & COLUMN_MASK;
          const wide = residualShift[chosen];
          step =
            first[chosen] + (wide >= JITTER_BITS ? jitter << (wide - JITTER_BITS) : jitter >>> (JITTER_BITS - wide));
        }
      }
      level = (level + step) | 0;
      t++;
    }
    const passed = level <= barrier;
    out[i] = passed ? t : 0;
    out[stride + i] = passed ? -level : 0;
  }
}
