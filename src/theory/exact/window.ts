/** The smooth window under which a line is cut at a frequency: only its smoothness matters, and that all who use it use the same. */
import erfc from '@stdlib/math-base-special-erfc';

/** Up to this fraction of its end a window is 1. */
export const FLAT = 0.05;
/** Error estimates end windows at this fraction of where they should end. */
export const CUT = 0.6;

export const WINDOW_CELLS = 1 << 14;
/** The window at multiples of 1/WINDOW_CELLS of its end, and two more. */
export const WINDOW = Float64Array.from(
  { length: WINDOW_CELLS + 2 },
  (_, i) => 0.5 * erfc(6 * ((2 * i) / WINDOW_CELLS - 1)),
);

/** The smooth window at a fraction of its end: 1 at 0, ½ in the middle, 0 from 1 on. Read from a table: only its smoothness matters. */
export function windowAt(t: number): number {
  if (t >= 1) return 0;
  if (t < FLAT) return 1;
  const x = t * WINDOW_CELLS;
  const i = Math.floor(x);
  return WINDOW[i] + (x - i) * (WINDOW[i + 1] - WINDOW[i]);
}
