/**
 * A walk small enough to be done by hand, with its answer: what a device must get right before anything that it says is
 * believed.
 */
import { COLUMN_COUNT } from '../../law/tables.js';
import type { LumpedJob } from '../job.js';
import { PURPOSE } from '../purposes.js';
import { nextWord, pathState } from '../stream.js';

const PATHS = 16;
const HORIZONS = [3, 40];

/**
 * A walk through every branch of the core: cells and aliases all over the table, a jitter to the right, words of every
 * size.
 */
export function knownJob(): LumpedJob {
  const columns = Uint32Array.from(
    { length: COLUMN_COUNT },
    (_, c) => (((c * 2654435761) >>> 20) << 12) | ((c * 40503) & 0xfff),
  );
  return {
    kernel: 'lumped',
    tables: { columns, base: -(2 ** 24), coreShift: 13, residual: undefined },
    initialQuanta: 12345,
    key: Uint32Array.of(0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344),
    firstPath: 2 ** 32 - 5,
    paths: PATHS,
    horizons: HORIZONS.map((slots) => ({ slots, bins: { offset: 0, shift: 20 } })),
  };
}

/** Its deficits: [h · paths + i], by the plain stream, one slot after the other. */
export function knownDeficits(job: LumpedJob): Int32Array {
  const { columns, base, coreShift } = job.tables;
  const out = new Int32Array(job.paths * job.horizons.length);
  for (let i = 0; i < job.paths; i++) {
    const state = pathState(job.key, job.firstPath + i, PURPOSE.increments);
    let level = job.initialQuanta;
    let least = 0;
    let t = 0;
    job.horizons.forEach(({ slots }, h) => {
      for (; t < slots; t++) {
        const word = nextWord(state);
        const column = word >>> 20;
        const cell = ((word >>> 8) & 0xfff) < columns[column] >>> 12 ? column : columns[column] & 0xfff;
        level = (level + base + (cell << coreShift) + ((word & 0xff) << (coreShift - 8))) | 0;
        least = Math.min(least, level);
      }
      out[h * job.paths + i] = -least;
    });
  }
  return out;
}
