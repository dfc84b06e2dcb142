/** The smooth window under which a line is cut at a frequency: ½ erfc(6(2t − 1)) at the fraction t of its end. */
import erfc from '@stdlib/math-base-special-erfc';

/** Up to this fraction of its end a window is 1. */
export const FLAT = 0.05;
/** Error estimates end windows at this fraction of where they should end. */
export const CUT = 0.6;

const CELLS = 1 << 12;
const argument = (i: number): number => 6 * ((2 * i) / CELLS - 1);
/** The window and its slope a cell, at multiples of 1/CELLS: Hermite's cubic between them is the window to 1e-14. */
const VALUE = Float64Array.from({ length: CELLS + 2 }, (_, i) => 0.5 * erfc(argument(i)));
const SLOPE = Float64Array.from(
  { length: CELLS + 2 },
  (_, i) => (-12 / Math.sqrt(Math.PI) / CELLS) * Math.exp(-(argument(i) ** 2)),
);

/** 1 at 0, ½ in the middle, 0 from 1 on. */
export function windowAt(t: number): number {
  if (t >= 1) return 0;
  if (t < FLAT) return 1;
  const place = t * CELLS;
  const i = Math.floor(place);
  const x = place - i;
  const rise = VALUE[i + 1] - VALUE[i];
  const bend = SLOPE[i] + SLOPE[i + 1] - 2 * rise;
  return VALUE[i] + x * (SLOPE[i] + x * (rise - SLOPE[i] - bend + x * bend));
}
