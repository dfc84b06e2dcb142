/**
 * The linear memory of the module, in bytes; nothing is allocated while it runs. The host reads these addresses from the module's
 * exports. (AssemblyScript: this folder is compiled by compile.mjs, and TypeScript's compiler does not see it.)
 */

/** Paths that one call may walk, in groups of four: a path is a lane of a vector. */
export const PATHS: i32 = 512;

/** 4096 columns, 16 KiB: column XOR alias in the upper 12 bits, threshold in the next 12, zeros. */
export const COLUMNS: usize = 1024;
/** 4096 columns of the residual cells, packed as law/tables.ts says. */
export const RESIDUAL_COLUMNS: usize = COLUMNS + 4096 * 4;
/** 4096 pairs: the point that jitter 0 gives, and 2^shift. */
export const RESIDUAL_CELLS: usize = RESIDUAL_COLUMNS + 4096 * 4;
/** Six vectors a group: the four words of the stream's state, level, running minimum. */
export const STATES: usize = RESIDUAL_CELLS + 4096 * 8;
/** Bytes of a group's state. */
export const GROUP: usize = 96;
/** One row of deficits, quanta. */
export const ROW: usize = STATES + GROUP * 128;
