/** How walks in WebAssembly are cut into calls. */
import { PATHS } from '../../../kernels/wasm/memory.js';
import { LANES } from './wasm-tables.js';

/**
 * Path-slots of one call at most. The engine runs a call to its end in the code that it began with, and the first is
 * slow code.
 */
const CALL_SLOTS = 2 ** 19;

/**
 * Walks `count` paths in blocks of at most PATHS, in groups of four: lanes beyond the last path walk and are not read.
 */
export function inBlocks(count: number, walk: (done: number, paths: number, groups: number) => void): void {
  for (let done = 0; done < count; done += PATHS) {
    const paths = Math.min(PATHS, count - done);
    walk(done, paths, Math.ceil(paths / LANES));
  }
}

/** Walks groups of paths to each checkpoint in calls of at most CALL_SLOTS path-slots. */
export function inCalls(
  slots: readonly number[],
  groups: number,
  walk: (steps: number) => void,
  atCheckpoint: (h: number) => void,
): void {
  const longest = Math.max(1, Math.floor(CALL_SLOTS / (groups * LANES)));
  let t = 0;
  for (const [h, end] of slots.entries()) {
    while (t < end) {
      const steps = Math.min(longest, end - t);
      walk(steps);
      t += steps;
    }
    atCheckpoint(h);
  }
}
