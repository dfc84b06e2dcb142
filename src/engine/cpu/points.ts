/** What words of a path's streams name in a law's tables (law/tables.ts, law/task-tables.ts): for the plain twins. */
import { COLUMN_BITS, ESCAPE_CELL, JITTER_BITS } from '../../law/tables.js';
import type { WalkTables } from '../../law/tables.js';
import { PURPOSE } from '../purposes.js';
import type { Purpose } from '../purposes.js';
import type { StreamKey } from '../stream-key.js';
import { nextWord, pathState } from '../stream.js';

/** Lattice points of one path, one after the other. */
export class Points {
  private readonly words: Uint32Array;
  private readonly residualWords: Uint32Array;

  /** @param purpose of the stream that the points are drawn from; residual cells have one of their own */
  constructor(
    private readonly tables: WalkTables,
    key: StreamKey,
    path: number,
    purpose: Purpose,
  ) {
    this.words = pathState(key, path, purpose);
    this.residualWords = pathState(key, path, PURPOSE.residual);
  }

  next(): number {
    const second = this.tables.residual === undefined ? 0 : nextWord(this.residualWords);
    return pointOf(this.tables, nextWord(this.words), second);
  }
}

/** The point that a word names, with one of the residual cells' stream where the tables have such cells. */
function pointOf({ columns, base, coreShift, residual }: WalkTables, word: number, second: number): number {
  const column = word >>> 20;
  const packed = columns[column];
  const cell = ((word >>> 8) & 0xfff) < packed >>> COLUMN_BITS ? column : packed & 0xfff;
  const jitter = word & 0xff;
  if (residual === undefined || cell !== ESCAPE_CELL)
    return (base + (cell << coreShift) + within(jitter, coreShift)) | 0;
  const chosen = aliased(second, residual.columns, COLUMN_BITS);
  return (residual.first[chosen] + within(jitter, residual.shift[chosen])) | 0;
}

/** Points of a cell of 2^shift points that lie before the one of the jitter. */
function within(jitter: number, shift: number): number {
  return shift >= JITTER_BITS ? jitter << (shift - JITTER_BITS) : jitter >>> (JITTER_BITS - shift);
}

/**
 * The one of 2^bits columns, or the alias, that a word names: column in its upper bits, threshold in all below. A
 * packed column has its alias in the lower bits and its threshold above.
 */
export function aliased(word: number, columns: Uint32Array, bits: number): number {
  const column = word >>> (32 - bits);
  const packed = columns[column];
  return (word << bits) >>> bits < packed >>> bits ? column : packed & ((1 << bits) - 1);
}
