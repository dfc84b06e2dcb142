/**
 * The tables that a kernel reads to draw one slot's increment, and the layout of a random word. Every backend uses
 * these very integers; kernels/stream.wgsl and kernels/lumped.wgsl say the same in WGSL, and a parity test holds them
 * together.
 *
 * One word a slot: word r is column (12 bits), threshold (12 bits) and jitter (8 bits), from the top. The cell is the
 * column if the threshold part is below the column's own, else the column's alias. Cell c < 4095 is 2^coreShift lattice
 * points from base + c·2^coreShift on, of which the jitter picks one (at most 256, equally spaced). Where a law needs
 * residual cells every slot takes a second word r2, of a stream of its own, used only if the cell is 4095: column (12
 * bits) and threshold (20 bits) then name a residual cell, and the first word's jitter picks the point in it. Residual
 * cells may lie within core cells, which keep what lies evenly.
 */

export const COLUMN_BITS = 12;
export const COLUMN_COUNT = 1 << COLUMN_BITS;
/** The cell that stands for "a residual cell". */
export const ESCAPE_CELL = COLUMN_COUNT - 1;
/** Cells of equal width in the core. */
export const CORE_CELLS = COLUMN_COUNT - 1;
/** Units of weight: a core's column holds 2^12 of 2^24 (each 2^8 of 2^32), a residual's 2^20 of 2^32. */
export const CORE_THRESHOLD_BITS = 12;
export const RESIDUAL_THRESHOLD_BITS = 20;
/** Jitter is one byte. */
export const JITTER_BITS = 8;

/** Residual cells: 2^shift points from `first` on; for shift > 8, the middles of 256 equal parts. */
export interface ResidualTables {
  /** Packed columns: alias in the low 12 bits, threshold above. */
  readonly columns: Uint32Array;
  /** Lattice point that jitter 0 gives. */
  readonly first: Int32Array;
  readonly shift: Uint32Array;
}

/** What a lumped walk needs to draw an increment. Lattice points are quanta. */
export interface WalkTables {
  readonly columns: Uint32Array;
  /** Lattice point that jitter 0 gives in cell 0. */
  readonly base: number;
  readonly coreShift: number;
  readonly residual: ResidualTables | undefined;
}

/** Points, their spacing and the first one's distance from the start of a cell of 2^shift lattice points. */
export function cellPoints(shift: number): { count: number; stride: number; inset: number } {
  if (shift <= JITTER_BITS) return { count: 2 ** shift, stride: 1, inset: 0 };
  const stride = 2 ** (shift - JITTER_BITS);
  return { count: 2 ** JITTER_BITS, stride, inset: stride / 2 };
}
