/**
 * The lumped walk on the processor, twin of kernels/lumped.wgsl: the same words, tables and 32-bit arithmetic, path after path.
 *
 * Per slot (see law/tables.ts): one word names column, threshold and jitter; B += H − C; M = min(M, B). With residual tables a second
 * word is drawn in every slot, from a stream of its own, and read only where the cell says so.
 */
import { COLUMN_COUNT, ESCAPE_CELL, JITTER_BITS } from '../../law/tables.js';
import type { WalkTables } from '../../law/tables.js';
import { PURPOSE } from '../purposes.js';
import type { StreamKey } from '../stream-key.js';
import { pathState } from '../stream.js';

const COLUMN_MASK = COLUMN_COUNT - 1;

/** What a walk needs of a job. */
export interface LumpedWalk {
  readonly tables: WalkTables;
  readonly initialQuanta: number;
  readonly key: StreamKey;
  /** Slots of the checkpoints, strictly ascending. */
  readonly slots: readonly number[];
}

/**
 * Walks paths firstPath … firstPath + count − 1 and writes their deficits in quanta: out[h · stride + i] for path i at checkpoint h.
 */
export function walkLumped(walk: LumpedWalk, firstPath: number, count: number, out: Int32Array, stride: number): void {
  if (walk.tables.residual === undefined) walkCore(walk, firstPath, count, out, stride);
  else walkResidual(walk, firstPath, count, out, stride);
}

function walkCore(walk: LumpedWalk, firstPath: number, count: number, out: Int32Array, stride: number): void {
  const { tables, key, initialQuanta } = walk;
  const columns = new Int32Array(tables.columns.buffer);
  const horizons = Int32Array.from(walk.slots);
  const shift = tables.coreShift;
  const left = Math.max(0, shift - JITTER_BITS);
  const right = Math.max(0, JITTER_BITS - shift);
  const base = tables.base;
  for (let i = 0; i < count; i++) {
    const state = pathState(key, firstPath + i, PURPOSE.increments);
    let s0 = state[0] | 0;
    let s1 = state[1] | 0;
    let s2 = state[2] | 0;
    let s3 = state[3] | 0;
    let level = initialQuanta | 0;
    let least = 0;
    let t = 0;
    for (let h = 0; h < horizons.length; h++) {
      const end = horizons[h];
      for (; t < end; t++) {
        const sum = (s0 + s3) | 0;
        const word = (((sum << 7) | (sum >>> 25)) + s0) | 0;
        const carried = s1 << 9;
        s2 ^= s0;
        s3 ^= s1;
        s1 ^= s2;
        s0 ^= s3;
        s2 ^= carried;
        s3 = (s3 << 11) | (s3 >>> 21);

        const column = word >>> 20;
        const packed = columns[column];
        // All ones where the threshold part is not below the column's threshold: then the alias is taken. No branch to mispredict.
        const aliased = ((packed >>> 12) - ((word >>> 8) & 0xfff) - 1) >> 31;
        const cell = column ^ ((column ^ packed) & COLUMN_MASK & aliased);
        level = (level + base + (cell << shift) + (((word & 0xff) << left) >>> right)) | 0;
        least = level < least ? level : least;
      }
      out[h * stride + i] = -least;
    }
  }
}

function walkResidual(walk: LumpedWalk, firstPath: number, count: number, out: Int32Array, stride: number): void {
  const { tables, key, initialQuanta } = walk;
  const residual = tables.residual;
  if (residual === undefined) return;
  const columns = new Int32Array(tables.columns.buffer);
  const residualColumns = residual.columns;
  const { first, shift: residualShift } = residual;
  const horizons = Int32Array.from(walk.slots);
  const shift = tables.coreShift;
  const left = Math.max(0, shift - JITTER_BITS);
  const right = Math.max(0, JITTER_BITS - shift);
  const base = tables.base;
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
    let level = initialQuanta | 0;
    let least = 0;
    let t = 0;
    for (let h = 0; h < horizons.length; h++) {
      const end = horizons[h];
      for (; t < end; t++) {
        let sum = (s0 + s3) | 0;
        const word = (((sum << 7) | (sum >>> 25)) + s0) | 0;
        let carried = s1 << 9;
        s2 ^= s0;
        s3 ^= s1;
        s1 ^= s2;
        s0 ^= s3;
        s2 ^= carried;
        s3 = (s3 << 11) | (s3 >>> 21);
        sum = (r0 + r3) | 0;
        const second = (((sum << 7) | (sum >>> 25)) + r0) | 0;
        carried = r1 << 9;
        r2 ^= r0;
        r3 ^= r1;
        r1 ^= r2;
        r0 ^= r3;
        r2 ^= carried;
        r3 = (r3 << 11) | (r3 >>> 21);

        const column = word >>> 20;
        const packed = columns[column];
        const aliased = ((packed >>> 12) - ((word >>> 8) & 0xfff) - 1) >> 31;
        const cell = column ^ ((column ^ packed) & COLUMN_MASK & aliased);
        const jitter = word & 0xff;
        if (cell === ESCAPE_CELL) {
          const place = second >>> 20;
          const entry = residualColumns[place];
          const chosen = (second & 0xfffff) < entry >>> 12 ? place : entry & COLUMN_MASK;
          const wide = residualShift[chosen];
          const point = wide >= JITTER_BITS ? jitter << (wide - JITTER_BITS) : jitter >>> (JITTER_BITS - wide);
          level = (level + first[chosen] + point) | 0;
        } else {
          level = (level + base + (cell << shift) + ((jitter << left) >>> right)) | 0;
        }
        least = level < least ? level : least;
      }
      out[h * stride + i] = -least;
    }
  }
}
